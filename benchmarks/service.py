"""A service to measure or abuse, in a process of its own on this machine, and a client that speaks plain HTTP."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
PROGRAM = "import sys; from classically_punk.cli.app import main; sys.argv = ['punk', 'serve']; main()"
START = 300.0
"""s in which it starts, compiling included."""


@dataclass(frozen=True)
class Answer:
    """status : None where the connection ended without one; seconds : until it was whole"""

    status: int | None
    content: Any = None
    seconds: float = 0.0


@dataclass
class Running:
    """A service that runs. parent : its process; port : on 127.0.0.1"""

    parent: int
    port: int
    peak: dict[str, float] = field(default_factory=dict)

    def children(self) -> list[int]:
        """Processes that answer."""
        lists = Path(f"/proc/{self.parent}/task").glob("*/children")
        return sorted(int(number) for each in lists for number in each.read_text().split())

    def memory(self) -> tuple[float, float]:
        """MiB of the service itself, and the mean of its processes."""
        children = [_memory(number) for number in self.children()]
        return _memory(self.parent), sum(children) / max(len(children), 1)

    def processor_seconds(self) -> tuple[float, float]:
        """Of the service itself and of its processes, those that still run."""
        return _processor_seconds(self.parent), sum(map(_processor_seconds, self.children()))


def _memory(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(bundle: Path, **settings: object) -> Iterator[Running]:
    """`punk serve` with `settings`, until the block is left. Raises RuntimeError when it does not start or stop."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    stated = {"bundle": bundle, "port": port, "log": "text", **settings}
    variables = {f"PUNK_SERVE_{name.upper()}": str(value) for name, value in stated.items()}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src"), **variables},
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait(process, port)
            yield Running(process.pid, port)
            if process.poll() is not None:
                raise RuntimeError(f"the service ended with status {process.returncode}")
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        finally:
            process.kill()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    began = time.monotonic()
    while time.monotonic() - began < START:
        if process.poll() is not None:
            raise RuntimeError(f"the service does not start: status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the service does not listen")


class Client:
    """One connection, kept while the other end keeps it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> Answer:
        return await self._asked(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    async def classify(self, data: bytes, detail: str = "top") -> Answer:
        head = f"POST /v1/classify?detail={detail} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(data)}\r\n\r\n"
        return await self._asked(head.encode(), data)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _asked(self, head: bytes, data: bytes = b"") -> Answer:
        began = time.perf_counter()
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            writer.write(head + data)
            status, content, kept = await read_answer(reader)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return Answer(None, None, time.perf_counter() - began)
        if not kept:
            self.close()
        return Answer(status, content, time.perf_counter() - began)


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, Any, bool]:
    """Status, content (JSON, else text), and whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split()[1])
    if status == 100:
        return await read_answer(reader)
    fields = dict(line.split(": ", 1) for line in head.splitlines()[1:] if ": " in line)
    body = await reader.readexactly(int(fields.get("content-length", 0)))
    is_json = fields.get("content-type", "").startswith("application/json")
    return status, json.loads(body) if is_json else body.decode(), fields.get("connection") != "close"
