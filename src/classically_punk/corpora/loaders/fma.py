"""The Free Music Archive (Defferrard, Benzi, Vandergheynst and Bresson, 2017): who plays what, and which genre it is.

`fma_librosa_4995.csv` names artist and title of its tracks itself. The genres of `fma_mfcc_2000.csv`, which has numbers
alone, come from a list beside it and the tree of genres: the root above a track's genre; artists are not listed.
Source: github.com/mdeff/fma (the tree, known faults).
"""

from collections.abc import Mapping
from pathlib import Path

from classically_punk.corpora.annotations import Annotations
from classically_punk.corpora.archives import ANNOTATIONS_FOLDER
from classically_punk.corpora.csv_table import read_text
from classically_punk.corpora.loaders.interface import Loader

LIBROSA = "fma_librosa_4995.csv"
GENRE_OF_TRACK, GENRE_TREE = "fma_tracks_2000.csv", "fma_genres.csv"

_TOO_SHORT = (1486, 5574, 65753, 80391, 98558, 98559, 98560, 98565, 98566, 98567, 98568, 98569, 98571, 99134, 105247,
              108924, 108925, 126981, 127336, 133297, 143992)  # fmt: skip
_NOT_DECODABLE = (80015, 115235, 117759)
KNOWN_FAULTS: Mapping[str, str] = {
    **{f"{track:06d}": "The collection's clip is shorter than 30 s, or empty." for track in _TOO_SHORT},
    **{f"{track:06d}": "The collection's clip cannot be decoded." for track in _NOT_DECODABLE},
}
"""Tracks whose clip is known to be faulty: whatever a table says of them was measured on something else."""


def read_artists(raw: Path) -> Annotations:
    """Artist and title of each track, which the table itself names."""
    needed = ("filename", "title", "artist_name")
    text = read_text(raw / LIBROSA, needed, ("filename",), "the published table final_merged_with_extras.csv")
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
