"""Forward selection: columns taken in one at a time, for what they add on groups that were not fitted on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classically_punk.contracts.classifier import FloatArray

SMALLEST_REST = 1e-10  # share of a column's squares that the columns taken before must leave for it to be a candidate


@dataclass(frozen=True)
class Search:
    """What a supervised choice of columns may look at: training rows only.

    indicators : shape (n, n_genres), 1 where a row has the genre; fold : shape (n,), inner fold that tests each row
    """

    indicators: FloatArray
    fold: NDArray[np.int64]


@dataclass(frozen=True)
class Selection:
    """taken : columns in the order they were taken; right : share of the rows whose genre was right in the inner folds,
    with so many columns"""

    taken: tuple[int, ...]
    right: float


@dataclass
class _Fold:
    """One inner fold, of which columns and `rest` (of the responses) are what the columns taken so far leave over in
    its training rows; the tested rows follow with the same slopes."""

    columns: FloatArray
    tested_columns: FloatArray
    rest: FloatArray
    tested_hits: FloatArray
    tested_fitted: FloatArray
    lengths: FloatArray

    @property
    def right(self) -> int:
        """Test rows whose own genre has the largest fitted value."""
        return int((self.tested_fitted.argmax(axis=1) == self.tested_hits.argmax(axis=1)).sum())

    def gains(self) -> FloatArray:
        """shape (p,): by how much each column, taken next, lowers the held-out sum of squares."""
        squares = (self.columns**2).sum(axis=0)
        usable = squares > SMALLEST_REST * self.lengths
        slopes = (self.columns.T @ self.rest) / np.where(usable, squares, 1.0)[:, None]
        against = self.tested_columns.T @ (self.tested_hits - self.tested_fitted)
        gain = (2.0 * slopes * against).sum(axis=1) - (self.tested_columns**2).sum(axis=0) * (slopes**2).sum(axis=1)
        found: FloatArray = np.where(usable, gain, -np.inf)
        return found

    def take(self, j: int) -> None:
        column, tested = self.columns[:, j].copy(), self.tested_columns[:, j].copy()
        length = float(column @ column)
        shared = column @ self.columns / length
        slopes = column @ self.rest / length
        self.columns -= np.outer(column, shared)
        self.tested_columns -= np.outer(tested, shared)
        self.rest -= np.outer(column, slopes)
        self.tested_fitted += np.outer(tested, slopes)


def forward_selection(standardised: FloatArray, search: Search, budget: int) -> Selection:
    """At most `budget` columns, each the one that lowers the held-out squared error of all genres together most.

    standardised : shape (n, p), training rows
    Of the first 1, 2, ... columns so many are kept as give the most rows right in the inner folds; of equal counts the
    smaller. The squared error alone would stop long before: of a 0/1 response it grows when fitted values that are
    right anyway overshoot. Every step fits all candidates in every inner fold at once: columns are kept orthogonal to
    those taken, so that a candidate's slope is one inner product.
    Source: Hastie, Tibshirani & Friedman 2009, The Elements of Statistical Learning, sec. 3.3.2 (by inner folds here).
    """
    folds = [_prepared(standardised, search, int(number)) for number in np.unique(search.fold)]
    taken: list[int] = []
    right = [sum(fold.right for fold in folds)]
    while len(taken) < min(budget, standardised.shape[1]):
        gain = np.sum([fold.gains() for fold in folds], axis=0)
        gain[taken] = -np.inf
        best = int(gain.argmax())
        if np.isneginf(gain[best]):
            break
        taken.append(best)
        for fold in folds:
            fold.take(best)
        right.append(sum(fold.right for fold in folds))
    count = int(np.argmax(right))
    return Selection(tuple(taken[:count]), right[count] / len(search.indicators))


def _prepared(standardised: FloatArray, search: Search, number: int) -> _Fold:
    tested = search.fold == number
    centre, level = standardised[~tested].mean(axis=0), search.indicators[~tested].mean(axis=0)
    columns = standardised[~tested] - centre
    return _Fold(
        columns,
        standardised[tested] - centre,
        search.indicators[~tested] - level,
        search.indicators[tested],
        np.tile(level, (int(tested.sum()), 1)),
        (columns**2).sum(axis=0),
    )
