"""What a reader is told of each column, as data: `data/C/columns.csv`, written beside the feature table.

Pages, figures and tables for readers take titles from here. Nothing that is fitted does: see `recipe`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.tables.design import COLUMNS

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


def columns_table(columns: Mapping[str, Column]) -> pd.DataFrame:
    """COLUMNS, a row for each."""
    return tables.frame(COLUMNS, ({**vars(each), "sets": SEPARATOR.join(each.sets)} for each in columns.values()))


def read_columns(folder: Path) -> dict[str, Column]:
    """column -> what is said of it, in the order of COLUMNS, which `folder` holds. Raises PunkError as `read`."""
    rows = tables.read(COLUMNS, folder).to_dict("records")
    return {cells["column"]: Column(**{**cells, "sets": tuple(cells["sets"].split(SEPARATOR))}) for cells in rows}


def titles(columns: Mapping[str, Column]) -> dict[str, str]:
    """column -> what a reader calls it."""
    return {name: each.title for name, each in columns.items()}


def families(columns: Mapping[str, Column]) -> dict[str, str]:
    """column -> timbre, harmony, rhythm or dynamics."""
    return {name: each.family for name, each in columns.items()}
