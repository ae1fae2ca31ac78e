"""The service: routes, and what they share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from classically_punk.serving.http import classify, inference_protocol, page
from classically_punk.serving.http.column_log import ColumnLog
from classically_punk.serving.http.envelope import Envelope
from classically_punk.serving.http.intake import Intake
from classically_punk.serving.http.metrics import Metrics
from classically_punk.serving.http.pool import Pool
from classically_punk.serving.http.refusals import Refused
from classically_punk.serving.http.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The service. Its processes start with it: use it as a context (`with TestClient(app)`)."""
    column_log = None if settings.column_log is None else ColumnLog(settings.column_log, settings.column_log_size)
    metrics = Metrics(column_log)
    pool = Pool(settings, metrics, with_columns=column_log is not None)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        try:
            await pool.start()
            metrics.model.labels(pool.card["name"], pool.card["sha256"]).set(1)
            yield
        finally:
            await pool.close()
            if column_log is not None:
                column_log.close()

    app = FastAPI(
        title="Classically Punk",
        summary="Which genre is this music? Linear regression, with its reasons.",
        version=version("classically-punk"),
        lifespan=running,
        docs_url=None,  # both pages load their scripts from elsewhere
        redoc_url=None,
    )
    app.state.settings, app.state.pool, app.state.metrics, app.state.intake = settings, pool, metrics, Intake(settings)
    app.add_middleware(Envelope, metrics=metrics)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _no_such_thing)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.include_router(classify.router)
    app.include_router(inference_protocol.router)
    app.include_router(page.router)
    page.mount(app)
    _add_operations(app, pool, metrics)
    return app


def _add_operations(app: FastAPI, pool: Pool, metrics: Metrics) -> None:
    @app.get("/healthz", tags=["operation"])
    async def healthz() -> JSONResponse:
        """200 while at least one process can answer, else 503."""
        ready = pool.ready
        return JSONResponse({"status": "ok" if ready else "down", "workers": ready}, 200 if ready else 503)

    @app.get("/metrics", tags=["operation"])
    async def prometheus() -> Response:
        """For Prometheus."""
        metrics.workers.set(pool.ready)
        metrics.waiting.set(pool.waiting)
        metrics.buffered.set(app.state.intake.buffered)
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    request.app.state.metrics.refused(error.code)
    return error.response()


async def _no_such_thing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method_not_allowed"}
    sentences = {
        404: "There is no such address here; /openapi.json lists those that there are.",
        405: f"{request.method} is not answered at this address.",
    }
    code = codes.get(error.status_code, "bad_request")
    sentence = sentences.get(error.status_code, str(error.detail)[:300])
    return Refused(error.status_code, code, sentence, headers=error.headers).response()


async def _not_understood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first: dict[str, Any] = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return Refused(400, "bad_request", f"{place[:100]}: {first['msg'][:300]}").response()
