"""One clip to rows of numbers, by a recipe: which function gives each column, and how it is summarised."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.contracts.recipe import Step
from classically_punk.features import summaries
from classically_punk.features.compiled import told_when_compiling
from classically_punk.features.measured import Measured
from classically_punk.features.summaries import Matrix, Span
from classically_punk.foundation.params import Features

FULL_SCALE = 32768
FUNCTIONS = __package__
"""Where the functions that a recipe names are looked up: nowhere else, whatever it says."""


@dataclass(frozen=True)
class ClipFeatures:
    """columns: names. window: shape (rows,), -1 for the whole clip, then 0, 1, ... start, duration: s, shape (rows,).
    values: float32, shape (rows, columns), all finite."""

    columns: tuple[str, ...]
    window: NDArray[np.int64]
    start: NDArray[np.float64]
    duration: NDArray[np.float64]
    values: NDArray[np.float32]


def clip_features(
    samples: NDArray[np.int16] | NDArray[np.float32], settings: Features, steps: Sequence[Step]
) -> ClipFeatures:
    """The columns of `steps` for the whole clip and for its windows. `settings.sets` is not looked at.

    samples : mono, 22050 Hz, shape (n,), n >= 1; int16, or floats in [-1, 1]
    Raises ValueError when `samples` is empty, has several channels or holds NaN or infinity.
    """
    waveform = np.asarray(samples)
    if waveform.dtype == np.int16:
        waveform = waveform.astype(np.float32) / FULL_SCALE
    clip = Measured(waveform.astype(np.float32, copy=False), settings.n_fft, settings.hop_length)
    parts = summaries.spans(waveform.size, clip.n_frames, settings.hop_length, settings.window, settings.window_hop)
    values = values_of(clip, parts, steps)
    columns = tuple(step.column for step in steps)
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


def values_of(clip: Measured, parts: Sequence[Span], steps: Sequence[Step]) -> NDArray[np.float32]:
    """The columns of `steps` for several spans of a clip, shape (n_parts, n_steps)."""
    values = np.empty((len(parts), len(steps)), dtype=np.float32)
    for group in (_FrameColumns(clip, steps), _ValueColumns(clip, steps), _SpanColumns(clip, steps)):
        for row, part in enumerate(parts):
            group.write(part, values[row])
    return values


class _FrameColumns:
    """Statistics of what is measured in every frame: all tracks side by side, summarised in one go for each span."""

    def __init__(self, clip: Measured, steps: Sequence[Step]) -> None:
        wanted = [(place, step) for place, step in enumerate(steps) if step.over == "frames"]
        given = {name: _by_frame(function_of(name)(clip)) for name in _functions(step for _, step in wanted)}
        tracks = list(dict.fromkeys((step.function, step.output) for _, step in wanted))
        stacked = [given[name][:, output] for name, output in tracks]
        self.frames = np.column_stack(stacked).astype(np.float64) if stacked else np.empty((clip.n_frames, 0))
        self.places: dict[str, list[int]] = {}
        self.tracks: dict[str, list[int]] = {}
        for place, step in wanted:
            self.places.setdefault(step.statistic, []).append(place)
            self.tracks.setdefault(step.statistic, []).append(tracks.index((step.function, step.output)))

    def write(self, part: Span, row: NDArray[np.float32]) -> None:
        """Puts the columns' values of one span into its row."""
        if not self.places:
            return
        found = summaries.statistics(self.frames[part.frames])
        for statistic, places in self.places.items():
            row[places] = getattr(found, statistic)[self.tracks[statistic]]


class _ValueColumns:
    """Statistics over all values of what a function gives for a span."""

    def __init__(self, clip: Measured, steps: Sequence[Step]) -> None:
        self.clip = clip
        self.wanted = [(place, step) for place, step in enumerate(steps) if step.over == "values"]

    def write(self, part: Span, row: NDArray[np.float32]) -> None:
        """Puts the columns' values of one span into its row."""
        names = _functions(step for _, step in self.wanted)
        found = {name: summaries.of_values(function_of(name)(self.clip, part)) for name in names}
        for place, step in self.wanted:
            row[place] = getattr(found[step.function], step.statistic)


class _SpanColumns:
    """What describes a span as it is."""

    def __init__(self, clip: Measured, steps: Sequence[Step]) -> None:
        self.clip = clip
        self.wanted = [(place, step) for place, step in enumerate(steps) if step.over == "span"]

    def write(self, part: Span, row: NDArray[np.float32]) -> None:
        """Puts the columns' values of one span into its row."""
        names = _functions(step for _, step in self.wanted)
        found = {name: np.atleast_1d(function_of(name)(self.clip, part)) for name in names}
        for place, step in self.wanted:
            row[place] = found[step.function][step.output]


def function_of(name: str) -> Callable[..., Any]:
    """The function that a recipe names `module:function`. Raises LookupError when this room has none of that name."""
    module, _, function = name.partition(":")
    try:
        found: Callable[..., Any] = getattr(import_module(f"{FUNCTIONS}.{module}"), function)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"{name}: a recipe names it, and {FUNCTIONS} has no such function") from error
    return found


def modules_of(steps: Sequence[Step]) -> list[str]:
    """Full names of the modules whose functions give the columns of `steps`, sorted."""
    return sorted({f"{FUNCTIONS}.{step.function.partition(':')[0]}" for step in steps})


def _functions(steps: Iterable[Step]) -> list[str]:
    return list(dict.fromkeys(step.function for step in steps))


def _by_frame(track: Matrix) -> Matrix:
    """Shape (n_frames, n) of what may be (n_frames,)."""
    return track.reshape(len(track), -1)


def warm_up(steps: Sequence[Step]) -> None:
    """Compiles every kernel that `steps` need, or loads it from disk, in this process.

    To be called before worker processes start: they then load what is compiled instead of all compiling at once.
    """
    settings = Features(sets=["warm_up"], n_fft=2048, hop_length=512, window=0.5, window_hop=0.5)
    noise = np.random.default_rng(0).standard_normal(SAMPLE_RATE).astype(np.float32)
    with told_when_compiling():
        clip_features(noise / np.abs(noise).max(), settings, steps)
