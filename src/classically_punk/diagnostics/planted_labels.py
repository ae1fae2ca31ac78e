"""How well are wrong labels found? Labels are made wrong on purpose, and the search is asked for them.

Least squares makes this cheap: neither the transform of the columns nor their choice looks at labels, so that the
fitted values of all rows without their group are one linear map of the labels. Every repetition is a matrix product.
Source of the question: Northcutt, Jiang & Chuang 2021, Confident learning, JAIR 70 (planted noise as the yardstick).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student
from sklearn.metrics import average_precision_score

from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.models.leave_out import leave_one_group_out

RANDOM, NEAREST = "planted at random", "planted towards the nearest genre"
NEIGHBOURS = 10


@dataclass(frozen=True)
class Rows:
    """The rows that are searched.

    design  : shape (n, m), the regression's, intercept among the columns
    actual  : shape (n,), place of each row's label among `n_genres`
    groups  : shape (n,), rows of a group are left out together (recordings)
    """

    design: FloatArray
    actual: NDArray[np.intp]
    groups: TextArray
    n_genres: int

    def indicators(self, labels: NDArray[np.intp]) -> FloatArray:
        """shape (n, n_genres): 1 where a row has the label."""
        return np.eye(self.n_genres)[labels]


def search_by_planting(rows: Rows, share: float, repeats: int, seed: int, confidence: float) -> pd.DataFrame:
    """Average precision, and precision among as many as were planted, of each way of looking for wrong labels.

    share : of the labels made wrong in each repetition; repeats : repetitions of either kind of planting
    Columns: source (how labels were made wrong), method (margin: by the fitted value of the best other genre less that
    of the label, fitted without the row's recording; neighbours: by the share of the nearest rows of other recordings
    that have another label; chance), measure, value, low, high (of the mean over repetitions, Student's t), n,
    n_faults, repeats, reason.
    """
    planted = max(1, round(share * len(rows.actual)))
    operator = held_out_operator(rows)
    nearest = _neighbours(rows)
    found: list[dict[str, object]] = []
    for kind in (RANDOM, NEAREST):
        rng = np.random.default_rng([seed, 0 if kind == RANDOM else 1])
        scores: dict[tuple[str, str], list[float]] = {}
        for labels, wrong in _plantings(rows, operator, kind, planted, repeats, rng):
            ways = {
                "margin": margins(operator @ rows.indicators(labels), labels),
                "neighbours": (labels[nearest] != labels[:, None]).mean(axis=1),
            }
            for method, doubt in ways.items():
                first = np.argsort(-doubt, kind="stable")[:planted]
                scores.setdefault((method, "average_precision"), []).append(average_precision_score(wrong, doubt))
                scores.setdefault((method, "precision_at_planted"), []).append(float(wrong[first].mean()))
        size: dict[str, object] = {"n": len(rows.actual), "n_faults": planted, "repeats": repeats}
        for (method, measure), values in scores.items():
            found.append({"source": kind, "method": method, "measure": measure} | _mean(values, confidence) | size)
        chance: dict[str, object] = {"value": planted / len(rows.actual), "low": np.nan, "high": np.nan}
        reason = "the share of labels that are wrong: what a search at random finds"
        found.append({"source": kind, "method": "chance", "measure": "share"} | chance | size | {"reason": reason})
    return pd.DataFrame(found).assign(reason=lambda table: table["reason"].fillna(""))


def held_out_operator(rows: Rows) -> FloatArray:
    """shape (n, n): times the indicators, the fitted values of every row without its group."""
    return leave_one_group_out(rows.design, np.eye(len(rows.design)), rows.groups)


def margins(fitted: FloatArray, labels: NDArray[np.intp]) -> FloatArray:
    """shape (n,): fitted value of the best genre but the label's, less that of the label; above 0 is a contradiction.

    fitted : shape (n, n_genres); labels : shape (n,)

    >>> margins(np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]), np.array([0, 1])).round(6).tolist()
    [-0.5, 0.3]
    """
    index = np.arange(len(labels))
    others = fitted.copy()
    others[index, labels] = -np.inf
    margin: FloatArray = others.max(axis=1) - fitted[index, labels]
    return margin


def _plantings(
    rows: Rows, operator: FloatArray, kind: str, planted: int, repeats: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.bool_]]]:
    """Labels with `planted` of them wrong, and which: once a repetition."""
    others = operator @ rows.indicators(rows.actual)
    others[np.arange(len(rows.actual)), rows.actual] = -np.inf
    for _ in range(repeats):
        chosen = rng.choice(len(rows.actual), size=planted, replace=False)
        if kind == RANDOM:
            wrong_label = (rows.actual[chosen] + rng.integers(1, rows.n_genres, size=planted)) % rows.n_genres
        else:
            wrong_label = others[chosen].argmax(axis=1)
        labels = rows.actual.copy()
        labels[chosen] = wrong_label
        wrong = np.zeros(len(labels), dtype=bool)
        wrong[chosen] = True
        yield labels, wrong


def _neighbours(rows: Rows) -> NDArray[np.intp]:
    """shape (n, k): the nearest rows of other groups, by distance in the regression's columns."""
    columns = rows.design - rows.design.mean(axis=0)
    squares = (columns**2).sum(axis=1)
    distance = squares[:, None] + squares[None, :] - 2.0 * columns @ columns.T
    distance[rows.groups[:, None] == rows.groups[None, :]] = np.inf
    nearest: NDArray[np.intp] = np.argsort(distance, axis=1, kind="stable")[:, : min(NEIGHBOURS, len(columns) - 1)]
    return nearest


def _mean(values: list[float], confidence: float) -> dict[str, object]:
    mean = float(np.mean(values))
    if len(values) < 2:
        return {"value": mean, "low": np.nan, "high": np.nan}
    reach = float(student.ppf(0.5 + confidence / 2, len(values) - 1)) * float(
        np.std(values, ddof=1) / np.sqrt(len(values))
    )
    return {"value": mean, "low": max(0.0, mean - reach), "high": min(1.0, mean + reach)}
