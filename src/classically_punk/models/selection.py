"""Forward selection: columns taken in one at a time, for what they add on groups that were not fitted on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classically_punk.contracts.classifier import FloatArray
from classically_punk.models.simplest import judged, simplest_as_good

AS_LARGE = 1e-9  # of the largest gain: a column that falls short of it by less gains as much
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
    """taken : columns in the order they were taken; loss : log loss in the inner folds with so many columns, nats"""

    taken: tuple[int, ...]
    loss: float


@dataclass
class _Fold:
    """One inner fold, of which columns and `rest` (of the responses) are what the columns taken so far leave over in
    its training rows; the tested rows follow with the same slopes."""

    columns: FloatArray
    tested_columns: FloatArray
    rest: FloatArray
    tested_indicators: FloatArray
    tested_fitted: FloatArray
    lengths: FloatArray

    def gains(self) -> FloatArray:
        """shape (p,): by how much each column, taken next, lowers the held-out sum of squares."""
        squares = (self.columns**2).sum(axis=0)
        usable = squares > SMALLEST_REST * self.lengths
        slopes = (self.columns.T @ self.rest) / np.where(usable, squares, 1.0)[:, None]
        against = self.tested_columns.T @ (self.tested_indicators - self.tested_fitted)
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
    Of the first 1, 2, ... columns so many are kept as give the lowest log loss in the inner folds, or the fewest that
    are as good (see `simplest`). The squared error alone would stop long before: of a 0/1 response it grows when fitted
    values that are right anyway overshoot. Every step fits all candidates in every inner fold at once: columns are kept
    orthogonal to those taken, so that a candidate's slope is one inner product.
    Source: Hastie, Tibshirani & Friedman 2009, The Elements of Statistical Learning, sec. 3.3.2 (by inner folds here).
    """
    folds = [_prepared(standardised, search, int(number)) for number in np.unique(search.fold)]
    taken: list[int] = []
    losses = [_loss(folds)]
    while len(taken) < min(budget, standardised.shape[1]):
        gain = np.sum([fold.gains() for fold in folds], axis=0)
        gain[taken] = -np.inf
        largest = float(gain.max())
        if np.isneginf(largest):
            break
        best = int(np.argmax(gain >= largest - AS_LARGE * abs(largest)))  # of columns that repeat each other, the first
        taken.append(best)
        for fold in folds:
            fold.take(best)
        losses.append(_loss(folds))
    count = simplest_as_good(losses)
    return Selection(tuple(taken[:count]), losses[count])


def _loss(folds: list[_Fold]) -> float:
    fitted = np.concatenate([fold.tested_fitted for fold in folds])
    actual = np.concatenate([fold.tested_indicators for fold in folds]).argmax(axis=1)
    return judged(fitted, actual).loss


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
