"""An artist's style into notes and strokes: what is played, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from classically_punk.corpora.demo.artists import Artist
from classically_punk.corpora.demo.harmony import SEMITONES, Chord, at_or_above, ladder, progression, voicing
from classically_punk.corpora.demo.instruments import Instrument
from classically_punk.corpora.demo.style import (
    BEATS_PER_BAR,
    STEPS_PER_BAR,
    STEPS_PER_BEAT,
    VELOCITIES,
    BassLine,
    BassManner,
    Comping,
    Hits,
    KitVoice,
    Rhythm,
)

Choice = TypeVar("Choice")

LOWEST_BASS = 28
"""MIDI; the low E of a bass, 41 Hz."""
STRUM = 0.012
"""s between neighbouring strings of a strummed chord."""
OMITTED, ADDED = 0.04, 0.03
"""Shares of strokes that players leave out, and of silent steps that they fill softly."""


@dataclass(frozen=True)
class Note:
    """`start` and `duration` in s, `pitch` in MIDI numbers (fractions are out of tune), `velocity` 0..1."""

    start: float
    duration: float
    pitch: float
    velocity: float


@dataclass(frozen=True)
class Stroke:
    """One stroke of a drum; `start` in s, `velocity` 0..1."""

    start: float
    voice: KitVoice
    velocity: float


@dataclass(frozen=True)
class Piece:
    """An excerpt that starts somewhere inside a bar: what starts before time 0 has begun already.

    duration : s
    tempo    : beats per minute
    tonic    : pitch class of the key, 0..11
    bars     : start of every bar, s
    harmony  : the chord of every bar
    """

    duration: float
    tempo: float
    tonic: int
    bars: tuple[float, ...]
    harmony: tuple[Chord, ...]
    strokes: tuple[Stroke, ...]
    chords: tuple[Note, ...]
    bass: tuple[Note, ...]
    lead: tuple[Note, ...]
    lead_instrument: Instrument


def compose(artist: Artist, tonic: int, duration: float, rng: np.random.Generator) -> Piece:
    """A new excerpt of `duration` s by `artist` in the key of `tonic` (pitch class, 0..11)."""
    tempo = artist.rhythm.tempo * float(np.exp(0.06 * rng.standard_normal()))
    bar = BEATS_PER_BAR * 60.0 / tempo
    first = -float(rng.random()) * bar
    bars = tuple(first + bar * index for index in range(int(np.ceil((duration - first) / bar))))
    form = progression(_one_of(artist.harmony.progressions, rng))
    entry = int(rng.integers(len(form)))
    harmony = tuple(form[(entry + index) % len(form)] for index in range(len(bars)))
    clock = _Clock(artist.rhythm, tempo, 0.35 * float(rng.standard_normal()), rng)
    band = _Players(clock, bars, harmony, tonic, rng)
    return Piece(
        duration=duration,
        tempo=tempo,
        tonic=tonic,
        bars=bars,
        harmony=harmony,
        strokes=tuple(band.drums(artist.rhythm)),
        chords=tuple(band.comp(_one_of(artist.rhythm.comping, rng), artist.harmony.chord_register)),
        bass=tuple(band.walk(_one_of(artist.rhythm.bass, rng))),
        lead=tuple(band.sing(artist.harmony.scale, artist.harmony.density, artist.harmony.register)),
        lead_instrument=_one_of(artist.leads, rng),
    )


class _Clock:
    """Where the steps of a bar fall in time, as people play them."""

    def __init__(self, rhythm: Rhythm, tempo: float, swing_habit: float, rng: np.random.Generator) -> None:
        self.beat = 60.0 / tempo
        self._looseness = rhythm.looseness
        self._rng = rng
        swing = float(np.clip(rhythm.swing * (1.0 + 0.05 * swing_habit), 0.5, 0.7))
        if rhythm.swung == "eighth":
            self._within = (0.0, swing / 2, swing, (1.0 + swing) / 2)
        else:
            self._within = (0.0, swing / 2, 0.5, (1.0 + swing) / 2)

    def time(self, step: int) -> float:
        """s from the start of the bar to the step, played exactly."""
        beats, within = divmod(step, STEPS_PER_BEAT)
        return (beats + self._within[within]) * self.beat

    def played(self, step: int) -> float:
        """`time`, played by a person."""
        return self.time(step) + self._looseness * float(self._rng.standard_normal())


class _Players:
    """The band: every method gives one part of the whole excerpt."""

    def __init__(
        self,
        clock: _Clock,
        bars: Sequence[float],
        harmony: Sequence[Chord],
        tonic: int,
        rng: np.random.Generator,
    ) -> None:
        self._clock = clock
        self._bars = bars
        self._harmony = harmony
        self._tonic = tonic
        self._tuning = 0.12 * float(rng.standard_normal())
        self._rng = rng

    def drums(self, rhythm: Rhythm) -> list[Stroke]:
        pattern = _one_of(rhythm.drums, self._rng)
        strokes = []
        for start in self._bars:
            for voice, hits in pattern.items():
                for step, velocity in self._varied(hits):
                    strokes.append(Stroke(start + self._clock.played(step), voice, self._dynamics(velocity)))
        return strokes

    def comp(self, comping: Comping, register: int) -> list[Note]:
        notes = []
        length = comping.gate * self._clock.beat
        upward = self._rng.random() < 0.5
        for start, chord in zip(self._bars, self._harmony, strict=True):
            pitches = voicing(chord, self._tonic % SEMITONES, register)
            for count, (step, velocity) in enumerate(self._varied(comping.hits)):
                time = start + self._clock.played(step)
                if comping.manner == "arpeggio":
                    place = _alberti(count, len(pitches)) if upward else count % len(pitches)
                    sounding = pitches[place : place + 1]
                else:
                    sounding = pitches
                gap = STRUM if comping.manner == "strum" else 0.002
                for string, pitch in enumerate(sounding):
                    onset = time + gap * string * float(self._rng.uniform(0.7, 1.3))
                    notes.append(self._note(onset, length, pitch, velocity))
        return notes

    def walk(self, line: BassLine) -> list[Note]:
        notes = []
        motif = self._rng.integers(0, 4, STEPS_PER_BAR)
        length = line.gate * self._clock.beat
        for index, (start, chord) in enumerate(zip(self._bars, self._harmony, strict=True)):
            following = self._harmony[(index + 1) % len(self._harmony)]
            root = at_or_above(self._tonic + chord.root, LOWEST_BASS)
            target = at_or_above(self._tonic + following.root, LOWEST_BASS)
            hits = list(self._varied(line.hits))
            for count, (step, velocity) in enumerate(hits):
                last = count == len(hits) - 1
                pitch = _bass_pitch(line.manner, root, target, chord, count, last, int(motif[step]))
                notes.append(self._note(start + self._clock.played(step), length, pitch, velocity))
        return notes

    def sing(self, scale: str, density: float, register: int) -> list[Note]:
        """A motif of two bars, repeated with changes; long notes where few start."""
        steps = ladder(scale, self._tonic % SEMITONES, register - 9, register + 10)
        density = float(np.clip(density + 0.1 * self._rng.standard_normal(), 0.1, 0.95))
        motif = self._rng.random(STEPS_PER_BAR) < density  # eighths of two bars
        place = len(steps) // 2
        onsets: list[tuple[float, int]] = []
        for index, start in enumerate(self._bars):
            for eighth in range(STEPS_PER_BAR // 2):
                changed = self._rng.random() < 0.15
                if bool(motif[(index % 2) * 8 + eighth]) == changed:
                    continue
                place = int(np.clip(place + self._rng.integers(-2, 3), 0, len(steps) - 1))
                if eighth % 4 == 0:
                    place = _nearest_chord_tone(steps, place, self._harmony[index], self._tonic)
                onsets.append((start + self._clock.played(2 * eighth), steps[place]))
        onsets.sort()
        ends = [time for time, _ in onsets[1:]] + [self._bars[-1] + BEATS_PER_BAR * self._clock.beat]
        longest = 2.0 * self._clock.beat
        return [
            self._note(time, max(min(0.92 * (end - time), longest), 0.05), pitch, 0.8)
            for (time, pitch), end in zip(onsets, ends, strict=True)
        ]

    def _varied(self, hits: Hits) -> list[tuple[int, float]]:
        """Steps and velocities of a bar; now and then a stroke is left out or a soft one added."""
        played = []
        for step, mark in enumerate(hits):
            chance = self._rng.random()
            if mark != "." and (chance >= OMITTED or step == 0):
                played.append((step, VELOCITIES[mark]))
            elif mark == "." and chance < ADDED and step % 2 == 0:
                played.append((step, VELOCITIES["o"]))
        return played

    def _note(self, start: float, duration: float, pitch: float, velocity: float) -> Note:
        mistuned = self._tuning + 0.03 * float(self._rng.standard_normal())
        held = duration * float(self._rng.uniform(0.88, 1.05))
        return Note(start, held, pitch + mistuned, self._dynamics(velocity))

    def _dynamics(self, velocity: float) -> float:
        return velocity * float(np.exp(0.1 * self._rng.standard_normal()))


def _one_of(choices: Sequence[Choice], rng: np.random.Generator) -> Choice:
    return choices[int(rng.integers(len(choices)))]


def _alberti(count: int, size: int) -> int:
    """Low, high, middle, high: the broken chord of the classical left hand."""
    return (0, size - 1, size // 2, size - 1)[count % 4]


def _bass_pitch(manner: BassManner, root: int, target: int, chord: Chord, count: int, last: bool, whim: int) -> int:
    """Pitch of stroke `count` of a bar; `target` is the next bar's root, `whim` a random number 0..3."""
    third, fifth = chord.intervals[1] % SEMITONES, 7
    match manner:
        case "root":
            return root
        case "fifth":
            return root + (fifth if count % 2 else 0)
        case "octave":
            return root + (SEMITONES if count % 2 else 0)
        case "boogie":
            return root + (0, third, fifth, 9, 10, 9, fifth, third)[count % 8]
        case "walking":
            if last:
                return target + (1 if whim % 2 else -1)
            return root + (0, third, fifth, 9)[count % 4] if whim < 2 else root + (0, fifth, third, fifth)[count % 4]
        case "melodic":
            return root + (0 if count == 0 else (0, third, fifth, SEMITONES)[whim])


def _nearest_chord_tone(steps: Sequence[int], place: int, chord: Chord, tonic: int) -> int:
    """The index nearest to `place` whose pitch belongs to the chord; `place` itself when none does."""
    tones = {(tonic + chord.root + interval) % SEMITONES for interval in chord.intervals}
    fitting = [index for index, pitch in enumerate(steps) if pitch % SEMITONES in tones]
    return min(fitting, key=lambda index: (abs(index - place), index), default=place)
