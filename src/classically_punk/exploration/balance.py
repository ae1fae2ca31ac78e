"""Who is in the corpus: clips, faults, artists, durations and loudness of each genre."""

from collections import Counter
from collections.abc import Collection

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.faults import DESCRIPTIONS, Fault
from classically_punk.contracts.tables.exploration import BALANCE

QUARTILES = (0.25, 0.5, 0.75)


def balance_table(clips: pd.DataFrame, annotations: pd.DataFrame, used: Collection[str]) -> pd.DataFrame:
    """BALANCE, a row per genre; clips without one have a row of their own, with an empty name, at the end.

    clips       : CLIPS; annotations : ANNOTATIONS
    used        : clips of the design table: quartiles and artists are theirs
    `largest_artist_share` is of the used clips whose artist is known. A quantity that does not exist is empty, with
    the reason.
    """
    artist = dict(zip(annotations["clip"], annotations["artist"], strict=True))
    genres = sorted(set(clips["label"]) - {""}) + ([""] if (clips["label"] == "").any() else [])
    chosen = set(used)
    return tables.frame(BALANCE, (_of_genre(genre, clips[clips["label"] == genre], artist, chosen) for genre in genres))


def _of_genre(genre: str, clips: pd.DataFrame, artist: dict[str, str], used: set[str]) -> dict[str, object]:
    inside = clips[clips["clip"].isin(used)]
    row: dict[str, object] = {
        "genre": genre,
        "found": len(clips),
        "used": len(inside),
        "flagged": int((clips["status"] == "flagged").sum()),
        "rejected": int((clips["status"] == "rejected").sum()),
        "groups": inside["group"].nunique(),
    }
    reasons = []
    faults = Counter(fault for reasons_of_clip in clips["reasons"] for fault in reasons_of_clip.split(";") if fault)
    if faults:
        name, count = min(faults.items(), key=lambda item: (-item[1], item[0]))
        row["commonest_fault"], row["commonest_fault_clips"] = name, count
        row["commonest_fault_words"] = DESCRIPTIONS[Fault(name)]
    known = Counter(artist[clip] for clip in inside["clip"] if artist.get(clip))
    if known:
        name, count = min(known.items(), key=lambda item: (-item[1], item[0]))
        row["artists"], row["largest_artist"], row["largest_artist_share"] = len(known), name, count / known.total()
    else:
        reasons.append("no artists are known")
    for measure, column in (("duration", "duration"), ("loudness", "rms_dbfs")):
        values = inside[column].dropna().to_numpy(dtype=float)
        if len(values):
            parts = np.quantile(values, QUARTILES)
            row |= {f"{measure}_{part}": value for part, value in zip(("q1", "median", "q3"), parts, strict=True)}
        else:
            reasons.append(f"no {measure}: " + ("no clip of this genre is used" if inside.empty else "no audio"))
    row["reason"] = "; ".join(reasons)
    return row
