"""Two sets of answers to the same clips, clip by clip, and what keeps them from being compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classically_punk.scoring.bootstrap import FloatArray, Units, units_of


@dataclass(frozen=True)
class Pair:
    """Both sides under one protocol, on the clips that both answered under the same label.

    before, after : partition, clip, label, predicted, second, margin; sorted
    units     : the groups that are resampled; group : shape (n,), place of each of `clips` in it
    clips     : sorted
    grouped   : whether a side says whose the clips are; otherwise each is a group of its own
    anew      : whether the folds of one side are others than those of the other
    genres    : all that are said or meant, sorted
    only_before, only_after, relabelled : clips that are left out
    said      : sentences on how they were paired
    """

    protocol: str
    before: pd.DataFrame
    after: pd.DataFrame
    clips: tuple[str, ...]
    group: NDArray[np.intp]
    units: Units
    grouped: bool
    anew: bool
    genres: tuple[str, ...]
    only_before: int
    only_after: int
    relabelled: int
    said: tuple[str, ...]

    def right(self, side: pd.DataFrame) -> FloatArray:
        """shape (n,): the share of the side's partitions in which a clip is predicted rightly."""
        hits = (side["predicted"] == side["label"]).astype(float)
        means = hits.groupby(side["clip"]).mean().reindex(list(self.clips))
        return np.asarray(means, dtype=np.float64)


class Unpaired(Exception):  # noqa: N818 - no fault, an answer
    """Two sides that cannot be compared; the message says why."""


def pair(protocol: str, before: pd.DataFrame, after: pd.DataFrame) -> Pair:
    """Both sides as in `Answers.rows`.

    Each clip counts with the mean over the partitions of its side: where both were made with the same folds that is
    the comparison partition by partition, and where the folds were drawn anew it is what both have in common. Where
    one side has more partitions of the same folds than the other, those of both are used.
    Raises Unpaired when no clip, or no label, is in both, or all of them are one group.
    """
    before, after, said = _partitions(before, after)
    labels = [side.drop_duplicates("clip").set_index("clip")["label"] for side in (before, after)]
    both = labels[0].index.intersection(labels[1].index)
    if both.empty:
        raise Unpaired(f"no clip is in both: {len(labels[0])} before, {len(labels[1])} after, of other names")
    same = both[(labels[0][both] == labels[1][both]).to_numpy()].sort_values()
    if same.empty:
        raise Unpaired(f"each of the {len(both)} clips in both has another label")
    before, after = (_kept(side, same) for side in (before, after))
    units, grouped = _units(before, after)
    only = [len(each) - len(both) for each in labels]
    names = pd.Series(units, index=same)
    found = units_of(labels[1][same], names)
    if found.n_groups < 2:
        raise Unpaired("all clips in both are of one group")
    place = {name: k for k, name in enumerate(found.groups)}
    genres = sorted({*before["label"], *before["predicted"], *after["predicted"]})
    group = names.map(place).to_numpy(dtype=np.intp)
    clips = tuple(str(clip) for clip in same)
    relabelled = len(both) - len(same)
    return Pair(
        protocol=protocol,
        before=before,
        after=after,
        clips=clips,
        group=group,
        units=found,
        grouped=grouped,
        anew=not _same_folds(before, after),
        genres=tuple(genres),
        only_before=only[0],
        only_after=only[1],
        relabelled=relabelled,
        said=tuple(said),
    )


def _kept(side: pd.DataFrame, clips: pd.Index) -> pd.DataFrame:
    return side[side["clip"].isin(clips)].sort_values(["clip", "partition"], ignore_index=True)


def _partitions(before: pd.DataFrame, after: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """The rows of partitions that are compared, and what to say of it."""
    counts = [sorted(side["partition"].unique()) for side in (before, after)]
    shared = sorted(set(counts[0]) & set(counts[1]))
    if counts[0] != counts[1] and shared:
        one, two = (side[side["partition"].isin(shared)] for side in (before, after))
        if _same_folds(one, two):
            return one, two, [f"of the partitions, {_numbers(shared)}: the one side has no others"]
        return before, after, [f"the mean over {len(counts[0])} partitions before and {len(counts[1])} after"]
    if not _same_folds(before, after):
        return before, after, ["folds were drawn anew: each clip counts with the mean over its partitions"]
    return before, after, []


def _same_folds(before: pd.DataFrame, after: pd.DataFrame) -> bool:
    """Whether clips that share a fold on the one side do so on the other; folds that are not known are the same."""
    both = before.merge(after, on=["partition", "clip"], suffixes=("", "_after"))
    both = both[(both["fold"] != "") & (both["fold_after"] != "")]
    pairs = both[["fold", "fold_after"]].drop_duplicates()
    return not pairs["fold"].duplicated().any() and not pairs["fold_after"].duplicated().any()


def _units(before: pd.DataFrame, after: pd.DataFrame) -> tuple[Sequence[str], bool]:
    """Who each clip is resampled with, clips sorted: as the newer side says, else the older, else the clip alone; and
    whether either says so."""
    known = [side.drop_duplicates("clip").sort_values("clip").set_index("clip")["unit"] for side in (after, before)]
    for side in known:
        if (side != "").all():
            return list(side), True
    return list(known[0].index), False


def _numbers(partitions: Sequence[int]) -> str:
    return ", ".join(str(number) for number in partitions)
