"""A process in which untrusted bytes are worked on: its messages, what it may use, and its loop.

It reads requests from its standard input and writes answers to its standard output, one after the other. Both are a
length, that many bytes of JSON, and as many bytes of content as the JSON says: no pickles, so that a process that was
taken over cannot do more than lie. It may write no file, and it gets, for each request anew, processor time and
memory; beyond them it is ended. What codecs print goes nowhere.
"""

import json
import os
import resource
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from classically_punk.foundation.orphans import end_with

OUT_OF_MEMORY, OUT_OF_SPACE = 77, 78
"""Exit status when a file made its decoder ask for more memory than a clip can need, and when a clip needs more than
the limit under which this program was started (`ulimit -v`)."""

CRASHES = frozenset(
    {signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGSYS}
)
"""Signals by which the system ends a process that did what no process may."""

LONGEST_HEAD = 2**20  # bytes
Message = tuple[dict[str, Any], bytes]
"""What is said in JSON, and content."""

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


def receive(stream: IO[bytes], most: int | None = None) -> Message | None:
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


class Bounds:
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


def begin() -> IO[bytes]:
    """To be called first, by a process whose parent's number is its argument. Returns the stream of its answers: what
    anything prints does not come between them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    end_with(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def silence() -> None:
    """From now on, what anything prints goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def serve(answers: IO[bytes], bounds: Bounds, answer: Callable[[dict[str, Any], bytes], Message]) -> None:
    """Answers requests until there are no more. Each says how many `seconds` of processor time it may take and, in
    `most`, how many bytes its samples may."""
    while (request := receive(sys.stdin.buffer)) is not None:
        head, data = request
        try:
            bounds.renew(head["seconds"], len(data), head["most"])
            found = answer(head, data)
        except MemoryError:
            os._exit(OUT_OF_SPACE if bounds.tight else OUT_OF_MEMORY)
        except Exception:  # a mistake of ours: told, not hidden
            found = {"mistake": traceback.format_exc()}, b""
        send(answers, *found)
