"""Altered clips: what is counted, on made-up features where every answer is known."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts.classifier import FloatArray, Training
from classically_punk.experiments.robustness import altered_answers, chosen_clips, robustness_table, summary
from classically_punk.foundation.params import Evaluate

CLIPS = [f"c{k:02d}" for k in range(24)]
LABELS = ["jazz" if k % 2 == 0 else "rock" for k in range(24)]
GROUPS = {clip: f"artist{k // 4}" for k, clip in enumerate(CLIPS)}
DESCRIBED = {"same": ("gain", 0.0), "flipped": ("pitch", 1.0), "half": ("noise", 10.0), "crop_20": ("crop", 20.0)}


class Threshold:
    """Rock where the column is above 0."""

    inverse_temperature = 2.0
    n_columns = 1
    notes: tuple[str, ...] = ()

    def scores(self, values: FloatArray) -> FloatArray:
        return np.column_stack([-values[:, 0], values[:, 0]])


def suite(training: Training) -> Mapping[str, Threshold]:
    assert training.genres == ("jazz", "rock")
    return {"ols": Threshold()}


@pytest.fixture
def table() -> pd.DataFrame:
    frame = pd.DataFrame({"clip": CLIPS, "window": -1, "label": LABELS, "song": CLIPS, "recording": CLIPS})
    frame["group"] = frame["clip"].map(GROUPS)
    return frame.assign(x=[-1.0 if label == "jazz" else 1.0 for label in LABELS])


@pytest.fixture
def folds() -> pd.DataFrame:
    """Two partitions of two folds each."""
    rows = [
        ("artist", partition, fold, clip, -1, "test" if (k // (4 * partition) - fold) % 2 == 0 else "train", "")
        for partition, fold in ((1, 1), (1, 2), (2, 3), (2, 4))
        for k, clip in enumerate(CLIPS)
    ]
    return pd.DataFrame(rows, columns=["protocol", "partition", "fold", "clip", "window", "role", "reason"])


@pytest.fixture
def altered(table: pd.DataFrame) -> pd.DataFrame:
    """`flipped` turns every answer round, `half` those of the first twelve clips, `crop_20` suits no clip."""
    same = table[["clip", "x"]].assign(alteration="same")
    flipped = same.assign(alteration="flipped", x=-same["x"])
    half = same.assign(alteration="half", x=np.where(np.arange(24) < 12, -same["x"], same["x"]))
    return pd.concat([same, flipped, half], ignore_index=True)


@pytest.fixture
def answers(table: pd.DataFrame, folds: pd.DataFrame, altered: pd.DataFrame) -> pd.DataFrame:
    return altered_answers(table, folds, altered, "artist", suite, ["x"])


@pytest.fixture
def measured(answers: pd.DataFrame, evaluate_settings: Callable[..., Evaluate]) -> pd.DataFrame:
    return robustness_table(answers, GROUPS, DESCRIBED, "artist", evaluate_settings(resamples=400)).set_index(
        "alteration"
    )


def test_every_clip_is_asked_once_for_each_alteration(answers: pd.DataFrame) -> None:
    assert len(answers) == 3 * 24
    assert not answers.duplicated(["clip", "alteration"]).any()


def test_what_is_not_altered_changes_nothing(measured: pd.DataFrame) -> None:
    same = measured.loc["same"]
    for column, value in {"accuracy": 1, "drop": 0, "agreement": 1, "probability_shift": 0, "n": 24}.items():
        assert same[column] == value, column
    assert (same["drop_low"], same["drop_high"]) == (0, 0)


def test_what_turns_every_answer_round_costs_everything(measured: pd.DataFrame) -> None:
    row = measured.loc["flipped"]
    assert (row["accuracy"], row["drop"], row["agreement"]) == (0, 1, 0)
    # the probability of the first answer falls from e^2 / (e^2 + e^-2) to the rest of it
    sure = np.exp(2) / (np.exp(2) + np.exp(-2))
    assert row["probability_shift"] == pytest.approx((1 - sure) - sure)


def test_half_of_the_clips_is_half_of_the_score_with_an_interval_over_artists(measured: pd.DataFrame) -> None:
    row = measured.loc["half"]
    assert (row["accuracy"], row["agreement"], row["drop"]) == (0.5, 0.5, 0.5)
    assert row["n_groups"] == 6
    # whole artists are flipped: six draws of 0 or 1, far wider than 24 clips would be
    assert row["drop_high"] - row["drop_low"] > 0.6


def test_an_alteration_that_suits_no_clip_has_a_reason_and_no_numbers(measured: pd.DataFrame) -> None:
    row = measured.loc["crop_20"]
    assert row["n"] == 0
    assert np.isnan(row["accuracy"])
    assert row["reason"] == "no clip is long enough"


def test_the_summary_leaves_crops_and_what_was_not_measured_out(measured: pd.DataFrame) -> None:
    found = summary(measured.reset_index())["ols"]
    assert found == {"drop_mean": 0.5, "drop_largest": 1.0}


def test_clips_are_drawn_from_the_tested_ones_so_many_per_genre(table: pd.DataFrame, folds: pd.DataFrame) -> None:
    few = folds[~((folds["role"] == "test") & (folds["clip"] == "c00"))]
    chosen = chosen_clips(few, table, "artist", 5, 7)
    assert chosen == chosen_clips(few, table, "artist", 5, 7)
    assert chosen != chosen_clips(few, table, "artist", 5, 8)
    labels = table.set_index("clip").loc[chosen, "label"]
    assert labels.value_counts().to_dict() == {"jazz": 5, "rock": 5}
    assert "c00" not in chosen_clips(few, table, "artist", 100, 7)
