"""Intervals by resampling groups within genres: artists or songs, never rows, as rows of one group are alike.

The number of clips of each genre is a corpus' design and not an outcome, so it is not resampled. Genres are strata: of
the n groups of a genre n - 1 are drawn with replacement and each draw weighs n / (n - 1), which makes the variance of a
total the unbiased one however few groups there are. The weights of a genre's groups are then scaled so that it keeps
its number of rows in every resample. A genre with a single group keeps it at weight 1 and adds no variance.

Because every score here is a function of counts, a resample is a vector of weights, and all resamples together are one
matrix product. Intervals are percentile intervals, taken further out as Student's t is wider than the normal curve.
Sources: Rao & Wu 1988, Resampling inference with complex survey data, Journal of the American Statistical Association
83 (rescaling); Rao, Wu & Yue 1992, Some recent work on resampling methods for complex surveys, Survey Methodology 18
(weights adjusted again in every resample); Hesterberg 2015, What teachers should know about the bootstrap, The American
Statistician 69 (expanded percentile interval). What they cover is measured in benchmarks/README.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm
from scipy.stats import t as student

FloatArray = NDArray[np.float64]
Flags = NDArray[np.bool_]

DEFINED_SHARE = 0.5  # of the resamples that must have a value for an interval to be given


@dataclass(frozen=True)
class Interval:
    """low, high: None where there is no interval, with the reason; beside an interval the reason is what it lacks."""

    low: float | None
    high: float | None
    reason: str


@dataclass(frozen=True)
class Units:
    """The groups that are resampled, and the genre (stratum) that each belongs to.

    groups  : sorted names; sizes : shape (n_groups,), rows of each
    genres  : sorted; stratum : shape (n_groups,), place of the group's main genre in `genres`
    """

    groups: tuple[str, ...]
    sizes: FloatArray
    genres: tuple[str, ...]
    stratum: NDArray[np.intp]

    @property
    def n_groups(self) -> int:
        return len(self.groups)

    def freedom(self, bearing: Flags | None = None) -> float:
        """Degrees of freedom of a variance within genres; 0 where no genre has two groups.

        bearing : shape (n_groups,), the groups that bear on the score; None for all
        Groups less genres where groups are equally large; fewer where a few groups carry most of the variance, since
        the clips of a group rise and fall together and its square counts. Source: Satterthwaite 1946, An approximate
        distribution of estimates of variance components, Biometrics Bulletin 2, over genres; within a genre the
        effective number of squared sizes.
        """
        used = np.ones(self.n_groups, dtype=bool) if bearing is None else bearing
        variances, freedoms = [], []
        for k in np.unique(self.stratum[used]):
            squares = self.sizes[used & (self.stratum == k)] ** 2
            if (squares > 0).sum() > 1:
                variances.append(squares.sum())
                freedoms.append(max(squares.sum() ** 2 / (squares**2).sum() - 1.0, 1.0))
        if not variances:
            return 0.0
        of_genre, total = np.array(variances), float(np.sum(variances))
        return total**2 / float((of_genre**2 / np.array(freedoms)).sum())

    def single(self, bearing: Flags | None = None) -> tuple[str, ...]:
        """Genres with a single group, of those that bear on the score."""
        used = self.stratum if bearing is None else self.stratum[bearing]
        counts = np.bincount(self.stratum, minlength=len(self.genres))
        return tuple(self.genres[k] for k in np.unique(used) if counts[k] == 1)


def units_of(labels: Sequence[str] | pd.Series, groups: Sequence[str] | pd.Series) -> Units:
    """labels, groups : genre and group of each row, shape (n,).

    A group belongs to the genre of most of its rows, of equal ones to the first by name.
    """
    names, index = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    genres, place = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    rows = np.zeros((len(names), len(genres)))
    np.add.at(rows, (index, place), 1.0)
    main, stratum = np.unique(rows.argmax(axis=1), return_inverse=True)
    return Units(
        tuple(str(name) for name in names),
        rows.sum(axis=1),
        tuple(str(genres[k]) for k in main),
        np.asarray(stratum, dtype=np.intp),
    )


def rescaled_draws(units: Units, resamples: int, rng: np.random.Generator) -> FloatArray:
    """Rao & Wu's weights: shape (resamples, n_groups); the groups of a genre sum to their number in every row."""
    weights = np.ones((resamples, units.n_groups))
    for k in range(len(units.genres)):
        members = np.flatnonzero(units.stratum == k)
        n = len(members)
        if n > 1:
            drawn = rng.multinomial(n - 1, np.full(n, 1.0 / n), size=resamples)
            weights[:, members] = drawn * (n / (n - 1))
    return weights


def keeping_composition(weights: FloatArray, units: Units) -> FloatArray:
    """`weights` scaled within each genre so that its groups weigh as many rows as they have, in every resample.

    weights : shape (resamples, n_groups). A resample that drew none of a genre's rows is left as it is.
    """
    scaled = weights.copy()
    for k in range(len(units.genres)):
        members = np.flatnonzero(units.stratum == k)
        drawn = weights[:, members] @ units.sizes[members]
        factor = np.where(drawn > 0, units.sizes[members].sum() / np.where(drawn > 0, drawn, 1.0), 1.0)
        scaled[:, members] *= factor[:, None]
    return scaled


def group_weights(units: Units, resamples: int, rng: np.random.Generator) -> FloatArray:
    """How much each group weighs in each resample, composition kept: shape (resamples, n_groups)."""
    return keeping_composition(rescaled_draws(units, resamples, rng), units)


def resampled_counts(weights: FloatArray, counts: FloatArray) -> FloatArray:
    """Counts of every resample. weights: (resamples, n_groups); counts: (n_groups, ...). Returns (resamples, ...)."""
    product: FloatArray = weights @ counts.reshape(len(counts), -1)
    return product.reshape(len(weights), *counts.shape[1:])


def percentile_interval(samples: FloatArray, confidence: float, units: Units, bearing: Flags | None = None) -> Interval:
    """The central `confidence` share of the resampled values, expanded as t is wider than the normal curve.

    samples : shape (resamples,), NaN where a resample leaves the score undefined (it drew no clip of a genre); those
              are left out, and with fewer than half the resamples defined there is no interval
    bearing : shape (n_groups,), groups that bear on the score, None for all; where no genre has two of them nothing
              can be said about other groups
    Genres with a single group are named in the reason: the interval lacks their variance.
    """
    freedom = units.freedom(bearing)
    if freedom == 0:
        used = units.n_groups if bearing is None else int(bearing.sum())
        few = "fewer than 2 groups" if used < 2 else "no genre has 2 groups"
        return Interval(None, None, f"no interval: {few}")
    defined = samples[~np.isnan(samples)]
    if len(defined) < DEFINED_SHARE * len(samples):
        return Interval(None, None, "no interval: undefined in most resamples")
    tail = float(norm.cdf(student.ppf((1.0 - confidence) / 2.0, freedom)))
    low, high = np.quantile(defined, [tail, 1.0 - tail])
    single = units.single(bearing)
    lacks = f"the interval lacks the variance of genres with a single group: {', '.join(single)}" if single else ""
    return Interval(float(low), float(high), lacks)


def share_interval(samples: FloatArray, confidence: float, units: Units, bearing: Flags | None = None) -> Interval:
    """`percentile_interval` of a share of right rows, which can be all of them or none.

    Where every resample gives 1 (or 0) the rows tell how rare the other outcome is, and not that there is none: the
    exact limit of that many groups, each a single trial, stands in for the resamples.
    Source: Clopper & Pearson 1934, The use of confidence or fiducial limits, Biometrika 26.
    """
    found = percentile_interval(samples, confidence, units, bearing)
    if found.low is None or found.low != found.high or found.low not in (0.0, 1.0):
        return found
    trials = units.n_groups if bearing is None else int(bearing.sum())
    nearest = ((1.0 - confidence) / 2.0) ** (1.0 / trials)
    low, high = (nearest, 1.0) if found.low == 1.0 else (0.0, 1.0 - nearest)
    return replace(found, low=low, high=high)
