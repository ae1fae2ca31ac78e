"""Who is trained on and who is tested, by each protocol of `contracts.protocols`.

A genre of one song can be tested or trained on, not both: it is left out, with the reason. Every other genre takes
part, in as many folds as it has songs for, and no protocol has more folds than its largest genre can fill. A protocol
that would have to leave out whole genres because of its artists or lists is impossible instead: with fewer genres the
task is another, easier one, and its score would stand beside the others as if it were the same.

One partition into folds is one draw: protocols whose folds are made here are repeated with other draws, and scores say
how far partitions lie apart. What a protocol does not keep apart, or a published list fails to, is counted.
"""

import warnings
from collections.abc import Sequence
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
from classically_punk.validation.grouping import first_lacking, grouped_folds


@dataclass(frozen=True)
class FoldPlan:
    """folds: FOLDS, one row per fold and clip (or window). protocols: PROTOCOL_TABLE, one row per protocol."""

    folds: pd.DataFrame
    protocols: pd.DataFrame


class Impossible(Exception):  # noqa: N818 - no fault, an answer
    """A protocol that this corpus does not allow; the message is the reason in the tables."""


class Inapplicable(Exception):  # noqa: N818 - no fault, an answer
    """A protocol that has nothing to say of this corpus, not even that it is impossible."""


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
    """Clips or windows of one protocol.

    units      : the keys of the design table, role ("" of what is tested in some fold; train, valid or left_out of
                 what is not) and reason
    partitions : of each partition the fold that tests each unit, shape (n,), 1..k; 0 where none does
    remarks    : how the folds came and what is left out, parts of a sentence
    """

    units: pd.DataFrame
    partitions: tuple[NDArray[np.int64], ...]
    remarks: list[str]


def make_folds(rows: pd.DataFrame, annotations: pd.DataFrame | None, settings: Folds) -> FoldPlan:
    """The folds of every protocol that the corpus allows.

    rows        : clip, window (-1 = whole clip), label, group, song, recording: the keys of the design table
    annotations : clip, artist, artist_id, artist_fold, fault_filtered, blank where unknown; None without any
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
        except Inapplicable:
            continue
        except Impossible as answer:
            described.append({"protocol": protocol.name, "possible": "no", "reason": str(answer)})
            continue
        folds.append(_long(protocol.name, plan))
        described.append(_description(protocol, plan))
    table = pd.concat(folds, ignore_index=True) if folds else tables.frame(FOLDS, [])
    return FoldPlan(table, tables.frame(PROTOCOL_TABLE, described))


def random_windows(corpus: Corpus, protocol: Protocol) -> Plan:
    """Windows at random, stratified by genre; one partition, because what leaks does so in every one."""
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
    test_fold = np.zeros(len(units), dtype=np.int64)
    for number, (_, tested) in enumerate(parts, start=1):
        test_fold[used.index[tested]] = number
    if absent:
        remarks = [*remarks, f"left out, without windows: {', '.join(absent)}"]
    remarks = [*remarks, *_fewer_folds(count, corpus.configured(protocol), "windows", used["label"])]
    return Plan(units, (test_fold,), ["windows of one clip stand on both sides", *remarks])


def random_pieces(corpus: Corpus, protocol: Protocol) -> Plan:
    """Pieces of songs that nobody names, at random; only what is the same recording stays whole."""
    if _songs_known(corpus.clips):
        raise Inapplicable
    units = _blank(corpus.clips)
    pieces = units.groupby("label")["recording"].nunique()
    small = [str(genre) for genre in pieces.index[pieces < _LEAST]]
    units.loc[units["label"].isin(small), ["role", "reason"]] = ["left_out", _SMALL]
    if len(pieces) - len(small) < _LEAST:
        raise Impossible(f"fewer than two genres have {_LEAST} pieces or more")
    remarks = ["pieces of one song stand on both sides, and nobody knows which"]
    return _grouped(corpus, protocol, units, "recording", "pieces", remarks)


def _songs_known(clips: pd.DataFrame) -> bool:
    return bool((clips["song"] != "").all())


def by_song(corpus: Corpus, protocol: Protocol) -> Plan:
    """Whole clips; recordings and songs stay whole, artists may not."""
    if not _songs_known(corpus.clips):
        raise Impossible("the rows are pieces of songs that nobody names")
    units, remarks = _without_small_genres(corpus.clips, protocol)
    return _grouped(corpus, protocol, units, "song", "songs", remarks)


def by_artist(corpus: Corpus, protocol: Protocol) -> Plan:
    """Whole clips; all that share an artist, a song or a recording stays whole."""
    if not _songs_known(corpus.clips):
        raise Impossible("the rows are pieces of songs that nobody names, by artists that nobody names")
    units, remarks = _without_small_genres(corpus.clips, protocol)
    known = _knows_artist(units)
    if not known.any():
        raise Impossible("no artists are known for this corpus")
    units.loc[(units["role"] == "") & ~known, ["role", "reason"]] = ["left_out", "artist unknown"]
    used = units[units["role"] == ""]
    _require_genres(used, units.loc[units["reason"] != _SMALL, "label"], "a known artist")
    artists = used.groupby("label")["group"].nunique()
    single = [str(genre) for genre in artists.index[artists < 2]]
    if single:
        raise Impossible(f"all clips of {', '.join(single)} are by one artist: tested, the genre is absent in training")
    return _grouped(corpus, protocol, units, "group", "artists", remarks)


def published_artist_folds(corpus: Corpus, protocol: Protocol) -> Plan:
    """Whole clips, in the folds that were published: what others report is on them."""
    units = _blank(corpus.clips)
    number = pd.to_numeric(units["artist_fold"])
    present = sorted(number.dropna().unique())
    if len(present) < 2:
        raise Impossible("no artist folds are published for this corpus")
    units.loc[number.isna(), ["role", "reason"]] = ["left_out", "in no published artist fold"]
    fold = number.map({published: k for k, published in enumerate(present, start=1)}).fillna(0).astype(np.int64)
    for _, part in units[fold > 0].groupby("recording"):
        other = part.index[fold[part.index] != fold[part.index[0]]]
        units.loc[other, ["role", "reason"]] = ["left_out", "same recording as a clip of another fold"]
    test_fold = fold.where(units["role"] == "", 0)
    used = units[units["role"] == ""]
    lacking = first_lacking(used["label"], test_fold[used.index])
    if lacking is not None:
        raise Impossible(f"all clips of {lacking} stand in one published fold: tested, the genre is absent in training")
    _require_genres(used, units["label"], "a clip in a published artist fold")
    return Plan(units, (test_fold.to_numpy(),), ["published folds"])


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
    test_fold = (units["role"] == "test").to_numpy().astype(np.int64)
    units.loc[units["role"] == "test", "role"] = ""
    return Plan(units, (test_fold,), ["published lists, the valid part is kept for choosing"])


def _grouped(
    corpus: Corpus, protocol: Protocol, units: pd.DataFrame, column: str, what: str, remarks: list[str]
) -> Plan:
    """Folds that keep the values of `column` whole, made here, once for each repetition."""
    used = units[units["role"] == ""]
    configured = corpus.configured(protocol)
    most = min(configured, int(used.groupby("label")[column].nunique().max()))
    seeds = [corpus.settings.seed + _APART * repetition for repetition in range(corpus.settings.repeats)]
    partitions, made = _most_folds(used["label"], used[column], most, seeds)
    if not partitions:
        raise Impossible(
            f"no split of the {what} leaves every tested genre in the training part, whatever "
            f"folds.{protocol.folds}: {what} of several genres are one"
        )
    one_each = used.drop_duplicates(["label", column])["label"]
    whole = tuple(_spread(partition, used.index, len(units)) for partition in partitions)
    return Plan(units, whole, ["folds made here", *remarks, *_fewer_folds(made, configured, what, one_each)])


def _most_folds(
    labels: pd.Series, groups: pd.Series, most: int, seeds: Sequence[int]
) -> tuple[list[NDArray[np.int64]], int]:
    """A partition for each seed, all into the same number of folds, and that number: the largest, `most` or fewer,
    with which none tests a genre that it has not trained on. No partitions where there is none."""
    for count in range(most, 1, -1):
        made = [found for seed in seeds if (found := grouped_folds(labels, groups, count, seed)) is not None]
        if len(made) == len(seeds):
            return made, count
    return [], 0


def _spread(folds: NDArray[np.int64], places: pd.Index, size: int) -> NDArray[np.int64]:
    """`folds` at `places` of an array of `size` zeros."""
    whole = np.zeros(size, dtype=np.int64)
    whole[places] = folds
    return whole


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


_APART = 1000  # between the seeds of two partitions; each may try a few seeds
_LEAST = 2  # songs of a genre: one to test, one to train on
_SMALL = "genre too small for this protocol"


def _without_small_genres(known: pd.DataFrame, protocol: Protocol) -> tuple[pd.DataFrame, list[str]]:
    """Units with the genres of fewer than `_LEAST` songs left out, and what to say of that."""
    units = _blank(known)
    counts = known.groupby("label")["song"].nunique()
    small = [str(genre) for genre in counts.index[counts < _LEAST]]
    units.loc[units["label"].isin(small), ["role", "reason"]] = ["left_out", _SMALL]
    if len(counts) - len(small) < 2:
        raise Impossible(
            f"fewer than two genres have {_LEAST} songs or more, which is the least for any "
            f"folds.{protocol.folds}: add clips"
        )
    return units, [f"left out, with fewer than {_LEAST} songs: {', '.join(small)}"] if small else []


def _with_annotations(whole: pd.DataFrame, annotations: pd.DataFrame | None) -> pd.DataFrame:
    columns = ["artist", "artist_id", "artist_fold", "fault_filtered"]
    if annotations is None:
        return whole.assign(**dict.fromkeys(columns, pd.Series(pd.NA, index=whole.index, dtype="object")))
    stated = annotations[["clip", *columns]].astype(object).replace("", None)
    stated = stated.where(stated.notna(), None)
    return whole.merge(stated, on="clip", how="left", validate="one_to_one")


def _knows_artist(units: pd.DataFrame) -> "pd.Series[bool]":
    """Whether the artist of a unit's group is known, by name or by identifier, of any clip of it."""
    named: pd.Series[bool] = units["artist"].notna() | units["artist_id"].notna()
    return named.groupby(units["group"]).transform("any")


def _blank(known: pd.DataFrame) -> pd.DataFrame:
    return known.assign(role="", reason="")


def _require_genres(used: pd.DataFrame, labels: "pd.Series[str]", what: str) -> None:
    lacking = sorted(set(labels) - set(used["label"]))
    if lacking:
        raise Impossible(f"without {what}: {', '.join(lacking)}")


def _require_two_genres(plan: Plan) -> None:
    genres = sorted(plan.units.loc[plan.partitions[0] > 0, "label"].unique())
    if len(genres) < 2:
        raise Impossible(f"fewer than two genres can be tested: {', '.join(genres) or 'none'}")


def _long(protocol: str, plan: Plan) -> pd.DataFrame:
    """One row per fold and unit: test in its own fold, train in the others; what is in no fold keeps its role. Folds of
    all partitions are numbered through."""
    units = plan.units
    parts: list[pd.DataFrame] = []
    for partition, test_fold in enumerate(plan.partitions, start=1):
        for fold in range(1, int(test_fold.max()) + 1):
            in_folds = np.where(test_fold == fold, "test", "train")
            parts.append(
                pd.DataFrame(
                    {
                        "protocol": protocol,
                        "partition": partition,
                        "fold": len(parts) + 1,
                        "clip": units["clip"],
                        "window": units["window"],
                        "role": np.where(test_fold > 0, in_folds, units["role"]),
                        "reason": units["reason"],
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _description(protocol: Protocol, plan: Plan) -> dict[str, object]:
    test_fold = plan.partitions[0]
    tested = plan.units[test_fold > 0]
    left_out = plan.units[plan.units["role"] == "left_out"]
    remarks = [*plan.remarks]
    if len(left_out):
        of = "windows" if protocol.windows else "clips"
        counts = left_out["reason"].value_counts().sort_index()
        remarks += [f"{count} {of} left out: {reason}" for reason, count in counts.items()]
    crossing: dict[str, int | None] = {column: crossing_rows(plan, column) for column in ("recording", "song", "group")}
    if not _songs_known(plan.units):
        crossing |= {"song": None, "group": None}
    return {
        "protocol": protocol.name,
        "possible": "yes",
        "reason": "; ".join(remarks),
        "folds": int(test_fold.max()),
        "partitions": len(plan.partitions),
        "n_clips": int(tested["clip"].nunique()),
        "n_windows": len(tested) if protocol.windows else None,
        "n_groups": int(tested[protocol.unit].nunique()),
        "n_genres": int(tested["label"].nunique()),
        "min_per_genre": int(tested["label"].value_counts().min()),
        "crossing_recordings": crossing["recording"],
        "crossing_songs": crossing["song"],
        "crossing_artists": crossing["group"],
    }


def crossing_rows(plan: Plan, column: str) -> int:
    """Tested rows, of the partition where they are most, whose value of `column` is also trained on in their fold."""
    values, role = plan.units[column].to_numpy(dtype=object), plan.units["role"].to_numpy(dtype=object)
    counts = []
    for test_fold in plan.partitions:
        crossing = 0
        for fold in range(1, int(test_fold.max()) + 1):
            tested = test_fold == fold
            trained = set(values[((test_fold > 0) & ~tested) | ((test_fold == 0) & (role == "train"))])
            crossing += sum(value in trained for value in values[tested])
        counts.append(crossing)
    return max(counts)
