"""Reading tables back as they were written: a genre called `NA` or a clip called `1e5` stays text."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from classically_punk.foundation.errors import PunkError


def read_table(path: Path, numbers: Iterable[str] = ()) -> pd.DataFrame:
    """A CSV file of ours. All columns are text (empty cells are empty strings) but those in `numbers`.

    numbers : columns read as float, empty cells as NaN
    Raises PunkError when the file, or one of `numbers`, is missing or not a number.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError as error:
        raise PunkError(f"{path}: no such file; dvc repro makes it") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise PunkError(f"{path}: not a table: {error}; delete it and run dvc repro") from error
    for column in numbers:
        if column not in table:
            raise PunkError(f"{path}: column {column} is missing; delete the file and run dvc repro")
        try:
            table[column] = pd.to_numeric(table[column].where(table[column] != "", None)).astype(float)
        except ValueError as error:
            raise PunkError(f"{path}: column {column}: {error}; delete the file and run dvc repro") from error
    return table
