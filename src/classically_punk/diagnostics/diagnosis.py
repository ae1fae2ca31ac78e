"""Tables of what a fit hides: who pulls on it, which columns repeat each other, what its assumptions are worth."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.tables.fits import COLLINEARITY, INFLUENTIAL, PARTIAL_REGRESSIONS
from classically_punk.diagnostics.assumptions import assumption_tests
from classically_punk.diagnostics.influence import influence, largest_dfbetas
from classically_punk.models.collinearity import prune_by_vif, variance_inflation
from classically_punk.models.ols import OlsFit

MOST_INFLUENTIAL = 50


def row_table(fit: OlsFit, clips: Sequence[str], labels: Sequence[str]) -> pd.DataFrame:
    """ROWS, one row per clip and genre."""
    inverse_gram = np.asarray(fit.results[0].normalized_cov_params)
    found = influence(fit.design, fit.residuals, inverse_gram)
    moves = largest_dfbetas(fit.design, fit.residuals, inverse_gram)
    fitted = fit.indicators - fit.residuals
    names = np.array(["", *fit.model.reduction.names], dtype=object)
    column = names[np.maximum(moves.column, 0)]
    parts = []
    for k, genre in enumerate(fit.model.genres):
        parts.append(
            pd.DataFrame(
                {
                    "clip": list(clips),
                    "label": list(labels),
                    "genre": genre,
                    "fitted": fitted[:, k],
                    "residual": fit.residuals[:, k],
                    "leverage": found.leverage,
                    "internal": found.internal[:, k],
                    "external": found.external[:, k],
                    "cooks_distance": found.cooks_distance[:, k],
                    "dffits": found.dffits[:, k],
                    "covariance_ratio": found.covariance_ratio[:, k],
                    "largest_dfbetas": moves.size[:, k],
                    "dfbetas_column": column,
                    "reason": [found.reason(row, k) for row in range(len(fit.design))],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def influential_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The MOST_INFLUENTIAL rows of `row_table` by Cook's distance; of equal ones the first by clip and genre."""
    kept = rows[rows["cooks_distance"].notna()]
    order = kept.sort_values(["cooks_distance", "clip", "genre"], ascending=[False, True, True])
    return order.head(MOST_INFLUENTIAL)[list(INFLUENTIAL.names)].reset_index(drop=True)


def inflation_table(fit: OlsFit, limit: float) -> pd.DataFrame:
    """Variance inflation of the standardised columns of the design table, before and after pruning to `limit`.

    Returns COLLINEARITY. Pruning is shown for every fit; the regression sees its result only where `ols.columns` is
    vif_pruned.
    """
    columns, families = fit.model.columns, fit.families
    before = variance_inflation(fit.standardised)
    pruning = prune_by_vif(fit.standardised, columns, limit)
    after = dict(zip((columns[j] for j in pruning.kept), pruning.vif, strict=True))
    removed = {step.name: (number, step) for number, step in enumerate(pruning.steps, start=1)}
    used = np.abs(fit.model.reduction.weights).sum(axis=1) > 0
    whole = set(fit.model.reduction.names) <= set(columns)
    rows = []
    for j, column in enumerate(columns):
        number, step = removed.get(column, (None, None))
        reason = "" if step is None else f"removed: {step.reason}"
        if np.isinf(before[j]):
            reason += "; vif: determined by the other columns"
        rows.append(
            {
                "column": column,
                "family": families[column],
                "vif": before[j] if np.isfinite(before[j]) else np.nan,
                "removed": number,
                "vif_at_removal": step.vif if step is not None and np.isfinite(step.vif) else np.nan,
                "vif_after": after.get(column, np.nan),
                "in_regression": "no" if not used[j] else "yes" if whole else "in components",
                "reason": reason.removeprefix("; "),
            }
        )
    return tables.frame(COLLINEARITY, rows)


def assumption_table(fit: OlsFit) -> pd.DataFrame:
    """ASSUMPTIONS: Breusch-Pagan (Koenker), White, RESET and Jarque-Bera.

    A response of zeros and ones is heteroscedastic and its residuals are not normal, whatever the columns are: the
    tests say how much, and robust covariances are there because of it.
    """
    return assumption_tests(fit.design, fit.residuals, fit.indicators - fit.residuals, fit.model.genres)


def partial_regressions(fit: OlsFit, clips: Sequence[str]) -> pd.DataFrame:
    """Behind the partial-regression plot of each genre's strongest regression column (by robust |t|).

    Returns PARTIAL_REGRESSIONS: what the other columns leave of the column and of the response (Frisch-Waugh-Lovell:
    their slope is the column's coefficient).
    """
    parts = []
    design = fit.design
    for k, genre in enumerate(fit.model.genres):
        if design.shape[1] < 2:
            break
        ratios = _robust_t(fit, k)
        strongest = int(np.abs(ratios).argmax())
        others = np.delete(design, strongest + 1, axis=1)
        pair = np.column_stack([design[:, strongest + 1], fit.indicators[:, k]])
        rest = pair - others @ np.linalg.lstsq(others, pair, rcond=None)[0]
        parts.append(
            pd.DataFrame(
                {
                    "genre": genre,
                    "column": fit.model.reduction.names[strongest],
                    "t": ratios[strongest],
                    "clip": list(clips),
                    "column_rest": rest[:, 0],
                    "response_rest": rest[:, 1],
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else tables.frame(PARTIAL_REGRESSIONS, [])


def _robust_t(fit: OlsFit, k: int) -> FloatArray:
    """shape (m,): slope over robust standard error, classical where there is none; 0 without a variance."""
    if fit.robust.matrices is None:
        variance = np.diag(np.asarray(fit.results[k].cov_params()))[1:]
    else:
        variance = np.diag(fit.robust.matrices[k])[1:]
    known = variance > 0
    ratios: FloatArray = np.where(known, fit.model.slopes[:, k] / np.sqrt(np.where(known, variance, 1.0)), 0.0)
    return ratios


def summary(fit: OlsFit, joint: pd.DataFrame, inflation: pd.DataFrame, rows: pd.DataFrame) -> dict[str, float]:
    """Few numbers for metrics/<corpus>/diagnostics.json; what has no value is left out."""
    outside = (rows["fitted"] < 0) | (rows["fitted"] > 1)
    r2 = [float(result.rsquared) for result in fit.results if float(result.centered_tss) > 0]
    content = {
        "r2_mean": float(np.mean(r2)) if r2 else np.nan,
        "outside_unit_interval": float(outside.mean()),
        "regression_columns": float(fit.model.n_columns),
        "columns_with_joint_effect": float((joint["p_holm"] < 0.05).sum()) if joint["p"].notna().any() else np.nan,
        "largest_vif": float(inflation["vif"].max()),
        "largest_leverage": float(rows["leverage"].max()),
        "largest_cooks_distance": float(rows["cooks_distance"].max()),
    }
    return {name: value for name, value in content.items() if np.isfinite(value)}
