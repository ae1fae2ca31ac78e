"""Answering only when sure: how accuracy rises as clips are left to a person, and what confidence a target takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classically_punk.contracts import tables
from classically_punk.contracts.design import genres_of
from classically_punk.contracts.tables.decisions import COVERAGE
from classically_punk.scoring.bootstrap import (
    FloatArray,
    Interval,
    Units,
    percentile_interval,
    resampled_counts,
    share_interval,
    units_of,
)
from classically_punk.scoring.soft_scores import actual_of, calibrated

Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]

STEPS = 50
THRESHOLDS: FloatArray = np.arange(STEPS + 1) / STEPS  # 0, 0.02, .. 1
LEVERAGE_QUANTILE = 0.9  # of the tested rows' leverage: the limit of "both"
AT_LEAST = 10  # rows that an accuracy must rest on before a threshold is chosen by it


@dataclass(frozen=True)
class Answers:
    """Held-out answers of one model under one protocol; n rows.

    genres        : sorted; probabilities : shape (n, n_genres), calibrated
    actual, predicted : shape (n,), places in genres
    folds         : shape (n,), the fold that each row was tested in
    group_of      : shape (n,), place of each row's group in `groups`, which are sorted
    leverage      : shape (n,), distance from the training music; None for a model that has none
    """

    genres: tuple[str, ...]
    probabilities: FloatArray
    actual: Indices
    predicted: Indices
    folds: NDArray[np.int64]
    groups: tuple[str, ...]
    group_of: Indices
    leverage: FloatArray | None

    def __len__(self) -> int:
        return len(self.actual)

    @cached_property
    def confidence(self) -> FloatArray:
        """shape (n,): probability of the predicted genre."""
        return np.asarray(self.probabilities[np.arange(len(self)), self.predicted])

    @cached_property
    def right(self) -> FloatArray:
        """shape (n,): 1 where the predicted genre is the actual one, else 0."""
        return np.asarray(self.actual == self.predicted, dtype=np.float64)

    @cached_property
    def units(self) -> Units:
        """The groups that intervals resample, in the order of `groups`."""
        return units_of(np.array(self.genres)[self.actual], np.array(self.groups)[self.group_of])

    def by_group(self, rows: FloatArray) -> FloatArray:
        """Sums per group. rows : shape (n, ...). Returns shape (n_groups, ...)."""
        order = np.argsort(self.group_of, kind="stable")
        starts = np.searchsorted(self.group_of[order], np.arange(len(self.groups)))
        sums: FloatArray = np.add.reduceat(rows[order], starts, axis=0)
        return sums


@dataclass(frozen=True)
class AtTarget:
    """What is reached where each fold's threshold is chosen on the other folds.

    thresholds : fold -> smallest confidence that is answered; None where the target is out of reach and all is left
    coverage   : share of the rows that is answered, with its interval
    accuracy   : of these, with its interval; None where none is answered
    n          : rows answered
    note       : how the thresholds came, where not by the rule; else empty
    """

    target: float
    thresholds: Mapping[int, float | None]
    coverage: float
    coverage_interval: Interval
    accuracy: float | None
    accuracy_interval: Interval
    n: int
    note: str


def answers_of(predictions: pd.DataFrame, groups: pd.Series) -> Answers:
    """predictions : rows of one model and one protocol; groups : same index, the bootstrap's unit of each row.

    Raises ValueError when there is no row, several models or protocols, or when leverage is known of some rows only.
    """
    if predictions.empty:
        raise ValueError("no predictions, so nothing to answer or to leave")
    for column in ("model", "protocol"):
        if column in predictions and predictions[column].nunique() != 1:
            raise ValueError(f"predictions of one {column} expected, found {sorted(predictions[column].unique())}")
    genres = genres_of(predictions.columns)
    place = {genre: k for k, genre in enumerate(genres)}
    names, group_of = np.unique(groups.to_numpy(dtype=str), return_inverse=True)
    leverage = predictions["leverage"].to_numpy(dtype=float) if "leverage" in predictions else np.array([np.nan])
    known = np.isfinite(leverage)
    if known.any() and not known.all():
        raise ValueError(f"leverage is missing in {int((~known).sum())} of {len(known)} rows of one model")
    return Answers(
        genres=genres,
        probabilities=calibrated(predictions),
        actual=actual_of(predictions),
        predicted=predictions["predicted"].map(place).to_numpy(dtype=np.intp),
        folds=predictions["fold"].to_numpy(dtype=np.int64),
        groups=tuple(str(name) for name in names),
        group_of=np.asarray(group_of, dtype=np.intp),
        leverage=leverage if known.all() else None,
    )


def coverage_table(answers: Answers, weights: FloatArray, level: float) -> pd.DataFrame:
    """Accuracy of what is answered against the share that is: COVERAGE, one row per rule and threshold.

    weights : draws of the groups, shape (resamples, n_groups); level : of the interval of the accuracy
    by      : "confidence": answered from `threshold` (a probability) upwards; "leverage": up to `threshold` (the
              leverage below which 2 %, 4 %, .. of the rows lie); "both": from the confidence `threshold` upwards and
              up to the leverage below which 90 % of the rows lie. A model without leverage has "confidence" alone.
    n       : rows answered; where there is none, the accuracy is missing and `reason` says so
    """
    kept = {"confidence": answers.confidence[:, None] >= THRESHOLDS}
    thresholds = {"confidence": THRESHOLDS}
    if answers.leverage is not None:
        limits = np.unique(np.quantile(answers.leverage, THRESHOLDS[1:], method="inverted_cdf"))
        near = answers.leverage <= np.quantile(answers.leverage, LEVERAGE_QUANTILE, method="inverted_cdf")
        kept |= {"leverage": answers.leverage[:, None] <= limits, "both": kept["confidence"] & near[:, None]}
        thresholds |= {"leverage": limits, "both": THRESHOLDS}
    rows: list[dict[str, object]] = []
    for by, flags in kept.items():
        intervals = accuracy_intervals(answers, flags, weights, level)
        for k, (threshold, interval) in enumerate(zip(thresholds[by], intervals, strict=True)):
            n = int(flags[:, k].sum())
            rows.append(
                {
                    "by": by,
                    "threshold": threshold,
                    "coverage": n / len(answers),
                    "accuracy": float(answers.right[flags[:, k]].mean()) if n else None,
                    "low": interval.low,
                    "high": interval.high,
                    "n": n,
                    "reason": interval.reason,
                }
            )
    return tables.frame(COVERAGE, rows)


def accuracy_intervals(answers: Answers, kept: Flags, weights: FloatArray, level: float) -> list[Interval]:
    """Intervals of the accuracy of the rows kept, over the groups that have such rows. kept : shape (n, k)."""
    check_weights(answers, weights)
    sums = answers.by_group(np.stack([kept * answers.right[:, None], kept], axis=-1).astype(np.float64))
    bearing = sums[..., 1] > 0
    drawn = resampled_counts(weights, sums)
    some = drawn[..., 1] > 0
    samples = np.where(some, drawn[..., 0] / np.where(some, drawn[..., 1], 1.0), np.nan)
    nothing = Interval(None, None, "nothing is answered")
    return [
        share_interval(samples[:, k], level, answers.units, bearing[:, k]) if bearing[:, k].any() else nothing
        for k in range(kept.shape[1])
    ]


def mean_interval(answers: Answers, rows: FloatArray, weights: FloatArray, level: float) -> Interval:
    """Interval of the mean of `rows`, shape (n,), over groups."""
    check_weights(answers, weights)
    drawn = resampled_counts(weights, answers.by_group(np.column_stack([rows, np.ones(len(rows))])))
    return percentile_interval(drawn[:, 0] / drawn[:, 1], level, answers.units)


def threshold_for_target(
    confidence: FloatArray, right: FloatArray, target: float, at_least: int = AT_LEAST
) -> float | None:
    """The smallest confidence from which upwards the accuracy is `target` or more.

    confidence, right : shape (n,); rows of equal confidence stay together. 0 when all rows may be answered.
    at_least : rows that must be answered, lest a few lucky ones decide
    Returns None when no threshold that leaves so many rows reaches the target.
    Raises ValueError when the target is outside (0, 1].
    """
    if not 0 < target <= 1:
        raise ValueError(f"target accuracy {target}: more than 0 and at most 1 expected")
    order = np.argsort(-confidence, kind="stable")
    falling = confidence[order]
    n = np.arange(1, len(order) + 1)
    last_of_equals = np.append(falling[:-1] > falling[1:], True)[: len(order)]
    # a sum, and not a mean, beside the target: 7 right of 10 are 0.7 whatever the rounding of 7 / 10
    reached = np.cumsum(right[order]) >= target * n - 1e-9
    found = np.flatnonzero(reached & last_of_equals & (n >= at_least))
    if len(found) == 0:
        return None
    return 0.0 if found[-1] == len(order) - 1 else float(falling[found[-1]])


def reach_target(
    answers: Answers, target: float, weights: FloatArray, level: float, at_least: int = AT_LEAST
) -> AtTarget:
    """Accuracy and coverage where the threshold of each fold is `threshold_for_target` of the other folds, so that no
    row has a say in its own threshold. A fold for which the others do not reach the target is left wholly unanswered.

    With a single fold there are no others: the threshold is the smallest one from which upwards the mean confidence
    is the target, which for calibrated probabilities is the same, and which no label has a say in.
    """
    thresholds: dict[int, float | None] = {}
    folds = np.unique(answers.folds)
    note = ""
    if len(folds) == 1:
        only = threshold_for_target(answers.confidence, answers.confidence, target, at_least)
        thresholds[int(folds[0])] = only
        note = "one fold: the threshold is where the mean confidence reaches the target, and uses no label"
        if only is None:
            note += "; it is out of reach, so nothing is answered"
    else:
        for fold in folds:
            others = answers.folds != fold
            thresholds[int(fold)] = threshold_for_target(
                answers.confidence[others], answers.right[others], target, at_least
            )
        missed = [str(fold) for fold, threshold in thresholds.items() if threshold is None]
        if missed:
            note = f"out of reach on the other folds, so left unanswered: fold {', '.join(missed)}"
    kept = np.zeros(len(answers), dtype=bool)
    for fold, threshold in thresholds.items():
        if threshold is not None:
            kept |= (answers.folds == fold) & (answers.confidence >= threshold)
    n = int(kept.sum())
    return AtTarget(
        target=target,
        thresholds=thresholds,
        coverage=n / len(answers),
        coverage_interval=mean_interval(answers, kept.astype(np.float64), weights, level),
        accuracy=float(answers.right[kept].mean()) if n else None,
        accuracy_interval=accuracy_intervals(answers, kept[:, None], weights, level)[0],
        n=n,
        note=note,
    )


def check_weights(answers: Answers, weights: FloatArray) -> None:
    """Raises ValueError when the draws are of another number of groups."""
    if weights.ndim != 2 or weights.shape[1] != len(answers.groups):
        raise ValueError(f"weights of shape {weights.shape} for {len(answers.groups)} groups")
