"""The median of 31 neighbouring rows, many columns at once.

`median_31` equals `scipy.ndimage.median_filter(rows, size=(31, 1), mode="reflect")` to the bit and is a hundred times
faster. The columns are the lanes of the processor's vector unit: no step depends on a value, so that one comparison
serves all columns of a block. Eight neighbouring windows share 24 of their 31 rows, which are ordered once by Batcher's
odd-even merge network (pruned to the outputs that are used); the 7 rows that a window has to itself are sorted in
registers. The median of the union of two sorted lists, the 16th smallest of 24 + 7, is

    min over j = 0..7 of max(shared[15 - j], own[j - 1]),    own[-1] = -infinity

because j of the smallest 16 come from the window's own rows.

Source: K. E. Batcher, Sorting networks and their applications, AFIPS 1968.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from classically_punk.features.compiled import compiled

Matrix = NDArray[np.float32]
Row = NDArray[np.float32]
Indices = NDArray[np.int64]

WIDTH = 31
"""Rows in a window."""

_WINDOWS = 8
_SHARED = WIDTH - _WINDOWS + 1
_OWN = _WINDOWS - 1
_RANK = WIDTH // 2
_LANES = 256


def median_31(rows: Matrix, first: int = 0, last: int | None = None) -> Matrix:
    """Median of the 31 rows around each row, column by column, mirrored at both ends (c b a | a b c | c b a).

    rows        : shape (n_rows, n_columns), C-contiguous, without NaN
    first, last : the rows that are wanted, by default all; the others still count as neighbours
    Returns shape (last - first, n_columns).
    """
    stop = rows.shape[0] if last is None else last
    medians = np.empty((stop - first, rows.shape[1]), dtype=np.float32)
    places = np.arange(first - WIDTH // 2, stop + WIDTH // 2 + _WINDOWS) % (2 * rows.shape[0])
    neighbours = np.where(places < rows.shape[0], places, 2 * rows.shape[0] - 1 - places)
    _medians(rows, neighbours, _NETWORK, medians)
    return medians


@lru_cache(maxsize=4)
def middle_of(network_inputs: int) -> Indices:
    """Comparators that bring the one or two middle values of `network_inputs` to their places, shape (n, 2)."""
    return _pruned(merge_network(network_inputs), {(network_inputs - 1) // 2, network_inputs // 2})


def merge_network(length: int) -> list[tuple[int, int]]:
    """Comparators (lower, upper) of the odd-even merge sort of `length` values, in order."""
    comparators: list[tuple[int, int]] = []
    size = 1
    while size < length:
        step = size
        while step >= 1:
            for start in range(step % size, length - step, 2 * step):
                comparators.extend(
                    (low, low + step)
                    for low in range(start, min(start + step, length - step))
                    if low // (2 * size) == (low + step) // (2 * size)
                )
            step //= 2
        size *= 2
    return comparators


def _pruned(comparators: list[tuple[int, int]], wanted: set[int]) -> Indices:
    """The comparators that can reach a wanted output, in order, shape (n, 2)."""
    needed = set(wanted)
    kept = []
    for low, high in reversed(comparators):
        if low in needed or high in needed:
            kept.append((low, high))
            needed |= {low, high}
    return np.array(kept[::-1], dtype=np.int64)


_NETWORK = _pruned(merge_network(_SHARED), set(range(_RANK - _OWN, _RANK + 1)))


@compiled()
def _medians(rows: Matrix, neighbours: Indices, network: Indices, medians: Matrix) -> None:
    n_medians, n_columns = medians.shape
    shared = np.empty((_SHARED, _LANES), dtype=np.float32)
    for left in range(0, n_columns, _LANES):
        lanes = min(_LANES, n_columns - left)
        for top in range(0, n_medians, _WINDOWS):
            for row in range(_SHARED):
                source = rows[neighbours[top + _OWN + row], left : left + lanes]
                for lane in range(lanes):
                    shared[row, lane] = source[lane]
            # spelled out here: in a function of its own, on slices, this runs four times slower
            for step in range(network.shape[0]):
                low = shared[network[step, 0]]
                high = shared[network[step, 1]]
                for lane in range(lanes):
                    a = low[lane]
                    b = high[lane]
                    low[lane] = min(a, b)
                    high[lane] = max(a, b)
            for window in range(min(_WINDOWS, n_medians - top)):
                # own rows: the first 7 - window ones above the shared block, the others below it
                start = top + window
                o0 = rows[neighbours[start if window < 7 else start + 24], left : left + lanes]
                o1 = rows[neighbours[start + 1 if window < 6 else start + 25], left : left + lanes]
                o2 = rows[neighbours[start + 2 if window < 5 else start + 26], left : left + lanes]
                o3 = rows[neighbours[start + 3 if window < 4 else start + 27], left : left + lanes]
                o4 = rows[neighbours[start + 4 if window < 3 else start + 28], left : left + lanes]
                o5 = rows[neighbours[start + 5 if window < 2 else start + 29], left : left + lanes]
                o6 = rows[neighbours[start + 6 if window < 1 else start + 30], left : left + lanes]
                _unite(shared, o0, o1, o2, o3, o4, o5, o6, medians[top + window, left : left + lanes])


@compiled(inline=True)
def _unite(shared: Matrix, o0: Row, o1: Row, o2: Row, o3: Row, o4: Row, o5: Row, o6: Row, median: Row) -> None:
    for lane in range(median.shape[0]):
        a, b, c, d, e, f, g = o0[lane], o1[lane], o2[lane], o3[lane], o4[lane], o5[lane], o6[lane]
        # the best known network for 7 values, 16 comparators in 6 layers
        a, g = min(a, g), max(a, g)
        c, d = min(c, d), max(c, d)
        e, f = min(e, f), max(e, f)
        a, c = min(a, c), max(a, c)
        b, e = min(b, e), max(b, e)
        d, g = min(d, g), max(d, g)
        a, b = min(a, b), max(a, b)
        c, f = min(c, f), max(c, f)
        d, e = min(d, e), max(d, e)
        b, c = min(b, c), max(b, c)
        e, g = min(e, g), max(e, g)
        c, d = min(c, d), max(c, d)
        e, f = min(e, f), max(e, f)
        b, c = min(b, c), max(b, c)
        d, e = min(d, e), max(d, e)
        f, g = min(f, g), max(f, g)
        best = shared[15, lane]
        best = min(best, max(shared[14, lane], a))
        best = min(best, max(shared[13, lane], b))
        best = min(best, max(shared[12, lane], c))
        best = min(best, max(shared[11, lane], d))
        best = min(best, max(shared[10, lane], e))
        best = min(best, max(shared[9, lane], f))
        median[lane] = min(best, max(shared[8, lane], g))
