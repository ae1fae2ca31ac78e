"""What a table is: its columns, each with type, unit and meaning, what names a row, and how rows are sorted."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

Type = Literal["text", "whole", "number", "bytes"]

UNITS: Mapping[str, str] = {
    "": "none: a name, a sentence, a choice",
    "1": "a pure number",
    "count": "how many",
    "place": "a place in an order, 1 first",
    "share": "part of a whole, 0 to 1",
    "difference of shares": "one share less another, -1 to 1",
    "probability": "0 to 1",
    "fitted value": "of an indicator: 1 stands for yes and 0 for no, and a fit may leave that range",
    "deviation": "standard deviations of the column",
    "s": "seconds",
    "Hz": "hertz",
    "BPM": "beats per minute",
    "dBFS": "decibels below full scale",
    "full scale": "of a sample, 1 being the largest that the format holds",
    "cost": "in wrong genres: an error costs `costs.wrong` of params.yaml",
    "cost per 1,000 clips": "as cost, for so many clips",
    "own": "the unit of what the row is about, which another of its columns names",
}
"""The closed vocabulary of units, and what each means."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column.

    type     : `text`; `whole`, a whole number; `number`, a float; `bytes`, in Parquet alone
    unit     : one of UNITS
    sentence : what a cell says
    blank    : a cell may be empty: text that says nothing, or a quantity that has no value
    among    : what a cell may say, for text from a closed vocabulary; a registry by name is looked up when it is needed
    """

    name: str
    type: Type
    unit: str
    sentence: str
    blank: bool = False
    among: Collection[str] | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """One table, written by one stage to one file in each corpus.

    file      : name of the file
    sentence  : what a row is
    columns   : in their order
    key       : columns that together name a row; no two rows share their values. Empty where only the place does
    sorted_by : columns that rows are sorted by, where a reader may rely on it
    further   : what columns beyond `columns` hold, where their number depends on the corpus; its name is a pattern in
                which <...> stands for anything
    digits    : significant digits of a number, in CSV
    """

    file: str
    sentence: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    sorted_by: tuple[str, ...] = ()
    further: Column | None = None
    digits: int = 6

    @property
    def names(self) -> tuple[str, ...]:
        """Of `columns`, in their order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column called `name`, by the pattern of `further` if need be. Raises KeyError when there is neither."""
        for column in self.columns:
            if column.name == name:
                return column
        if self.further is not None and re.fullmatch(re.sub("<.*>", ".+", re.escape(self.further.name)), name):
            return replace(self.further, name=name)
        raise KeyError(f"{self.file} has no column {name}")


def text(name: str, sentence: str, *, blank: bool = False, among: Collection[str] | None = None) -> Column:
    """A column of words."""
    return Column(name, "text", "", sentence, blank, among)


def whole(name: str, unit: str, sentence: str, *, blank: bool = False) -> Column:
    """A column of whole numbers."""
    return Column(name, "whole", unit, sentence, blank)


def number(name: str, unit: str, sentence: str, *, blank: bool = False) -> Column:
    """A column of floats."""
    return Column(name, "number", unit, sentence, blank)


def interval(
    of: str, unit: str, low: str = "low", high: str = "high", *, why: str = "`reason` says why"
) -> tuple[Column, Column]:
    """The two ends of the interval of what `of` names, blank where there is none."""
    return (
        number(low, unit, f"Lower end of the interval of the {of}; blank where there is none, {why}.", blank=True),
        number(high, unit, f"Upper end of the interval of the {of}; blank where there is none, {why}.", blank=True),
    )
