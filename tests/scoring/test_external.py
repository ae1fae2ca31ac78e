"""Scores on music from elsewhere beside those inside, on answers whose scores are known."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts.tables.external import SCORED
from classically_punk.foundation.params import Evaluate
from classically_punk.scoring.bootstrap import Interval
from classically_punk.scoring.external import Beside, difference, external_recall, external_scores, judged_beside

GENRES = ("blues", "jazz", "rock")


def answers(prefix: str, right: dict[str, list[bool]], model: str = "ols") -> pd.DataFrame:
    """Predictions of clips of each genre, right ones and wrong ones, the wrong ones as the next genre."""
    rows = []
    for genre, each in right.items():
        for k, is_right in enumerate(each):
            said = genre if is_right else GENRES[(GENRES.index(genre) + 1) % 3]
            fitted = {f"fitted.{name}": 0.6 if name == said else 0.2 for name in GENRES}
            rows.append({"clip": f"{prefix}{genre}{k}", "label": genre, "predicted": said, **fitted})
    whole = {"model": model, "protocol": "clip", "partition": 1, "fold": 1, "window": -1, "inverse_temperature": 3.0}
    return pd.DataFrame(rows).assign(**whole, leverage=np.nan)


def judged(
    elsewhere: dict[str, list[bool]], inside: dict[str, list[bool]], settings: Evaluate, per_group: int = 1
) -> Beside:
    there, here = answers("x", elsewhere), answers("y", inside)
    groups = {clip: f"{clip[:-1]}{int(clip[-1]) // per_group}" for clip in there["clip"]}
    clips = here[["clip"]].assign(song=here["clip"], group=here["clip"])
    return judged_beside(there, groups, here, clips, "clip", settings)["ols"]


def _width(interval: Interval) -> float:
    assert interval.low is not None
    assert interval.high is not None
    return interval.high - interval.low


def half(count: int) -> list[bool]:
    return [k % 2 == 0 for k in range(count)]


def test_scores_elsewhere_and_inside_by_hand(evaluate_settings: Callable[..., Evaluate]) -> None:
    """7 of 10 right elsewhere, all of 8 right inside, where rock is left out: nobody elsewhere is asked for it."""
    found = judged(
        {"blues": [True] * 3 + [False], "jazz": [True] * 4 + [False] * 2},
        {"blues": [True] * 4, "jazz": [True] * 4, "rock": [False] * 4},
        evaluate_settings(),
    )
    table = external_scores({"ols": found})
    assert list(table["score"]) == list(SCORED)
    row = table.set_index("score").loc["accuracy"]
    assert (row["value"], row["inside"], row["n"], row["inside_n"], row["n_groups"]) == (0.7, 1.0, 10, 8, 10)
    assert row["difference"] == pytest.approx(-0.3)
    assert row["low"] < 0.7 < row["high"]
    assert row["difference_low"] < -0.3 < row["difference_high"]
    recall = external_recall({"ols": found}).set_index("genre")
    assert recall["recall"].to_dict() == {"blues": 0.75, "jazz": pytest.approx(4 / 6)}
    assert recall["n"].to_dict() == {"blues": 4, "jazz": 6}


def test_whole_groups_are_drawn(evaluate_settings: Callable[..., Evaluate]) -> None:
    """The same answers, once by eight artists of one clip and once by two of four: the latter say less."""
    right = {"blues": [True] * 4 + [False] * 4, "jazz": [True] * 4 + [False] * 4}
    inside = {"blues": half(8), "jazz": half(8)}
    wide, narrow = (judged(right, inside, evaluate_settings(), per_group=n).elsewhere for n in (4, 1))
    assert (wide.counts.n_groups, narrow.counts.n_groups) == (4, 16)
    assert _width(wide.interval("accuracy")) > 1.5 * _width(narrow.interval("accuracy"))


def test_the_interval_of_a_difference_adds_both_variances(evaluate_settings: Callable[..., Evaluate]) -> None:
    """Two independent halves: their difference varies sqrt(2) times as much as either."""
    same = {"blues": half(40), "jazz": half(40)}
    found = judged(same, same, evaluate_settings(resamples=20000))
    apart, one = difference(found, "accuracy"), found.elsewhere.interval("accuracy")
    assert _width(apart) / _width(one) == pytest.approx(np.sqrt(2), rel=0.05)


def test_all_right_is_no_certainty(evaluate_settings: Callable[..., Evaluate]) -> None:
    """Three artists, every clip right, against half inside: three alone allow for .29, the difference is open."""
    found = judged({"blues": [True] * 9}, {"blues": half(40)}, evaluate_settings(), per_group=3)
    apart = difference(found, "accuracy")
    assert found.elsewhere.values["accuracy"] - found.inside.values["accuracy"] == 0.5  # type: ignore[union-attr]
    assert apart.low is not None
    assert apart.low < 0


def test_without_an_answer_inside_or_with_one_group_the_reason_stands(
    evaluate_settings: Callable[..., Evaluate],
) -> None:
    alone = judged({"blues": half(6)}, {"rock": half(6)}, evaluate_settings(), per_group=9)
    table = external_scores({"ols": alone}).set_index("score")
    assert table["inside"].isna().all()
    assert table["difference"].isna().all()
    assert "no interval: fewer than 2 groups" in table.loc["accuracy", "reason"]
    assert "not asked inside" in table.loc["accuracy", "reason"]
    assert np.isnan(table.loc["calibration_error", "value"])
    assert table.loc["calibration_error", "reason"] != ""
