"""Tables of a fit: each genre's coefficient per column, what is known of its error, and how well each line fits."""

import numpy as np
import pandas as pd
from scipy.stats import t as student
from statsmodels.stats.multitest import multipletests

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.tables.fits import FIT
from classically_punk.models.collinearity import condition_number
from classically_punk.models.ols import OlsFit


def coefficient_table(fit: OlsFit, confidence: float = 0.95) -> pd.DataFrame:
    """COEFFICIENTS, one row per genre and column of the design table.

    p_holm, p_by : p after Holm (family-wise error) and after Benjamini & Yekutieli (false discovery rate under any
                   dependence); the family is every coefficient of the table that has a p: family_size of them
    partial_r2   : share of the variance left by the other columns that goes when the coefficient is set to 0
    Coefficients of components are carried back to the columns (weights @ slopes), their covariance likewise; it holds
    for the components as chosen, whose choice is not part of the interval. What has no value is missing, with the
    reason in the last column.
    """
    model, robust = fit.model, fit.robust
    weights = model.reduction.weights
    in_model = np.abs(weights).sum(axis=1) > 0
    quantile = float(student.ppf(0.5 + confidence / 2, robust.freedom)) if robust.freedom > 0 else np.nan
    parts = []
    for k, genre in enumerate(model.genres):
        slopes = model.column_slopes[:, k]
        if robust.matrices is None:
            error = np.full(len(slopes), np.nan)
        else:
            variance = np.einsum("ij,jl,il->i", weights, robust.matrices[k][1:, 1:], weights)
            error = np.sqrt(np.maximum(variance, 0.0))
        known = in_model & (error > 0)
        error = np.where(known, error, np.nan)
        ratio = slopes / error
        parts.append(
            pd.DataFrame(
                {
                    "genre": genre,
                    "column": list(model.columns),
                    "family": [fit.families[column] for column in model.columns],
                    "coefficient": np.where(in_model, slopes, np.nan),
                    "standard_error": error,
                    "t": ratio,
                    "p": 2.0 * student.sf(np.abs(ratio), max(robust.freedom, 1)),
                    "low": slopes - quantile * error,
                    "high": slopes + quantile * error,
                    "p_holm": np.nan,
                    "p_by": np.nan,
                    "family_size": 0,
                    "partial_r2": _partial_r2(fit, k, slopes, in_model),
                    "covariance": robust.kind,
                    "reason": [_reason(fit, here, has_error) for here, has_error in zip(in_model, known, strict=True)],
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return with_adjusted_p(table)


def with_adjusted_p(table: pd.DataFrame) -> pd.DataFrame:
    """`table`, which has a column p, with p_holm, p_by and family_size: the family is every row that has a p."""
    adjusted = table.copy()
    tested = table["p"].notna().to_numpy()
    adjusted["family_size"] = int(tested.sum())
    for name, method in (("p_holm", "holm"), ("p_by", "fdr_by")):
        values = np.full(len(table), np.nan)
        if tested.any():
            values[tested] = multipletests(table.loc[tested, "p"].to_numpy(), method=method)[1]
        adjusted[name] = values
    return adjusted


def fit_table(fit: OlsFit) -> pd.DataFrame:
    """FIT, one row per genre."""
    model = fit.model
    leverage = np.einsum("ij,jk,ik->i", fit.design, np.asarray(fit.results[0].normalized_cov_params), fit.design)
    rows = []
    for genre, result in zip(model.genres, fit.results, strict=True):
        fitted = np.asarray(result.fittedvalues)
        varies = float(result.centered_tss) > 0
        finite = varies and float(result.ssr) > 0
        rows.append(
            {
                "genre": genre,
                "n": len(fit.design),
                "columns": len(model.columns),
                "regression_columns": model.n_columns,
                "rank": int(np.linalg.matrix_rank(fit.design)),
                "aliased": len(model.reduction.aliased),
                "r2": float(result.rsquared) if varies else np.nan,
                "adjusted_r2": float(result.rsquared_adj) if varies and result.df_resid > 0 else np.nan,
                "aic": float(result.aic) if finite else np.nan,
                "bic": float(result.bic) if finite else np.nan,
                "outside_unit_interval": float(np.mean((fitted < 0) | (fitted > 1))),
                "condition_number": condition_number(fit.design),
                "covariance": fit.robust.kind,
                "n_groups": fit.robust.n_groups,
                "largest_leverage": float(leverage.max()),
                "note": "; ".join([*model.notes, fit.robust.reason]),
            }
        )
    return tables.frame(FIT, rows)


def regression_columns_table(fit: OlsFit) -> pd.DataFrame:
    """What each regression column is made of: regression_column, family, column, weight (per standard deviation)."""
    model = fit.model
    rows = [
        {
            "regression_column": name,
            "family": family,
            "column": model.columns[j],
            "weight": model.reduction.weights[j, k],
        }
        for k, (name, family) in enumerate(zip(model.reduction.names, model.reduction.families, strict=True))
        for j in np.flatnonzero(model.reduction.weights[:, k])
    ]
    return pd.DataFrame(rows, columns=["regression_column", "family", "column", "weight"])


def _partial_r2(fit: OlsFit, k: int, slopes: FloatArray, in_model: "np.typing.NDArray[np.bool_]") -> FloatArray:
    """shape (p,): F / (F + residual degrees of freedom), F of the constraint that the column's coefficient is 0."""
    weights = fit.model.reduction.weights
    result = fit.results[k]
    variance = np.einsum("ij,jl,il->i", weights, np.asarray(result.normalized_cov_params)[1:, 1:], weights)
    lost = np.where(in_model, slopes**2 / np.where(in_model, variance, 1.0), np.nan)  # rise of the residual squares
    total = lost + float(result.ssr)
    share: FloatArray = np.where(total > 0, lost / np.where(total > 0, total, 1.0), np.nan)
    return share


def _reason(fit: OlsFit, in_model: bool, has_error: bool) -> str:
    if not in_model:
        return "not in the regression: constant, determined by other columns, not chosen, or in no component kept"
    if not has_error:
        return fit.robust.reason if fit.robust.matrices is None else "the residuals leave no variance"
    return ""
