"""Artists: a genre as one band plays it, with habits, instruments, a room and a desk of its own."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from math import exp, log
from typing import TypeVar

import numpy as np

from classically_punk.corpora.demo.genres import GENRES
from classically_punk.corpora.demo.instruments import INSTRUMENTS, Instrument
from classically_punk.corpora.demo.style import Genre, Harmony, Kit, Production, Rhythm

Choice = TypeVar("Choice")
Numbers = TypeVar("Numbers", Kit, Production)

ARTIST_STREAM = 1
"""Tells the artists' random numbers from those of the clips."""

BORROWING = 3.0
"""A part of the style is borrowed from any genre with probability `overlap ** BORROWING`."""

PRODUCTION_SPREAD = Production(
    drums=2.0,
    bass=2.0,
    chords=2.0,
    lead=2.0,
    tilt=0.5,
    cutoff=900.0,
    drive=0.15,
    room=0.15,
    wet=2.5,
    loudness=1.8,
    swell=0.5,
    hiss=4.0,
)
"""Standard deviations between the artists of a genre, in the units of `Production`."""

EQUALISER_BANDS = (110.0, 350.0, 1000.0, 2600.0, 6000.0)
"""Hz; centres of the bands that each artist's desk boosts or cuts."""
EQUALISER_SPREAD = 3.0
"""dB, standard deviation of boosts and cuts."""


@dataclass(frozen=True)
class Artist:
    """
    genre     : the artist's own, whatever parts of the style are borrowed
    rhythm    : with the one or two patterns this artist uses
    leads     : instruments of the melody, one of which plays in a clip
    equaliser : dB in each of `EQUALISER_BANDS`
    room_seed : of the room's reflections
    """

    name: str
    genre: str
    rhythm: Rhythm
    harmony: Harmony
    chords: Instrument
    bass: Instrument
    leads: tuple[Instrument, ...]
    kit: Kit
    production: Production
    equaliser: tuple[float, ...]
    room_seed: int


def artist(seed: int, genre: str, number: int, overlap: float) -> Artist:
    """Artist `number` of `genre`: the same for the same arguments.

    overlap : 0 keeps every part of the style in the genre; with 1 nothing of the genre is left
    """
    names = list(GENRES)
    rng = np.random.default_rng([seed, ARTIST_STREAM, names.index(genre), number])
    rhythm = _source(genre, overlap, rng).rhythm
    harmony = _source(genre, overlap, rng).harmony
    band = _source(genre, overlap, rng).band
    production = _source(genre, overlap, rng).production
    every = list(GENRES.values())
    tempo = exp(_toward(log(rhythm.tempo), [log(other.rhythm.tempo) for other in every], overlap))
    kit = _mixed(band.kit, [other.band.kit for other in every], overlap)
    return Artist(
        name=f"{genre}.artist{number}",
        genre=genre,
        rhythm=replace(
            rhythm,
            tempo=tempo * exp(0.07 * rng.standard_normal()),
            drums=_some(rhythm.drums, 2, rng),
            comping=_some(rhythm.comping, 2, rng),
            bass=_some(rhythm.bass, 2, rng),
        ),
        harmony=replace(harmony, progressions=_some(harmony.progressions, 2, rng)),
        chords=_made(_some(band.chords, 1, rng)[0], rng),
        bass=_made(_some(band.bass, 1, rng)[0], rng),
        leads=tuple(_made(name, rng) for name in _some(band.lead, 2, rng)),
        kit=_varied_kit(kit, rng),
        production=_varied_production(_mixed(production, [other.production for other in every], overlap), rng),
        equaliser=tuple(EQUALISER_SPREAD * rng.standard_normal(len(EQUALISER_BANDS))),
        room_seed=int(rng.integers(2**31)),
    )


def _source(genre: str, overlap: float, rng: np.random.Generator) -> Genre:
    """The genre that a part of the style is taken from."""
    names = list(GENRES)
    other = names[int(rng.integers(len(names)))]
    return GENRES[other if rng.random() < overlap**BORROWING else genre]


def _toward(own: float, everyone: Sequence[float], overlap: float) -> float:
    return (1.0 - overlap) * own + overlap * sum(everyone) / len(everyone)


def _mixed(own: Numbers, everyone: Sequence[Numbers], overlap: float) -> Numbers:
    """`own` with every number moved toward the mean of all genres by the share `overlap`."""
    columns = zip(*(astuple(other) for other in everyone), strict=True)
    return type(own)(*(_toward(value, column, overlap) for value, column in zip(astuple(own), columns, strict=True)))


def _some(choices: tuple[Choice, ...], most: int, rng: np.random.Generator) -> tuple[Choice, ...]:
    """At most `most` of `choices`, at least one, in random order."""
    order = rng.permutation(len(choices))
    return tuple(choices[index] for index in order[: int(rng.integers(1, most + 1))])


def _made(name: str, rng: np.random.Generator) -> Instrument:
    """An instrument of this kind as one player has it: brighter or darker, softer or harder, more or less in tune."""
    kind = INSTRUMENTS[name]
    factor = np.exp(0.25 * rng.standard_normal(5))
    return replace(
        kind,
        rolloff=kind.rolloff + 0.18 * float(rng.standard_normal()),
        cutoff=kind.cutoff * float(factor[0]),
        bright_decay=kind.bright_decay * float(factor[1]),
        attack=kind.attack * float(factor[2]),
        decay=kind.decay * float(factor[3]),
        detune=kind.detune * float(factor[4]),
        vibrato=kind.vibrato * float(rng.uniform(0.5, 1.5)),
        formants=tuple(formant * float(factor[4]) ** 0.5 for formant in kind.formants),
        drive=kind.drive * float(rng.uniform(0.7, 1.4)),
    )


def _varied_kit(kit: Kit, rng: np.random.Generator) -> Kit:
    factor = np.exp(0.18 * rng.standard_normal(len(fields(kit))))
    varied = Kit(*(float(value * scale) for value, scale in zip(astuple(kit), factor, strict=True)))
    return replace(varied, wires=min(varied.wires, 0.95))


def _varied_production(production: Production, rng: np.random.Generator) -> Production:
    shift = rng.standard_normal(len(fields(production)))
    varied = Production(
        *(
            float(value + spread * step)
            for value, spread, step in zip(astuple(production), astuple(PRODUCTION_SPREAD), shift, strict=True)
        )
    )
    return replace(
        varied,
        cutoff=float(np.clip(varied.cutoff, 3000.0, 10800.0)),
        drive=max(varied.drive, 0.0),
        room=max(varied.room, 0.15),
        swell=max(varied.swell, 0.0),
        loudness=min(varied.loudness, -11.0),
        hiss=min(varied.hiss, -36.0),
    )
