"""Are the numbers of this run the committed ones?

Every number and every word in `metrics/` and `reports/*/tables/` is compared with what a git revision holds, within
the bounds of `verification_rules`. Rows are matched by what they are about, not by where they stand. What is on one
side only is a failure: a file, a row, a column, a key. A corpus of which nothing is committed is named and left.
"""

import io
import json
import math
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from classically_punk.contracts.metrics import unpacked
from classically_punk.foundation.errors import PunkError
from classically_punk.verification.rules import (
    ABSOLUTE,
    COLUMN_FLOOR,
    CONFUSION,
    FLIPPED_SHARE,
    KEYS,
    PREDICTIONS,
    REFERENCE,
    RELATIVE,
    ROWS_FOLLOW_FLIPS,
    Bound,
    Flips,
    count_flips,
    floor_of,
    rule_for,
)

SUMMARY = "summary.json"
BEST = "comparator"  # whichever stands in the metrics as the best one
LONGEST_KEY = 4  # columns that say what a row is about
SHOWN_FAILURES, SHOWN_OF_FILE, SHOWN_WITHIN = 20, 5, 5
MISSING, EXTRA = "is missing", "is not committed"
DECIMAL = re.compile(r"(?<![\w.])[-+]?\d+\.\d+(?:e[-+]?\d+)?", re.ASCII)
SHAPE, FLIPPED, WORDS, VALUE = range(4)  # what failed, in the order of the message


class Moved(NamedTuple):
    """One value that is another than the committed one, or what is on one side only.

    excess : the change in units of what is allowed; at most 1 when it is within the bound
    """

    kind: int
    excess: float
    file: str
    where: str
    committed: str
    now: str


@dataclass
class Comparison:
    """What was found in one corpus: flips by protocol, the headline's protocol, what moved, values compared."""

    flips: Mapping[str, Flips]
    headline: str
    moved: list[Moved] = field(default_factory=list)
    compared: int = 0

    def add(self, kind: int, file: str, where: str, committed: str, now: str, excess: float = math.inf) -> None:
        """Notes what moved; without an excess it is a failure."""
        self.moved.append(Moved(kind, excess, file, where, committed, now))

    def weighing(self, protocols: Sequence[str], models: Sequence[str]) -> list[Flips]:
        """The flips that weigh on a value about these protocols; none where it is about other models alone."""
        found = [self.flips.get(protocol, Flips()) for protocol in protocols]
        return found if REFERENCE in models else [replace(flips, changed=0, near=0) for flips in found]


class Row(NamedTuple):
    """What a value is about: its models, the flips that weigh on it, the lesser and the greater n that its row names
    on the two sides (0 for none), and whether a runner-up counts as right."""

    file: str
    key: str
    models: tuple[str, ...]
    flips: Sequence[Flips]
    least_n: float = 0.0
    most_n: float = 0.0
    with_near: bool = False


def verify_against(revision: str, root: Path, console: Console) -> bool:
    """Prints what moved since `revision` and returns whether all of it is within bounds.

    Raises PunkError when the revision holds no numbers to compare with.
    """
    committed = _committed_files(revision, root)
    if not committed:
        raise PunkError(f"{revision}: no file in metrics/ or reports/*/tables/ to compare with; commit a run first")
    present = {
        path.relative_to(root).as_posix(): path
        for pattern in ("metrics/**/*", "reports/*/tables/**/*")
        for path in root.glob(pattern)
        if path.is_file() and not path.name.startswith(".")
    }
    moved: list[Moved] = []
    compared = 0
    corpora = {_corpus(file) for file in committed}
    for corpus in sorted(corpora):
        before = {file: _at_revision(revision, root, file) for file in committed if _corpus(file) == corpus}
        after = {file: path.read_text("utf-8") for file, path in present.items() if _corpus(file) == corpus}
        found = compare_corpus(before, after)
        for protocol, flips in found.flips.items():
            if flips.changed or flips.near:
                near = f", {flips.near} more have another runner-up" if flips.near else ""
                _say(
                    console, f"{corpus}, {protocol}: {flips.changed} of {flips.rows} held-out predictions changed{near}"
                )
        moved += found.moved
        compared += found.compared
    for corpus in sorted({_corpus(file) for file in present} - corpora):
        _say(console, f"{corpus}: not compared, for {revision} holds no numbers of it")
    moved.sort(key=_rank)
    failed, within = ([item for item in moved if (item.excess > 1) is beyond] for beyond in (True, False))
    _print("beyond bounds", failed, SHOWN_FAILURES, console)
    _print("moved within bounds", within, SHOWN_WITHIN, console)
    verdict = f"{len(failed)} beyond bounds" if failed else "all within bounds"
    _say(console, f"{compared} values in {len(committed)} files compared with {revision}: {verdict}")
    return not failed


def compare_corpus(before: Mapping[str, str], after: Mapping[str, str]) -> Comparison:
    """The files of one corpus, path -> content, as committed and as they are now."""
    found = Comparison(count_flips(_judged(before), _judged(after)), _headline(before))
    for file in sorted(before.keys() - after.keys()):
        found.add(SHAPE, file, "the whole file", "is there", MISSING)
    for file in sorted(after.keys() - before.keys()):
        found.add(SHAPE, file, "the whole file", EXTRA, "is there")
    for protocol, flips in found.flips.items():
        if flips.excessive:
            at_most = f"at most {int(FLIPPED_SHARE * flips.rows)} of {flips.rows} may change"
            found.add(
                FLIPPED,
                f"{_corpus(min(before))}: held-out predictions",
                protocol,
                at_most,
                f"{flips.changed + flips.near} changed",
            )
    for file in sorted(before.keys() & after.keys()):
        if file.endswith(".csv"):
            _compare_tables(found, file, _table(before[file]), _table(after[file]))
        elif file.endswith(".json"):
            _compare_json(found, file, *(unpacked(json.loads(of[file])) for of in (before, after)))
        elif before[file] != after[file]:
            found.add(WORDS, file, "the whole file", "", "is another")
    return found


def compare_numbers(committed: float, now: float, floor: float = 0.0, allowance: float = 0.0) -> bool:
    """Whether `now` is `committed` to 1e-4 relative, or of `floor` where that is larger, or within `allowance`."""
    return _excess(committed, now, max(RELATIVE * floor, ABSOLUTE, allowance)) <= 1


def _excess(committed: float, now: float, absolute: float, relative: float = RELATIVE) -> float:
    if committed == now or (math.isnan(committed) and math.isnan(now)):
        return 0.0
    scale = max(abs(committed), abs(now))
    # What is on the bound is not beyond it for the rounding of the two as they are printed.
    excess = abs(committed - now) / (max(relative * scale, absolute) * (1 + 1e-9))
    return excess if math.isfinite(excess) else math.inf


def _compare_json(found: Comparison, file: str, committed: Any, now: Any) -> None:
    before, after = dict(_leaves(committed)), dict(_leaves(now))
    found.compared += len(before)
    for key in sorted(before.keys() | after.keys()):
        if key not in before or key not in after:
            found.add(SHAPE, file, key, str(before.get(key, EXTRA)), str(after.get(key, MISSING)))
        elif before[key] != after[key]:
            section, name = [*key.split(".", 2), ""][:2]
            models = ("majority" if name == "majority" else BEST,) if section == "comparators" else (REFERENCE,)
            protocols = (name, found.headline) if section == "leak" else (section,)
            known = [protocol for protocol in protocols if protocol in found.flips] or [found.headline]
            row = Row(file, key, models, found.weighing(known, models), with_near="top2" in key)
            _compare_cell(found, row, key, before[key], after[key], least=floor_of(Path(file).name))


def _compare_tables(found: Comparison, file: str, before: pd.DataFrame, after: pd.DataFrame) -> None:
    name = Path(file).name
    found.compared += before.size
    for column in [*before.columns, *after.columns]:
        if column not in after or column not in before:
            found.add(SHAPE, file, f"column {column}", *(("", MISSING) if column in before else (EXTRA, "")))
    keys_before, keys_after = _keys(name, before, after)
    lost, new = set(keys_before) - set(keys_after), set(keys_after) - set(keys_before)
    follow = 2 * found.flips.get(found.headline, Flips()).counted() if name in ROWS_FOLLOW_FLIPS else 0
    excess = (len(lost) + len(new)) / follow if follow else math.inf
    for key in [*(key for key in keys_before if key in lost), *(key for key in keys_after if key in new)]:
        found.add(SHAPE, file, key, *(("is there", MISSING) if key in lost else (EXTRA, "is there")), excess)
    shared = [key for key in keys_before if key not in lost]
    columns = [column for column in before.columns if column in after]
    before, after = before.set_axis(keys_before).loc[shared, columns], after.set_axis(keys_after).loc[shared, columns]
    old_rows, new_rows = (dict(zip(shared, table.to_dict("records"), strict=True)) for table in (before, after))
    rows: dict[str, Row] = {}
    for column in columns:
        places = before.index[before[column] != after[column]].tolist()
        if not places or (name == PREDICTIONS and column in ("predicted", "second")):
            continue  # the flips are counted
        if name == PREDICTIONS and column == "margin":  # between two other genres, where the prediction is another
            places = [key for key in places if old_rows[key].get("predicted") == new_rows[key].get("predicted")]
        sizes = [abs(value) for value in map(_number, before[column]) if isinstance(value, float)]
        largest = max((size for size in sizes if math.isfinite(size)), default=0.0)
        least = max(floor_of(name), RELATIVE * COLUMN_FLOOR * largest)
        reworded = sum(not _same_figures(old_rows[key][column], new_rows[key][column]) for key in places)
        for key in places:
            if key not in rows:
                rows[key] = _row(found, file, key, old_rows[key], new_rows[key])
            values = (_number(row[key][column]) for row in (old_rows, new_rows))
            _compare_cell(found, rows[key], column, *values, least=least, reworded=reworded)


def _row(found: Comparison, file: str, key: str, before: Mapping[Any, str], after: Mapping[Any, str]) -> Row:
    models = tuple(before[column] for column in ("model", "other") if column in before) or (REFERENCE,)
    protocols = [before[column] for column in ("protocol", "loose", "strict") if column in before] or [found.headline]
    sizes = [_number(row.get("n", "")) for row in (before, after)]
    least, most = sorted(size if isinstance(size, float) else 0.0 for size in sizes)
    return Row(file, key, models, found.weighing(protocols, models), least, most, "top2" in key)


def _compare_cell(
    found: Comparison, row: Row, column: str, old: Any, new: Any, *, least: float, reworded: int = 1
) -> None:
    """One value. least : absolute difference that counts; reworded : cells of its column whose words are others."""
    bound: Bound = rule_for(Path(row.file).name, column, row.models).bound
    where = column if column == row.key else f"{row.key}: {column}"
    if isinstance(old, float) and isinstance(new, float):
        if _excess(old, new, least) <= 1:
            return  # the same number, to the last bits
        allowance = bound.allowance(row.flips, row.least_n, row.with_near)
        excess = _excess(old, new, max(least, allowance), max(RELATIVE, bound.relative))
        found.add(VALUE, row.file, where, _text(old), _text(new), excess)
        return
    clips = bound.moved_clips(row.flips, with_near=True)
    same = bound.text == "free" or (bound.text != "same" and _same_figures(str(old), str(new)))
    follows = bound.text == "flips" and reworded <= 2 * clips
    comes_or_goes = bound.weight == "row" and 0 < row.most_n <= clips
    found.add(WORDS, row.file, where, _text(old), _text(new), 1.0 if same or follows or comes_or_goes else math.inf)


def _same_figures(committed: str, now: str) -> bool:
    """The same words and whole numbers; decimals to one unit of the last printed digit, or 1e-4 relative."""
    if DECIMAL.sub("#", committed) != DECIMAL.sub("#", now):
        return False
    for old, new in zip(DECIMAL.findall(committed), DECIMAL.findall(now), strict=True):
        mantissa, _, power = old.partition("e")
        unit = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
        if abs(float(old) - float(new)) > max(1.001 * unit, RELATIVE * abs(float(old))):
            return False
    return True


def _keys(name: str, before: pd.DataFrame, after: pd.DataFrame) -> tuple[list[str], list[str]]:
    """What each row is about: the shortest run of first columns that tells all rows apart, else its place."""
    starts = [tuple(before.columns[:length]) for length in range(1, LONGEST_KEY + 1)]
    for columns in [KEYS[name]] if name in KEYS else starts:
        if all(column in table for column in columns for table in (before, after)):
            first, second = ([", ".join(row) for row in table[list(columns)].to_numpy()] for table in (before, after))
            if len(set(first)) == len(first) and len(set(second)) == len(second):
                if set(first) == set(second) or len(first) != len(second) or name in ROWS_FOLLOW_FLIPS:
                    return first, second
                break  # as many rows, of other names: which cell changed says more than which rows came and went
    first, second = ([f"row {place + 2}" for place in range(len(table))] for table in (before, after))
    return first, second


def _judged(files: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    wanted = (CONFUSION, PREDICTIONS)
    return {Path(file).name: _table(content) for file, content in files.items() if Path(file).name in wanted}


def _headline(files: Mapping[str, str]) -> str:
    summaries = [json.loads(content) for file, content in files.items() if Path(file).name == SUMMARY]
    return str(summaries[0].get("headline", {}).get("protocol", "")) if summaries else ""


def _committed_files(revision: str, root: Path) -> list[str]:
    listed = _git(root, "ls-tree", "-r", "--name-only", revision, "metrics", "reports").splitlines()
    wanted = (file for file in listed if file.startswith("metrics/") or "/tables/" in file)
    return sorted(file for file in wanted if not Path(file).name.startswith("."))


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
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False)


def _rank(item: Moved) -> tuple[int, bool, int, float]:
    """What is not on both sides, flips, then values: those of metrics/ first, words, numbers by how far they moved."""
    return min(item.kind, WORDS), not item.file.startswith("metrics/"), item.kind, -item.excess


def _print(title: str, moved: Sequence[Moved], shown: int, console: Console) -> None:
    if not moved:
        return
    of_file: Counter[tuple[int, str]] = Counter()
    picked: list[Moved] = []
    for item in moved:
        of_file[item.kind, item.file] += 1
        if of_file[item.kind, item.file] <= SHOWN_OF_FILE and len(picked) < shown:
            picked.append(item)
    headings = (Column(name, overflow="fold") for name in ("file", "where", "committed", "now"))
    table = Table(*headings, title=f"{title}: {len(moved)}", title_justify="left")
    for item in picked:
        table.add_row(*(escape(text) for text in item[2:]))
    console.print(table)
    if len(moved) > len(picked):
        _say(console, f"... and {len(moved) - len(picked)} more {title}")
