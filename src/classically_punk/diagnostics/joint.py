"""Tests and shares over several coefficients: a column over all genres, a family of columns within each genre."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import f as fisher

from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.diagnostics.coefficients import with_adjusted_p
from classically_punk.models.columns import Reduction, choose_columns
from classically_punk.models.ols import OlsFit
from classically_punk.models.planning import ColumnPlan

SMALLEST_SHARE = 1e-10  # of the largest eigenvalue of a covariance: directions below it have no variance


def joint_table(fit: OlsFit, groups: TextArray) -> pd.DataFrame:
    """Does a column matter for any genre? One Wald test per column over the coefficients of all genres.

    groups : shape (n,), as given to `fit_ols`
    Columns: column, family, wald (F = W / df1), df1, df2, p, p_holm, p_by, family_size, covariance, reason. The
    genres' residuals of a row are correlated; the covariance of a column's coefficients across the genres comes from
    the same rows or groups as their standard errors, by the formula of `covariance` that the fit was given. Slopes
    sum to 0 over the genres, so the test has at most n_genres - 1 degrees of freedom.
    """
    model, robust = fit.model, fit.robust
    weights = model.reduction.weights
    in_model = np.abs(weights).sum(axis=1) > 0
    inverse_gram = np.asarray(fit.results[0].normalized_cov_params)
    parts = _movements(fit, inverse_gram, groups)
    rows = []
    for j, column in enumerate(model.columns):
        row: dict[str, object] = {"column": column, "family": fit.families[column]}
        row |= dict.fromkeys(("wald", "df1", "df2", "p"), np.nan)
        row |= {"covariance": robust.kind, "reason": ""}
        if parts is None:
            row["reason"] = robust.reason
        elif not in_model[j]:
            row["reason"] = "not in the regression"
        else:
            moves = np.tensordot(parts, weights[j], axes=(1, 0))  # (units, n_genres)
            wald, rank = _wald(model.column_slopes[j], moves.T @ moves)
            if rank == 0:
                row["reason"] = "the residuals leave no variance"
            else:
                freedom = float(robust.freedom)
                statistic = wald / rank
                row |= {"wald": statistic, "df1": float(rank), "df2": freedom}
                row["p"] = float(fisher.sf(statistic, rank, freedom))
        rows.append(row)
    table = with_adjusted_p(pd.DataFrame(rows))
    order = [*("column", "family", "wald", "df1", "df2", "p", "p_holm", "p_by"), "family_size", "covariance", "reason"]
    return table[order]


def family_table(fit: OlsFit, plan: ColumnPlan) -> pd.DataFrame:
    """What each family of columns adds: genre, family, columns, r2, r2_without, partial_r2, nested, reason.

    r2_without : of the fit whose columns are chosen anew, by the same settings, from those of the other families
    partial_r2 : share of the variance left without the family that goes with it. Where components were chosen the two
                 fits are not nested, and it may fall below 0; `nested` says so.
    """
    families = [fit.families[column] for column in fit.model.columns]
    names = tuple(dict.fromkeys(families))
    total = (fit.indicators**2).sum(axis=0) - len(fit.indicators) * fit.indicators.mean(axis=0) ** 2
    full = _shares(fit.design, fit.indicators, total)
    rows = []
    for family in names:
        others = [j for j, of in enumerate(families) if of != family]
        reason, without = "", np.full(len(total), np.nan)
        if not others:
            reason = "the table has no other family"
        else:
            columns = [fit.model.columns[j] for j in others]
            reduction = _chosen_again(fit, others, columns, plan)
            design = np.column_stack([np.ones(len(fit.indicators)), fit.standardised[:, others] @ reduction.weights])
            without = _shares(design, fit.indicators, total)
        nested = all(name in fit.model.columns for name in fit.model.reduction.names)
        for k, genre in enumerate(fit.model.genres):
            left = 1.0 - without[k]
            rows.append(
                {
                    "genre": genre,
                    "family": family,
                    "columns": len(families) - len(others),
                    "r2": full[k],
                    "r2_without": without[k],
                    "partial_r2": (full[k] - without[k]) / left if left > 0 else np.nan,
                    "nested": "yes" if nested else "no",
                    "reason": reason or ("" if left > 0 else "nothing is left to explain without it"),
                }
            )
    return pd.DataFrame(rows)


def _chosen_again(fit: OlsFit, others: Sequence[int], columns: Sequence[str], plan: ColumnPlan) -> Reduction:
    """As the fit chose, from fewer columns. Forward selection looks at labels and would choose by chance here: the
    columns that it had chosen and that are left are kept instead."""
    if plan.settings.columns == "forward":
        kept = [place for place, name in enumerate(columns) if name in fit.model.reduction.names]
        names = tuple(columns[place] for place in kept)
        return Reduction(np.eye(len(columns))[:, kept], names, tuple(fit.families[name] for name in names), (), ())
    return choose_columns(fit.standardised[:, list(others)], columns, fit.families, plan.settings, most=plan.most)


def _movements(fit: OlsFit, inverse_gram: FloatArray, groups: TextArray) -> FloatArray | None:
    """shape (units, m, n_genres): how the slopes move with each independent unit, scaled so that the sum of their
    outer products is the covariance that the fit was given; None where it has none."""
    kind, design, residuals = fit.robust.kind, fit.design, fit.residuals
    if fit.robust.matrices is None:
        return None
    n, coefficients = design.shape
    bread = design @ inverse_gram
    if kind == "HC3":
        leverage = np.einsum("ij,ij->i", bread, design)
        inflated = residuals / (1.0 - leverage)[:, None]
        return np.asarray(bread[:, 1:, None] * inflated[:, None, :])
    names, index = np.unique(groups.astype(str), return_inverse=True)
    count = len(names)
    moves = np.empty((count, coefficients - 1, residuals.shape[1]))
    for number in range(count):
        rows = index == number
        rest = residuals[rows]
        if kind == "cluster-crv3":
            rest = np.linalg.solve(np.eye(int(rows.sum())) - design[rows] @ bread[rows].T, rest)
        moves[number] = bread[rows, 1:].T @ rest
    if kind == "cluster-crv3":
        return np.asarray(moves * np.sqrt((count - 1) / count))
    return np.asarray(moves * np.sqrt(count / (count - 1) * (n - 1) / (n - coefficients)))


def _wald(slopes: FloatArray, covariance: FloatArray) -> tuple[float, int]:
    values, vectors = np.linalg.eigh(covariance)
    usable = values > SMALLEST_SHARE * max(float(values[-1]), 0.0)
    if not usable.any() or values[-1] <= 0:
        return 0.0, 0
    along = vectors[:, usable].T @ slopes
    return float((along**2 / values[usable]).sum()), int(usable.sum())


def _shares(design: FloatArray, indicators: FloatArray, total: FloatArray) -> FloatArray:
    """R2 of each genre; missing where the response does not vary."""
    residuals = indicators - design @ np.linalg.lstsq(design, indicators, rcond=None)[0]
    shares: FloatArray = np.where(total > 0, 1.0 - (residuals**2).sum(axis=0) / np.where(total > 0, total, 1.0), np.nan)
    return shares
