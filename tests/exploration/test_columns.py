"""Columns: what they tell about genres, how they spread, how they go together."""

import numpy as np
import pytest
from scipy.integrate import trapezoid
from scipy.stats import f_oneway, gaussian_kde, spearmanr

from classically_punk.catalogue.sets import SETS, described
from classically_punk.exploration import discriminative
from classically_punk.exploration.clip_matrix import ClipMatrix
from classically_punk.exploration.correlation import cluster_order, correlated_columns, representatives, spearman

KNOWN = described(SETS)


def test_eta_squared_gives_the_f_ratio_of_scipy(rng: np.random.Generator) -> None:
    labels = np.array(["a"] * 20 + ["b"] * 30 + ["c"] * 15, dtype=object)
    values = rng.normal(size=(65, 4)) + (labels == "b")[:, None] * [0.0, 0.5, 2.0, 9.0]
    eta = discriminative.eta_squared(values, labels)
    expected = f_oneway(*(values[labels == genre] for genre in "abc")).statistic
    assert eta / (1 - eta) * (65 - 3) / (3 - 1) == pytest.approx(expected, rel=1e-10)


def test_the_column_with_the_blobs_comes_first_and_its_twin_is_left_out(design, settings) -> None:
    rng = np.random.default_rng(4)
    labels = ["a"] * 30 + ["b"] * 30
    tells = np.repeat([0.0, 6.0], 30) + rng.normal(size=60)
    twin = 3 * tells + 0.01 * rng.normal(size=60)
    values = np.column_stack([rng.normal(size=60), twin, tells, np.full(60, 5.0)])
    names = ["level_mean", "mfcc2_mean", "mfcc1_mean", "flux_mean"]
    matrix = ClipMatrix.of(design(values, labels, columns=names), settings)
    chosen = discriminative.discriminative_columns(matrix, KNOWN, most=4)
    shown = [matrix.columns[j] for j in chosen]
    assert shown[0] in {"mfcc1_mean", "mfcc2_mean"}
    assert sorted(shown[1:]) == ["level_mean"]  # neither the twin nor the column that does not vary
    table = discriminative.discriminative_table(matrix, chosen, KNOWN)
    assert table["twins"].tolist() == [1, 0]
    assert table["highest_genre"].iloc[0] == "b"


def test_a_family_gives_way_to_another_that_comes_near(design, settings) -> None:
    rng = np.random.default_rng(4)
    values = np.repeat([[0.0] * 4, [6.0, 6.0, 6.0, 5.0]], 30, axis=0) + 1.5 * rng.normal(size=(60, 4))
    names = ["mfcc1_mean", "mfcc2_mean", "mfcc3_mean", "pulse_clarity"]
    matrix = ClipMatrix.of(design(values, ["a"] * 30 + ["b"] * 30, columns=names), settings)
    families = [KNOWN[matrix.columns[j]].family for j in discriminative.discriminative_columns(matrix, KNOWN, most=2)]
    assert sorted(families) == ["rhythm", "timbre"]


def test_a_density_holds_the_whole_and_is_that_of_scipy(rng: np.random.Generator) -> None:
    values = rng.normal(3.0, 2.0, size=50)
    grid = np.linspace(-20, 26, 2000)
    curve = discriminative.density(values, grid)
    assert trapezoid(curve, grid) == pytest.approx(1.0, abs=1e-6)
    assert curve == pytest.approx(gaussian_kde(values)(grid), rel=1e-12)


def test_what_cannot_be_negative_has_no_density_below_zero_and_still_holds_the_whole(rng: np.random.Generator) -> None:
    values = rng.exponential(1.0, size=80)
    grid = np.linspace(-5, 30, 35001)
    curve = discriminative.density(values, grid, floor=0.0)
    assert not curve[grid < 0].any()
    assert trapezoid(curve[grid >= 0], grid[grid >= 0]) == pytest.approx(1.0, abs=1e-4)


def test_all_genres_of_a_column_share_a_grid_that_holds_nearly_all(blobs: ClipMatrix) -> None:
    table = discriminative.density_table(blobs, [0, 1])
    for _, curves in table.groupby("column"):
        grids = {tuple(curve["x"]) for _, curve in curves.groupby("genre")}
        assert len(grids) == 1
        for _, curve in curves.groupby("genre"):
            assert trapezoid(curve["density"], curve["x"]) == pytest.approx(1.0, abs=0.03)


def test_quartiles_are_numpys_and_a_constant_genre_says_why_it_has_no_curve(design, settings) -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([np.full(10, 3.0), rng.normal(size=10)])[:, None]
    matrix = ClipMatrix.of(design(values, ["flat"] * 10 + ["round"] * 10), settings)
    table = discriminative.quartile_table(matrix, [0]).set_index("genre")
    assert table.loc["round", "median"] == pytest.approx(np.median(values[10:]))
    assert table.loc["flat", "reason"] == "no curve: all clips have the same value"
    assert set(discriminative.density_table(matrix, [0])["genre"]) == {"round"}


def test_rank_correlation_is_that_of_scipy(rng: np.random.Generator) -> None:
    values = rng.integers(0, 6, size=(40, 5)).astype(float)
    assert spearman(values) == pytest.approx(spearmanr(values).statistic, abs=1e-12)


def test_planted_relatives_stand_side_by_side(rng: np.random.Generator) -> None:
    base = rng.normal(size=(200, 3))
    mixed = np.column_stack([base[:, [0, 1, 2]], base[:, [0, 1, 2]], -base[:, [0, 1, 2]]])
    order = cluster_order(spearman(mixed + 0.2 * rng.normal(size=mixed.shape)))
    kinds = [int(j) % 3 for j in order]
    assert sorted(kinds[place] for place in (0, 3, 6)) == [0, 1, 2]
    assert all(len(set(kinds[place : place + 3])) == 1 for place in (0, 3, 6))


def test_representatives_stand_for_all_columns_one_of_each_kind(rng: np.random.Generator) -> None:
    base = rng.normal(size=(200, 3))
    values = base[:, [0, 0, 0, 0, 1, 1, 2]] + 0.1 * rng.normal(size=(200, 7))
    standing = representatives(spearman(values), most=3)
    assert sorted(standing.values()) == [1, 2, 4]
    assert 6 in standing


@pytest.mark.parametrize("p", [1, 2, 3])
def test_few_columns_have_a_table_too(design, settings, p: int) -> None:
    values = np.random.default_rng(p).normal(size=(20, p))
    matrix = ClipMatrix.of(design(values, ["a", "b"] * 10), settings)
    found = correlated_columns(matrix, KNOWN)
    assert len(found.correlation) == p * p
    assert set(found.columns["selection"]) == {"all columns"}
