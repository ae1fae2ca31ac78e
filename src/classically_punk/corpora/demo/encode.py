"""Samples into the bytes of audio files, without anything that differs from one run to the next."""

import io
import zlib
from enum import StrEnum

import numpy as np
import soundfile

from classically_punk.audio.canonical import Samples

OGG_SERIAL = 0x50554E4B
"""Serial number of every Ogg stream here; libsndfile draws one from the clock."""

_BLOCK = 16384
"""Frames handed to the encoder at a time; the Vorbis encoder keeps a whole call on its stack."""

_OGG_MAGIC = b"OggS"
_OGG_HEADER = 27
_REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Form(StrEnum):
    """A container and what is in it; `FLAC_24` holds 24 bits a sample."""

    AU = "au"
    WAV = "wav"
    FLAC = "flac"
    FLAC_24 = "flac24"
    OGG = "ogg"
    MP3 = "mp3"

    @property
    def suffix(self) -> str:
        return "." + self.value.removesuffix("24")


_FORMATS = {
    Form.AU: ("AU", "PCM_16"),
    Form.WAV: ("WAV", "PCM_16"),
    Form.FLAC: ("FLAC", "PCM_16"),
    Form.FLAC_24: ("FLAC", "PCM_24"),
    Form.OGG: ("OGG", "VORBIS"),
    Form.MP3: ("MP3", "MPEG_LAYER_III"),
}


def encode(samples: Samples, rate: int, form: Form) -> bytes:
    """The file that holds `samples`, int16 of shape (n,) or (n, n_channels), at `rate` Hz."""
    container, codec = _FORMATS[form]
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    target = io.BytesIO()
    with soundfile.SoundFile(target, "w", rate, channels, codec, format=container) as file:
        for start in range(0, len(samples), _BLOCK):
            file.write(samples[start : start + _BLOCK])
    content = target.getvalue()
    return with_ogg_serial(content, OGG_SERIAL) if form is Form.OGG else content


def with_ogg_serial(content: bytes, serial: int) -> bytes:
    """The Ogg stream `content` with another serial number on every page, and the checksums that go with it.

    Raises ValueError when `content` is no sequence of Ogg pages.
    Source: RFC 3533, section 6.
    """
    pages = []
    start = 0
    while start < len(content):
        header = content[start : start + _OGG_HEADER]
        if len(header) < _OGG_HEADER or not header.startswith(_OGG_MAGIC):
            raise ValueError(f"no Ogg page at byte {start}")
        segments = content[start + _OGG_HEADER : start + _OGG_HEADER + header[26]]
        end = start + _OGG_HEADER + len(segments) + sum(segments)
        page = bytearray(content[start:end])
        page[14:18] = serial.to_bytes(4, "little")
        page[22:26] = bytes(4)
        page[22:26] = ogg_checksum(bytes(page)).to_bytes(4, "little")
        pages.append(bytes(page))
        start = end
    return b"".join(pages)


def ogg_checksum(page: bytes) -> int:
    """CRC-32 of an Ogg page whose checksum field is 0: polynomial 0x04C11DB7, start 0, bits not reflected.

    zlib's CRC has the same polynomial with reflected bits and inverted ends; undoing both is faster than a loop.
    """
    start_of_zero = 0xFFFFFFFF
    reflected = zlib.crc32(page.translate(_REVERSED_BITS), start_of_zero) ^ 0xFFFFFFFF
    return int(f"{reflected:032b}"[::-1], 2)


def widened(samples: Samples, channels_difference: Samples) -> Samples:
    """Two channels whose mean is `samples`: the difference is added on the left and taken from the right.

    Both of shape (n,); returns shape (n, 2). Raises ValueError when a channel would leave 16 bits.
    """
    middle, side = samples.astype(np.int32), channels_difference.astype(np.int32)
    channels = np.stack([middle + side, middle - side], axis=1)
    if channels.size and (channels.min() < -32768 or channels.max() > 32767):
        raise ValueError("a channel leaves the range of 16 bits")
    return channels.astype(np.int16)
