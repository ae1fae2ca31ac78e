"""What may be fetched: each file's addresses, checksums, authors and licence, as listed in `assets.json`."""

import difflib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from classically_punk.foundation.errors import PunkError

ASSETS_FILE = Path(__file__).with_name("assets.json")

Kind = Literal["audio", "table", "index", "annotation"]


@dataclass(frozen=True)
class Asset:
    """One file of other people.

    name    : the file name it has here, wherever it came from
    kind    : `audio` is an archive, which is verified clip by clip, because one collection comes in many archives:
              its checksum, where known, is a fast path. Every other kind must have its `sha256`.
    urls    : addresses, tried in this order
    bytes   : its size, where it has a lasting one
    about   : what it is
    cite    : whom to cite
    licence : as stated by its authors
    """

    name: str
    kind: Kind
    urls: tuple[str, ...]
    bytes: int | None
    md5: str | None
    sha256: str | None
    about: str
    cite: str
    licence: str


@cache
def catalogue() -> dict[str, Asset]:
    """Every asset by its name."""
    listed = json.loads(ASSETS_FILE.read_text(encoding="utf-8"))
    return {entry["name"]: Asset(**{**entry, "urls": tuple(entry["urls"])}) for entry in listed}


def asset(name: str) -> Asset:
    """The asset called `name`. Raises PunkError when `assets.json` lists none."""
    known = catalogue()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise PunkError(
            f"{name}: no address is known for a file of this name{hint} Add it to {ASSETS_FILE.name}, or put "
            "your files into the corpus' folder below data/raw/ (`punk data CORPUS --from PATH` links them)"
        )
    return known[name]


def how_to_replace(path: Path) -> str:
    """What to do with a damaged file: one that can be fetched is deleted and fetched, one of the user's own is not."""
    if path.is_symlink():
        return f"it is a link to {path.resolve()}, a file of yours: put a whole copy there, or remove the link"
    if path.name in catalogue():
        return "delete it and fetch it again"
    return "it is a file of yours: put a whole copy in its place, or take it away"
