"""Robust covariances and the tables of a fit, against statsmodels."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from classically_punk.foundation.params import Ols
from classically_punk.models.classifier import Training
from classically_punk.models.coefficients import coefficient_table, fit_table, regression_columns_table
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


def test_cluster_robust_where_artists_have_several_clips(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    number = np.arange(120) // 5
    clustered = replace(training, groups=np.array([f"artist{i}" for i in number], dtype=object))
    fit = fit_ols(clustered, columns, families, ols_settings())
    table = coefficient_table(fit)
    for genre, result in zip(training.genres, fit.results, strict=True):
        peer = result.get_robustcov_results("cluster", groups=number, use_t=True, df_correction=True)
        ours = table[table["genre"] == genre]
        np.testing.assert_allclose(ours["standard_error"], peer.bse[1:], rtol=1e-10)
        np.testing.assert_allclose(ours["p"], peer.pvalues[1:], rtol=1e-9)
    assert (fit.robust.kind, fit.robust.n_groups, fit.robust.freedom) == ("cluster", 24, 23)


def test_too_few_groups_for_a_cluster_covariance_say_so(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    groups = np.array([f"artist{i % 9}" for i in range(120)], dtype=object)
    fit = fit_ols(replace(training, groups=groups), columns, families, ols_settings())
    assert fit.robust.kind == "HC3"
    assert "9 groups are too few for 9 coefficients" in fit_table(fit)["note"].iloc[0]


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
    np.testing.assert_allclose(table["condition_number"], np.linalg.cond(fit.design))
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
