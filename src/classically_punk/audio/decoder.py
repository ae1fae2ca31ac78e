"""The process in which untrusted bytes are decoded: `python -m classically_punk.audio.decoder PARENT`.

It reads requests from its standard input and writes answers to its standard output, one after the other. Both are a
length, that many bytes of JSON, and as many bytes of content as the JSON says: no pickles, so that a decoder that was
taken over cannot do more than lie about samples. It may write no file, and it gets, for each clip anew, processor
time and memory; beyond them it is ended. What codecs print goes nowhere. `isolated` is the other end.
"""

import json
import os
import resource
import signal
import struct
import sys
import traceback
from pathlib import Path
from typing import IO, Any

from classically_punk.audio.decode import Decoded, DecodingLimits, Undecodable, decode
from classically_punk.foundation.orphans import end_with

OUT_OF_MEMORY, OUT_OF_SPACE = 77, 78
"""Exit status when a file made its decoder ask for more memory than a clip can need, and when a clip needs more than
the limit under which this program was started (`ulimit -v`)."""

LONGEST_HEAD = 2**20  # bytes
_LENGTH = struct.Struct(">I")

_SPARE_MEMORY = 512 * 2**20  # bytes, beside copies of the file and of its samples
_COPIES = 4
_OPEN_FILES = 32


def send(stream: IO[bytes], head: dict[str, Any], content: bytes | memoryview = b"") -> None:
    """One message. Raises OSError when nobody listens any more."""
    encoded = json.dumps({**head, "content": len(content)}).encode("ascii")
    stream.write(_LENGTH.pack(len(encoded)) + encoded)
    stream.write(content)
    stream.flush()


def receive(stream: IO[bytes], most: int | None = None) -> tuple[dict[str, Any], bytes] | None:
    """One message, or None where they end. Raises ValueError for what is none, or has more content than `most`."""
    start = stream.read(_LENGTH.size)
    if len(start) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(start)
    if length > LONGEST_HEAD:
        raise ValueError("no message")
    encoded = stream.read(length)
    if len(encoded) < length:
        return None
    head = json.loads(encoded)
    size = head.pop("content")
    if not isinstance(size, int) or size < 0 or (most is not None and size > most):
        raise ValueError("no message")
    content = stream.read(size)
    return (head, content) if len(content) == size else None


def answer(name: str, data: bytes, limits: DecodingLimits) -> tuple[dict[str, Any], bytes]:
    """What `decode` says of a file, as a message: samples as little-endian 16 bits, or what is wrong."""
    try:
        clip = decode(data, name, limits)
    except Undecodable as found:
        return _described(found) | {"fault": found.fault}, b""
    return _described(clip), clip.samples.astype("<i2", copy=False).tobytes()


def _described(found: Decoded | Undecodable) -> dict[str, Any]:
    return {
        "container": found.container,
        "codec": found.codec,
        "source_rate": found.source_rate,
        "source_channels": found.source_channels,
        "faults": found.faults,
        "detail": found.detail,
    }


class _Bounds:
    """What this process may use, set anew for each clip below what the machine's owner allows."""

    def __init__(self) -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
        self.processor = resource.getrlimit(resource.RLIMIT_CPU)[0]
        self.space = resource.getrlimit(resource.RLIMIT_AS)[0]
        self.own_space = _address_space()
        self.tight = False  # the memory that a clip may need is more than the limit of this program

    def renew(self, seconds: float, file_bytes: int, sample_bytes: int) -> None:
        """For the next clip: processor time in s, and what file and samples take in memory."""
        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        _lower(resource.RLIMIT_CPU, _least(self.processor, int(used + seconds) + 1))
        if self.own_space is not None:
            needed = self.own_space + _SPARE_MEMORY + _COPIES * (file_bytes + sample_bytes)
            self.tight = _least(self.space, needed) < needed
            _lower(resource.RLIMIT_AS, _least(self.space, needed))


def _lower(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (_least(hard, value), hard))


def _least(limit: int, value: int) -> int:
    return value if limit == resource.RLIM_INFINITY else min(limit, value)


def _address_space() -> int | None:
    """Bytes of address space in use; None where the system does not say, or does not limit it."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[0]) * resource.getpagesize() if pages.exists() else None


def main() -> None:
    """Serves the parent process, whose number is the argument, until it asks no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    end_with(int(sys.argv[1]))
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a codec that prints must not speak in between
    bounds = _Bounds()
    send(answers, {"ready": True})
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    while (request := receive(requests)) is not None:
        head, data = request
        limits = DecodingLimits(head["shortest"], head["longest"])
        try:
            bounds.renew(head["seconds"], len(data), head["most"])
            found = answer(head["name"], data, limits)
        except MemoryError:
            os._exit(OUT_OF_SPACE if bounds.tight else OUT_OF_MEMORY)
        except Exception:  # a mistake of ours: told, not hidden
            found = {"mistake": traceback.format_exc()}, b""
        send(answers, *found)


if __name__ == "__main__":
    main()
