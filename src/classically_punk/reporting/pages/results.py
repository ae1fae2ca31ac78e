"""What is known of a corpus, every number with its address."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from classically_punk.contracts import metrics
from classically_punk.contracts.columns import Column, read_columns, titles
from classically_punk.contracts.tables import absence
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Corpus, Params, read_params
from classically_punk.foundation.reading import read_table
from classically_punk.reporting.pages.text import Name, Number, Text
from classically_punk.reporting.sources import encoded, formatted

WITHOUT_STAGE = {
    "robustness": "the corpus is a table of features: it has no audio that could be altered",
    "anatomy": "the corpus is a table of features: it has no audio that could be taken apart",
    "reference_figures": "no figures of others are known for this corpus",
}
"""Why a corpus has no such table, of those whose stage not every corpus has."""


@dataclass(frozen=True)
class Row:
    """A row of a table. `row["column"]` is what the cell says, "" where there is nothing."""

    table: str
    address: str
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def value(self, column: str) -> float | None:
        """The number in `column`; None where the cell is empty or the table has no such column."""
        cell = self.cells.get(column, "")
        return float(cell) if cell else None

    def number(self, column: str, form: str) -> Number | None:
        """The number in `column` as it is shown, or None as above."""
        value = self.value(column)
        return None if value is None else Number(formatted(value, form), f"{self.address}:{column}:{form}")

    def name(self, column: str) -> Name:
        return Name(self.cells[column])

    def interval(self, form: str, value: str = "value", low: str = "low", high: str = "high") -> Text | None:
        """ "value [low, high]", without brackets where there is no interval; None where there is no value."""
        shown = self.number(value, form)
        return None if shown is None else with_interval(shown, self.number(low, form), self.number(high, form))


def with_interval(shown: Number, low: Number | None, high: Number | None) -> Text:
    """ "value [low, high]"."""
    if low is None or high is None:
        return Text((shown,))
    return Text((shown, " [", low, ", ", high, "]"))


@dataclass(frozen=True)
class Results:
    """Metrics, tables, parameters and columns of one corpus.

    corpus : its name
    root   : the folder that holds data/, metrics/, reports/ and params.yaml
    given  : the parameters as the stage was given them; by default those of root/params.yaml
    """

    corpus: str
    root: Path
    given: Params | None = None

    @cached_property
    def params(self) -> Params:
        return self.given or read_params(self.root / "params.yaml")

    @property
    def described(self) -> Corpus:
        """What params.yaml says of this corpus."""
        return self.params.corpus[self.corpus]

    @property
    def synthesised(self) -> bool:
        """Whether this repository makes the corpus itself."""
        return self.corpus in self.params.corpora.synthesised

    def params_shown(self) -> dict[str, Any]:
        """The sections that bear on this corpus, but for how one is synthesised; of `corpus` its own entry."""
        names = sorted(Params.model_fields.keys() - {"corpora", "corpus", "demo"})
        shown = {name: getattr(self.params, name).model_dump() for name in names}
        return {**shown, "corpus": {self.corpus: self.described.model_dump()}}

    @property
    def title(self) -> str:
        return self.described.title

    @cached_property
    def headline(self) -> str:
        """The protocol of the headline numbers."""
        return str(self._metrics("summary")["headline"]["protocol"])

    @cached_property
    def genres(self) -> list[str]:
        return sorted({row["genre"] for row in self.rows("recall", ("model", "protocol", "genre"), model="ols")})

    @property
    def figures(self) -> Path:
        """Where the figures of the corpus stand."""
        return self.root / "reports" / self.corpus / "figures"

    # columns of the feature table

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """column -> what a reader is told of it. Raises PunkError when `data/<corpus>/columns.csv` is not there."""
        return read_columns(self._columns_folder())

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """column -> what a reader calls it."""
        return titles(self.columns)

    def called(self, column: str) -> Name:
        """What a reader calls a column; its own name where nothing is said of it."""
        return Name(self.titles.get(column, column))

    # metrics and parameters

    def has(self, file: str, key: str) -> bool:
        """Whether `metrics/<corpus>/<file>.json` holds `key`, as in "artist.accuracy"."""
        return _leaf(self._metrics(file), key) is not None

    def value(self, file: str, key: str) -> Any:
        """What stands at `key`. Raises PunkError when there is nothing."""
        found = _leaf(self._metrics(file), key)
        if found is None:
            raise PunkError(f"{self._metrics_path(file)}: has no {key}")
        return found

    def metric(self, file: str, key: str, form: str) -> Number:
        """The number at `key` as it is shown. Raises PunkError when there is none."""
        address = f"metrics/{self.corpus}/{file}.json:{key}:{form}"
        return Number(formatted(self.value(file, key), form), address)

    def metric_interval(self, file: str, key: str, form: str) -> Text:
        """ "value [low, high]" of a metric that has `<key>_low` and `<key>_high`, or the value alone."""
        ends = (f"{key}_low", f"{key}_high")
        low, high = (self.metric(file, end, form) if self.has(file, end) else None for end in ends)
        return with_interval(self.metric(file, key, form), low, high)

    def param(self, key: str, form: str) -> Number:
        """A number of params.yaml as it is shown. Raises PunkError when there is none."""
        found: Any = self.params
        for part in key.split("."):
            found = getattr(found, part, None)
        if found is None:
            raise PunkError(f"params.yaml: has no {key}")
        return Number(formatted(found, form), f"params.yaml:{key}:{form}")

    # tables

    def has_table(self, table: str) -> bool:
        """Whether the table was written, and holds more than the reason for its absence."""
        path = self._table_path(table)
        return path.exists() and not self.missing(table)

    def missing(self, table: str) -> str:
        """Why a table is not there, or holds nothing but a reason; "" where that is not known."""
        if not self._table_path(table).exists():
            return WITHOUT_STAGE.get(table, "")
        return absence(self.frame(table))

    def frame(self, table: str) -> pd.DataFrame:
        """`reports/<corpus>/tables/<table>.csv`, every cell as text."""
        if table not in self._frames:
            self._frames[table] = read_table(self._table_path(table))
        return self._frames[table]

    def files_read(self) -> set[Path]:
        """Metrics and tables that have been looked at so far, those that are there."""
        read = {self._table_path(name) for name in self._frames} | {self._metrics_path(name) for name in self._contents}
        return {path for path in read if path.exists()}

    def rows(self, table: str, keys: tuple[str, ...], /, **where: str) -> list[Row]:
        """Rows of a table in its order, those for which every column in `where` says so.

        keys : the columns that together name a row; its address is made of them
        """
        return list(self._rows(table, keys, where))

    def row(self, table: str, keys: tuple[str, ...], /, **where: str) -> Row | None:
        """The first of `rows`, or None."""
        return next(self._rows(table, keys, where), None)

    def _rows(self, table: str, keys: tuple[str, ...], where: Mapping[str, str]) -> Iterator[Row]:
        frame = self.frame(table)
        for column, cell in where.items():
            frame = frame[frame[column] == cell]
        for cells in frame.to_dict("records"):
            found = ",".join(f"{key}={encoded(cells[key])}" for key in keys)
            yield Row(table, f"reports/{self.corpus}/tables/{table}.csv:{found}", cells)

    @cached_property
    def _frames(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def _contents(self) -> dict[str, Mapping[str, Any]]:
        return {}

    def _metrics(self, file: str) -> Mapping[str, Any]:
        if file not in self._contents:
            path = self._metrics_path(file)
            self._contents[file] = metrics.read(path) if path.exists() else {}
        return self._contents[file]

    def _metrics_path(self, file: str) -> Path:
        return self.root / "metrics" / self.corpus / f"{file}.json"

    def _columns_folder(self) -> Path:
        return self.root / "data" / self.corpus

    def _table_path(self, table: str) -> Path:
        return self.root / "reports" / self.corpus / "tables" / f"{table}.csv"


def _leaf(content: Any, key: str) -> Any:
    for part in key.split("."):
        if not isinstance(content, Mapping) or part not in content:
            return None
        content = content[part]
    return content
