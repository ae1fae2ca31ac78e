"""From predictions to counts per group, and from counts to scores; the same formulas for one count or thousands."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classically_punk.contracts.design import FITTED

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class GroupCounts:
    """Counts of one protocol's held-out predictions.

    genres    : the genres that the protocol tests, sorted
    confusion : shape (n_groups, n_genres, n_genres): rows actually of the first, predicted as the second genre
    top_two   : shape (n_groups, n_genres): rows of a genre for which it is among the two largest fitted values
    """

    genres: tuple[str, ...]
    confusion: FloatArray
    top_two: FloatArray

    @property
    def n_groups(self) -> int:
        return len(self.confusion)

    @property
    def groups_per_genre(self) -> NDArray[np.int64]:
        """shape (n_genres,): groups with at least one row of the genre."""
        found: NDArray[np.int64] = (self.confusion.sum(axis=2) > 0).sum(axis=0)
        return found


@dataclass(frozen=True)
class Scores:
    """Scores of one or many count tables; leading axes as in the counts. NaN where a score is undefined.

    accuracy, balanced_accuracy, macro_f1, top2_accuracy : shape (...)
    recall, precision, f1 : shape (..., n_genres)
    Undefined: recall and F1 of a genre without a tested row, precision of a genre never predicted. Means over genres
    are over those with a tested row.
    """

    accuracy: FloatArray
    balanced_accuracy: FloatArray
    macro_f1: FloatArray
    top2_accuracy: FloatArray
    recall: FloatArray
    precision: FloatArray
    f1: FloatArray


def count_by_group(predictions: pd.DataFrame, groups: pd.Series) -> GroupCounts:
    """predictions: rows of one protocol; groups: same index, the group of each row.

    A genre that is predicted though the protocol does not test it is counted like any other, as a wrong answer.
    """
    genres = tuple(sorted(set(predictions["label"]) | set(predictions["predicted"])))
    place = {genre: k for k, genre in enumerate(genres)}
    actual = predictions["label"].map(place).to_numpy(dtype=np.intp)
    predicted = predictions["predicted"].map(place).to_numpy(dtype=np.intp)
    second = ranked(predictions)["second"].map(place).fillna(-1).to_numpy(dtype=np.intp)
    names, index = np.unique(groups.to_numpy(dtype=str), return_inverse=True)
    confusion = np.zeros((len(names), len(genres), len(genres)))
    top_two = np.zeros((len(names), len(genres)))
    np.add.at(confusion, (index, actual, predicted), 1.0)
    np.add.at(top_two, (index, actual), ((actual == predicted) | (actual == second)).astype(float))
    return GroupCounts(genres, confusion, top_two)


def ranked(predictions: pd.DataFrame) -> pd.DataFrame:
    """The runner-up of each row and the margin to it: columns second, margin; same index.

    Of equal fitted values the genre that sorts first comes first, as in `predicted`.
    """
    columns = sorted(column for column in predictions.columns if column.startswith(FITTED))
    names = np.array([column.removeprefix(FITTED) for column in columns], dtype=object)
    fitted = predictions[columns].to_numpy(dtype=float)
    order = np.argsort(-fitted, axis=1, kind="stable")[:, :2]
    best = np.take_along_axis(fitted, order, axis=1)
    return pd.DataFrame({"second": names[order[:, 1]], "margin": best[:, 0] - best[:, 1]}, index=predictions.index)


def scores_of(confusion: FloatArray, top_two: FloatArray) -> Scores:
    """confusion: shape (..., n_genres, n_genres); top_two: shape (..., n_genres)."""
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    actual = confusion.sum(axis=-1)
    predicted = confusion.sum(axis=-2)
    tested = actual > 0
    total = actual.sum(axis=-1)
    recall = _ratio(right, actual)
    f1 = np.where(tested, _ratio(2.0 * right, actual + predicted), np.nan)
    return Scores(
        accuracy=_ratio(right.sum(axis=-1), total),
        balanced_accuracy=_mean(recall, tested),
        macro_f1=_mean(f1, tested),
        top2_accuracy=_ratio(top_two.sum(axis=-1), total),
        recall=recall,
        precision=_ratio(right, predicted),
        f1=f1,
    )


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    ratio: FloatArray = np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)
    return ratio


def _mean(values: FloatArray, where: NDArray[np.bool_]) -> FloatArray:
    return _ratio(np.where(where, values, 0.0).sum(axis=-1), where.sum(axis=-1).astype(float))
