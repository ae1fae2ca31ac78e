"""Columns that say what other columns say: variance inflation, condition number, and pruning one column at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from classically_punk.contracts.classifier import FloatArray

ALIASED = 1e-7  # of a column's length: what others leave unexplained; as in R's lm
TAKES_PART = 1e-6  # weight of a column in a dependence, of at most 1: below it rounding noise
CONSTANT = 1e-12  # deviation of a column over its largest magnitude: below it rounding noise
TIE = 1e-9  # relative: inflations closer than this are equal, and the later column goes
LOSES_DIGITS = 1e6  # variance inflation: after taking out a column above it, what is left is factored anew


class Removal(NamedTuple):
    """A column that was taken out; `vif` is its variance inflation at that moment, NaN when constant."""

    name: str
    vif: float

    @property
    def reason(self) -> str:
        """In words, for tables, which hold neither NaN nor infinity."""
        if np.isnan(self.vif):
            return "constant"
        if np.isinf(self.vif):
            return "determined by the columns before it"
        return f"largest variance inflation, {self.vif:.6g}"


@dataclass(frozen=True)
class Pruning:
    """What pruning left.

    kept  : indices of the columns that stay, in their order
    vif   : their variance inflation, in the same order
    steps : what was taken out, in the order of removal
    """

    kept: NDArray[np.intp]
    vif: FloatArray
    steps: tuple[Removal, ...]


def variance_inflation(standardised: FloatArray) -> FloatArray:
    """1 / (1 - R2) of each column on all others and a constant.

    standardised : shape (n, p); columns are centred and scaled here once more, so their units do not matter
    Returns shape (p,): 1 or more; infinite for a column that others determine, and NaN for one that is constant, which
    the other columns' inflation does not count. Equal to R's car::vif.
    """
    n = len(standardised)
    inflation = np.full(standardised.shape[1], np.nan)
    varying = _varying(standardised)
    if not varying.any():
        return inflation
    scaled = _unit_columns(standardised[:, varying])
    # rows of zeros, where rows are fewer than columns, so that the null space comes out whole
    padded = np.vstack([scaled, np.zeros((max(0, scaled.shape[1] - n), scaled.shape[1]))])
    _, singular, directions = np.linalg.svd(_triangle(padded))
    null = singular <= ALIASED
    aliased = (np.abs(directions[null]) > TAKES_PART).any(axis=0)
    found = ((directions[~null] / singular[~null, None]) ** 2).sum(axis=0)
    inflation[varying] = np.where(aliased, np.inf, np.maximum(found, 1.0))
    return inflation


def condition_number(design: FloatArray) -> float:
    """Largest over smallest singular value of the design, its columns scaled to unit length, not centred.

    design : shape (n, m + 1), the intercept first. Infinite when columns determine each other or one is zero.
    Source: Belsley, Kuh & Welsch 1980, Regression Diagnostics, ch. 3; above 30 they call it harmful.
    """
    n, m = design.shape
    lengths = np.linalg.norm(design, axis=0)
    if m == 0 or m > n or not lengths.all():
        return float("inf") if m else 1.0
    singular = np.linalg.svd(design / lengths, compute_uv=False)
    smallest = singular[-1]
    return float(singular[0] / smallest) if smallest > n * np.finfo(float).eps * singular[0] else float("inf")


def prune_by_vif(standardised: FloatArray, names: Sequence[str], limit: float, most: int | None = None) -> Pruning:
    """Takes out the column with the largest variance inflation, one at a time, until all are `limit` or less.

    standardised : shape (n, p); names : p names
    limit        : 1 or more; 10 and 5 are customary
    most         : keep no more columns than this, going on below the limit
    Constant columns go first, then those that the columns before them determine (of exactly dependent ones the later
    one goes; of p >= n columns at most n - 1 stay), then by inflation, of equal ones the later.
    Raises ValueError on a limit below 1, or names that are not as many as columns.
    """
    if standardised.shape[1] != len(names):
        raise ValueError(f"{len(names)} names for {standardised.shape[1]} columns")
    if not limit >= 1.0:
        raise ValueError(f"limit of the variance inflation is {limit}: expected 1 or more, the least there is")
    varying = _varying(standardised)
    steps = [Removal(names[int(j)], float("nan")) for j in np.flatnonzero(~varying)]
    places = np.flatnonzero(varying)
    scaled = _unit_columns(standardised[:, places])
    independent = np.isin(np.arange(len(places)), independent_columns(scaled))
    steps += [Removal(names[int(j)], float("inf")) for j in places[~independent]]
    kept = places[independent]
    factor = _triangle(scaled[:, independent])
    here = np.arange(len(kept))  # columns of `factor` that are still in
    inverse = _inverse_correlation(factor)
    while len(here):
        vif = np.maximum(np.diag(inverse), 1.0)
        largest = vif.max()
        if largest <= limit and (most is None or len(here) <= most):
            break
        worst = int(np.flatnonzero(vif >= largest * (1.0 - TIE))[-1])
        steps.append(Removal(names[int(kept[here[worst]])], float(vif[worst])))
        here = np.delete(here, worst)
        if largest > LOSES_DIGITS:
            inverse = _inverse_correlation(_triangle(factor[:, here]))
        else:
            inverse = _without(inverse, worst)
    return Pruning(kept[here], np.maximum(np.diag(inverse), 1.0), tuple(steps))


def independent_columns(design: FloatArray) -> NDArray[np.intp]:
    """Indices of the columns that those before them (and a constant) do not determine.

    design : shape (n, m), columns centred
    Where columns say the same, the earlier one stays, as in R's `lm`.
    """
    n, m = design.shape
    lengths = np.linalg.norm(design, axis=0)
    if m == 0 or n == 0:
        return np.arange(0)
    scaled = design / np.where(lengths > 0, lengths, 1.0)
    if m < n:
        unexplained = np.abs(np.diag(np.linalg.qr(scaled, mode="r")))  # of each column by those before it
        if unexplained.min() > ALIASED:
            return np.arange(m)
    basis = np.empty((n, 0))
    kept: list[int] = []
    for j in range(m):
        rest = scaled[:, j]
        for _ in range(2):  # once more, for the digits that the first projection loses
            rest = rest - basis @ (basis.T @ rest)
        length = float(np.linalg.norm(rest))
        if length > ALIASED and len(kept) < n - 1:
            basis = np.column_stack([basis, rest / length])
            kept.append(j)
    return np.array(kept, dtype=np.intp)


def _varying(values: FloatArray) -> NDArray[np.bool_]:
    largest = np.abs(values).max(axis=0, initial=0.0)
    varying: NDArray[np.bool_] = values.std(axis=0) > CONSTANT * largest
    return varying


def _unit_columns(values: FloatArray) -> FloatArray:
    """Columns that vary, centred, each of length 1."""
    centred = values - values.mean(axis=0)
    unit: FloatArray = centred / np.linalg.norm(centred, axis=0)
    return unit


def _triangle(values: FloatArray) -> FloatArray:
    """R of the QR decomposition, shape (min(n, m), m)."""
    return np.asarray(np.linalg.qr(values, mode="r"), dtype=float)


def _inverse_correlation(factor: FloatArray) -> FloatArray:
    """Inverse of factor' factor. factor : shape (m, m), upper triangular."""
    inverse = solve_triangular(factor, np.eye(len(factor)))
    product: FloatArray = inverse @ inverse.T
    return product


def _without(inverse: FloatArray, column: int) -> FloatArray:
    """The inverse correlation matrix of the other columns: a Schur complement, a step of rank one."""
    others = np.delete(np.arange(len(inverse)), column)
    across = inverse[others, column]
    rest: FloatArray = inverse[np.ix_(others, others)] - np.outer(across, across / inverse[column, column])
    return rest
