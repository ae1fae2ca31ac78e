"""The clips of a design table as arrays, in real units and standardised: what all of exploration looks at."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.contracts.design import KEYS, WHOLE
from classically_punk.foundation.params import Ols
from classically_punk.models.transforms import ColumnTransform


@dataclass(frozen=True)
class ClipMatrix:
    """One row per clip, sorted by clip; columns that do not vary are left out.

    clips, labels, groups : shape (n,)
    columns      : p names
    values       : shape (n, p), in the units of the catalogue
    standardised : shape (n, p), shaped as the regression shapes its columns, mean 0 and deviation 1
    genres       : sorted
    """

    clips: TextArray
    labels: TextArray
    groups: TextArray
    columns: tuple[str, ...]
    values: FloatArray
    standardised: FloatArray
    genres: tuple[str, ...]

    @classmethod
    def of(cls, table: pd.DataFrame, settings: Ols) -> "ClipMatrix":
        """table : a design table, of which the rows of whole clips count; settings : how columns are shaped."""
        whole = table[table["window"] == WHOLE].sort_values("clip", kind="stable")
        columns = [name for name in table.columns if name not in KEYS]
        values = whole[columns].to_numpy(dtype=float)
        transform = ColumnTransform.fit(values, settings)
        varies = ~transform.constant
        return cls(
            whole["clip"].to_numpy(dtype=object),
            whole["label"].to_numpy(dtype=object),
            whole["group"].to_numpy(dtype=object),
            tuple(np.array(columns, dtype=object)[varies]),
            values[:, varies],
            transform.apply(values)[:, varies],
            tuple(sorted(set(whole["label"]))),
        )

    def rows_of(self, genre: str) -> FloatArray:
        """The standardised rows of one genre, shape (n of the genre, p)."""
        rows: FloatArray = self.standardised[self.labels == genre]
        return rows


def correlations(standardised: FloatArray) -> FloatArray:
    """Correlation of columns, shape (p, p). standardised : shape (n, p), columns of mean 0 and deviation 1."""
    product: FloatArray = np.clip(standardised.T @ standardised / len(standardised), -1.0, 1.0)
    np.fill_diagonal(product, 1.0)
    return product
