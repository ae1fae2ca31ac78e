"""Clients that send too much, too slowly, or no HTTP at all, over TCP; and the end of the service."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from fixtures.service import Serve

import classically_punk
from classically_punk.foundation.errors import PunkError
from classically_punk.serving.http import logs
from classically_punk.serving.http.server import run
from classically_punk.serving.http.settings import Settings

Make = Callable[..., Settings]

BODY = 100_000
"""Bytes that a request may have here."""

HEAD = b"POST /v1/classify HTTP/1.1\r\nHost: 127.0.0.1\r\n"
PATIENCE = 30
"""s after which a test gives up; no test waits so long for what it expects."""


class Answer:
    def __init__(self, received: bytes) -> None:
        head, _, self.body = received.partition(b"\r\n\r\n")
        self.status = int(head.split()[1]) if head else None
        self.headers = head.decode().lower()

    @property
    def code(self) -> str:
        found = json.loads(self.body)
        assert found["error"].endswith(".")
        return str(found["code"])


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        yield connection


def until_closed(connection: socket.socket) -> Answer:
    """What comes until the other end closes."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass  # it closed while we were sending: what came before counts
    return Answer(received)


def one_answer(connection: socket.socket) -> Answer:
    """The next answer on a connection that stays open."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, rest = received.partition(b"\r\n\r\n")
    (length,) = (int(line.split(b":")[1]) for line in head.lower().splitlines() if line.startswith(b"content-length"))
    while len(rest) < length:
        rest += connection.recv(65536)
    return Answer(head + b"\r\n\r\n" + rest)


def still_answers(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(HEAD + b"Content-Length: 0\r\n\r\n")
        assert one_answer(connection).status == 200


def test_an_announced_giant_is_refused_before_any_of_it_is_read(misbehaving: Make, serve: Serve) -> None:
    with serve(misbehaving(body=BODY)) as port, connected(port) as connection:
        connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 999999999999\r\n\r\n")
        found = until_closed(connection)
        assert (found.status, found.code) == (413, "too_large")
        assert "connection: close" in found.headers


@pytest.mark.parametrize("announced", [b"", b"Content-Length: 10\r\n"])
def test_a_giant_in_chunks_is_refused_where_it_gets_too_large(
    misbehaving: Make, serve: Serve, announced: bytes
) -> None:
    """Without Content-Length; and with one that lies, which makes it no HTTP at all, or is overruled by the chunks."""
    sent = 0
    with serve(misbehaving(body=BODY)) as port:
        with connected(port) as connection:
            connection.sendall(HEAD + announced + b"Transfer-Encoding: chunked\r\n\r\n")
            try:
                while sent < 100 * BODY:
                    connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")
                    sent += 4096
            except OSError:
                pass  # it hung up on us
            found = until_closed(connection)
        assert sent < 100 * BODY, "it read on"
        assert found.status in (400, 413) if announced else found.status in (413, None)
        still_answers(port)


def test_the_last_byte_that_is_allowed_is_allowed(misbehaving: Make, serve: Serve) -> None:
    with serve(misbehaving(body=BODY)) as port:
        for size, status in ((BODY, 200), (BODY + 1, 413)):
            with connected(port) as connection:
                pieces = [b"x" * BODY, b"y" * (size - BODY)]
                body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece) + b"0\r\n\r\n"
                connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + body)
                assert one_answer(connection).status == status


def test_who_sends_a_body_too_slowly_is_told(misbehaving: Make, serve: Serve) -> None:
    with serve(misbehaving(idle_time=0.3, body_time=0.8)) as port:
        with connected(port) as connection:
            connection.sendall(HEAD + b"Content-Length: 10\r\n\r\nx")
            found = until_closed(connection)
        assert (found.status, found.code) == (408, "too_slow")
        with connected(port) as connection:
            connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
            began = time.monotonic()
            connection.settimeout(0.1)
            received = b""
            while not received and time.monotonic() - began < PATIENCE:
                try:
                    connection.sendall(b"x")
                    received = connection.recv(65536)
                except TimeoutError:
                    continue
            connection.settimeout(PATIENCE)
            with suppress(ConnectionResetError):  # head and body may come one after the other
                while piece := connection.recv(65536):
                    received += piece
        found = Answer(received)
        assert (found.status, found.code) == (408, "too_slow")
        still_answers(port)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", HEAD], ids=["nothing", "half a line", "half a head"])
def test_who_never_ends_a_head_is_told_and_left(misbehaving: Make, serve: Serve, sent: bytes) -> None:
    with serve(misbehaving(head_time=0.3)) as port, connected(port) as connection:
        connection.sendall(sent)
        found = until_closed(connection)
        assert (found.status, found.code) == (408, "too_slow")


def test_the_clock_of_a_head_runs_again_after_an_answer(misbehaving: Make, serve: Serve) -> None:
    with serve(misbehaving(head_time=0.3)) as port, connected(port) as connection:
        for _ in range(2):
            connection.sendall(HEAD + b"Content-Length: 9\r\n\r\nwaits 0.5")  # longer than a head may take
            assert one_answer(connection).status == 200
        connection.sendall(b"POST /")
        assert until_closed(connection).status == 408


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        HEAD + b"X: " + b"x" * 100_000,
    ],
)
def test_what_is_no_http_is_answered_in_the_form_of_every_error(misbehaving: Make, serve: Serve, sent: bytes) -> None:
    with serve(misbehaving()) as port:
        with connected(port) as connection:
            connection.sendall(sent)
            found = until_closed(connection)
        assert (found.status, found.code) == (400, "bad_request")
        still_answers(port)


def test_one_connection_too_many_is_closed(misbehaving: Make, serve: Serve) -> None:
    with serve(misbehaving(connections=2)) as port:
        with connected(port) as first, connected(port) as second:
            for connection in (first, second):
                connection.sendall(HEAD + b"Content-Length: 0\r\n\r\n")
                assert one_answer(connection).status == 200
            with connected(port) as third:
                assert until_closed(third).status is None
        still_answers(port)


def test_one_request_too_many_is_told_to_come_back(misbehaving: Make, serve: Serve) -> None:
    with serve(misbehaving(concurrency=1)) as port:
        with connected(port) as first, connected(port) as second:
            first.sendall(HEAD + b"Content-Length: 10\r\n\r\nx")
            time.sleep(0.3)
            second.sendall(HEAD + b"Content-Length: 0\r\n\r\n")
            found = until_closed(second)
            assert (found.status, found.code) == (503, "busy")
            assert "retry-after: 1" in found.headers
        still_answers(port)


def test_all_bodies_together_have_a_limit(misbehaving: Make, serve: Serve) -> None:
    with serve(misbehaving(body=BODY, buffered=BODY)) as port:
        with connected(port) as first, connected(port) as second:
            first.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % BODY + b"x" * (BODY - 1))
            time.sleep(0.3)
            second.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % BODY + b"x" * BODY)
            found = until_closed(second)
            assert (found.status, found.code) == (503, "busy")
        still_answers(port)


def test_an_address_that_is_taken_is_named(misbehaving: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "set_up", lambda form: None)  # the log of the tests stays theirs
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PunkError, match=f"127.0.0.1:{port}: cannot be listened at"):
            run(misbehaving(port=port))


# A service whose processes misbehave on demand, as `punk serve` runs it.
PROGRAM = """
import sys
from pathlib import Path
from classically_punk.serving.http import child
child.PROGRAM = "misbehaving_worker"
from classically_punk.serving.http.server import run
from classically_punk.serving.http.settings import read_settings
run(read_settings(bundle=Path(sys.argv[1]), port=int(sys.argv[2]), workers=1))
"""


@pytest.mark.parametrize(("ending", "status"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 0)])
def test_what_runs_is_finished_before_the_service_ends(
    misbehaving: Make, tmp_path: Path, ending: signal.Signals, status: int, wait_until_gone: Callable[[int], None]
) -> None:
    settings = misbehaving()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    paths = [str(tmp_path), str(Path(classically_punk.__path__[0]).parent)]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(settings.bundle), str(port)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        stderr=subprocess.PIPE,
    ) as process:
        try:
            _wait_for(port, process)
            with connected(port) as connection:
                connection.sendall(HEAD + b"Content-Length: 9\r\n\r\nwaits 1.0")
                time.sleep(0.3)
                process.send_signal(ending)
                found = one_answer(connection)
            assert found.status == 200
            assert process.wait(PATIENCE) == status
            wait_until_gone(json.loads(found.body)["process"])
        finally:
            process.kill()
        assert process.stderr is not None
        lines = [json.loads(line) for line in process.stderr.read().splitlines()]
    (request,) = (line for line in lines if line["event"] == "request")
    assert {"time", "level", "request_id", "route", "status", "ms"} <= set(request)
    assert not any("traceback" in line for line in lines)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(2400):  # how long is waited, not how long it takes
        assert process.poll() is None, "it did not start"
        try:
            with connected(port):
                return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("it does not listen")
