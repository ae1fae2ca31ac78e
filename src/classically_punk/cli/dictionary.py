"""docs/tables.md: every table and column there is, with type, unit and meaning, from the registry of tables."""

from pathlib import Path

from classically_punk.contracts.tables import ROOMS, UNITS, Column, Table

PAGE = Path("docs/tables.md")

INTRODUCTION = """\
# Tables

What every table holds that a run writes, one schema each in `src/classically_punk/contracts/tables/`; this page is
made of them by `punk tables`. CSV files stand in `data/C/` and `reports/C/tables/`, Parquet files in `data/C/` and
`models/C/`, for each corpus C. Where a cell may be blank, its meaning or the `reason` of its row says why. A table that
a corpus cannot have is no file; one that could not be made holds one row with a `reason`.
"""


def dictionary() -> str:
    """The page, in Markdown."""
    units = [f"| {unit or '(none)'} | {meaning} |" for unit, meaning in UNITS.items()]
    rooms = [line for heading, of_room in ROOMS.items() for line in (f"## {heading}", *map(_table, of_room))]
    sections = [INTRODUCTION.rstrip(), "## Units", "\n".join(["| unit | meaning |", "|---|---|", *units]), *rooms]
    return "\n\n".join(sections) + "\n"


def _table(table: Table) -> str:
    columns = [*table.columns, *([table.further] if table.further else [])]
    key = f"A row is named by {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    lines = ["| column | type | unit | meaning |", "|---|---|---|---|", *map(_row, columns)]
    return f"### {table.file}\n\n{table.sentence} {key}".rstrip() + "\n\n" + "\n".join(lines)


def _row(column: Column) -> str:
    known = f" One of: {', '.join(column.among)}." if column.among is not None else ""
    return " | ".join((f"| `{column.name}`", column.type, column.unit, _escaped(column.sentence + known))) + " |"


def _escaped(words: str) -> str:
    return words.replace("|", "\\|")
