"""Zip archives as a stream of members."""

import errno
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from classically_punk.contracts.faults import Fault
from classically_punk.corpora.members import ArchiveLimits, Budget, Member, OtherFile, sorted_out
from classically_punk.foundation.errors import PunkError, shortened

_UNIX = 3
_ENCRYPTED = 0x1


def is_zip(path: Path) -> bool:
    """Whether the first bytes are those of a zip archive, an empty one included."""
    with path.open("rb") as handle:
        return handle.read(4) in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def zip_members(path: Path, source: str, limits: ArchiveLimits) -> Iterator[Member | OtherFile]:
    """Every file of a zip archive, in the order of its directory, one content in memory at a time.

    Raises PunkError beyond the limits and for what is encrypted or compressed in a way that is not known here;
    zipfile.BadZipFile when the archive is damaged, which a header that lies about a size counts as.
    """
    budget = Budget(path, limits)
    with _opened(path) as archive:
        entries = archive.infolist()
        for info in entries:  # before anything is unpacked
            budget.count()
            budget.spend(info.file_size)
        for info in entries:
            if info.filename.endswith("/"):  # `is_dir` looks for a last letter, which an empty name has not
                continue
            # Some programs write the backslash of Windows between folders, which the format does not allow.
            entry = sorted_out(source, info.filename.replace("\\", "/"), info.file_size, limits, _special(info))
            if isinstance(entry, Member) and entry.fault is None:
                yield replace(entry, data=_content(archive, info, path))
            else:
                yield entry


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        with _made_up_is_damaged():
            return zipfile.ZipFile(path)
    except NotImplementedError as error:
        raise PunkError(
            f"{path}: packed in a way that is not known here ({error}); unpack it and put the folder in its place"
        ) from error


@contextmanager
def _made_up_is_damaged() -> Iterator[None]:
    """Turns what zipfile raises where a header holds names or places that cannot be into its error for damage."""
    try:
        yield
    except (ValueError, OverflowError, struct.error) as error:
        raise zipfile.BadZipFile(f"a header makes no sense: {error}") from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise zipfile.BadZipFile("a header names a place before the beginning of the file") from error


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise PunkError(
            f"{path}: {shortened(info.filename)} is encrypted; unpack the archive with its password and put the "
            "folder in its place"
        )
    try:
        with _made_up_is_damaged(), archive.open(info) as content:
            data = content.read(info.file_size + 1)
            content.read(1)  # the checksum is compared only when the end has been reached
    except NotImplementedError as error:
        raise PunkError(
            f"{path}: {shortened(info.filename)} is compressed in a way that is not known here ({error}); unpack the "
            "archive and put the folder in its place"
        ) from error
    if len(data) != info.file_size:
        raise zipfile.BadZipFile(f"{info.filename} has {len(data)} bytes, its header says {info.file_size}")
    return data


def _special(info: zipfile.ZipInfo) -> Fault | None:
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == _UNIX else 0
    if kind == stat.S_IFLNK:
        return Fault.LINK
    return None if kind in (0, stat.S_IFREG) else Fault.NOT_A_FILE
