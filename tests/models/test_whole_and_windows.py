"""The whole clip and its windows: which rows are used, least squares by hand, and a gain where windows tell more."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts.design import FITTED
from classically_punk.contracts.models import WITH_WINDOWS
from classically_punk.foundation.params import Folds, Inner, Ols
from classically_punk.models.planning import ColumnPlan
from classically_punk.models.whole_and_windows import mean_of_both, windows_of, with_windows
from classically_punk.validation.held_out import HeldOut
from classically_punk.validation.splits import make_folds

MakeRows = Callable[..., pd.DataFrame]
COLUMNS = ["one", "two"]
GENRES = ("jazz", "pop", "rock")
PLAIN = Ols(transform="none", winsorise=None, columns="all", rows_per_column=4.0, vif_limit=10.0)


def answered(table: pd.DataFrame, folds: pd.DataFrame) -> HeldOut:
    plan = ColumnPlan(PLAIN, 2, "")
    families = dict.fromkeys(COLUMNS, "timbre")
    found = with_windows(table, folds, COLUMNS, families, plan, PLAIN, Inner(folds=3, seed=4), jobs=1)
    assert found is not None
    return found


@pytest.fixture
def table(make_rows: MakeRows, rng: np.random.Generator) -> pd.DataFrame:
    rows = make_rows(dict.fromkeys(GENRES, 14), windows=3)
    noise = rng.normal(size=(len(rows), 2))
    return rows.assign(
        one=3.0 * (rows["label"] == "pop") + noise[:, 0], two=3.0 * (rows["label"] == "rock") + noise[:, 1]
    )


@pytest.fixture
def folds(table: pd.DataFrame, fold_settings: Folds) -> pd.DataFrame:
    return make_folds(table, None, fold_settings).folds


def test_windows_stand_in_the_place_of_their_clip(table: pd.DataFrame, folds: pd.DataFrame) -> None:
    windows = windows_of(table, folds)
    whole = folds[folds["protocol"] == "clip"]
    assert set(windows["protocol"]) == {"clip"}
    assert set(windows["window"]) == {0, 1, 2}
    assert len(windows) == 3 * len(whole)
    roles = windows.groupby(["fold", "clip"])["role"].agg(set)
    assert roles.map(len).max() == 1
    expected = whole.set_index(["fold", "clip"])["role"].sort_index()
    assert (roles.map(lambda role: next(iter(role))) == expected).all()


def test_each_clip_is_answered_by_least_squares_of_the_training_rows(table: pd.DataFrame, folds: pd.DataFrame) -> None:
    """Two least squares by hand, of clips and of windows, for every fold: the mean of their fitted values."""
    found = answered(table, folds)
    keyed = table.set_index(["clip", "window"]).sort_index()
    for (_, fold), part in found.predictions.groupby(["protocol", "fold"]):
        role = folds[(folds["protocol"] == "clip") & (folds["fold"] == fold)].set_index("clip")["role"]
        trained = keyed[keyed.index.get_level_values("clip").map(role) == "train"]
        parts = []
        for rows in ("whole", "windows"):
            used = trained[(trained.index.get_level_values("window") >= 0) == (rows == "windows")]
            design = np.column_stack([np.ones(len(used)), used[COLUMNS]])
            hot = (used["label"].to_numpy()[:, None] == np.array(GENRES)).astype(float)
            slopes = np.linalg.lstsq(design, hot, rcond=None)[0]
            asked = keyed.loc[part["clip"]]
            asked = asked[(asked.index.get_level_values("window") >= 0) == (rows == "windows")]
            fitted = np.column_stack([np.ones(len(asked)), asked[COLUMNS]]) @ slopes
            parts.append(pd.DataFrame(fitted, index=asked.index.get_level_values("clip")).groupby(level=0).mean())
        expected = ((parts[0] + parts[1]) / 2).loc[part["clip"]].to_numpy()
        np.testing.assert_allclose(part[[f"{FITTED}{genre}" for genre in GENRES]].to_numpy(), expected, atol=1e-9)
        assert (part["predicted"] == np.array(GENRES)[expected.argmax(axis=1)]).all()
    assert (found.predictions["model"] == WITH_WINDOWS).all()
    tested = folds[(folds["role"] == "test") & (folds["protocol"] == "clip")]
    assert len(found.predictions) == len(tested)
    assert set(found.predictions["window"]) == {-1}


def test_what_test_clips_are_does_not_reach_their_fit(table: pd.DataFrame, folds: pd.DataFrame) -> None:
    """Another clip under test changes its own answer alone: neither coefficients nor the temperature."""
    clip = "jazz.00003"
    other = table.copy()
    other.loc[other["clip"] == clip, COLUMNS] = 50.0
    one, two = (answered(each, folds).predictions.set_index(["fold", "clip"]) for each in (table, other))
    tested_in = one.index.get_level_values("fold")[one.index.get_level_values("clip") == clip]
    same = one.index.get_level_values("fold").isin(tested_in) & (one.index.get_level_values("clip") != clip)
    pd.testing.assert_frame_equal(one[same], two[same], check_exact=True)
    assert not one[~same].equals(two[~same])


def test_windows_gain_where_they_tell_more(table: pd.DataFrame, folds: pd.DataFrame) -> None:
    """Whole clips of pure noise: by themselves they would be right by chance, one in three."""
    whole = table["window"] == -1
    noisy = table.copy()
    noisy.loc[whole, COLUMNS] = np.random.default_rng(3).normal(size=(int(whole.sum()), 2))
    found = answered(noisy, folds).predictions
    assert (found["predicted"] == found["label"]).mean() > 0.8


def test_a_table_without_windows_has_none(table: pd.DataFrame, folds: pd.DataFrame) -> None:
    families = dict.fromkeys(COLUMNS, "timbre")
    whole, strict = table[table["window"] == -1], folds[folds["protocol"] == "clip"]
    plan = ColumnPlan(PLAIN, 2, "")
    inner = Inner(folds=3, seed=4)
    assert with_windows(whole, strict, COLUMNS, families, plan, PLAIN, inner, jobs=1) is None
    tested = set(strict.loc[(strict["fold"] == 1) & (strict["role"] == "test"), "clip"])
    short = table[(table["window"] == -1) | ~table["clip"].isin(tested)]  # a fold whose test clips have no window
    assert with_windows(short, strict, COLUMNS, families, plan, PLAIN, inner, jobs=1) is None


def test_a_clip_without_windows_keeps_its_own_values() -> None:
    clips = np.array(["a", "b"], dtype=object)
    found = mean_of_both(np.array([[0.0, 1.0], [1.0, 0.0]]), clips, np.array([[1.0, 0.0]]), clips[:1])
    assert found.tolist() == [[0.5, 0.5], [1.0, 0.0]]
