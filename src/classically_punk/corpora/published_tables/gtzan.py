"""The published table of GTZAN's 1000 clips.

Source of the layout: Olteanu 2020, GTZAN Dataset - Music Genre Classification, Kaggle (`features_30_sec.csv`).
"""

from pathlib import Path

import numpy as np

from classically_punk.catalogue.measured_elsewhere import table_columns
from classically_punk.catalogue.sets import PUBLISHED
from classically_punk.corpora.csv_table import numbers, read_text
from classically_punk.corpora.published_tables.interface import Listed, TableLoader

SAMPLE_RATE = 22050
"""Hz; what the column `length` counts samples of."""

FEATURE_COLUMNS = table_columns(PUBLISHED)
"""The 57 published columns, in their order."""


def read(path: Path) -> Listed:
    """The rows of the table at `path`. Raises PunkError as `csv_table.read_text`."""
    needed = ("filename", "length", *FEATURE_COLUMNS, "label")
    text = read_text(path, needed, ("filename", "label"), "the published table features_30_sec.csv")
    samples = numbers(text[["length"]])["length"].to_numpy()
    return Listed(
        clips=tuple(Path(name).stem for name in text["filename"]),
        members=tuple(text["filename"]),
        labels=tuple(text["label"]),
        seconds=tuple(np.where(samples > 0, samples, np.nan) / SAMPLE_RATE),
        values=numbers(text[list(FEATURE_COLUMNS)]),
    )


LOADER = TableLoader("features_30_sec.csv", PUBLISHED, read)
