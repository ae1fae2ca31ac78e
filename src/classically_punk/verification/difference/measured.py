"""Speed and memory: tables of benchmarks/ that were measured again."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from classically_punk.verification.difference.answers import table
from classically_punk.verification.difference.revision import Revision

BENCHMARKS = re.compile(r"benchmarks/[^/]+\.csv")


@dataclass(frozen=True)
class Measured:
    """A number of a benchmark's table: `row` is its words, `column` what was measured."""

    file: str
    row: str
    column: str
    before: float
    after: float

    @property
    def ratio(self) -> float | None:
        """After over before; None where nothing was measured before."""
        return self.after / self.before if self.before else None


def measured_between(before: Revision, after: Revision) -> list[Measured]:
    """Numbers of tables on both sides that are others, the largest ratios first. Rows are matched by their words."""
    found: list[Measured] = []
    for path in sorted({*before.files, *after.files}):
        if not BENCHMARKS.fullmatch(path) or before.files.get(path) == after.files.get(path):
            continue
        old, new = _numbers(before, path), _numbers(after, path)
        moved = (key for key in old if key in new and old[key] != new[key])
        found += [Measured(path, *key, old[key], new[key]) for key in moved]
    return sorted(found, key=lambda each: -max(each.ratio or 0, 1 / each.ratio if each.ratio else 0))


def _numbers(revision: Revision, path: str) -> Mapping[tuple[str, str], float]:
    return dict(_cells(revision, path))


def _cells(revision: Revision, path: str) -> Iterator[tuple[tuple[str, str], float]]:
    rows = table(revision, path)
    for row in [] if rows is None else rows.to_dict("records"):
        numbers = {column: _number(cell) for column, cell in row.items()}
        words = ", ".join(str(row[column]) for column, value in numbers.items() if value is None)
        for column, value in numbers.items():
            if value is not None:
                yield (words, str(column)), value


def _number(cell: object) -> float | None:
    try:
        value = float(str(cell))
    except ValueError:
        return None
    return value if abs(value) < 1e300 else None
