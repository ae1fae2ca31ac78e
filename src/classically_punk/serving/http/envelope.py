"""What every request goes through, whatever it asks: an id, headers that keep browsers safe, a count and a line."""

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from classically_punk.serving.http.column_log import REQUEST_ID
from classically_punk.serving.http.metrics import Metrics
from classically_punk.serving.http.refusals import Refused

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = logging.getLogger(__name__)


class Envelope:
    """Around the whole service."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        token = REQUEST_ID.set(given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex)
        began = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                found = MutableHeaders(scope=message)
                found.update({**HEADERS, "X-Request-ID": REQUEST_ID.get()})
                found.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            _refuse_foreign_pages(scope["method"], headers)
            await self._app(scope, receive, sending)
        except Refused as refused:
            self._metrics.refused(refused.code)
            await refused.response()(scope, receive, sending)
        except Exception:
            _log.exception("a mistake of ours")
            if not status:
                mistake = Refused(500, "internal", "A mistake of ours; the log has it under this request's id.")
                await mistake.response()(scope, receive, sending)
            status = 500
        finally:
            seconds = time.perf_counter() - began
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.request(route, status, seconds)
            about = {"method": scope["method"], "route": route, "status": status, "ms": round(1000 * seconds, 1)}
            _log.info("request", extra=about)
            REQUEST_ID.reset(token)


def _refuse_foreign_pages(method: str, headers: Headers) -> None:
    """A page of another site may not make a visitor's browser ask: it says where it is from."""
    origin = headers.get("origin")
    if method in ("GET", "HEAD") or origin is None:
        return
    if origin.partition("://")[2] != headers.get("host"):
        raise Refused(403, "foreign_page", "Requests that pages of other sites make are not answered.", close=True)
