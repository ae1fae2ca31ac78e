"""Who must not be split: clips that are known to be by the same artist, of the same song, or of the same recording.

What is known comes from several places, none of them complete: a published identifier (one artist may have several), a
name (with spellings, suffixes and guests), a title, equal or nearly equal samples. Two clips that share any of these
are linked, and a group is all that links connect, however many it takes.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from classically_punk.corpora.identity import credited, spelled_alike


@dataclass(frozen=True)
class Groups:
    """Of each clip, in their order. song : the first clip, by name, of the same song; group : the artists, by the name
    that most clips of the group have, or the first clip of the song where no artist is known."""

    song: list[str]
    group: list[str]


def groups(clips: Sequence[str], recordings: Iterable[str], annotations: pd.DataFrame) -> Groups:
    """clips : distinct names; recordings : of each the first clip that is the same recording; annotations : ANNOTATIONS
    of the same clips, in the same order."""
    artists = [credited(name) for name in annotations["artist"]]
    titles = [spelled_alike(title) for title in annotations["title"]]
    ids = list(annotations["artist_id"])
    of_song: list[list[Hashable]] = []
    of_group: list[list[Hashable]] = []
    for recording, named, title, artist_id in zip(recordings, artists, titles, ids, strict=True):
        song: list[Hashable] = [("recording", recording)]
        if title:
            song += [("song", name, title) for name in named]
            song += [("song of id", artist_id, title)] if artist_id else []
        of_song.append(song)
        artist: list[Hashable] = [("artist", name) for name in named]
        of_group.append([*song, *artist, *([("id", artist_id)] if artist_id else [])])
    songs = _first_of_each(clips, linked(of_song))
    components = linked(of_group)
    names = _names(components, list(annotations["artist"]), ids, songs)
    return Groups(songs, [names[component] for component in components])


def linked(marks: Sequence[Sequence[Hashable]]) -> list[int]:
    """Number of the connected component of each item, where items that share a mark are connected.

    >>> linked([["a"], ["b"], ["a", "c"], ["c"], []])
    [0, 1, 0, 0, 2]
    """
    places: dict[Hashable, int] = {}
    rows, columns = [], []
    for item, of_item in enumerate(marks):
        for mark in of_item:
            rows.append(item)
            columns.append(len(marks) + places.setdefault(mark, len(places)))
    size = len(marks) + len(places)
    edges = coo_matrix((np.ones(len(rows), dtype=bool), (rows, columns)), shape=(size, size))
    labels = connected_components(edges, directed=False)[1][: len(marks)]
    return [int(label) for label in pd.factorize(labels)[0]]


def _first_of_each(clips: Sequence[str], components: Sequence[int]) -> list[str]:
    first: dict[int, str] = {}
    for clip, component in sorted(zip(clips, components, strict=True)):
        first.setdefault(component, clip)
    return [first[component] for component in components]


def _names(
    components: Sequence[int], artists: Sequence[str], ids: Sequence[str], songs: Sequence[str]
) -> dict[int, str]:
    """component -> what it is called; no two are called the same."""
    counted: dict[int, Counter[str]] = {}
    identifiers: dict[int, list[str]] = {}
    first: dict[int, str] = {}
    for component, artist, artist_id, song in zip(components, artists, ids, songs, strict=True):
        counted.setdefault(component, Counter())[artist] += bool(artist)
        identifiers.setdefault(component, []).extend([artist_id] if artist_id else [])
        first[component] = min(song, first.get(component, song))
    names: dict[int, str] = {}
    for component, count in counted.items():
        known = [(-number, name) for name, number in count.items() if number]
        if known:
            names[component] = min(known)[1]
        elif identifiers[component]:
            names[component] = f"artist {min(identifiers[component])}"
        else:
            names[component] = first[component]
    repeated = {name for name, number in Counter(names.values()).items() if number > 1}
    return {
        component: f"{name} ({first[component]})" if name in repeated else name for component, name in names.items()
    }
