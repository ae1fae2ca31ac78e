"""Closed forms of influence against refitting (statsmodels), R, identities on paper, and rows that have no value."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from classically_punk.contracts.classifier import FloatArray
from classically_punk.diagnostics.influence import Influence, dfbetas, influence, largest_dfbetas
from classically_punk.models.covariance import clustered, clustered_jackknife, hc3

REFERENCE = Path(__file__).parents[1] / "models" / "reference"
FIGURES = ("internal", "external", "cooks_distance", "dffits", "covariance_ratio")


class Fits:
    """Ten genres on one design of n rows and m columns."""

    def __init__(self, rng: np.random.Generator, n: int, m: int, mixing: float) -> None:
        columns = rng.normal(size=(n, m)) @ (np.eye(m) + mixing * rng.normal(size=(m, m)))
        columns[0] *= 4.0  # a row far from the others
        self.design = np.column_stack([np.ones(n), (columns - columns.mean(axis=0)) / columns.std(axis=0)])
        self.indicators = np.eye(10)[rng.permutation(np.arange(n) % 10)]
        self.results = [sm.OLS(self.indicators[:, k], self.design).fit() for k in range(10)]
        self.residuals = np.column_stack([result.resid for result in self.results])
        self.inverse_gram = np.asarray(self.results[0].normalized_cov_params)

    def influence(self) -> Influence:
        return influence(self.design, self.residuals, self.inverse_gram)

    def dfbetas(self, genre: int) -> FloatArray:
        return dfbetas(self.design, self.residuals, self.inverse_gram, genre)


@pytest.fixture(params=[(40, 3, 0.0), (60, 8, 0.3), (45, 20, 0.3)], ids=str)
def fits(request: pytest.FixtureRequest, rng: np.random.Generator) -> Fits:
    return Fits(rng, *request.param)


def solved(design: FloatArray, responses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Residuals and inverse Gram matrix of least squares."""
    found = np.linalg.lstsq(design, responses, rcond=None)[0]
    return responses - design @ found, np.linalg.pinv(design.T @ design, hermitian=True)


def test_equals_statsmodels_that_fits_n_times(fits: Fits) -> None:
    ours = fits.influence()
    for k in (0, 4, 9):
        slow = fits.results[k].get_influence()
        np.testing.assert_allclose(ours.leverage, slow.hat_matrix_diag, rtol=1e-10)
        np.testing.assert_allclose(ours.internal[:, k], slow.resid_studentized_internal, rtol=1e-10)
        np.testing.assert_allclose(ours.external[:, k], slow.resid_studentized_external, rtol=1e-10)
        np.testing.assert_allclose(ours.cooks_distance[:, k], slow.cooks_distance[0], rtol=1e-10)
        np.testing.assert_allclose(ours.dffits[:, k], slow.dffits[0], rtol=1e-10)
        np.testing.assert_allclose(ours.covariance_ratio[:, k], slow.cov_ratio, rtol=1e-10)
        # differences of coefficients: what cancels in the slow path is lost below 1e-12
        np.testing.assert_allclose(fits.dfbetas(k), slow.dfbetas, rtol=1e-10, atol=1e-12)


def test_a_continuous_response(rng: np.random.Generator) -> None:
    design = np.column_stack([np.ones(50), 5.0 + rng.normal(size=(50, 4)) * [0.1, 1.0, 10.0, 100.0]])
    result = sm.OLS(1e3 * rng.standard_t(3, size=50), design).fit()
    residuals = np.asarray(result.resid)[:, None]
    inverse_gram = np.asarray(result.normalized_cov_params)
    slow = result.get_influence()
    ours = influence(design, residuals, inverse_gram)
    np.testing.assert_allclose(ours.external[:, 0], slow.resid_studentized_external, rtol=1e-10)
    np.testing.assert_allclose(ours.cooks_distance[:, 0], slow.cooks_distance[0], rtol=1e-10)
    np.testing.assert_allclose(dfbetas(design, residuals, inverse_gram, 0), slow.dfbetas, rtol=1e-10, atol=1e-12)


def test_units_of_columns_do_not_matter(rng: np.random.Generator) -> None:
    """Units 10 orders of magnitude apart, where the refits of the slow path keep 8 digits."""
    plain = np.column_stack([np.ones(50), rng.normal(size=(50, 4))])
    units = 10.0 ** np.array([0, -4, 0, 3, 6])
    residuals, inverse_gram = solved(plain, np.eye(3)[rng.integers(0, 3, 50)])
    ours = influence(plain * units, residuals, inverse_gram / np.outer(units, units))
    expected = influence(plain, residuals, inverse_gram)
    for figure in ("leverage", *FIGURES):
        np.testing.assert_allclose(getattr(ours, figure), getattr(expected, figure), rtol=1e-11, err_msg=figure)


def test_identities(fits: Fits) -> None:
    ours, n = fits.influence(), len(fits.design)
    k = fits.design.shape[1]
    rest = (1.0 - ours.leverage)[:, None]
    assert ours.leverage.sum() == pytest.approx(k, abs=1e-11)
    assert ours.leverage.min() >= 1.0 / n - 1e-12
    assert ours.freedom == n - k
    np.testing.assert_allclose(fits.residuals.sum(axis=1), 0.0, atol=1e-12)  # fitted values of the ten sum to 1
    np.testing.assert_allclose(
        ours.external, ours.internal * np.sqrt((n - k - 1) / (n - k - ours.internal**2)), rtol=1e-11
    )
    np.testing.assert_allclose(ours.dffits, ours.external * np.sqrt(ours.leverage[:, None] / rest), rtol=1e-12)
    np.testing.assert_allclose(ours.cooks_distance, ours.internal**2 * ours.leverage[:, None] / (rest * k), rtol=1e-12)
    assert all(ours.reason(i, j) == "" for i in range(n) for j in range(10))


def test_leaving_a_row_out_does_what_the_figures_say(fits: Fits) -> None:
    """The definitions, by fitting again without row 7."""
    row, genre = 7, 2
    ours = fits.influence()
    others = np.arange(len(fits.design)) != row
    without = sm.OLS(fits.indicators[others, genre], fits.design[others]).fit()
    full = fits.results[genre]
    spread = np.sqrt(without.mse_resid)
    change = full.params - without.params
    np.testing.assert_allclose(
        fits.dfbetas(genre)[row], change / (spread * np.sqrt(np.diag(fits.inverse_gram))), rtol=1e-8, atol=1e-12
    )
    moved = fits.design[row] @ change
    assert ours.dffits[row, genre] == pytest.approx(moved / (spread * np.sqrt(ours.leverage[row])), rel=1e-9)
    ratio = np.linalg.det(without.cov_params()) / np.linalg.det(full.cov_params())
    assert ours.covariance_ratio[row, genre] == pytest.approx(ratio, rel=1e-8)


def test_largest_dfbetas_are_the_largest(fits: Fits) -> None:
    found = largest_dfbetas(fits.design, fits.residuals, fits.inverse_gram)
    for k in range(10):
        slopes = np.abs(fits.dfbetas(k)[:, 1:])
        np.testing.assert_allclose(found.size[:, k], slopes.max(axis=1), rtol=1e-12)
        np.testing.assert_array_equal(found.column, 1 + slopes.argmax(axis=1))


@pytest.mark.parametrize("response", ["continuous", "hit"])
def test_equals_r(response: str) -> None:
    table = pd.read_csv(REFERENCE / "small.csv")
    expected: dict[str, Any] = json.loads((REFERENCE / "reference.json").read_text())[response]
    design = np.column_stack([np.ones(42), table[["x1", "x2", "x3", "x4"]].to_numpy()])
    found = np.linalg.lstsq(design, table[response].to_numpy(dtype=float), rcond=None)[0]
    np.testing.assert_allclose(found, expected["coefficients"], rtol=1e-10)
    residuals = (table[response].to_numpy(dtype=float) - design @ found)[:, None]
    inverse_gram = np.linalg.inv(design.T @ design)
    ours = influence(design, residuals, inverse_gram)
    assert np.sqrt(ours.residual_variance[0]) == pytest.approx(expected["residual_deviation"], rel=1e-12)
    np.testing.assert_allclose(ours.leverage, expected["leverage"], rtol=1e-10)
    for figure in FIGURES:
        np.testing.assert_allclose(getattr(ours, figure)[:, 0], expected[figure], rtol=1e-10, err_msg=figure)
    np.testing.assert_allclose(dfbetas(design, residuals, inverse_gram, 0), expected["dfbetas"], rtol=1e-9, atol=1e-12)
    groups = table["group"].to_numpy(dtype=object)
    robust = hc3(design, residuals, inverse_gram, 42, "").matrices
    by_group = clustered(design, residuals, inverse_gram, groups).matrices
    left_out = clustered_jackknife(design, residuals, inverse_gram, groups).matrices
    assert robust is not None
    assert by_group is not None
    assert left_out is not None
    np.testing.assert_allclose(robust[0], expected["hc3"], rtol=1e-9)
    np.testing.assert_allclose(by_group[0], expected["cluster"], rtol=1e-9)
    np.testing.assert_allclose(left_out[0], expected["crv3"], rtol=1e-9)


@pytest.mark.parametrize("left", [1e-2, 1e-4, 1e-6])
def test_leverage_keeps_its_digits_when_columns_nearly_coincide(rng: np.random.Generator, left: float) -> None:
    design = np.column_stack([np.ones(300), rng.normal(size=(300, 6))])
    design[:, 6] = design[:, 1:5].sum(axis=1) + left * design[:, 6]
    residuals, inverse_gram = solved(design, rng.normal(size=(300, 2)))
    orthonormal = np.linalg.qr(design)[0]
    leverage = influence(design, residuals, inverse_gram).leverage
    np.testing.assert_allclose(leverage, (orthonormal**2).sum(axis=1), rtol=0, atol=1e-16 / left + 1e-13)


def test_an_aliased_column_changes_nothing(rng: np.random.Generator) -> None:
    design = np.column_stack([np.ones(40), rng.normal(size=(40, 3))])
    indicators = np.eye(4)[rng.integers(0, 4, 40)]
    plain = influence(design, *solved(design, indicators))
    doubled = np.column_stack([design, design[:, 1] - 2 * design[:, 3]])
    aliased = influence(doubled, *solved(doubled, indicators))
    assert aliased.freedom == plain.freedom == 36
    for figure in ("leverage", *FIGURES):
        np.testing.assert_allclose(getattr(aliased, figure), getattr(plain, figure), rtol=1e-10, err_msg=figure)


def test_a_row_of_leverage_one_has_no_value(rng: np.random.Generator) -> None:
    design = np.column_stack([np.ones(30), rng.normal(size=(30, 2)), np.arange(30) == 11])
    residuals, inverse_gram = solved(design, np.eye(3)[rng.integers(0, 3, 30)])
    ours = influence(design, residuals, inverse_gram)
    others = np.arange(30) != 11
    assert ours.leverage[11] == pytest.approx(1.0)
    for figure in FIGURES:
        assert np.isnan(getattr(ours, figure)[11]).all()
        assert np.isfinite(getattr(ours, figure)[others]).all()
    assert "leverage 1" in ours.reason(11, 0)
    assert ours.reason(12, 0) == ""
    assert np.isnan(dfbetas(design, residuals, inverse_gram, 0)[11]).all()
    largest = largest_dfbetas(design, residuals, inverse_gram)
    assert largest.column[11] == -1
    assert np.isnan(largest.size[11]).all()
    assert (largest.column[others] > 0).all()


def test_a_genre_without_rows_has_no_value(rng: np.random.Generator) -> None:
    design = np.column_stack([np.ones(30), rng.normal(size=(30, 2))])
    indicators = np.column_stack([np.eye(3)[rng.integers(0, 3, 30)], np.zeros(30)])
    ours = influence(design, *solved(design, indicators))
    assert np.isnan(ours.internal[:, 3]).all()
    assert np.isfinite(ours.internal[:, :3]).all()
    assert "exact" in ours.reason(0, 3)


def test_the_only_row_that_is_not_fitted_exactly(rng: np.random.Generator) -> None:
    columns = rng.normal(size=(12, 2))
    design = np.column_stack([np.ones(12), columns])
    response = columns @ np.array([0.5, -1.0])
    response[3] += 1.0
    ours = influence(design, *solved(design, response[:, None]))
    assert np.isnan(ours.external[3, 0])
    assert np.isfinite(ours.internal[:, 0]).all()
    assert ours.reason(3, 0) == "without this row the fit is exact"
    assert ours.internal[3, 0] ** 2 == pytest.approx(9.0)  # n - m - 1: the largest it can be


@pytest.mark.parametrize(("rows", "said"), [(4, "no residual degrees"), (5, "without this row no residual")])
def test_too_few_rows(rng: np.random.Generator, rows: int, said: str) -> None:
    design = np.column_stack([np.ones(rows), rng.normal(size=(rows, 3))])
    ours = influence(design, *solved(design, rng.normal(size=(rows, 2))))
    assert said in ours.reason(0, 1)
    assert np.isnan(ours.external).all()
    assert np.isnan(ours.covariance_ratio).all()
    assert ours.leverage.sum() == pytest.approx(4.0)


def test_only_an_intercept() -> None:
    design = np.ones((6, 1))
    residuals, inverse_gram = solved(design, np.array([[0.0], [0], [1], [0], [1], [0]]))
    np.testing.assert_allclose(influence(design, residuals, inverse_gram).leverage, 1 / 6)
    assert (largest_dfbetas(design, residuals, inverse_gram).column == -1).all()


def test_shapes_that_do_not_belong_together() -> None:
    with pytest.raises(ValueError, match=r"expected \(n, k\)"):
        influence(np.ones((5, 2)), np.ones((4, 1)), np.eye(2))
