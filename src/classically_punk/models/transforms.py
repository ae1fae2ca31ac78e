"""Columns made comparable: shape (Yeo-Johnson or normal scores), outliers cut, standardised. Fitted on training rows.

Every fitted transform is frozen, applies to new rows without looking at them together, and is written as JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from classically_punk.contracts.classifier import FloatArray
from classically_punk.foundation.params import Ols

SMALLEST_DEVIATION = 1e-12  # of the largest magnitude: below it a column's deviation is rounding noise
LARGEST_EXPONENT = 40.0  # of the power searched for; exp(40) still leaves half of a double's digits of room
SEARCH_ROWS = 2000  # rows that the search for a power looks at: of more, as many evenly spaced order statistics
KNOTS = 257  # of a normal-score curve: all values of a small table, an even choice of them in a larger one


@dataclass(frozen=True)
class Unchanged:
    """No change of shape."""

    def apply(self, values: FloatArray) -> FloatArray:
        """values: shape (n, p). Returns them as they are."""
        return values

    def to_json(self) -> dict[str, Any]:
        return {"kind": "none"}


@dataclass(frozen=True)
class YeoJohnson:
    """Power transform of each column, scaled by its training deviation first so that units do not matter.

    scale   : shape (p,), each column's unit
    powers  : shape (p,), maximum-likelihood lambda
    Source: Yeo & Johnson 2000, A new family of power transformations, Biometrika 87.
    """

    scale: FloatArray
    powers: FloatArray

    @classmethod
    def fit(cls, values: FloatArray) -> "YeoJohnson":
        """values: shape (n, p), training rows. A column constant in them keeps its shape (power 1)."""
        deviation = values.std(axis=0)
        constant = _constant(values)
        scale = np.where(constant, 1.0, deviation)
        powers = np.ones(values.shape[1])
        for j in np.flatnonzero(~constant):
            powers[j] = most_likely_power(values[:, j] / scale[j])
        return cls(scale, powers)

    def apply(self, values: FloatArray) -> FloatArray:
        """values: shape (n, p). Returns the same shape."""
        return yeo_johnson(values / self.scale, self.powers)

    def to_json(self) -> dict[str, Any]:
        return {"kind": "yeo_johnson", "scale": self.scale.tolist(), "powers": self.powers.tolist()}


@dataclass(frozen=True)
class NormalScores:
    """Each value replaced by the standard-normal score of its rank among the training values.

    knots, scores : one array per column, both increasing; between knots the score is interpolated linearly, beyond
    the smallest and largest training value it stays at the outermost score, so that no new row can have more pull
    than the training rows had. Scores follow Blom: rank r of n gets the normal quantile of (r - 3/8) / (n + 1/4).
    """

    knots: tuple[FloatArray, ...]
    scores: tuple[FloatArray, ...]

    @classmethod
    def fit(cls, values: FloatArray) -> "NormalScores":
        """values: shape (n, p), training rows; ties share their mean rank."""
        curves = [_score_curve(values[:, j]) for j in range(values.shape[1])]
        return cls(tuple(knots for knots, _ in curves), tuple(scores for _, scores in curves))

    def apply(self, values: FloatArray) -> FloatArray:
        """values: shape (n, p). Returns the same shape, standard-normal scores."""
        result = np.empty_like(values)
        for j, (knots, scores) in enumerate(zip(self.knots, self.scores, strict=True)):
            result[:, j] = np.interp(values[:, j], knots, scores)
        return result

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": "normal_scores",
            "knots": [knots.tolist() for knots in self.knots],
            "scores": [scores.tolist() for scores in self.scores],
        }


Shape = Unchanged | YeoJohnson | NormalScores


@dataclass(frozen=True)
class ColumnTransform:
    """Shape, then outliers cut off, then centre 0 and deviation 1 on the training rows.

    low, high : shape (p,), limits of the shaped columns; None = nothing is cut
    centre, deviation : shape (p,), of the shaped and cut training columns
    constant  : shape (p,), columns that do not vary in the training rows; they become 0 everywhere
    """

    shape: Shape
    low: FloatArray | None
    high: FloatArray | None
    centre: FloatArray
    deviation: FloatArray
    constant: NDArray[np.bool_]

    @classmethod
    def fit(cls, values: FloatArray, settings: Ols) -> "ColumnTransform":
        """values: shape (n, p), training rows, finite. Raises ValueError on a missing or infinite value."""
        _require_finite(values)
        shape = fit_shape(values, settings.transform)
        shaped = shape.apply(values)
        low = high = None
        if settings.winsorise is not None:
            reach = settings.winsorise * shaped.std(axis=0)
            low, high = shaped.mean(axis=0) - reach, shaped.mean(axis=0) + reach
            shaped = np.clip(shaped, low, high)
        constant = _constant(values) | _constant(shaped)
        deviation = np.where(constant, 1.0, shaped.std(axis=0))
        return cls(shape, low, high, shaped.mean(axis=0), deviation, constant)

    def apply(self, values: FloatArray) -> FloatArray:
        """values: shape (n, p), finite. Returns the same shape, in training deviations from the training mean."""
        _require_finite(values)
        shaped = self.shape.apply(values)
        if self.low is not None and self.high is not None:
            shaped = np.clip(shaped, self.low, self.high)
        standardised: FloatArray = (shaped - self.centre) / self.deviation
        standardised[:, self.constant] = 0.0
        return standardised

    def to_json(self) -> dict[str, Any]:
        return {
            "shape": self.shape.to_json(),
            "low": None if self.low is None else self.low.tolist(),
            "high": None if self.high is None else self.high.tolist(),
            "centre": self.centre.tolist(),
            "deviation": self.deviation.tolist(),
            "constant": self.constant.tolist(),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "ColumnTransform":
        """The transform that `to_json` described. Raises ValueError on a kind of shape not known here."""
        low, high = content["low"], content["high"]
        return cls(
            shape_from_json(content["shape"]),
            None if low is None else np.array(low, dtype=float),
            None if high is None else np.array(high, dtype=float),
            np.array(content["centre"], dtype=float),
            np.array(content["deviation"], dtype=float),
            np.array(content["constant"], dtype=bool),
        )


def fit_shape(values: FloatArray, kind: str) -> Shape:
    """values: shape (n, p), training rows; kind: a value of `ols.transform` in params.yaml."""
    if kind == "none":
        return Unchanged()
    if kind == "yeo_johnson":
        return YeoJohnson.fit(values)
    if kind == "normal_scores":
        return NormalScores.fit(values)
    raise ValueError(f"transform {kind!r}: expected none, yeo_johnson or normal_scores")


def shape_from_json(content: Mapping[str, Any]) -> Shape:
    """The shape that `to_json` described. Raises ValueError on a kind not known here."""
    kind = content["kind"]
    if kind == "none":
        return Unchanged()
    if kind == "yeo_johnson":
        return YeoJohnson(np.array(content["scale"], dtype=float), np.array(content["powers"], dtype=float))
    if kind == "normal_scores":
        return NormalScores(
            tuple(np.array(knots, dtype=float) for knots in content["knots"]),
            tuple(np.array(scores, dtype=float) for scores in content["scores"]),
        )
    raise ValueError(f"transform {kind!r}: expected none, yeo_johnson or normal_scores")


def yeo_johnson(values: FloatArray, powers: FloatArray) -> FloatArray:
    """values: shape (n, p); powers: shape (p,). Returns shape (n, p).

    For x >= 0 ((x + 1)^power - 1) / power, below 0 the mirror image with 2 - power; logarithms where a power is 0.
    """
    logs = np.log1p(np.abs(values))
    power = np.where(values >= 0, powers, 2.0 - powers)
    exponent = np.minimum(power * logs, 300.0)  # a new row far outside stays finite
    straight = np.abs(power) < 1e-12
    powered = np.where(straight, logs, np.expm1(exponent) / np.where(straight, 1.0, power))
    result: FloatArray = np.copysign(powered, values)
    return result


def most_likely_power(values: FloatArray) -> float:
    """The power under which `values`, shape (n,), not constant, look most like a normal sample."""
    from scipy.optimize import minimize_scalar  # slow to import, and applying a transform does without it

    if len(values) > SEARCH_ROWS:
        ranks = (np.arange(SEARCH_ROWS) + 0.5) * (len(values) / SEARCH_ROWS)
        values = np.sort(values)[ranks.astype(np.intp)]
    logs = np.log1p(np.abs(values))
    positive = values >= 0
    slope = float(np.copysign(logs, values).sum())
    n = len(values)

    def negative_log_likelihood(power: float) -> float:
        powered = yeo_johnson_column(logs, positive, power)
        variance = float(powered.var())
        if variance <= 0.0:  # all digits lost: as unlikely as can be
            return np.inf
        return 0.5 * n * float(np.log(variance)) - (power - 1.0) * slope

    reach = LARGEST_EXPONENT / max(float(logs.max()), 1e-3)
    found = minimize_scalar(
        negative_log_likelihood, bounds=(1.0 - reach, 1.0 + reach), method="bounded", options={"xatol": 1e-6}
    )
    return float(found.x)


def yeo_johnson_column(logs: FloatArray, positive: NDArray[np.bool_], power: float) -> FloatArray:
    """One column from its `log1p(|x|)` and signs, both shape (n,): what the search evaluates again and again."""
    if positive.all():
        return _expm1_over(logs, power)
    result: FloatArray = np.where(positive, _expm1_over(logs, power), -_expm1_over(logs, 2.0 - power))
    return result


def _expm1_over(logs: FloatArray, power: float) -> FloatArray:
    result: FloatArray = logs if abs(power) < 1e-12 else np.expm1(power * logs) / power
    return result


def _score_curve(column: FloatArray) -> tuple[FloatArray, FloatArray]:
    from scipy.stats import rankdata  # slow to import, and applying a transform does without it

    distinct, first = np.unique(column, return_index=True)
    ranks = rankdata(column)[first]
    scores = ndtri((ranks - 0.375) / (len(column) + 0.25))
    if len(distinct) > KNOTS:
        chosen = np.unique(np.linspace(0, len(distinct) - 1, KNOTS).round().astype(int))
        distinct, scores = distinct[chosen], scores[chosen]
    return distinct, scores


def _constant(values: FloatArray) -> NDArray[np.bool_]:
    largest = np.abs(values).max(axis=0, initial=0.0)
    constant: NDArray[np.bool_] = values.std(axis=0) <= SMALLEST_DEVIATION * largest
    return constant


def _require_finite(values: FloatArray) -> None:
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise ValueError(f"row {row}, column {column}: missing or infinite value; `clean` leaves such clips out")
