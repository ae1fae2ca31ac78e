"""Lines about requests, for machines or people. They hold no audio, no file names, no addresses."""

import json
import logging
import sys
import time
from typing import Literal

from classically_punk.serving.http.column_log import REQUEST_ID

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """One object a line: time (UTC), level, event, request id, and what the event is about."""

    def format(self, record: logging.LogRecord) -> str:
        found = {
            "time": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **({"request_id": REQUEST_ID.get()} if REQUEST_ID.get() else {}),
            **{name: value for name, value in vars(record).items() if name not in _KNOWN},
        }
        if record.exc_info:
            found["traceback"] = self.formatException(record.exc_info)
        return json.dumps(found, default=str)


class TextLines(logging.Formatter):
    """For a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        about = " ".join(f"{name}={value}" for name, value in vars(record).items() if name not in _KNOWN)
        line = f"{time.strftime('%H:%M:%S', time.localtime(record.created))} {record.getMessage()} {about}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def set_up(form: Literal["json", "text"]) -> None:
    """All of it to standard error, what uvicorn says as well."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
