"""What the regression sees: components of families, aliased columns, too few rows."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from sklearn.decomposition import PCA

from classically_punk.foundation.params import Ols
from classically_punk.models.columns import (
    Reduction,
    choose_columns,
    family_components,
    independent_columns,
)

Settings = Callable[..., Ols]


@pytest.fixture
def standardised(rng: np.random.Generator) -> np.ndarray:
    mixed = rng.normal(size=(60, 8)) @ rng.normal(size=(8, 8))
    return (mixed - mixed.mean(axis=0)) / mixed.std(axis=0)


def test_all_is_the_identity(
    standardised: np.ndarray, columns: tuple[str, ...], families: Mapping[str, str], ols_settings: Settings
) -> None:
    chosen = choose_columns(standardised, columns, families, ols_settings())
    np.testing.assert_array_equal(chosen.weights, np.eye(8))
    assert chosen.names == columns
    assert (chosen.aliased, chosen.notes) == ((), ())


def test_components_equal_scikit_learn_family_by_family(
    standardised: np.ndarray, columns: tuple[str, ...], families: Mapping[str, str]
) -> None:
    chosen = family_components(standardised, columns, families, budget=8)
    for family in set(families.values()):
        members = [j for j, column in enumerate(columns) if families[column] == family]
        ours = standardised @ chosen.weights[:, [name == family for name in chosen.families]]
        peer = PCA(whiten=True).fit_transform(standardised[:, members]) * np.sqrt(60 / 59)
        np.testing.assert_allclose(np.abs(ours), np.abs(peer), rtol=1e-8, atol=1e-8)
        outside = np.delete(chosen.weights, members, axis=0)[:, [name == family for name in chosen.families]]
        np.testing.assert_array_equal(outside, 0.0)


def test_budget_goes_to_the_largest_variances_after_one_each(rng: np.random.Generator) -> None:
    """Ten timbre columns that are all one number, three independent harmony columns, one rhythm column."""
    one = rng.normal(size=(500, 1))
    values = np.column_stack([one + 0.01 * rng.normal(size=(500, 10)), rng.normal(size=(500, 4))])
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    columns = [f"column{j}" for j in range(14)]
    kinds = ["timbre"] * 10 + ["harmony"] * 3 + ["rhythm"]
    families = dict(zip(columns, kinds, strict=True))
    assert family_components(values, columns, families, 2).names[0] == "timbre 1"
    assert set(family_components(values, columns, families, 3).families) == {"timbre", "harmony", "rhythm"}
    five = family_components(values, columns, families, 5)
    assert five.names == ("timbre 1", "harmony 1", "harmony 2", "harmony 3", "rhythm 1")


@pytest.mark.parametrize("rows_per_column", [10.0, 15.0, 30.0, 59.0])
def test_rows_per_column_is_kept(
    standardised: np.ndarray,
    columns: tuple[str, ...],
    families: Mapping[str, str],
    ols_settings: Settings,
    rows_per_column: float,
) -> None:
    settings = ols_settings(columns="components", rows_per_column=rows_per_column)
    chosen = choose_columns(standardised, columns, families, settings)
    assert len(chosen.names) == int(60 / rows_per_column)
    assert "components: " in chosen.notes[0]


def test_components_are_the_principal_components_of_all_columns(
    standardised: np.ndarray, columns: tuple[str, ...], families: Mapping[str, str], ols_settings: Settings
) -> None:
    settings = ols_settings(columns="components", rows_per_column=60 / 3)
    chosen = choose_columns(standardised, columns, families, settings)
    assert chosen.names == ("component 1", "component 2", "component 3")
    expected = PCA(n_components=3, whiten=True).fit_transform(standardised) * np.sqrt(60 / 59)
    ours = standardised @ chosen.weights
    np.testing.assert_allclose(np.abs(ours), np.abs(expected), rtol=1e-9, atol=1e-12)


def test_with_rows_enough_components_keep_every_column(
    standardised: np.ndarray, columns: tuple[str, ...], families: Mapping[str, str], ols_settings: Settings
) -> None:
    chosen = choose_columns(standardised, columns, families, ols_settings(columns="components", rows_per_column=2.0))
    assert chosen.names == columns


def test_more_columns_than_rows_falls_back_to_components_and_says_so(
    standardised: np.ndarray, columns: tuple[str, ...], families: Mapping[str, str], ols_settings: Settings
) -> None:
    few = standardised[:9] - standardised[:9].mean(axis=0)
    chosen = choose_columns(few, columns, families, ols_settings(rows_per_column=3.0))
    assert len(chosen.names) == 3
    assert chosen.notes[0] == "all: 8 columns are too many for 9 training rows, so components were used instead"


def test_aliased_and_constant_columns_are_named(
    standardised: np.ndarray, columns: tuple[str, ...], families: Mapping[str, str], ols_settings: Settings
) -> None:
    values = standardised.copy()
    values[:, 3] = 0.0
    values[:, 5] = (values[:, 0] - values[:, 1]) / 2
    values[:, 7] = values[:, 6]
    chosen = choose_columns(values, columns, families, ols_settings())
    assert chosen.aliased == ("column3", "column5", "column7")
    assert "column3, column5, column7" in chosen.notes[-1]
    assert np.linalg.matrix_rank(values @ chosen.weights) == 5 == len(chosen.names)


def test_family_that_does_not_vary_has_no_component(
    standardised: np.ndarray, columns: tuple[str, ...], families: Mapping[str, str]
) -> None:
    values = standardised * [families[column] != "rhythm" for column in columns]
    assert "rhythm" not in family_components(values, columns, families, 8).families


def test_the_same_column_in_two_families_is_used_once(
    standardised: np.ndarray, ols_settings: Settings, rng: np.random.Generator
) -> None:
    values = np.column_stack([standardised[:, :4], standardised[:, :1]])
    names = ["one", "two", "three", "four", "again"]
    families = {"one": "timbre", "two": "rhythm", "three": "rhythm", "four": "rhythm", "again": "harmony"}
    settings = ols_settings(columns="family_components", rows_per_column=60 / 3)
    chosen = choose_columns(values, names, families, settings)
    assert chosen.aliased == ("harmony 1",)
    assert chosen.names == ("timbre 1", "rhythm 1")


def test_independent_columns_of_nothing() -> None:
    assert independent_columns(np.zeros((5, 0))).tolist() == []
    assert independent_columns(np.zeros((5, 3))).tolist() == []


def test_json_round_trip_is_exact(
    standardised: np.ndarray, columns: tuple[str, ...], families: Mapping[str, str]
) -> None:
    chosen = family_components(standardised, columns, families, 5)
    read = Reduction.from_json(chosen.to_json(), len(columns))
    np.testing.assert_array_equal(read.weights, chosen.weights)
    assert (read.names, read.families, read.notes) == (chosen.names, chosen.families, chosen.notes)
