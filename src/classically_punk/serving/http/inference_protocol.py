"""The Open Inference Protocol v2 over HTTP, so that clients of KServe, Triton and MLServer work as they are.

Where the protocol's text slips or leaves a choice:

- `GET /v2/health/ready` is said to answer {"live": ...}; it answers both `ready` and `live`, and so does `live`.
- `id` comes back when it was sent, and stands in no response otherwise.
- A batch is answered as a whole: one clip about which nothing can be said refuses it, and the error names that clip.

Source: kserve/open-inference-protocol, specification/protocol/inference_rest.md
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from importlib.metadata import version as version_of
from typing import Any

from fastapi import APIRouter, Request
from numpy.typing import NDArray
from starlette.responses import JSONResponse, Response

from classically_punk.foundation.errors import shortened
from classically_punk.serving.http.pool import Detail, Pool
from classically_punk.serving.http.refusals import Refused
from classically_punk.serving.http.settings import Settings
from classically_punk.serving.http.tensor_model import Columns, Files, Limits, Row, Samples, TensorModel
from classically_punk.serving.http.tensors import Received, RequestError, receive, respond

router = APIRouter(prefix="/v2", tags=["Open Inference Protocol v2"])

HEADER_LENGTH = "Inference-Header-Content-Length"
MOST_ROWS = 1000
"""Of columns in one request: about a second of one process."""

_BYTES_PER_VALUE = 4

Ask = Callable[[], Awaitable[dict[str, Any]]]

_EXAMPLE = {
    "id": "42",
    "inputs": [
        {
            "name": "audio",
            "shape": [1],
            "datatype": "BYTES",
            "parameters": {"content_type": "base64"},
            "data": ["UklGRi4uLg=="],
        }
    ],
    "outputs": [{"name": "genre"}, {"name": "probabilities"}],
}
_BODY = {"requestBody": {"required": True, "content": {"application/json": {"example": _EXAMPLE}}}}


@router.get("/health/live")
async def live(request: Request) -> dict[str, bool]:
    """Whether the service hears at all: 200."""
    return {"live": True, "ready": request.app.state.pool.ready > 0}


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """Whether it can answer: 200 while a process runs that does, else 503."""
    return _ready(request, {"live": True})


@router.get("")
async def server() -> dict[str, Any]:
    """`$metadata_server_response`."""
    return {
        "name": "classically-punk",
        "version": version_of("classically-punk"),
        "extensions": ["binary_tensor_data"],
    }


@router.get("/models/{model}")
@router.get("/models/{model}/versions/{version}")
async def metadata(request: Request, model: str, version: str | None = None) -> dict[str, Any]:
    """What the model takes and gives."""
    return _model(request, model, version).metadata()


@router.get("/models/{model}/ready")
@router.get("/models/{model}/versions/{version}/ready")
async def model_ready(request: Request, model: str, version: str | None = None) -> JSONResponse:
    """Whether the model can answer."""
    return _ready(request, {"name": _model(request, model, version).name})


@router.post("/models/{model}/infer", openapi_extra=_BODY)
@router.post("/models/{model}/versions/{version}/infer", openapi_extra=_BODY)
async def infer(request: Request, model: str, version: str | None = None) -> Response:
    """Genres of clips: of samples, of audio files, or of columns that are computed already."""
    found = _model(request, model, version)
    coding = request.headers.get("content-encoding", "identity")
    if coding != "identity":
        raise Refused(415, "unsupported_media", f"Bodies are not unpacked: {shortened(coding)!r}.", close=True)
    state = request.app.state
    async with state.intake.body(request) as body:
        try:
            received = await asyncio.to_thread(receive, body, request.headers.get(HEADER_LENGTH))
            asked = await asyncio.to_thread(found.asked, received, _limits(state.settings))
            wanted = found.wanted(received.request)
        except RequestError as error:
            raise Refused(400, "bad_request", str(error)) from None
        rows = await _rows(state.pool, state.settings, asked, any(name == "explanation" for name, _ in wanted))
    outputs = found.outputs(rows, wanted)
    content, length = await asyncio.to_thread(respond, _head(found, received), outputs)
    if length is None:
        return Response(content, media_type="application/json")
    return Response(content, media_type="application/octet-stream", headers={HEADER_LENGTH: str(length)})


def _limits(settings: Settings) -> Limits:
    return Limits(batch=settings.batch, rows=MOST_ROWS, values=settings.body // _BYTES_PER_VALUE)


def _head(model: TensorModel, received: Received) -> dict[str, Any]:
    head: dict[str, Any] = {"model_name": model.name, "model_version": model.version}
    if received.request.id is not None:
        head["id"] = received.request.id
    return head


def _model(request: Request, name: str, version: str | None) -> TensorModel:
    """The model that is served. Raises Refused for every other name and version."""
    model = TensorModel(request.app.state.pool.card)
    if name != model.name:
        raise Refused(404, "not_found", f"no model `{shortened(name)}` is served here, only `{model.name}`")
    if version not in (None, model.version):
        raise Refused(
            404, "not_found", f"model `{name}` has no version `{shortened(str(version))}`, only {model.version}"
        )
    return model


def _ready(request: Request, about: Mapping[str, Any]) -> JSONResponse:
    runs = request.app.state.pool.ready > 0
    return JSONResponse({**about, "ready": runs}, 200 if runs else 503)


async def _rows(pool: Pool, settings: Settings, asked: Samples | Files | Columns, explained: bool) -> list[Row]:
    """One answer for each clip, as many at a time as there are processes. Raises Refused for the first clip about which
    nothing can be said."""
    detail: Detail = "top" if explained else "brief"
    if isinstance(asked, Columns):
        answers = await pool.answer_columns(asked.values.tolist(), asked.duration, detail)
        return [_row(pool, each) for each in answers]
    asks: list[Ask]
    if isinstance(asked, Samples):
        asks = [partial(_of_samples, pool, each, asked.rate, detail) for each in asked.values]
    else:
        asks = [partial(pool.classify, each, f"audio[{i}]", detail) for i, each in enumerate(asked.files)]
    return [_row(pool, each) for each in await _all(asks, settings.workers)]


async def _of_samples(pool: Pool, values: NDArray[Any], rate: int, detail: Detail) -> dict[str, Any]:
    return await pool.classify_samples(values.astype("<f4", copy=False).tobytes(), rate, detail)


async def _all(asks: list[Ask], at_a_time: int) -> list[dict[str, Any]]:
    """Answers in order; the first that is refused ends the others."""
    turns = asyncio.Semaphore(at_a_time)

    async def one(place: int) -> dict[str, Any]:
        async with turns:
            try:
                return await asks[place]()
            except Refused as refused:
                raise _of_clip(refused, place) if len(asks) > 1 else refused from None

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(place)) for place in range(len(asks))]
    except ExceptionGroup as several:
        refused = next((each for each in several.exceptions if isinstance(each, Refused)), None)
        raise (refused or several) from None
    return [task.result() for task in tasks]


def _of_clip(refused: Refused, place: int) -> Refused:
    return Refused(
        refused.status,
        refused.code,
        f"clip {place} of the batch: {refused.sentence}",
        fault=refused.fault,
        headers=refused.headers,
    )


def _row(pool: Pool, answer: Mapping[str, Any]) -> Row:
    probabilities = answer["probabilities"]
    return Row(
        answer["best"],
        [probabilities[genre] for genre in pool.card["genres"]],
        answer["sure"],
        answer.get("explanation", {}),
    )
