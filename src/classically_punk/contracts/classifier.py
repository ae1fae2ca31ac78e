"""What every classifier of the project is given and what it must answer, so that all are judged by one code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
TextArray = NDArray[np.object_]


@dataclass(frozen=True)
class Training:
    """The training part of one fold, and nothing of its test part.

    values : shape (n, p), finite, columns in the order of the design table
    labels : shape (n,), genre names
    groups : shape (n,), what a search or calibration inside the training part must not split: what the protocol keeps
             apart, no more and no less
    genres : every genre of the table, sorted; one may be absent from `labels`
    """

    values: FloatArray
    labels: TextArray
    groups: TextArray
    genres: tuple[str, ...]

    def part(self, rows: NDArray[np.bool_]) -> "Training":
        """The rows where `rows`, shape (n,), is true."""
        return Training(self.values[rows], self.labels[rows], self.groups[rows], self.genres)

    @property
    def index(self) -> NDArray[np.intp]:
        """shape (n,): the place of each label in `genres`."""
        place = {genre: k for k, genre in enumerate(self.genres)}
        return np.array([place[label] for label in self.labels], dtype=np.intp)


class Classifier(Protocol):
    """A fitted classifier."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was chosen or left out while fitting, in sentences for the table of fits."""

    @property
    def n_columns(self) -> int:
        """Columns that the classifier uses after its own choice of them."""

    @property
    def inverse_temperature(self) -> float:
        """What scores are multiplied by before the softmax that makes them probabilities."""

    def scores(self, values: FloatArray) -> FloatArray:
        """Scores for each genre, larger is better. values: shape (n, p). Returns shape (n, n_genres)."""


@runtime_checkable
class WithLeverage(Protocol):
    """A classifier that can say how far a row lies from its training music."""

    def leverage(self, values: FloatArray) -> FloatArray:
        """values: shape (n, p). Returns shape (n,), 0 or more."""


ClassifierFactory = Callable[[Training], Classifier]
Suite = Callable[[Training], Mapping[str, Classifier]]
"""Several classifiers by name, fitted on one training part."""


def alone(name: str, factory: ClassifierFactory) -> Suite:
    """A suite of one."""

    def fit(training: Training) -> Mapping[str, Classifier]:
        return {name: factory(training)}

    return fit


def together(*suites: Suite) -> Suite:
    """One suite of all classifiers of several."""

    def fit(training: Training) -> Mapping[str, Classifier]:
        return {name: classifier for suite in suites for name, classifier in suite(training).items()}

    return fit
