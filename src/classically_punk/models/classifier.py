"""What every classifier of the project is given and what it must answer, so that all are judged by one code."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
TextArray = NDArray[np.object_]


@dataclass(frozen=True)
class Training:
    """The training part of one fold, and nothing of its test part.

    values : shape (n, p), finite, columns in the order of the design table
    labels : shape (n,), genre names
    groups : shape (n,), who must not be split by a search inside the training part (artists or recordings)
    genres : every genre of the table, sorted; one may be absent from `labels`
    """

    values: FloatArray
    labels: TextArray
    groups: TextArray
    genres: tuple[str, ...]


class Classifier(Protocol):
    """A fitted classifier."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was chosen or left out while fitting, in sentences for the table of fits."""

    @property
    def n_columns(self) -> int:
        """Columns that the classifier uses after its own choice of them."""

    def fitted_values(self, values: FloatArray) -> FloatArray:
        """Support for each genre, larger is better. values: shape (n, p). Returns shape (n, n_genres)."""


ClassifierFactory = Callable[[Training], Classifier]
