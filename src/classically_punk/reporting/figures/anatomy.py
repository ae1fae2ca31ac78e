"""Figures of what is in one audio file of each genre."""

import re
from collections.abc import Iterable

import librosa
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from classically_punk.contracts.anatomy import HIGHEST_FREQUENCY, LOWEST_NOTE, PITCH_CLASSES, SEMITONES
from classically_punk.foundation.pictures import unpacked
from classically_punk.reporting.figures.results import short_name

COLOURS = "magma"  # dark to light at an even pace, in grey print too
BLUE, ORANGE = "#0072B2", "#D55E00"
OVERVIEW = "anatomy_overview"
MEL_TICKS = (250, 1000, 4000)
LONGEST_STEM = 40
ACROSS = 5  # panels of the overview side by side


def anatomy_stems(genres: Iterable[str]) -> dict[str, str]:
    """Genre -> name of its figure, without its ending: letters and digits only, each once."""
    stems: dict[str, str] = {}
    for genre in genres:
        plain = re.sub(r"[^a-z0-9]+", "_", genre.lower()).strip("_")[:LONGEST_STEM] or "genre"
        stem, number = f"anatomy_{plain}", 1
        while stem in {OVERVIEW, *stems.values()}:
            number += 1
            stem = f"anatomy_{plain}_{number}"
        stems[genre] = stem
    return stems


def anatomy(pictures: pd.DataFrame, numbers: pd.DataFrame, genre: str) -> Figure:
    """Six views of the same seconds of one clip.

    pictures : anatomy.parquet; numbers : anatomy.csv, with columns genre, clip, tempo, harmonic_share, pitch_class
    """
    row = numbers[numbers["genre"] == genre].iloc[0]
    seconds = float(row["seconds"])
    figure, panels = plt.subplots(3, 2, figsize=(10, 7.4), sharex=True)
    (waveform, parts), (notes, chroma), (mel, onsets) = panels
    _waveform(waveform, unpacked(pictures, genre, "waveform"), seconds)
    _image(notes, unpacked(pictures, genre, "notes"), seconds, "dB below loudest")
    octaves = range(0, SEMITONES, 12)
    hertz = note_frequencies()[::12]
    notes.set_yticks(octaves, [f"C{number}  {_hertz(value)}" for number, value in enumerate(hertz, start=1)])
    notes.set_title("Notes: a spectrogram with a row per semitone", fontsize=10)
    notes.set_ylabel("note, Hz")
    _image(mel, unpacked(pictures, genre, "mel"), seconds, "dB below loudest")
    _mel_ticks(mel, len(unpacked(pictures, genre, "mel")))
    mel.set_title("Pitch as an ear spaces it: mel spectrogram", fontsize=10)
    mel.set_ylabel("frequency, Hz")
    _parts(parts, unpacked(pictures, genre, "harmonic"), unpacked(pictures, genre, "percussive"), seconds)
    _image(chroma, unpacked(pictures, genre, "chroma"), seconds, "of the strongest", low=0.0)
    chroma.set_yticks(range(12), [name.replace("#", "♯") for name in PITCH_CLASSES], fontsize=8)
    chroma.set_title("Pitch classes of all octaves: chromagram", fontsize=10)
    chroma.set_ylabel("pitch class")
    _onsets(onsets, unpacked(pictures, genre, "onsets")[0], unpacked(pictures, genre, "beats"), seconds, row["tempo"])
    for axes in panels[-1]:
        axes.set_xlabel("time, s")
    figure.suptitle(
        f"What is in an audio file: {short_name(genre)}, clip {short_name(str(row['clip']), 40)}",
        x=0.01,
        ha="left",
        weight="bold",
        size=13,
    )
    return figure


def anatomy_overview(pictures: pd.DataFrame, numbers: pd.DataFrame, corpus: str) -> Figure:
    """Mel spectrograms of one clip of each genre, side by side."""
    shown = numbers[numbers["clip"] != ""]
    across = min(ACROSS, len(shown))
    down = -(-len(shown) // across)
    figure, panels = plt.subplots(
        down, across, figsize=(max(2.05 * across + 0.9, 8.6), 1.9 * down + 1.2), sharex=True, sharey=True, squeeze=False
    )
    images = []
    for axes, row in zip(panels.flat, shown.itertuples(), strict=False):
        mel = unpacked(pictures, row.genre, "mel")
        extent = (0.0, float(row.seconds), -0.5, len(mel) - 0.5)
        images.append(axes.imshow(mel, origin="lower", aspect="auto", cmap=COLOURS, vmin=-80, vmax=0, extent=extent))
        _mel_ticks(axes, len(mel))
        tempo = "" if np.isnan(row.tempo) else f"{row.tempo:.0f} BPM"
        axes.set_title(short_name(row.genre, 16), fontsize=10)
        axes.text(0.97, 0.94, tempo, transform=axes.transAxes, ha="right", va="top", color="white", fontsize=8)
    for axes in panels.flat[len(shown) :]:
        axes.axis("off")
    panels[0, 0].set_xlim(0, float(shown["seconds"].max()))
    figure.supxlabel("time, s", fontsize=10)
    figure.supylabel("frequency, Hz", fontsize=10)
    figure.colorbar(images[0], ax=panels, shrink=0.7, label="dB below loudest")
    title = f"One clip of each genre, the one most like its genre: {corpus}"
    figure.suptitle(title, x=0.01, ha="left", weight="bold", size=13)
    return figure


def _waveform(axes: Axes, ends: NDArray[np.float64], seconds: float) -> None:
    times = (np.arange(ends.shape[1]) + 0.5) * seconds / ends.shape[1]
    axes.fill_between(times, ends[0], ends[1], color=BLUE, linewidth=0.3)
    axes.set_ylim(-1.02, 1.02)
    axes.set_xlim(0, seconds)
    axes.set_title("Air pressure: waveform", fontsize=10)
    axes.set_ylabel("of full scale")


def _parts(axes: Axes, harmonic: NDArray[np.float64], percussive: NDArray[np.float64], seconds: float) -> None:
    """Both parts in one picture, the harmonic one above."""
    bands = len(harmonic)
    _image(axes, np.concatenate([percussive, harmonic]), seconds, "dB below loudest")
    axes.axhline(bands, color="white", linewidth=2)
    places = _mel_places(bands)
    axes.set_yticks([*places, *(places + bands)], [_hertz(value) for value in MEL_TICKS] * 2, fontsize=8)
    edge = [withStroke(linewidth=2, foreground="black")]
    for height, words in ((bands, "harmonic: what lasts"), (0, "percussive: what hits")):
        axes.text(
            0.015 * seconds,
            height + bands - 2,
            words,
            color="white",
            va="top",
            fontsize=9,
            weight="bold",
            path_effects=edge,
        )
    axes.set_title("Harmonic and percussive parts", fontsize=10)
    axes.set_ylabel("frequency, Hz")


def _onsets(
    axes: Axes, strength: NDArray[np.float64], beats: NDArray[np.float64], seconds: float, tempo: float
) -> None:
    times = (np.arange(len(strength)) + 0.5) * seconds / len(strength)
    highest = max(float(strength.max()), 1e-9)
    axes.vlines(beats, 0, 1.12 * highest, color=ORANGE, linestyle="--", linewidth=1.1, label="beat that was found")
    axes.fill_between(times, 0, strength, color=BLUE, alpha=0.35, linewidth=0)
    axes.plot(times, strength, color=BLUE, linewidth=0.9, label="onset strength")
    axes.set_ylim(0, 1.42 * highest)
    found = "no tempo" if np.isnan(tempo) else f"{tempo:.0f} BPM"
    axes.set_title(f"What begins when, and beats ({found})", fontsize=10)
    axes.set_ylabel("rise, dB per frame")
    axes.legend(frameon=False, fontsize=8, loc="upper right", ncols=2)


def _image(axes: Axes, picture: NDArray[np.float64], seconds: float, label: str, low: float = -80.0) -> None:
    image = axes.imshow(
        picture,
        origin="lower",
        aspect="auto",
        cmap=COLOURS,
        vmin=low,
        vmax=low + 80 if low else 1.0,
        extent=(0, seconds, -0.5, len(picture) - 0.5),
        interpolation="nearest",
    )
    axes.figure.colorbar(image, ax=axes, label=label, pad=0.01, aspect=14)


def _mel_ticks(axes: Axes, bands: int) -> None:
    axes.set_yticks(_mel_places(bands), [_hertz(value) for value in MEL_TICKS])


def _mel_places(bands: int) -> NDArray[np.float64]:
    """Rows of MEL_TICKS in a mel spectrogram of `bands` rows."""
    places: NDArray[np.float64] = np.interp(MEL_TICKS, mel_centres(bands), np.arange(bands))
    return places


def _hertz(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u202f")


def mel_centres(bands: int) -> NDArray[np.float64]:
    """Centre of each of `bands` mel bands from 0 to 11025 Hz, Hz, shape (bands,)."""
    centres: NDArray[np.float64] = librosa.mel_frequencies(bands + 2, fmin=0.0, fmax=HIGHEST_FREQUENCY)[1:-1]
    return centres


def note_frequencies() -> NDArray[np.float64]:
    """Pitch of each row of `notes`, Hz, shape (84,)."""
    pitches: NDArray[np.float64] = librosa.note_to_hz(LOWEST_NOTE) * 2.0 ** (np.arange(SEMITONES) / 12)
    return pitches
