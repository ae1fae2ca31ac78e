"""What a corpus holds, in numbers: for metrics and for the page that says how much of a collection is here."""

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from classically_punk.contracts.faults import Fault
from classically_punk.corpora.naming import counted
from classically_punk.foundation.params import Corpus


class Collected(Protocol):
    """What `collect.Collection` and `published.PublishedTable` have in common."""

    @property
    def clips(self) -> pd.DataFrame: ...
    @property
    def annotations(self) -> pd.DataFrame: ...
    @property
    def other_files(self) -> Mapping[str, int]: ...
    @property
    def verified(self) -> int | None: ...


def with_share(clips: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """clips.csv with a column `collection`, in every row how much of the collection is here: `50 of 1000`.

    Blank for a collection of unknown size.
    """
    expected = corpus.expected_clips
    return clips.assign(collection="" if expected is None else f"{len(clips)} of {expected}")


def summary(collection: Collected, corpus: Corpus) -> dict[str, Any]:
    """Counts of clips, by status, reason and genre, and the share of the whole collection that is usable here.

    Quantities that have no value (the share of a collection of unknown size, the clips verified without an index)
    are left out.
    """
    clips = collection.clips
    usable = clips[clips["status"] != "rejected"]
    found: dict[str, Any] = {
        "clips_found": len(clips),
        "clips_usable": len(usable),
        **{status: int((clips["status"] == status).sum()) for status in ("ok", "flagged", "rejected")},
        "reasons": counted(reason for cell in clips["reasons"] if cell for reason in cell.split(";")),
        "other_files": dict(collection.other_files),
        "recordings": int(usable["recording"].nunique()),
        "groups": int(usable["group"].nunique()),
        "clips_with_artist": int((collection.annotations["artist"] != "").sum()),
        "grouped_by": _grouped_by(collection),
        "genres": counted(usable["label"]),
    }
    if corpus.expected_clips is not None:
        found["expected_clips"] = corpus.expected_clips
        # a second clip of one name is no further part of the collection
        again = usable["reasons"].map(lambda cell: Fault.SAME_NAME in cell.split(";"))
        found["share_held"] = float((~again).sum() / corpus.expected_clips)
    if collection.verified is not None:
        found["verified_by_index"] = collection.verified
    return found


def _grouped_by(collection: Collected) -> str:
    """What is known of who must not be split: `artist`, `recording`, or `piece`, for pieces of songs nobody names."""
    if (collection.annotations["artist"] != "").any():
        return "artist"
    return "piece" if (collection.clips["song"] == "").any() else "recording"
