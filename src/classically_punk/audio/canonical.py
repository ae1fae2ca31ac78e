"""Canonical clips: mono, 22050 Hz, 16-bit PCM in a WAV file with a 44-byte header and nothing after the samples.

GTZAN's own clips come out with the md5 that mirdata's index publishes: the same samples give the same file.
"""

import hashlib
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classically_punk.foundation.errors import PunkError

SAMPLE_RATE = 22050
"""Hz; the rate of every canonical clip."""

Samples = NDArray[np.int16]
"""One mono clip, shape (n,), at `SAMPLE_RATE`; full scale is 32768."""

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_BYTES_PER_SAMPLE = 2
_LARGEST_DATA = 2**32 - 1 - _HEADER.size


def canonical_bytes(samples: Samples) -> bytes:
    """The canonical file of `samples`, shape (n,).

    Raises ValueError when `samples` is not a one-dimensional int16 array, or too long for a WAV file.
    """
    if samples.ndim != 1 or samples.dtype != np.int16:
        raise ValueError(f"expected int16 samples of shape (n,), found {samples.dtype} of shape {samples.shape}")
    data = samples.astype("<i2", copy=False).tobytes()
    if len(data) > _LARGEST_DATA:
        raise ValueError(f"{samples.size} samples do not fit into a WAV file")
    return _header(len(data)) + data


def write_canonical(samples: Samples, path: Path) -> None:
    """Writes the canonical file of `samples`; a killed writer leaves no file."""
    from classically_punk.foundation.writing import atomic_path  # brings pandas along, which a decoder can do without

    content = canonical_bytes(samples)
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def read_canonical(path: Path) -> Samples:
    """The samples of a canonical file, shape (n,). Raises PunkError when the file is missing or not canonical."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PunkError(f"{path}: cannot be read ({error.strerror}); run the stage `ingest` again") from error
    length = len(content) - _HEADER.size
    if length < 0 or length % _BYTES_PER_SAMPLE or content[: _HEADER.size] != _header(length):
        raise PunkError(
            f"{path}: not a canonical clip (mono, {SAMPLE_RATE} Hz, 16-bit WAV with a {_HEADER.size}-byte header); "
            "delete it and run the stage `ingest` again"
        )
    return np.frombuffer(content, dtype="<i2", offset=_HEADER.size).astype(np.int16, copy=False)


def samples_md5(samples: Samples) -> str:
    """md5 of the samples as little-endian 16-bit PCM, without any header."""
    return hashlib.md5(samples.astype("<i2", copy=False).tobytes(), usedforsecurity=False).hexdigest()


def file_md5(samples: Samples) -> str:
    """md5 of the canonical file of `samples`: what mirdata's index lists for GTZAN."""
    return hashlib.md5(canonical_bytes(samples), usedforsecurity=False).hexdigest()


def _header(data_length: int) -> bytes:
    return _HEADER.pack(
        b"RIFF",
        _HEADER.size - 8 + data_length,
        b"WAVE",
        b"fmt ",
        16,  # bytes of the format chunk
        1,  # linear PCM
        1,  # channel
        SAMPLE_RATE,
        SAMPLE_RATE * _BYTES_PER_SAMPLE,
        _BYTES_PER_SAMPLE,
        8 * _BYTES_PER_SAMPLE,
        b"data",
        data_length,
    )
