"""Requests to a service that listens on this machine: whole ones with audio files, and such as are hardly HTTP."""

import asyncio
import json
import logging
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random

import uvicorn

from classically_punk.bundle.reading import write_bundle
from classically_punk.serving.http.server import server
from classically_punk.serving.http.settings import Settings

from . import audio
from .mutations import mutated
from .running import Unaccounted
from .small_bundle import content

ACCOUNTED = {200: "answered", 400: "no request", 403: "foreign", 404: "no such address", 405: "no such method"}
ACCOUNTED |= {408: "too slow", 413: "too large", 415: "no audio", 422: "no music"}
PATIENCE = 30.0
"""s in which every request gets its answer."""

_LONG_ENOUGH = 0.75  # s of audio, for an answer
_ADDRESSES = (
    b"/v1/classify",
    b"/v1/classify?detail=all",
    b"/v1/classify?detail=no",
    b"/v1/classify/batch",
    b"/",
    b"/x",
)
_KINDS = (b"audio/wav", b"application/octet-stream", b"text/plain", b"", b"\xff/\xfe")


def make(rng: Random) -> bytes:
    """A whole request with a mutated file, in one piece or in chunks; of one in three the head is mutated as well."""
    content = audio.make(rng, _LONG_ENOUGH)
    method = rng.choice((b"POST", b"POST", b"POST", b"GET", b"PUT"))
    address = _ADDRESSES[0] if rng.random() < 0.7 else rng.choice(_ADDRESSES)
    head = [method + b" " + address + b" HTTP/1.1", b"Host: 127.0.0.1", b"Connection: close"]
    if rng.random() < 0.3:
        head.append(b"Content-Type: " + rng.choice(_KINDS))
    if rng.random() < 0.5:
        head.append(b"Content-Length: %d" % len(content))
    else:
        head.append(b"Transfer-Encoding: chunked")
        size = rng.randrange(1, 2**16)
        pieces = [content[start : start + size] for start in range(0, len(content), size)]
        content = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    request = b"\r\n".join(head) + b"\r\n\r\n"
    if rng.random() < 1 / 3:
        request = mutated(rng, request, [request])
    return request + content


def judge(data: bytes, folder: Path) -> str:
    """What the service made of it: an answer, or an error in the form that every error has."""
    running = _running(os.getpid())
    received = _received(running.servers[0].sockets[0].getsockname()[1], data)
    _wait_for(lambda: not running.server_state.connections)
    head, _, body = received.partition(b"\r\n\r\n")
    words = head.split(maxsplit=2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.1") or not words[1].isdigit():
        raise Unaccounted(f"no answer: {received[:200]!r}")
    status = int(words[1])
    if status not in ACCOUNTED:
        raise Unaccounted(f"status {status}: {body[:300]!r}")
    if b"HTTP/1.1 " in body:  # of a request that came apart into two
        return "several"
    found = json.loads(body)
    if status == 200 and not {"best", "answers", "examples"} & set(found):
        raise Unaccounted(f"an answer without a genre: {body[:300]!r}")
    if status != 200 and not (set(found) <= {"error", "code", "fault"} and found["error"].isprintable()):
        raise Unaccounted(f"an error without a sentence: {body[:300]!r}")
    return ACCOUNTED[status]


def _received(port: int, data: bytes) -> bytes:
    """All that comes back until the other end closes."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        with suppress(ConnectionResetError, BrokenPipeError):  # it has heard enough
            connection.sendall(data)
        with suppress(ConnectionResetError):
            while piece := connection.recv(2**16):
                received += piece
    return received


@cache
def _running(process: int) -> uvicorn.Server:
    """A service in a thread of this process, with a model that is fitted here."""
    for name in ("uvicorn", "classically_punk"):
        logging.getLogger(name).addHandler(logging.NullHandler())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.json"
        write_bundle(content(), path)
        times = {"head_time": 0.3, "idle_time": 0.3, "body_time": 5.0}
        found = server(Settings.model_validate({"bundle": path, "port": 0, "workers": 1, "duration": 4.0, **times}))
        threading.Thread(target=lambda: asyncio.run(found.serve()), name="service", daemon=True).start()
        _wait_for(lambda: found.started)
    return found


def _wait_for(condition: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > 4 * PATIENCE:
            raise Unaccounted("the service hangs")
        time.sleep(0.002)
