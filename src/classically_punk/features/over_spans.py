"""What entries of the catalogue measure of a span of a clip: the whole, or a window.

Each function takes a measured clip and a span. It gives a number, or several of shape (n,); those that are summarised
over their values give an array of any shape.
"""

import numpy as np
from numpy.typing import NDArray

from classically_punk.features import dynamics, harmony, rhythm
from classically_punk.features.measured import Measured
from classically_punk.features.spectra import FloatArray
from classically_punk.features.summaries import Matrix, Span

# summarised over their values


def chroma_values(clip: Measured, span: Span) -> FloatArray:
    """Strength of every pitch class in every frame, shape (n, 12)."""
    return clip.chroma[span.frames]


def harmonic_samples(clip: Measured, span: Span) -> FloatArray:
    """Samples of the harmonic part, shape (n,)."""
    return clip.harmonic[span.samples]


def percussive_samples(clip: Measured, span: Span) -> FloatArray:
    """Samples of the percussive part, shape (n,)."""
    return clip.percussive[span.samples]


# as they are


def chroma_above(clip: Measured, span: Span) -> Matrix:
    """Mean chroma from its strongest pitch class upwards, shape (12,)."""
    return harmony.key_relative(clip.chroma[span.frames].mean(axis=0, dtype=np.float64))


def tempo(clip: Measured, span: Span) -> float:
    """BPM; 0 where nothing begins."""
    return clip.tempo(span)


def log_tempo(clip: Measured, span: Span) -> float:
    """log2 of BPM; that of the typical tempo where nothing begins."""
    return float(np.log2(clip.tempo(span) or rhythm.TYPICAL_TEMPO))


def tempo_bands(clip: Measured, span: Span) -> Matrix:
    """Strength of tempi in bands, shape (12,)."""
    return rhythm.tempo_bands(clip.correlation(span), clip.tempogram.tempi())


def modulation_bands(clip: Measured, span: Span) -> Matrix:
    """How strongly onset strength swings in bands of rates, dB, shape (10,)."""
    return rhythm.modulation_bands(_onsets(clip, span), clip.hop_length)


def pulse_clarity(clip: Measured, span: Span) -> float:
    """How machine-like the beat is, in [0, 1]."""
    return rhythm.pulse_clarity(clip.correlation(span), clip.tempogram.tempi())


def onset_rate(clip: Measured, span: Span) -> float:
    """Onsets per second."""
    return rhythm.onset_rate(_onsets(clip, span), span.duration, clip.hop_length)


def dynamic_range(clip: Measured, span: Span) -> float:
    """95th less 5th percentile of the level, dB."""
    return dynamics.dynamic_range(dynamics.level(clip.rms[span.frames]))


def low_energy_share(clip: Measured, span: Span) -> float:
    """Share of frames that are quieter than the mean."""
    return dynamics.low_energy_share(clip.rms[span.frames])


def crest_factor(clip: Measured, span: Span) -> float:
    """Peak over root mean square, dB."""
    return dynamics.crest_factor(clip.samples[span.samples])


def _onsets(clip: Measured, span: Span) -> NDArray[np.float32]:
    return clip.onsets.mean[span.frames]
