"""Numbers by their address: every number that a person reads is looked up in `metrics/` or `reports/*/tables/`.

In a page, a cited number stands between two comments that no reader sees:

    <!--@metrics/demo/summary.json:artist.accuracy:.2f-->0.71<!--@-->
    <!--@reports/demo/tables/recall.csv:protocol=artist,genre=jazz:recall:.2f-->0.50<!--@-->

`refresh` writes the numbers anew, and a test compares each with its source. In an address, what a cell says is
percent-encoded where it holds a sign that means something there (`encoded`).

Beside Python's formats there are `points` and `+points` (a difference of shares in percentage points, without and
with a plus), `p` (a p-value) and `name` (as it stands).
"""

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pandas as pd
import yaml

from classically_punk.contracts import metrics
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.reading import read_table

SMALLEST_P = 0.001
"""p-values below are printed as "< .001"."""

CITED = re.compile(r"<!--@(?P<address>[^@>]+)-->(?P<shown>.*?)<!--@-->", re.DOTALL)


def refresh(text: str, root: Path) -> str:
    """`text` with every cited number as its source has it now. Raises PunkError when an address leads nowhere."""

    def rewritten(match: re.Match[str]) -> str:
        return f"<!--@{match['address']}-->{shown(match['address'], root)}<!--@-->"

    return CITED.sub(rewritten, text)


def shown(address: str, root: Path) -> str:
    """The number at `address` as it is printed: `file:key.key:format` or `file:column=cell,...:column:format`."""
    parts = address.split(":")
    if parts[0].endswith(".csv") and len(parts) == 4:
        value = _cell(root / parts[0], parts[1], parts[2])
    elif parts[0].endswith((".json", ".yaml")) and len(parts) == 3:
        value = _leaf(root / parts[0], parts[1])
    else:
        raise PunkError(f"{address}: expected file.json:key.key:format or file.csv:column=cell,...:column:format")
    return formatted(value, parts[-1])


def encoded(cell: str) -> str:
    """What a cell says, as it is written in an address."""
    return quote(cell, safe=" ")


def formatted(value: float | str, form: str) -> str:
    """`value` by one of Python's format specifications, or by `points`, `p` or `name`."""
    if form == "name":
        return str(value)
    if form in ("points", "+points"):
        sign = "+" if form == "+points" else ""
        return format(100 * float(value), f"{sign}.1f").replace("-", "\N{MINUS SIGN}")
    if form == "p":
        return f"{float(value):.3f}" if float(value) >= SMALLEST_P else f"< {SMALLEST_P}"
    return format(value, form).replace("-", "\N{MINUS SIGN}")


def _leaf(path: Path, key: str) -> Any:
    value = _content(path)
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            raise PunkError(f"{path}: has no {key}")
        value = value[part]
    return value


def _cell(path: Path, row: str, column: str) -> float:
    table = _table(path)
    for condition in row.split(","):
        name, _, cell = condition.partition("=")
        if name not in table:
            raise PunkError(f"{path}: has no column {name}")
        table = table[table[name] == unquote(cell)]
    if len(table) != 1 or column not in table:
        raise PunkError(f"{path}: {len(table)} rows with {row}, expected one, with a column {column}")
    cell = str(table[column].iloc[0])
    try:
        return float(cell)
    except ValueError as error:
        raise PunkError(f"{path}: {column} of {row} is {cell!r}, no number") from error


@cache
def _table(path: Path) -> pd.DataFrame:
    return read_table(path)


@cache
def _content(path: Path) -> Any:
    try:
        return metrics.read(path) if path.suffix == ".json" else yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PunkError(f"{path}: no such file; dvc repro makes it") from error
