"""Pictures as bytes: a matrix in 256 steps from its smallest to its largest value."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

STEPS = 255


class Packed(NamedTuple):
    """values : one byte per cell, row by row; 0 stands for `low`, 255 for `high`."""

    values: bytes
    low: float
    high: float


def packed(picture: NDArray[np.float32]) -> Packed:
    """picture : shape (rows, columns), finite. A cell is off by at most 1/510 of the range."""
    matrix = picture.astype(np.float64)
    low, high = float(matrix.min()), float(matrix.max())
    scale = (high - low) or 1.0
    return Packed(np.round((matrix - low) / scale * STEPS).astype(np.uint8).tobytes(), low, high)


def unpacked(table: pd.DataFrame, genre: str, picture: str) -> NDArray[np.float64]:
    """The matrix of one row of anatomy.parquet, shape (rows, columns); for `beats` times in s, shape (n_beats,).

    Raises KeyError when the table has no such picture.
    """
    found = table[(table["genre"] == genre) & (table["picture"] == picture)]
    if len(found) != 1:
        raise KeyError(f"picture {picture} of genre {genre!r}: expected one row, found {len(found)}")
    row = found.iloc[0]
    if picture == "beats":
        return np.frombuffer(row["values"], dtype="<f4").astype(np.float64)
    steps = np.frombuffer(row["values"], dtype=np.uint8).reshape(int(row["rows"]), int(row["columns"]))
    matrix: NDArray[np.float64] = row["low"] + steps / STEPS * (row["high"] - row["low"])
    return matrix
