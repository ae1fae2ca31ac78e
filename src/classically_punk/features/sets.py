"""The named sets of columns: which descriptors, summarised how.

`kaggle57`  the columns of the published table of GTZAN, under their published names and in their order
`standard`  wider, on scales that suit a linear model: levels and logarithms instead of amplitudes and frequencies,
            deviations instead of variances, pitch without the key
"""

from collections.abc import Iterable

import numpy as np

from classically_punk.features import kernels
from classically_punk.features.dynamics import crest_factor, dynamic_range, level, low_energy_share
from classically_punk.features.harmony import N_CHROMA, key_relative
from classically_punk.features.measured import Measured
from classically_punk.features.rhythm import (
    MODULATION_BANDS,
    TEMPO_BANDS,
    TYPICAL_TEMPO,
    modulation_bands,
    onset_rate,
    pulse_clarity,
    tempo_bands,
)
from classically_punk.features.summaries import Span, statistics
from classically_punk.features.timbre import CONTRAST_OCTAVES, N_MFCC

STATISTICS = ("mean", "std", "skew", "diff_std")

_KAGGLE_SPECTRAL = (
    "chroma_stft",
    "rms",
    "spectral_centroid",
    "spectral_bandwidth",
    "rolloff",
    "zero_crossing_rate",
    "harmony",
    "perceptr",
)

# Descriptors of the standard set that are summarised over frames, in the order of `Measured.standard_frames`.
FRAME_DESCRIPTORS = (
    *(f"mfcc{number}" for number in range(1, N_MFCC + 1)),
    *(f"contrast{number}" for number in range(1, CONTRAST_OCTAVES + 2)),
    "log_centroid",
    "log_bandwidth",
    "log_low_rolloff",
    "log_rolloff",
    "flatness",
    "flux",
    "zero_crossing_rate",
    "onset_strength",
    "level",
)
SPAN_DESCRIPTORS = (
    *(f"chroma_above{semitones}" for semitones in range(N_CHROMA)),
    *(f"tonnetz{number}_{statistic}" for statistic in ("mean", "std") for number in range(1, 7)),
    "log_tempo",
    *(f"tempo_band{number}" for number in range(1, TEMPO_BANDS + 1)),
    *(f"modulation{number}" for number in range(1, MODULATION_BANDS + 1)),
    "pulse_clarity",
    "onset_rate",
    "dynamic_range",
    "low_energy_share",
    "crest_factor",
)

KAGGLE57 = (
    *(f"{name}_{statistic}" for name in _KAGGLE_SPECTRAL for statistic in ("mean", "var")),
    "tempo",
    *(f"mfcc{number}_{statistic}" for number in range(1, N_MFCC + 1) for statistic in ("mean", "var")),
)
STANDARD = (
    *(f"{name}_{statistic}" for statistic in STATISTICS for name in FRAME_DESCRIPTORS),
    *SPAN_DESCRIPTORS,
)
SETS = {"kaggle57": KAGGLE57, "standard": STANDARD}


def columns_of(sets: Iterable[str]) -> tuple[str, ...]:
    """The columns of several sets, each once, in the order of the sets. Raises KeyError for an unknown set."""
    return tuple(dict.fromkeys(name for chosen in sets for name in SETS[chosen]))


def kaggle57(clip: Measured, span: Span) -> dict[str, float]:
    """Values of `KAGGLE57` for one span of a clip."""
    tracks = {
        "chroma_stft": clip.chroma[span.frames].reshape(-1),
        "harmony": clip.harmonic[span.samples],
        "perceptr": clip.percussive[span.samples],
    }
    values: dict[str, float] = {}
    for name, track in tracks.items():
        total, squares = kernels.sums(track)
        mean = total / track.size
        values[f"{name}_mean"], values[f"{name}_var"] = mean, max(squares / track.size - mean * mean, 0.0)
    frames = statistics(clip.kaggle_frames[span.frames])
    for place, name in enumerate((*_KAGGLE_SPECTRAL[1:6], *(f"mfcc{number}" for number in range(1, N_MFCC + 1)))):
        values[f"{name}_mean"], values[f"{name}_var"] = float(frames.mean[place]), float(frames.variance[place])
    values["tempo"] = clip.tempo(span)
    return values


def standard(clip: Measured, span: Span) -> dict[str, float]:
    """Values of `STANDARD` for one span of a clip."""
    summary = statistics(clip.standard_frames[span.frames])
    values = {
        f"{name}_{statistic}": float(value)
        for statistic in STATISTICS
        for name, value in zip(FRAME_DESCRIPTORS, getattr(summary, statistic), strict=True)
    }
    relative = key_relative(clip.chroma[span.frames].mean(axis=0, dtype=np.float64))
    values |= {f"chroma_above{semitones}": float(value) for semitones, value in enumerate(relative)}
    tonnetz = clip.tonnetz[span.frames]
    for statistic, found in (("mean", tonnetz.mean(axis=0)), ("std", tonnetz.std(axis=0))):
        values |= {f"tonnetz{number}_{statistic}": float(value) for number, value in enumerate(found, start=1)}
    correlation, tempi = clip.correlation(span), clip.tempogram.tempi()
    values["log_tempo"] = float(np.log2(clip.tempo(span) or TYPICAL_TEMPO))
    bands = tempo_bands(correlation, tempi)
    values |= {f"tempo_band{number}": float(value) for number, value in enumerate(bands, start=1)}
    swings = modulation_bands(clip.onsets.mean[span.frames], clip.spectrum.hop_length)
    values |= {f"modulation{number}": float(value) for number, value in enumerate(swings, start=1)}
    values["pulse_clarity"] = pulse_clarity(correlation, tempi)
    values["onset_rate"] = onset_rate(clip.onsets.mean[span.frames], span.duration, clip.spectrum.hop_length)
    amplitude = clip.rms[span.frames]
    values["dynamic_range"] = dynamic_range(level(amplitude))
    values["low_energy_share"] = low_energy_share(amplitude)
    values["crest_factor"] = crest_factor(clip.spectrum.samples[span.samples])
    return values


COMPUTED = {"kaggle57": kaggle57, "standard": standard}
