"""Are two sets of clips drawn from the same music? Statistics that say so, each scaled so that its distribution for
like sets hardly depends on how many clips they hold.

What is larger than chance is not decided here: clips of an artist are alike, so that p values for independent clips
are far too small. `stability` finds what whole artists do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist, pdist
from scipy.special import kolmogi, kolmogorov
from scipy.stats import chi2

from classically_punk.contracts.classifier import FloatArray

DIGITS = 6
"""Of the quantiles in a bundle."""

MOST_ROWS = 1500
"""Rows of either set that the kernel test looks at; of more, so many drawn at random."""


def size_factor(n: int, m: int) -> float:
    """nm / (n + m): what the variance of a difference of two means goes down with."""
    return n * m / (n + m)


def distances(quantiles: Sequence[Sequence[float]], batch: FloatArray) -> FloatArray:
    """Largest distance between the two distribution functions of each column, Kolmogorov and Smirnov's D, shape (p,).

    quantiles : p lists, evenly spaced quantiles of the one set, smallest and largest first and last
    batch     : shape (m, p), the other set itself
    A bundle's quantiles have DIGITS digits, so both sets are rounded to them: a value that many clips share, such as a
    tempo, must not fall beside itself.
    Between quantiles, distribution functions are taken for straight. With q quantiles that moves D by at most
    1 / (q - 1) + 1 / n, n being the clips behind them; benchmarks/README.md has what it does to real columns.
    """
    pairs = ((rounded(np.asarray(known)), rounded(batch[:, j])) for j, known in enumerate(quantiles))
    return np.array([_distance(known, values) for known, values in pairs])


def rounded(values: FloatArray) -> FloatArray:
    """`values` at DIGITS significant digits.

    >>> rounded(np.array([123.046875, -0.00012345678, 0.0])).tolist()
    [123.047, -0.000123457, 0.0]
    """
    exponent = np.floor(np.log10(np.where(values == 0, 1.0, np.abs(values))))
    places = (DIGITS - 1 - exponent).astype(int)
    up = np.power(10.0, np.maximum(places, 0))
    down = np.power(10.0, np.maximum(-places, 0))
    found: FloatArray = np.rint(values * up / down) / up * down
    return found


def _distance(known: FloatArray, values: FloatArray) -> float:
    ordered = np.sort(values)
    places = np.concatenate([known, ordered])
    heights = np.linspace(0.0, 1.0, len(known))
    after = np.searchsorted(ordered, places, "right") / len(ordered) - _height(known, heights, places, "right")
    before = np.searchsorted(ordered, places, "left") / len(ordered) - _height(known, heights, places, "left")
    return float(max(np.abs(after).max(), np.abs(before).max()))


def _height(known: FloatArray, heights: FloatArray, places: FloatArray, side: str) -> FloatArray:
    """The distribution function at `places`, or just before them: many equal quantiles are a jump."""
    above = np.searchsorted(known, places, "right" if side == "right" else "left")
    inside = (above > 0) & (above < len(known))
    k = np.clip(above, 1, len(known) - 1)
    gap = known[k] - known[k - 1]
    with np.errstate(over="ignore", invalid="ignore"):
        part = np.where(gap > 0, (places - known[k - 1]) / np.where(gap > 0, gap, 1.0), 0.0)
    found: FloatArray = np.where(inside, heights[k - 1] + part * (heights[k] - heights[k - 1]), above > 0)
    return found


def holm(p: FloatArray) -> FloatArray:
    """p values adjusted for being as many as they are, in their order. Source: Holm 1979, Scand. J. Statistics 6.

    >>> holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def calibrated_p(scaled: FloatArray, critical: float, level: float) -> FloatArray:
    """Kolmogorov's p values of each column, with a clip counted for as many independent ones as makes the smallest of
    them, adjusted by `holm`, fall below `level` exactly where the largest of `scaled` exceeds `critical`.

    scaled : shape (p,), sqrt(size_factor) D
    """
    independent = kolmogi(level / len(scaled)) / critical
    found: FloatArray = kolmogorov(scaled * independent)
    return found


def independent_p(scaled: FloatArray) -> FloatArray:
    """Kolmogorov's p values of each column, for clips that are all independent. scaled : as in `calibrated_p`"""
    found: FloatArray = kolmogorov(scaled)
    return found


@dataclass(frozen=True)
class KernelTest:
    """A kernel two-sample test. statistic : see `kernel_statistic`; p : share of regroupings of the clips, taken for
    independent, that give as much"""

    statistic: float
    p: float


class Kernel:
    """exp(-d^2 / 2 s^2) of the distance d of two rows, s being the median distance between rows of the first set.

    Source: Gretton et al. 2012, A kernel two-sample test, JMLR 13, sec. 8.
    """

    def __init__(self, rows: FloatArray) -> None:
        """rows : shape (n, k). Raises ValueError where half of them or more are equal."""
        self.width = float(np.median(pdist(rows[:: max(1, len(rows) // MOST_ROWS)])))
        if not self.width > 0:
            raise ValueError("the training rows are equal: no distance to compare with")

    def __call__(self, rows: FloatArray) -> FloatArray:
        """rows : shape (n, k). Returns shape (n, n)."""
        found: FloatArray = np.exp(cdist(rows, rows, "sqeuclidean") / (-2.0 * self.width**2))
        return found


def kernel_statistics(gram: FloatArray, batches: NDArray[np.bool_]) -> FloatArray:
    """Squared maximum mean discrepancy between each set of rows and the rest, times `size_factor`, in units of its mean
    over all sets of that size: about 1 for sets of independent rows.

    gram : shape (n, n), the kernel of all rows; batches : shape (B, n), which rows are the set. Returns shape (B,)
    The mean over all sets is exact: (1/n + 1/m) times the difference of the mean kernel of a row with itself and with
    another one.
    """
    sizes = batches.sum(axis=1)
    rest = batches.shape[1] - sizes
    weights = np.where(batches, 1.0 / sizes[:, None], -1.0 / rest[:, None])
    squared = np.einsum("bn,bn->b", weights @ gram, weights)
    n = len(gram)
    own = np.trace(gram) / n
    other = (gram.sum() - np.trace(gram)) / (n * (n - 1))
    found: FloatArray = squared * (sizes * rest / n) / (own - other)
    return found


def kernel_test(rows: FloatArray, batch: FloatArray, permutations: int, seed: int) -> KernelTest:
    """rows, batch : shape (n, k), (m, k). Source: Gretton et al. 2012; p counts the observed grouping, so that it is
    never 0 (Phipson & Smyth 2010)."""
    rng = np.random.default_rng(seed)
    first, second = thinned(rows, rng), thinned(batch, rng)
    gram = Kernel(first)(np.concatenate([first, second]))
    member = np.arange(len(gram)) >= len(first)
    found = float(kernel_statistics(gram, member[None, :])[0])
    shuffled = rng.permuted(np.broadcast_to(member, (permutations, len(member))), axis=1)
    as_much = int((kernel_statistics(gram, shuffled) >= found).sum())
    return KernelTest(found, (1 + as_much) / (1 + permutations))


def thinned(rows: FloatArray, rng: np.random.Generator) -> FloatArray:
    """`rows`, or MOST_ROWS of them in their order."""
    if len(rows) <= MOST_ROWS:
        return rows
    return rows[np.sort(rng.choice(len(rows), MOST_ROWS, replace=False))]


def homogeneity(first: FloatArray, second: FloatArray) -> FloatArray:
    """Pearson's chi-square of two rows of counts, shape (..., k): are shares the same? Returns shape (...).

    >>> homogeneity(np.array([10.0, 20.0]), np.array([20.0, 10.0])).round(4).item()
    6.6667
    """
    n, m = first.sum(axis=-1, keepdims=True), second.sum(axis=-1, keepdims=True)
    both = first + second
    squares = (np.sqrt(m / n) * first - np.sqrt(n / m) * second) ** 2
    found: FloatArray = np.divide(squares, both, out=np.zeros_like(squares), where=both > 0).sum(axis=-1)
    return found


def plain_line(level: float, categories: int) -> float:
    """What `homogeneity` exceeds for a share `level` of pairs of independent sets."""
    return float(chi2.isf(level, max(categories - 1, 1)))


def plain_p(statistic: float, categories: int) -> float:
    """The p value of `homogeneity` for independent clips."""
    return float(chi2.sf(statistic, max(categories - 1, 1)))
