"""Tests of assumptions against R and statsmodels, on data whose fault is planted, and on fits that have no result."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import chi2, kstest
from statsmodels.stats.diagnostic import het_breuschpagan, linear_reset
from statsmodels.stats.stattools import jarque_bera as slow_jarque_bera

from classically_punk.contracts.classifier import FloatArray
from classically_punk.diagnostics.assumptions import (
    assumption_tests,
    breusch_pagan,
    jarque_bera,
    reset,
    residual_shape,
    white_without_interactions,
)

REFERENCE = Path(__file__).parents[1] / "models" / "reference"
TESTS = ["breusch_pagan", "white_without_interactions", "reset", "jarque_bera"]


def solved(design: FloatArray, responses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Residuals and fitted values."""
    fitted = design @ np.linalg.lstsq(design, responses, rcond=None)[0]
    return responses - fitted, fitted


@pytest.fixture
def design(rng: np.random.Generator) -> FloatArray:
    return np.column_stack([np.ones(200), rng.normal(size=(200, 5))])


@pytest.mark.parametrize("response", ["continuous", "hit"])
def test_equal_r(response: str) -> None:
    table = pd.read_csv(REFERENCE / "small.csv")
    expected: dict[str, Any] = json.loads((REFERENCE / "reference.json").read_text())[response]
    design = np.column_stack([np.ones(42), table[["x1", "x2", "x3", "x4"]].to_numpy()])
    residuals, fitted = solved(design, table[[response]].to_numpy(dtype=float))
    found = assumption_tests(design, residuals, fitted, [response]).set_index("test")
    for test in TESTS:
        assert found.loc[test, "statistic"] == pytest.approx(expected[test]["statistic"], rel=1e-9), test
        assert found.loc[test, "p"] == pytest.approx(expected[test]["p"], rel=1e-9), test
        assert found.loc[test, "reason"] == ""
    assert found.loc["breusch_pagan", "freedom"] == expected["breusch_pagan"]["freedom"] == 4
    assert found.loc["white_without_interactions", "freedom"] == expected["white_without_interactions"]["freedom"] == 8
    assert list(found.loc["reset", ["freedom", "second_freedom"]]) == expected["reset"]["freedom"] == [2, 35]
    for moment in ("skewness", "excess_kurtosis"):
        assert found.loc["jarque_bera", moment] == pytest.approx(expected["jarque_bera"][moment], rel=1e-9)
    assert found["second_freedom"].notna().sum() == 1


def test_equal_statsmodels(design: FloatArray, rng: np.random.Generator) -> None:
    indicators = np.eye(10)[rng.integers(0, 10, 200)]
    residuals, fitted = solved(design, indicators)
    slopes = design[:, 1:]
    for k in range(10):
        result = sm.OLS(indicators[:, k], design).fit()
        slow = het_breuschpagan(result.resid, design, robust=True)[:2]
        np.testing.assert_allclose(breusch_pagan(design, residuals)[k][1::3], slow, rtol=1e-9)
        squares = np.column_stack([design, slopes**2])
        slow = het_breuschpagan(result.resid, squares, robust=True)[:2]
        np.testing.assert_allclose(white_without_interactions(design, residuals)[k][1::3], slow, rtol=1e-9)
        ramsey = linear_reset(result, power=3, test_type="fitted", use_f=True)
        np.testing.assert_allclose(reset(design, residuals, fitted)[k][1::3], (ramsey.fvalue, ramsey.pvalue), rtol=1e-8)
        statistic, p, skewness, kurtosis = slow_jarque_bera(result.resid)
        np.testing.assert_allclose(jarque_bera(residuals)[k][1::3], (statistic, p), rtol=1e-9)
        shape = residual_shape(residuals)
        np.testing.assert_allclose((shape.skewness[k], shape.excess_kurtosis[k] + 3.0), (skewness, kurtosis), rtol=1e-9)


def test_a_planted_fault_is_found_by_its_own_test(design: FloatArray, rng: np.random.Generator) -> None:
    """Spread that follows a column, spread that follows its square, a bent line, heavy tails: column by column."""
    x, noise = design[:, 1], rng.normal(size=200)
    responses = np.column_stack(
        [x + noise, x + np.exp(x) * noise, x + x**2 * noise, x + x**2 + noise, x + rng.standard_t(2, size=200)]
    )
    residuals, fitted = solved(design, responses)
    table = assumption_tests(design, residuals, fitted, ["sound", "wedge", "bow tie", "bent", "tails"])
    p = table.pivot(index="genre", columns="test", values="p")
    assert (p.loc["sound"] > 0.01).all()
    assert p.loc["wedge", "breusch_pagan"] < 1e-5
    assert p.loc["bow tie", "white_without_interactions"] < 1e-5
    assert p.loc["bent", "reset"] < 1e-5
    assert p.loc["tails", "jarque_bera"] < 1e-5
    assert list(table["test"]) == TESTS * 5
    assert list(table["genre"].unique()) == ["sound", "wedge", "bow tie", "bent", "tails"]


def test_p_values_are_uniform_when_the_assumptions_hold(rng: np.random.Generator) -> None:
    """400 responses that are a line and normal noise."""
    design = np.column_stack([np.ones(1000), rng.normal(size=(1000, 3))])
    residuals, fitted = solved(design, design[:, [1]] + rng.normal(size=(1000, 400)))
    for found in (breusch_pagan(design, residuals), reset(design, residuals, fitted)):
        assert kstest([test.p for test in found], "uniform").pvalue > 0.001


def test_jarque_bera_of_coin_tosses_is_known_on_paper() -> None:
    """As many ones as zeros: skewness 0, excess kurtosis -2, so n / 6."""
    residuals = np.tile([[0.5], [-0.5]], (30, 1))
    (found,) = jarque_bera(residuals)
    assert found.statistic == pytest.approx(10.0)
    assert found.p == pytest.approx(chi2.sf(10.0, 2))


def test_an_exact_fit_has_a_reason(design: FloatArray, rng: np.random.Generator) -> None:
    responses = np.column_stack([design[:, 1] > 0, np.zeros(200), design @ rng.normal(size=6)])
    residuals, fitted = solved(design, responses.astype(float))
    table = assumption_tests(design, residuals, fitted, ["jazz", "absent", "exact"])
    numbers = table[["statistic", "freedom", "p"]]
    assert numbers[table["genre"] == "jazz"].notna().all(axis=None)
    assert numbers[table["genre"] != "jazz"].isna().all(axis=None)
    assert table[table["genre"] != "jazz"]["reason"].str.contains("exact").all()
    assert (table[table["genre"] == "jazz"]["reason"] == "").all()


@pytest.mark.parametrize(("rows", "has_result"), [(22, True), (21, True), (20, False), (12, False)])
def test_white_needs_rows(rng: np.random.Generator, rows: int, has_result: bool) -> None:
    design = np.column_stack([np.ones(rows), rng.normal(size=(rows, 5))])
    (found,) = white_without_interactions(design, rng.normal(size=(rows, 1)))
    assert np.isfinite(found.p) == has_result
    assert (found.reason == "") == has_result
    if not has_result:
        assert f"{rows} rows are too few" in found.reason


def test_white_is_left_out_where_a_square_says_what_its_column_says(rng: np.random.Generator) -> None:
    design = np.column_stack([np.ones(60), rng.normal(size=60), rng.integers(0, 2, 60)])
    residuals, _ = solved(design, rng.normal(size=(60, 1)))
    (found,) = white_without_interactions(design, residuals)
    assert np.isnan(found.p)
    assert found.reason == "2 columns and their squares have rank 4, not 5, with the intercept"


def test_reset_is_left_out_where_powers_say_nothing_new() -> None:
    """One column of zeros and ones: fitted values take two values, and so do their powers."""
    design = np.column_stack([np.ones(12), np.arange(12) % 2])
    response = np.array([[0.0], [1], [0], [1], [1], [1], [0], [0], [1], [1], [0], [1]])
    residuals, fitted = solved(design, response)
    (found,) = reset(design, residuals, fitted)
    assert np.isnan(found.statistic)
    assert "determined" in found.reason


def test_too_few_rows_and_no_columns(rng: np.random.Generator) -> None:
    square = np.column_stack([np.ones(4), rng.normal(size=(4, 3))])
    for design, said in ((square, "no residual"), (np.ones((9, 1)), "intercept")):
        n = len(design)
        residuals, fitted = solved(design, rng.normal(size=(n, 1)))
        table = assumption_tests(design, residuals, fitted, ["jazz"]).set_index("test")
        for test in ("breusch_pagan", "white_without_interactions"):
            assert said in table.loc[test, "reason"]
        assert table["statistic"].isna().eq(table["reason"] != "").all()


def test_squared_residuals_that_do_not_vary() -> None:
    design = np.column_stack([np.ones(8), [1.0, 1, -1, -1, 1, 1, -1, -1]])
    residuals, _ = solved(design, np.array([[0.0], [1], [0], [1], [0], [1], [0], [1]]))
    (found,) = breusch_pagan(design, residuals)
    assert found.reason == "squared residuals do not vary"
