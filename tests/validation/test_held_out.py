"""Held-out predictions: fitted on nothing that is predicted, in a fixed order."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts.classifier import FloatArray, Training, alone
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Folds, Ols
from classically_punk.models.ols import fit_regression
from classically_punk.validation.held_out import HeldOut, held_out_predictions
from classically_punk.validation.splits import make_folds

MakeRows = Callable[..., pd.DataFrame]
COLUMNS = ["one", "two"]


class Memory:
    """Answers with the genre of the training row that is closest: 1 at distance 0, and remembers what it saw."""

    notes = ("remembers",)
    n_columns = 2
    inverse_temperature = 1.0

    def __init__(self, training: Training) -> None:
        self.training = training

    def scores(self, values: FloatArray) -> FloatArray:
        apart = np.abs(values[:, None, :] - self.training.values[None]).sum(axis=2)
        near = self.training.labels[apart.argmin(axis=1)]
        exact = apart.min(axis=1) == 0
        return np.array(
            [
                [float(g == of) * (2.0 if e else 1.0) for g in self.training.genres]
                for of, e in zip(near, exact, strict=True)
            ]
        )


MEMORY = alone("memory", Memory)


@pytest.fixture
def table(make_rows: MakeRows, rng: np.random.Generator) -> pd.DataFrame:
    rows = make_rows({"jazz": 12, "pop": 12, "rock": 12})
    # at the corners of a triangle: three on a line would mask the middle one, as least squares is known to do
    noise = rng.normal(size=(len(rows), 2))
    one = 4.0 * (rows["label"] == "pop") + noise[:, 0]
    return rows.assign(one=one, two=4.0 * (rows["label"] == "rock") + noise[:, 1])


@pytest.fixture
def folds(table: pd.DataFrame, fold_settings: Folds) -> pd.DataFrame:
    return make_folds(table, None, fold_settings).folds


def test_every_tested_row_is_predicted_once_and_unseen(table: pd.DataFrame, folds: pd.DataFrame) -> None:
    found = held_out_predictions(table, folds, MEMORY, COLUMNS, jobs=1)
    tested = folds[folds["role"] == "test"]
    assert len(found.predictions) == len(tested) == 2 * 36 + 72  # two partitions of clips, one of windows
    assert (found.predictions[["fitted.jazz", "fitted.pop", "fitted.rock"]].max(axis=1) == 1.0).all()  # never exact
    assert not found.predictions[["protocol", "partition", "clip", "window"]].duplicated().any()
    keys = found.predictions[["protocol", "fold", "clip", "window"]]
    assert keys.equals(keys.sort_values(list(keys.columns), ignore_index=True))
    assert set(found.predictions.loc[found.predictions["protocol"] == "clip", "window"]) == {-1}
    assert set(found.predictions.loc[found.predictions["protocol"] == "segment_random", "window"]) == {0, 1}
    assert found.fits["n_test"].sum() == len(tested)
    assert set(found.fits["note"]) == {"remembers"}


def test_left_out_and_valid_rows_are_never_used(table: pd.DataFrame, folds: pd.DataFrame) -> None:
    seen: list[float] = []

    def spy(training: Training) -> Memory:
        seen.extend(training.values[:, 0])
        return Memory(training)

    clip_folds = folds[folds["protocol"] == "clip"].copy()
    hidden = {"jazz.00001": "left_out", "rock.00002": "valid"}
    clip_folds["role"] = clip_folds["clip"].map(hidden).fillna(clip_folds["role"])
    found = held_out_predictions(table, clip_folds, alone("spy", spy), COLUMNS, jobs=1)
    assert not set(found.predictions["clip"]) & set(hidden)
    assert not set(seen) & set(table.loc[table["clip"].isin(hidden), "one"])


def test_order_of_the_inputs_changes_nothing(table: pd.DataFrame, folds: pd.DataFrame) -> None:
    def run(of_table: pd.DataFrame, of_folds: pd.DataFrame) -> HeldOut:
        settings = Ols(transform="yeo_johnson", winsorise=4.0, columns="all", rows_per_column=4.0, vif_limit=10.0)
        factory = partial(fit_regression, columns=COLUMNS, families=dict.fromkeys(COLUMNS, "timbre"), settings=settings)
        return held_out_predictions(of_table, of_folds, alone("ols", factory), COLUMNS, jobs=1)

    one = run(table, folds)
    other = run(table.sample(frac=1, random_state=1), folds.sample(frac=1, random_state=2).astype({"fold": float}))
    pd.testing.assert_frame_equal(one.predictions, other.predictions, check_exact=True)
    accuracy = (one.predictions["label"] == one.predictions["predicted"]).mean()
    assert accuracy > 0.8  # three genres four deviations apart


def test_fold_whose_training_lacks_a_genre(table: pd.DataFrame, folds: pd.DataFrame) -> None:
    """`make_folds` makes none, but hand-written folds may: the genre's fitted value is 0 and it is never predicted."""
    clip_folds = folds[(folds["protocol"] == "clip") & (folds["fold"] == 1)].copy()
    clip_folds.loc[clip_folds["clip"].str.startswith("pop"), "role"] = "test"
    settings = Ols(transform="none", winsorise=None, columns="all", rows_per_column=4.0, vif_limit=10.0)
    factory = partial(fit_regression, columns=COLUMNS, families=dict.fromkeys(COLUMNS, "timbre"), settings=settings)
    found = held_out_predictions(table, clip_folds, alone("ols", factory), COLUMNS, jobs=1).predictions
    np.testing.assert_allclose(found["fitted.pop"], 0.0, atol=1e-12)
    assert "pop" not in set(found["predicted"])


def test_errors_name_what_is_wrong(table: pd.DataFrame, folds: pd.DataFrame) -> None:
    with pytest.raises(PunkError, match=r"jazz\.00000 window -1 is not in the design table"):
        held_out_predictions(table[table["clip"] != "jazz.00000"], folds, MEMORY, COLUMNS, jobs=1)
    with pytest.raises(PunkError, match="clip fold 1 has no train"):
        held_out_predictions(table, folds[folds["protocol"] == "clip"].assign(role="test"), MEMORY, COLUMNS, jobs=1)
    with pytest.raises(PunkError, match="no protocol is possible"):
        held_out_predictions(table, folds[:0], MEMORY, COLUMNS, jobs=1)
