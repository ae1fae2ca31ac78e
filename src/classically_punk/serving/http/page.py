"""The page and the examples it offers: files of the package, as they are."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from classically_punk.serving.http.refusals import Refused

FOLDER = Path(__file__).resolve().parent.parent / "page"
EXAMPLES = FOLDER / "examples"
LIST = EXAMPLES / "examples.json"
"""[{"name", "title", "genre", "seconds", "file"}, ...]; files stand beside it."""

router = APIRouter(tags=["page"])


def mount(app: FastAPI) -> None:
    """GET /static/*, where there is a page."""
    if FOLDER.is_dir():
        app.mount("/static", StaticFiles(directory=FOLDER), name="static")


@router.get("/", include_in_schema=False)
async def index() -> FileResponse:
    path = FOLDER / "index.html"
    if not path.is_file():
        raise Refused(404, "not_found", "This release has no page; /openapi.json lists what can be asked.")
    return FileResponse(path)


@router.get("/v1/examples")
async def examples() -> dict[str, Any]:
    """Clips to try, which are ours to give away."""
    shown = ("name", "title", "genre", "seconds")
    return {
        "examples": [
            {**{key: each[key] for key in shown}, "url": f"/v1/examples/{each['name']}"} for each in _examples()
        ]
    }


@router.get("/v1/examples/{name}", response_class=FileResponse)
async def example(name: str) -> FileResponse:
    """The audio of one of them."""
    for each in _examples():
        if each["name"] == name:
            return FileResponse(EXAMPLES / each["file"])
    raise Refused(404, "not_found", "There is no such example; /v1/examples lists them.")


@cache
def _examples() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(LIST.read_text(encoding="utf-8")) if LIST.is_file() else []
    return found
