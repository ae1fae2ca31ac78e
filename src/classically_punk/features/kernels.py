"""Loops over spectra that NumPy would need several passes and temporaries for, compiled once and kept on disk."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Whole = NDArray[np.int64]

REORDERED = {"reassoc", "contract", "nsz"}
"""Sums may be added up in another order, several lanes at a time; everything else is as written."""


@njit(cache=True, nogil=True)
def power_and_magnitude(spectrum: NDArray[np.complex64], power: Floats, magnitude: Floats) -> None:
    """|X|^2 and |X| of `spectrum`; all of shape (n_frames, n_bins)."""
    for t in range(spectrum.shape[0]):
        for k in range(spectrum.shape[1]):
            value = spectrum[t, k]
            energy = value.real * value.real + value.imag * value.imag
            power[t, k] = energy
            magnitude[t, k] = np.sqrt(energy)


@njit(cache=True, nogil=True, fastmath=REORDERED)
def banded_product(matrix: Floats, starts: Whole, stops: Whole, bands: Floats, result: Floats) -> None:
    """`matrix` @ `bands`.T where row b of `bands` is zero outside starts[b]:stops[b].

    matrix : shape (n_frames, n_bins); bands : shape (n_bands, n_bins); result : shape (n_frames, n_bands)
    """
    for t in range(matrix.shape[0]):
        for b in range(bands.shape[0]):
            total = np.float32(0.0)
            for k in range(starts[b], stops[b]):
                total += matrix[t, k] * bands[b, k]
            result[t, b] = total


@njit(cache=True, nogil=True, fastmath=REORDERED)
def spectral_shape(
    magnitude: Floats, bin_width: float, share: float, centroid: Floats, bandwidth: Floats, rolloff: Floats
) -> None:
    """Centroid, bandwidth and roll-off of every frame, Hz; all 0 for a frame of zeros.

    magnitude : shape (n_frames, n_bins); bin_width : Hz; share : of the magnitude below the roll-off, in (0, 1)
    """
    for t in range(magnitude.shape[0]):
        row = magnitude[t]
        total, first, second = 0.0, 0.0, 0.0
        for k in range(row.size):
            total += row[k]
            first += k * row[k]
            second += k * float(k) * row[k]
        if total <= 0.0:
            centroid[t], bandwidth[t], rolloff[t] = 0.0, 0.0, 0.0
            continue
        mean = first / total
        centroid[t] = mean * bin_width
        bandwidth[t] = np.sqrt(max(second / total - mean * mean, 0.0)) * bin_width
        below, place = 0.0, 0
        for k in range(row.size):
            below += row[k]
            if below >= share * total:
                place = k
                break
        rolloff[t] = place * bin_width


@njit(cache=True, nogil=True)
def extremes(magnitude: Floats, starts: Whole, stops: Whole, counts: Whole, peaks: Floats, valleys: Floats) -> None:
    """Means of the `counts[b]` largest and smallest values in columns starts[b]:stops[b] of every frame.

    peaks, valleys : shape (n_frames, n_bands)
    """
    largest = np.empty(counts.max(), dtype=np.float32)
    smallest = np.empty(counts.max(), dtype=np.float32)
    for t in range(magnitude.shape[0]):
        for b in range(starts.size):
            count = counts[b]
            largest[:count] = -np.inf  # in falling order
            smallest[:count] = np.inf  # in rising order
            for k in range(starts[b], stops[b]):
                value = magnitude[t, k]
                if value > largest[count - 1]:
                    place = count - 1
                    while place > 0 and largest[place - 1] < value:
                        largest[place] = largest[place - 1]
                        place -= 1
                    largest[place] = value
                if value < smallest[count - 1]:
                    place = count - 1
                    while place > 0 and smallest[place - 1] > value:
                        smallest[place] = smallest[place - 1]
                        place -= 1
                    smallest[place] = value
            peaks[t, b] = largest[:count].sum() / count
            valleys[t, b] = smallest[:count].sum() / count


@njit(cache=True, nogil=True)
def spectral_peaks(power: Floats, low: int, high: int, threshold: float, places: Floats, heights: Floats) -> int:
    """Local maxima of every frame between the bins `low` and `high` that reach `threshold` of the frame's largest
    value, with parabolic interpolation; returns how many were written to `places` (bins) and `heights`.

    power : shape (n_frames, n_bins); places, heights : long enough for every other bin of every frame
    """
    found = 0
    bins = power.shape[1]
    for t in range(power.shape[0]):
        row = power[t]
        limit = np.float32(0.0)
        for k in range(bins):
            limit = max(limit, row[k])
        limit = np.float32(threshold) * limit
        for k in range(low, high):
            here = row[k]
            if not here > limit:
                continue
            before = row[k - 1] if k > 0 else here
            after = row[k + 1] if k + 1 < bins else here
            if (k > 0 and here <= (before if before > limit else np.float32(0.0))) or after > here:
                continue
            curvature = after + before - 2 * here
            slope = (after - before) / 2
            shift = np.float32(0.0)
            if 0 < k < bins - 1 and abs(slope) < abs(curvature):
                shift = -slope / curvature
            places[found] = k + shift
            heights[found] = here + np.float32(0.5) * slope * shift
            found += 1
    return found


@njit(cache=True, nogil=True)
def soft_mask(harmonic: Floats, percussive: Floats, smallest: float, share: Floats) -> None:
    """harmonic^2 / (harmonic^2 + percussive^2), one half where both are below `smallest`.

    harmonic, share : shape (n_frames, n_bins); percussive : its transpose, shape (n_bins, n_frames)
    """
    block = 32
    frames, bins = harmonic.shape
    for first in range(0, frames, block):
        for first_bin in range(0, bins, block):
            for t in range(first, min(first + block, frames)):
                for k in range(first_bin, min(first_bin + block, bins)):
                    h = harmonic[t, k]
                    p = percussive[k, t]
                    top = max(h, p)
                    if top < smallest:
                        share[t, k] = 0.5
                    else:
                        a = (h / top) * (h / top)
                        b = (p / top) * (p / top)
                        share[t, k] = a / (a + b)


@njit(cache=True, nogil=True)
def transposed(matrix: Floats, result: Floats) -> None:
    """`matrix`.T, written block by block."""
    block = 32
    for first in range(0, matrix.shape[0], block):
        for first_column in range(0, matrix.shape[1], block):
            for i in range(first, min(first + block, matrix.shape[0])):
                for j in range(first_column, min(first_column + block, matrix.shape[1])):
                    result[j, i] = matrix[i, j]


@njit(cache=True, nogil=True)
def overlap_add(frames: Floats, window: Floats, hop: int, total: Floats, weight: Floats) -> None:
    """Adds windowed `frames` into `total`, and the squared window into `weight`, every `hop` samples."""
    for t in range(frames.shape[0]):
        begin = t * hop
        for n in range(window.size):
            total[begin + n] += frames[t, n] * window[n]
            weight[begin + n] += window[n] * window[n]


@njit(cache=True, nogil=True, fastmath=REORDERED)
def shares_of_energy(power: Floats, share: Floats, part: Doubles, whole: Doubles) -> None:
    """Per frame the energy and the part of it that `share`^2 leaves; power, share : shape (n_frames, n_bins)."""
    for t in range(power.shape[0]):
        inside, total = np.float32(0.0), np.float32(0.0)
        for k in range(power.shape[1]):
            total += power[t, k]
            inside += power[t, k] * share[t, k] * share[t, k]
        part[t], whole[t] = inside, total


@njit(cache=True, nogil=True)
def rising_difference(decibels: Floats, rises: Floats) -> None:
    """max(0, x[t] - x[t-1]) in every column, 0 in the first frame; both of shape (n_frames, n_bands)."""
    rises[0] = 0.0
    for t in range(1, decibels.shape[0]):
        for b in range(decibels.shape[1]):
            rises[t, b] = max(decibels[t, b] - decibels[t - 1, b], np.float32(0.0))


@njit(cache=True, nogil=True, fastmath=REORDERED)
def flux(magnitude: Floats, result: Doubles) -> None:
    """Sum of squared differences between the spectra of neighbouring frames, each scaled to a sum of 1."""
    frames, bins = magnitude.shape
    result[0] = 0.0
    before = np.float32(0.0)
    for t in range(frames):
        total = np.float32(0.0)
        for k in range(bins):
            total += magnitude[t, k]
        scale = np.float32(0.0) if total <= 0 else np.float32(1.0) / total
        if t > 0:
            squares = np.float32(0.0)
            for k in range(bins):
                difference = magnitude[t, k] * scale - magnitude[t - 1, k] * before
                squares += difference * difference
            result[t] = squares
        before = scale


@njit(cache=True, nogil=True)
def sorted_median(rows: Floats, result: Floats) -> None:
    """Median of every row; `rows`, of shape (n, width), is left sorted."""
    width = rows.shape[1]
    for t in range(rows.shape[0]):
        rows[t].sort()
        if width % 2:
            result[t] = rows[t, width // 2]
        else:
            result[t] = (rows[t, width // 2 - 1] + rows[t, width // 2]) / np.float32(2.0)


@njit(cache=True, nogil=True)
def running_energy(samples: Floats, energy: Doubles) -> None:
    """energy[n] = sum of the squares of the first n samples; shape (n_samples + 1,)."""
    total = 0.0
    energy[0] = 0.0
    for n in range(samples.size):
        total += float(samples[n]) * float(samples[n])
        energy[n + 1] = total


@njit(cache=True, nogil=True)
def running_crossings(samples: Floats, smallest: float, crossings: Whole) -> None:
    """crossings[n] = changes of sign among the first n samples; shape (n_samples + 1,)."""
    crossings[0] = 0
    before = samples[0] < -smallest
    count = 0
    for n in range(samples.size):
        negative = samples[n] < -smallest
        if negative != before:
            count += 1
        before = negative
        crossings[n + 1] = count


@njit(cache=True, nogil=True, fastmath=REORDERED)
def sums(values: Floats) -> tuple[float, float]:
    """Sum, and sum of squares."""
    total, squares = 0.0, 0.0
    for n in range(values.size):
        value = float(values[n])
        total += value
        squares += value * value
    return total, squares
