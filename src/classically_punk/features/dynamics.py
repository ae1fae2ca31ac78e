"""How loud, and how much that changes."""

import numpy as np
from numpy.typing import NDArray

from classically_punk.features import kernels
from classically_punk.features.spectra import ClipSpectrum, FloatArray

FLOOR = -100.0
"""dBFS; nothing counts as quieter, digital silence included."""


def rms(clip: ClipSpectrum) -> FloatArray:
    """Root mean square of the samples of each frame, shape (n_frames,), 1 for a square wave at full scale.

    Source: `librosa.feature.rms` with its defaults.
    """
    energy = np.empty(clip.samples.size + 1)
    kernels.running_energy(clip.samples, energy)
    begin = np.arange(clip.n_frames) * clip.hop_length - clip.n_fft // 2
    first, last = np.clip(begin, 0, clip.samples.size), np.clip(begin + clip.n_fft, 0, clip.samples.size)
    mean = (energy[last] - energy[first]) / clip.n_fft
    level: FloatArray = np.sqrt(np.maximum(mean, 0)).astype(np.float32)
    return level


def level(amplitude: NDArray[np.floating]) -> NDArray[np.float64]:
    """20 log10 of `amplitude`, dBFS, no lower than -100.

    >>> level(np.array([1.0, 0.1, 0.0])).tolist()
    [0.0, -20.0, -100.0]
    """
    decibels: NDArray[np.float64] = 20 * np.log10(np.maximum(amplitude.astype(np.float64), 10 ** (FLOOR / 20)))
    return decibels


def low_energy_share(amplitude: NDArray[np.floating]) -> float:
    """Share of frames whose RMS is below the mean RMS: high where quiet stretches and loud events alternate.

    Source: Tzanetakis & Cook 2002, sec. II-A.

    >>> low_energy_share(np.array([0.0, 0.0, 0.0, 1.0]))
    0.75
    """
    return float((amplitude < amplitude.mean(dtype=np.float64)).mean())


def dynamic_range(levels: NDArray[np.float64]) -> float:
    """95th less 5th percentile of the frames' levels, dB."""
    low, high = np.percentile(levels, [5, 95])
    return float(high - low)


def crest_factor(samples: FloatArray) -> float:
    """Peak over root mean square, dB: 3 dB for a sine, 0 dB for silence; small for compressed recordings.

    >>> sine = np.sin(2 * np.pi * np.arange(1000) / 100).astype(np.float32)
    >>> round(crest_factor(sine), 2)
    3.01
    """
    effective = float(np.sqrt(kernels.sums(samples)[1] / samples.size))
    if effective == 0:
        return 0.0
    return float(20 * np.log10(float(np.abs(samples).max()) / effective))
