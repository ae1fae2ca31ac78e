"""A folder of the user's, brought into a raw folder file by file, as DVC can hash it."""

import errno
import os
import shutil
from pathlib import Path

from classically_punk.contracts.faults import Fault
from classically_punk.corpora import left_out
from classically_punk.corpora.folders import no_file, walked
from classically_punk.corpora.spelling import spelt
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.writing import remove_abandoned


def bring_in(folder: Path, raw: Path) -> Path:
    """Every file of `folder` below `raw`/<its name>, as a hard link where the file system allows, else as a copy.

    Names that are no UTF-8 are spelt as `spelling.spelt` does. Links, pipes, devices and sockets are left out, and
    listed beside the folder, see `left_out`. Returns the folder's place in `raw`.
    Raises PunkError when one of the two folders holds the other, when a link leads to a folder elsewhere (which would
    hide clips), when a name gets too long, or when a file that was brought in earlier is no longer there.
    """
    target = raw / spelt(folder.name)
    if folder.is_relative_to(raw.resolve()) or raw.resolve().is_relative_to(folder):
        raise PunkError(f"{spelt(str(folder))}: {raw} and this folder hold one another; bring in one that is elsewhere")
    remove_abandoned(raw)
    wanted: dict[str, Path] = {}
    refused: dict[str, Fault] = {}
    for entry in walked(folder):
        inner, fault = spelt(os.path.relpath(entry.path, folder)), no_file(entry)
        if fault is None:
            wanted[inner] = Path(entry.path)
        else:
            _require_nothing_hidden(Path(entry.path), folder, raw)
            refused[inner] = fault
    target.mkdir(parents=True, exist_ok=True)
    for entry in walked(target):
        inner = os.path.relpath(entry.path, target)
        if inner not in wanted:
            raise PunkError(
                f"{entry.path}: no longer a file in {spelt(str(folder))}; delete it, or put it back there, and run "
                "again"
            )
    for inner, source in wanted.items():
        _bring_in_file(source, target / inner, raw)
    left_out.write(refused, target)
    return target


def _require_nothing_hidden(link: Path, folder: Path, raw: Path) -> None:
    if link.is_dir() and not link.resolve().is_relative_to(folder):
        raise PunkError(
            f"{spelt(str(link))}: a link to a folder outside {spelt(folder.name)}; links inside a folder are not "
            f"followed. Replace the link with a copy, or bring that folder in by itself: punk data {raw.name} --from "
            f"{spelt(str(link.resolve()))}"
        )


def _bring_in_file(source: Path, place: Path, raw: Path) -> None:
    there = source.lstat()
    # not beside `place` and under its name, as `atomic_path` does: names may be as long as the file system takes
    temporary = raw / f".bringing-in.{os.getpid()}.partial"
    try:
        if place.is_symlink() or place.exists():
            here = place.lstat()
            if (there.st_size, there.st_mtime_ns) == (here.st_size, here.st_mtime_ns):
                return
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, temporary)
        except OSError:  # another file system, or one without hard links
            shutil.copy2(source, temporary)
        os.replace(temporary, place)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        raise PunkError(f"{spelt(str(source))}: the name gets too long when it is spelt so; rename the file") from error
    finally:
        temporary.unlink(missing_ok=True)
