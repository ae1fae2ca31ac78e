"""Chord symbols, scales and pitches. Pitches are MIDI numbers: 60 is middle C, 69 is 440 Hz."""

import re
from dataclasses import dataclass

SEMITONES = 12

QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7b5": (0, 3, 6, 10),
    "9": (0, 4, 10, 14),
    "6": (0, 4, 7, 9),
    "sus4": (0, 5, 7),
    "dim": (0, 3, 6),
    "5": (0, 7, 12),
}
"""Intervals over the root, in semitones, of every chord quality; `5` is a power chord."""

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic_minor": (0, 2, 3, 5, 7, 8, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "major_pentatonic": (0, 2, 4, 7, 9),
    "minor_pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "bebop": (0, 2, 4, 5, 7, 9, 10, 11),
}
"""Steps over the tonic, in semitones."""

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SYMBOL = re.compile(r"^([A-G])([b#]?)(.*)$")


@dataclass(frozen=True)
class Chord:
    """`root`: semitones over the tonic, 0..11; `intervals`: semitones over the root."""

    root: int
    intervals: tuple[int, ...]


def frequency(midi: float) -> float:
    """Equal temperament, in Hz."""
    return float(440.0 * 2.0 ** ((midi - 69.0) / SEMITONES))


def chord(symbol: str) -> Chord:
    """The chord that `symbol` names in C, such as `Bb7`. Raises ValueError for a symbol that is none."""
    parts = _SYMBOL.match(symbol)
    if parts is None or parts[3] not in QUALITIES:
        raise ValueError(f"{symbol!r}: expected a letter A-G, b or # or neither, and one of {list(QUALITIES)}")
    shift = {"": 0, "b": -1, "#": 1}[parts[2]]
    return Chord((_LETTERS[parts[1]] + shift) % SEMITONES, QUALITIES[parts[3]])


def progression(symbols: str) -> tuple[Chord, ...]:
    """The chords of symbols separated by blanks."""
    return tuple(chord(symbol) for symbol in symbols.split())


def at_or_above(pitch_class: int, lowest: int) -> int:
    """The lowest pitch of `pitch_class` that is not below `lowest`."""
    return lowest + (pitch_class - lowest) % SEMITONES


def voicing(harmony: Chord, tonic: int, register: int) -> tuple[int, ...]:
    """Pitches of a chord in close position around `register`, ascending; a power chord stands on its root.

    tonic : pitch class of the key, 0..11
    """
    root = tonic + harmony.root
    if harmony.intervals == QUALITIES["5"]:
        lowest = at_or_above(root, register - 6)
        return tuple(lowest + interval for interval in harmony.intervals)
    return tuple(sorted(at_or_above(root + interval, register - 6) for interval in harmony.intervals))


def ladder(scale: str, tonic: int, lowest: int, highest: int) -> tuple[int, ...]:
    """All pitches of a scale between `lowest` and `highest`, both included, ascending."""
    classes = {(tonic + step) % SEMITONES for step in SCALES[scale]}
    return tuple(pitch for pitch in range(lowest, highest + 1) if pitch % SEMITONES in classes)
