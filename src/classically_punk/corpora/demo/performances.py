"""Takes: who plays what. The same take is the same samples wherever and whenever it is recorded."""

from dataclasses import dataclass

import numpy as np

from classically_punk.audio.canonical import Samples
from classically_punk.corpora.demo.arrangement import Piece, compose
from classically_punk.corpora.demo.artists import Artist, artist
from classically_punk.corpora.demo.genres import GENRES
from classically_punk.corpora.demo.harmony import SEMITONES
from classically_punk.corpora.demo.mixing import record
from classically_punk.foundation.params import Demo

TAKE_STREAM = 2
"""Tells the takes' random numbers from those of the artists."""


@dataclass(frozen=True)
class Take:
    """Recording `number` of the genre, by the genre's artist `artist`; both count from 0."""

    genre: str
    artist: int
    number: int


def take(settings: Demo, genre: str, number: int) -> Take:
    """Recording `number` of `genre`. Artists follow each other in blocks, as they do in GTZAN."""
    within = number % settings.clips_per_genre
    return Take(genre, within * settings.artists_per_genre // settings.clips_per_genre, number)


def artist_of(settings: Demo, planned: Take) -> Artist:
    return artist(settings.seed, planned.genre, planned.artist, settings.overlap)


def piece_of(settings: Demo, planned: Take) -> Piece:
    """What is played in a take."""
    return compose(artist_of(settings, planned), *_circumstances(settings, planned))


def perform(settings: Demo, planned: Take) -> Samples:
    """The recording of a take: int16, shape (n,), mono at `SAMPLE_RATE`."""
    player = artist_of(settings, planned)
    tonic, duration, rng = _circumstances(settings, planned)
    return record(compose(player, tonic, duration, rng), player, rng)


def _circumstances(settings: Demo, planned: Take) -> tuple[int, float, np.random.Generator]:
    """Key (pitch class), duration in s, and the random numbers of everything else.

    Keys go up by fifths from take to take: an artist has to make twelve before one comes back.
    """
    rng = np.random.default_rng([settings.seed, TAKE_STREAM, list(GENRES).index(planned.genre), planned.number])
    tonic = (7 * planned.number + 3 * planned.artist) % SEMITONES
    return tonic, float(rng.uniform(settings.shortest, settings.longest)), rng
