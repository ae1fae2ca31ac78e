"""The questions that are about music: one file, several, and who answers."""

import asyncio
import base64
import time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from classically_punk.serving.http import documented
from classically_punk.serving.http.column_log import REQUEST_ID
from classically_punk.serving.http.pool import Detail, Pool
from classically_punk.serving.http.refusals import Refused

router = APIRouter(prefix="/v1", tags=["music"])

_MAYBE_AUDIO = ("audio/", "video/", "application/octet-stream", "application/ogg", "application/x-")
"""What `curl --data-binary` says of a file, application/x-www-form-urlencoded, is among them."""

DetailQuery = Annotated[Detail, Query(description="columns in the explanation: none, the first, or all")]


@router.post("/classify", openapi_extra=documented.AUDIO, responses=documented.responses(documented.ANSWER))
async def classify(request: Request, detail: DetailQuery = "top") -> dict[str, Any]:
    """Which genre a clip is: `curl --data-binary @song.mp3 http://127.0.0.1:8000/v1/classify`."""
    _require_audio(request.headers.get("content-type", ""))
    state = request.app.state
    began = time.perf_counter()
    async with state.intake.body(request) as body:
        state.metrics.step("read", time.perf_counter() - began)
        answer = await state.pool.classify(body, "", detail, gone=request.is_disconnected)
    return {**answer, "request_id": REQUEST_ID.get()}


@router.get("/model")
async def model(request: Request) -> dict[str, Any]:
    """Who answers: what it was trained on, what it is worth and where, what may be sent."""
    settings = request.app.state.settings
    return {**request.app.state.pool.card, "limits": {"bytes": settings.body, "seconds": settings.duration}}


class Clip(BaseModel):
    """name : given back with the answer; audio : a file, in base64"""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(max_length=200)] = ""
    audio: str


class Batch(BaseModel):
    """Several files."""

    model_config = ConfigDict(extra="forbid")
    clips: Annotated[list[Clip], Field(min_length=1)]


@router.post(
    "/classify/batch",
    openapi_extra=documented.BATCH,
    responses=documented.responses({"answers": [{"name": "one.wav", **documented.ANSWER}], "request_id": "..."}),
)
async def classify_batch(request: Request, detail: DetailQuery = "brief") -> dict[str, Any]:
    """Several clips at once; each gets an answer or an error of its own, in their order."""
    state = request.app.state
    async with state.intake.body(request) as body:
        batch = await asyncio.to_thread(_batch, body, state.settings.batch)
        turns = asyncio.Semaphore(state.settings.workers)
        found = await asyncio.gather(*(_one(state.pool, clip, detail, turns) for clip in batch.clips))
    return {"answers": found, "request_id": REQUEST_ID.get()}


def _batch(body: bytearray, most: int) -> Batch:
    try:
        batch = Batch.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Refused(400, "bad_request", f"{place[:100]}: {first['msg'][:300]}".removeprefix(": ")) from None
    if len(batch.clips) > most:
        raise Refused(413, "too_large", f"{len(batch.clips)} clips; at most {most} are answered at once.")
    return batch


async def _one(pool: Pool, clip: Clip, detail: Detail, turns: asyncio.Semaphore) -> dict[str, Any]:
    async with turns:
        try:
            try:
                data = await asyncio.to_thread(base64.b64decode, clip.audio, validate=True)
            except ValueError:
                raise Refused(400, "bad_request", "`audio` is no base64.") from None
            return {"name": clip.name, **await pool.classify(data, clip.name, detail)}
        except Refused as refused:
            return {"name": clip.name, **refused.as_json()}


def _require_audio(kind: str) -> None:
    """Raises Refused for a kind that a client would not have said of audio. The content decides, later, what it is."""
    kind = kind.partition(";")[0].strip().lower()
    if kind and not kind.startswith(_MAYBE_AUDIO):
        raise Refused(
            415,
            "unsupported_media",
            f"{kind[:60]!r} is no audio; send the file itself as the body, as application/octet-stream.",
            close=True,
        )
