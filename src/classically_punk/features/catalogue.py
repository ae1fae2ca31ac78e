"""What every column is: for pages, figures and whoever asks what a coefficient means."""

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from classically_punk.features.harmony import N_CHROMA
from classically_punk.features.rhythm import (
    FASTEST_MODULATION,
    HIGHEST_BAND,
    LOWEST_BAND,
    MODULATION_BANDS,
    SLOWEST_MODULATION,
    TEMPO_BANDS,
)
from classically_punk.features.sets import SETS
from classically_punk.features.timbre import CONTRAST_LOWEST, CONTRAST_OCTAVES, N_MFCC

Family = Literal["timbre", "harmony", "rhythm", "dynamics"]
Unit = Literal["1", "BPM", "Hz", "Hz^2", "dB", "dB^2", "dBFS", "log2 BPM", "log2 Hz", "1/s"]

VERSION = 1
"""Raised when a column of the same name comes to mean something else: models name the version they were fitted to."""


@dataclass(frozen=True)
class Column:
    """One column: its name in tables, what a reader calls it, what it means, its unit, family and source."""

    name: str
    title: str
    meaning: str
    unit: Unit
    family: Family
    source: str


@dataclass(frozen=True)
class _Descriptor:
    """A quantity that exists for every frame (or, for the waveforms, every sample)."""

    title: str
    meaning: str
    unit: Unit
    family: Family
    source: str


_CHROMA_SOURCE = "Ellis 2007; librosa.feature.chroma_stft"
_HPSS_SOURCE = "Fitzgerald 2010; librosa.effects.hpss"
_TEMPO_SOURCE = "Grosche, Mueller & Kurth 2010; librosa.feature.tempogram"
_TZANETAKIS = "Tzanetakis & Cook 2002"
_SQUARED: dict[Unit, Unit] = {"Hz": "Hz^2", "dB": "dB^2", "1": "1"}
_STATISTICS = {
    "mean": ("mean", "Mean over frames."),
    "var": ("variance", "Variance over frames."),
    "std": ("deviation", "Standard deviation over frames: how much it varies."),
    "skew": ("skewness", "Skewness over frames: whether rare values lie above (positive) or below the usual ones."),
    "diff_std": ("restlessness", "Standard deviation of the change between frames (its delta): how restless it is."),
}
_DIMENSIONLESS_STATISTICS = {"skew"}


def _descriptors() -> dict[str, _Descriptor]:
    shape = "Tzanetakis & Cook 2002; librosa.feature.spectral_"
    found = {
        "chroma_stft": _Descriptor(
            "Chroma", "Strength of a pitch class relative to the strongest.", "1", "harmony", _CHROMA_SOURCE
        ),
        "rms": _Descriptor("RMS amplitude", "Root mean square of the samples.", "1", "dynamics", "librosa.feature.rms"),
        "spectral_centroid": _Descriptor(
            "Spectral centroid", "Centre of gravity of the spectrum: brightness.", "Hz", "timbre", f"{shape}centroid"
        ),
        "spectral_bandwidth": _Descriptor(
            "Spectral bandwidth", "Spread of the spectrum around its centroid.", "Hz", "timbre", f"{shape}bandwidth"
        ),
        "rolloff": _Descriptor(
            "Spectral roll-off",
            "Frequency below which 85 % of the magnitude lies.",
            "Hz",
            "timbre",
            f"{shape}rolloff",
        ),
        "zero_crossing_rate": _Descriptor(
            "Zero-crossing rate",
            "Share of samples that change sign: high for noise and bright sounds.",
            "1",
            "timbre",
            "librosa.feature.zero_crossing_rate",
        ),
        "harmony": _Descriptor("Harmonic waveform", "Samples of what lasts: tones.", "1", "harmony", _HPSS_SOURCE),
        "perceptr": _Descriptor(
            "Percussive waveform", "Samples of what begins and is gone: hits.", "1", "rhythm", _HPSS_SOURCE
        ),
        "log_centroid": _Descriptor(
            "Brightness",
            "Spectral centroid on a scale of octaves (20 Hz and below count as 20 Hz).",
            "log2 Hz",
            "timbre",
            f"{shape}centroid",
        ),
        "log_bandwidth": _Descriptor(
            "Bandwidth", "Spectral bandwidth on a scale of octaves.", "log2 Hz", "timbre", f"{shape}bandwidth"
        ),
        "log_rolloff": _Descriptor(
            "Roll-off", "Spectral roll-off (85 %) on a scale of octaves.", "log2 Hz", "timbre", f"{shape}rolloff"
        ),
        "log_low_rolloff": _Descriptor(
            "Low roll-off",
            "Frequency below which 25 % of the magnitude lies, on a scale of octaves: weight of the bass.",
            "log2 Hz",
            "timbre",
            f"{shape}rolloff",
        ),
        "flatness": _Descriptor(
            "Noisiness",
            "Spectral flatness: 0 dB for white noise (and for silence), far below for tones.",
            "dB",
            "timbre",
            "Dubnov 2004; librosa.feature.spectral_flatness",
        ),
        "flux": _Descriptor(
            "Spectral flux",
            "Distance between the spectra of neighbouring frames, each scaled to a sum of 1.",
            "dB",
            "timbre",
            f"{_TZANETAKIS}, sec. II-A",
        ),
        "onset_strength": _Descriptor(
            "Onset strength",
            "Rise of the mel spectrum from frame to frame, mean over its bands.",
            "dB",
            "rhythm",
            "Boeck & Widmer 2013; librosa.onset.onset_strength",
        ),
        "level": _Descriptor(
            "Level", "RMS amplitude in decibels, no lower than -100.", "dBFS", "dynamics", "librosa.feature.rms"
        ),
    }
    for number in range(1, N_MFCC + 1):
        what = "overall level" if number == 1 else "tilt of the spectrum, lows over highs" if number == 2 else ""
        detail = what or f"ripple of the spectrum with {number - 1} half waves over the mel scale"
        found[f"mfcc{number}"] = _Descriptor(
            f"MFCC {number}",
            f"Mel-frequency cepstral coefficient {number}: {detail}.",
            "dB",
            "timbre",
            "Davis & Mermelstein 1980; librosa.feature.mfcc",
        )
    for number in range(1, CONTRAST_OCTAVES + 2):
        high = CONTRAST_LOWEST * 2 ** (number - 1)
        low = 0 if number == 1 else high / 2
        span = f"{low:.0f} Hz to {high:.0f} Hz" if number <= CONTRAST_OCTAVES else f"above {low:.0f} Hz"
        found[f"contrast{number}"] = _Descriptor(
            f"Contrast {span}",
            f"Peaks over valleys of the spectrum, {span}: high for clear tones, low for noise.",
            "dB",
            "timbre",
            "Jiang et al. 2002; librosa.feature.spectral_contrast",
        )
    circles = ("fifths", "fifths", "minor thirds", "minor thirds", "major thirds", "major thirds")
    for number, circle in enumerate(circles, start=1):
        found[f"tonnetz{number}"] = _Descriptor(
            f"Tonnetz {number}",
            f"Coordinate {2 - number % 2} of the chroma on the circle of {circle}.",
            "1",
            "harmony",
            "Harte, Sandler & Gasser 2006; librosa.feature.tonnetz",
        )
    return found


def _of_spans() -> list[Column]:
    """Columns that exist for a whole clip or window only."""
    found = [
        Column(
            "tempo",
            "Tempo",
            "Strongest tempo, weighed by how common a tempo is; 0 where nothing begins.",
            "BPM",
            "rhythm",
            "Ellis 2007; librosa.beat.beat_track",
        ),
        Column(
            "log_tempo",
            "Tempo",
            "Tempo on a scale of octaves; that of 120 BPM where nothing begins.",
            "log2 BPM",
            "rhythm",
            "Ellis 2007; librosa.beat.beat_track",
        ),
        Column("pulse_clarity", "Pulse clarity", "Largest autocorrelation of onset strength between 40 and 240 BPM: "
               "how machine-like the beat is.", "1", "rhythm", "Lartillot et al. 2008"),
        Column("onset_rate", "Onsets per second", "Peaks of onset strength that stand out, per second.", "1/s",
               "rhythm", "librosa.onset.onset_detect, with scipy.signal.find_peaks"),
        Column("dynamic_range", "Dynamic range", "95th less 5th percentile of the level.", "dB", "dynamics",
               "EBU Tech 3342 (loudness range), here of the RMS level"),
        Column("low_energy_share", "Quiet frames", "Share of frames with an RMS amplitude below the mean.", "1",
               "dynamics", f"{_TZANETAKIS}, sec. II-A"),
        Column("crest_factor", "Crest factor", "Peak over root mean square: small for compressed recordings.", "dB",
               "dynamics", "IEC 60268-1"),
    ]  # fmt: skip
    found += [
        Column(
            f"chroma_above{semitones}",
            f"Pitch class {semitones} semitones up" if semitones else "Strongest pitch class",
            f"Mean strength of the pitch class {semitones} semitones above the strongest: harmony without key."
            if semitones
            else "Mean strength of the strongest pitch class: 1 where it leads in every frame.",
            "1",
            "harmony",
            _CHROMA_SOURCE,
        )
        for semitones in range(N_CHROMA)
    ]
    width = (FASTEST_MODULATION / SLOWEST_MODULATION) ** (1 / MODULATION_BANDS)
    for number in range(1, MODULATION_BANDS + 1):
        slow, fast = SLOWEST_MODULATION * width ** (number - 1), SLOWEST_MODULATION * width**number
        found.append(
            Column(
                f"modulation{number}",
                f"Swing at {slow:.1f}-{fast:.1f} Hz",
                f"How strongly onset strength swings {slow:.1f} to {fast:.1f} times a second, of all its swing.",
                "dB",
                "rhythm",
                "McKinney & Breebaart 2003",
            )
        )
    ratio = (HIGHEST_BAND / LOWEST_BAND) ** (1 / TEMPO_BANDS)
    for number in range(1, TEMPO_BANDS + 1):
        low, high = LOWEST_BAND * ratio ** (number - 1), LOWEST_BAND * ratio**number
        found.append(
            Column(
                f"tempo_band{number}",
                f"Beat at {low:.0f}-{high:.0f} BPM",
                f"Largest autocorrelation of onset strength at tempi from {low:.0f} to {high:.0f} BPM.",
                "1",
                "rhythm",
                f"{_TEMPO_SOURCE}; {_TZANETAKIS}, sec. II-C",
            )
        )
    return found


def _of_frames(name: str, statistic: str, descriptor: _Descriptor) -> Column:
    title, meaning = _STATISTICS[statistic]
    over = meaning.replace("over frames", "over samples") if name in ("harmony", "perceptr") else meaning
    unit = descriptor.unit
    if statistic in _DIMENSIONLESS_STATISTICS:
        unit = "1"
    elif statistic == "var":
        unit = _SQUARED[unit]
    elif statistic in ("std", "diff_std") and unit == "dBFS":
        unit = "dB"
    return Column(
        f"{name}_{statistic}",
        f"{descriptor.title}, {title}",
        f"{descriptor.meaning} {over}",
        unit,
        descriptor.family,
        descriptor.source,
    )


@cache
def catalogue() -> MappingProxyType[str, Column]:
    """Every column of every set, by name. Raises KeyError at the first column of a set that is not described."""
    described = {column.name: column for column in _of_spans()}
    descriptors = _descriptors()
    for name in (column for columns in SETS.values() for column in columns):
        if name not in described:
            stem, statistic = _parted(name)
            described[name] = _of_frames(stem, statistic, descriptors[stem])
    return MappingProxyType(described)


def titles() -> dict[str, str]:
    """column -> what a reader calls it."""
    return {name: column.title for name, column in catalogue().items()}


def families() -> dict[str, str]:
    """column -> timbre, harmony, rhythm or dynamics."""
    return {name: column.family for name, column in catalogue().items()}


def _parted(name: str) -> tuple[str, str]:
    for statistic in sorted(_STATISTICS, key=len, reverse=True):
        if name.endswith(f"_{statistic}"):
            return name.removesuffix(f"_{statistic}"), statistic
    raise KeyError(f"column {name} of a feature set has no entry in the catalogue")
