"""Folds inside a training part: where hyperparameters are chosen and probabilities calibrated. Groups stay whole."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, StratifiedKFold

from classically_punk.contracts.classifier import FloatArray, Training
from classically_punk.foundation.params import Inner
from classically_punk.validation.grouping import grouped_folds

FitAndScore = Callable[[Training, FloatArray], FloatArray]
"""Fits on a training part and returns the scores for each genre of further rows, shape (rows, n_genres); of several
fits at once, shape (rows, n_fits, n_genres)."""


@dataclass(frozen=True)
class InnerFolds:
    """fold : shape (n,), 1..k, the inner fold that tests each row; note : what had to be given up, or empty"""

    fold: NDArray[np.int64]
    note: str

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(number) for number in np.unique(self.fold))


def inner_folds(training: Training, settings: Inner) -> InnerFolds:
    """Folds of the training part in which no group is split.

    Where the groups allow no such folds with every tested genre in training, genres may be absent from a fold's
    training rows; with fewer groups than folds, rows are split by genre alone. Either is noted.
    """
    labels, groups = pd.Series(training.labels), pd.Series(training.groups)
    found = grouped_folds(labels, groups, settings.folds, settings.seed)
    if found is not None:
        return InnerFolds(found, "")
    fold = np.zeros(len(labels), dtype=np.int64)
    if groups.nunique() >= settings.folds:
        parts = GroupKFold(settings.folds).split(fold, groups=groups.astype(str))
        note = "inner folds: a genre with too few groups is absent from some of them in training"
    else:
        smallest = int(labels.value_counts().min())
        parts = StratifiedKFold(max(2, min(settings.folds, smallest)), shuffle=True, random_state=settings.seed).split(
            fold, labels.astype(str)
        )
        note = f"inner folds split groups: there are only {groups.nunique()}"
    for number, (_, tested) in enumerate(parts, start=1):
        fold[tested] = number
    return InnerFolds(fold, note)


def inner_held_out(training: Training, folds: InnerFolds, fit_and_score: FitAndScore) -> FloatArray:
    """What `fit_and_score` gives for every row, fitted without its inner fold: shape (n, n_genres), or what it gives
    after its first axis."""
    found = {}
    for number in folds.numbers:
        tested = folds.fold == number
        found[number] = fit_and_score(training.part(~tested), training.values[tested])
    scores = np.zeros((len(training.labels), *next(iter(found.values())).shape[1:]))
    for number, each in found.items():
        scores[folds.fold == number] = each
    return scores
