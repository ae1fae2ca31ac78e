"""Who must not be split, from what replicas and annotations say of each clip."""

from collections.abc import Iterable

import pandas as pd


def groups(recordings: Iterable[str], annotations: pd.DataFrame) -> list[str]:
    """What must not stand on both sides of a split, for each clip: its artist, where known, else its recording.

    recordings  : first clip of each clip's replicas, aligned with `annotations`, of ANNOTATIONS
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
