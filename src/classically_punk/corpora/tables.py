"""The tables that `ingest` and `import_table` leave behind: their columns, and how they are read back."""

from pathlib import Path

import pandas as pd

from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.reading import read_table

MEASURED_COLUMNS = ("duration", "peak_dbfs", "rms_dbfs", "clipped_share", "silent_share", "dc_offset")

CLIP_COLUMNS = (
    *("clip", "label", "group", "recording", "member", "container", "codec", "source_rate", "source_channels"),
    *("duration", "md5", "peak_dbfs", "rms_dbfs", "clipped_share", "silent_share", "dc_offset"),
    *("status", "reasons", "detail"),
)
"""clips.csv: one row per member that claims to be a clip, sorted by `clip`."""

ANNOTATION_COLUMNS = ("clip", "artist", "artist_fold", "fault_filtered")
"""annotations.csv: one row per clip, sorted by `clip`; `artist_fold` is a whole number or missing."""

_DTYPES = {
    **dict.fromkeys(("source_rate", "source_channels", "artist_fold"), "Int64"),
    **dict.fromkeys(MEASURED_COLUMNS, "float64"),
}


def read_clips(path: Path) -> pd.DataFrame:
    """clips.csv as it was written: text stays text (a genre called `NA` or `007` too), its blanks are "".

    Raises PunkError when the file is missing or has other columns.
    """
    return _read(path, CLIP_COLUMNS)


def read_annotations(path: Path) -> pd.DataFrame:
    """annotations.csv as it was written; missing text is "". Raises PunkError as `read_clips` does."""
    return _read(path, ANNOTATION_COLUMNS)


def groups(recordings: pd.Series, annotations: pd.DataFrame) -> list[str]:
    """What must not stand on both sides of a split, for each clip: its artist, where known, else its recording.

    recordings  : first clip of each clip's replicas, aligned with `annotations`, of `ANNOTATION_COLUMNS`
    A clip in no published fold joins the artist of a clip in one that it repeats: so replicas stay together, and no
    artist of a published fold gets a clip of another.
    """
    in_fold: dict[str, str] = {}
    anywhere: dict[str, str] = {}
    known = list(zip(recordings, annotations["artist"], annotations["artist_fold"].notna(), strict=True))
    for recording, artist, has_fold in known:
        if artist:
            anywhere.setdefault(recording, artist)
            if has_fold:
                in_fold.setdefault(recording, artist)
    return [
        artist if artist and has_fold else in_fold.get(recording) or artist or anywhere.get(recording) or recording
        for recording, artist, has_fold in known
    ]


def typed(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """`frame` with `columns` in their order and of their types, and a fresh index."""
    chosen = {name: frame[name].astype(_DTYPES.get(name, "str")) for name in columns}
    return pd.DataFrame(chosen).reset_index(drop=True)


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    table = read_table(path, [name for name in columns if name in _DTYPES])
    if tuple(table.columns) != columns:
        raise PunkError(f"{path}: expected the columns {', '.join(columns)}, found {', '.join(table.columns)}")
    return typed(table, columns)
