"""What entries of the catalogue take, frame by frame, from what a measured clip computes once for several of them.

Each function takes a measured clip and gives one row for each frame, as float32 or float64.
"""

import numpy as np

from classically_punk.features import dynamics, harmony
from classically_punk.features.measured import Measured
from classically_punk.features.spectra import FloatArray
from classically_punk.features.summaries import Matrix

LOWEST_FREQUENCY = 20.0
"""Hz; centroid, bandwidth and roll-off count as no lower before their logarithm is taken, silence included."""


def spectral_shape(clip: Measured) -> FloatArray:
    """Centroid, bandwidth, roll-off at 25 % and at 85 %, Hz, shape (n_frames, 4)."""
    return np.column_stack(clip.shape)


def log_spectral_shape(clip: Measured) -> FloatArray:
    """The same on a scale of octaves, log2 of Hz, shape (n_frames, 4)."""
    tracks = (np.maximum(track, np.float32(LOWEST_FREQUENCY)) for track in clip.shape)
    return np.column_stack([np.log2(track, dtype=np.float64).astype(np.float32) for track in tracks])


def rms(clip: Measured) -> FloatArray:
    """Root mean square of the samples of a frame, shape (n_frames,)."""
    return clip.rms


def level(clip: Measured) -> Matrix:
    """The same in dBFS, shape (n_frames,)."""
    return dynamics.level(clip.rms)


def onset_strength(clip: Measured) -> FloatArray:
    """Rise of the mel spectrum, mean over its bands, dB, shape (n_frames,)."""
    return clip.onsets.mean


def tonnetz(clip: Measured) -> FloatArray:
    """Coordinates on the circles of fifths, minor thirds and major thirds, shape (n_frames, 6)."""
    return harmony.tonnetz(clip.chroma)
