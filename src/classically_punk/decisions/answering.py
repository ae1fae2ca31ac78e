"""What is answered where the least expected cost decides, and how much of it is right."""

from dataclasses import dataclass

import numpy as np

from classically_punk.decisions.abstention import Answers, accuracy_intervals
from classically_punk.decisions.costs import CostMatrix, least_expected
from classically_punk.scoring.bootstrap import FloatArray, Interval


@dataclass(frozen=True)
class Answered:
    """coverage : share of the rows that is answered; n : how many; accuracy : of these, None where there is none"""

    coverage: float
    n: int
    accuracy: float | None
    interval: Interval


def answered_under_cost(answers: Answers, costs: CostMatrix, weights: FloatArray, level: float) -> Answered:
    """weights : draws of the groups, shape (resamples, n_groups); level : of the interval of the accuracy."""
    given, _, kept = least_expected(answers, costs)
    n = int(np.count_nonzero(kept))
    accuracy = float(given.right[kept].mean()) if n else None
    interval = accuracy_intervals(given, kept[:, None], weights, level)[0]
    return Answered(n / len(given), n, accuracy, interval)
