"""The Free Music Archive (Defferrard, Benzi, Vandergheynst and Bresson, 2017), as far as tables of it are published.

`fma_librosa_4995.csv` names artist, title and genre of its tracks itself. `fma_mfcc_2000.csv` has numbers alone, in the
layout of features.csv with its three header rows: genres come from a list beside it and the tree of genres, each
track's root being its genre; artists are not listed.
Sources: github.com/mdeff/fma (layout, known faults); TuneSense (the 36 columns).
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from classically_punk.catalogue.measured_elsewhere import table_columns
from classically_punk.contracts.faults import Fault
from classically_punk.corpora.annotations import Annotations
from classically_punk.corpora.archives import ANNOTATIONS_FOLDER
from classically_punk.corpora.loaders.csv_table import numbers, read_text
from classically_punk.corpora.loaders.interface import Listed, Loader, TableLoader
from classically_punk.foundation.errors import PunkError

SECONDS = 30.0
"""s; length of the clips that the numbers describe."""

LIBROSA, MFCC = "fma_librosa_4995.csv", "fma_mfcc_2000.csv"
GENRE_OF_TRACK, GENRE_TREE = "fma_tracks_2000.csv", "fma_genres.csv"
LIBROSA_COLUMNS, MFCC_COLUMNS = table_columns("librosa36"), table_columns("mfcc140")

_TOO_SHORT = (1486, 5574, 65753, 80391, 98558, 98559, 98560, 98565, 98566, 98567, 98568, 98569, 98571, 99134, 105247,
              108924, 108925, 126981, 127336, 133297, 143992)  # fmt: skip
_NOT_DECODABLE = (80015, 115235, 117759)
KNOWN_FAULTS: Mapping[str, str] = {
    **{f"{track:06d}": "The collection's clip is shorter than 30 s, or empty." for track in _TOO_SHORT},
    **{f"{track:06d}": "The collection's clip cannot be decoded." for track in _NOT_DECODABLE},
}
"""Tracks whose clip is known to be faulty: whatever a table says of them was measured on something else."""


def read_librosa(path: Path) -> Listed:
    """4,995 tracks in 36 columns. Raises PunkError as `csv_table.read_text`."""
    text = _librosa_text(path)
    clips = tuple(Path(name).stem for name in text["filename"])
    bare = text.assign(tempo=text["tempo"].str.removeprefix("[").str.removesuffix("]"))
    values = numbers(bare[list(LIBROSA_COLUMNS)])
    silent = {
        clip: (Fault.SILENT, "Its RMS amplitude is 0 throughout.")
        for clip, rms in zip(clips, values["rms"], strict=True)
        if rms == 0
    }
    return Listed(
        clips=clips,
        members=tuple(text["filename"]),
        labels=tuple(text["genre_top"]),
        seconds=(SECONDS,) * len(clips),
        values=values,
        faults={**silent, **_known_faults(clips)},
    )


def read_mfcc(path: Path) -> Listed:
    """2,000 tracks in 140 columns, without labels. Raises PunkError when the file is missing or has another layout."""
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.reader(handle, strict=True))
    except OSError as error:
        raise PunkError(f"{path}: cannot be read ({error.strerror}); `make data CORPUS=...` fetches it") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise PunkError(f"{path}: not a table in UTF-8: {error}") from error
    expected = f"{path}: expected the layout of the Free Music Archive's features.csv"
    heads = rows[:_HEADER]
    if len(rows) <= _HEADER or len({len(row) for row in heads}) > 1 or heads[-1][:1] != ["track_id"]:
        raise PunkError(f"{expected}, with {_HEADER} header rows of which the last begins with track_id")
    named = ["_".join(parts) for parts in zip(*(row[1:] for row in heads[:-1]), strict=True)]
    missing = [column for column in MFCC_COLUMNS if column not in named]
    if missing:
        raise PunkError(f"{expected}; it lacks {len(missing)} columns, the first is {missing[0]}")
    if odd := [number for number, row in enumerate(rows[_HEADER:], start=_HEADER + 1) if not _is_row(row, len(named))]:
        raise PunkError(f"{expected}; line {odd[0]} is no track id with {len(named)} cells behind it")
    text = pd.DataFrame([row[1:] for row in rows[_HEADER:]], columns=named)
    clips = tuple(f"{int(row[0]):06d}" for row in rows[_HEADER:])
    return Listed(
        clips=clips,
        members=tuple(row[0] for row in rows[_HEADER:]),
        labels=("",) * len(clips),
        seconds=(SECONDS,) * len(clips),
        values=numbers(text[list(MFCC_COLUMNS)]),
        faults=_known_faults(clips),
    )


_HEADER = 4


def _is_row(row: list[str], columns: int) -> bool:
    return len(row) == columns + 1 and row[0].isascii() and row[0].isdecimal()


def _librosa_text(path: Path) -> pd.DataFrame:
    needed = (*LIBROSA_COLUMNS, "filename", "title", "artist_name", "genre_top")
    return read_text(path, needed, ("filename",), "the published table final_merged_with_extras.csv")


def _known_faults(clips: tuple[str, ...]) -> dict[str, tuple[Fault, str]]:
    return {clip: (Fault.KNOWN_FAULT, KNOWN_FAULTS[clip]) for clip in clips if clip in KNOWN_FAULTS}


def read_artists(raw: Path) -> Annotations:
    """Artist and title of each track, which the table itself names."""
    text = _librosa_text(raw / LIBROSA)
    clips = [Path(name).stem for name in text["filename"]]
    return Annotations(
        artist={
            clip: artist.strip() for clip, artist in zip(clips, text["artist_name"], strict=True) if artist.strip()
        },
        title={clip: title.strip() for clip, title in zip(clips, text["title"], strict=True) if title.strip()},
        known_fault={clip: KNOWN_FAULTS[clip] for clip in clips if clip in KNOWN_FAULTS},
    )


def read_genres(raw: Path) -> Annotations:
    """Of each track the root, in the tree of genres, of the genre that the list gives it; none for an id that the tree
    does not have."""
    folder = raw / ANNOTATIONS_FOLDER
    listed = read_text(folder / GENRE_OF_TRACK, ("track_id", "genre"), ("track_id",), "genre ids of tracks")
    tree = read_text(folder / GENRE_TREE, ("genre_id", "title", "top_level"), ("genre_id",), "the tree of genres")
    titles = dict(zip(tree["genre_id"], tree["title"], strict=True))
    roots = {genre: titles.get(root, "") for genre, root in zip(tree["genre_id"], tree["top_level"], strict=True)}
    clips = [track.rjust(_DIGITS, "0") for track in listed["track_id"]]
    label = {clip: roots.get(genre, "") for clip, genre in zip(clips, listed["genre"], strict=True)}
    return Annotations(
        label={clip: root for clip, root in label.items() if root},
        known_fault={clip: KNOWN_FAULTS[clip] for clip in clips if clip in KNOWN_FAULTS},
    )


_DIGITS = 6  # of a track's number in the names of its files

CITE = "Defferrard, Benzi, Vandergheynst & Bresson 2017"
ARTISTS = Loader(name="fma_librosa", files=(), read=read_artists, cite=f"{CITE}; TuneSense")
GENRES = Loader(name="fma_mfcc", files=(GENRE_OF_TRACK, GENRE_TREE), read=read_genres, cite=CITE)
LIBROSA_TABLE = TableLoader(LIBROSA, "librosa36", read_librosa)
MFCC_TABLE = TableLoader(MFCC, "mfcc140", read_mfcc)
