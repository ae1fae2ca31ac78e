"""Archives and folders as streams of members, never unpacked to disk, one member in memory at a time.

What stands in a corpus' raw folder is untrusted: a path is only ever a name here, links and devices are never
opened, and sizes are limited by what is read, not only by what a header says.
"""

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from classically_punk.contracts.faults import Fault
from classically_punk.corpora import assets, left_out, naming
from classically_punk.corpora.folders import listed
from classically_punk.corpora.members import DAMAGE, ArchiveLimits, Budget, Member, OtherFile, sorted_out
from classically_punk.corpora.tarballs import tar_members
from classically_punk.corpora.zips import is_zip, zip_members
from classically_punk.foundation.errors import PunkError, shortened
from classically_punk.foundation.params import Ingest

ANNOTATIONS_FOLDER = "annotations"
"""Below a corpus' raw folder: what others wrote about the collection, which is no part of it."""


def sources(raw: Path) -> list[Path]:
    """What holds clips in `raw`: archives, folders and loose clips at its top, sorted by name.

    Anything else there (a README, tables) stands beside the collection and is not part of it.
    Raises PunkError for an archive of a kind that cannot be read.
    """
    found = []
    for entry in sorted(raw.iterdir()) if raw.is_dir() else ():
        if entry.name.startswith(".") or entry.name == ANNOTATIONS_FOLDER:
            continue
        _require_readable_kind(entry)
        if entry.is_symlink() and entry.is_dir():
            raise PunkError(
                f"{entry}: a link to a folder; DVC does not see what changes behind it. Remove the link and bring the "
                f"folder in: punk data {raw.name} --from {entry.resolve()}"
            )
        if entry.is_dir() or naming.is_archive(entry.name) or naming.claims_audio(entry.name):
            found.append(entry)
    return found


def usable_source(path: Path) -> bool:
    """Whether `path` would count as an archive or folder of clips if it stood in a raw folder.

    Raises PunkError for an archive of a kind that cannot be read.
    """
    name = path.resolve().name
    if name.startswith(".") or name == ANNOTATIONS_FOLDER:
        return False
    _require_readable_kind(path)
    return path.is_dir() or (path.is_file() and naming.is_archive(name))


def _require_readable_kind(path: Path) -> None:
    if path.name.lower().endswith(naming.UNREADABLE_ARCHIVE_SUFFIXES):
        raise PunkError(
            f"{path}: archives of this kind are not read; unpack it and put its folder in its place, or use "
            f"one of {', '.join(naming.ARCHIVE_SUFFIXES)}"
        )


def members(raw: Path, settings: Ingest) -> Iterator[Member | OtherFile]:
    """Every file of every archive and folder in `raw`, in the order of their names; archives inside folders too.

    What was left out when a folder was brought in comes with it, refused, from the list beside it.
    Links to archives at the top of `raw` are followed, since `fetch.link` makes them; no other link is.
    Raises PunkError for an archive that is damaged, encrypted or beyond the limits, naming it.
    """
    limits = ArchiveLimits.of(settings)
    for source in sources(raw):
        if source.is_dir():
            yield from _folder_members(source, raw, limits)
        else:
            yield from _file_members(source, raw, limits, Budget(source, limits))


def archive_members(path: Path, source: str, limits: ArchiveLimits) -> Iterator[Member | OtherFile]:
    """Every file of one archive, whose kind is told by its content. Raises PunkError as `members` does."""
    last = ""
    try:
        stream = zip_members if is_zip(path) else tar_members
        for member in stream(path, source, limits):
            yield member
            last = member.path
    except OSError as error:
        if error.errno is not None:
            raise PunkError(f"{path}: cannot be read ({error.strerror}); check the file and its rights") from error
        raise _damaged(path, last, error) from error
    except DAMAGE as error:
        raise _damaged(path, last, error) from error


def require_whole(path: Path, limits: ArchiveLimits) -> int:
    """Reads a whole archive and returns how many clips it claims to hold. Raises PunkError as `members` does."""
    found = archive_members(path, path.name, limits)
    return sum(isinstance(member, Member) for member in found)


def _damaged(path: Path, last: str, error: Exception) -> PunkError:
    where = f"after its member {shortened(last, 120)}" if last else "before its first member"
    what = shortened(str(error), 200) or type(error).__name__
    return PunkError(
        f"{path}: damaged {where} ({what}): the copy or download is incomplete; {assets.how_to_replace(path)}"
    )


def _folder_members(folder: Path, raw: Path, limits: ArchiveLimits) -> Iterator[Member | OtherFile]:
    root = folder.resolve()
    budget = Budget(folder, limits)
    for missing, reason in left_out.read(folder).items():
        budget.count()
        yield sorted_out("", f"{folder.name}/{missing}", 0, limits, reason)
    pending = [folder]
    while pending:
        current = pending.pop()
        inner = []
        for entry in listed(current):
            budget.count()
            path = Path(entry.path)
            if entry.is_symlink():
                yield _linked(path, raw, root, limits)
            elif entry.is_dir(follow_symlinks=False):
                inner.append(path)
            else:
                yield from _file_members(path, raw, limits, budget)
        pending += reversed(inner)


def _linked(path: Path, raw: Path, root: Path, limits: ArchiveLimits) -> Member | OtherFile:
    """A link below a folder: refused; one that leads to a folder elsewhere would hide clips, so it is an error."""
    if path.is_dir() and not path.resolve().is_relative_to(root):
        raise PunkError(
            f"{path}: a link to a folder outside {root.name}; links inside a folder are not followed. "
            f"Replace the link with a copy, or bring the folder in by itself: punk data {raw.name} --from "
            f"{path.resolve()}"
        )
    return sorted_out("", path.relative_to(raw).as_posix(), 0, limits, Fault.LINK)


def _file_members(path: Path, raw: Path, limits: ArchiveLimits, budget: Budget) -> Iterator[Member | OtherFile]:
    """The members of an archive, or the one file itself."""
    name = path.relative_to(raw).as_posix()
    try:
        status = path.stat()
        regular = stat.S_ISREG(status.st_mode)
        if regular and naming.is_archive(path.name):
            yield from archive_members(path, name, limits)
            return
        entry = sorted_out("", name, status.st_size, limits, None if regular else Fault.NOT_A_FILE)
        if isinstance(entry, Member) and entry.fault is None:
            budget.spend(status.st_size)
            with path.open("rb") as handle:
                entry = replace(entry, data=handle.read(limits.member_bytes + 1))
        yield entry
    except OSError as error:
        raise PunkError(f"{path}: cannot be read ({error.strerror}); check the file and its rights") from error
