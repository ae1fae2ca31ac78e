"""Feature table and clip list -> design table, with a log of everything left out, merged or only noted.

Nothing here learns from labels or from the spread of values beyond "this column never changes": whatever is fitted
(scaling, power transforms, choice of columns) is fitted inside training folds, see `models.transforms`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.design import KEYS, WHOLE
from classically_punk.contracts.tables.design import CLEANING
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Clean

FITTED_IN_FOLDS = ("power or rank transform", "winsorising", "standardising", "choice of columns")
NO_FAULTS = frozenset({"resampled", "downmixed", "requantised", "replica", "near_replica", "same_name"})
"""Reasons that flag a clip without being a fault of it: what ingest converted, and what `clean.replicas` decides on."""
MOSTLY_MISSING = 0.5  # a column without a value in a larger share of clips is left out instead of the clips


@dataclass(frozen=True)
class Cleaned:
    """table: KEYS and the kept columns in float64, sorted by clip and window. log: CLEANING."""

    table: pd.DataFrame
    log: pd.DataFrame


class _Entry(NamedTuple):
    step: str
    subject: str
    action: str
    reason: str
    value: float


@dataclass
class _Log:
    entries: list[_Entry] = field(default_factory=list)

    def add(self, step: str, subject: str, action: str, reason: str, value: float = np.nan) -> None:
        self.entries.append(_Entry(step, subject, action, reason, value))

    def frame(self) -> pd.DataFrame:
        return tables.frame(CLEANING, (entry._asdict() for entry in self.entries))


def design_table(
    features: pd.DataFrame,
    clips: pd.DataFrame,
    settings: Clean,
    sets: Mapping[str, Sequence[str]],
    declared: Sequence[str] = FITTED_IN_FOLDS,
) -> Cleaned:
    """The rows and columns that the models see.

    features : clip, window (-1 = whole clip), start, duration, feature columns
    clips    : clip, label, group, recording, status, reasons; rejected clips included
    sets     : the columns of each named feature set
    declared : names of transforms that `ols` fits inside training folds; listed in the log, not applied here
    A whole-clip row with a missing or infinite value takes its clip out; a window row takes out itself only.
    Raises PunkError when features and clips do not belong together or fewer than two genres are left.
    """
    log = _Log()
    columns = _chosen_columns(features, settings, sets, log)
    usable = _usable_clips(features, clips, settings, log)
    rows = features.loc[features["clip"].isin(usable["clip"]), ["clip", "window", *columns]]
    rows = rows.astype(dict.fromkeys(columns, np.float64)).sort_values(["clip", "window"], ignore_index=True)
    rows, columns = _without_missing(rows, columns, log)
    usable = usable[usable["clip"].isin(rows["clip"])]
    usable = _one_per_recording(usable, settings, log)
    rows = rows[rows["clip"].isin(usable["clip"])]
    columns = _varying(rows, columns, settings.constant, log)
    for name in declared:
        log.add("transform", name, "declared", "fitted inside training folds by ols")
    table = rows.merge(usable[[key for key in KEYS if key != "window"]], on="clip", how="left", validate="many_to_one")
    table = table[[*KEYS, *columns]].reset_index(drop=True)
    _require_two_genres(table, log)
    whole = table["window"] == WHOLE
    log.add("result", "clips", "kept", "rows of the design table", float(whole.sum()))
    log.add("result", "windows", "kept", "rows of the design table", float((~whole).sum()))
    log.add("result", "columns", "kept", "columns of the design table", float(len(columns)))
    return Cleaned(table, log.frame())


def complete_sets(features: pd.DataFrame, sets: Mapping[str, Sequence[str]]) -> list[str]:
    """The named sets of which the feature table holds every column."""
    present = set(features.columns)
    return [name for name, columns in sets.items() if present.issuperset(columns)]


def feature_set_used(features: pd.DataFrame, settings: Clean, sets: Mapping[str, Sequence[str]]) -> str:
    """The set that `design_table` uses: the one in params, else the first that is complete.

    Raises PunkError when none is.
    """
    complete = complete_sets(features, sets)
    if settings.feature_set in complete:
        return settings.feature_set
    if not complete:
        chosen = settings.feature_set
        missing = [column for column in sets.get(chosen, ()) if column not in features.columns]
        raise PunkError(
            f"features: set {chosen} is incomplete, {len(missing)} columns are missing, first {missing[:3]}; "
            "no other set is complete either: run the features stage again"
        )
    return complete[0]


def _chosen_columns(features: pd.DataFrame, settings: Clean, sets: Mapping[str, Sequence[str]], log: _Log) -> list[str]:
    chosen = settings.feature_set
    used = feature_set_used(features, settings, sets)
    if used == chosen:
        log.add("feature_set", chosen, "used", "chosen in params", float(len(sets[chosen])))
        return list(sets[chosen])
    log.add("feature_set", chosen, "not available", "the feature table does not hold all of its columns")
    log.add("feature_set", used, "used", f"in place of {chosen}", float(len(sets[used])))
    return list(sets[used])


def _usable_clips(features: pd.DataFrame, clips: pd.DataFrame, settings: Clean, log: _Log) -> pd.DataFrame:
    """Clips that are not rejected (nor flagged with a fault, by policy) and have a whole-clip row."""
    if clips["clip"].duplicated().any():
        twice = clips.loc[clips["clip"].duplicated(), "clip"].iloc[0]
        raise PunkError(f"clips.csv: clip {twice} is listed twice; run the ingest stage again")
    unknown = sorted(set(features["clip"]) - set(clips["clip"]))
    if unknown:
        raise PunkError(
            f"features: clip {unknown[0]} ({len(unknown)} in all) is not in clips.csv; run the features stage again"
        )
    with_row = set(features.loc[features["window"] == WHOLE, "clip"])
    clips = clips.sort_values("clip")
    kept = []
    for clip, status, reasons in zip(clips["clip"], clips["status"], clips["reasons"].fillna(""), strict=True):
        faulty = status == "flagged" and not NO_FAULTS.issuperset(str(reasons).split(";"))
        if status == "rejected" or (faulty and settings.flagged == "drop"):
            log.add("status", clip, "left out", f"{status}: {reasons or 'no reason given'}")
        elif clip not in with_row:
            log.add("features", clip, "left out", "the feature table has no row for the whole clip")
        else:
            if status == "flagged":
                log.add("status", clip, "kept", f"flagged: {reasons or 'no reason given'}")
            kept.append(clip)
    return clips[clips["clip"].isin(kept)].astype({"label": str, "group": str, "recording": str})


def _without_missing(rows: pd.DataFrame, columns: list[str], log: _Log) -> tuple[pd.DataFrame, list[str]]:
    whole = (rows["window"] == WHOLE).to_numpy()
    finite = np.isfinite(rows[columns].to_numpy())
    share = 1.0 - finite[whole].mean(axis=0) if whole.any() else np.zeros(len(columns))
    for column, missing in zip(columns, share, strict=True):
        if missing > MOSTLY_MISSING:
            log.add("missing", column, "column left out", "no finite value in most clips: share without", missing)
    stays = share <= MOSTLY_MISSING
    columns = [column for column, stay in zip(columns, stays, strict=True) if stay]
    faults = (~finite[:, stays]).sum(axis=1)
    at_fault = set(rows.loc[whole & (faults > 0), "clip"])
    for clip, window, count, of_whole in zip(rows["clip"], rows["window"], faults, whole, strict=True):
        if of_whole and count:
            log.add("missing", clip, "left out", "columns without a finite value: number", float(count))
        elif count and clip not in at_fault:
            subject = f"{clip} window {window}"
            log.add("missing", subject, "window left out", "columns without a finite value: number", float(count))
    keep = (faults == 0) & ~rows["clip"].isin(at_fault).to_numpy()
    return rows.loc[keep, ["clip", "window", *columns]], columns


def _one_per_recording(usable: pd.DataFrame, settings: Clean, log: _Log) -> pd.DataFrame:
    firsts: dict[str, tuple[str, str]] = {}
    kept = []
    for clip, label, recording in zip(usable["clip"], usable["label"], usable["recording"], strict=True):
        if recording not in firsts:
            firsts[recording] = (clip, label)
            kept.append(clip)
            continue
        first, first_label = firsts[recording]
        reason = f"same recording as {first}"
        if label != first_label:
            reason += f", which is labelled {first_label} and this one {label}"
        if settings.replicas == "first_only":
            log.add("replicas", clip, "merged", reason)
        else:
            log.add("replicas", clip, "kept", f"{reason}; never on both sides of a split")
            kept.append(clip)
    return usable[usable["clip"].isin(kept)]


def _varying(rows: pd.DataFrame, columns: list[str], constant: float, log: _Log) -> list[str]:
    values = rows.loc[rows["window"] == WHOLE, columns].to_numpy()
    if len(values) == 0:
        return columns
    deviation = values.std(axis=0)
    magnitude = np.abs(values).max(axis=0)
    kept = []
    for column, spread, largest in zip(columns, deviation, magnitude, strict=True):
        if spread > constant * largest:
            kept.append(column)
        else:
            log.add("constant", column, "column left out", "deviation over the clips, in the column's unit", spread)
    return kept


def _require_two_genres(table: pd.DataFrame, log: _Log) -> None:
    """Raises PunkError that says itself what was left out: when it does, no log is written."""
    genres = sorted(table["label"].unique())
    if len(genres) < 2:
        raise PunkError(
            f"design table: {len(genres)} genre(s) left ({', '.join(genres) or 'none'}), at least 2 are needed to "
            f"classify; {_left_out(log, 'clips', ('left out', 'merged'))}"
        )
    if table.shape[1] == len(KEYS):
        raise PunkError(
            "design table: every feature column is constant or missing, so nothing tells one clip from another; "
            + _left_out(log, "columns", ("column left out",))
        )


def _left_out(log: _Log, what: str, actions: Sequence[str]) -> str:
    """How many subjects were left out, by reason, with the first subject of each."""
    subjects: dict[str, list[str]] = {}
    for entry in log.entries:
        if entry.action in actions:
            subjects.setdefault(entry.step if entry.step == "replicas" else entry.reason, []).append(entry.subject)
    if not subjects:
        return f"no {what} were left out"
    return "left out: " + "; ".join(
        f"{len(names)} {what} such as {names[0]} ({reason})" for reason, names in sorted(subjects.items())
    )
