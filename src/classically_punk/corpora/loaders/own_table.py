"""A table of the user's: who plays each clip, and what is wrong with it, where that is known."""

import csv
from functools import partial
from pathlib import Path

from classically_punk.corpora.annotations import Annotations
from classically_punk.corpora.loaders.interface import Loader
from classically_punk.foundation.errors import PunkError

NEEDED = ["clip", "artist"]
FURTHER = ("title", "known_fault", "licence")


def loader(file: str) -> Loader:
    """The loader of `file` in data/raw/C."""
    return Loader(name=file, files=(), read=partial(_read_below, file=file), cite="")


def _read_below(raw: Path, file: str) -> Annotations:
    return read_artists(raw / file)


def read_artists(path: Path) -> Annotations:
    """A table with the columns clip and artist, and any of title, known_fault and licence; blank cells are unknown.

    Raises PunkError when the file is missing, has other columns, no clip in a row, or a clip twice.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.reader(handle, strict=True))
    except OSError as error:
        raise PunkError(
            f"{path}: cannot be read ({error.strerror}); put a file `clip,artist` there, or set `annotations: null` "
            "for this corpus in params.yaml"
        ) from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise PunkError(f"{path}: not a table in UTF-8 with the columns clip,artist: {error}") from error
    header = rows[0] if rows else []
    further = header[len(NEEDED) :]
    if header[: len(NEEDED)] != NEEDED or len(set(further)) < len(further) or set(further) - set(FURTHER):
        found = ",".join(header) or "nothing"
        raise PunkError(
            f"{path}: expected the columns clip,artist (and {', '.join(FURTHER)} if you like), found {found}"
        )
    known: dict[str, dict[str, str]] = {name: {} for name in ("artist", *FURTHER)}
    listed: set[str] = set()
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header) or not row[0].strip():
            raise PunkError(f"{path}: row {number} is {','.join(row)!r}, expected {','.join(header)}")
        clip, *cells = (cell.strip() for cell in row)
        if clip in listed:
            raise PunkError(f"{path}: {clip!r} is listed twice; every clip has one row, keep one of the lines")
        listed.add(clip)
        for name, cell in zip(header[1:], cells, strict=True):
            if cell:
                known[name][clip] = cell
    return Annotations(
        artist=known["artist"],
        title=known["title"],
        known_fault=known["known_fault"],
        licence=known["licence"],
        source=path,
    )
