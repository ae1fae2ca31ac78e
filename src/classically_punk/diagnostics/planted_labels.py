"""How well are wrong labels found? Labels are made wrong on purpose, and the search is asked for them.

Least squares makes this cheap: neither the transform of the columns nor their choice looks at labels (`forward`
apart, which has seen the right ones), so that all repetitions are responses of one least squares, whose fitted values
without each row's song have a closed form.
Source of the question: Northcutt, Jiang & Chuang 2021, Confident learning, JAIR 70 (planted noise as the yardstick).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.label_search import CHANCE, MARGIN, NEAREST, RANDOM
from classically_punk.diagnostics.label_doubts import by_chance, doubts, measures, neighbours
from classically_punk.diagnostics.label_issues import Rows, others
from classically_punk.foundation.params import LabelIssues
from classically_punk.models.leave_out import leave_one_group_out

AT_ONCE = 20
"""Plantings whose fitted values are held in memory together."""


@dataclass(frozen=True)
class Planting:
    """labels : shape (n,), places of genres, some of them made wrong; wrong : shape (n,), which"""

    labels: NDArray[np.intp]
    wrong: NDArray[np.bool_]


def search_by_planting(
    rows: Rows, settings: LabelIssues, confidence: float, listed: Collection[str] = ()
) -> list[dict[str, object]]:
    """Average precision, and precision among as many as were planted, of each way of looking for wrong labels.

    listed : clips whose label is known to be wrong as it is; they are fitted to like any other, but not judged by
    Returns rows of LABEL_ISSUE_SEARCH; none where every clip is listed. Intervals are of the mean over repetitions
    (Student's t): how far the luck of what was planted goes, not how another collection would do.
    """
    judged = ~np.isin(rows.clips.astype(str), list(listed))
    n = int(judged.sum())
    if n == 0:
        return []
    count = max(1, round(settings.planted_share * n))
    nearest, right = neighbours(rows), rows.fitted
    found: list[dict[str, object]] = []
    for number, kind in enumerate((RANDOM, NEAREST)):
        rng = np.random.default_rng([settings.seed, number])
        plantings = [plant(rows, right, kind, count, rng, judged) for _ in range(settings.repeats)]
        scores: dict[tuple[str, str], list[float]] = {}
        for planting, fitted in zip(plantings, held_out(rows, plantings), strict=True):
            for method, doubt in doubts(fitted, planting.labels, nearest).items():
                for measure, value in measures(planting.wrong[judged], doubt[judged]).items():
                    scores.setdefault((method, measure), []).append(value)
        about = {"source": kind, "n": n, "n_wrong": count, "repeats": settings.repeats}
        for (method, measure), values in scores.items():
            cells = _compared(values, scores[MARGIN, measure], method, confidence)
            found.append({**about, "method": method, "measure": measure, **cells})
        for measure, value in by_chance(n, count).items():
            found.append({**about, "method": CHANCE, "measure": measure, "value": value})
    return found


def plant(
    rows: Rows, right: FloatArray, kind: str, count: int, rng: np.random.Generator, among: NDArray[np.bool_]
) -> Planting:
    """`count` labels made wrong: each another genre at random, or the one that its own held-out fit puts nearest.

    among : shape (n,), rows that may be chosen, `count` at least
    right : shape (n, n_genres), fitted values with all labels right, each row's song left out. The nearest genre is
    the best in them but the label's, which is the hardest for the margin: the wrong label is what it would suggest.
    """
    chosen = rng.choice(np.flatnonzero(among), size=count, replace=False)
    labels = rows.actual.copy()
    if kind == RANDOM:
        labels[chosen] = (labels[chosen] + rng.integers(1, len(rows.genres), size=count)) % len(rows.genres)
    else:
        labels[chosen] = others(right, rows.actual)[chosen].argmax(axis=1)
    return Planting(labels, labels != rows.actual)


def mean_interval(values: FloatArray, confidence: float, least: float, most: float) -> tuple[float, float, float]:
    """Mean, and the ends of its interval by Student's t, within what the mean can be; NaN for the ends of one value."""
    mean = float(values.mean())
    if len(values) < 2:
        return mean, np.nan, np.nan
    reach = float(student.ppf(0.5 + confidence / 2, len(values) - 1)) * float(values.std(ddof=1)) / len(values) ** 0.5
    return mean, max(least, mean - reach), min(most, mean + reach)


def held_out(rows: Rows, plantings: Sequence[Planting]) -> Iterator[FloatArray]:
    """Fitted values without each row's song, shape (n, n_genres) for each planting."""
    for start in range(0, len(plantings), AT_ONCE):
        part = plantings[start : start + AT_ONCE]
        stacked = np.concatenate([rows.indicators(planting.labels) for planting in part], axis=1)
        yield from np.split(leave_one_group_out(rows.design, stacked, rows.songs), len(part), axis=1)


def _compared(values: list[float], margin: list[float], method: str, confidence: float) -> dict[str, float]:
    """The mean with its interval, and by how much the margin is ahead, paired over repetitions."""
    cells = dict(zip(("value", "low", "high"), mean_interval(np.array(values), confidence, 0.0, 1.0), strict=True))
    if method == MARGIN:
        return cells
    ahead = mean_interval(np.array(margin) - np.array(values), confidence, -1.0, 1.0)
    return cells | dict(zip(("margin_ahead", "ahead_low", "ahead_high"), ahead, strict=True))
