"""Bodies of requests, counted as they come: how many, how large, how slowly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request

from classically_punk.serving.http.refusals import Refused, busy
from classically_punk.serving.http.settings import MIB, Settings


class Intake:
    """What all requests together may hold."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.requests = 0
        self.buffered = 0

    @asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[bytearray]:
        """The whole body, which counts until the block is left. Raises Refused before more is read than may be."""
        if self.requests >= self._settings.concurrency:
            raise busy(f"{self.requests} requests are being answered; try again soon.", close=True)
        self.requests += 1
        body = bytearray()
        try:
            self._refuse_announced(request)
            try:
                async with asyncio.timeout(self._settings.body_time):
                    await self._read(request, body)
            except TimeoutError:
                raise _slow(f"The body was not whole after {self._settings.body_time:g} s.") from None
            yield body
        finally:
            self.requests -= 1
            self.buffered -= len(body)

    def _refuse_announced(self, request: Request) -> None:
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._settings.body:
            raise self._too_large()

    async def _read(self, request: Request, body: bytearray) -> None:
        pieces = request.stream()
        while True:
            try:
                async with asyncio.timeout(self._settings.idle_time):
                    piece = await anext(pieces)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise _slow(f"Nothing of the body came for {self._settings.idle_time:g} s.") from None
            except ClientDisconnect:
                raise Refused(499, "gone", "The body broke off.") from None
            if len(body) + len(piece) > self._settings.body:
                raise self._too_large()
            if self.buffered + len(piece) > self._settings.buffered:
                raise busy("There is no memory for this request now; try again soon.", close=True)
            body += piece
            self.buffered += len(piece)

    def _too_large(self) -> Refused:
        most = self._settings.body
        size = f"{most / MIB:.4g} MiB" if most >= MIB else f"{most} bytes"
        return Refused(413, "too_large", f"The body is larger than {size}; send a shorter clip, or an MP3.", close=True)


def _slow(sentence: str) -> Refused:
    return Refused(408, "too_slow", f"{sentence} Try again with a better connection, or a smaller file.", close=True)
