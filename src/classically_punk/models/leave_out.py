"""Fitted values of rows whose group was not fitted on, exactly and without a refit."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classically_punk.contracts.classifier import FloatArray, TextArray

SMALLEST_REST = 1e-8  # eigenvalue of what a group leaves, below which it alone determines a coefficient


def leave_one_group_out(design: FloatArray, responses: FloatArray, groups: TextArray) -> FloatArray:
    """Fitted values of every row from the least squares of all other groups' rows.

    design    : shape (n, m), the intercept among its columns
    responses : shape (n, k); groups : shape (n,); rows of a group are left out together
    Returns shape (n, k). With H the hat matrix and e the residuals, the rows g of a group are off by
    (I - H_gg)^-1 e_g when they are left out, so that one fit gives them all: a Gram matrix and a small solve per group.
    A group that alone determines a coefficient has no such inverse; the shortest solution without it stands in.
    Source: Cook & Weisberg 1982, Residuals and Influence in Regression, sec. 2.2; the cluster jackknife of MacKinnon,
    Nielsen & Webb 2023 rests on the same formula.

    >>> import numpy as np
    >>> x = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> y = np.array([[0.0], [1.0], [5.0]])
    >>> leave_one_group_out(x, y, np.array(["a", "b", "c"])).ravel().round(6).tolist()  # lines through the other two
    [-3.0, 2.5, 2.0]
    """
    inverse_gram = np.linalg.pinv(design.T @ design, hermitian=True)
    residuals = responses - design @ (inverse_gram @ (design.T @ responses))
    _, index, counts = np.unique(groups.astype(str), return_inverse=True, return_counts=True)
    left = np.empty_like(responses, dtype=float)
    alone = counts[index] == 1
    rest = 1.0 - np.einsum("ij,jk,ik->i", design[alone], inverse_gram, design[alone])
    known = rest > SMALLEST_REST
    left[alone] = responses[alone] - residuals[alone] / np.where(known, rest, 1.0)[:, None]
    for row in np.flatnonzero(alone)[~known]:
        left[row] = _refitted(design, responses, np.arange(len(design)) == row)[0]
    for number in np.flatnonzero(counts > 1):
        rows = index == number
        part = design[rows]
        kept = np.eye(len(part)) - part @ inverse_gram @ part.T
        if float(np.linalg.eigvalsh(kept)[0]) > SMALLEST_REST:
            left[rows] = responses[rows] - np.linalg.solve(kept, residuals[rows])
        else:
            left[rows] = _refitted(design, responses, rows)
    return left


@dataclass(frozen=True)
class WithoutGroup:
    """The fit without one group. rows : of the group, places; coefficients : shape (m, k), of the other groups' rows"""

    rows: NDArray[np.intp]
    coefficients: FloatArray


def coefficients_without_groups(design: FloatArray, responses: FloatArray, groups: TextArray) -> Iterator[WithoutGroup]:
    """The coefficients behind `leave_one_group_out`, group by group: the design's rows times them are its result.

    With G = (X'X)^-1 the coefficients of all rows are off by G X_g' (I - H_gg)^-1 e_g when the rows g are left out.
    Source: as of `leave_one_group_out`.

    >>> import numpy as np
    >>> x = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> y = np.array([[0.0], [1.0], [5.0]])
    >>> fits = coefficients_without_groups(x, y, np.array(["a", "b", "c"]))
    >>> [fit.coefficients.ravel().round(6).tolist() for fit in fits]
    [[-3.0, 4.0], [0.0, 2.5], [0.0, 1.0]]
    """
    inverse_gram = np.linalg.pinv(design.T @ design, hermitian=True)
    all_rows = inverse_gram @ (design.T @ responses)
    residuals = responses - design @ all_rows
    _, index = np.unique(groups.astype(str), return_inverse=True)
    order = np.argsort(index, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(index[order])) + 1):
        part = design[rows]
        kept = np.eye(len(part)) - part @ inverse_gram @ part.T
        if float(np.linalg.eigvalsh(kept)[0]) > SMALLEST_REST:
            moved = inverse_gram @ part.T @ np.linalg.solve(kept, residuals[rows])
            yield WithoutGroup(rows, all_rows - moved)
        else:
            out = np.isin(np.arange(len(design)), rows)
            slopes: FloatArray = np.asarray(np.linalg.lstsq(design[~out], responses[~out], rcond=None)[0], dtype=float)
            yield WithoutGroup(rows, slopes)


def _refitted(design: FloatArray, responses: FloatArray, out: NDArray[np.bool_]) -> FloatArray:
    slopes = np.linalg.lstsq(design[~out], responses[~out], rcond=None)[0]
    fitted: FloatArray = design[out] @ slopes
    return fitted
