"""`punk classify`: what a bundle says of files and folders of music, as a table, as JSON lines or as CSV.

Names of files are a stranger's: none of the three forms passes on what moves a cursor or what a spreadsheet would run.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Literal

from rich.console import Console

from classically_punk.audio import isolated
from classically_punk.audio.decode import DecodingLimits, Undecodable
from classically_punk.bundle.reading import Loaded, read_bundle
from classically_punk.cli.told import Row, printable, tell
from classically_punk.contracts.faults import Fault
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.parallel import ordered_map
from classically_punk.serving.answer import PADDING, SHORTEST, Answerer, NoAnswer
from classically_punk.serving.described import Detail, answer_json

STANDARD_INPUT = "-"
LONGEST = 3600.0
"""s; a longer file is not decoded."""

LARGEST = 2**30
"""Bytes; what is larger is not read."""

FEW = 16
"""Files up to which one process answers: starting more would take longer than they save."""

UNSURE, UNUSABLE = 3, 4
"""Exit status when a file is left unsure, and when one could not be used; 0 when every file is answered."""

Format = Literal["table", "json", "csv"]
COLUMNS = ("file", "genre", "best", "probability", "second", "second_probability", "duration", "unlike", "note")


def classify(paths: Sequence[str], model: Path, form: Format, detail: Detail, console: Console) -> int:
    """Prints what the bundle in `model` says of `paths`. Returns the exit status.

    paths : files, folders (every file in them, at any depth) and `-`, the standard input
    Raises PunkError for a path that is not there and for a bundle that cannot be used.
    """
    loaded = read_bundle(model)
    names = list(_files(paths))
    if not names:
        raise PunkError(f"{', '.join(paths)}: no file in it; name audio files, or folders that hold some")
    work = partial(_asked, model=model, detail=detail)
    if len(names) <= FEW:
        rows: Iterable[Row] = map(work, names)
    else:
        rows = ordered_map(work, names, expected=len(names), label="clips")
    found = _printed(rows, form, loaded, console)
    if any(row.answer is None for row in found):
        return UNUSABLE
    return UNSURE if any(row.answer is not None and not row.answer["sure"] for row in found) else 0


def _files(paths: Sequence[str]) -> Iterator[str]:
    for name in paths:
        path = Path(name)
        if path.is_dir():
            yield from (str(each) for each in sorted(path.rglob("*")) if each.is_file() and not _hidden(each, path))
        elif name == STANDARD_INPUT or path.exists():  # a pipe as well, when it is named
            yield name
        else:
            raise PunkError(f"{printable(name)}: no such file or folder")


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


_answerers: dict[Path, Answerer] = {}


def _answerer(model: Path) -> Answerer:
    """One for each process."""
    if model not in _answerers:
        _answerers[model] = Answerer(read_bundle(model))
    return _answerers[model]


def _asked(name: str, model: Path, detail: Detail) -> Row:
    answerer = _answerer(model)
    try:
        data = _content(name)
        decoded = isolated.decode(data, name, DecodingLimits(SHORTEST, LONGEST + PADDING))
        return Row(name, answer_json(answerer.answer(decoded.samples, decoded), answerer.loaded, detail))
    except (Undecodable, NoAnswer) as found:
        return Row(name, None, f"{found.fault}: {found.detail}")
    except OSError as error:
        return Row(name, None, f"cannot be read ({error.strerror})")


def _content(name: str) -> bytes:
    """Raises Undecodable for what is larger than `LARGEST`, such as a device without end."""
    if name == STANDARD_INPUT:
        return _read(sys.stdin.buffer)
    with open(name, "rb") as file:
        return _read(file)


def _read(file: BinaryIO) -> bytes:
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Undecodable(
            Fault.TOO_LARGE, f"It has more than {LARGEST // 2**20} MiB; cut it, or save it as FLAC or MP3."
        )
    return data


def _printed(rows: Iterable[Row], form: Format, loaded: Loaded, console: Console) -> list[Row]:
    found = []
    table = csv.writer(sys.stdout, lineterminator="\n")
    if form == "csv":
        table.writerow(COLUMNS)
    for row in rows:
        found.append(row)
        if form == "json":
            said = row.answer if row.answer is not None else {"error": row.reason}
            print(json.dumps({"file": row.name, **said}, allow_nan=False), flush=True)
        elif form == "csv":
            table.writerow(_cells(row))
    if form == "table":
        tell(found, loaded, console)
    return found


def _cells(row: Row) -> list[Any]:
    if row.answer is None:
        return [_cell(row.name), *[""] * (len(COLUMNS) - 2), printable(row.reason)]
    first, second = row.answer["candidates"][:2]
    return [
        _cell(row.name),
        row.answer["genre"] or "",
        row.answer["best"],
        first["probability"],
        second["genre"],
        second["probability"],
        row.answer["clip"]["duration"],
        "yes" if row.answer["novelty"]["unlike"] else "no",
        row.note,
    ]


def _cell(name: str) -> str:
    """A name as a cell: `=` and its like begin a formula in a spreadsheet, but `./=` is the same file."""
    return (
        f"./{printable(name)}" if name[:1] in "=+@" or (name[:1] == "-" and name != STANDARD_INPUT) else printable(name)
    )
