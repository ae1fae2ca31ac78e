"""The design table and the tables of predictions: what their rows and columns are called."""

from collections.abc import Iterable

from classically_punk.contracts.tables.common import FITTED, WHOLE
from classically_punk.contracts.tables.design import DESIGN

__all__ = ["FITTED", "KEYS", "WHOLE", "genres_of"]

KEYS = DESIGN.names
"""Columns of the design table that say which row it is; every other column is a feature."""


def genres_of(columns: Iterable[str]) -> tuple[str, ...]:
    """The genres that a table of predictions holds scores for, sorted."""
    return tuple(sorted(name.removeprefix(FITTED) for name in columns if name.startswith(FITTED)))
