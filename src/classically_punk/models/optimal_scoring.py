"""The nearest class mean in fitted space: another decision rule on the same least-squares fits.

The largest fitted value masks a genre that lies between two others: its fitted value is nowhere the largest. The
fitted values still tell it apart. Taking each genre's mean of them and the spread of rows about their means, the rule
answers with the genre whose mean is nearest in units of that spread. This is linear discriminant analysis, unshrunken,
reached through regression, and because it is linear in the fitted values every answer still comes apart into what each
column adds.
Source: Hastie, Tibshirani & Buja 1994, Flexible discriminant analysis by optimal scoring, JASA 89, sec. 3; Hastie,
Tibshirani & Friedman 2009, The Elements of Statistical Learning, sec. 4.2 (masking) and 12.5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from classically_punk.contracts.classifier import FloatArray
from classically_punk.models.regression import GenreRegression

FAR_BELOW = 20.0  # how far below its lowest genre a row's score of a genre without training rows lies
SMALLEST_SHARE = 1e-10  # of the largest eigenvalue of the spread: fitted values sum to 1, so one direction is empty


@dataclass(frozen=True)
class FittedSpaceRule:
    """scores = offsets + fitted values @ weights, logarithms of class probabilities up to a constant of the row.

    offsets : shape (n_genres,); weights : shape (n_genres, n_genres); absent : genres without training rows
    """

    offsets: FloatArray
    weights: FloatArray
    absent: tuple[int, ...]

    @classmethod
    def fit(cls, fitted: FloatArray, indicators: FloatArray) -> "FittedSpaceRule":
        """fitted, indicators : shape (n, n_genres), of the training rows."""
        counts = indicators.sum(axis=0)
        present = np.flatnonzero(counts > 0)
        means = np.zeros((indicators.shape[1], indicators.shape[1]))
        means[present] = (indicators.T @ fitted)[present] / counts[present, None]
        within = fitted - indicators @ means
        precision = np.linalg.pinv(within.T @ within / len(fitted), rcond=SMALLEST_SHARE, hermitian=True)
        weights = precision @ means.T
        priors = np.log(np.where(counts > 0, counts, 1.0) / len(fitted))
        offsets = priors - 0.5 * np.einsum("kj,jk->k", means, weights)
        return cls(offsets, weights, tuple(int(k) for k in np.flatnonzero(counts == 0)))

    def scores(self, fitted: FloatArray) -> FloatArray:
        """fitted : shape (n, n_genres). Returns the same shape."""
        found: FloatArray = self.offsets + fitted @ self.weights
        if self.absent:
            others = [k for k in range(found.shape[1]) if k not in self.absent]
            found[:, list(self.absent)] = found[:, others].min(axis=1, keepdims=True) - FAR_BELOW
        return found


@dataclass(frozen=True)
class OptimalScoring:
    """The regressions of `regression` with the rule above: a classifier of its own."""

    regression: GenreRegression
    rule: FittedSpaceRule
    inverse_temperature: float

    @property
    def notes(self) -> tuple[str, ...]:
        return self.regression.notes

    @property
    def n_columns(self) -> int:
        return self.regression.n_columns

    def to_json(self) -> dict[str, Any]:
        """The rule alone; the regressions are written by `GenreRegression.to_json`."""
        return {
            "offsets": self.rule.offsets.tolist(),
            "weights": self.rule.weights.tolist(),
            "absent": list(self.rule.absent),
            "inverse_temperature": self.inverse_temperature,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any], regression: GenreRegression) -> "OptimalScoring":
        """The rule that `to_json` described, on its regressions."""
        offsets, weights = (np.array(content[name], dtype=float) for name in ("offsets", "weights"))
        rule = FittedSpaceRule(offsets, weights, tuple(int(k) for k in content["absent"]))
        return cls(regression, rule, float(content["inverse_temperature"]))

    def scores(self, values: FloatArray) -> FloatArray:
        """values: shape (n, p), in the units of the design table. Returns scores, shape (n, n_genres)."""
        return self.rule.scores(self.regression.fitted_values(values))

    def leverage(self, values: FloatArray) -> FloatArray:
        """As of the regression: shape (n,)."""
        return self.regression.leverage(values)
