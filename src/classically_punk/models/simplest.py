"""Which of several settings: the one with the lowest log loss in inner folds, or a simpler one that is as good.

Each setting is judged by the mean log loss of its calibrated probabilities for rows that it was not fitted on. A count
of right answers takes few values: two settings tie, and one last bit decides between them. A mean loss is smooth, and
settings within `AS_GOOD` of the lowest count as equal, so that the order of the settings decides between those that
predict the same, and never rounding.

The one-standard-error rule (Breiman et al. 1984) is not used: inner folds train on less than the whole training part,
which asks for a simpler setting as it is, and going further costs accuracy; benchmarks/README.md has the numbers.
Source: Gneiting & Raftery 2007, Strictly proper scoring rules, prediction, and estimation (the log loss).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classically_punk.contracts.classifier import FloatArray
from classically_punk.models.calibration import fit_inverse_temperature, log_losses

AS_GOOD = 1e-3
"""Nats by which a mean loss may exceed the lowest and count as equal."""


@dataclass(frozen=True)
class Judged:
    """loss : mean log loss, nats a row, of softmax(inverse_temperature * scores)"""

    loss: float
    inverse_temperature: float


def judged(scores: FloatArray, actual: NDArray[np.intp]) -> Judged:
    """scores : shape (n, n_genres), of rows that were not fitted on; actual : shape (n,), places of their genres"""
    b = fit_inverse_temperature(scores, actual)
    return Judged(float(log_losses(scores, actual, b).mean()), b)


def simplest_as_good(losses: FloatArray | list[float]) -> int:
    """Place of the setting to take. losses : one a setting, the simplest first. Raises ValueError without a setting."""
    if len(losses) == 0:
        raise ValueError("no setting to choose from")
    found = np.asarray(losses, dtype=float)
    return int(np.argmax(found <= found.min() + AS_GOOD))
