"""The service's log of columns as a batch: one JSON object a line, none of which is trusted.

    {"columns": {"spectral_centroid_mean": 2310.5, ...}, "best": "jazz", "sure": true, "duration": 30.0}

`best` may be called `genre`; `duration`, in s, may be missing; whatever else an object holds is passed over.
"""

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classically_punk.bundle.reading import Loaded
from classically_punk.drift.batch import Batch, Clip, LeftOut
from classically_punk.drift.comparison import CannotTell
from classically_punk.foundation.errors import shortened

MOST_LINES = 100_000
LONGEST_LINE = 2**20
"""Bytes."""
_LARGEST = float(np.finfo(np.float32).max)


def read_log(loaded: Loaded, path: Path) -> Batch:
    """The lines of a log. Raises CannotTell when it cannot be read, or holds more than MOST_LINES."""
    columns = [column.column for column in loaded.content.columns]
    genres = frozenset(loaded.content.genres)
    found: list[Clip | LeftOut] = []
    try:
        for number, line in enumerate(_lines(path), start=1):
            if number > MOST_LINES:
                raise CannotTell(
                    f"{path}: more than {MOST_LINES} lines; compare a shorter time, `tail -n {MOST_LINES}`"
                )
            if line is None or line.strip():
                found.append(_read_line(f"line {number}", line, columns, genres))
    except OSError as error:
        raise CannotTell(f"{path}: cannot be read ({error.strerror})") from error
    return Batch.of(found)


def _lines(path: Path) -> Iterator[bytes | None]:
    """Lines, None for one that is too long."""
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE + 1):
            if len(line) <= LONGEST_LINE:
                yield line
                continue
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)
            yield None


def _read_line(name: str, line: bytes | None, columns: Sequence[str], genres: frozenset[str]) -> Clip | LeftOut:
    if line is None:
        return LeftOut(name, f"It is longer than {LONGEST_LINE} bytes.")
    try:
        found = json.loads(line, parse_constant=_refuse_constant)
        if not isinstance(found, dict):
            raise ValueError("it is no JSON object")
        return Clip(
            _values(found.get("columns"), columns),
            _genre(found.get("best", found.get("genre")), genres),
            _sure(found.get("sure")),
            _duration(found.get("duration")),
        )
    except json.JSONDecodeError:
        return LeftOut(name, "It is no JSON.")
    except RecursionError:
        return LeftOut(name, "It is nested too deeply.")
    except ValueError as error:
        text = shortened(str(error), 200)
        return LeftOut(name, f"{text[:1].upper()}{text[1:]}.")


def _values(found: Any, columns: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    if not isinstance(found, dict):
        raise ValueError("it has no `columns`")
    missing = [name for name in columns if name not in found]
    if missing:
        raise ValueError(f"it has no value of {missing[0]}: another model's, or cut")
    return np.array([_number(name, found[name]) for name in columns])


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST <= value <= _LARGEST:
        raise ValueError(f"{name} is no number that a column can be")
    return float(value)


def _genre(found: Any, genres: frozenset[str]) -> str:
    if not isinstance(found, str) or found not in genres:
        raise ValueError("`best` is none of the model's genres")
    return found


def _sure(found: Any) -> bool:
    if not isinstance(found, bool):
        raise ValueError("`sure` is neither true nor false")
    return found


def _duration(found: Any) -> float | None:
    if found is None:
        return None
    value = _number("duration", found)
    if value <= 0 or not math.isfinite(value):
        raise ValueError("`duration` is not above 0")
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
