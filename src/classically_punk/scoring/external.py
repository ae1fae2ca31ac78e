"""Scores on music from elsewhere, beside the same scores inside the collection that was fitted to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.models import MODELS
from classically_punk.contracts.protocols import OTHER_DRAWS, PROTOCOLS
from classically_punk.contracts.tables.external import EXTERNAL_RECALL, EXTERNAL_SCORES, SCORED
from classically_punk.foundation.params import Evaluate
from classically_punk.scoring.bootstrap import Interval
from classically_punk.scoring.scores import ONE_GROUP, Judged, bootstrap_units, judge_rows


@dataclass(frozen=True)
class Beside:
    """elsewhere : one model, scored on music from elsewhere. inside : the same model on held-out clips of its own
    collection, of the same genres; None where it was not asked there."""

    elsewhere: Judged
    inside: Judged | None


def judged_beside(
    predictions: pd.DataFrame,
    groups: Mapping[str, str],
    held_out: pd.DataFrame,
    clips: pd.DataFrame,
    protocol: str,
    settings: Evaluate,
) -> dict[str, Beside]:
    """By model, in the order of MODELS.

    predictions : of all models on music from elsewhere; groups : clip -> group there
    held_out    : predictions inside the fit's own collection; clips : its design table; protocol : its headline
    Inside, clips of genres that are not asked about elsewhere are left out, so that both scores are of the same
    question; the genres to choose from are all those of the fit on both sides.
    """
    inside = held_out[(held_out["protocol"] == protocol) & held_out["label"].isin(set(predictions["label"]))]
    found = {}
    for model in [name for name in MODELS if name in set(predictions["model"])]:
        part = _sorted(predictions[predictions["model"] == model])
        elsewhere = judge_rows(part, part["clip"].map(groups), settings, OTHER_DRAWS["external"])
        own = _sorted(inside[inside["model"] == model])
        key = PROTOCOLS[protocol].seed_key
        judged = None if own.empty else judge_rows(own, bootstrap_units(own, protocol, clips), settings, key)
        found[model] = Beside(elsewhere, judged)
    return found


def external_scores(judged: Mapping[str, Beside]) -> pd.DataFrame:
    """EXTERNAL_SCORES."""
    rows: list[dict[str, object]] = []
    for model, each in judged.items():
        for score in SCORED:
            value, interval = _value(each.elsewhere, score)
            inside, inside_interval = (
                (None, Interval(None, None, "")) if each.inside is None else _value(each.inside, score)
            )
            apart = difference(each, score)
            rows.append(
                {
                    "model": model,
                    "score": score,
                    "value": value,
                    "low": interval.low,
                    "high": interval.high,
                    "inside": inside,
                    "inside_low": inside_interval.low,
                    "inside_high": inside_interval.high,
                    "difference": None if value is None or inside is None else value - inside,
                    "difference_low": apart.low,
                    "difference_high": apart.high,
                    "n": each.elsewhere.n_rows,
                    "n_groups": each.elsewhere.counts.n_groups,
                    "inside_n": 0 if each.inside is None else each.inside.n_rows,
                    "reason": _reasons(interval, inside_interval, apart),
                }
            )
    return tables.frame(EXTERNAL_SCORES, rows)


def external_recall(judged: Mapping[str, Beside]) -> pd.DataFrame:
    """EXTERNAL_RECALL of the genres that were asked about."""
    rows: list[dict[str, object]] = []
    for model, each in judged.items():
        found = each.elsewhere
        asked = found.counts.confusion.sum(axis=(0, 2))
        for k, genre in enumerate(found.counts.genres):
            if asked[k] > 0:
                interval = found.recall_interval(genre)
                rows.append(
                    {
                        "model": model,
                        "genre": genre,
                        "recall": float(found.scores.recall[k]),
                        "low": interval.low,
                        "high": interval.high,
                        "n": round(asked[k]),
                        "n_groups": int(found.counts.groups_per_genre[k]),
                        "reason": interval.reason,
                    }
                )
    return tables.frame(EXTERNAL_RECALL, rows)


def difference(each: Beside, score: str) -> Interval:
    """Interval of the score elsewhere less the score inside, two independent samples, made of their own intervals.

    Source: Zou & Donner 2008, Construction of confidence limits about effect measures: a general approach, Statistics
    in Medicine 27 (MOVER): each end lies as far out as the root of the sum of squares of the two distances that it is
    made of.
    """
    if each.inside is None:
        return Interval(None, None, "not asked inside")
    here, low, high = _ends(each.elsewhere, score)
    there, inside_low, inside_high = _ends(each.inside, score)
    if here is None or there is None or low is None or high is None or inside_low is None or inside_high is None:
        return Interval(None, None, "no interval of the difference: one of the two has none")
    below = np.hypot(max(here - low, 0.0), max(inside_high - there, 0.0))
    above = np.hypot(max(high - here, 0.0), max(there - inside_low, 0.0))
    return Interval(float(here - there - below), float(here - there + above), "")


def _ends(judged: Judged, score: str) -> tuple[float | None, float | None, float | None]:
    value, found = _value(judged, score)
    return value, found.low, found.high


def _value(judged: Judged, score: str) -> tuple[float | None, Interval]:
    if score not in judged.values:
        return None, Interval(None, None, ONE_GROUP)
    return judged.values[score], judged.interval(score)


def _reasons(elsewhere: Interval, inside: Interval, apart: Interval) -> str:
    """Each once: what holds inside is said so."""
    said = [elsewhere.reason]
    if inside.reason and inside.reason != elsewhere.reason:
        said.append(f"inside: {inside.reason}")
    if apart.low is None and apart.reason not in (elsewhere.reason, inside.reason):
        said.append(apart.reason)
    return "; ".join(text for text in said if text)


def _sorted(part: pd.DataFrame) -> pd.DataFrame:
    return part.sort_values(["fold", "clip", "window"], ignore_index=True)
