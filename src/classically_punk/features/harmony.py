"""Which pitches sound: tuning, chroma, tonnetz."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.contracts.bands import N_CHROMA
from classically_punk.features import kernels
from classically_punk.features.spectra import ClipSpectrum, FloatArray

LOWEST_PITCH = 150.0  # Hz
HIGHEST_PITCH = 4000.0  # Hz
PEAK_THRESHOLD = 0.1  # of the strongest bin of a frame
TUNING_STEPS = 100  # per semitone


def tuning(clip: ClipSpectrum) -> float:
    """Deviation of the clip's pitches from A440, in semitones, in [-0.5, 0.5) and steps of 0.01; 0 without a peak.

    Source: `librosa.estimate_tuning` on the power spectrum.
    """
    frequencies = clip.frequencies
    low = int(np.searchsorted(frequencies, LOWEST_PITCH, side="left"))
    high = int(np.searchsorted(frequencies, HIGHEST_PITCH, side="left"))
    places = np.empty(clip.n_frames * (high - low), dtype=np.float32)
    heights = np.empty_like(places)
    found = kernels.spectral_peaks(clip.power, low, high, PEAK_THRESHOLD, places, heights)
    places, heights = places[:found], heights[:found]
    if not found:
        return 0.0
    hertz = places[heights >= np.median(heights)] * (SAMPLE_RATE / clip.n_fft)
    semitones = np.mod(N_CHROMA * np.log2(hertz / (440.0 / 16), dtype=np.float64), 1.0)
    semitones[semitones >= 0.5] -= 1.0
    edges = np.linspace(-0.5, 0.5, TUNING_STEPS + 1)
    counts, _ = np.histogram(semitones, edges)
    return float(edges[counts.argmax()])


def chroma(clip: ClipSpectrum) -> FloatArray:
    """Energy in the 12 pitch classes from C on, the strongest of each frame scaled to 1; shape (n_frames, 12).

    A frame of zeros has zeros. Source: Ellis 2007; `librosa.feature.chroma_stft` with its defaults.
    """
    raw: FloatArray = clip.power @ _chroma_filters(clip.n_fft, round(tuning(clip) * TUNING_STEPS)).T
    strongest = raw.max(axis=1, keepdims=True)
    scale = np.where(strongest < np.finfo(np.float32).tiny, np.float32(1), strongest)
    raw /= scale
    return raw


def key_relative(mean_chroma: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean chroma from its strongest pitch class upwards in semitones, shape (12,): the same in every key.

    A triad on G (pitch class 7), whose root is strongest, has its notes 0, 4 and 7 semitones up:

    >>> g_major = np.zeros(12)
    >>> g_major[[7, 11, 2]] = 1.0, 0.5, 0.8
    >>> np.flatnonzero(key_relative(g_major)).tolist()
    [0, 4, 7]
    """
    return np.roll(mean_chroma, -int(mean_chroma.argmax()))


def tonnetz(values: FloatArray) -> FloatArray:
    """Coordinates on the circles of fifths, minor thirds and major thirds (two each); shape (n_frames, 6).

    values : chroma, shape (n_frames, 12); a frame of zeros lies in the middle of all circles.
    Source: Harte, Sandler & Gasser 2006; `librosa.feature.tonnetz`, here of the chroma of the short-time spectrum.
    """
    pitch = np.arange(N_CHROMA)
    angles = np.pi * np.array([7 / 6, 3 / 2, 2 / 3])[:, None] * pitch
    radii = np.array([1.0, 1.0, 0.5])[:, None]
    basis = np.empty((6, N_CHROMA), dtype=np.float32)
    basis[0::2], basis[1::2] = radii * np.sin(angles), radii * np.cos(angles)
    total = values.sum(axis=1, keepdims=True)
    coordinates: FloatArray = values @ basis.T
    coordinates /= np.where(total < np.finfo(np.float32).tiny, np.float32(1), total)
    return coordinates


@lru_cache
def _chroma_filters(n_fft: int, hundredths: int) -> FloatArray:
    """Chroma filters for a tuning in hundredths of a semitone, shape (12, n_bins)."""
    from librosa.filters import chroma as chroma_filters

    filters = chroma_filters(sr=SAMPLE_RATE, n_fft=n_fft, tuning=hundredths / TUNING_STEPS, n_chroma=N_CHROMA)
    return np.ascontiguousarray(filters, dtype=np.float32)
