"""Reading tables back as they were written: a genre called `NA` or a clip called `1e5` stays text."""

from pathlib import Path

import pandas as pd

from classically_punk.foundation.errors import PunkError


def read_table(path: Path) -> pd.DataFrame:
    """A CSV file of ours as text, empty cells as empty strings; `contracts.tables.read` gives columns their types.

    Raises PunkError when the file is missing or no table.
    """
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError as error:
        raise PunkError(f"{path}: no such file; dvc repro makes it") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise PunkError(f"{path}: not a table: {error}; delete it and run dvc repro") from error
