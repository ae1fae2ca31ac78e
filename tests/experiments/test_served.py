"""What answers at which length: chosen and calibrated without the fold that is answered."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from classically_punk.experiments.served import (
    against_plain,
    agreement,
    chosen,
    elsewhere_recalibrated,
    judged,
    lengths_table,
    recalibrated,
    served_answers,
)
from classically_punk.foundation.params import Evaluate

CLIPS = 40
FOLDS = 4
UNITS = {f"c{k:02d}": f"c{k:02d}" for k in range(CLIPS)}


def answers(skill: dict[tuple[float, str], float], seed: int = 0) -> pd.DataFrame:
    """Two genres; by length and what was fitted to, how far the right genre's score lies above the other on average."""
    rng = np.random.default_rng(seed)
    rows = []
    for (length, fitted_to), lead in skill.items():
        for k in range(CLIPS):
            label = ("jazz", "rock")[k % 2]
            margin = lead + rng.normal()
            scores = {"jazz": margin, "rock": 0.0} if label == "jazz" else {"jazz": 0.0, "rock": margin}
            rows.append(
                {
                    "clip": f"c{k:02d}", "model": "ols", "protocol": "clip", "partition": 1, "fold": k % FOLDS + 1,
                    "window": -1, "label": label, "predicted": max(scores, key=lambda name: scores[name]),
                    "inverse_temperature": 50.0, "leverage": np.nan, "length": length, "fitted_to": fitted_to,
                    "asked": "whole", **{f"fitted.{name}": value for name, value in scores.items()},
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture
def inside() -> pd.DataFrame:
    return recalibrated(
        answers({(3.0, "clips"): 0.0, (3.0, "windows"): 2.0, (30.0, "clips"): 3.0, (30.0, "windows"): 0.5})
    )


@pytest.fixture
def clips() -> pd.DataFrame:
    names = [f"c{k:02d}" for k in range(CLIPS)]
    return pd.DataFrame({"clip": names, "song": names, "group": names, "window": -1})


def test_each_length_is_answered_by_what_is_best_at_it(inside: pd.DataFrame) -> None:
    found = {choice.length: choice for choice in chosen(inside, UNITS)}
    assert (found[3.0].fitted_to, found[30.0].fitted_to) == ("windows", "clips")
    assert 1 < found[3.0].inverse_temperature < 16  # 4 by construction: twice the lead over the variance; 50 before
    served = served_answers(inside, UNITS)
    assert set(served.loc[served["length"] == 3.0, "fitted_to"]) == {"windows"}
    assert all(agreement(served, choice) == 1.0 for choice in found.values())
    assert (served.groupby(["length", "clip"]).size() == 1).all()


def test_calibration_does_not_see_the_fold_that_it_serves(inside: pd.DataFrame) -> None:
    """Turning round the labels of one fold leaves that fold's probabilities as they were, and no other's."""
    raw = answers({(3.0, "windows"): 2.0})
    turned = raw.assign(
        label=np.where(raw["fold"] == 1, np.where(raw["label"] == "jazz", "rock", "jazz"), raw["label"])
    )
    before, after = (recalibrated(each).set_index(["fold", "clip"])["inverse_temperature"] for each in (raw, turned))
    assert before.loc[1].equals(after.loc[1])
    assert (before.loc[2] != after.loc[2]).all()


def test_a_choice_by_luck_is_not_rewarded(clips: pd.DataFrame, evaluate_settings: Callable[..., Evaluate]) -> None:
    """Many ways that know nothing: the best in hindsight looks better than chance, the cross-fitted choice does not."""
    luck, fair = [], []
    ways = ("clips", "windows", "both", "altered", "cuts")
    for seed in range(24):
        inside = recalibrated(answers({(3.0, name): 0.0 for name in ways}, seed))
        right = inside["predicted"] == inside["label"]
        luck.append(right.groupby(inside["fitted_to"]).mean().max())
        served = served_answers(inside, UNITS)
        fair.append((served["predicted"] == served["label"]).mean())
    assert np.mean(luck) > 0.56
    assert abs(np.mean(fair) - 0.5) < 0.05


def test_tables_hold_every_way_and_mark_one_for_each_length(
    inside: pd.DataFrame, clips: pd.DataFrame, evaluate_settings: Callable[..., Evaluate]
) -> None:
    settings = evaluate_settings(resamples=200)
    table = lengths_table(inside, clips, settings)
    assert len(table) == 4
    assert table.loc[table["chosen"] == "yes", ["length", "fitted_to"]].to_numpy().tolist() == [
        [3.0, "windows"],
        [30.0, "clips"],
    ]
    served = served_answers(inside, UNITS)
    short = served[served["length"] == 3.0]
    lead = against_plain(short, inside, clips, "clip", settings)
    plain = inside[(inside["length"] == 3.0) & (inside["fitted_to"] == "clips")]
    expected = (short["predicted"] == short["label"]).mean() - (plain["predicted"] == plain["label"]).mean()
    assert lead["difference"] == pytest.approx(expected)
    assert lead["difference_low"] > 0  # type: ignore[operator]
    assert judged(short, clips, "clip", settings).n_rows == CLIPS
    long = served[served["length"] == 30.0]
    assert against_plain(long, inside, clips, "clip", settings)["difference"] == 0.0


def test_music_from_elsewhere_is_calibrated_on_the_own_collection(inside: pd.DataFrame) -> None:
    raw = answers({(3.0, "windows"): 2.0})
    found = elsewhere_recalibrated(raw, inside)
    expected = next(choice for choice in chosen(inside, UNITS) if choice.length == 3.0)
    assert set(found["inverse_temperature"]) == {expected.inverse_temperature}
