"""Are the numbers of this run the committed ones?

Every number in `metrics/` and `reports/*/tables/` is compared with the one that a git revision holds: 1e-4 relative
to the number itself, or to a thousandth of the largest in its column where it is smaller than that. On another kind
of processor the last bits of a fitted value differ, and a clip on the border between two genres may be predicted
otherwise: one clip in a hundred is let pass, and the scores may then move by as much as those clips weigh.
"""

import io
import json
import math
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from classically_punk.foundation.errors import PunkError

RELATIVE = 1e-4
COLUMN_FLOOR = 1e-3
FLIPPED_SHARE = 0.01
SCORED = ("confusion.csv", "recall.csv", "scores.csv", "summary.json")
PREDICTIONS = "predictions.csv"
SHOWN = 20


@dataclass(frozen=True)
class Moved:
    """One value that differs by more than it may, or a file or row that is not on both sides."""

    file: str
    where: str
    committed: str
    now: str


@dataclass(frozen=True)
class Flips:
    """Held-out predictions that changed: how many of how many, and the clips of the rarest genre in a protocol."""

    changed: int
    rows: int
    rarest: int

    @property
    def excessive(self) -> bool:
        """More than one clip in a hundred."""
        return self.changed > FLIPPED_SHARE * self.rows


def verify_against(revision: str, root: Path, console: Console) -> bool:
    """Prints what moved since `revision` and returns whether all of it is within bounds.

    Raises PunkError when the revision holds no numbers to compare with.
    """
    files = _committed_files(revision, root)
    if not files:
        raise PunkError(f"{revision}: no file in metrics/ or reports/*/tables/ to compare with; commit a run first")
    moved: list[Moved] = []
    compared = 0
    for corpus in sorted({_corpus(file) for file in files}):
        of_corpus = [file for file in files if _corpus(file) == corpus]
        flips = _flips(revision, root, of_corpus)
        if flips.changed:
            console.print(f"{corpus}: {flips.changed} of {flips.rows} held-out predictions changed", highlight=False)
        if flips.excessive:
            moved.append(Moved(f"reports/{corpus}/tables/{PREDICTIONS}", "predicted", "", f"{flips.changed} changed"))
        for file in of_corpus:
            count, found = _compare_file(file, _at_revision(revision, root, file), root / file, flips)
            compared += count
            moved += found
    _print(moved, console)
    console.print(
        f"{compared} values in {len(files)} files compared with {revision}: "
        + ("all within bounds" if not moved else f"{len(moved)} moved"),
        highlight=False,
    )
    return not moved


def compare_numbers(committed: float, now: float, floor: float = 0.0, allowance: float = 0.0) -> bool:
    """Whether `now` is `committed` to 1e-4 relative, or of `floor` where that is larger, or within `allowance`."""
    scale = max(abs(committed), abs(now), floor)
    return math.isclose(committed, now, rel_tol=0, abs_tol=max(RELATIVE * scale, allowance, 1e-12))


def _compare_file(file: str, committed: str, path: Path, flips: Flips) -> tuple[int, list[Moved]]:
    if not path.is_file():
        return 0, [Moved(file, "the whole file", "is there", "is missing")]
    now = path.read_text(encoding="utf-8")
    if file.endswith(".json"):
        return _compare_json(file, json.loads(committed), json.loads(now), flips)
    return _compare_csv(file, _table(committed), _table(now), flips)


def _compare_json(file: str, committed: Any, now: Any, flips: Flips) -> tuple[int, list[Moved]]:
    before, after = dict(_leaves(committed)), dict(_leaves(now))
    moved = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if not _same(old, new, 0.0, _allowance(file, old, flips)):
            moved.append(Moved(file, key, _text(old), _text(new)))
    return len(before), moved


def _compare_csv(file: str, committed: pd.DataFrame, now: pd.DataFrame, flips: Flips) -> tuple[int, list[Moved]]:
    if list(committed.columns) != list(now.columns) or len(committed) != len(now):
        shapes = (f"{len(table)} rows of {', '.join(table.columns)}" for table in (committed, now))
        return 0, [Moved(file, "rows and columns", *shapes)]
    moved = []
    for column in committed.columns:
        before = [_number(cell) for cell in committed[column]]
        after = [_number(cell) for cell in now[column]]
        if flips.changed and Path(file).name == PREDICTIONS and column not in ("protocol", "fold", "clip", "label"):
            continue  # what a changed prediction changes in its own row is counted by `_flips`
        floor = COLUMN_FLOOR * max((abs(value) for value in before if isinstance(value, float)), default=0.0)
        for row, (old, new) in enumerate(zip(before, after, strict=True)):
            if not _same(old, new, floor, _allowance(file, old, flips)):
                moved.append(Moved(file, f"row {row + 2}, {column}", _text(old), _text(new)))
    return committed.size, moved


def _same(old: Any, new: Any, floor: float, allowance: float) -> bool:
    if isinstance(old, float) and isinstance(new, float):
        return compare_numbers(old, new, floor, allowance)
    return bool(old == new)


def _allowance(file: str, value: Any, flips: Flips) -> float:
    """How far a score may move because `flips` clips are predicted otherwise: counts by as many clips, shares by
    twice their share of the rarest genre (a clip can leave one genre and enter another)."""
    if not flips.changed or flips.excessive or Path(file).name not in SCORED or not isinstance(value, float):
        return 0.0
    is_count = value.is_integer() and abs(value) > 1
    return float(flips.changed) if is_count else 2 * flips.changed / flips.rarest


def _flips(revision: str, root: Path, files: list[str]) -> Flips:
    for file in files:
        path = root / file
        if Path(file).name == PREDICTIONS and path.is_file():
            before, after = _table(_at_revision(revision, root, file)), _table(path.read_text(encoding="utf-8"))
            if len(before) == len(after):
                changed = int((before["predicted"] != after["predicted"]).sum())
                rarest = int(before.groupby(["protocol", "label"]).size().min())
                return Flips(changed, len(before), rarest)
    return Flips(0, 0, 1)


def _committed_files(revision: str, root: Path) -> list[str]:
    listed = _git(root, "ls-tree", "-r", "--name-only", revision, "metrics", "reports").splitlines()
    wanted = (file for file in listed if file.startswith("metrics/") or "/tables/" in file)
    return sorted(file for file in wanted if file.endswith((".json", ".csv")))


def _at_revision(revision: str, root: Path, file: str) -> str:
    return _git(root, "show", f"{revision}:./{file}")


def _git(root: Path, *arguments: str) -> str:
    run = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)
    if run.returncode:
        raise PunkError(f"git {' '.join(arguments)}: {run.stderr.strip()}; verify needs a git checkout with a commit")
    return run.stdout


def _corpus(file: str) -> str:
    return Path(file).parts[1]


def _table(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def _leaves(content: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _leaves(value, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(content, list):
        for index, value in enumerate(content):
            yield from _leaves(value, f"{prefix}[{index}]")
    elif isinstance(content, int | float) and not isinstance(content, bool):
        yield prefix, float(content)
    else:
        yield prefix, content


def _text(value: Any) -> str:
    if value is None:
        return "is missing"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _print(moved: list[Moved], console: Console) -> None:
    if not moved:
        return
    table = Table("file", "where", "committed", "now")
    for item in moved[:SHOWN]:
        table.add_row(item.file, item.where, item.committed, item.now)
    console.print(table)
    if len(moved) > SHOWN:
        console.print(f"... and {len(moved) - SHOWN} more", highlight=False)
