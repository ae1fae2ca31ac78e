"""What loaders of published tables share: a CSV file as checked text, and text as numbers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from classically_punk.foundation.errors import PunkError


def read_text(path: Path, needed: Sequence[str], filled: Sequence[str], expected: str) -> pd.DataFrame:
    """The table at `path`, its cells as text.

    needed : columns that it must have; filled : those whose cells must not be blank; expected : what the file should be
    Raises PunkError when the file is missing, no table in UTF-8, lacks a column or a cell, or holds no row.
    """
    try:
        text = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")
    except OSError as error:
        raise PunkError(f"{path}: cannot be read ({error.strerror}); `make data CORPUS=...` fetches it") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise PunkError(f"{path}: not a table in UTF-8: {error}") from error
    if not isinstance(text.index, pd.RangeIndex):
        raise PunkError(f"{path}: its rows have more cells than it has columns; expected one cell per column")
    missing = [name for name in needed if name not in text.columns]
    if missing:
        raise PunkError(
            f"{path}: lacks {len(missing)} of {len(needed)} columns: {', '.join(missing)}; expected {expected}"
        )
    for column in filled:
        blank = text.index[text[column].str.strip() == ""]
        if len(blank):
            raise PunkError(f"{path}: line {blank[0] + 2} has no {column}; every row needs one")
    if text.empty:
        raise PunkError(f"{path}: holds no rows; expected one per clip")
    return text


def numbers(text: pd.DataFrame) -> pd.DataFrame:
    """Cells as float64; NaN for what is no finite number."""
    found = text.apply(pd.to_numeric, errors="coerce").astype("float64")
    return found.where(np.isfinite(found))
