"""What a file says it is and holds, read from its first bytes and its framing, without decoding.

Nothing here believes a length: every offset is checked against the bytes that are there, nothing is allocated
by what a header claims, and no more than `_MOST_HEADERS` of them are walked, however many a file is filled with.
libsndfile decodes; this module says which container it is given and whether it is whole.

Sources: RIFF/WAVE, Sony Wave64, Sun .au, AIFF, CAF and FLAC (RFC 9639) headers; Ogg pages (RFC 3533); MPEG audio frame
headers (ISO 11172-3) with the Xing/Info and VBRI tags of encoders.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_HEADERS = 500_000
"""Chunks, pages, tags or frames looked at in one file: an hour of the shortest MPEG frames there are. Behind the last
of them a file of 250 MiB could hold ten million more, which cost time and mean nothing."""


@dataclass(frozen=True)
class Inspection:
    """
    container      : wav, w64, au, flac, ogg, mp3, aiff or caf
    claimed_frames : sample frames that the header promises; None when it does not say
    foreign        : the codec's number, as a phrase, when libsndfile is not known to read it; else empty
    slack          : how many of them a decoder rightly leaves out: an MP3 encoder's delay and padding
    lacks          : what is missing at the end, as a phrase; empty when the file is whole as far as can be seen
    repairs        : (position, bytes) that stand in for lengths which a writer left open; see `repaired`
    """

    container: str
    claimed_frames: int | None = None
    lacks: str = ""
    slack: int = 0
    foreign: str = ""
    repairs: tuple[tuple[int, bytes], ...] = ()


def repaired(data: bytes, inspection: Inspection) -> bytes:
    """`data` with the lengths filled in that its writer could not know: a program that writes into a pipe cannot go
    back to its header, and leaves 0 there or the largest number. libsndfile takes a 0 for "no samples"."""
    if not inspection.repairs:
        return data
    mended = bytearray(data)
    for position, content in inspection.repairs:
        mended[position : position + len(content)] = content
    return bytes(mended)


_UNREADABLE = (
    (4, b"ftyp", "MPEG-4 (m4a, aac, mp4)"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska or WebM"),
    (0, b"MThd", "MIDI, which holds notes and no sound"),
    (0, b"wvpk", "WavPack"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"MPCK", "Musepack"),
    (0, b"#!AMR", "AMR"),
)


def unreadable_kind(data: bytes) -> str | None:
    """The name of an audio container that is known but cannot be read here, else None."""
    for position, magic, kind in _UNREADABLE:
        if data[position : position + len(magic)] == magic:
            return kind
    return None


def inspect(data: bytes) -> Inspection | None:
    """The container of `data` and whether it is whole; None when it is no container that can be read here."""
    head = data[:12]
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE":
        return _wav(data)
    if data[:16] == _W64_RIFF and data[24:40] == _W64_WAVE:
        return _w64(data)
    if head[:4] in (b".snd", b"dns."):
        return _au(data)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return _aiff(data)
    if head[:4] == b"OggS":
        return _ogg(data)
    if head[:4] == b"caff":
        return _caf(data)
    start = _after_id3(data)
    if data[start : start + 4] == b"fLaC":
        return _flac(data, start)
    return _mp3(data, start)


def _missing(claimed: int, present: int) -> str:
    return f"{claimed} bytes of samples are promised, {present} are there" if present < claimed else ""


def _chunks(data: bytes, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Name, position of the content and claimed length of each chunk of a RIFF or IFF file."""
    position = 12
    for _ in range(_MOST_HEADERS):
        if position + 8 > len(data):
            return
        name = data[position : position + 4]
        (length,) = struct.unpack_from(order + "I", data, position + 4)
        yield name, position + 8, length
        position += 8 + length + length % 2


_WAV_LINEAR = frozenset({0x0001, 0x0003, 0x0006, 0x0007, 0xFFFE})  # PCM, float, A-law, u-law, extensible
_WAV_PACKED = frozenset({0x0002, 0x0011, 0x0014, 0x0031, 0x0040, 0x0064})  # ADPCM, GSM 6.10, G.721, G.723


def _wav(data: bytes) -> Inspection:
    order = ">" if data[:4] == b"RIFX" else "<"
    foreign = ""
    frame_bytes = 0
    long_length: int | None = None  # RF64 keeps the true length of `data` in a chunk of its own
    for name, start, length in _chunks(data, order):
        if name == b"ds64" and start + 16 <= len(data):
            (long_length,) = struct.unpack_from("<Q", data, start + 8)
        if name == b"fmt " and start + 16 <= len(data):
            code, _, _, _, block_align = struct.unpack_from(order + "HHIIH", data, start)
            frame_bytes = block_align if code in _WAV_LINEAR else 0
            foreign = "" if code in _WAV_LINEAR | _WAV_PACKED else f"codec {code:#06x} in WAV"
        if name == b"data":
            present = len(data) - start
            open_ended = length == 0 and not _holds_only_chunks(data, start, order)
            repairs = ((4, struct.pack(order + "I", len(data) - 8)), (start - 4, struct.pack(order + "I", present)))
            if length == 0xFFFFFFFF:  # "see ds64" in RF64, else a stream of unknown length: it runs to the end
                length = present if long_length is None else long_length
            elif open_ended and present < 0xFFFFFFFF:
                length = present
            claimed = length // frame_bytes if frame_bytes else None
            return Inspection(
                "wav", claimed, _missing(length, present), foreign=foreign, repairs=repairs if open_ended else ()
            )
    return Inspection("wav", lacks="the header ends before any samples", foreign=foreign)


def _holds_only_chunks(data: bytes, position: int, order: str) -> bool:
    """Whether `data` from `position` on is nothing, or a row of chunks with names in ASCII that ends where it ends."""
    for _ in range(_MOST_HEADERS):
        if position + 8 > len(data):
            break
        if not all(32 <= letter < 127 for letter in data[position : position + 4]):
            return False
        (length,) = struct.unpack_from(order + "I", data, position + 4)
        position += 8 + length + length % 2
    return position - 1 <= len(data) < position + 8  # the byte that pads an odd chunk may be missing at the end


_W64_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")
_W64_RIFF = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
_W64_WAVE = b"wave" + _W64_TAIL


def _w64(data: bytes) -> Inspection:
    """Sony's Wave64: names of 16 bytes, lengths of 8 that count the 24 of the chunk's head, all on multiples of 8."""
    position, frame_bytes, foreign = 40, 0, ""
    for _ in range(_MOST_HEADERS):
        if position + 24 > len(data):
            break
        name = data[position : position + 16]
        (length,) = struct.unpack_from("<Q", data, position + 16)
        start, length = position + 24, max(length - 24, 0)
        if name == b"fmt " + _W64_TAIL and start + 16 <= len(data):
            code, _, _, _, block_align = struct.unpack_from("<HHIIH", data, start)
            frame_bytes = block_align if code in _WAV_LINEAR else 0
            foreign = "" if code in _WAV_LINEAR | _WAV_PACKED else f"codec {code:#06x} in Wave64"
        if name == b"data" + _W64_TAIL:
            claimed = length // frame_bytes if frame_bytes else None
            return Inspection("w64", claimed, _missing(length, len(data) - start), foreign=foreign)
        position = start + length + -length % 8
    return Inspection("w64", lacks="the header ends before any samples", foreign=foreign)


_AU_SAMPLE_BYTES = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}
_AU_PACKED = frozenset({23, 25, 26})  # G.721, G.723


def _au(data: bytes) -> Inspection:
    if len(data) < 24:
        return Inspection("au", lacks="the header ends before any samples")
    order = ">" if data[:4] == b".snd" else "<"
    start, length, encoding, _, channels = struct.unpack_from(order + "5I", data, 4)
    if length == 0xFFFFFFFF:  # "unknown" in the format's own words
        return Inspection("au")
    frame_bytes = _AU_SAMPLE_BYTES.get(encoding, 0) * channels
    claimed = length // frame_bytes if frame_bytes else None
    known = encoding in _AU_SAMPLE_BYTES or encoding in _AU_PACKED
    foreign = "" if known else f"codec {encoding} in AU"
    return Inspection("au", claimed, _missing(length, max(len(data) - start, 0)), foreign=foreign)


def _aiff(data: bytes) -> Inspection:
    claimed = None
    for name, start, length in _chunks(data, ">"):
        if name == b"COMM" and start + 6 <= len(data):
            (claimed,) = struct.unpack_from(">I", data, start + 2)
        if name == b"SSND":
            return Inspection("aiff", claimed, _missing(length, len(data) - start))
    return Inspection("aiff", claimed, "the header ends before any samples")


def _caf(data: bytes) -> Inspection:
    position = 8
    for _ in range(_MOST_HEADERS):
        if position + 12 > len(data):
            break
        (length,) = struct.unpack_from(">q", data, position + 4)
        present = len(data) - position - 12
        if data[position : position + 4] == b"data":
            return Inspection("caf", lacks=_missing(length, present))  # -1 is "to the end"
        position += 12 + max(length, 0)
    return Inspection("caf", lacks="the header ends before any samples")


def _flac(data: bytes, start: int) -> Inspection:
    info = data[start + 8 : start + 42]  # STREAMINFO always comes first
    if len(info) < 34:
        return Inspection("flac", lacks="the header ends before any samples")
    total = int.from_bytes(info[10:18], "big") & 0xFFFFFFFFF
    return Inspection("flac", total or None)


def _ogg(data: bytes) -> Inspection:
    position, ended = 0, False
    for _ in range(_MOST_HEADERS):
        if position + 27 > len(data):
            break
        if data[position : position + 4] != b"OggS":
            position = data.find(b"OggS", position)  # damaged page: go on at the next
            if position < 0:
                break
            continue
        segments = data[position + 26]
        table = data[position + 27 : position + 27 + segments]
        after = position + 27 + segments + sum(table)
        if len(table) < segments or after > len(data):
            return Inspection("ogg", lacks="the last page is cut off")
        ended = bool(data[position + 5] & 0x04)
        position = after
    return Inspection("ogg", lacks="" if ended else "the stream has no last page")


def _after_id3(data: bytes) -> int:
    """Position of the first byte behind leading ID3v2 tags; the length of `data` when they claim more than it has."""
    position = 0
    for _ in range(_MOST_HEADERS):
        if data[position : position + 3] != b"ID3" or position + 10 > len(data):
            break
        size = 0
        for byte in data[position + 6 : position + 10]:
            size = size << 7 | byte & 0x7F
        footer = 10 if data[position + 5] & 0x10 else 0
        position = min(position + 10 + size + footer, len(data))
    return position


_RATES = (44100, 48000, 32000)
_KBPS_1 = (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448)
_KBPS_2 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_KBPS_3 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_LOW_1 = (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_KBPS_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


@dataclass(frozen=True)
class _Frame:
    """length: bytes; samples: per channel; kind: what stays the same through a stream; tag: offset of a Xing tag"""

    length: int
    samples: int
    kind: int
    tag: int


def _mpeg_frame(data: bytes, position: int) -> _Frame | None:
    if position + 4 > len(data):
        return None
    (word,) = struct.unpack_from(">I", data, position)
    version, layer = word >> 19 & 3, 4 - (word >> 17 & 3)
    kbps_index, rate_index = word >> 12 & 15, word >> 10 & 3
    if word >> 21 != 0x7FF or version == 1 or layer == 4 or kbps_index in (0, 15) or rate_index == 3:
        return None
    first = version == 3  # MPEG-1; 2 is MPEG-2 (half the rates), 0 is MPEG-2.5 (a quarter)
    rate = _RATES[rate_index] // {3: 1, 2: 2, 0: 4}[version]
    padding = word >> 9 & 1
    if layer == 1:
        kbps = (_KBPS_1 if first else _KBPS_LOW_1)[kbps_index]
        length, samples = (12000 * kbps // rate + padding) * 4, 384
    else:
        kbps = ({2: _KBPS_2, 3: _KBPS_3}[layer] if first else _KBPS_LOW)[kbps_index]
        samples = 576 if layer == 3 and not first else 1152
        length = samples // 8 * 1000 * kbps // rate + padding
    mono = word >> 6 & 3 == 3
    side = (17 if mono else 32) if first else (9 if mono else 17)
    return _Frame(length, samples, word & 0xFFFE0C00, 4 + side)


def _one_of(octets: Iterator[int]) -> bytes:
    return b"[" + b"".join(re.escape(bytes([octet])) for octet in octets) + b"]"


_MPEG_HEADER = re.compile(
    b"\xff"
    + _one_of(octet for octet in range(0xE0, 0x100) if octet >> 3 & 3 != 1 and octet >> 1 & 3 != 0)
    + _one_of(octet for octet in range(0x100) if octet >> 4 not in (0, 15) and octet >> 2 & 3 != 3)
    + b".",
    re.DOTALL,
)
"""What `_mpeg_frame` takes for a frame. Looked for byte by byte in Python, 250 MiB of sync bytes take minutes."""

_SYNC_WINDOW = 65536  # bytes searched for the first frame; encoders and rippers leave junk before it
_MOST_PADDING = 4  # frames of delay before and padding behind the sound
_SYNC_FRAMES = 3  # frames in a row before bytes count as MPEG audio: any file holds the odd sync word


def _mp3(data: bytes, start: int) -> Inspection | None:
    position = _first_mpeg_frame(data, start)
    tagged = data[:3] == b"ID3"
    if position is None:
        return Inspection("mp3", lacks="the header ends before any samples") if tagged else None
    first = _mpeg_frame(data, position)
    if first is None:
        return None
    promised = _promised_frames(data[position : position + 200], first)
    if promised is not None:
        position += first.length  # the frame that holds the tag plays nothing
    frames, cut = _count_mpeg_frames(data, position)
    if promised is not None and frames is not None and frames < promised:
        lacks = f"{promised} frames are promised, {frames} are there"
    else:
        lacks = "the last frame is cut off" if cut and promised is None else ""
    claimed = None if promised is None else promised * first.samples
    return Inspection("mp3", claimed, lacks, slack=_MOST_PADDING * first.samples)


def _first_mpeg_frame(data: bytes, start: int) -> int | None:
    end = min(len(data), start + _SYNC_WINDOW)
    position = data.find(b"\xff", start, end)
    while position >= 0:
        if _frames_in_a_row(data, position) >= _SYNC_FRAMES:
            return position
        position = data.find(b"\xff", position + 1, end)
    return None


def _frames_in_a_row(data: bytes, position: int) -> int:
    first = _mpeg_frame(data, position)
    found = 0
    frame = first
    while frame is not None and first is not None and frame.kind == first.kind and found < _SYNC_FRAMES:
        found += 1
        position += frame.length
        frame = _mpeg_frame(data, position)
    return found


def _promised_frames(frame: bytes, header: _Frame) -> int | None:
    """The number of frames that an encoder's tag in the first frame promises."""
    if frame[header.tag : header.tag + 4] in (b"Xing", b"Info") and len(frame) >= header.tag + 12:
        flags, count = struct.unpack_from(">II", frame, header.tag + 4)
        return count if flags & 1 else None
    if frame[36:40] == b"VBRI" and len(frame) >= 54:
        (count,) = struct.unpack_from(">I", frame, 50)
        return int(count)
    return None


def _count_mpeg_frames(data: bytes, position: int) -> tuple[int | None, bool]:
    """Whole frames from `position` on, None when they are too many to count, and whether the last one is cut off."""
    for frames in range(_MOST_HEADERS):
        frame = _mpeg_frame(data, position)
        if frame is None:
            if data[position : position + 3] in (b"TAG", b"APE", b"ID3", b"LYR"):
                return frames, False
            found = _MPEG_HEADER.search(data, position + 1)  # damaged frame: go on at the next
            frame = found and _mpeg_frame(data, found.start())
            if found is None or frame is None:
                return frames, False
            position = found.start()
        if position + frame.length > len(data):
            return frames, True
        position += frame.length
    return None, False
