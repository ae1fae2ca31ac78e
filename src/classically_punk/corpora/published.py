"""A published table of features instead of audio: the same two tables, as far as a table can give them.

Source of the layout: Olteanu 2020, GTZAN Dataset - Music Genre Classification, Kaggle (`features_30_sec.csv`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from classically_punk.catalogue.sets import PUBLISHED, columns_of
from classically_punk.contracts import tables
from classically_punk.contracts.design import WHOLE
from classically_punk.contracts.faults import Fault, joined, status
from classically_punk.contracts.tables.corpora import CLIPS
from classically_punk.corpora import naming
from classically_punk.corpora.annotations import Annotations
from classically_punk.corpora.groups import groups
from classically_punk.corpora.replicas import exact_replicas
from classically_punk.foundation.errors import PunkError

SAMPLE_RATE = 22050
"""Hz; what the column `length` counts samples of."""

FEATURE_COLUMNS = columns_of([PUBLISHED])
"""The 57 published columns, in their order."""


@dataclass(frozen=True)
class PublishedTable:
    """clips : CLIPS, measurements that need audio are missing; features : clip, window, start,
    duration, then the 57 columns as float32, usable clips only; annotations : ANNOTATIONS;
    verified : None, for a table holds no samples that could be compared
    """

    clips: pd.DataFrame
    features: pd.DataFrame
    annotations: pd.DataFrame
    other_files: Mapping[str, int]
    verified: None = None


def import_table(
    path: Path, annotations: Annotations | None = None, index: Mapping[str, str] | None = None
) -> PublishedTable:
    """The published table at `path`; a row whose features are not all finite numbers is rejected, and says why.

    index : clip -> md5 of its canonical file: from it comes `md5`, and which clips are exact replicas
    Raises PunkError when the file is missing, no table, lacks a column, names a clip twice or holds no usable row.
    """
    text = _read(path)
    clips = [Path(name).stem for name in text["filename"]]
    numeric = text[list(FEATURE_COLUMNS)].apply(pd.to_numeric, errors="coerce").astype("float64")
    lengths = pd.to_numeric(text["length"], errors="coerce").astype("float64")
    values = np.column_stack([numeric.to_numpy(), np.where(lengths > 0, lengths, np.nan)])
    finite = np.isfinite(values)
    usable = pd.Series(finite.all(axis=1), index=clips)
    columns = np.array([*FEATURE_COLUMNS, "length"])

    md5s = {clip: index[clip] for clip in clips if index is not None and clip in index}
    repeated = exact_replicas({clip: md5 for clip, md5 in md5s.items() if usable[clip]})
    ordered = sorted(clips)
    annotated = (annotations or Annotations()).table(ordered)
    found_groups = groups(ordered, (repeated.get(clip, clip) for clip in ordered), annotated)
    grouped = dict(zip(ordered, found_groups.group, strict=True))
    songs = dict(zip(ordered, found_groups.song, strict=True))
    rows = []
    for row, clip in sorted(enumerate(clips), key=lambda numbered: numbered[1]):
        found, details = [], []
        if not usable[clip]:
            found.append(Fault.NOT_FINITE)
            details.append(f"No finite number in {', '.join(columns[~finite[row]])}.")
        if clip in repeated:
            found.append(Fault.REPLICA)
            details.append(f"The same samples as {repeated[clip]}, by the index of the collection.")
        rows.append(
            {
                "clip": clip,
                "label": naming.printable(text["label"][row]),
                "group": grouped[clip],
                "song": songs[clip],
                "recording": repeated.get(clip, clip),
                "member": naming.printable(text["filename"][row]),
                "md5": md5s.get(clip, ""),
                "duration": lengths[row] / SAMPLE_RATE if usable[clip] else None,
                "status": status(found),
                "reasons": joined(found),
                "detail": " ".join(details),
            }
        )
    features = _features(clips, lengths, numeric, usable)
    return PublishedTable(tables.frame(CLIPS, rows), features, annotated, {})


def _features(clips: list[str], lengths: pd.Series, numeric: pd.DataFrame, usable: pd.Series) -> pd.DataFrame:
    whole = pd.DataFrame({"clip": clips, "window": WHOLE, "start": 0.0, "duration": lengths / SAMPLE_RATE})
    features = pd.concat([whole, numeric.astype("float32")], axis=1)[usable.to_numpy()]
    return features.sort_values("clip", ignore_index=True)


def _read(path: Path) -> pd.DataFrame:
    """The table as text, with its columns, clips and labels checked."""
    try:
        text = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")
    except OSError as error:
        raise PunkError(f"{path}: cannot be read ({error.strerror}); `make data CORPUS=...` fetches it") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise PunkError(f"{path}: not a table in UTF-8: {error}") from error
    if not isinstance(text.index, pd.RangeIndex):
        raise PunkError(f"{path}: its rows have more cells than it has columns; expected one cell per column")
    needed = ("filename", "length", *FEATURE_COLUMNS, "label")
    missing = [name for name in needed if name not in text.columns]
    if missing:
        raise PunkError(
            f"{path}: lacks {len(missing)} of {len(needed)} columns: {', '.join(missing)}; expected the published "
            "table features_30_sec.csv"
        )
    for column in ("filename", "label"):
        blank = text.index[text[column].str.strip() == ""]
        if len(blank):
            raise PunkError(f"{path}: line {blank[0] + 2} has no {column}; every row needs one")
    stems = text["filename"].map(lambda name: Path(name).stem)
    if stems.duplicated().any():
        twice = stems[stems.duplicated()].iloc[0]
        raise PunkError(f"{path}: the clip {twice!r} is listed twice; a clip has one row")
    if text.empty:
        raise PunkError(f"{path}: holds no rows; expected one per clip")
    return text
