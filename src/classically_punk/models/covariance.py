"""Robust covariances of least-squares coefficients, for all genres at once and without an n x n matrix."""

from dataclasses import dataclass

import numpy as np

from classically_punk.contracts.classifier import FloatArray, TextArray

FULL_LEVERAGE = 1.0 - 1e-8  # a row that alone determines its fitted value: HC3 divides by what is left
FEWEST_GROUPS = 50  # below, or with fewer than MANY_PER_COEFFICIENT groups for each coefficient, groups are few:
MANY_PER_COEFFICIENT = 10  # the plain cluster-robust covariance is then too small, the jackknife is not


@dataclass(frozen=True)
class RobustCovariance:
    """Covariances of the coefficients of each genre.

    kind    : "HC3", "cluster" (CRV1) or "cluster-crv3"
    matrices: shape (n_genres, m + 1, m + 1), intercept first; None when there is none, with the reason
    freedom : degrees of freedom of the t distribution: n - m - 1, or groups - 1
    n_groups: groups of rows that are not independent
    reason  : why this kind, or why none
    """

    kind: str
    matrices: FloatArray | None
    freedom: int
    n_groups: int
    reason: str


def robust_covariance(
    design: FloatArray, residuals: FloatArray, inverse_gram: FloatArray, groups: TextArray
) -> RobustCovariance:
    """HC3 where every row is a group of its own, else cluster-robust on the groups: the jackknife where they are few.

    design    : shape (n, m + 1); residuals : shape (n, n_genres); inverse_gram : inverse of design' design
    groups    : shape (n,)
    Where a group cannot be left out the plain form is given. With no more groups than coefficients that is singular:
    HC3 is given instead, and said to be too narrow.
    """
    count = len(np.unique(groups.astype(str)))
    n, coefficients = design.shape
    if count == n:
        return hc3(design, residuals, inverse_gram, n, "rows are independent")
    if count >= max(FEWEST_GROUPS, MANY_PER_COEFFICIENT * coefficients):
        return clustered(design, residuals, inverse_gram, groups)
    if count > 1:
        jackknife = clustered_jackknife(design, residuals, inverse_gram, groups)
        if jackknife.matrices is not None:
            return jackknife
    if count > coefficients:
        return clustered(design, residuals, inverse_gram, groups)
    reason = f"{count} groups are too few for {coefficients} coefficients: intervals are too narrow"
    return hc3(design, residuals, inverse_gram, count, reason)


def hc3(
    design: FloatArray, residuals: FloatArray, inverse_gram: FloatArray, n_groups: int, reason: str
) -> RobustCovariance:
    """MacKinnon & White's HC3: residuals divided by 1 - leverage. None when a row has leverage 1."""
    n, coefficients = design.shape
    freedom = n - coefficients
    leverage = np.einsum("ij,jk,ik->i", design, inverse_gram, design)
    if leverage.max() > FULL_LEVERAGE or freedom < 1:
        why = f"row {int(leverage.argmax())} has leverage 1: HC3 has no value"
        return RobustCovariance("HC3", None, freedom, n_groups, why)
    inflated = residuals / (1.0 - leverage)[:, None]
    matrices = np.stack([_sandwich(inverse_gram, design * inflated[:, [k]]) for k in range(residuals.shape[1])])
    return RobustCovariance("HC3", matrices, freedom, n_groups, reason)


def clustered(
    design: FloatArray, residuals: FloatArray, inverse_gram: FloatArray, groups: TextArray
) -> RobustCovariance:
    """Cluster-robust covariance with the usual small-sample factor G/(G-1) (n-1)/(n-m-1); t has G - 1 degrees."""
    n, coefficients = design.shape
    names, index = np.unique(groups.astype(str), return_inverse=True)
    count = len(names)
    factor = count / (count - 1) * (n - 1) / (n - coefficients)
    matrices = []
    for k in range(residuals.shape[1]):
        sums = np.zeros((count, coefficients))
        np.add.at(sums, index, design * residuals[:, [k]])
        matrices.append(factor * _sandwich(inverse_gram, sums))
    return RobustCovariance("cluster", np.stack(matrices), count - 1, count, f"{n} rows in {count} groups")


def clustered_jackknife(
    design: FloatArray, residuals: FloatArray, inverse_gram: FloatArray, groups: TextArray
) -> RobustCovariance:
    """Cluster jackknife (CRV3): how far the coefficients move when one group after another is left out.

    Exact without a refit: leaving out rows g moves them by (X'X)^-1 X_g' (I - H_gg)^-1 e_g. Covariance is (G-1)/G times
    the sum of squares of these, about the full fit; t has G - 1 degrees. None, with the reason, where a group alone
    determines a coefficient.
    Source: MacKinnon, Nielsen & Webb 2023, Cluster-robust inference: a guide to empirical practice.
    """
    n, coefficients = design.shape
    names, index = np.unique(groups.astype(str), return_inverse=True)
    count = len(names)
    moves = np.empty((count, coefficients, residuals.shape[1]))
    for number, name in enumerate(names):
        rows = index == number
        part = design[rows]
        kept = np.eye(len(part)) - part @ inverse_gram @ part.T
        smallest = float(np.linalg.eigvalsh(kept)[0])
        if smallest < 1.0 - FULL_LEVERAGE:
            why = f"group {name} cannot be left out: it alone determines a coefficient"
            return RobustCovariance("cluster-crv3", None, count - 1, count, why)
        moves[number] = inverse_gram @ part.T @ np.linalg.solve(kept, residuals[rows])
    matrices = (count - 1) / count * np.einsum("gik,gjk->kij", moves, moves)
    said = f"{n} rows in {count} groups, few for {coefficients} coefficients: groups are left out one at a time"
    return RobustCovariance("cluster-crv3", matrices, count - 1, count, said)


def _sandwich(bread: FloatArray, scores: FloatArray) -> FloatArray:
    meat = scores.T @ scores
    covariance: FloatArray = bread @ meat @ bread
    return covariance
