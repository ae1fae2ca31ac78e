"""The columns of every answer, for `punk drift`: no audio, no name, no time, no address. Off unless it is asked for."""

import json
from contextlib import suppress
from contextvars import ContextVar
from logging import Formatter, LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

from classically_punk.foundation.errors import PunkError

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that is worked on."""

_KEPT = 3


class ColumnLog:
    """Lines of JSON: {"request_id", "columns": {name: value}, "genre", "sure"}; `genre` is the likeliest, sure or not.

    path : appended to; size : bytes from which the file is put aside as PATH.1, and that as PATH.2, up to three
    """

    def __init__(self, path: Path, size: int) -> None:
        try:
            self._handler = RotatingFileHandler(path, maxBytes=size, backupCount=_KEPT, encoding="utf-8")
        except OSError as error:
            raise PunkError(f"{path}: cannot be written ({error.strerror})") from error
        self._handler.setFormatter(Formatter("%(message)s"))

    def write(self, columns: dict[str, float], genre: str, sure: bool) -> None:
        line = json.dumps(
            {"request_id": REQUEST_ID.get(), "columns": columns, "genre": genre, "sure": sure}, allow_nan=False
        )
        self._handler.emit(LogRecord(__name__, 20, "", 0, line, None, None))

    def close(self) -> None:
        with suppress(OSError):
            self._handler.close()
