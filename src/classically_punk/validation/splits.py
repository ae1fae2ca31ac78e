"""Who is trained on and who is tested: four protocols, from the one that flatters to those that do not.

`segment_random`  windows at random: pieces of one song on both sides. Leaky, and only shown as a warning.
`clip`            recordings are never split, artists may be.
`artist`          artists are never split: published folds where they exist, else made here.
`fault_filtered`  published lists without replicas and mislabelings: train and test, a valid part kept for choosing.

A genre of one recording can be tested or trained on, not both: it is left out, with the reason. Every other genre takes
part, in as many folds as it has recordings for, and no protocol has more folds than its largest genre can fill. A
protocol that would have to leave out whole genres because of its artists or lists is impossible instead: with fewer
genres the task is another, easier one, and its score would stand beside the others as if it were the same.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from classically_punk.contracts import tables
from classically_punk.contracts.design import KEYS, WHOLE
from classically_punk.contracts.protocols import PROTOCOLS, Protocol
from classically_punk.contracts.tables.design import FOLDS
from classically_punk.contracts.tables.design import PROTOCOLS as PROTOCOL_TABLE
from classically_punk.foundation.params import Folds
from classically_punk.validation.grouping import first_lacking, grouped_folds, linked


@dataclass(frozen=True)
class FoldPlan:
    """folds: FOLDS, one row per fold and clip (or window). protocols: PROTOCOL_TABLE, one row per protocol."""

    folds: pd.DataFrame
    protocols: pd.DataFrame


class Impossible(Exception):  # noqa: N818 - no fault, an answer
    """A protocol that this corpus does not allow; the message is the reason in the tables."""


@dataclass(frozen=True)
class Corpus:
    """What a splitter is given: `rows`, the keys of all rows of the design table; `clips`, those of whole clips, with
    what is annotated of them; `settings`, the section `folds`."""

    rows: pd.DataFrame
    clips: pd.DataFrame
    settings: Folds

    def configured(self, protocol: Protocol) -> int:
        """In how many folds params.yaml wants the protocol."""
        count: int = getattr(self.settings, protocol.folds)
        return count


@dataclass(frozen=True)
class Plan:
    """Clips or windows of one protocol: `units` has clip, window, label, recording, test_fold (0: in no fold's test
    part), role (of units with test_fold 0: train, valid or left_out), reason."""

    units: pd.DataFrame
    remarks: list[str]


def make_folds(rows: pd.DataFrame, annotations: pd.DataFrame | None, settings: Folds) -> FoldPlan:
    """The folds of every protocol that the corpus allows.

    rows        : clip, window (-1 = whole clip), label, group, recording: the keys of the design table
    annotations : clip, artist, artist_fold, fault_filtered, blank where unknown; None when the corpus has none
    """
    rows = rows[list(KEYS)].sort_values(["clip", "window"], ignore_index=True)
    known = _with_annotations(rows[rows["window"] == WHOLE].reset_index(drop=True), annotations)
    corpus = Corpus(rows, known, settings)
    folds: list[pd.DataFrame] = []
    described: list[dict[str, object]] = []
    for protocol in PROTOCOLS.values():
        try:
            plan: Plan = protocol.load_splitter()(corpus, protocol)
            _require_two_genres(plan)
        except Impossible as answer:
            described.append({"protocol": protocol.name, "possible": "no", "reason": str(answer)})
            continue
        folds.append(_long(protocol.name, plan.units))
        described.append(_description(protocol, plan))
    table = pd.concat(folds, ignore_index=True) if folds else tables.frame(FOLDS, [])
    return FoldPlan(table, tables.frame(PROTOCOL_TABLE, described))


def random_windows(corpus: Corpus, protocol: Protocol) -> Plan:
    """Windows at random, stratified by genre."""
    rows = corpus.rows
    windows = rows[rows["window"] != WHOLE].reset_index(drop=True)
    if windows.empty:
        raise Impossible("the corpus has no windows, only rows for whole clips")
    units, remarks = _without_small_genres(windows, protocol)
    single = units.index[units.groupby("label")["clip"].transform("size") < _LEAST]  # one window has no other side
    units.loc[single, ["role", "reason"]] = ["left_out", _SMALL]
    used = units[units["role"] == ""]
    absent = sorted(set(rows["label"]) - set(used["label"]) - set(units.loc[units["reason"] == _SMALL, "label"]))
    if used["label"].nunique() < _LEAST:
        raise Impossible(f"fewer than two genres have {_LEAST} windows or more")
    count = min(corpus.configured(protocol), int(used["label"].value_counts().max()))
    splitter = StratifiedKFold(count, shuffle=True, random_state=corpus.settings.seed)
    with warnings.catch_warnings():  # a genre with fewer windows than folds is tested in fewer folds
        warnings.filterwarnings("ignore", message="The least populated class", category=UserWarning)
        parts = list(splitter.split(np.zeros(len(used)), used["label"].to_numpy(dtype=str)))
    for number, (_, tested) in enumerate(parts, start=1):
        units.loc[used.index[tested], "test_fold"] = number
    if absent:
        remarks = [*remarks, f"left out, without windows: {', '.join(absent)}"]
    remarks = [*remarks, *_fewer_folds(count, corpus.configured(protocol), "windows", used["label"])]
    return Plan(units, ["windows of one clip stand on both sides", *remarks])


def by_recording(corpus: Corpus, protocol: Protocol) -> Plan:
    """Whole clips; recordings stay whole."""
    units, remarks = _without_small_genres(corpus.clips, protocol)
    used = units[units["role"] == ""]
    sizes = used.groupby("label")["recording"].nunique()
    most = min(corpus.configured(protocol), int(sizes.max()))
    folds = _most_folds(used["label"], used["recording"], most, corpus.settings.seed)
    if folds is None:
        raise Impossible(
            f"no split of the recordings leaves every tested genre in the training part, whatever "
            f"folds.{protocol.folds}: clips of several genres are one recording"
        )
    units.loc[used.index, "test_fold"] = folds
    one_each = used.drop_duplicates(["label", "recording"])["label"]
    return Plan(units, [*remarks, *_fewer_folds(int(folds.max()), corpus.configured(protocol), "recordings", one_each)])


def _most_folds(labels: pd.Series, groups: pd.Series, most: int, seed: int) -> NDArray[np.int64] | None:
    """The split into the most folds, `most` or fewer, that tests no genre which it has not trained on."""
    counts = range(most, 1, -1)
    return next((found for k in counts if (found := grouped_folds(labels, groups, k, seed)) is not None), None)


def _fewer_folds(count: int, configured: int, what: str, labels: pd.Series) -> list[str]:
    """What to say of a protocol in `count` folds whose tested units, one row of `labels` each, are few."""
    sizes = labels.value_counts()
    said = []
    if count < configured:
        why = f"the largest genre has {sizes.max()} {what}"
        if sizes.max() > count:
            why = "with more, a tested genre would be absent in training"
        said.append(f"{count} folds instead of the {configured} configured: {why}")
    small = sorted(str(genre) for genre in sizes.index[sizes < count])
    if small:
        said.append(f"tested in some of the folds only, with fewer {what} than folds: {', '.join(small)}")
    return said


def by_artist(corpus: Corpus, protocol: Protocol) -> Plan:
    """Whole clips; artists and recordings stay whole: published folds where there are any, else made here."""
    known = corpus.clips
    if known["artist"].isna().all():
        raise Impossible("no artists are known for this corpus")
    units, remarks = _without_small_genres(known, protocol)
    published = _published_artist_folds(units)
    if published is not None:
        return Plan(published, [_crossing_artists(published), *remarks])
    unknown = (units["role"] == "") & units["artist"].isna()
    units.loc[unknown, ["role", "reason"]] = ["left_out", "artist unknown"]
    used = units[units["role"] == ""]
    _require_genres(used, known.loc[units["reason"] != _SMALL, "label"], "a known artist")
    linkage = linked(used["artist"], used["recording"])
    artists = linkage.groupby(used["label"]).nunique()
    single = [str(genre) for genre in artists.index[artists < 2]]
    if single:
        raise Impossible(f"all clips of {', '.join(single)} are by one artist: tested, the genre is absent in training")
    configured = corpus.configured(protocol)
    count = min(configured, int(linkage.nunique()))
    folds = _most_folds(used["label"], linkage, count, corpus.settings.seed)
    if folds is None:
        raise Impossible(
            f"no split of the artists leaves every tested genre in the training part, whatever "
            f"folds.{protocol.folds}: artists of several genres are one"
        )
    units.loc[used.index, "test_fold"] = folds
    if (made := int(folds.max())) < configured:
        remarks = [f"{made} folds instead of the {configured} configured: the artists allow no more", *remarks]
    return Plan(units, ["folds made here", *remarks])


def _published_artist_folds(units: pd.DataFrame) -> pd.DataFrame | None:
    """The published folds, or None when there are none or they leave a tested genre without training clips."""
    units = units.copy()
    number = pd.to_numeric(units["artist_fold"])
    inside = (units["role"] == "") & number.notna()
    units.loc[(units["role"] == "") & ~inside, ["role", "reason"]] = ["left_out", "in no published artist fold"]
    present = sorted(number[inside].unique())
    if len(present) < 2:
        return None
    units.loc[inside, "test_fold"] = number[inside].map({fold: k for k, fold in enumerate(present, start=1)})
    for _, part in units[inside].groupby("recording"):
        other = part.index[part["test_fold"] != part["test_fold"].iloc[0]]
        units.loc[other, ["test_fold", "role", "reason"]] = [0, "left_out", "same recording as a clip of another fold"]
    used = units[units["role"] == ""]
    if first_lacking(used["label"], used["test_fold"]) is not None:
        return None
    if set(used["label"]) != set(units.loc[units["reason"] != _SMALL, "label"]):
        return None
    return units


def _crossing_artists(units: pd.DataFrame) -> str:
    used = units[(units["role"] == "") & units["artist"].notna()]
    crossing = int((used.groupby("artist")["test_fold"].nunique() > 1).sum())
    remark = "published folds"
    return f"{remark}, in which {crossing} annotated artists stand in more than one" if crossing else remark


def fault_filtered_lists(corpus: Corpus, protocol: Protocol) -> Plan:
    """Whole clips, as the published lists have them."""
    known = corpus.clips
    lists = known["fault_filtered"]
    if not lists.isin(["train", "valid", "test"]).any():
        raise Impossible("no fault-filtered lists are known for this corpus")
    units = _blank(known)
    units["role"] = lists.where(lists.isin(["train", "valid", "test"]), "left_out")
    units.loc[units["role"] == "left_out", "reason"] = "left out by the published lists, or not in them"
    tested = set(units.loc[units["role"] == "test", "recording"])
    leak = units["role"].isin(["train", "valid"]) & units["recording"].isin(tested)
    units.loc[leak, ["role", "reason"]] = ["left_out", "same recording as a clip of the test part"]
    for role in ("train", "test"):
        _require_genres(units[units["role"] == role], known["label"], f"a clip in the {role} list")
    units["test_fold"] = (units["role"] == "test").astype(int)
    units.loc[units["role"] == "test", "role"] = ""
    return Plan(units, ["published lists, the valid part is kept for choosing"])


_LEAST = 2  # recordings of a genre: one to test, one to train on
_SMALL = "genre too small for this protocol"


def _without_small_genres(known: pd.DataFrame, protocol: Protocol) -> tuple[pd.DataFrame, list[str]]:
    """Units with the genres of fewer than `_LEAST` recordings left out, and what to say of that."""
    units = _blank(known)
    counts = known.groupby("label")["recording"].nunique()
    small = [str(genre) for genre in counts.index[counts < _LEAST]]
    units.loc[units["label"].isin(small), ["role", "reason"]] = ["left_out", _SMALL]
    if len(counts) - len(small) < 2:
        raise Impossible(
            f"fewer than two genres have {_LEAST} recordings or more, which is the least for any "
            f"folds.{protocol.folds}: add clips"
        )
    return units, [f"left out, with fewer than {_LEAST} recordings: {', '.join(small)}"] if small else []


def _with_annotations(whole: pd.DataFrame, annotations: pd.DataFrame | None) -> pd.DataFrame:
    columns = ["artist", "artist_fold", "fault_filtered"]
    if annotations is None:
        return whole.assign(**dict.fromkeys(columns, pd.Series(pd.NA, index=whole.index, dtype="object")))
    stated = annotations[["clip", *columns]].astype(object).replace("", None)
    stated = stated.where(stated.notna(), None)
    joined = whole.merge(stated, on="clip", how="left", validate="one_to_one")
    return joined.assign(artist=joined["artist"].map(str, na_action="ignore"))


def _blank(known: pd.DataFrame) -> pd.DataFrame:
    return known.assign(test_fold=0, role="", reason="")


def _require_genres(used: pd.DataFrame, labels: "pd.Series[str]", what: str) -> None:
    lacking = sorted(set(labels) - set(used["label"]))
    if lacking:
        raise Impossible(f"without {what}: {', '.join(lacking)}")


def _require_two_genres(plan: Plan) -> None:
    genres = sorted(plan.units.loc[plan.units["test_fold"] > 0, "label"].unique())
    if len(genres) < 2:
        raise Impossible(f"fewer than two genres can be tested: {', '.join(genres) or 'none'}")


def _long(protocol: str, units: pd.DataFrame) -> pd.DataFrame:
    """One row per fold and unit: test in its own fold, train in the others; what is in no fold keeps its role."""
    parts = []
    for fold in range(1, int(units["test_fold"].max()) + 1):
        in_folds = np.where(units["test_fold"] == fold, "test", "train")
        parts.append(
            pd.DataFrame(
                {
                    "protocol": protocol,
                    "fold": fold,
                    "clip": units["clip"],
                    "window": units["window"],
                    "role": np.where(units["test_fold"] > 0, in_folds, units["role"]),
                    "reason": units["reason"],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _description(protocol: Protocol, plan: Plan) -> dict[str, object]:
    tested = plan.units[plan.units["test_fold"] > 0]
    left_out = plan.units[plan.units["role"] == "left_out"]
    remarks = [*plan.remarks]
    if len(left_out):
        of = "windows" if protocol.windows else "clips"
        counts = left_out["reason"].value_counts().sort_index()
        remarks += [f"{count} {of} left out: {reason}" for reason, count in counts.items()]
    return {
        "protocol": protocol.name,
        "possible": "yes",
        "reason": "; ".join(remarks),
        "folds": int(tested["test_fold"].max()),
        "n_clips": int(tested["clip"].nunique()),
        "n_windows": len(tested) if protocol.windows else None,
        "n_groups": int(tested[protocol.unit].nunique()),
        "n_genres": int(tested["label"].nunique()),
        "min_per_genre": int(tested["label"].value_counts().min()),
    }
