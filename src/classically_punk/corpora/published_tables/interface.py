"""What a loader of a published table is, and what it gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from classically_punk.contracts.faults import Fault


@dataclass(frozen=True)
class Listed:
    """The rows of a published table, as it has them.

    clips   : a name for each row, no two alike
    members : what the table calls them
    labels  : genres, blank where the table names none
    seconds : lengths in s, NaN where the table gives none that could be
    values  : shape (n, columns), float64, NaN for what is no number; columns in the order of their set
    faults  : clip -> what is wrong with it beyond missing numbers, and a sentence that says so
    pieces  : rows are pieces of songs that nobody names: no split can keep songs apart
    """

    clips: tuple[str, ...]
    members: tuple[str, ...]
    labels: tuple[str, ...]
    seconds: tuple[float, ...]
    values: pd.DataFrame
    faults: Mapping[str, tuple[Fault, str]] = field(default_factory=dict)
    pieces: bool = False


@dataclass(frozen=True)
class TableLoader:
    """Reads one published table of features.

    file    : its name in assets.json, by which `archives` in params.yaml names it
    columns : the named set of the catalogue that its columns are
    read    : from the file to its rows; raises PunkError when it is missing or cannot be understood
    """

    file: str
    columns: str
    read: Callable[[Path], Listed]
