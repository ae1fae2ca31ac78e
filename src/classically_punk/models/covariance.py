"""Robust covariances of least-squares coefficients, for all genres at once and without an n x n matrix."""

from dataclasses import dataclass

import numpy as np

from classically_punk.models.classifier import FloatArray, TextArray

FULL_LEVERAGE = 1.0 - 1e-8  # a row that alone determines its fitted value: HC3 divides by what is left


@dataclass(frozen=True)
class RobustCovariance:
    """Covariances of the coefficients of each genre.

    kind    : "HC3" or "cluster"
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
    """HC3 where every row is a group of its own, else cluster-robust on the groups.

    design    : shape (n, m + 1); residuals : shape (n, n_genres); inverse_gram : inverse of design' design
    groups    : shape (n,)
    With no more groups than coefficients a cluster-robust covariance is singular; HC3 is given instead, and said
    to be too narrow.
    """
    names = np.unique(groups.astype(str))
    n, coefficients = design.shape
    if len(names) == n:
        return hc3(design, residuals, inverse_gram, n, "rows are independent")
    if len(names) <= coefficients:
        reason = f"{len(names)} groups are too few for {coefficients} coefficients: intervals are too narrow"
        return hc3(design, residuals, inverse_gram, len(names), reason)
    return clustered(design, residuals, inverse_gram, groups)


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


def _sandwich(bread: FloatArray, scores: FloatArray) -> FloatArray:
    meat = scores.T @ scores
    covariance: FloatArray = bread @ meat @ bread
    return covariance
