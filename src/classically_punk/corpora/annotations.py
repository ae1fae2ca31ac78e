"""What is known of clips beyond their sound: who plays what, published splits, and what others found wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.label_search import WRONG_LABEL
from classically_punk.contracts.tables.corpora import ANNOTATIONS, WRONG_LABELS
from classically_punk.foundation.errors import PunkError

LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Annotations:
    """What a loader knows of clips; the default is nothing. Each mapping is from clips, blank where nothing is known.

    label          : genre, where it is not the folder around the clip that names it
    artist         : as credited, several joined as the source joins them
    artist_id      : identifier of the artist in a published list; one artist may have several
    title          : of the song
    artist_fold    : published fold of a cross-validation by artists, 1..k
    fault_filtered : train, valid or test; every other clip is `left_out`. None where there is no such split
    known_fault    : what is wrong with the clip or its label, in the words of who found it
    wrong_label    : clips whose label is known to be wrong, with the right genre, blank where it is not known
    licence        : of the recording
    source         : the file whose clips must all be clips of the corpus; None where the corpus may be a part
    """

    label: Mapping[str, str] = field(default_factory=dict)
    artist: Mapping[str, str] = field(default_factory=dict)
    artist_id: Mapping[str, str] = field(default_factory=dict)
    title: Mapping[str, str] = field(default_factory=dict)
    artist_fold: Mapping[str, int] = field(default_factory=dict)
    fault_filtered: Mapping[str, str] | None = None
    known_fault: Mapping[str, str] = field(default_factory=dict)
    wrong_label: Mapping[str, str] = field(default_factory=dict)
    licence: Mapping[str, str] = field(default_factory=dict)
    source: Path | None = None

    def table(self, clips: Sequence[str]) -> pd.DataFrame:
        """annotations.csv for `clips`, in their order. Raises PunkError for annotated clips that are not among them."""
        if self.source is not None and (unknown := sorted(set(self.artist) - set(clips))):
            raise PunkError(
                f"{self.source}: {len(unknown)} clip(s) that the corpus does not have, the first is {unknown[0]!r}; "
                f"clips are called as in clips.csv, for example {clips[0]!r}"
            )
        if unknown := sorted(set(self.wrong_label) - set(clips)):
            raise PunkError(
                f"{WRONG_LABELS.file}: {len(unknown)} clip(s) that the corpus does not have, the first is "
                f"{unknown[0]!r}; clips are called as in clips.csv, for example {clips[0]!r}"
            )
        split = self.fault_filtered
        rows = (
            {
                "clip": clip,
                "artist": self.artist.get(clip, ""),
                "artist_id": self.artist_id.get(clip, ""),
                "title": self.title.get(clip, ""),
                "artist_fold": self.artist_fold.get(clip),
                "fault_filtered": "" if split is None else split.get(clip, LEFT_OUT),
                "known_fault": WRONG_LABEL if clip in self.wrong_label else self.known_fault.get(clip, ""),
                "right_label": self.wrong_label.get(clip, ""),
                "licence": self.licence.get(clip, ""),
            }
            for clip in clips
        )
        return tables.frame(ANNOTATIONS, rows)
