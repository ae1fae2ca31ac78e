"""The one short-time spectrum of a clip, and what several descriptors share of it, each computed when first asked."""

from collections.abc import Iterator
from functools import cached_property, lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.features import kernels

FloatArray = NDArray[np.float32]

N_MELS = 128
DYNAMIC_RANGE = 80.0
"""dB; what lies further below a clip's loudest value is raised to that, as librosa's `power_to_db` does."""
SMALLEST_POWER = 1e-10
FRAMES_AT_ONCE = 32


class ClipSpectrum:
    """A clip and its short-time spectrum, with hann windows centred on multiples of the hop.

    samples : float32 in [-1, 1], shape (n,), n >= 1, mono at 22050 Hz
    """

    def __init__(self, samples: FloatArray, n_fft: int, hop_length: int) -> None:
        if samples.ndim != 1 or samples.size == 0:
            raise ValueError(f"expected one or more samples of one channel, found shape {samples.shape}")
        if not np.isfinite(samples).all():
            raise ValueError("the clip holds samples that are NaN or infinite")
        self.samples = np.ascontiguousarray(samples, dtype=np.float32)
        self.n_fft = n_fft
        self.hop_length = hop_length

    @property
    def n_frames(self) -> int:
        """Frames, the first centred on the first sample."""
        return 1 + self.samples.size // self.hop_length

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """Centre of every bin, Hz, shape (n_fft / 2 + 1,)."""
        return np.arange(self.n_fft // 2 + 1, dtype=np.float64) * (SAMPLE_RATE / self.n_fft)

    @cached_property
    def spectrum(self) -> NDArray[np.complex64]:
        """Complex amplitudes, shape (n_frames, n_bins); beyond its ends the clip counts as silent."""
        padded = np.pad(self.samples, self.n_fft // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, self.n_fft)[:: self.hop_length][: self.n_frames]
        spectrum = np.empty((self.n_frames, self.n_fft // 2 + 1), dtype=np.complex64)
        for block in blocks(self.n_frames):
            spectrum[block] = scipy.fft.rfft(frames[block] * hann(self.n_fft), axis=1, overwrite_x=True)
        return spectrum

    @cached_property
    def power(self) -> FloatArray:
        """|X|^2, shape (n_frames, n_bins)."""
        power = np.empty(self.spectrum.shape, dtype=np.float32)
        kernels.squared_magnitude(self.spectrum.view(np.float32), power)
        return power

    @cached_property
    def mel_decibels(self) -> FloatArray:
        """Power in 128 mel bands, dB, shape (n_frames, 128), at most 80 dB below the loudest value of the clip."""
        bands, starts, stops = _mel_bands(self.n_fft)
        power = np.empty((self.n_frames, N_MELS), dtype=np.float32)
        kernels.banded_product(self.power, starts, stops, bands, power)
        return decibels(power)


def blocks(n_frames: int, at_once: int = FRAMES_AT_ONCE) -> Iterator[slice]:
    """A few frames at a time, which stay in the processor's cache from one step to the next."""
    for first in range(0, n_frames, at_once):
        yield slice(first, min(first + at_once, n_frames))


def decibels(power: FloatArray) -> FloatArray:
    """10 log10 of `power`, no lower than -100 dB and no lower than 80 dB below its maximum.

    Source: `librosa.power_to_db` with its defaults.
    """
    level: FloatArray = (10 * log10(np.maximum(power, np.float32(SMALLEST_POWER)))).astype(np.float32)
    np.maximum(level, level.max() - np.float32(DYNAMIC_RANGE), out=level)
    return level


def log10(values: FloatArray) -> NDArray[np.float64]:
    """In double precision, where C libraries agree: glibc 2.41 has another log10 for single precision than 2.36."""
    return np.log10(values, dtype=np.float64)


@lru_cache
def hann(length: int) -> FloatArray:
    """A periodic hann window, shape (length,)."""
    n = np.arange(length)
    window: FloatArray = (0.5 - 0.5 * np.cos(2 * np.pi * n / length)).astype(np.float32)
    window.setflags(write=False)
    return window


@lru_cache
def _mel_bands(n_fft: int) -> tuple[FloatArray, NDArray[np.int64], NDArray[np.int64]]:
    """Slaney's mel filters, shape (128, n_bins), and where each begins and ends."""
    from librosa.filters import mel

    bands = np.ascontiguousarray(mel(sr=SAMPLE_RATE, n_fft=n_fft, n_mels=N_MELS), dtype=np.float32)
    inside = bands > 0
    starts = inside.argmax(axis=1)
    stops = np.where(inside.any(axis=1), bands.shape[1] - inside[:, ::-1].argmax(axis=1), 0)
    return bands, starts.astype(np.int64), stops.astype(np.int64)
