"""What is in one audio file: the pictures that a computer makes of ten seconds of music, and their numbers.

Every picture covers the same seconds. Levels are in dB below the loudest value of their picture, in bands and frames
few enough for a page; frames that are put together are averaged as power.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import librosa
import numpy as np
import pandas as pd
from librosa.beat import beat_track
from librosa.filters import mel as mel_filters
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.contracts.anatomy import LOWEST_NOTE, PITCH_CLASSES, SEMITONES
from classically_punk.contracts.design import WHOLE
from classically_punk.features.dynamics import level, rms
from classically_punk.features.extract import FULL_SCALE
from classically_punk.features.measured import Measured
from classically_punk.features.rhythm import HIGHEST_TEMPO
from classically_punk.features.spectra import ClipSpectrum, FloatArray, decibels
from classically_punk.features.summaries import Span
from classically_punk.foundation.pictures import packed

SECONDS = 10.0  # of a clip that are looked at, from its beginning
WIDEST = 400  # columns of a picture
MEL_BANDS = 96
PART_BANDS = 48  # mel bands of the harmonic and the percussive part
CONSTANT_Q_HOP = 512
RANGE = 80.0  # dB
SMALLEST_ENERGY = 1e-12


@dataclass(frozen=True)
class Anatomy:
    """Pictures have one row per band (lowest first) and one column per moment.

    waveform   : shape (2, m), smallest and largest sample of each moment, 1 is full scale
    notes      : shape (84, m), semitones from C1 on, dB
    mel        : shape (96, m), mel bands up to 11025 Hz, dB
    harmonic, percussive : shape (48, m), mel bands of the two parts, dB below the loudest of both
    chroma     : shape (12, m), pitch classes from C on, 0 to 1
    onsets     : shape (1, m), rise of the mel spectrum, dB per frame
    beats      : shape (n_beats,), s
    seconds    : length of what is shown
    tempo      : BPM; 0 where nothing begins
    harmonic_share : energy of the harmonic part of that of both; NaN for silence
    pitch_class : the strongest on average; empty for silence
    centroid   : mean spectral centroid, Hz; NaN for silence
    loudness   : RMS level, dBFS
    """

    waveform: FloatArray
    notes: FloatArray
    mel: FloatArray
    harmonic: FloatArray
    percussive: FloatArray
    chroma: FloatArray
    onsets: FloatArray
    beats: NDArray[np.float64]
    seconds: float
    tempo: float
    harmonic_share: float
    pitch_class: str
    centroid: float
    loudness: float

    @property
    def pictures(self) -> Mapping[str, FloatArray]:
        """Picture by name, in the order of the figure."""
        names = ("waveform", "notes", "mel", "harmonic", "percussive", "chroma", "onsets")
        return {name: getattr(self, name) for name in names}


def anatomy(samples: NDArray[np.int16] | FloatArray, n_fft: int, hop_length: int) -> Anatomy:
    """The pictures and numbers of the first 10 s of a clip.

    samples : mono, 22050 Hz, shape (n,), n >= 1; int16, or float32 in [-1, 1]
    Sources: Fitzgerald 2010 (parts), Ellis 2007 (beats, chroma), Schoerkhuber & Klapuri 2010 (constant-Q transform).
    """
    beginning = samples[: round(SECONDS * SAMPLE_RATE)]
    excerpt = beginning.astype(np.float32)
    if beginning.dtype == np.int16:
        excerpt /= np.float32(FULL_SCALE)
    clip = Measured(excerpt, n_fft, hop_length)
    seconds = excerpt.size / SAMPLE_RATE
    span = Span(WHOLE, 0.0, seconds, slice(0, clip.n_frames), slice(0, excerpt.size))
    tempo = min(clip.tempo(span), HIGHEST_TEMPO)
    energy = [float(np.square(part, dtype=np.float64).sum()) for part in (clip.harmonic, clip.percussive)]
    silent = sum(energy) <= SMALLEST_ENERGY * excerpt.size
    parts = [_mel(ClipSpectrum(part, n_fft, hop_length), PART_BANDS) for part in (clip.harmonic, clip.percussive)]
    harmonic, percussive = np.split(_in_decibels(np.concatenate(parts)), 2)
    heard = rms(clip) > 0
    return Anatomy(
        waveform=envelope(excerpt),
        notes=constant_q(excerpt),
        mel=_in_decibels(_mel(clip, MEL_BANDS)),
        harmonic=harmonic,
        percussive=percussive,
        chroma=narrowed(clip.chroma.T),
        onsets=narrowed(clip.onsets.mean[None, :], highest=True),
        beats=_beats(clip, tempo),
        seconds=seconds,
        tempo=tempo,
        harmonic_share=float("nan") if silent else energy[0] / sum(energy),
        pitch_class="" if silent else PITCH_CLASSES[int(clip.chroma.mean(axis=0, dtype=np.float64).argmax())],
        centroid=float("nan") if silent else float(clip.shape.centroid[heard].mean(dtype=np.float64)),
        loudness=float(level(np.sqrt(np.square(excerpt, dtype=np.float64).mean(keepdims=True)))[0]),
    )


def picture_table(genre: str, clip: str, found: Anatomy) -> pd.DataFrame:
    """ANATOMY_PICTURES of one clip; for its values see `pictures.packed`.

    The last row holds the beats: one row of times in s, as 32-bit floats.
    """
    rows = []
    for name, picture in found.pictures.items():
        packing = packed(picture)
        rows.append(
            {
                "genre": genre,
                "clip": clip,
                "picture": name,
                "rows": picture.shape[0],
                "columns": picture.shape[1],
                "seconds": found.seconds,
                "low": packing.low,
                "high": packing.high,
                "values": packing.values,
            }
        )
    beats = {"picture": "beats", "rows": 1, "columns": len(found.beats), "low": 0.0, "high": found.seconds}
    head = {"genre": genre, "clip": clip, "seconds": found.seconds}
    rows.append({**head, **beats, "values": found.beats.astype("<f4").tobytes()})
    return pd.DataFrame(rows)


def number_row(genre: str, clip: str, found: Anatomy) -> dict[str, object]:
    """The row of ANATOMY."""
    silent = not found.pitch_class
    tempo = found.tempo if found.tempo > 0 else np.nan
    return {
        "genre": genre,
        "clip": clip,
        "seconds": found.seconds,
        "tempo": tempo,
        "beats": len(found.beats),
        "harmonic_share": found.harmonic_share,
        "percussive_share": 1.0 - found.harmonic_share,
        "pitch_class": found.pitch_class,
        "centroid": found.centroid,
        "loudness": found.loudness,
        "reason": "silent" if silent else "" if found.tempo > 0 else "no tempo: nothing begins",
    }


def envelope(samples: FloatArray) -> FloatArray:
    """Smallest and largest of `samples`, shape (n,), in up to 400 moments, shape (2, m)."""
    begins = _begins(samples.size)
    lowest: FloatArray = np.stack([np.minimum.reduceat(samples, begins), np.maximum.reduceat(samples, begins)])
    return lowest


def constant_q(samples: FloatArray) -> FloatArray:
    """Level of each semitone from C1 to B7, dB below the loudest, shape (84, m). samples : shape (n,)."""
    # the longest filter reaches 1.4 s: shorter clips are followed by silence
    padded = np.pad(samples, (0, max(0, 2 * SAMPLE_RATE - samples.size)))
    transform = librosa.cqt(
        padded,
        sr=SAMPLE_RATE,
        hop_length=CONSTANT_Q_HOP,
        fmin=librosa.note_to_hz(LOWEST_NOTE),
        n_bins=SEMITONES,
        tuning=0.0,
        dtype=np.complex64,
    )
    frames = 1 + samples.size // CONSTANT_Q_HOP
    return _in_decibels(np.square(np.abs(transform[:, :frames])).astype(np.float32))


def narrowed(picture: FloatArray, highest: bool = False) -> FloatArray:
    """`picture`, shape (bands, frames), with at most 400 frames: neighbours are averaged, or the highest is kept."""
    begins = _begins(picture.shape[1])
    if highest:
        kept: FloatArray = np.maximum.reduceat(picture, begins, axis=1)
        return kept
    lengths = np.diff(np.append(begins, picture.shape[1]))
    mean: FloatArray = (np.add.reduceat(picture, begins, axis=1) / lengths).astype(np.float32)
    return mean


def _begins(length: int) -> NDArray[np.intp]:
    columns = min(length, WIDEST)
    return np.arange(columns) * length // columns


def _mel(clip: ClipSpectrum, bands: int) -> FloatArray:
    filters = mel_filters(sr=SAMPLE_RATE, n_fft=clip.n_fft, n_mels=bands)
    power: FloatArray = filters @ clip.power.T
    return power


def _in_decibels(power: FloatArray) -> FloatArray:
    relative = decibels(narrowed(power))
    relative -= relative.max()
    return np.maximum(relative, np.float32(-RANGE))


def _beats(clip: Measured, tempo: float) -> NDArray[np.float64]:
    """Times of beats, s, at steps of about 60 / tempo; none where nothing begins. Source: Ellis 2007."""
    if tempo <= 0:
        return np.empty(0)
    hop = clip.hop_length
    _, beats = beat_track(
        onset_envelope=clip.onsets.median, sr=SAMPLE_RATE, hop_length=hop, bpm=tempo, units="time", trim=False
    )
    return np.asarray(beats, dtype=np.float64)
