"""All tables by the name of their file."""

from collections.abc import Mapping
from types import ModuleType

from classically_punk.contracts.tables import corpora, decisions, design, exploration, external, fits, lengths, scores
from classically_punk.contracts.tables.schema import Table


def _of(module: ModuleType) -> list[Table]:
    return [value for value in vars(module).values() if isinstance(value, Table)]


ROOMS: Mapping[str, list[Table]] = {
    "The collection": _of(corpora),
    "Preprocessing and folds": _of(design),
    "Fits and diagnostics": _of(fits),
    "Scores": _of(scores),
    "Clips of several lengths": _of(lengths),
    "Music from elsewhere": _of(external),
    "Decisions": _of(decisions),
    "Exploration": _of(exploration),
}
"""Heading -> the tables of one module, in its order."""

TABLES: Mapping[str, Table] = {table.file: table for tables in ROOMS.values() for table in tables}
"""Name of a file -> its table."""
