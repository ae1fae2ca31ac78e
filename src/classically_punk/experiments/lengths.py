"""Snippets: models fitted to whole clips, to their windows, or to both, asked about cuts of several lengths.

A deviation over 3 s is not one over 30 s, so what was fitted to whole clips reads a snippet wrongly. Which fit answers
at a length is chosen on the fit's own collection, on cuts of clips that were held out; music from elsewhere, about
which it is then asked, has no say in it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import Classifier, FloatArray, Suite, Training
from classically_punk.contracts.design import FITTED, WHOLE
from classically_punk.contracts.models import REGRESSION
from classically_punk.contracts.protocols import OTHER_DRAWS, PROTOCOLS, kept_whole
from classically_punk.contracts.tables.external import EXTERNAL_LENGTHS
from classically_punk.foundation.params import Evaluate
from classically_punk.scoring.bootstrap import Interval, percentile_interval
from classically_punk.scoring.scores import Judged, bootstrap_units, judge_rows
from classically_punk.scoring.soft_scores import actual_of, calibrated


class Way(NamedTuple):
    """What was fitted to, and what is asked: the cut as one, or the mean answer to its windows."""

    fitted_to: str
    asked: str


WAYS = (
    Way("clips", "whole"),
    Way("windows", "whole"),
    Way("both", "whole"),
    Way("altered", "whole"),
    Way("cuts", "whole"),
    Way("windows", "windows"),
    Way("both", "windows"),
    Way("altered", "windows"),
    Way("cuts", "windows"),
)

KEYS = ["length", "model", "fitted_to", "asked"]
PLAIN = (REGRESSION, "clips", "whole")
"""What others are compared with: the regression of the corpus, which was fitted to whole clips."""

CLEARLY = 2.0
"""Standard errors by which another way must be ahead of the plain one."""

NO_INTERVAL = Interval(None, None, "")

Suites = Mapping[str, Suite]
"""By what is fitted to, as in FITTED_TO."""

ORIGIN = "origin"
"""Column of a design table that says where a row comes from; without it every row is OWN."""

OWN, ALTERED, CUT = "own", "altered", "cut"


def with_altered(learned: pd.DataFrame, altered: pd.DataFrame) -> pd.DataFrame:
    """The design table with the rows of altered clips behind it. altered : as `features.altered.altered_windows`."""
    return _with(learned, altered.drop(columns="alteration"), ALTERED)


def with_cuts(learned: pd.DataFrame, cuts: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The design table with a row for each cut behind it, but those that are all of their clip.

    cuts : as `features.cuts.cuts_table`
    """
    whole = cuts[cuts["window"] == WHOLE]
    own = learned[(learned["window"] == WHOLE) & _is_own(learned)].set_index("clip")
    same = (whole[list(columns)].to_numpy() == own.loc[whole["clip"], list(columns)].to_numpy()).all(axis=1)
    return _with(learned, whole[~same].drop(columns="length"), CUT)


def _with(learned: pd.DataFrame, more: pd.DataFrame, origin: str) -> pd.DataFrame:
    about = learned.drop_duplicates("clip")[["clip", "label", "group", "song"]]
    merged = more.merge(about, on="clip", how="inner", validate="many_to_one").assign(**{ORIGIN: origin})
    return pd.concat([learned if ORIGIN in learned else learned.assign(**{ORIGIN: OWN}), merged], ignore_index=True)


def own_rows(rows: pd.DataFrame) -> NDArray[np.bool_]:
    """shape (n,): which rows are of clips as they are, neither altered nor cut."""
    return np.asarray(_is_own(rows), dtype=bool)


def _is_own(rows: pd.DataFrame) -> pd.Series:
    return rows[ORIGIN] == OWN if ORIGIN in rows else pd.Series(True, index=rows.index)


def rows_of(rows: pd.DataFrame, fitted_to: str) -> pd.DataFrame:
    """Those rows of a design table that a regression is fitted to. Raises KeyError on what is not in FITTED_TO."""
    whole, own = rows["window"] == WHOLE, _is_own(rows)
    kinds = {"clips": own & whole, "windows": own & ~whole, "both": own}
    for fitted_to_more, origin in (("altered", ALTERED), ("cuts", CUT)):
        kinds[fitted_to_more] = own | (rows[ORIGIN] == origin if ORIGIN in rows else False)
    return rows[kinds[fitted_to]]


def training_of(rows: pd.DataFrame, fitted_to: str, protocol: str, columns: Sequence[str]) -> Training:
    """rows : of a design table, the windows of some clips and the clips themselves.

    Calibration keeps whole what the protocol does, so windows of a clip stay together.
    """
    used = rows_of(rows, fitted_to).sort_values(["clip", "window"], kind="stable")
    keeps = kept_whole(protocol)
    units = used["clip"] if keeps == "row" else used[keeps]
    return Training(
        used[list(columns)].to_numpy(dtype=float),
        used["label"].to_numpy(dtype=object),
        units.to_numpy(dtype=object),
        tuple(sorted(rows["label"].unique())),
    )


def smallest_parts(learned: pd.DataFrame, folds: pd.DataFrame, protocol: str, columns: Sequence[str]) -> dict[str, int]:
    """How many independent rows the smallest training part is worth, by what is fitted to; without windows there are
    clips alone."""
    parts = [learned[learned["clip"].isin(training)] for training, _ in _sides(folds, protocol)]
    names = ["clips"]
    if (learned["window"] != WHOLE).any():
        names += ["windows", "both"]
    if ORIGIN in learned:
        present = set(learned[ORIGIN])
        names += [name for name, origin in (("altered", ALTERED), ("cuts", CUT)) if origin in present]
    return {name: min(effective_rows(rows_of(part, name), columns) for part in parts) for name in names}


def effective_rows(rows: pd.DataFrame, columns: Sequence[str]) -> int:
    """How many independent rows tell as much as these, where those of a clip are alike: Kish's n / (1 + (m - 1) r).

    m : rows of a clip, mean weighted by rows; r : intraclass correlation of clips after genres' means are taken out,
    from the analysis of variance, median over the columns that vary; at least the number of clips
    Source: Kish 1965, Survey Sampling, sec. 5.4 and 8.2.
    """
    clips = rows["clip"].to_numpy(dtype=str)
    size = rows.groupby("clip").size().to_numpy(dtype=float)
    n, count = len(rows), len(size)
    if n == count:
        return n
    values = rows[list(columns)].to_numpy(dtype=float)
    means = rows.groupby("label")[list(columns)].transform("mean").to_numpy(dtype=float)
    rest = pd.DataFrame(values - means)
    of_clip = rest.groupby(clips).transform("mean").to_numpy()
    between = (of_clip**2).sum(axis=0) / max(count - rows["label"].nunique(), 1)
    within = ((rest.to_numpy() - of_clip) ** 2).sum(axis=0) / (n - count)
    varies = between + within > 0
    usual = n / count
    alike = (between - within)[varies] / (between + (usual - 1.0) * within)[varies]
    r = float(np.clip(np.median(alike), 0.0, 1.0)) if varies.any() else 1.0
    m = float((size**2).sum() / n)
    return max(count, int(n / (1.0 + (m - 1.0) * r)))


def inside_answers(
    learned: pd.DataFrame,
    folds: pd.DataFrame,
    protocol: str,
    cuts: pd.DataFrame,
    suites: Suites,
    columns: Sequence[str],
) -> pd.DataFrame:
    """What models say of cuts of clips of their own collection that were held out, in the first partition.

    learned : the design table, with windows; cuts : as `features.cuts.cuts_table` gives them
    """
    labels = learned.drop_duplicates("clip").set_index("clip")["label"].to_dict()
    found = []
    for number, (training, tested) in enumerate(_sides(folds, protocol), start=1):
        fits = fitted(learned[learned["clip"].isin(training)], suites, protocol, columns)
        found.append(answers(fits, cuts[cuts["clip"].isin(tested)], labels, protocol, columns, number))
    return pd.concat(found, ignore_index=True)


def fitted(
    rows: pd.DataFrame, suites: Suites, protocol: str, columns: Sequence[str]
) -> dict[str, tuple[tuple[str, ...], Mapping[str, Classifier]]]:
    """By what is fitted to: the genres, and the models by name."""
    parts = {fitted_to: training_of(rows, fitted_to, protocol, columns) for fitted_to in suites}
    return {fitted_to: (part.genres, suites[fitted_to](part)) for fitted_to, part in parts.items()}


def answers(
    fits: Mapping[str, tuple[tuple[str, ...], Mapping[str, Classifier]]],
    cuts: pd.DataFrame,
    labels: Mapping[str, str],
    protocol: str,
    columns: Sequence[str],
    fold: int = 1,
) -> pd.DataFrame:
    """Predictions, as OLS_HELD_OUT has them, with the further columns length, fitted_to and asked.

    Cuts of fewer than two windows are asked about as one only.
    """
    found = []
    for length, part in cuts.sort_values(["clip", "window"]).groupby("length", sort=True):
        whole, windows = part[part["window"] == WHOLE], part[part["window"] != WHOLE]
        several = bool((windows.groupby("clip").size().reindex(whole["clip"]) > 1).all())
        for way in WAYS:
            if way.fitted_to not in fits or (way.asked == "windows" and not several):
                continue
            genres, classifiers = fits[way.fitted_to]
            rows = whole if way.asked == "whole" else windows
            for model, classifier in classifiers.items():
                scores = pd.DataFrame(classifier.scores(rows[list(columns)].to_numpy(dtype=float)))
                scores = scores.groupby(rows["clip"].to_numpy()).mean().loc[whole["clip"]].to_numpy()
                frame = whole[["clip"]].reset_index(drop=True)
                frame = frame.assign(model=model, protocol=protocol, partition=1, fold=fold, window=WHOLE)
                frame["label"] = frame["clip"].map(labels)
                frame["predicted"] = np.array(genres, dtype=object)[scores.argmax(axis=1)]
                frame["inverse_temperature"] = classifier.inverse_temperature
                frame = frame.assign(leverage=np.nan, length=length, fitted_to=way.fitted_to, asked=way.asked)
                found.append(pd.concat([frame, pd.DataFrame(scores, columns=[f"{FITTED}{g}" for g in genres])], axis=1))
    return pd.concat(found, ignore_index=True)


def best_ways(inside: pd.DataFrame, units: Mapping[str, str]) -> dict[float, tuple[str, str, str]]:
    """length -> model, fitted to, asked: OLS fitted to clips, unless another is clearly better; then the best.

    inside : answers about held-out cuts, one protocol's; units : clip -> what is alike, artists or songs
    Clearly better is a mean log loss lower by more than CLEARLY standard errors of the paired difference, whole groups
    being what varies: of many ways that are as good, the luckiest would else be taken.
    """
    losses = inside[KEYS].assign(clip=inside["clip"], loss=_losses(inside))
    found = {}
    for length, part in losses.groupby("length", sort=True):
        wide = part.pivot(index="clip", columns=KEYS[1:], values="loss")
        groups = wide.index.map(units).to_numpy(dtype=str)
        best = wide.mean().idxmin()
        lead = wide[PLAIN].to_numpy() - wide[best].to_numpy()
        found[float(length)] = best if best == PLAIN or _clear(lead, groups) else PLAIN
    return found


def _clear(lead: FloatArray, groups: NDArray[np.str_]) -> bool:
    """Whether the mean of `lead`, shape (n,), is above 0 by more than CLEARLY standard errors over groups."""
    mean = lead.mean()
    _, index = np.unique(groups, return_inverse=True)
    sums = np.bincount(index, weights=lead - mean)
    if len(sums) < 2:
        return False
    error = np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)) / len(lead)
    return bool(mean > CLEARLY * error)


def _losses(answers: pd.DataFrame) -> FloatArray:
    probabilities = calibrated(answers)
    losses: FloatArray = -np.log(np.maximum(probabilities[np.arange(len(answers)), actual_of(answers)], 1e-300))
    return losses


def length_table(
    elsewhere: pd.DataFrame,
    groups: Mapping[str, str],
    inside: pd.DataFrame,
    clips: pd.DataFrame,
    protocol: str,
    settings: Evaluate,
) -> pd.DataFrame:
    """EXTERNAL_LENGTHS. elsewhere, inside : as `answers` gives them; groups : clip -> group elsewhere; clips : the
    design table of the fit."""
    own = {key: _judged_inside(part, clips, protocol, settings) for key, part in inside.groupby(KEYS, sort=False)}
    there = {key: _judged_elsewhere(part, groups, settings) for key, part in elsewhere.groupby(KEYS, sort=False)}
    rows: list[dict[str, object]] = []
    for key, found in there.items():
        interval = found.interval("accuracy")
        error = found.interval("calibration_error") if "calibration_error" in found.values else NO_INTERVAL
        plain = there[(key[0], *PLAIN)]
        apart = NO_INTERVAL
        if found is not plain and found.samples is not None and plain.samples is not None:
            paired = found.samples["accuracy"] - plain.samples["accuracy"]
            apart = percentile_interval(paired, found.confidence, found.units)
        rows.append(
            {
                **dict(zip(KEYS, key, strict=True)),
                "inside_accuracy": own[key].values["accuracy"],
                "inside_log_loss": own[key].values["log_loss"],
                "accuracy": found.values["accuracy"],
                "low": interval.low,
                "high": interval.high,
                "difference": found.values["accuracy"] - plain.values["accuracy"],
                "difference_low": apart.low,
                "difference_high": apart.high,
                "log_loss": found.values["log_loss"],
                "calibration_error": found.values.get("calibration_error"),
                "calibration_error_low": error.low,
                "calibration_error_high": error.high,
                "n": found.n_rows,
                "n_groups": found.counts.n_groups,
                "inside_n": own[key].n_rows,
                "reason": interval.reason,
            }
        )
    units = clips.drop_duplicates("clip").set_index("clip")[PROTOCOLS[protocol].unit].to_dict()
    return _with_choices(pd.DataFrame(rows), best_ways(inside, units))


def _with_choices(found: pd.DataFrame, best: Mapping[float, tuple[str, str, str]]) -> pd.DataFrame:
    """chosen : inside, as `best_ways`; wins : highest accuracy elsewhere; of equal ones the first."""
    ways = zip(found["length"], found[KEYS[1:]].itertuples(index=False, name=None), strict=True)
    chosen = {place for place, (length, way) in zip(found.index, ways, strict=True) if best[length] == way}
    wins = set(found.groupby("length")["accuracy"].idxmax())
    marked = found.assign(
        chosen=["yes" if place in chosen else "no" for place in found.index],
        wins=["yes" if place in wins else "no" for place in found.index],
    )
    return tables.frame(EXTERNAL_LENGTHS, marked.to_dict("records"))


def _judged_elsewhere(part: pd.DataFrame, groups: Mapping[str, str], settings: Evaluate) -> Judged:
    plain = part.drop(columns=["length", "fitted_to", "asked"]).sort_values("clip", ignore_index=True)
    return judge_rows(plain, plain["clip"].map(groups), settings, OTHER_DRAWS["external"])


def _judged_inside(part: pd.DataFrame, clips: pd.DataFrame, protocol: str, settings: Evaluate) -> Judged:
    plain = part.drop(columns=["length", "fitted_to", "asked"]).sort_values(["fold", "clip"], ignore_index=True)
    return judge_rows(plain, bootstrap_units(plain, protocol, clips), settings, PROTOCOLS[protocol].seed_key)


def _sides(folds: pd.DataFrame, protocol: str) -> list[tuple[set[str], set[str]]]:
    """Clips trained on and tested of each fold of the first partition."""
    used = folds[(folds["protocol"] == protocol) & (folds["partition"] == 1)]
    return [
        (set(part.loc[part["role"] == "train", "clip"]), set(part.loc[part["role"] == "test", "clip"]))
        for _, part in used.groupby("fold", sort=True)
    ]
