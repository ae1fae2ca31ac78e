"""When things happen: onset strength, local autocorrelation, tempo, and the strengths of tempi."""

from functools import lru_cache
from itertools import pairwise

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.contracts.bands import (
    FASTEST_MODULATION,
    HIGHEST_BAND,
    LOWEST_BAND,
    MODULATION_BANDS,
    SLOWEST_MODULATION,
    TEMPO_BANDS,
)
from classically_punk.features import kernels
from classically_punk.features.median import middle_of
from classically_punk.features.spectra import ClipSpectrum, FloatArray, blocks

TEMPOGRAM_SECONDS = 8.0
TYPICAL_TEMPO = 120.0  # BPM
HIGHEST_TEMPO = 320.0  # BPM
SMALLEST_MODULATION = 1e-9  # of the whole
ONSET_DISTANCE = 0.05  # s; peaks of onset strength closer than this count once


class OnsetStrength:
    """Rises of the mel spectrum, summed up over its bands in two ways.

    median : over the bands, what librosa's beat tracker uses; shape (n_frames,)
    mean   : over the bands, dB per frame; shape (n_frames,)
    """

    def __init__(self, clip: ClipSpectrum) -> None:
        mean, median = np.empty(clip.n_frames, dtype=np.float32), np.empty(clip.n_frames, dtype=np.float32)
        kernels.rises(clip.mel_decibels, middle_of(clip.mel_decibels.shape[1]), mean, median)
        # a frame's rise is heard half a window later; the last frames fall off the end, as in librosa
        shift = clip.n_fft // (2 * clip.hop_length)
        self.median = _later(median, shift)
        self.mean = _later(mean, shift)


class Tempogram:
    """Local autocorrelation of onset strength, kept as power spectra so that its mean over any frames is cheap.

    The mean over frames and the inverse transform commute: a span of frames costs one transform.
    Source: Grosche, Mueller & Kurth 2010; `librosa.feature.tempogram` with its defaults.
    """

    def __init__(self, onset_strength: FloatArray, hop_length: int) -> None:
        self.rate = SAMPLE_RATE / hop_length  # frames per s
        self.length = int(TEMPOGRAM_SECONDS * self.rate)  # frames
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self.length) / self.length)
        padded = np.pad(onset_strength, self.length // 2, mode="linear_ramp", end_values=0)
        frames = np.lib.stride_tricks.sliding_window_view(padded, self.length)[: onset_strength.size]
        self._transformed = int(scipy.fft.next_fast_len(2 * self.length - 1, real=True))
        self._power = np.empty((onset_strength.size, self._transformed // 2 + 1), dtype=np.float32)
        for block in blocks(onset_strength.size):
            windowed = frames[block] * window.astype(np.float32)
            spectra = scipy.fft.rfft(windowed, n=self._transformed, axis=1)
            kernels.squared_magnitude(spectra.view(np.float32), self._power[block])
            energy = np.einsum("tn,tn->t", windowed, windowed)
            self._power[block] /= np.where(energy < np.finfo(np.float32).tiny, np.float32(1), energy)[:, None]

    def mean(self, frames: slice) -> NDArray[np.float64]:
        """Mean autocorrelation over `frames`, by lag in frames from 0 on; 1 at lag 0, 0 throughout for silence."""
        power = self._power[frames].mean(axis=0, dtype=np.float64)
        correlation: NDArray[np.float64] = scipy.fft.irfft(power, n=self._transformed)[: self.length]
        return correlation

    def tempi(self) -> NDArray[np.float64]:
        """Tempo of each lag, BPM; infinite at lag 0."""
        return _tempi(self.length, self.rate)


def tempo(correlation: NDArray[np.float64], tempi: NDArray[np.float64]) -> float:
    """The strongest tempo, BPM, weighed by how common a tempo is (one octave around 120 BPM).

    For silence the autocorrelation says nothing, and the most common tempo is returned.
    Source: Ellis 2007, Beat tracking by dynamic programming; `librosa.feature.tempo` with its defaults.
    """
    usable = (tempi < HIGHEST_TEMPO) & np.isfinite(tempi)
    weight = np.full(tempi.size, -np.inf)
    weight[usable] = -0.5 * np.log2(tempi[usable] / TYPICAL_TEMPO) ** 2
    return float(tempi[np.argmax(np.log1p(1e6 * np.maximum(correlation, 0)) + weight)])


def tempo_bands(correlation: NDArray[np.float64], tempi: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest autocorrelation in 12 bands of tempo, equal in octaves from 40 to 240 BPM: a beat histogram.

    Source: Tzanetakis & Cook 2002, sec. II-C.
    """
    edges = np.geomspace(LOWEST_BAND, HIGHEST_BAND, TEMPO_BANDS + 1)
    bands = np.zeros(TEMPO_BANDS)
    for band, (low, high) in enumerate(pairwise(edges)):
        inside = (tempi >= low) & (tempi < high)
        bands[band] = correlation[inside].max(initial=0.0)
    return bands


def pulse_clarity(correlation: NDArray[np.float64], tempi: NDArray[np.float64]) -> float:
    """Largest autocorrelation between 40 and 240 BPM: 1 for a machine's beat, near 0 where there is none.

    Source: Lartillot et al. 2008.
    """
    inside = (tempi >= LOWEST_BAND) & (tempi < HIGHEST_BAND)
    return float(correlation[inside].max(initial=0.0))


def onset_rate(onset_strength: NDArray[np.float32], seconds: float, hop_length: int) -> float:
    """Peaks of onset strength per s that stand out from their surroundings by half a standard deviation."""
    from scipy.signal import find_peaks

    deviation = float(onset_strength.std())
    if deviation <= 0:
        return 0.0
    distance = max(1, round(ONSET_DISTANCE * SAMPLE_RATE / hop_length))
    peaks, _ = find_peaks(onset_strength, prominence=0.5 * deviation, distance=distance)
    return len(peaks) / seconds


def modulation_bands(onset_strength: NDArray[np.float32], hop_length: int) -> NDArray[np.float64]:
    """How strongly onset strength swings at 0.5 to 20 Hz, in 10 bands of equal width in octaves, shape (10,).

    dB relative to the swing at all rates, no lower than -90. A band that is narrower than the resolution of so short
    a span takes the nearest rate. Source: after McKinney & Breebaart 2003 (modulation energy of an envelope).
    """
    swing = onset_strength.astype(np.float64) - onset_strength.mean(dtype=np.float64)
    power = np.abs(np.fft.rfft(swing * np.hanning(swing.size))) ** 2
    rates = np.fft.rfftfreq(swing.size, hop_length / SAMPLE_RATE)
    edges = np.geomspace(SLOWEST_MODULATION, FASTEST_MODULATION, MODULATION_BANDS + 1)
    bands = np.empty(MODULATION_BANDS)
    for band, (low, high) in enumerate(pairwise(edges)):
        inside = (rates >= low) & (rates < high)
        bands[band] = power[inside].mean() if inside.any() else power[np.abs(rates - np.sqrt(low * high)).argmin()]
    whole = power.sum()
    relative = bands / whole if whole > 0 else np.zeros(MODULATION_BANDS)
    level: NDArray[np.float64] = 10 * np.log10(np.maximum(relative, SMALLEST_MODULATION))
    return level


@lru_cache
def _tempi(length: int, rate: float) -> NDArray[np.float64]:
    lags = np.arange(length, dtype=np.float64)
    with np.errstate(divide="ignore"):
        return 60.0 * rate / lags


def _later(values: FloatArray, frames: int) -> FloatArray:
    return np.concatenate([np.zeros(min(frames, values.size), dtype=values.dtype), values])[: values.size]
