"""A published table of features instead of audio: the same two tables, as far as a table can give them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.design import WHOLE
from classically_punk.contracts.faults import REJECTING, Fault, joined, status
from classically_punk.contracts.tables.corpora import CLIPS
from classically_punk.corpora import naming
from classically_punk.corpora.annotations import Annotations
from classically_punk.corpora.groups import groups
from classically_punk.corpora.published_tables.interface import Listed
from classically_punk.corpora.replicas import exact_replicas
from classically_punk.foundation.errors import PunkError

Found = dict[str, list[tuple[Fault, str]]]
"""Clip -> what is wrong with it, and a sentence for each."""


@dataclass(frozen=True)
class PublishedTable:
    """clips : CLIPS, measurements that need audio are missing; features : clip, window, start,
    duration, then the columns of the table as float32, usable clips only; annotations : ANNOTATIONS;
    verified : None, for a table holds no samples that could be compared
    """

    clips: pd.DataFrame
    features: pd.DataFrame
    annotations: pd.DataFrame
    other_files: Mapping[str, int]
    verified: None = None


def import_table(
    listed: Listed,
    annotations: Annotations | None = None,
    index: Mapping[str, str] | None = None,
    fewest_artists: int = 1,
) -> PublishedTable:
    """The rows that a loader read. A row whose features are not all finite numbers is rejected, and says why.

    index          : clip -> md5 of its canonical file: from it comes `md5`, and which clips are exact replicas; so are
                     rows that have the same numbers throughout
    fewest_artists : clips of genres of fewer groups are rejected: by artist, such a genre cannot be tested at all
    Raises PunkError when a clip is named twice.
    """
    clips = listed.clips
    twice = [clip for clip, count in Counter(clips).items() if count > 1]
    if twice:
        raise PunkError(f"the clip {twice[0]!r} is listed twice ({len(twice)} such clips in all); a clip has one row")
    known = annotations or Annotations()
    labels = {clip: label or known.label.get(clip, "") for clip, label in zip(clips, listed.labels, strict=True)}
    found = _faults(listed, labels)
    md5s = {clip: index[clip] for clip in clips if index is not None and clip in index}
    repeated = _replicas(listed, found, md5s)
    for clip, original in repeated.items():
        how = "samples as {}, by the index of the collection" if clip in md5s else "numbers in every column as {}"
        found[clip].append((Fault.REPLICA, f"The same {how.format(original)}."))

    ordered = sorted(clips)
    annotated = known.table(ordered)
    linked = groups(ordered, (repeated.get(clip, clip) for clip in ordered), annotated)
    group = dict(zip(ordered, linked.group, strict=True))
    song = dict(zip(ordered, linked.song, strict=True))
    for clip, artists in _too_few(found, labels, group, fewest_artists).items():
        found[clip].append((Fault.SMALL_GENRE, f"{labels[clip]} has {artists} artist(s) here."))

    rows = []
    for row, clip in sorted(enumerate(clips), key=lambda numbered: numbered[1]):
        faults = [fault for fault, _ in found[clip]]
        rejected = not REJECTING.isdisjoint(faults)
        rows.append(
            {
                "clip": clip,
                "label": naming.printable(labels[clip]),
                "group": group[clip],
                "song": "" if listed.pieces else song[clip],
                "recording": repeated.get(clip, clip),
                "member": naming.printable(listed.members[row]),
                "md5": md5s.get(clip, ""),
                "duration": None if rejected else listed.seconds[row],
                "status": status(faults),
                "reasons": joined(faults),
                "detail": " ".join(sentence for _, sentence in found[clip]),
            }
        )
    table = tables.frame(CLIPS, rows)
    return PublishedTable(
        table, _features(listed, set(table.loc[table["status"] != "rejected", "clip"])), annotated, {}
    )


def _faults(listed: Listed, labels: Mapping[str, str]) -> Found:
    """What is wrong with each row by itself."""
    values = np.column_stack([listed.values.to_numpy(), np.asarray(listed.seconds, dtype=float)])
    columns = np.array([*listed.values.columns, "length"])
    found: Found = {}
    for clip, finite in zip(listed.clips, np.isfinite(values), strict=True):
        found[clip] = [listed.faults[clip]] if clip in listed.faults else []
        if not labels[clip].strip():
            found[clip].append((Fault.NO_LABEL, "The table names no genre."))
        if not finite.all():
            missing = columns[~finite]
            more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
            found[clip].append((Fault.NOT_FINITE, f"No finite number in {', '.join(missing[:_NAMED])}{more}."))
    return found


_NAMED = 10  # columns that a fault names


def _usable(faults: list[tuple[Fault, str]]) -> bool:
    return REJECTING.isdisjoint(fault for fault, _ in faults)


def _replicas(listed: Listed, found: Found, md5s: Mapping[str, str]) -> dict[str, str]:
    """Usable clip -> the first usable one, by name, with its samples (by `md5s`) or, unknown to it, its numbers."""
    values = listed.values.to_numpy()
    marks = {
        clip: md5s.get(clip, values[row].tobytes().hex())
        for row, clip in enumerate(listed.clips)
        if _usable(found[clip])
    }
    return exact_replicas(marks)


def _too_few(found: Found, labels: Mapping[str, str], group: Mapping[str, str], fewest: int) -> dict[str, int]:
    """Usable clips whose genre has fewer than `fewest` groups, and how many it has."""
    usable = [clip for clip in labels if _usable(found[clip])]
    artists = {label: len({group[clip] for clip in usable if labels[clip] == label}) for label in set(labels.values())}
    return {clip: artists[labels[clip]] for clip in usable if artists[labels[clip]] < fewest}


def _features(listed: Listed, usable: set[str]) -> pd.DataFrame:
    whole = pd.DataFrame({"clip": listed.clips, "window": WHOLE, "start": 0.0, "duration": listed.seconds})
    features = pd.concat([whole, listed.values.astype("float32")], axis=1)
    return features[features["clip"].isin(usable)].sort_values("clip", ignore_index=True)
