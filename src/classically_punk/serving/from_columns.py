"""Answers from columns that somebody else computed: the same linear form, without any audio."""

from dataclasses import dataclass

import numpy as np

from classically_punk.contracts.classifier import FloatArray
from classically_punk.serving.answer import Answerer, Verdict
from classically_punk.serving.explanation import Explanation, explain, linear_form


class OutOfReachError(ValueError):
    """Columns whose scores are no numbers: values that no clip has. row : which"""

    def __init__(self, row: int) -> None:
        super().__init__(f"row {row} has values that no clip can have: its scores are no numbers")
        self.row = row


@dataclass(frozen=True)
class Told:
    """What is said of one row, and why."""

    verdict: Verdict
    explanation: Explanation


def answer_columns(answerer: Answerer, values: FloatArray, duration: float) -> list[Told]:
    """values : shape (n, p), in the bundle's order and units; duration : s of the clips that were described

    Equals the answer to the clip itself where that is no longer than the longest measured length, and is asked about
    as a whole. Raises OutOfReachError, and ValueError on another number of columns.
    """
    content = answerer.loaded.content
    if values.ndim != 2 or values.shape[1] != len(content.columns):
        raise ValueError(f"shape {values.shape} found, (n, {len(content.columns)}) expected")
    basis = answerer.basis(duration)
    fit = answerer.loaded.fits[basis.fitted_to]
    form = linear_form(fit, basis.rule)
    with np.errstate(over="ignore", invalid="ignore"):
        standardised = fit.regression.transform.apply(values)
        scores = standardised @ form.slopes + form.intercepts
        reached = np.isfinite(standardised).all(axis=1) & np.isfinite(basis.inverse_temperature * scores).all(axis=1)
    if not reached.all():
        raise OutOfReachError(int(np.argmin(reached)))
    return [
        Told(
            answerer.verdict(0.0, duration, scores[row], basis),
            explain(content, form, standardised[row], values[row], scores[row]),
        )
        for row in range(len(values))
    ]
