"""What a reader is told of each column, as data: `data/C/columns.csv`, written beside the feature table.

Pages, figures and tables for readers take titles from here. Nothing that is fitted does: see `recipe`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

import pandas as pd

from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.reading import read_table

Family = Literal["timbre", "harmony", "rhythm", "dynamics"]
Unit = Literal["1", "BPM", "Hz", "Hz^2", "dB", "dB^2", "dB/oct", "dBFS", "log2 BPM", "log2 Hz", "1/s"]

SEPARATOR = ";"
"""Between the sets of a column, in their cell."""


@dataclass(frozen=True)
class Column:
    """One column.

    column   : its name in tables; sets : the named sets that it belongs to; family : what kind of quality it measures
    title    : what a reader calls it; sentence : what it means; source : the publication or function it comes from
    """

    column: str
    sets: tuple[str, ...]
    family: str
    unit: str
    title: str
    sentence: str
    source: str


FIELDS = tuple(field.name for field in fields(Column))
"""Columns of columns.csv, which has a row for each column of the feature table."""


def columns_table(columns: Mapping[str, Column]) -> pd.DataFrame:
    """columns.csv."""
    rows = [{**vars(each), "sets": SEPARATOR.join(each.sets)} for each in columns.values()]
    return pd.DataFrame(rows, columns=list(FIELDS))


def read_columns(path: Path) -> dict[str, Column]:
    """column -> what is said of it, in the order of columns.csv.

    Raises PunkError when the file is missing, lacks a column or names one column of the feature table twice.
    """
    table = read_table(path)
    missing = [name for name in FIELDS if name not in table]
    if missing:
        raise PunkError(f"{path}: column {missing[0]} is missing; delete the file and run dvc repro")
    found: dict[str, Column] = {}
    for cells in table[list(FIELDS)].to_dict("records"):
        if cells["column"] in found:
            raise PunkError(f"{path}: {cells['column']} is listed twice; delete the file and run dvc repro")
        found[cells["column"]] = Column(**{**cells, "sets": tuple(cells["sets"].split(SEPARATOR))})
    return found


def titles(columns: Mapping[str, Column]) -> dict[str, str]:
    """column -> what a reader calls it."""
    return {name: each.title for name, each in columns.items()}


def families(columns: Mapping[str, Column]) -> dict[str, str]:
    """column -> timbre, harmony, rhythm or dynamics."""
    return {name: each.family for name, each in columns.items()}
