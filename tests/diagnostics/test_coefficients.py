"""Robust covariances and the tables of a fit, against statsmodels."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from classically_punk.contracts.classifier import Training
from classically_punk.diagnostics.coefficients import (
    coefficient_table,
    fit_table,
    regression_columns_table,
    with_adjusted_p,
)
from classically_punk.foundation.params import Ols
from classically_punk.models.covariance import clustered_jackknife, robust_covariance
from classically_punk.models.ols import fit_ols

Settings = Callable[..., Ols]
Columns = tuple[str, ...]


def test_hc3_where_rows_are_independent(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    fit = fit_ols(training, columns, families, ols_settings())
    table = coefficient_table(fit)
    for genre, result in zip(training.genres, fit.results, strict=True):
        peer = result.get_robustcov_results("HC3", use_t=True)
        ours = table[table["genre"] == genre]
        low, high = peer.conf_int()[1:].T
        for name, expected in {
            "coefficient": peer.params[1:],
            "standard_error": peer.bse[1:],
            "t": peer.tvalues[1:],
            "p": peer.pvalues[1:],
            "low": low,
            "high": high,
        }.items():
            np.testing.assert_allclose(ours[name], expected, rtol=1e-10, atol=1e-12, err_msg=name)
    assert set(table["covariance"]) == {"HC3"}
    assert list(table["column"][:8]) == list(columns)
    assert set(table["reason"]) == {""}


GROUPED = [(3, "cluster-crv3", 40), (12, "cluster-crv3", 10)]


@pytest.mark.parametrize(("size", "kind", "count"), GROUPED)
def test_jackknife_where_groups_are_few(
    training: Training,
    columns: Columns,
    families: Mapping[str, str],
    ols_settings: Settings,
    size: int,
    kind: str,
    count: int,
) -> None:
    """statsmodels leaves one group out after another and fits again."""
    number = np.arange(120) // size
    clustered = replace(training, groups=np.array([f"artist{i}" for i in number], dtype=object))
    fit = fit_ols(clustered, columns, families, ols_settings())
    table = coefficient_table(fit)
    for genre, result in zip(training.genres, fit.results, strict=True):
        peer = result.get_robustcov_results("cluster-crv3", groups=number, use_t=True, df_correction=True)
        ours = table[table["genre"] == genre]
        np.testing.assert_allclose(ours["standard_error"], peer.bse[1:], rtol=1e-9)
        np.testing.assert_allclose(ours["p"], peer.pvalues[1:], rtol=1e-8)
    assert (fit.robust.kind, fit.robust.n_groups, fit.robust.freedom) == (kind, count, count - 1)


def test_cluster_robust_where_groups_are_many(rng: np.random.Generator) -> None:
    design = np.column_stack([np.ones(300), rng.normal(size=(300, 2))])
    number = np.arange(300) // 3
    response = (design @ [0.3, 0.2, 0.0] + rng.normal(size=100)[number] > 0).astype(float)
    result = sm.OLS(response, design).fit()
    peer = result.get_robustcov_results("cluster", groups=number, use_t=True, df_correction=True)
    residuals = np.asarray(result.resid)[:, None]
    groups = np.array([f"artist{i}" for i in number], dtype=object)
    ours = robust_covariance(design, residuals, np.asarray(result.normalized_cov_params), groups)
    assert (ours.kind, ours.n_groups, ours.freedom) == ("cluster", 100, 99)
    assert ours.matrices is not None
    np.testing.assert_allclose(ours.matrices[0], peer.cov_params(), rtol=1e-10)


def test_group_that_cannot_be_left_out(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    """Only the rows of one artist vary in a column: without them its coefficient has no value. 9 groups are no more
    than the 9 coefficients, so that the plain form would be singular; it says so."""
    values = training.values.copy()
    groups = np.array([f"artist{i % 9}" for i in range(120)], dtype=object)
    values[groups != "artist3", 2] = 5.0
    fit = fit_ols(replace(training, values=values, groups=groups), columns, families, ols_settings())
    jackknife = clustered_jackknife(fit.design, fit.residuals, np.linalg.inv(fit.design.T @ fit.design), groups)
    assert jackknife.matrices is None
    assert "artist3 cannot be left out" in jackknife.reason
    assert fit.robust.kind == "HC3"
    assert "9 groups are too few for 9 coefficients" in fit_table(fit)["note"].iloc[0]


def test_partial_r2_is_what_a_refit_without_the_column_loses(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    fit = fit_ols(training, columns, families, ols_settings())
    table = coefficient_table(fit).set_index(["genre", "column"])
    for k, genre in enumerate(training.genres):
        for j, column in enumerate(columns):
            without = sm.OLS(fit.indicators[:, k], np.delete(fit.design, j + 1, axis=1)).fit()
            lost = (without.ssr - fit.results[k].ssr) / without.ssr
            assert table.loc[(genre, column), "partial_r2"] == pytest.approx(lost, abs=1e-12)


def test_adjusted_p_of_a_worked_example() -> None:
    """Holm by hand: 4 x .005, then the running maximum of 3 x .011, 2 x .02 and .04. Benjamini-Yekutieli by hand: p_(i)
    times 4 / i times 1 + 1/2 + 1/3 + 1/4, the running minimum from the largest. A missing p is not of the family."""
    found = with_adjusted_p(pd.DataFrame({"p": [0.02, 0.005, np.nan, 0.04, 0.011]}))
    np.testing.assert_allclose(found["p_holm"], [0.04, 0.02, np.nan, 0.04, 0.033])
    harmonic = 1 + 1 / 2 + 1 / 3 + 1 / 4
    by = np.array([0.02 * 4 / 3, 0.005 * 4, np.nan, 0.04, 0.011 * 2]) * harmonic
    np.testing.assert_allclose(found["p_by"], by)
    assert set(found["family_size"]) == {4}


def test_row_with_leverage_one_has_no_standard_errors(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    values = training.values.copy()
    values[:, 0] = 0.0
    values[17, 0] = 1.0  # this row alone decides the first coefficient
    table = coefficient_table(fit_ols(replace(training, values=values), columns, families, ols_settings()))
    assert table["standard_error"].isna().all()
    assert set(table["reason"]) == {"row 17 has leverage 1: HC3 has no value"}
    assert table["coefficient"].notna().all()


def test_component_coefficients_are_carried_back(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    fit = fit_ols(training, columns, families, ols_settings(columns="components", rows_per_column=30.0))
    table = coefficient_table(fit)
    weights = fit.model.reduction.weights
    covariance = weights @ fit.results[0].get_robustcov_results("HC3").cov_params()[1:, 1:] @ weights.T
    blues = table[table["genre"] == "blues"]
    np.testing.assert_allclose(blues["coefficient"], weights @ fit.results[0].params[1:], rtol=1e-10)
    np.testing.assert_allclose(blues["standard_error"], np.sqrt(np.diag(covariance)), rtol=1e-9)
    made_of = regression_columns_table(fit)
    assert set(made_of["regression_column"]) == set(fit.model.reduction.names)


def test_columns_outside_the_regression_are_listed_with_the_reason(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    values = training.values.copy()
    values[:, 4] = 1.0
    table = coefficient_table(fit_ols(replace(training, values=values), columns, families, ols_settings()))
    out = table[table["column"] == "column4"]
    assert out[["coefficient", "standard_error", "t", "p", "low", "high"]].isna().all().all()
    assert out["reason"].str.startswith("not in the regression").all()


def test_fit_table_equals_statsmodels(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    fit = fit_ols(training, columns, families, ols_settings())
    table = fit_table(fit)
    assert list(table["genre"]) == list(training.genres)
    np.testing.assert_allclose(table["r2"], [result.rsquared for result in fit.results])
    np.testing.assert_allclose(table["aic"], [result.aic for result in fit.results])
    unit = fit.design / np.linalg.norm(fit.design, axis=0)
    np.testing.assert_allclose(table["condition_number"], np.linalg.cond(unit))
    fitted = fit.model.fitted_values(training.values)
    np.testing.assert_allclose(table["outside_unit_interval"], ((fitted < 0) | (fitted > 1)).mean(axis=0))
    assert set(table["rank"]) == {9}
    assert np.isfinite(table.select_dtypes("number").to_numpy()).all()


@pytest.mark.parametrize("n_rows", [4, 9, 12])
def test_tables_of_tiny_fits_hold_no_infinity(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings, n_rows: int
) -> None:
    part = Training(training.values[:n_rows], training.labels[:n_rows], training.groups[:n_rows], training.genres)
    fit = fit_ols(part, columns, families, ols_settings(rows_per_column=1.1))
    coefficients = coefficient_table(fit)
    for table in (coefficients, fit_table(fit)):
        assert not np.isinf(table.select_dtypes("number").to_numpy(dtype=float)).any()
    missing = coefficients["p"].isna()
    assert (coefficients.loc[missing, "reason"] != "").all()
