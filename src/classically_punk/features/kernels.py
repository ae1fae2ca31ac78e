"""Loops over spectra that NumPy would need several passes and temporaries for, compiled once and kept on disk."""

import numpy as np
from numpy.typing import NDArray

from classically_punk.features.compiled import compiled

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Whole = NDArray[np.int64]


@compiled(reordered=True)
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


@compiled(reordered=True)
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


@compiled()
def running_energy(samples: Floats, energy: Doubles) -> None:
    """energy[n] = sum of the squares of the first n samples; shape (n_samples + 1,)."""
    total = 0.0
    energy[0] = 0.0
    for n in range(samples.size):
        total += float(samples[n]) * float(samples[n])
        energy[n + 1] = total


@compiled()
def running_crossings(samples: Floats, smallest: float, crossings: NDArray[np.int32]) -> None:
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


@compiled(reordered=True)
def sums(values: Floats) -> tuple[float, float]:
    """Sum, and sum of squares."""
    total, squares = 0.0, 0.0
    for n in range(values.size):
        value = float(values[n])
        total += value
        squares += value * value
    return total, squares


@compiled()
def squared_magnitude(parts: Floats, power: Floats) -> None:
    """|X|^2 of interleaved real and imaginary parts; shapes (n_frames, 2 n_bins) and (n_frames, n_bins)."""
    for t in range(power.shape[0]):
        for k in range(power.shape[1]):
            real, imaginary = parts[t, 2 * k], parts[t, 2 * k + 1]
            power[t, k] = real * real + imaginary * imaginary


@compiled(reordered=True)
def spectral_shape(
    power: Floats, bin_width: float, shares: Doubles, centroid: Floats, bandwidth: Floats, rolloffs: Floats
) -> None:
    """Centroid, bandwidth and roll-offs of the magnitudes of every frame, Hz; all 0 for a frame of zeros.

    power    : shape (n_frames, n_bins); bin_width : Hz
    shares   : of the magnitude below each roll-off, in (0, 1), rising, shape (n_shares,)
    rolloffs : shape (n_shares, n_frames)
    """
    row = np.empty(power.shape[1], dtype=np.float32)
    for t in range(power.shape[0]):
        total, first, second = 0.0, 0.0, 0.0
        for k in range(row.size):
            row[k] = np.sqrt(power[t, k])
        for k in range(row.size):
            total += row[k]
            first += k * row[k]
            second += k * float(k) * row[k]
        if total <= 0.0:
            centroid[t], bandwidth[t], rolloffs[:, t] = 0.0, 0.0, 0.0
            continue
        mean = first / total
        centroid[t] = mean * bin_width
        bandwidth[t] = np.sqrt(max(second / total - mean * mean, 0.0)) * bin_width
        below, place = float(row[0]), 0
        for s in range(shares.size):
            while below < shares[s] * total and place + 1 < row.size:
                place += 1
                below += row[place]
            rolloffs[s, t] = place * bin_width


@compiled(reordered=True)
def extremes(power: Floats, starts: Whole, stops: Whole, counts: Whole, peaks: Floats, valleys: Floats) -> None:
    """Means of the `counts[b]` largest and smallest magnitudes in rows starts[b]:stops[b] of every column.

    power : shape (n_bins, n_frames), a column is a frame; peaks, valleys : shape (n_bands, n_frames)
    Each bin sinks through sorted lists of the extremes so far, for all frames at once.
    """
    frames = power.shape[1]
    largest = np.empty((counts.max(), frames), dtype=np.float32)
    smallest = np.empty((counts.max(), frames), dtype=np.float32)
    down, up = np.empty(frames, dtype=np.float32), np.empty(frames, dtype=np.float32)
    for b in range(starts.size):
        largest[:] = -1.0
        smallest[:] = np.inf
        for k in range(starts[b], stops[b]):
            for t in range(frames):
                down[t] = power[k, t]
                up[t] = power[k, t]
            for place in range(counts[b]):
                for t in range(frames):
                    held = largest[place, t]
                    largest[place, t] = max(held, down[t])
                    down[t] = min(held, down[t])
                    held = smallest[place, t]
                    smallest[place, t] = min(held, up[t])
                    up[t] = max(held, up[t])
        for t in range(frames):
            high, low = np.float32(0.0), np.float32(0.0)
            for place in range(counts[b]):
                high += np.sqrt(largest[place, t])
                low += np.sqrt(smallest[place, t])
            peaks[b, t] = high / np.float32(counts[b])
            valleys[b, t] = low / np.float32(counts[b])


@compiled(reordered=True)
def flux(power: Floats, distance: Floats) -> None:
    """Distance between the magnitude spectra of neighbouring frames, each scaled to a sum of 1.

    The first frame, which has none before it, takes the value of the second, and 0 where there is none.
    """
    frames, bins = power.shape
    now, before = np.zeros(bins, dtype=np.float32), np.zeros(bins, dtype=np.float32)
    for t in range(frames):
        total = np.float32(0.0)
        for k in range(bins):
            now[k] = np.sqrt(power[t, k])
            total += now[k]
        scale = np.float32(0.0) if total <= 0 else np.float32(1.0) / total
        squares = np.float32(0.0)
        for k in range(bins):
            now[k] *= scale
            difference = now[k] - before[k]
            squares += difference * difference
        distance[t] = np.sqrt(squares) if t > 0 else np.float32(0.0)
        now, before = before, now
    if frames > 1:
        distance[0] = distance[1]


@compiled(reordered=True)
def log_flatness(power: Floats, smallest: float, flatness: Floats) -> None:
    """Natural logarithm of geometric over arithmetic mean of every frame, values below `smallest` raised to that.

    A double holds the product of 16 float32 of at least 1e-10: one logarithm serves them all.
    """
    frames, bins = power.shape
    lowest = np.float32(smallest)
    products = np.empty(-(-bins // 16))
    width = products.size
    for t in range(frames):
        total = np.float32(0.0)
        for k in range(bins):
            total += max(power[t, k], lowest)
        products[:] = 1.0
        for first in range(0, bins, width):
            for k in range(first, min(first + width, bins)):
                products[k - first] *= float(max(power[t, k], lowest))
        logarithms = 0.0
        for product in products:
            logarithms += np.log(product)
        flatness[t] = logarithms / bins - np.log(total / bins)


@compiled()
def rises(decibels: Floats, network: Whole, mean: Floats, median: Floats) -> None:
    """Mean and median over the bands of max(0, x[t] - x[t-1]); 0 in the first frame.

    decibels : shape (n_frames, n_bands); network : comparators that bring the middle bands to their places
    64 frames at a time are the lanes of a sorting network.
    """
    frames, bands = decibels.shape
    lanes = 64
    rise = np.zeros((bands, lanes), dtype=np.float32)
    for begin in range(0, frames, lanes):
        for t in range(begin, min(begin + lanes, frames)):
            before = decibels[max(t - 1, 0)]
            total = np.float32(0.0)
            for b in range(bands):
                value = max(decibels[t, b] - before[b], np.float32(0.0))
                rise[b, t - begin] = value
                total += value
            mean[t] = total / np.float32(bands)
        for step in range(network.shape[0]):
            low, high = rise[network[step, 0]], rise[network[step, 1]]
            for lane in range(lanes):
                a, b_ = low[lane], high[lane]
                low[lane] = min(a, b_)
                high[lane] = max(a, b_)
        for t in range(begin, min(begin + lanes, frames)):
            median[t] = (rise[(bands - 1) // 2, t - begin] + rise[bands // 2, t - begin]) / np.float32(2.0)


@compiled()
def moments(frames: Doubles, mean: Doubles, variance: Doubles, third: Doubles, change: Doubles) -> None:
    """Mean, variance and third central moment of each column, and the variance of its change from row to row.

    frames : shape (n_frames, n_columns), n_frames >= 1; the others of shape (n_columns,). One row has no change: 0.
    """
    count, columns = frames.shape
    mean[:] = 0.0
    for t in range(count):
        for c in range(columns):
            mean[c] += frames[t, c]
    variance[:] = 0.0
    third[:] = 0.0
    change[:] = 0.0
    for c in range(columns):
        mean[c] /= count
    for t in range(count):
        for c in range(columns):
            centred = frames[t, c] - mean[c]
            variance[c] += centred * centred
            third[c] += centred * centred * centred
    for c in range(columns):
        variance[c] /= count
        third[c] /= count
    steps = count - 1
    for c in range(columns if steps else 0):
        drift = (frames[count - 1, c] - frames[0, c]) / steps
        change[c] = -drift * drift
    for t in range(1, count):
        for c in range(columns):
            step = frames[t, c] - frames[t - 1, c]
            change[c] += step * step / steps
    for c in range(columns):
        change[c] = max(change[c], 0.0)
