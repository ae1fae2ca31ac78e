"""Folders of other people's files: walked without following a link, opening a file or leaving anything unsaid."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from classically_punk.contracts.faults import Fault
from classically_punk.corpora.spelling import spelt
from classically_punk.foundation.errors import PunkError, first_few


def listed(folder: Path) -> list["os.DirEntry[str]"]:
    """The entries of `folder`, by name. Raises PunkError when it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda found: found.name)
    except OSError as error:
        raise PunkError(f"{spelt(str(folder))}: cannot be read ({error.strerror}); check its rights") from error


def walked(folder: Path) -> Iterator["os.DirEntry[str]"]:
    """Everything below `folder` but the folders themselves: files, links (to folders too), pipes, devices, sockets.

    Raises PunkError when a folder cannot be read.
    """
    pending = [folder]
    while pending:
        inner = []
        for entry in listed(pending.pop()):
            if entry.is_dir(follow_symlinks=False):
                inner.append(Path(entry.path))
            else:
                yield entry
        pending += reversed(inner)


def no_file(entry: "os.DirEntry[str]") -> Fault | None:
    """LINK or NOT_A_FILE for what is no regular file."""
    if entry.is_symlink():
        return Fault.LINK
    return None if entry.is_file(follow_symlinks=False) else Fault.NOT_A_FILE


def require_hashable(raw: Path) -> None:
    """Raises PunkError that names what in `raw` DVC cannot hash: it would wait for ever, or end with a bare number.

    `raw` : the raw folder of a corpus, which need not be there. Links to files and folders are for ingest to judge.
    """
    if not raw.is_dir():
        if os.path.lexists(raw):
            raise PunkError(f"{raw}: no folder; move it away and put an archive or a folder of clips into {raw}")
        return
    faults = ((entry.path, _hindrance(entry)) for entry in walked(raw))
    found = [f"{spelt(path)}: {fault}" for path, fault in faults if fault]
    if found:
        raise PunkError(
            f"{raw}: {len(found)} thing(s) that DVC would stop at, or wait for without end:{first_few(found)}\n"
            f"Delete them; or move the folder that holds them out of {raw.parent} and bring it in with "
            f"`punk data {raw.name} --from PATH`, which leaves them out, lists them, and gives such names a spelling"
        )


def _hindrance(entry: "os.DirEntry[str]") -> str:
    """What keeps DVC from hashing `entry`, in words; empty for nothing."""
    if not _is_utf8(entry.path):
        return "its name is no UTF-8"
    try:
        mode = entry.stat().st_mode
    except OSError as error:
        return f"a link that leads nowhere ({error.strerror})"
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return ""
    return "a link to a device, a pipe or a socket" if entry.is_symlink() else "a device, a pipe or a socket"


def _is_utf8(path: str) -> bool:
    return not any("\udc80" <= letter <= "\udcff" for letter in path)
