"""Spans of a clip, and statistics of frames within them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.contracts.design import WHOLE
from classically_punk.features import kernels

Matrix = NDArray[np.float64]


class Span(NamedTuple):
    """A part of a clip: its number, its place in s, its frames (those centred in it) and its samples."""

    window: int
    start: float
    duration: float
    frames: slice
    samples: slice


def spans(n_samples: int, n_frames: int, hop_length: int, window: float, window_hop: float) -> list[Span]:
    """The whole clip, then its windows of `window` s every `window_hop` s; a window that does not fit is left out.

    A clip no longer than one window has no windows: it would be said twice.

    >>> [(part.window, part.start) for part in spans(7 * SAMPLE_RATE, 302, 512, 3.0, 3.0)]
    [(-1, 0.0), (0, 0.0), (1, 3.0)]
    """
    seconds = n_samples / SAMPLE_RATE
    found = [Span(WHOLE, 0.0, seconds, slice(0, n_frames), slice(0, n_samples))]
    length, step = round(window * SAMPLE_RATE), round(window_hop * SAMPLE_RATE)
    for number, begin in enumerate(range(0, n_samples - length + 1, step)):
        if length == n_samples:
            break
        frames = slice(-(-begin // hop_length), min(-(-(begin + length) // hop_length), n_frames))
        found.append(Span(number, begin / SAMPLE_RATE, window, frames, slice(begin, begin + length)))
    return found


class Statistics(NamedTuple):
    """Of each column of a matrix, shape (n_columns,); named as entries of the catalogue name them."""

    mean: Matrix
    var: Matrix
    skew: Matrix
    diff_std: Matrix

    @property
    def std(self) -> Matrix:
        return np.sqrt(self.var)


class ValueStatistics(NamedTuple):
    """Of all values of an array."""

    mean: float
    var: float


def statistics(frames: Matrix) -> Statistics:
    """Mean, variance, skewness, and standard deviation of the change from frame to frame.

    frames : shape (n_frames, n_columns), n_frames >= 1
    A column that does not vary has skewness 0; a single frame has no change, and 0 for its deviation.
    """
    mean, variance, third, change = np.empty((4, frames.shape[1]))
    kernels.moments(frames, mean, variance, third, change)
    constant = variance <= (1e-7 * np.maximum(np.abs(mean), 1e-12)) ** 2
    skew = np.where(constant, 0.0, third / np.where(constant, 1.0, variance) ** 1.5)
    return Statistics(mean, variance, skew, np.sqrt(change))


def of_values(values: NDArray[np.float32]) -> ValueStatistics:
    """Mean and variance of all values of an array of any shape, at least one.

    >>> of_values(np.array([[1.0, 2.0], [3.0, 6.0]], dtype=np.float32))
    ValueStatistics(mean=3.0, var=3.5)
    """
    total, squares = kernels.sums(values.reshape(-1))
    mean = total / values.size
    return ValueStatistics(mean, max(squares / values.size - mean * mean, 0.0))
