"""Snippets on a made-up collection whose short cuts differ from whole clips in a known way."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts.classifier import Classifier, FloatArray, Training
from classically_punk.contracts.tables.external import FITTED_TO
from classically_punk.experiments.lengths import (
    WAYS,
    answers,
    effective_rows,
    fitted,
    inside_answers,
    length_table,
    own_rows,
    rows_of,
    smallest_parts,
    with_altered,
    with_cuts,
)
from classically_punk.experiments.lengths import training_of as training
from classically_punk.foundation.params import Evaluate

COLUMNS = ["x"]
GENRES = ("jazz", "rock")
SHIFT = 10.0
"""Windows of a clip lie so far above the clip: what is fitted to clips takes every window for rock."""


class Nearest:
    """The genre whose mean is nearest."""

    notes = ()
    n_columns = 1
    inverse_temperature = 1.0

    def __init__(self, part: Training) -> None:
        values = part.values[:, 0]
        self.means = np.array([values[part.labels == genre].mean() for genre in part.genres])

    def scores(self, values: FloatArray) -> FloatArray:
        found: FloatArray = -np.abs(values - self.means)
        return found


def suite(part: Training) -> Mapping[str, Classifier]:
    return {"ols": Nearest(part)}


SUITES = dict.fromkeys(("clips", "windows", "both"), suite)


def collection(prefix: str, clips: int) -> pd.DataFrame:
    """Jazz around 0 and rock around 2, two windows each."""
    rows = []
    for k in range(clips):
        genre, clip = GENRES[k % 2], f"{prefix}{k:02d}"
        for window in (-1, 0, 1):
            value = 2.0 * (k % 2) + 0.01 * k + (SHIFT if window >= 0 else 0.0)
            rows.append({"clip": clip, "window": window, "label": genre, "song": clip, "group": clip, "x": value})
    return pd.DataFrame(rows)


def cuts(table: pd.DataFrame) -> pd.DataFrame:
    """Cuts of 3 s are as windows are and hold none; those of 30 s are as the clip, with its windows."""
    short = table[table["window"] == 0].assign(window=-1, length=3.0)
    return pd.concat([short, table.assign(length=30.0)])[["clip", "length", "window", "x"]]


@pytest.fixture
def folds() -> pd.DataFrame:
    clips = [f"a{k:02d}" for k in range(12)]
    rows = [
        {"protocol": "clip", "partition": partition, "fold": 2 * partition - 2 + fold, "clip": clip, "window": -1}
        | {"role": "test" if k // 6 == fold - 1 else "train"}
        for partition in (1, 2)
        for fold in (1, 2)
        for k, clip in enumerate(clips)
    ]
    return pd.DataFrame(rows)


def test_a_snippet_is_answered_by_what_was_fitted_to_windows(
    folds: pd.DataFrame, evaluate_settings: Callable[..., Evaluate]
) -> None:
    """At 3 s the fit to clips is right for rock alone, the fit to windows always; at 30 s it is the other way round;
    asked by windows, what was fitted to them is right again. The choice inside finds that."""
    learned, other = collection("a", 12), collection("b", 8)
    labels = other.drop_duplicates("clip").set_index("clip")["label"].to_dict()
    elsewhere = answers(fitted(learned, SUITES, "clip", COLUMNS), cuts(other), labels, "clip", COLUMNS)
    inside = inside_answers(learned, folds, "clip", cuts(learned), SUITES, COLUMNS)
    groups = {clip: clip for clip in labels}
    table = length_table(elsewhere, groups, inside, learned, "clip", evaluate_settings(resamples=200))
    found = table.set_index(["length", "fitted_to", "asked"])
    for where in ("accuracy", "inside_accuracy"):
        assert found.loc[(3.0, "clips", "whole"), where] == 0.5
        assert found.loc[(3.0, "windows", "whole"), where] == 1.0
        assert found.loc[(30.0, "clips", "whole"), where] == 1.0
        assert found.loc[(30.0, "windows", "whole"), where] == 0.5
        assert found.loc[(30.0, "windows", "windows"), where] == 1.0
    assert (3.0, "windows", "windows") not in found.index  # of one window there is no mean
    assert found["chosen"].value_counts()["yes"] == 2
    assert found.loc[(3.0, "windows", "whole"), "chosen"] == "yes"
    assert found.loc[(30.0, "windows", "whole"), "chosen"] == "no"
    assert found.loc[(3.0, "windows", "whole"), "difference"] == 0.5
    assert found.loc[(3.0, "windows", "whole"), "difference_low"] > 0
    assert np.isnan(found.loc[(3.0, "clips", "whole"), "difference_low"])
    assert set(inside["clip"]) == set(learned["clip"])  # each once, in the first partition
    assert (inside.groupby(["clip", "length", "fitted_to", "asked"]).size() == 1).all()
    assert (found["inside_n"] == 12).all()


@pytest.mark.parametrize(("r", "expected"), [(0.0, 2000.0), (0.5, 2000 / 5.5), (1.0, 200.0)])
def test_rows_of_a_clip_count_by_how_alike_they_are(rng: np.random.Generator, r: float, expected: float) -> None:
    """200 clips of ten rows, of correlation r by construction: Kish's design effect is 1 + 9 r. The genre is no part
    of it, however far apart genres are."""
    clip = np.repeat(np.arange(200), 10)
    part = np.sqrt(r) * rng.normal(size=(200, 30))[clip] + np.sqrt(1.0 - r) * rng.normal(size=(2000, 30))
    columns = [f"x{k}" for k in range(30)]
    table = pd.DataFrame(part + 50.0 * (clip % 2)[:, None], columns=columns)
    table = table.assign(clip=clip.astype(str), label=np.where(clip % 2, "rock", "jazz"))
    assert effective_rows(table, columns) == pytest.approx(expected, rel=0.12)
    assert effective_rows(table.drop_duplicates("clip"), columns) == 200


def test_windows_of_a_clip_stay_together_and_a_table_without_windows_has_clips_alone(folds: pd.DataFrame) -> None:
    learned = collection("a", 12)
    part = training(learned, "both", "clip", COLUMNS)
    assert len(part.labels) == 36
    assert list(part.groups[:3]) == ["a00"] * 3
    counts = smallest_parts(learned, folds, "clip", COLUMNS)
    assert counts == {"clips": 6, "windows": 6, "both": counts["both"]}  # windows of a clip are equal here
    assert smallest_parts(learned[learned["window"] == -1], folds, "clip", COLUMNS) == {"clips": 6}
    assert {way.fitted_to for way in WAYS} == {*SUITES, "altered", "cuts"} == set(FITTED_TO)


def test_altered_clips_are_learned_from_beside_their_own_and_stand_on_their_side(folds: pd.DataFrame) -> None:
    learned = collection("a", 12)
    altered = learned[["clip", "window", "x"]].assign(alteration="gain_-10", x=learned["x"] - 5.0)
    table = with_altered(learned, altered)
    assert len(rows_of(table, "altered")) == 2 * len(rows_of(table, "both")) == 2 * len(learned)
    assert list(rows_of(table, "both")["x"]) == list(learned["x"])
    assert len(rows_of(table, "clips")) == 12
    part = training(table, "altered", "clip", COLUMNS)
    assert (pd.Series(part.groups).value_counts() == 6).all()
    assert set(smallest_parts(table, folds, "clip", COLUMNS)) == {*SUITES, "altered"}
    alone = {"altered": suite}
    said = inside_answers(table, folds, "clip", cuts(learned), alone, COLUMNS)
    assert sorted(said.loc[said["length"] == 3.0, "clip"]) == sorted(learned["clip"].unique())


def test_cuts_are_learned_from_but_not_what_is_all_of_its_clip(folds: pd.DataFrame) -> None:
    """Of the cuts of 30 s each is its clip, which is learned from already; those of 3 s are new."""
    learned = collection("a", 12)
    table = with_cuts(learned, cuts(learned), COLUMNS)
    assert len(rows_of(table, "cuts")) == len(learned) + 12
    assert list(rows_of(table, "both")["x"]) == list(learned["x"])
    assert own_rows(rows_of(table, "cuts")).sum() == len(learned)
    assert set(smallest_parts(table, folds, "clip", COLUMNS)) == {*SUITES, "cuts"}
