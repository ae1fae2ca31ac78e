"""`punk classify`: what a bundle says of files and folders of music, as a table, as JSON lines or as CSV."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from classically_punk.audio import isolated
from classically_punk.audio.decode import DecodingLimits, Undecodable
from classically_punk.bundle.form import AtLength, Measured
from classically_punk.bundle.reading import Loaded, read_bundle
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.parallel import ordered_map
from classically_punk.serving.answer import SHORTEST, Answerer, NoAnswer
from classically_punk.serving.described import Detail, answer_json

STANDARD_INPUT = "-"
LONGEST = 3600.0
"""s; a longer file is not decoded."""

FEW = 16
"""Files up to which one process answers: starting more would take longer than they save."""

UNSURE, UNUSABLE = 3, 4
"""Exit status when a file is left unsure, and when one could not be used; 0 when every file is answered."""

Format = Literal["table", "json", "csv"]
COLUMNS = ("file", "genre", "best", "probability", "second", "second_probability", "duration", "unlike", "note")


@dataclass(frozen=True)
class Row:
    """What is said of a file. answer : as `answer_json`, None where nothing can be said; reason : why, a sentence"""

    name: str
    answer: dict[str, Any] | None
    reason: str = ""

    @property
    def note(self) -> str:
        """What is wrong with the file, or why there is no answer."""
        if self.answer is None:
            return self.reason
        unlike = ["unlike the training music"] if self.answer["novelty"]["unlike"] else []
        return ", ".join([*(each["fault"] for each in self.answer["clip"]["faults"]), *unlike])


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
    found = _printed(rows, form, loaded, len(names), console)
    if any(row.answer is None for row in found):
        return UNUSABLE
    return UNSURE if any(row.answer is not None and not row.answer["sure"] for row in found) else 0


def _files(paths: Sequence[str]) -> Iterator[str]:
    for name in paths:
        path = Path(name)
        if name == STANDARD_INPUT or path.is_file():
            yield name
        elif path.is_dir():
            yield from (str(each) for each in sorted(path.rglob("*")) if each.is_file() and not _hidden(each, path))
        else:
            raise PunkError(f"{name}: no such file or folder")


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
        data = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
        decoded = isolated.decode(data, name, DecodingLimits(SHORTEST, LONGEST))
        return Row(name, answer_json(answerer.answer(decoded.samples, decoded), answerer.loaded, detail))
    except (Undecodable, NoAnswer) as found:
        return Row(name, None, f"{found.fault}: {found.detail}")
    except OSError as error:
        return Row(name, None, f"cannot be read ({error.strerror})")


def _printed(rows: Iterable[Row], form: Format, loaded: Loaded, count: int, console: Console) -> list[Row]:
    found = []
    table = csv.writer(sys.stdout, lineterminator="\n")
    if form == "csv":
        table.writerow(COLUMNS)
    for row in rows:
        found.append(row)
        if form == "json":
            said = row.answer if row.answer is not None else {"error": row.reason}
            print(json.dumps({"file": row.name, **said}, ensure_ascii=False, allow_nan=False), flush=True)
        elif form == "csv":
            table.writerow(_cells(row))
    if form == "table":
        _print_table(found, loaded, console)
        if count == 1 and found[0].answer is not None:
            _print_reasons(found[0].answer, console)
    return found


def _cells(row: Row) -> list[Any]:
    if row.answer is None:
        return [row.name, *[""] * (len(COLUMNS) - 2), row.reason]
    first, second = row.answer["candidates"][:2]
    return [
        row.name,
        row.answer["genre"] or "",
        row.answer["best"],
        first["probability"],
        second["genre"],
        second["probability"],
        row.answer["clip"]["duration"],
        "yes" if row.answer["novelty"]["unlike"] else "no",
        row.note,
    ]


def _print_table(rows: Sequence[Row], loaded: Loaded, console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("file", "genre", "candidates", "note"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        if row.answer is None:
            table.add_row(Text(row.name), "", "", Text(row.reason))
            continue
        candidates = ", ".join(f"{each['genre']} {each['probability']:.0%}" for each in row.answer["candidates"])
        table.add_row(Text(row.name), row.answer["genre"] or "not sure", candidates, Text(row.note))
    console.print(table)
    content = loaded.content
    console.print(Text(f"\nmodel: {content.title}"))
    asked = {row.answer["basis"]["length"] for row in rows if row.answer is not None}
    for at in content.lengths:
        if at.length in asked:
            console.print(Text(_worth(at)))
    for each in content.elsewhere:
        console.print(Text(f"{each.sentence} {_share(each.accuracy)} were right."))
    for warning in content.warnings:
        console.print(Text(warning))


def _print_reasons(answer: dict[str, Any], console: Console) -> None:
    found = answer["explanation"]
    console.print(
        Text(f"\nwhy {found['winner']} and not {found['runner_up']}: {found['margin']:.3f} ahead in score, of which")
    )
    for each in found["families"]:
        console.print(Text(f"  {each['contribution']:+.3f}  {each['family']}"))
    console.print(Text(f"  {found['intercept']:+.3f}  before hearing anything"))
    console.print(Text("most of it from"))
    for sentence in found["words"]:
        console.print(Text(f"  {sentence}"))


def _worth(at: AtLength) -> str:
    answered = (
        "none of them is answered"
        if at.answered is None
        else (f"{at.coverage:.0%} of them are answered, {_share(at.answered)} of these rightly")
    )
    return (
        f"on held-out clips of {at.length:g} s: {_share(at.accuracy)} right; it says `not sure` where an error may "
        f"cost more than asking a person: {answered}"
    )


def _share(measured: Measured) -> str:
    if measured.low is None:
        return f"{measured.value:.0%} of {measured.n}"
    return f"{measured.value:.0%} ({measured.low:.0%} to {measured.high:.0%}) of {measured.n}"
