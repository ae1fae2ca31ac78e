"""One clip to rows of numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.features.measured import Measured
from classically_punk.features.sets import COMPUTED, columns_of
from classically_punk.features.spectra import ClipSpectrum
from classically_punk.features.summaries import spans
from classically_punk.foundation.params import Features

FULL_SCALE = 32768


@dataclass(frozen=True)
class ClipFeatures:
    """columns: names. window: shape (rows,), -1 for the whole clip, then 0, 1, ... start, duration: s, shape (rows,).
    values: float32, shape (rows, columns), all finite."""

    columns: tuple[str, ...]
    window: NDArray[np.int64]
    start: NDArray[np.float64]
    duration: NDArray[np.float64]
    values: NDArray[np.float32]


def clip_features(samples: NDArray[np.int16] | NDArray[np.float32], settings: Features) -> ClipFeatures:
    """The columns of `settings.sets` for the whole clip and for its windows.

    samples : mono, 22050 Hz, shape (n,), n >= 1; int16, or floats in [-1, 1]
    Raises ValueError when `samples` is empty, has several channels or holds NaN or infinity.
    """
    waveform = np.asarray(samples)
    if waveform.dtype == np.int16:
        waveform = waveform.astype(np.float32) / FULL_SCALE
    spectrum = ClipSpectrum(waveform.astype(np.float32, copy=False), settings.n_fft, settings.hop_length)
    clip = Measured(spectrum)
    parts = spans(waveform.size, clip.spectrum.n_frames, settings.hop_length, settings.window, settings.window_hop)
    columns = columns_of(settings.sets)
    values = np.empty((len(parts), len(columns)), dtype=np.float32)
    for row, part in enumerate(parts):
        found: dict[str, float] = {}
        for name in settings.sets:
            found |= COMPUTED[name](clip, part)
        values[row] = [found[column] for column in columns]
    if not np.isfinite(values).all():
        lost = [columns[place] for place in np.flatnonzero(~np.isfinite(values).all(axis=0))]
        raise ArithmeticError(f"columns without a finite value: {', '.join(lost)}")
    return ClipFeatures(
        columns,
        np.array([part.window for part in parts], dtype=np.int64),
        np.array([part.start for part in parts]),
        np.array([part.duration for part in parts]),
        values,
    )


def warm_up() -> None:
    """Compiles every kernel, or loads it from disk, in this process.

    To be called before worker processes start: they then load what is compiled instead of all compiling at once.
    """
    settings = Features(sets=["standard", "kaggle57"], n_fft=2048, hop_length=512, window=0.5, window_hop=0.5)
    noise = np.random.default_rng(0).standard_normal(SAMPLE_RATE).astype(np.float32)
    clip_features(noise / np.abs(noise).max(), settings)
