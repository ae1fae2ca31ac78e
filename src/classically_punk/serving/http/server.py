"""From settings to a server that runs until it is told to stop."""

import asyncio
import json
from contextlib import suppress
from functools import partial
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from classically_punk.foundation.errors import PunkError
from classically_punk.serving.http import logs
from classically_punk.serving.http.app import create_app
from classically_punk.serving.http.settings import Settings

LONGEST_REQUEST_HEAD = 16 * 1024  # bytes
KEEP_ALIVE = 5  # s


class Guarded(H11Protocol):
    """uvicorn's protocol, for clients that never finish: the head of a request has its time, and so has an answer that
    nobody takes."""

    def __init__(self, settings: Settings, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limits = settings
        self._head_clock: asyncio.TimerHandle | None = None
        self._unsent = 0
        self._sweep: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self._limits.connections:
            transport.abort()
            return
        self._arm()
        self._sweep = self.loop.call_later(self._limits.idle_time, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._disarm()
        if self._sweep is not None:
            self._sweep.cancel()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_working():
            self._disarm()
        elif self._head_clock is None:
            self._arm()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._disarm()
        self._arm()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "bad_request", "This is no HTTP request.")

    def _is_working(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _arm(self) -> None:
        self._head_clock = self.loop.call_later(self._limits.head_time, self._late)

    def _disarm(self) -> None:
        if self._head_clock is not None:
            self._head_clock.cancel()
            self._head_clock = None

    def _late(self) -> None:
        self._head_clock = None
        if not self._is_working():
            self._refuse(408, "too_slow", f"There was no request within {self._limits.head_time:g} s.")

    def _refuse(self, status: int, code: str, sentence: str) -> None:
        if self.transport.is_closing():
            return
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            content = json.dumps({"error": sentence, "code": code}).encode("ascii")
            headers = [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(content)).encode("ascii")),
                (b"connection", b"close"),
            ]
            for event in (
                h11.Response(status_code=status, headers=headers),
                h11.Data(data=content),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _look(self) -> None:
        """Ends a connection whose other end takes less than 1 KiB a second of what it asked for."""
        unsent = self.transport.get_write_buffer_size()
        least = int(1024 * self._limits.idle_time)
        if self._unsent and unsent and unsent > self._unsent - least:
            self.transport.abort()
            return
        self._unsent = unsent
        self._sweep = self.loop.call_later(self._limits.idle_time, self._look)


def server(settings: Settings) -> uvicorn.Server:
    """A server that is not started yet."""
    return uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            host=settings.host,
            port=settings.port,
            http=partial(Guarded, settings),  # type: ignore[arg-type]
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=int(settings.stop_time),
            h11_max_incomplete_event_size=LONGEST_REQUEST_HEAD,
        )
    )


def run(settings: Settings) -> None:
    """Serves until SIGTERM or Ctrl-C; what runs then is finished first."""
    logs.set_up(settings.log)
    with suppress(KeyboardInterrupt):
        asyncio.run(_served(server(settings)))


async def _served(found: uvicorn.Server) -> None:
    """The processes start first: what is wrong with a bundle is then an error of ours, not of a server."""
    app = found.config.app
    assert isinstance(app, FastAPI)
    try:
        await app.state.pool.start()
        await found.serve()
    except SystemExit as ending:
        if found.started:
            raise
        place = f"{found.config.host}:{found.config.port}"
        raise PunkError(f"{place}: cannot be listened at, which the log explains; another port: --port 0") from ending
    finally:
        await app.state.pool.close()
