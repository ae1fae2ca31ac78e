"""Archives as streams of members: tar, plain and compressed, and zip, with all that may stand in them."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from pathlib import Path
from random import Random

from classically_punk.contracts.faults import DESCRIPTIONS, REJECTING
from classically_punk.corpora import naming
from classically_punk.corpora.archives import members
from classically_punk.corpora.members import ArchiveLimits, Member
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Ingest

from .audio import SETTINGS
from .mutations import extreme, mutated
from .running import Unaccounted

LIMITS = SETTINGS.model_copy(update={"largest_member": 0.0625, "largest_archive": 0.0005, "most_members": 30})
"""64 KiB, 512 KiB and 30, so that small archives are beyond them."""

_NAMES = (
    *("rock/a.wav", "rock/a.wav", "rock/b.au", "pop/c.mp3", "pop/README", "pop/.DS_Store", "__MACOSX/pop/._c.mp3"),
    *("../../etc/cron.d/x.wav", "/etc/passwd.wav", "C:\\music\\x.wav", "..\\x.wav", "rock/../../x.wav", "x.wav", ""),
    *("rock/\x1b[2J.wav", "rock/new\nline.wav", "rock/\u202egnp.wav", "rock/e\u0301.wav", "rock/\udce9.wav", "a/" * 60),
    *(f"rock/{'n' * 300}.wav", f"rock/{'n' * 5000}.wav", "con.wav", "rock/inner.zip", "rock/.wav", "./rock//d.wav"),
    *("~/x.wav", "-rf.wav"),
)
_TYPES = (
    *(tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE),
    *(tarfile.DIRTYPE, tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE, b"V", b"\xff"),
)
_ATTRIBUTES = (
    *("size", "path", "linkpath", "mtime", "uid", "hdrcharset", "GNU.sparse.major", "GNU.sparse.map"),
    *("GNU.sparse.size", "GNU.sparse.realsize", "GNU.sparse.numblocks", "GNU.sparse.name"),
)
_ODD = ("-1", "0", "1", "1e9", "99999999999999999999", "nan", "0,1,2", "BINARY", "klingon", "", "..", "\u0663")
_SPARES = (
    *(b"ustar\x0000", b"PK\x01\x02", b"PK\x05\x06" + bytes(18), bytes(512)),
    *(b"\x1f\x8b\x08\0", b"BZh9", b"\xfd7zXZ\0"),
)
_COMPRESSIONS = {"gz": lambda data: gzip.compress(data, mtime=0), "bz2": bz2.compress, "xz": lzma.compress, "": bytes}


def make(rng: Random) -> bytes:
    return _zip(rng) if rng.random() < 0.5 else _tar(rng)


def judge(data: bytes, folder: Path) -> str:
    """Every member, as `ingest` would be given it. The name says the wrong thing half the time: content decides."""
    raw = folder / "raw"
    path = raw / ("music.zip" if data[:2] == b"PK" or len(data) % 2 else "music.tar.gz")
    raw.mkdir(exist_ok=True)
    path.write_bytes(data)
    try:
        found = [entry for entry in members(raw, LIMITS) if isinstance(entry, Member)]
    except PunkError as error:
        if "cannot be read" in str(error):
            raise Unaccounted(f"the archive is to blame, not the file system: {error}") from error
        raise
    finally:
        path.unlink()
    for member in found:
        _require_sense(member, LIMITS)
    naming.distinct([naming.clip_id(naming.label_of(member.path), member.path) for member in found])
    return "read, some members refused" if any(member.fault for member in found) else "read"


def _require_sense(member: Member, settings: Ingest) -> None:
    if (member.data is None) != (member.fault is not None):
        raise Unaccounted(f"{member.path!r} is refused for {member.fault}, or it is not")
    if member.data is not None:
        if len(member.data) > ArchiveLimits.of(settings).member_bytes:
            raise Unaccounted(f"{member.path!r} has {len(member.data)} bytes")
        if naming.is_unsafe(member.path):
            raise Unaccounted(f"{member.path!r} was read")
    elif member.fault not in REJECTING or member.fault not in DESCRIPTIONS or not member.detail.endswith("."):
        raise Unaccounted(f"{member.path!r} is refused for {member.fault}: {member.detail!r}")
    name = naming.clip_id(naming.label_of(member.path), member.path)
    if "/" in name or not name or name.startswith(".") or len(name.encode()) > naming.LONGEST_ID:
        raise Unaccounted(f"{member.path!r} is called {name!r}")


def _content(rng: Random) -> bytes:
    kind = rng.randrange(6)
    if kind == 0:
        return b""
    if kind == 1:
        return bytes(rng.choice((70_000, 600_000)))  # packs to little, unpacks beyond a limit
    return rng.randbytes(rng.choice((10, 1000, 5000)))


def _tar(rng: Random) -> bytes:
    target = io.BytesIO()
    form = rng.choice((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT))
    with tarfile.open(fileobj=target, mode="w", format=form, encoding="utf-8", errors="surrogateescape") as archive:
        for _ in range(rng.choice((0, 1, 3, 3, 3, 40))):
            info, data = tarfile.TarInfo(rng.choice(_NAMES)), b""
            if rng.random() < 0.7:
                data = _content(rng)
            else:
                info.type, info.linkname = rng.choice(_TYPES), rng.choice(_NAMES)
            if form == tarfile.PAX_FORMAT and rng.random() < 0.3:
                info.pax_headers = {rng.choice(_ATTRIBUTES): rng.choice(_ODD)}
            info.size = len(data)
            try:
                archive.addfile(info, io.BytesIO(data))
            except ValueError:  # a name that this form of tar cannot hold
                archive.addfile(tarfile.TarInfo("rock/plain.wav"))
    content = target.getvalue()
    if rng.random() < 0.6:
        content = mutated(rng, content, (content, *_SPARES))
        content = _with_checksums(content) if rng.random() < 0.7 else content
    packed = _COMPRESSIONS[rng.choice(tuple(_COMPRESSIONS))](content)
    return mutated(rng, packed, (packed, *_SPARES)) if rng.random() < 0.3 else packed


def _with_checksums(content: bytes) -> bytes:
    """Headers whose checksum is right again, so that what else is wrong with them is read."""
    fixed = bytearray(content)
    for start in range(0, len(fixed) - 511, 512):
        header = fixed[start : start + 512]
        if header[257:262] == b"ustar":
            header[148:156] = b" " * 8
            fixed[start + 148 : start + 156] = b"%06o\0 " % (sum(header) % 8**6)
    return bytes(fixed)


def _zip(rng: Random) -> bytes:
    target = io.BytesIO()
    packing = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(target, "w", packing) as archive:
        for _ in range(rng.choice((0, 1, 3, 3, 3, 40))):
            name = rng.choice(_NAMES).encode("utf-8", "replace").decode()
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system = packing, rng.choice((0, 3, 3, 255))
            info.external_attr = rng.choice((0, 0o100644, 0o120777, 0o020644, 0o010644, 0o140644)) << 16
            info.extra = rng.choice((b"", b"", b"\x01\x00\x08\x00" + extreme(rng, 8), b"\x75\x70\x05\x00\x01", b"\xff"))
            archive.writestr(info, _content(rng))
        archive.comment = rng.choice((b"", b"", b"PK\x05\x06" + bytes(18)))
    content = bytearray(target.getvalue())
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        _field(rng, content)
    if rng.random() < 0.1:
        _with_64_bits(rng, content)
    return mutated(rng, bytes(content), (bytes(content), *_SPARES)) if rng.random() < 0.3 else bytes(content)


# Where fields stand after the four bytes of each kind of record, and how wide they are (APPNOTE.TXT, section 4.3).
_FIELDS = {
    b"PK\x03\x04": {4: 2, 6: 2, 8: 2, 14: 4, 18: 4, 22: 4, 26: 2, 28: 2},
    b"PK\x01\x02": {4: 2, 6: 2, 8: 2, 10: 2, 16: 4, 20: 4, 24: 4, 28: 2, 30: 2, 32: 2, 34: 2, 38: 4, 42: 4},
    b"PK\x05\x06": {4: 2, 6: 2, 8: 2, 10: 2, 12: 4, 16: 4, 20: 2},
}


def _with_64_bits(rng: Random, content: bytearray) -> None:
    """A directory whose place and size stand in the records for large archives, and make no sense."""
    end = content.rfind(b"PK\x05\x06")
    numbers = [extreme(rng, 8) if rng.random() < 0.3 else (100).to_bytes(8, "little") for _ in range(5)]
    record = b"PK\x06\x06" + (44).to_bytes(8, "little") + bytes(12) + b"".join(numbers[:4])
    locator = b"PK\x06\x07" + bytes(4) + numbers[4] + (1).to_bytes(4, "little")
    if end >= 0:
        content[end:end] = record + locator
        start = end + len(record + locator) + 8
        content[start : start + 12] = b"\xff" * 12


def _field(rng: Random, content: bytearray) -> None:
    """One field of one record says something else: encrypted, another method, size, checksum, offset."""
    kind = rng.choice(tuple(_FIELDS))
    places = [place for place in range(len(content) - 22) if content[place : place + 4] == kind]
    if places:
        offset, width = rng.choice(tuple(_FIELDS[kind].items()))
        number = extreme(rng, width) if rng.random() < 0.7 else struct.pack("<Q", 1 << rng.randrange(8 * width))[:width]
        start = rng.choice(places) + offset
        content[start : start + width] = number
