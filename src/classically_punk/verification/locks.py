"""Merging two versions of dvc.lock: entry by entry, as git's driver `dvc-lock` (`.gitattributes`, `make setup`).

Git merges lines: two branches that each ran a stage for the first time both write at the end of the file, which is a
conflict to git and none to DVC. And with git's marks in it DVC reads the lock no more. So an entry that one side alone
changed is taken from there, and one that both changed is kept as ours and named: its stage has to run again anyhow.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from classically_punk.foundation.errors import PunkError

ENTRY = re.compile(r"^  (?P<name>[^\s:#][^:]*):$")


class Merged(NamedTuple):
    """A lock as text, and the entries that both sides changed, of which it has ours."""

    text: str
    both: tuple[str, ...]


def merge_locks(base: str, ours: str, theirs: str) -> Merged:
    """Three versions of dvc.lock as text; `base` is empty where the file is new on both sides.

    Raises PunkError on a text that is no lock.
    """
    head, first = _entries(ours)
    known, second = _entries(base)[1], _entries(theirs)[1]
    kept: list[str] = []
    both: list[str] = []
    for name in [*first, *(name for name in second if name not in first)]:
        before, left, right = known.get(name), first.get(name), second.get(name)
        if right != before and left not in (before, right):
            both.append(name)
        taken = right if left == before else left
        if taken is not None:
            kept.append(taken)
    return Merged(head + "".join(kept), tuple(both))


def merge_files(base: Path, ours: Path, theirs: Path) -> tuple[str, ...]:
    """As git calls a driver: writes the result over `ours`, and returns the entries that both sides changed."""
    merged = merge_locks(*(path.read_text(encoding="utf-8") for path in (base, ours, theirs)))
    ours.write_text(merged.text, encoding="utf-8")
    return merged.both


def _entries(text: str) -> tuple[str, dict[str, str]]:
    """What stands above the first entry, and the text of each by name."""
    lines = text.splitlines(keepends=True)
    starts = [k for k, line in enumerate(lines) if ENTRY.match(line.rstrip("\n"))]
    if text.strip() and ("stages:\n" not in lines or _marked(lines)):
        raise PunkError("dvc.lock: no lock of DVC; git checkout --ours dvc.lock takes one side's: then run dvc repro")
    found = {}
    for start, end in pairwise([*starts, len(lines)]):
        found[lines[start].strip().removesuffix(":")] = "".join(lines[start:end])
    return "".join(lines[: starts[0]] if starts else lines), found


def _marked(lines: Sequence[str]) -> bool:
    return any(line.startswith(("<<<<<<< ", ">>>>>>> ")) for line in lines)
