"""Choices of columns side by side: what is compared with what, and that a choice with a reason to win does."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts.design import KEYS
from classically_punk.experiments.column_choices import CHOICES, Compared, compare_choices
from classically_punk.foundation.params import Evaluate, Inner, Ols

GENRES = ("blues", "jazz", "rock")
PLAIN = Ols.model_validate(
    {"transform": "none", "winsorise": None, "columns": "all", "rows_per_column": 4.0, "vif_limit": 10.0}
)


def features(table: pd.DataFrame) -> list[str]:
    return [column for column in table.columns if column not in KEYS]


@pytest.fixture
def tables(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """`good` holds a column for each genre and noise, `bad` noise alone; 90 clips of 30 artists."""
    labels = np.array(GENRES, dtype=object)[np.arange(90) % 3]
    keys = pd.DataFrame({"clip": [f"c{k:02d}" for k in range(90)], "window": -1, "label": labels})
    keys = keys.assign(group=[f"artist{k // 3}" for k in range(90)], song=keys["clip"], recording=keys["clip"])
    hot = (labels[:, None] == np.array(GENRES)).astype(float)
    noise = pd.DataFrame(rng.normal(size=(90, 6)), columns=[f"noise{j}" for j in range(6)])
    signal = pd.DataFrame(hot + 0.3 * rng.normal(size=(90, 3)), columns=[f"signal{j}" for j in range(3)])
    return {"bad": pd.concat([keys, noise], axis=1), "good": pd.concat([keys, signal, noise], axis=1)}


@pytest.fixture
def folds(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Two partitions of three folds each."""
    rows = [
        (protocol, partition, fold, clip, -1, "test" if (k // (3 * partition) - fold) % 3 == 0 else "train", "")
        for protocol in ("segment_random", "artist")
        for partition, fold in ((1, 1), (1, 2), (1, 3), (2, 4), (2, 5), (2, 6))
        for k, clip in enumerate(tables["good"]["clip"])
    ]
    return pd.DataFrame(rows, columns=["protocol", "partition", "fold", "clip", "window", "role", "reason"])


@pytest.fixture
def both(tables: dict[str, pd.DataFrame], folds: pd.DataFrame, evaluate_settings: Callable[..., Evaluate]) -> Compared:
    families = {column: "timbre" if column.startswith("noise") else "harmony" for column in features(tables["good"])}
    settings = evaluate_settings(resamples=200)
    return compare_choices(tables, "good", folds, families, PLAIN, Inner(folds=2, seed=1), settings)


@pytest.fixture
def compared(both: Compared) -> pd.DataFrame:
    return both.scores


def test_the_answers_behind_the_scores_are_kept_with_whose_clips_they_are_of(both: Compared) -> None:
    answers = both.answers
    assert set(answers["protocol"]) == {"artist"}
    assert answers["unit"].nunique() == 30
    for _, row in both.scores.iterrows():
        said = answers[f"predicted.{row['feature_set']}/{row['choice']}"]
        assert (said == answers["label"]).mean() == pytest.approx(row["accuracy"])


def test_every_choice_on_every_set_and_never_the_leaky_protocol(compared: pd.DataFrame) -> None:
    assert set(compared["protocol"]) == {"artist"}
    assert set(compared["n"]) == {90}
    assert sorted(zip(compared["feature_set"], compared["choice"], strict=True)) == sorted(
        (name, choice) for name in ("bad", "good") for choice in CHOICES
    )


def test_differences_are_to_the_configured_choice(compared: pd.DataFrame) -> None:
    own = compared[compared["configured"] == "yes"]
    assert own[["feature_set", "choice"]].to_numpy().tolist() == [["good", "all"]]
    assert own["difference"].iloc[0] == 0
    rest = compared[compared["configured"] == "no"]
    assert rest["difference"].to_numpy() == pytest.approx(rest["accuracy"].to_numpy() - own["accuracy"].iloc[0])
    assert (rest["difference_low"] <= rest["difference"]).all()
    assert (rest["difference"] <= rest["difference_high"]).all()


def test_signal_beats_noise_for_certain(compared: pd.DataFrame) -> None:
    assert (compared.loc[compared["feature_set"] == "good", "accuracy"] > 0.8).all()
    assert (compared.loc[compared["feature_set"] == "bad", "difference_high"] < 0).all()


def test_forward_selection_takes_fewer_columns_than_there_are(compared: pd.DataFrame) -> None:
    row = compared[(compared["feature_set"] == "good") & (compared["choice"] == "forward")].iloc[0]
    assert 2 <= row["columns"] < 9


def test_a_clip_that_one_set_lacks_is_tested_with_neither(
    tables: dict[str, pd.DataFrame], folds: pd.DataFrame, evaluate_settings: Callable[..., Evaluate]
) -> None:
    fewer = {**tables, "bad": tables["bad"][tables["bad"]["clip"] != "c04"]}
    families = dict.fromkeys(features(tables["good"]), "timbre")
    found = compare_choices(
        fewer, "good", folds, families, PLAIN, Inner(folds=2, seed=1), evaluate_settings(resamples=100)
    ).scores
    assert set(found["n"]) == {89}
