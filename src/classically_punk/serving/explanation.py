"""Why this genre and not the next: the margin between the two, taken apart into what each column adds.

Scores are linear in the standardised columns, whichever rule answers, so the terms and the difference of intercepts
add up to the margin: nothing is approximated, and no other model explains this one.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classically_punk.bundle.form import BundledColumn, Content
from classically_punk.bundle.reading import FittedPair
from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.models import OPTIMAL_SCORING

FIRST = 6
"""Columns that are put into words."""


@dataclass(frozen=True)
class LinearForm:
    """scores = intercepts + standardised columns @ slopes. intercepts : shape (n_genres,); slopes : (p, n_genres)"""

    intercepts: FloatArray
    slopes: FloatArray

    def scores(self, standardised: FloatArray) -> FloatArray:
        """standardised : shape (p,). Returns shape (n_genres,)."""
        found: FloatArray = self.intercepts + standardised @ self.slopes
        return found


def linear_form(fit: FittedPair, rule: str) -> LinearForm:
    """What a rule answers by, as one linear map of the standardised columns.

    A genre without training rows, which optimal scoring puts below all others, has no linear form: its score stays that
    of the regression, 0. No bundle serves one, since every genre of a corpus has clips.
    """
    regression = fit.regression
    if rule != OPTIMAL_SCORING:
        return LinearForm(regression.intercepts, regression.column_slopes)
    nearest = fit.optimal_scoring.rule
    return LinearForm(
        nearest.offsets + regression.intercepts @ nearest.weights, regression.column_slopes @ nearest.weights
    )


@dataclass(frozen=True)
class Term:
    """What one column adds to the margin.

    value : in the column's unit; farther_than : share of the training clips with a smaller value
    standardised : in training deviations; contribution : to the score of the winner less that of the runner-up
    """

    column: BundledColumn
    value: float
    farther_than: float
    standardised: float
    contribution: float

    @property
    def words(self) -> str:
        """The term as a sentence without its contribution."""
        share = round(100 * self.farther_than)
        where = (
            f"higher than in {share} % of the training clips"
            if share >= 50
            else (f"lower than in {100 - share} % of the training clips")
        )
        unit = "" if self.column.unit == "1" else f" {self.column.unit}"
        return f"{self.column.title} {self.value:.4g}{unit}, {where}"


@dataclass(frozen=True)
class Explanation:
    """margin = intercept + sum of the terms' contributions. terms : the largest first; families : family -> sum"""

    winner: str
    runner_up: str
    margin: float
    intercept: float
    terms: tuple[Term, ...]
    families: dict[str, float]

    @property
    def words(self) -> tuple[str, ...]:
        """The largest terms as sentences."""
        return tuple(
            f"{term.words}: {term.contribution:+.2f} for {self.winner if term.contribution >= 0 else self.runner_up}"
            for term in self.terms[:FIRST]
        )


def explain(
    content: Content, form: LinearForm, standardised: FloatArray, values: FloatArray, scores: FloatArray
) -> Explanation:
    """Why the genre with the largest score is ahead of the second.

    standardised, values : shape (p,), values in the columns' units; scores : shape (n_genres,), `form` of the former
    """
    order = np.argsort(-scores, kind="stable")
    first, second = int(order[0]), int(order[1])
    parts = standardised * (form.slopes[:, first] - form.slopes[:, second])
    by_size = np.argsort(-np.abs(parts), kind="stable")
    terms = tuple(
        Term(
            content.columns[j],
            float(values[j]),
            share_below(content.columns[j].quantiles, float(values[j])),
            float(standardised[j]),
            float(parts[j]),
        )
        for j in by_size
    )
    families: dict[str, float] = {}
    for term in terms:
        families[term.column.family] = families.get(term.column.family, 0.0) + term.contribution
    return Explanation(
        content.genres[first],
        content.genres[second],
        float(scores[first] - scores[second]),
        float(form.intercepts[first] - form.intercepts[second]),
        terms,
        dict(sorted(families.items(), key=lambda item: -abs(item[1]))),
    )


def share_below(quantiles: Sequence[float], value: float) -> float:
    """Share of a distribution below `value`, from evenly spaced quantiles, its smallest and largest value first and
    last.

    >>> share_below([0.0, 1.0, 2.0], 1.5)
    0.75
    """
    if value < quantiles[0]:
        return 0.0
    if value >= quantiles[-1]:
        return 1.0
    place = bisect_right(quantiles, value) - 1  # NumPy's interp takes a hundred times as long for one value
    step = (value - quantiles[place]) / (quantiles[place + 1] - quantiles[place])
    return (place + step) / (len(quantiles) - 1)
