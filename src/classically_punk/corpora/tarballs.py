"""Tar archives, plain or compressed, as a stream of members: strict where Python's tarfile is lenient."""

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import IO

from classically_punk.contracts.faults import Fault
from classically_punk.corpora.members import ArchiveLimits, Budget, Member, OtherFile, sorted_out

_LARGEST_EXTENSION = 2**20
"""Bytes; a header that announces a longer name or attribute than this is no header."""

_CHUNK = 2**20

_Stream = IO[bytes] | gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile

_EXTENSIONS = frozenset(
    {
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
    }
)


def tar_members(path: Path, source: str, limits: ArchiveLimits) -> Iterator[Member | OtherFile]:
    """Every file of a tar archive, in its order, one content in memory at a time.

    Raises PunkError beyond the limits, and what `members.DAMAGE` lists when the archive is damaged or has no end.
    """
    budget = Budget(path, limits)
    with ExitStack() as stack:
        opened = _opened(path)
        stack.callback(opened.close)
        stream = _Counted(opened, Budget(path, limits))
        archive = stack.enter_context(
            tarfile.open(  # type: ignore[call-overload]  # any object with `read` will do
                fileobj=stream, mode="r|", tarinfo=_StrictTarInfo, encoding="utf-8", errors="surrogateescape"
            )
        )
        while (info := _next(archive)) is not None:
            archive.members.clear()  # tarfile keeps every header: memory that would grow with the archive
            budget.count()
            budget.spend(info.size)
            if info.isdir():
                continue
            entry = sorted_out(source, info.name, info.size, limits, _special(info))
            if isinstance(entry, Member) and entry.fault is None:
                yield replace(entry, data=_content(archive, info))
            else:
                yield entry
        _require_nothing_after(archive)


def _next(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    info = archive.next()
    if info is not None and info.size < 0:
        raise tarfile.ReadError(f"{info.name} announces {info.size} bytes")
    return info


def _content(archive: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    content = archive.extractfile(info)
    data = content.read(info.size) if content is not None else b""
    if len(data) != info.size:
        raise tarfile.ReadError(f"{info.name} ends after {len(data)} of {info.size} bytes")
    return data


def _special(info: tarfile.TarInfo) -> Fault | None:
    if info.issym() or info.islnk():
        return Fault.LINK
    return None if info.isreg() else Fault.NOT_A_FILE


def _require_nothing_after(archive: tarfile.TarFile) -> None:
    """Reads on to the end, where a compressed file proves that it is whole; only zeros may follow the end mark."""
    assert archive.fileobj is not None
    while rest := archive.fileobj.read(_CHUNK):
        if rest.strip(b"\0"):
            raise tarfile.ReadError("more data follows its end mark: several archives in one file, or damage")


class _StrictTarInfo(tarfile.TarInfo):
    """tarfile takes a damaged header in the middle of an archive for its end; here it is an error."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> "_StrictTarInfo":
        try:
            return super().fromtarfile(tarfile)
        except _END_MARK:
            raise
        except _HEADER_ERROR as error:
            raise _DamagedHeaderError(str(error)) from error
        except (ValueError, LookupError, RecursionError) as error:  # numbers, charsets and chains made up by the sender
            raise _DamagedHeaderError(f"a header makes no sense: {error}") from error

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_StrictTarInfo":
        info = super().frombuf(buf, encoding, errors)
        if info.size < 0 or (info.type in _EXTENSIONS and info.size > _LARGEST_EXTENSION):
            raise _DamagedHeaderError(f"a header announces {info.size} bytes")
        if info.type == tarfile.GNUTYPE_SPARSE:
            raise _DamagedHeaderError(f"{info.name} is stored as a sparse file, which no audio archive needs")
        return info


_HEADER_ERROR: type[Exception] = tarfile.HeaderError
_END_MARK: type[Exception] = tarfile.EOFHeaderError  # type: ignore[attr-defined]


class _DamagedHeaderError(EOFError):
    """Not one of tarfile's own errors, which tarfile itself would take for the end of the archive."""


class _Counted:
    """A stream whose bytes are counted as they are unpacked, whatever the headers among them say."""

    def __init__(self, stream: _Stream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._budget.spend(len(data))
        return data


def _opened(path: Path) -> _Stream:
    """The tar stream of `path`, whose compression is told by its first bytes, not by its name."""
    with path.open("rb") as handle:
        magic = handle.read(6)
    if magic.startswith(b"\x1f\x8b"):
        return gzip.open(path, "rb")
    if magic.startswith(b"BZh"):
        return bz2.open(path, "rb")
    if magic.startswith(b"\xfd7zXZ"):
        return lzma.open(path, "rb")
    return path.open("rb")
