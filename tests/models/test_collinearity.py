"""Variance inflation, condition number and pruning: R, statsmodels, answers on paper, and columns that are copies."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.outliers_influence import variance_inflation_factor

from classically_punk.contracts.classifier import FloatArray
from classically_punk.models.collinearity import condition_number, prune_by_vif, variance_inflation

REFERENCE = Path(__file__).parent / "reference"


@pytest.fixture
def mixed(rng: np.random.Generator) -> FloatArray:
    """120 rows of 12 columns that overlap."""
    return rng.normal(size=(120, 4)) @ rng.normal(size=(4, 12)) + 0.5 * rng.normal(size=(120, 12))


def names(values: FloatArray) -> list[str]:
    return [f"column{j}" for j in range(values.shape[1])]


def test_equal_r() -> None:
    table = pd.read_csv(REFERENCE / "small.csv")
    expected = json.loads((REFERENCE / "reference.json").read_text())
    columns = table[["x1", "x2", "x3", "x4"]].to_numpy()
    np.testing.assert_allclose(variance_inflation(columns), expected["vif"], rtol=1e-11)
    found = condition_number(np.column_stack([np.ones(42), columns]))
    assert found == pytest.approx(expected["condition_number"], rel=1e-11)


def test_inflation_equals_statsmodels(mixed: FloatArray) -> None:
    standardised = (mixed - mixed.mean(axis=0)) / mixed.std(axis=0)
    design = np.column_stack([np.ones(120), standardised])
    expected = [variance_inflation_factor(design, j, standardize=False) for j in range(1, 13)]
    np.testing.assert_allclose(variance_inflation(standardised), expected, rtol=1e-10)


def test_two_columns_known_on_paper() -> None:
    """Correlation 3/5, by construction: 1 / (1 - 9/25) = 25/16."""
    one = np.array([1.0, -1, 1, -1])
    other = 0.6 * one + 0.8 * np.array([1.0, 1, -1, -1])
    np.testing.assert_allclose(variance_inflation(np.column_stack([one, 7.0 * other + 3.0])), 25 / 16)


def test_orthogonal_columns_inflate_nothing() -> None:
    signs = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
    np.testing.assert_allclose(variance_inflation(signs), 1.0)
    assert condition_number(np.column_stack([np.ones(4), signs])) == pytest.approx(1.0)


def test_copies_inflate_without_end_and_leave_the_others_alone(mixed: FloatArray) -> None:
    plain = variance_inflation(mixed)
    wide = np.column_stack([mixed, -3.0 * mixed[:, 2], mixed[:, 5] + mixed[:, 6], np.full(120, 4.0)])
    found = variance_inflation(wide)
    assert np.flatnonzero(np.isinf(found)).tolist() == [2, 5, 6, 12, 13]
    assert np.flatnonzero(np.isnan(found)).tolist() == [14]
    others = [0, 1, 3, 4, 7, 8, 9, 10, 11]
    np.testing.assert_allclose(found[others], plain[others], rtol=1e-9)


def test_more_columns_than_rows_are_all_aliased(mixed: FloatArray) -> None:
    assert np.isinf(variance_inflation(mixed[:12])).all()
    assert np.isinf(variance_inflation(mixed[:8])).all()
    assert np.isfinite(variance_inflation(mixed[:13])).all()


def test_condition_number_knows_neither_units_nor_order(mixed: FloatArray) -> None:
    units = 10.0 ** np.arange(-6, 6)
    assert condition_number(mixed * units) == pytest.approx(condition_number(mixed[:, ::-1]), rel=1e-9)
    assert condition_number(np.column_stack([mixed, mixed[:, 0]])) == np.inf
    assert condition_number(np.column_stack([mixed, np.zeros(120)])) == np.inf
    assert condition_number(mixed[:8]) == np.inf


@pytest.mark.parametrize("limit", [1.5, 5.0, 20.0])
def test_pruning_takes_the_worst_each_time(mixed: FloatArray, limit: float) -> None:
    """The definition, with every inflation computed anew after every removal."""
    found = prune_by_vif(mixed, names(mixed), limit)
    left, expected = list(range(12)), []
    while (inflation := variance_inflation(mixed[:, left])).max() > limit:
        worst = int(inflation.argmax())
        expected.append((f"column{left[worst]}", inflation[worst]))
        del left[worst]
    assert found.kept.tolist() == left
    assert [step.name for step in found.steps] == [name for name, _ in expected]
    np.testing.assert_allclose([step.vif for step in found.steps], [vif for _, vif in expected], rtol=1e-9)
    np.testing.assert_allclose(found.vif, inflation, rtol=1e-9)


def test_nothing_is_pruned_below_the_limit(mixed: FloatArray) -> None:
    found = prune_by_vif(mixed, names(mixed), 1e6)
    assert found.kept.tolist() == list(range(12))
    assert found.steps == ()


def test_constants_go_first_then_copies_then_the_most_inflated(mixed: FloatArray) -> None:
    wide = np.column_stack([mixed[:, 0], mixed, np.full(120, 0.1), mixed[:, 3] - mixed[:, 4]])
    found = prune_by_vif(wide, names(wide), 10.0)
    assert [(step.name, step.reason) for step in found.steps[:3]] == [
        ("column13", "constant"),
        ("column1", "determined by the columns before it"),
        ("column14", "determined by the columns before it"),
    ]
    assert all(np.isfinite(step.vif) for step in found.steps[3:])
    assert all(step.reason.startswith("largest variance inflation") for step in found.steps[3:])
    same = prune_by_vif(mixed, names(mixed), 10.0)
    assert [step.vif for step in found.steps[3:]] == pytest.approx([step.vif for step in same.steps], rel=1e-9)
    assert len(found.kept) + len(found.steps) == 15


def test_of_two_equally_inflated_columns_the_later_goes(rng: np.random.Generator) -> None:
    one = rng.normal(size=50)
    other = one + 0.01 * rng.normal(size=50)
    for pair in ((one, other), (other, one)):
        found = prune_by_vif(np.column_stack(pair), ["first", "second"], 5.0)
        assert [step.name for step in found.steps] == ["second"]


def test_nearly_exact_dependence_is_pruned_without_losing_digits(rng: np.random.Generator) -> None:
    """Variance inflations of 1e12: what is left after a removal is factored anew."""
    columns = rng.normal(size=(200, 6))
    close = columns + 1e-6 * rng.normal(size=(200, 6))
    found = prune_by_vif(np.column_stack([columns, close]), names(np.ones((1, 12))), 5.0)
    assert len(found.kept) == 6
    assert {int(j) % 6 for j in found.kept} == set(range(6))
    assert found.steps[0].vif > 1e11
    np.testing.assert_allclose(found.vif, variance_inflation(np.column_stack([columns, close])[:, found.kept]))


@pytest.mark.parametrize("most", [0, 1, 3, 7])
def test_no_more_columns_than_asked_for(mixed: FloatArray, most: int) -> None:
    found = prune_by_vif(mixed, names(mixed), 1e6, most=most)
    assert len(found.kept) == len(found.vif) == most
    assert len(found.steps) == 12 - most


def test_pruning_more_columns_than_rows(mixed: FloatArray) -> None:
    found = prune_by_vif(mixed[:8], names(mixed), 1e12)
    assert len(found.kept) == 7
    assert np.isfinite(found.vif).all()
    lower = prune_by_vif(mixed[:8], names(mixed), 5.0)
    assert 1 <= len(lower.kept) < 7
    assert lower.vif.max() <= 5.0
    assert len(lower.kept) + len(lower.steps) == 12


def test_pruning_wide_tables_stays_equal_to_computing_anew(rng: np.random.Generator) -> None:
    wide = rng.normal(size=(300, 20)) @ rng.normal(size=(20, 100)) + 0.3 * rng.normal(size=(300, 100))
    found = prune_by_vif(wide, names(wide), 3.0)
    np.testing.assert_allclose(found.vif, variance_inflation(wide[:, found.kept]), rtol=1e-9)
    assert found.vif.max() <= 3.0


def test_nothing_to_prune() -> None:
    assert prune_by_vif(np.ones((5, 2)), ["one", "two"], 5.0).kept.tolist() == []
    assert prune_by_vif(np.ones((5, 0)), [], 5.0).steps == ()
    assert np.isnan(variance_inflation(np.ones((5, 2)))).all()


def test_bad_arguments(mixed: FloatArray) -> None:
    with pytest.raises(ValueError, match="11 names for 12 columns"):
        prune_by_vif(mixed, names(mixed)[1:], 5.0)
    with pytest.raises(ValueError, match="expected 1 or more"):
        prune_by_vif(mixed, names(mixed), 0.5)
