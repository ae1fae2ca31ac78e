"""Which regression answers at which length: chosen and calibrated on held-out cuts of that length.

The choice is judged by cross-fitting: for every fold it is made, and calibrated, on the other folds, so that no cut has
a say in what answers it. What is served is the choice on all folds.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.design import FITTED, genres_of
from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.contracts.tables.lengths import LENGTHS
from classically_punk.experiments.lengths import KEYS, NO_INTERVAL, PLAIN, best_ways
from classically_punk.foundation.params import Evaluate
from classically_punk.models.calibration import fit_inverse_temperature
from classically_punk.scoring.comparisons import paired_interval
from classically_punk.scoring.scores import Judged, bootstrap_units, judge_rows
from classically_punk.scoring.soft_scores import actual_of

WAY = ["model", "fitted_to", "asked"]
ABOUT = ["length", "fitted_to", "asked"]
"""What answers have beside the columns of OLS_HELD_OUT."""


class Choice(NamedTuple):
    """What answers at a length, and what its scores are multiplied by before the softmax."""

    length: float
    model: str
    fitted_to: str
    asked: str
    inverse_temperature: float


def recalibrated(inside: pd.DataFrame) -> pd.DataFrame:
    """The same answers of one protocol, each fold's probabilities calibrated on the other folds' cuts of its length.

    inside : as `lengths.inside_answers` gives them. A single fold keeps what its training part gave.
    """
    return pd.concat([_cross_fitted(part) for _, part in inside.groupby(KEYS, sort=False)], ignore_index=True)


def elsewhere_recalibrated(elsewhere: pd.DataFrame, inside: pd.DataFrame) -> pd.DataFrame:
    """Answers about another collection, calibrated on all folds' cuts of the fit's own of the same length."""
    found = {key: _fitted(part) for key, part in inside.groupby(KEYS, sort=False)}
    b = [found[key] for key in elsewhere[KEYS].itertuples(index=False, name=None)]
    return elsewhere.assign(inverse_temperature=b)


def chosen(inside: pd.DataFrame, units: Mapping[str, str]) -> list[Choice]:
    """What answers at each length, as `lengths.best_ways`.

    inside : of one protocol, recalibrated; units : clip -> what is alike. The calibration of what is chosen is of all
    folds.
    """
    found = []
    for length, way in best_ways(inside, units).items():
        part = inside[(inside["length"] == length) & _is(inside, way)]
        found.append(Choice(float(length), *way, _fitted(part)))
    return found


def served_answers(inside: pd.DataFrame, units: Mapping[str, str]) -> pd.DataFrame:
    """For each fold and length, the answers of what the other folds choose. inside, units : as for `chosen`.

    A single fold has no others: its own choice stands in, and flatters.
    """
    folds = sorted(inside["fold"].unique())
    parts = []
    for fold in folds:
        own, others = inside["fold"] == fold, inside["fold"] != fold
        for length, way in best_ways(inside[others] if len(folds) > 1 else inside, units).items():
            parts.append(inside[own & (inside["length"] == length) & _is(inside, way)])
    return pd.concat(parts, ignore_index=True).sort_values(["length", "fold", "clip"], ignore_index=True)


def units_of_clips(clips: pd.DataFrame, protocol: str) -> dict[str, str]:
    """clip -> the unit of the protocol's bootstrap. clips : clip, group, song; the design table will do."""
    units: dict[str, str] = clips.drop_duplicates("clip").set_index("clip")[PROTOCOLS[protocol].unit].to_dict()
    return units


def agreement(answers: pd.DataFrame, choice: Choice) -> float:
    """Share of the served answers of a length that `choice` gave."""
    part = answers[answers["length"] == choice.length]
    return float(_is(part, (choice.model, choice.fitted_to, choice.asked)).mean())


def judged(answers: pd.DataFrame, clips: pd.DataFrame, protocol: str, settings: Evaluate) -> Judged:
    """Answers of one length, one for each clip. clips : clip, group, song; the design table will do."""
    plain = answers.drop(columns=ABOUT).sort_values(["fold", "clip"], ignore_index=True)
    return judge_rows(plain, bootstrap_units(plain, protocol, clips), settings, PROTOCOLS[protocol].seed_key)


def lengths_table(inside: pd.DataFrame, clips: pd.DataFrame, settings: Evaluate) -> pd.DataFrame:
    """LENGTHS, of every protocol in `inside`, which is recalibrated."""
    rows: list[dict[str, object]] = []
    for protocol, whole in inside.groupby("protocol", sort=False):
        best = best_ways(whole, units_of_clips(clips, str(protocol)))
        for key, part in whole.groupby(KEYS, sort=False):
            found = judged(part, clips, str(protocol), settings)
            named = dict(zip(KEYS, key, strict=True))
            is_best = best[key[0]] == tuple(named[name] for name in WAY)
            rows.append({"protocol": protocol, **named, "chosen": "yes" if is_best else "no", **scores_of(found)})
    return tables.frame(LENGTHS, rows)


def scores_of(found: Judged) -> dict[str, object]:
    """The part of a row of LENGTHS or SERVED that says how good the answers are."""
    accuracy = found.interval("accuracy")
    error = found.interval("calibration_error") if "calibration_error" in found.values else NO_INTERVAL
    return {
        "accuracy": found.values["accuracy"],
        "low": accuracy.low,
        "high": accuracy.high,
        "log_loss": found.values["log_loss"],
        "calibration_error": found.values.get("calibration_error"),
        "calibration_error_low": error.low,
        "calibration_error_high": error.high,
        "n": found.n_rows,
        "n_groups": found.counts.n_groups,
        "reason": accuracy.reason,
    }


def against_plain(
    answers: pd.DataFrame, inside: pd.DataFrame, clips: pd.DataFrame, protocol: str, settings: Evaluate
) -> Mapping[str, object]:
    """The lead in accuracy of the served answers of a length over OLS fitted to clips, with its paired interval."""
    length = answers["length"].iloc[0]
    plain = inside[(inside["length"] == length) & _is(inside, PLAIN)]
    ours, theirs = (judged(each, clips, protocol, settings) for each in (answers, plain))
    interval = paired_interval(ours, theirs)
    difference = ours.values["accuracy"] - theirs.values["accuracy"]
    return {"difference": difference, "difference_low": interval.low, "difference_high": interval.high}


def _cross_fitted(part: pd.DataFrame) -> pd.DataFrame:
    folds = part["fold"].unique()
    if len(folds) == 1:
        return part
    b = np.empty(len(part))
    for fold in folds:
        own = (part["fold"] == fold).to_numpy()
        b[own] = _fitted(part[~own])
    return part.assign(inverse_temperature=b)


def _fitted(part: pd.DataFrame) -> float:
    names = [f"{FITTED}{genre}" for genre in genres_of(part.columns)]
    return fit_inverse_temperature(part[names].to_numpy(dtype=float), actual_of(part), 1.0 / (len(part) + 2))


def _is(rows: pd.DataFrame, way: tuple[str, ...]) -> pd.Series:
    same = pd.Series(True, index=rows.index)
    for name, value in zip(WAY, way, strict=True):
        same &= rows[name] == value
    return same
