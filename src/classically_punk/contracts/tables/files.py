"""Tables in memory and as files, through their schemas: what does not fit is said, never written or handed on.

In memory a column of text holds strings, blank ones where there is nothing; whole numbers are integers, or floats
where a cell may be blank; numbers are floats. A blank number is NaN.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

import pandas as pd

from classically_punk.contracts.tables.schema import Column, Table
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv, write_parquet

REASON = "reason"


def frame(table: Table, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """`rows`, each by name of column, as a frame with the table's columns and types. What a row leaves out is blank.

    Raises ValueError on a name that the table does not have, and on a cell of another type.
    """
    listed = list(rows)
    names = dict.fromkeys(name for row in listed for name in row)
    if unknown := [name for name in names if name not in table.names]:
        raise ValueError(
            f"{table.file}: a row has {unknown[0]}, which is no column; known are {', '.join(table.names)}"
        )
    return _typed(table, pd.DataFrame(listed, columns=list(table.names)))


def absence(found: pd.DataFrame) -> str:
    """Why a table that holds a reason and nothing else has nothing else; "" for any other.

    found : typed, or every cell as text
    """
    if REASON not in found or len(found) != 1:
        return ""
    others = found.drop(columns=REASON).iloc[0]
    return "" if any(cell != "" and not pd.isna(cell) for cell in others) else str(found[REASON].iloc[0])


def checked(table: Table, found: pd.DataFrame) -> pd.DataFrame:
    """`found` with every column of its type, and a fresh index.

    One row with a reason stands for a table that could not be made: its other cells, or columns, may be missing.
    Raises ValueError that names the column and the first row at fault.
    """
    result = _typed(table, found)
    for column in table.columns:
        if column.among is not None and column.name in result:
            _require_known(column, result[column.name])
    if absence(result):
        return result
    if table.key and (twice := result.duplicated(list(table.key))).any():
        which = ", ".join(f"{name}={result.loc[twice, name].iloc[0]}" for name in table.key)
        raise ValueError(f"two rows with {which}, which names one")
    order = list(zip(*(result[name] for name in table.sorted_by), strict=True))
    if any(one > other for one, other in pairwise(order)):
        raise ValueError(f"rows are not sorted by {', '.join(table.sorted_by)}")
    return result


def write(table: Table, found: pd.DataFrame, folder: Path) -> None:
    """`found` as the table's file in `folder`: CSV or Parquet, by its name. Raises ValueError as `checked` does."""
    path = folder / table.file
    try:
        whole = checked(table, found)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    if path.suffix == ".parquet":
        write_parquet(whole, path)
        return
    blank = [column.name for column in table.columns if column.type == "whole" and column.blank]
    write_csv(whole.astype(dict.fromkeys(whole.columns.intersection(blank), "Int64")), path, table.digits)


def read(table: Table, folder: Path, *, further: bool = True) -> pd.DataFrame:
    """The table's file in `folder`, typed. further : with the columns whose number depends on the corpus.

    Raises PunkError when the file is missing or does not fit the schema.
    """
    path = folder / table.file
    try:
        if path.suffix == ".parquet":
            found = pd.read_parquet(path, columns=None if further else list(table.names))
        else:
            found = read_table(path)
        return checked(table, found)
    except FileNotFoundError as error:
        raise PunkError(f"{path}: no such file; dvc repro makes it") from error
    except ValueError as error:  # pyarrow's own errors are of this kind too
        raise PunkError(f"{path}: {error}; delete it and run dvc repro") from error


def _require_names(table: Table, found: pd.DataFrame) -> None:
    names = [str(name) for name in found.columns]
    if names == [REASON] and REASON in table.names and absence(found):
        return
    fixed, others = names[: len(table.names)], names[len(table.names) :]
    if fixed != list(table.names):
        raise ValueError(f"the columns {', '.join(table.names)} are expected, {', '.join(fixed) or 'none'} found")
    for name in others:
        try:
            table.column(name)
        except KeyError as error:
            raise ValueError(f"column {name} is not known") from error


def _typed(table: Table, found: pd.DataFrame) -> pd.DataFrame:
    _require_names(table, found)
    absent = absence(found) != ""
    cells = {name: _typed_cells(table.column(name), found[name], absent) for name in found.columns}
    return pd.DataFrame(cells).reset_index(drop=True)


def _typed_cells(column: Column, cells: pd.Series, absent: bool) -> pd.Series:
    if column.type == "bytes":
        return cells
    if column.type == "text":
        result = cells.astype(object).where(cells.notna(), "").astype(str)
        missing = (result == "").to_numpy()
    else:
        result = _numeric(column, cells)
        missing = result.isna().to_numpy()
    if missing.any() and not column.blank and not absent:
        raise ValueError(f"column {column.name}: row {int(missing.argmax()) + 1} is blank")
    if column.type == "whole":
        if (result.dropna() % 1 != 0).any():
            raise ValueError(f"column {column.name}: {result[result % 1 != 0].dropna().iloc[0]} is no whole number")
        return result.astype("float64" if column.blank or missing.any() else "int64")
    return result


def _numeric(column: Column, cells: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(cells) and not pd.api.types.is_extension_array_dtype(cells):
        return cells
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells if column.type == "whole" and not cells.hasnans else cells.astype("float64")
    try:
        return pd.to_numeric(cells.where((cells != "") & cells.notna(), None)).astype("float64")
    except (ValueError, TypeError) as error:
        raise ValueError(f"column {column.name}: {error}") from error


def _require_known(column: Column, cells: pd.Series) -> None:
    unknown = sorted(set(cells) - {""} - set(column.among or ()))
    if unknown:
        known = ", ".join(column.among or ())
        raise ValueError(f"column {column.name}: {unknown[0]!r} is none of {known}")
