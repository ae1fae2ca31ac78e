"""The one short-time spectrum of a clip, and what several descriptors share of it, each computed when first asked."""

from collections.abc import Iterator
from functools import cached_property, lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.features import kernels
from classically_punk.features.median import median_31

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
        return np.fft.rfftfreq(self.n_fft, 1 / SAMPLE_RATE)

    @cached_property
    def spectrum(self) -> NDArray[np.complex64]:
        """Complex amplitudes, shape (n_frames, n_bins); beyond its ends the clip counts as silent."""
        padded = np.pad(self.samples, self.n_fft // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, self.n_fft)[:: self.hop_length][: self.n_frames]
        spectrum = np.empty((self.n_frames, self.n_fft // 2 + 1), dtype=np.complex64)
        for block in _blocks(self.n_frames):
            spectrum[block] = scipy.fft.rfft(frames[block] * hann(self.n_fft), axis=1, overwrite_x=True)
        return spectrum

    @cached_property
    def _power_and_magnitude(self) -> tuple[FloatArray, FloatArray]:
        power = np.empty(self.spectrum.shape, dtype=np.float32)
        magnitude = np.empty_like(power)
        kernels.power_and_magnitude(self.spectrum, power, magnitude)
        return power, magnitude

    @property
    def power(self) -> FloatArray:
        """|X|^2, shape (n_frames, n_bins)."""
        return self._power_and_magnitude[0]

    @property
    def magnitude(self) -> FloatArray:
        """|X|, shape (n_frames, n_bins)."""
        return self._power_and_magnitude[1]

    @cached_property
    def mel_decibels(self) -> FloatArray:
        """Power in 128 mel bands, dB, shape (n_frames, 128), at most 80 dB below the loudest value of the clip."""
        bands, starts, stops = _mel_bands(self.n_fft)
        power = np.empty((self.n_frames, N_MELS), dtype=np.float32)
        kernels.banded_product(self.power, starts, stops, bands, power)
        return decibels(power)

    @cached_property
    def harmonic_share(self) -> FloatArray:
        """Share of each amplitude that belongs to the harmonic part, in [0, 1], shape (n_frames, n_bins).

        Medians over 31 frames keep what lasts, medians over 31 bins what is broad; the mask is soft, and the
        percussive share is what is missing to 1.
        Source: Fitzgerald 2010; Driedger, Mueller & Disch 2014; `librosa.decompose.hpss` with its defaults.
        """
        lasting = median_31(self.magnitude)
        by_bin = np.empty(self.magnitude.shape[::-1], dtype=np.float32)
        kernels.transposed(self.magnitude, by_bin)
        broad = median_31(by_bin)
        share = np.empty_like(lasting)
        kernels.soft_mask(lasting, broad, float(np.finfo(np.float32).tiny), share)
        return share

    @cached_property
    def harmonic_samples(self) -> FloatArray:
        """The harmonic part of the clip, shape (n,); the percussive part is the clip less this."""
        length = self.n_fft + (self.n_frames - 1) * self.hop_length
        total = np.zeros(length, dtype=np.float32)
        weight = np.zeros(length, dtype=np.float32)
        for block in _blocks(self.n_frames):
            masked = self.spectrum[block] * self.harmonic_share[block]
            frames = scipy.fft.irfft(masked, n=self.n_fft, axis=1, overwrite_x=True)
            begin = block.start * self.hop_length
            kernels.overlap_add(frames, hann(self.n_fft), self.hop_length, total[begin:], weight[begin:])
        centre = slice(self.n_fft // 2, self.n_fft // 2 + self.samples.size)
        total, weight = total[centre], weight[centre]
        return np.divide(total, weight, out=total, where=weight > np.finfo(np.float32).tiny)


def _blocks(n_frames: int) -> Iterator[slice]:
    """A few frames at a time, which stay in the processor's cache between windowing and transform."""
    for first in range(0, n_frames, FRAMES_AT_ONCE):
        yield slice(first, min(first + FRAMES_AT_ONCE, n_frames))


def decibels(power: FloatArray) -> FloatArray:
    """10 log10 of `power`, no lower than -100 dB and no lower than 80 dB below its maximum.

    Source: `librosa.power_to_db` with its defaults.
    """
    level: FloatArray = np.float32(10) * np.log10(np.maximum(power, np.float32(SMALLEST_POWER)))
    return np.maximum(level, level.max() - np.float32(DYNAMIC_RANGE))


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
