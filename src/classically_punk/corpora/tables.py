"""The tables that `ingest` and `import_table` leave behind: their columns and types."""

import pandas as pd

MEASURED_COLUMNS = ("duration", "peak_dbfs", "rms_dbfs", "clipped_share", "silent_share", "dc_offset")

CLIP_COLUMNS = (
    *("clip", "label", "group", "recording", "member", "container", "codec", "source_rate", "source_channels"),
    *("duration", "md5", "peak_dbfs", "rms_dbfs", "clipped_share", "silent_share", "dc_offset"),
    *("status", "reasons", "detail"),
)
"""clips.csv: one row per member that claims to be a clip, sorted by `clip`."""

ANNOTATION_COLUMNS = ("clip", "artist", "artist_fold", "fault_filtered", "known_fault")
"""annotations.csv: one row per clip, sorted by `clip`; `artist_fold` is a whole number or missing, `known_fault` what
others found wrong with the clip or its label, or blank."""

_DTYPES = {
    **dict.fromkeys(("source_rate", "source_channels", "artist_fold"), "Int64"),
    **dict.fromkeys(MEASURED_COLUMNS, "float64"),
}


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
