"""Tables of a fit: each genre's coefficient per column, and how well each genre's line fits."""

import numpy as np
import pandas as pd
from scipy.stats import t as student

from classically_punk.models.ols import OlsFit


def coefficient_table(fit: OlsFit, confidence: float = 0.95) -> pd.DataFrame:
    """One row per genre and column of the design table.

    Columns: genre, column, family, coefficient (change of the fitted value per standard deviation of the column),
    standard_error, t, p, low, high, covariance, reason. Coefficients of components are carried back to the columns
    (weights @ slopes), their covariance likewise; it holds for the components as chosen, whose choice is not part
    of the interval. What has no value is missing, with the reason in the last column.
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
                    "covariance": robust.kind,
                    "reason": [_reason(fit, here, has_error) for here, has_error in zip(in_model, known, strict=True)],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def fit_table(fit: OlsFit) -> pd.DataFrame:
    """One row per genre: n, columns, rank, r2, adjusted_r2, aic, bic, outside_unit_interval (share of fitted values
    below 0 or above 1), condition_number of the regression design, covariance, n_groups, note."""
    model = fit.model
    singular = np.linalg.svd(fit.design, compute_uv=False)
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
                "r2": float(result.rsquared) if varies else np.nan,
                "adjusted_r2": float(result.rsquared_adj) if varies and result.df_resid > 0 else np.nan,
                "aic": float(result.aic) if finite else np.nan,
                "bic": float(result.bic) if finite else np.nan,
                "outside_unit_interval": float(np.mean((fitted < 0) | (fitted > 1))),
                "condition_number": float(singular[0] / singular[-1]),
                "covariance": fit.robust.kind,
                "n_groups": fit.robust.n_groups,
                "note": "; ".join([*model.notes, fit.robust.reason]),
            }
        )
    return pd.DataFrame(rows)


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


def _reason(fit: OlsFit, in_model: bool, has_error: bool) -> str:
    if not in_model:
        return "not in the regression: constant, determined by other columns, or in no component kept"
    if not has_error:
        return fit.robust.reason if fit.robust.matrices is None else "the residuals leave no variance"
    return ""
