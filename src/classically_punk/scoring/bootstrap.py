"""Intervals by resampling groups: artists or recordings, never rows, because rows of one group are alike.

A resample draws as many groups as there are, with replacement. Because every score here is a function of counts, a
resample is a vector of how often each group was drawn, and all resamples together are one matrix product.
Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13 (percentile intervals).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

DEFINED_SHARE = 0.5  # of the resamples that must have a value for an interval to be given


@dataclass(frozen=True)
class Interval:
    """low, high: None where there is no interval, with the reason."""

    low: float | None
    high: float | None
    reason: str


def group_weights(n_groups: int, resamples: int, rng: np.random.Generator) -> FloatArray:
    """How often each group is drawn in each resample: shape (resamples, n_groups), rows sum to n_groups."""
    drawn = rng.multinomial(n_groups, np.full(n_groups, 1.0 / n_groups), size=resamples)
    weights: FloatArray = drawn.astype(np.float64)
    return weights


def resampled_counts(weights: FloatArray, counts: FloatArray) -> FloatArray:
    """Counts of every resample. weights: (resamples, n_groups); counts: (n_groups, ...). Returns (resamples, ...)."""
    product: FloatArray = weights @ counts.reshape(len(counts), -1)
    return product.reshape(len(weights), *counts.shape[1:])


def percentile_interval(samples: FloatArray, confidence: float, n_groups: int) -> Interval:
    """The central `confidence` share of the resampled values.

    samples  : shape (resamples,), NaN where a resample leaves the score undefined (it drew no clip of a genre);
               those are left out, and with fewer than half the resamples defined there is no interval
    n_groups : groups that bear on the score; with fewer than 2 nothing can be said about other groups
    """
    if n_groups < 2:
        return Interval(None, None, "no interval: fewer than 2 groups")
    defined = samples[~np.isnan(samples)]
    if len(defined) < DEFINED_SHARE * len(samples):
        return Interval(None, None, "no interval: undefined in most resamples")
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(defined, [tail, 1.0 - tail])
    return Interval(float(low), float(high), "")
