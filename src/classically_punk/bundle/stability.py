"""How far music that has not changed moves: what a batch must exceed before it counts as drifted.

Clips of an artist are alike, so two sets of artists differ by more than two sets of clips would. The training artists
are parted at random again and again, and each statistic of `two_samples` is taken between the parts; what is exceeded
by 1 in 100 of these partings, by any of the statistics, raised by SAFETY, is the line. All statistics share that one in
a hundred.

A line is found for several shares of the smaller part, because a small part holds few artists and its statistics have
longer tails; a batch is measured by the line for its own share. It is assumed that a batch holds about as many clips
of each artist as the training music does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classically_punk.bundle.form import Critical, Stability
from classically_punk.bundle.two_samples import Kernel, homogeneity, kernel_statistics, plain_line, size_factor
from classically_punk.contracts.classifier import FloatArray, TextArray

LEVEL = 0.01
SHARES = (0.2, 0.35, 0.5)
SAFETY = 1.25
"""What lines are raised by, as deviations: statistics that are squares, by its square. Partings of the training artists
alone are exceeded by more than 1 in 100 batches of other artists, for the few large ones among either are not the same;
benchmarks/README.md has how often with and without."""

SPLITS = 2000
MOST_CLIPS = 2000
"""Clips that are parted; of more, so many of whole artists drawn at random. The statistics are scaled by size."""
FEWEST_GROUPS = 20
"""Artists, below which partings say too little about others."""
STATISTICS = ("columns", "kernel", "genres", "unsure")
_POWERS = np.array([1.0, 2.0, 2.0, 2.0])
"""Fields of `Critical`, in the order of the columns of `parted`."""


@dataclass(frozen=True)
class Music:
    """Training clips, one a row, as what is compared.

    values : shape (n, p), the columns; rows : shape (n, k), standardised and along the principal axes
    groups : shape (n,), artists, or whatever is alike
    predicted, sure : shape (n,), what a model that had not heard the clip's group said of it, and whether the answer
             was given or left open
    """

    values: FloatArray
    rows: FloatArray
    groups: TextArray
    predicted: TextArray
    sure: NDArray[np.bool_]


def calibrate(music: Music, genres: Sequence[str], seed: int, splits: int = SPLITS) -> Stability | None:
    """The lines that stable batches stay below, for `content.stability` of a bundle; None with fewer than FEWEST_GROUPS
    groups.

    genres : all there are. Raises ValueError on a prediction that is none of them.
    """
    unknown = sorted(set(music.predicted) - set(genres))
    if unknown:
        raise ValueError(f"{unknown[0]!r} was predicted and is none of the genres {', '.join(genres)}")
    if len(np.unique(music.groups)) < FEWEST_GROUPS:
        return None
    rng = np.random.default_rng(seed)
    few = _some_groups(music, rng)
    lines = []
    for share in SHARES:
        batches = part(few.groups, share, splits, rng)
        critical = jointly_critical(parted(few, batches, genres), LEVEL) * SAFETY**_POWERS
        critical = np.maximum(critical, _least(music))
        lines.append(Critical(share=share, **dict(zip(STATISTICS, critical.tolist(), strict=True))))
    return Stability(
        level=LEVEL,
        splits=splits,
        n_groups=len(np.unique(music.groups)),
        predicted={genre: int((music.predicted == genre).sum()) for genre in genres},
        unsure=int((~music.sure).sum()),
        critical=lines,
    )


def critical_for(stability: Stability, n: int, m: int) -> Critical:
    """The lines for a batch of m clips beside n of training, interpolated between the shares that were tried.

    Beyond them the nearest holds: the smaller part then has more artists than it had in the partings.
    """
    share = min(n, m) / (n + m)
    tried = [each.share for each in stability.critical]
    between = {
        name: float(np.interp(share, tried, [getattr(each, name) for each in stability.critical]))
        for name in STATISTICS
    }
    return Critical(share=share, **between)


def part(groups: TextArray, share: float, count: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Random sets of whole groups that hold about `share` of the rows each. Returns shape (count, n)."""
    _, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = rng.permuted(np.broadcast_to(np.arange(len(sizes)), (count, len(sizes))), axis=1)
    reached = np.cumsum(sizes[order], axis=1)
    # a group is in while more than half of it lies below the aim; never none and never all
    inside = reached - sizes[order] / 2 < share * len(groups)
    inside[:, 0], inside[:, -1] = True, False
    chosen = np.zeros_like(inside)
    np.put_along_axis(chosen, order, inside, axis=1)
    found: NDArray[np.bool_] = chosen[:, place]
    return found


def parted(music: Music, batches: NDArray[np.bool_], genres: Sequence[str]) -> FloatArray:
    """The statistics between each set and the rest, shape (B, len(STATISTICS)), in the order of STATISTICS."""
    said = np.stack([music.predicted == genre for genre in genres], axis=1).astype(float)
    sure = np.stack([music.sure, ~music.sure], axis=1).astype(float)
    gram = Kernel(music.rows)(music.rows)
    return np.column_stack(
        [
            _largest_distances(music.values, batches),
            kernel_statistics(gram, batches),
            homogeneity(~batches @ said, batches @ said),
            homogeneity(~batches @ sure, batches @ sure),
        ]
    )


def jointly_critical(statistics: FloatArray, level: float) -> FloatArray:
    """What at most `level` of the rows exceed in any of their statistics, each statistic as often as any other.

    statistics : shape (B, k). Returns shape (k,)
    """
    ordered = -np.sort(-statistics, axis=0)
    allowed = level * (len(statistics) + 1) - 1
    best = ordered[0]
    for critical in ordered[1:]:
        if (statistics > critical).any(axis=1).sum() > allowed:
            break
        best = critical
    found: FloatArray = best
    return found


def _largest_distances(values: FloatArray, batches: NDArray[np.bool_]) -> FloatArray:
    """The largest of the columns' scaled Kolmogorov-Smirnov distances, for each set. Returns shape (B,)"""
    sizes = batches.sum(axis=1)
    rest = batches.shape[1] - sizes
    # a column of `weights` for each set: rows are added in place, which takes a third of the time of a cumulative sum
    weights = np.where(batches.T, 1.0 / sizes, -1.0 / rest).astype(np.float32)
    largest, heights, away = (np.zeros(len(batches), np.float32) for _ in range(3))
    for column in values.T:
        order = np.argsort(column, kind="stable")
        last = np.append(np.diff(column[order]) > 0, True)  # of equal values
        heights[:] = 0.0
        for row, ends in zip(order, last, strict=True):
            np.add(heights, weights[row], out=heights)
            if ends:
                np.maximum(largest, np.abs(heights, out=away), out=largest)
    factors = np.array([size_factor(n, m) for n, m in zip(rest, sizes, strict=True)])
    found: FloatArray = largest * np.sqrt(factors)
    return found


def _least(music: Music) -> FloatArray:
    """Lines for shares are not lower than for independent clips: where no training clip was unsure, all partings are
    alike, and one clip of a batch would cross a line at 0."""
    level = LEVEL / len(STATISTICS)
    genres, unsure = plain_line(level, len(np.unique(music.predicted))), plain_line(level, 2)
    return np.array([0.0, 0.0, genres, unsure])


def _some_groups(music: Music, rng: np.random.Generator) -> Music:
    if len(music.groups) <= MOST_CLIPS:
        return music
    kept = part(music.groups, MOST_CLIPS / len(music.groups), 1, rng)[0]
    return Music(music.values[kept], music.rows[kept], music.groups[kept], music.predicted[kept], music.sure[kept])
