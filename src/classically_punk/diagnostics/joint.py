"""Tests and shares over several coefficients: a column over all genres, a family of columns within each genre."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import f as fisher

from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.diagnostics.coefficients import with_adjusted_p
from classically_punk.models.columns import Reduction, choose_columns
from classically_punk.models.ols import OlsFit
from classically_punk.models.planning import ColumnPlan

SMALLEST_SHARE = 1e-10  # of the largest eigenvalue of a covariance: directions below it have no variance
EFFECTIVE_PER_SLOPE = 5.0  # groups for each slope tested, below which there is no test


def joint_table(fit: OlsFit, groups: TextArray) -> pd.DataFrame:
    """Does a column matter for any genre? One Wald test per column over the coefficients of all genres.

    groups : shape (n,), as given to `fit_ols`
    Columns: column, family, wald (the statistic, as referred to F), df1, df2, p, p_holm, p_by, family_size, covariance,
    reason. The genres' residuals of a row are correlated; the covariance of a column's coefficients across the genres
    comes from the same rows or groups as their standard errors, by the formula of `covariance` that the fit was given.
    Slopes sum to 0 over the genres, so the test has at most n_genres - 1 degrees of freedom. See `reference` for how
    large a statistic is by chance.
    """
    model, robust = fit.model, fit.robust
    pull = slope_pull(fit, groups)
    effective = effective_groups(groups)
    in_model = np.abs(model.reduction.weights).sum(axis=1) > 0
    rows = []
    for j, column in enumerate(model.columns):
        row: dict[str, object] = {"column": column, "family": fit.families[column]}
        row |= dict.fromkeys(("wald", "df1", "df2", "p"), np.nan)
        row |= {"covariance": robust.kind, "reason": ""}
        if pull is None:
            row["reason"] = robust.reason
        elif not in_model[j]:
            row["reason"] = "not in the regression"
        else:
            wald, rank = pull.wald(j, model.column_slopes[j], fit.residuals)
            found = reference(wald, rank, robust.kind, robust.freedom, effective)
            row["reason"] = found.reason
            if not found.reason:
                row |= {"wald": found.statistic, "df1": float(rank), "df2": found.freedom}
                row["p"] = float(fisher.sf(found.statistic, rank, found.freedom))
        rows.append(row)
    table = with_adjusted_p(pd.DataFrame(rows))
    order = [*("column", "family", "wald", "df1", "df2", "p", "p_holm", "p_by"), "family_size", "covariance", "reason"]
    return table[order]


@dataclass(frozen=True)
class Reference:
    """statistic, freedom : what is referred to F with (rank, freedom) degrees of freedom; reason : why nothing is."""

    statistic: float
    freedom: float
    reason: str = ""


def reference(wald: float, rank: int, kind: str, freedom: float, effective: float) -> Reference:
    """How a Wald statistic of `rank` slopes is referred to the F distribution.

    kind      : of the covariance; freedom : n - m - 1, for HC3
    effective : number of groups, as in `effective_groups`, for covariances over groups
    The covariance of q slopes from G groups is as uncertain as that of q means from G values: G - q degrees are left,
    and the statistic shrinks by (G - q) / ((G - 1) q) (Hotelling). Groups of different sizes bear on it unequally, so
    G is the effective number, and below EFFECTIVE_PER_SLOPE of it for each slope there is no test.
    Source of both: the simulation benchmarks/joint_tests.py, which permutes genres over artists. Where there is a test,
    some column is found in 2 to 3 % of corpora in which there is none, after Holm and at 5 % (with F(q, G - 1) in 10 to
    11 %); with 3 effective groups for each slope it would be 18 %.
    Hotelling 1931, The generalization of Student's ratio; Kish 1965, Survey Sampling, sec. 8.2 (effective number);
    Carter, Schnepel & Steigerwald 2017, Asymptotic behavior of a t-test robust to cluster heterogeneity.
    """
    if rank == 0:
        return Reference(np.nan, np.nan, "the residuals leave no variance")
    if kind == "HC3":
        return Reference(wald / rank, freedom)
    if effective < EFFECTIVE_PER_SLOPE * rank:
        few = f"groups of these sizes count as {effective:.1f} equal ones: too few to test {rank} slopes at once"
        return Reference(np.nan, np.nan, f"no test: {few}")
    return Reference(wald * (effective - rank) / ((effective - 1) * rank), effective - rank)


def effective_groups(groups: TextArray) -> float:
    """Number of equally large groups that would be as concentrated: squared rows over the sum of squared sizes."""
    sizes = np.unique(groups.astype(str), return_counts=True)[1].astype(np.float64)
    return float(sizes.sum() ** 2 / (sizes**2).sum())


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


@dataclass(frozen=True)
class SlopePull:
    """How residuals move slopes: what the covariance of a fit is made of, whatever the responses were.

    weights : shape (p, n), row j the movement of column j's slope by a residual of 1 in each row, rows ordered by unit
    order   : shape (n,), the rows in that order; starts : shape (units,), where each unit begins
    """

    weights: FloatArray
    order: NDArray[np.intp]
    starts: NDArray[np.intp]

    def wald(self, j: int, slopes: FloatArray, residuals: FloatArray) -> tuple[float, int]:
        """Slopes of column j, shape (n_genres,), squared in units of their covariance, and the rank of it.

        residuals : shape (n, n_genres), rows as in the fit
        """
        moves = np.add.reduceat(self.weights[j][:, None] * residuals[self.order], self.starts, axis=0)
        return _wald(slopes, moves.T @ moves)


def slope_pull(fit: OlsFit, groups: TextArray) -> SlopePull | None:
    """None where the fit has no covariance, or has one that takes dependent rows as independent."""
    kind, design, count = fit.robust.kind, fit.design, fit.robust.n_groups
    n, coefficients = design.shape
    if fit.robust.matrices is None or (kind == "HC3" and count < n):
        return None
    bread = design @ np.asarray(fit.results[0].normalized_cov_params)
    moved = bread[:, 1:].copy()
    index = np.arange(n)
    if kind == "HC3":
        moved /= (1.0 - np.einsum("ij,ij->i", bread, design))[:, None]
    else:
        index = np.unique(groups.astype(str), return_inverse=True)[1]
        if kind == "cluster-crv3":
            for number in range(count):
                rows = index == number
                kept = np.eye(int(rows.sum())) - design[rows] @ bread[rows].T
                moved[rows] = np.linalg.solve(kept, moved[rows])
            moved *= np.sqrt((count - 1) / count)
        else:
            moved *= np.sqrt(count / (count - 1) * (n - 1) / (n - coefficients))
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.unique(index))
    return SlopePull((fit.model.reduction.weights @ moved.T)[:, order], order, starts)


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
