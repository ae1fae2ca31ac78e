"""What archives and folders are made of, and the limits that hold for all of them."""

import gzip
import lzma
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from classically_punk.contracts.faults import Fault
from classically_punk.corpora import naming
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Ingest


@dataclass(frozen=True)
class Member:
    """A file that claims to be a clip.

    source : the archive's path below the raw folder; empty for a file that stands in no archive
    path   : inside the archive, else below the raw folder; `/` between its parts
    data   : its content, or None when it was refused unread
    fault  : why it was refused (unsafe_path, link, not_a_file, too_large), with a sentence in `detail`
    """

    source: str
    path: str
    data: bytes | None
    fault: Fault | None = None
    detail: str = ""


@dataclass(frozen=True)
class OtherFile:
    """A file that is no clip and does not claim to be one: counted by `kind`, never opened."""

    source: str
    path: str
    kind: str


@dataclass(frozen=True)
class ArchiveLimits:
    """What a member, an archive and its list of members may come to, whatever their headers say."""

    member_bytes: int
    archive_bytes: int
    members: int

    @classmethod
    def of(cls, settings: Ingest) -> "ArchiveLimits":
        return cls(
            member_bytes=int(settings.largest_member * 2**20),
            archive_bytes=int(settings.largest_archive * 2**30),
            members=settings.most_members,
        )


class Budget:
    """Counts what an archive unpacks to; beyond the limits it is an error."""

    def __init__(self, path: Path, limits: ArchiveLimits) -> None:
        self._path = path
        self._limits = limits
        self._members = 0
        self._bytes = 0

    def count(self) -> None:
        """One more entry. Raises PunkError beyond `ingest.most_members`."""
        self._members += 1
        if self._members > self._limits.members:
            raise PunkError(
                f"{self._path}: more than {self._limits.members} members; if it is meant to be so large, raise "
                "ingest.most_members in params.yaml"
            )

    def spend(self, size: int) -> None:
        """`size` more bytes. Raises PunkError beyond `ingest.largest_archive`."""
        self._bytes += size
        if self._bytes > self._limits.archive_bytes:
            raise PunkError(
                f"{self._path}: unpacks to more than {self._limits.archive_bytes / 2**30:g} GiB; if it is meant to "
                "be so large, raise ingest.largest_archive in params.yaml"
            )


DAMAGE = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, tarfile.TarError, zipfile.BadZipFile)
"""What reading a damaged archive raises, beside an OSError without a number."""


def sorted_out(
    source: str, path: str, size: int, limits: ArchiveLimits, special: Fault | None = None
) -> Member | OtherFile:
    """The entry `path`, not yet read: a Member to read when it has no fault, else refused; or an OtherFile.

    special : what its type refuses, LINK or NOT_A_FILE
    """
    tidy = str(PurePosixPath(path))
    if not naming.claims_audio(tidy):
        return OtherFile(source, tidy, special.value if special is not None else naming.kind_of(tidy))
    if naming.is_unsafe(path):
        detail = "The path is absolute or climbs out of the archive; the member was not read."
        return Member(source, tidy, None, Fault.UNSAFE_PATH, detail)
    if special is Fault.LINK:
        return Member(source, tidy, None, special, "The member is a link to another file; links are not followed.")
    if special is Fault.NOT_A_FILE:
        return Member(source, tidy, None, special, "The member is a device, a pipe or a socket, which is never opened.")
    if size > limits.member_bytes:
        detail = f"The member unpacks to {size} bytes, the limit is {limits.member_bytes}; it was not read."
        return Member(source, tidy, None, Fault.TOO_LARGE, detail)
    return Member(source, tidy, None)
