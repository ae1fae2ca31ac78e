"""Writing files so that the same content is the same bytes, and a killed run leaves nothing half-written."""

import json
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from classically_punk.foundation.orphans import runs

SIGNIFICANT_DIGITS = 6
PARTIAL = re.compile(r"\..+\.(?P<process>\d+)\.partial")


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yields a temporary path beside `path`, moved into place only when the block ends without an exception."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_abandoned(folder: Path) -> None:
    """Removes what `atomic_path` was writing in `folder` when its process was killed; nothing where that still runs."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        match = PARTIAL.fullmatch(path.name)
        if match and not runs(int(match["process"])):
            path.unlink(missing_ok=True)


def round_significant(value: float, digits: int = SIGNIFICANT_DIGITS) -> float:
    """`value` to `digits` significant digits. Raises ValueError when it is NaN or infinite."""
    if not math.isfinite(value):
        raise ValueError(f"{value} has no place in an output: leave the quantity out and write the reason")
    return float(f"{value:.{digits}g}") + 0.0  # + 0.0 turns -0.0 into 0.0


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Sorted keys, numbers at 6 significant digits, a newline at the end. Raises ValueError on NaN or infinity."""
    with atomic_path(path) as temporary:
        text = json.dumps(_rounded(content), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def write_exact_json(content: Mapping[str, Any], path: Path) -> None:
    """As `write_json`, with every float at full precision: for models, which must predict to the last bit."""
    with atomic_path(path) as temporary:
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def write_csv(frame: pd.DataFrame, path: Path, digits: int = SIGNIFICANT_DIGITS) -> None:
    """A table without its index, floats at `digits` significant digits, missing values as empty cells.

    A missing value is a quantity that has none; the table says why beside it. Raises ValueError on infinity.
    """
    written = frame.copy()
    for column in written.columns:
        if pd.api.types.is_float_dtype(written[column]):
            values = written[column].to_numpy(dtype=float, na_value=np.nan)
            if np.isinf(values).any():
                raise ValueError(f"{path}: column {column} holds an infinite value")
            written[column] = [_cell(value, digits) for value in values]
    with atomic_path(path) as temporary:
        written.to_csv(temporary, index=False, lineterminator="\n", encoding="utf-8")


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """A table without its index, uncompressed metadata stripped of what names the library that wrote it."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", store_schema=False)


def _cell(value: float, digits: int) -> str:
    return "" if math.isnan(value) else repr(round_significant(value, digits))


def _rounded(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {str(key): _rounded(value) for key, value in content.items()}
    if isinstance(content, Sequence) and not isinstance(content, str):
        return [_rounded(value) for value in content]
    if isinstance(content, bool | np.bool_):
        return bool(content)
    if isinstance(content, int | np.integer):
        return int(content)
    if isinstance(content, float | np.floating):
        return round_significant(float(content))
    return content
