"""How a sound is coloured: the shape of its spectrum, frame by frame."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.contracts.bands import CONTRAST_LOWEST, CONTRAST_OCTAVES, N_MFCC
from classically_punk.features import kernels
from classically_punk.features.spectra import (
    DYNAMIC_RANGE,
    SMALLEST_POWER,
    ClipSpectrum,
    FloatArray,
    blocks,
    decibels,
    log10,
)

ROLLOFF_SHARES = (0.25, 0.85)
SMALLEST_FLUX = 1e-6
CONTRAST_SHARE = 0.02
SLOPE_LOWEST = 50.0  # Hz; below lie rumble and what an offset leaks


class SpectralShape(NamedTuple):
    """Hz, each of shape (n_frames,). `low_rolloff` is that of 25 % of the magnitude, `rolloff` that of 85 %."""

    centroid: FloatArray
    bandwidth: FloatArray
    low_rolloff: FloatArray
    rolloff: FloatArray


def mfcc(clip: ClipSpectrum) -> FloatArray:
    """Mel-frequency cepstral coefficients 1 to 20, shape (n_frames, 20).

    The first is the level (its 0th basis function is constant).
    Source: Davis & Mermelstein 1980; `librosa.feature.mfcc` with its defaults.
    """
    coefficients: FloatArray = scipy.fft.dct(clip.mel_decibels, axis=1, norm="ortho")[:, :N_MFCC]
    return coefficients


def spectral_shape(clip: ClipSpectrum) -> SpectralShape:
    """Centre of gravity of the magnitudes, deviation around it, and frequencies below which 25 and 85 % of them lie.

    A frame of zeros has 0 Hz for all four.
    Source: Tzanetakis & Cook 2002; `librosa.feature.spectral_centroid`, `_bandwidth` and `_rolloff`.
    """
    centroid, bandwidth = np.empty(clip.n_frames, dtype=np.float32), np.empty(clip.n_frames, dtype=np.float32)
    rolloffs = np.empty((len(ROLLOFF_SHARES), clip.n_frames), dtype=np.float32)
    bin_width = SAMPLE_RATE / clip.n_fft
    kernels.spectral_shape(clip.power, bin_width, np.array(ROLLOFF_SHARES), centroid, bandwidth, rolloffs)
    return SpectralShape(centroid, bandwidth, *rolloffs)


def spectral_contrast(clip: ClipSpectrum) -> FloatArray:
    """Peaks less valleys in 7 bands (below 200 Hz, and octaves from there), dB, shape (n_frames, 7).

    Source: Jiang et al. 2002; `librosa.feature.spectral_contrast` with its defaults.
    """
    starts, stops, counts = _contrast_bands(clip.frequencies)
    peaks = np.empty((starts.size, clip.n_frames), dtype=np.float32)
    valleys = np.empty_like(peaks)
    for block in blocks(clip.n_frames, 64):
        by_bin = np.ascontiguousarray(clip.power[block].T)
        kernels.extremes(by_bin, starts, stops, counts, peaks[:, block], valleys[:, block])
    return (decibels(peaks) - decibels(valleys)).T


def spectral_flatness(clip: ClipSpectrum) -> FloatArray:
    """Geometric over arithmetic mean of the power, dB, shape (n_frames,): 0 dB for white noise and for silence.

    Source: Dubnov 2004; `librosa.feature.spectral_flatness`, in decibels.
    """
    flatness = np.empty(clip.n_frames, dtype=np.float32)
    kernels.log_flatness(clip.power, SMALLEST_POWER, flatness)
    flatness *= np.float32(10 / np.log(10))
    np.minimum(flatness, 0, out=flatness)  # rounding
    return flatness


def spectral_flux(clip: ClipSpectrum) -> FloatArray:
    """Distance between the spectra of neighbouring frames, each scaled to a sum of 1, dB; shape (n_frames,).

    No lower than -120 dB; the first frame takes the value of the second.
    Source: Tzanetakis & Cook 2002, sec. II-A (there the square, not in decibels).
    """
    distance = np.empty(clip.n_frames, dtype=np.float32)
    kernels.flux(clip.power, distance)
    level: FloatArray = (20 * log10(np.maximum(distance, np.float32(SMALLEST_FLUX)))).astype(np.float32)
    return level


def spectral_slope(clip: ClipSpectrum) -> FloatArray:
    """Slope of the power spectrum's level over frequency, dB per octave, shape (n_frames,).

    The least-squares line through the bins from 50 Hz on, level in dB against log2 of frequency, each bin weighing
    1 / frequency, so that every octave weighs the same. Power counts as no lower than 80 dB below the largest of these
    bins in the clip, as everywhere in decibels here. A gain changes nothing: 0 for a click, -3 for pink noise, -6 for a
    spectrum whose magnitude falls as 1 / frequency; 0 for silence.
    Source: Peeters 2004, A large set of audio features for sound description, sec. 6.1.3 (there the line through
    magnitudes against Hz, over their sum).

    >>> click = np.zeros(4096, dtype=np.float32)
    >>> click[2048] = 1.0
    >>> slope = spectral_slope(ClipSpectrum(click, 2048, 512))
    >>> bool(np.abs(slope).max() < 1e-3)
    True
    """
    first = int(np.searchsorted(clip.frequencies, SLOPE_LOWEST))
    octaves, weight = np.log2(clip.frequencies[first:]), 1.0 / clip.frequencies[first:]
    away = octaves - np.average(octaves, weights=weight)
    line = weight * away / (weight * away**2).sum()
    floor = max(SMALLEST_POWER, float(clip.power[:, first:].max()) * 10 ** (-DYNAMIC_RANGE / 10))
    slope = np.empty(clip.n_frames, dtype=np.float32)
    for block in blocks(clip.n_frames):
        level = 10 * np.log10(np.maximum(clip.power[block, first:], floor, dtype=np.float64))
        level -= level[:, :1]  # a line through equal levels has no slope, to the last bit
        slope[block] = level @ line
    return slope


def zero_crossing_rate(clip: ClipSpectrum) -> FloatArray:
    """Share of the samples of a frame whose sign differs from the sample before; shape (n_frames,).

    Values within 1e-10 of zero count as positive; beyond its ends the clip keeps its last value.
    Source: `librosa.feature.zero_crossing_rate` with its defaults.
    """
    crossings = np.empty(clip.samples.size + 1, dtype=np.int32)
    kernels.running_crossings(clip.samples, 1e-10, crossings)
    begin = np.arange(clip.n_frames) * clip.hop_length - clip.n_fft // 2
    # a crossing into the first sample of a frame is not one within the frame
    first, last = np.clip(begin + 1, 0, clip.samples.size), np.clip(begin + clip.n_fft, 0, clip.samples.size)
    rate: FloatArray = ((crossings[last] - crossings[first]) / clip.n_fft).astype(np.float32)
    return rate


def _contrast_bands(
    frequencies: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """First bin, last bin + 1 and number of extreme values of each band. As in librosa a band begins one bin before
    its lower edge, all but the last leave their last bin out, and the count is taken before it is left out."""
    edges = np.concatenate([[0.0], CONTRAST_LOWEST * 2.0 ** np.arange(CONTRAST_OCTAVES + 1)])
    starts, stops, counts = [], [], []
    for band, (low, high) in enumerate(pairwise(edges)):
        inside = np.flatnonzero((frequencies >= low) & (frequencies <= high))
        first, stop = max(inside[0] - (band > 0), 0), inside[-1] + 1
        if band == CONTRAST_OCTAVES:
            stop = frequencies.size
        counts.append(max(1, round(CONTRAST_SHARE * (stop - first))))
        starts.append(first)
        stops.append(stop if band == CONTRAST_OCTAVES else stop - 1)
    return np.array(starts, dtype=np.int64), np.array(stops, dtype=np.int64), np.array(counts, dtype=np.int64)
