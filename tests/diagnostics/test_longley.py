"""NIST's Longley data, made to break least squares: the project's centring and scaling against the certified values.

Certified values: https://www.itl.nist.gov/div898/strd/lls/data/Longley.shtml; solving the normal equations in exact
fractions gives the same digits.
"""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.datasets import longley

from classically_punk.contracts.classifier import FloatArray
from classically_punk.diagnostics.influence import influence
from classically_punk.foundation.params import Ols
from classically_punk.models.collinearity import condition_number, variance_inflation
from classically_punk.models.covariance import hc3
from classically_punk.models.transforms import ColumnTransform

COEFFICIENTS = np.array(
    [
        -3482258.63459582,
        15.0618722713733,
        -0.358191792925910e-01,
        -2.02022980381683,
        -1.03322686717359,
        -0.511041056535807e-01,
        1829.15146461355,
    ]
)
DEVIATIONS = np.array(
    [
        890420.383607373,
        84.9149257747669,
        0.334910077722432e-01,
        0.488399681651699,
        0.214274163161675,
        0.226073200069370,
        455.478499142212,
    ]
)
RESIDUAL_DEVIATION = 304.854073561965
R2 = 0.995479004577296
INFLATIONS = (135.532, 1788.513, 33.619, 3.589, 399.151, 758.981)  # R: car::vif


@pytest.fixture
def columns() -> FloatArray:
    return longley.load_pandas().exog.to_numpy(dtype=float)


@pytest.fixture
def employed() -> FloatArray:
    return longley.load_pandas().endog.to_numpy(dtype=float)


@pytest.fixture
def transform(columns: FloatArray, ols_settings: Callable[..., Ols]) -> ColumnTransform:
    return ColumnTransform.fit(columns, ols_settings(vif_limit=10.0))


def on_standardised(transform: ColumnTransform, columns: FloatArray) -> FloatArray:
    return np.column_stack([np.ones(len(columns)), transform.apply(columns)])


def carried_back(transform: ColumnTransform) -> FloatArray:
    """Coefficients of the columns themselves = this matrix @ coefficients of the standardised columns."""
    back = np.diag(np.concatenate([[1.0], 1.0 / transform.deviation]))
    back[0, 1:] = -transform.centre / transform.deviation
    return back


def test_fold_fit_reproduces_the_certified_values(
    columns: FloatArray, employed: FloatArray, transform: ColumnTransform
) -> None:
    design = on_standardised(transform, columns)
    found = np.linalg.lstsq(design, employed, rcond=None)[0]
    inverse_gram = np.linalg.pinv(design.T @ design, hermitian=True)
    residuals = employed - design @ found
    variance = residuals @ residuals / 9
    back = carried_back(transform)
    np.testing.assert_allclose(back @ found, COEFFICIENTS, rtol=1e-10)
    np.testing.assert_allclose(np.sqrt(np.diag(back @ inverse_gram @ back.T) * variance), DEVIATIONS, rtol=1e-10)
    assert np.sqrt(variance) == pytest.approx(RESIDUAL_DEVIATION, rel=1e-12)
    assert 1.0 - residuals @ residuals / ((employed - employed.mean()) ** 2).sum() == pytest.approx(R2, rel=1e-12)


def test_statsmodels_on_standardised_columns_reproduces_the_certified_values(
    columns: FloatArray, employed: FloatArray, transform: ColumnTransform
) -> None:
    result = sm.OLS(employed, on_standardised(transform, columns)).fit()
    back = carried_back(transform)
    np.testing.assert_allclose(back @ result.params, COEFFICIENTS, rtol=1e-10)
    np.testing.assert_allclose(np.sqrt(np.diag(back @ result.cov_params() @ back.T)), DEVIATIONS, rtol=1e-10)
    assert np.sqrt(result.mse_resid) == pytest.approx(RESIDUAL_DEVIATION, rel=1e-12)
    assert result.rsquared == pytest.approx(R2, rel=1e-12)


def test_collinearity_is_the_published_one(columns: FloatArray, transform: ColumnTransform) -> None:
    np.testing.assert_allclose(variance_inflation(transform.apply(columns)), INFLATIONS, atol=5e-4)
    np.testing.assert_allclose(variance_inflation(columns), INFLATIONS, atol=5e-4)
    # Belsley, Kuh & Welsch 1980, table 3.5: 43275
    assert condition_number(np.column_stack([np.ones(16), columns])) == pytest.approx(43275, abs=1)


def test_leverage_equals_that_of_exact_fractions(columns: FloatArray, transform: ColumnTransform) -> None:
    design = on_standardised(transform, columns)
    inverse_gram = np.linalg.pinv(design.T @ design, hermitian=True)
    exact = [float(value) for value in exact_leverage(columns)]
    np.testing.assert_allclose(influence(design, np.ones((16, 1)), inverse_gram).leverage, exact, rtol=0, atol=1e-12)


def test_covariance_is_not_lost_to_collinearity(
    columns: FloatArray, employed: FloatArray, transform: ColumnTransform
) -> None:
    design = on_standardised(transform, columns)
    result = sm.OLS(employed, design).fit()
    covariance = hc3(design, np.asarray(result.resid)[:, None], result.normalized_cov_params, 16, "").matrices
    assert covariance is not None
    np.testing.assert_allclose(covariance[0], result.get_robustcov_results("HC3").cov_params(), rtol=1e-9)


def exact_leverage(columns: FloatArray) -> list[Fraction]:
    """Diagonal of the hat matrix, by Gauss and Jordan on the normal equations in fractions."""
    design = [[Fraction(1)] + [Fraction(repr(float(value))) for value in row] for row in columns]
    size = len(design[0])
    system = [
        [sum((row[i] * row[j] for row in design), Fraction(0)) for j in range(size)] + [row[i] for row in design]
        for i in range(size)
    ]
    for i in range(size):  # the Gram matrix is positive definite: no pivot is 0
        system[i] = [value / system[i][i] for value in system[i]]
        for j in range(size):
            if j != i:
                system[j] = [a - system[j][i] * b for a, b in zip(system[j], system[i], strict=True)]
    return [sum((system[j][size + k] * row[j] for j in range(size)), Fraction(0)) for k, row in enumerate(design)]
