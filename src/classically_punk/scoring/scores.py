"""The judgement of held-out predictions: scores with intervals, as tables and as one small summary."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.models import MAJORITY, MODELS, REGRESSION, comparators
from classically_punk.contracts.protocols import PROTOCOLS, headline_of
from classically_punk.contracts.tables.scores import ANSWERS, CONFUSION, RECALL
from classically_punk.contracts.tables.scores import SCORES as SCORE_TABLE
from classically_punk.foundation.params import Evaluate
from classically_punk.scoring.bootstrap import (
    Interval,
    Units,
    group_weights,
    percentile_interval,
    resampled_counts,
    share_interval,
    units_of,
)
from classically_punk.scoring.counts import FloatArray, GroupCounts, Scores, count_by_group, ranked, scores_of
from classically_punk.scoring.soft_scores import (
    SOFT_SCORES,
    SoftCounts,
    calibrated,
    soft_counts,
    soft_scores,
    uncalibrated,
)

HARD_SCORES = ("accuracy", "balanced_accuracy", "macro_f1", "top2_accuracy")
RAW = "raw_"  # prefix of scores of the probabilities as the model gives them, before calibration
SCORES = (*HARD_SCORES, *SOFT_SCORES, *(f"{RAW}{score}" for score in SOFT_SCORES))
NO_PROBABILITIES = "no value: the model gives no probabilities of its own"
ONE_GROUP = "no value: from one group the calibration error cannot be told from its noise"
IN_SUMMARY = ("accuracy", "macro_f1", "top2_accuracy", "log_loss", "calibration_error")


@dataclass(frozen=True)
class Judged:
    """One protocol's predictions by one model, scored.

    n_rows : tested rows of one partition into folds; counts and sums hold the rows of all `partitions`
    spread : standard deviation of the accuracy over partitions; None with a single one
    units  : the groups that intervals resample, in the order of the counts
    counts, scores : as observed; resampled : the same scores, first axis = resamples, None with fewer than 2 groups
    values  : each of SCORES as observed; those that the model has not, or that one group cannot give, are absent
    samples : the same, shape (resamples,); None with fewer than 2 groups
    soft    : sums per group behind the scores of calibrated probabilities
    """

    model: str
    protocol: str
    n_rows: int
    n_clips: int
    partitions: int
    spread: float | None
    units: Units
    counts: GroupCounts
    scores: Scores
    resampled: Scores | None
    values: Mapping[str, float]
    samples: Mapping[str, FloatArray] | None
    soft: SoftCounts
    confidence: float

    def interval(self, score: str) -> Interval:
        """Of one of SCORES that the model has."""
        if self.samples is None:
            return Interval(None, None, "no interval: fewer than 2 groups")
        of = share_interval if score in HARD_SCORES else percentile_interval
        return of(self.samples[score], self.confidence, self.units)

    def recall_interval(self, genre: str) -> Interval:
        """Of the recall of `genre`, over the groups that have clips of it."""
        return self._by_genre("recall", genre)

    def precision_interval(self, genre: str) -> Interval:
        """Of the precision of `genre`, over the groups that have clips of it."""
        return self._by_genre("precision", genre)

    def _by_genre(self, score: str, genre: str) -> Interval:
        k = self.counts.genres.index(genre)
        bearing = self.counts.confusion[:, k].sum(axis=1) > 0
        if self.resampled is None or bearing.sum() < 2:
            return Interval(None, None, "no interval: clips of fewer than 2 groups")
        samples: FloatArray = getattr(self.resampled, score)
        return share_interval(samples[:, k], self.confidence, self.units, bearing)


Judgements = Mapping[str, Mapping[str, Judged]]
"""By model, then by protocol."""


def judge_all(predictions: pd.DataFrame, clips: pd.DataFrame, settings: Evaluate) -> dict[str, dict[str, Judged]]:
    """`judge` for each model in `predictions`, in the order of MODELS; other names after them, sorted."""
    order = {name: k for k, name in enumerate(MODELS)}
    names = sorted(predictions["model"].unique(), key=lambda name: (order.get(name, len(order)), name))
    return {name: judge(predictions[predictions["model"] == name], clips, settings) for name in names}


def judge(predictions: pd.DataFrame, clips: pd.DataFrame, settings: Evaluate) -> dict[str, Judged]:
    """Scores of every protocol in `predictions`, which are one model's, in the order of PROTOCOLS.

    clips : clip, group, song; the design table will do. The bootstrap draws the `unit` of each protocol. The draws
    depend on the seed and the protocol alone, so that two classifiers on the same folds are compared draw by draw.
    Raises ValueError on a protocol or clip that is not known, or predictions of several models.
    """
    unknown = sorted(set(predictions["protocol"]) - set(PROTOCOLS))
    if unknown:
        raise ValueError(f"protocol {unknown[0]!r} is none of {', '.join(PROTOCOLS)}")
    models = predictions["model"].unique()
    if len(models) != 1:
        raise ValueError(f"predictions of one model expected, found {', '.join(models)}")
    judged = {}
    for protocol in PROTOCOLS:
        part = predictions[predictions["protocol"] == protocol]
        if not part.empty:
            part = part.sort_values(["fold", "clip", "window"], ignore_index=True)  # sums to the last bit
            key = PROTOCOLS[protocol].seed_key
            judged[protocol] = judge_rows(part, bootstrap_units(part, protocol, clips), settings, key)
    return judged


def bootstrap_units(part: pd.DataFrame, protocol: str, clips: pd.DataFrame) -> pd.Series:
    """The unit of the protocol's bootstrap that each row of `part` belongs to; same index.

    Raises ValueError on a clip that is not in `clips`.
    """
    units = part["clip"].map(clips.drop_duplicates("clip").set_index("clip")[PROTOCOLS[protocol].unit])
    if units.isna().any():
        raise ValueError(f"clip {part.loc[units.isna(), 'clip'].iloc[0]} is predicted but not in the clip list")
    return units


def protocol_weights(protocol: str, units: Units, settings: Evaluate) -> FloatArray:
    """The bootstrap's weights for a protocol, the same for every model: shape (resamples, n_groups)."""
    return _drawn(units, settings, PROTOCOLS[protocol].seed_key)


def _drawn(units: Units, settings: Evaluate, seed_key: int) -> FloatArray:
    return group_weights(units, settings.resamples, np.random.default_rng([settings.seed, seed_key]))


def judge_rows(part: pd.DataFrame, groups: pd.Series, settings: Evaluate, seed_key: int) -> Judged:
    """Scores of predictions of one model under one protocol, by resampling `groups` of the rows (same index).

    seed_key : tells the bootstrap's draws from those of other predictions, as in `contracts.protocols`
    """
    model, protocol = str(part["model"].iloc[0]), str(part["protocol"].iloc[0])
    partitions = int(part["partition"].nunique())
    units = units_of(part["label"], groups)
    counts = count_by_group(part, groups)
    soft = {"": soft_counts(calibrated(part), part, groups)}
    raw = uncalibrated(part, model)
    if raw is not None:
        soft[RAW] = soft_counts(raw, part, groups)
    scores = scores_of(counts.confusion.sum(axis=0), counts.top_two.sum(axis=0))
    values = {name: float(getattr(scores, name)) for name in HARD_SCORES}
    for prefix, each in soft.items():
        found = soft_scores(each, np.ones((1, counts.n_groups)))
        values |= {f"{prefix}{name}": float(value[0]) for name, value in found.items() if not np.isnan(value[0])}
    resampled, samples = None, None
    if counts.n_groups >= 2:
        weights = _drawn(units, settings, seed_key)
        resampled = scores_of(resampled_counts(weights, counts.confusion), resampled_counts(weights, counts.top_two))
        samples = {name: np.asarray(getattr(resampled, name)) for name in HARD_SCORES}
        for prefix, each in soft.items():
            samples |= {f"{prefix}{name}": value for name, value in soft_scores(each, weights).items()}
    return Judged(
        model,
        protocol,
        len(part) // partitions,
        int(part["clip"].nunique()),
        partitions,
        _spread(part),
        units,
        counts,
        scores,
        resampled,
        values,
        samples,
        soft[""],
        settings.confidence,
    )


def _spread(part: pd.DataFrame) -> float | None:
    right = (part["predicted"] == part["label"]).groupby(part["partition"]).mean()
    return float(right.std(ddof=1)) if len(right) > 1 else None


def headline(judged: Mapping[str, Judged]) -> str:
    """The protocol whose scores stand in headlines, by the ranks in the registry.

    Raises PunkError when there is none of them: a corpus is not summed up by a leaky score.
    """
    return headline_of(judged)


def best_comparator(predictions: pd.DataFrame, protocol: str) -> str:
    """The comparator with the most rows right under the protocol; of equal ones the first in MODELS."""
    part = predictions[(predictions["protocol"] == protocol) & predictions["model"].isin(comparators())]
    right = (part["predicted"] == part["label"]).groupby(part["model"]).mean()
    return str(right.reindex([name for name in comparators() if name in right.index]).idxmax())


def summary(judged: Mapping[str, Judged]) -> dict[str, Any]:
    """For metrics/<corpus>/summary.json, which a reviewer reads whole: of one model the accuracy with its interval by
    protocol, the other scores under that of the headline, and its name. scores.csv has all; what has no value (an
    interval over one group) is left out there with its reason. Raises PunkError as `headline` does."""
    chosen = headline(judged)
    content: dict[str, Any] = {protocol: _summary_of(each, protocol == chosen) for protocol, each in judged.items()}
    return {**content, "headline": {"protocol": chosen}}


def comparators_summary(judged: Judgements, protocol: str) -> dict[str, Any]:
    """For metrics/<corpus>/summary.json: which comparator has the highest accuracy under `protocol`, that accuracy, and
    that of the most frequent genre. What was not judged is left out; scores.csv has every model."""
    found = {
        model: judged[model][protocol].values["accuracy"]
        for model in judged
        if model in {*comparators(), MAJORITY} and protocol in judged[model]
    }
    ranked = sorted((name for name in found if name in comparators()), key=lambda name: (-found[name], name))
    best = {"best": ranked[0], "accuracy": found[ranked[0]]} if ranked else {}
    return best | ({"majority": found[MAJORITY]} if MAJORITY in found else {})


def score_table(judged: Judgements, protocols: pd.DataFrame | None = None) -> pd.DataFrame:
    """SCORES of every model under every protocol; `reason` says why an interval or a value is missing, or what the
    interval lacks.

    protocols : as in `protocols.FoldPlan`; those that are impossible get one row with the reason
    """
    rows: list[dict[str, object]] = []
    for model, by_protocol in judged.items():
        for protocol, each in by_protocol.items():
            for score in SCORES:
                known = score in each.values
                interval = each.interval(score) if known else Interval(None, None, _why_missing(each, score))
                rows.append(
                    {
                        "model": model,
                        "protocol": protocol,
                        "score": score,
                        "value": each.values.get(score),
                        "low": interval.low,
                        "high": interval.high,
                        "spread": each.spread if score == "accuracy" else None,
                        "partitions": each.partitions,
                        "n": each.n_rows,
                        "n_groups": each.counts.n_groups,
                        "reason": interval.reason,
                    }
                )
    if protocols is not None:
        impossible = protocols[protocols["possible"] == "no"]
        rows += [
            {"protocol": protocol, "partitions": 0, "n": 0, "n_groups": 0, "reason": f"protocol left out: {reason}"}
            for protocol, reason in zip(impossible["protocol"], impossible["reason"], strict=True)
        ]
    return tables.frame(SCORE_TABLE, rows)


def recall_table(judged: Judgements) -> pd.DataFrame:
    """RECALL of every genre, by model and protocol."""
    rows: list[dict[str, object]] = []
    for model, by_protocol in judged.items():
        for protocol, each in by_protocol.items():
            tested = each.counts.confusion.sum(axis=(0, 2))
            for k, genre in enumerate(each.counts.genres):
                recall, precision = float(each.scores.recall[k]), float(each.scores.precision[k])
                interval, other = each.recall_interval(genre), each.precision_interval(genre)
                reasons = ["no recall: no tested row of this genre"] if np.isnan(recall) else [interval.reason]
                if np.isnan(precision):
                    reasons.append("no precision: never predicted")
                elif other.reason and other.reason != interval.reason:
                    reasons.append(f"precision: {other.reason}")
                rows.append(
                    {
                        "model": model,
                        "protocol": protocol,
                        "genre": genre,
                        "recall": recall,
                        "low": interval.low,
                        "high": interval.high,
                        "precision": precision,
                        "precision_low": other.low,
                        "precision_high": other.high,
                        "n": round(tested[k] / each.partitions),
                        "n_groups": int(each.counts.groups_per_genre[k]),
                        "reason": "; ".join(text for text in reasons if text),
                    }
                )
    return tables.frame(RECALL, rows)


def confusion_table(judged: Mapping[str, Judged]) -> pd.DataFrame:
    """CONFUSION of one model by protocol; zeros included."""
    rows: list[dict[str, object]] = []
    for protocol, each in judged.items():
        confusion = each.counts.confusion.sum(axis=0)
        for i, actual in enumerate(each.counts.genres):
            total = confusion[i].sum()
            if total > 0:
                rows += [
                    {
                        "protocol": protocol,
                        "actual": actual,
                        "predicted": predicted,
                        "count": confusion[i, j] / each.partitions,
                        "share": confusion[i, j] / total,
                    }
                    for j, predicted in enumerate(each.counts.genres)
                ]
    return tables.frame(CONFUSION, rows)


def prediction_table(predictions: pd.DataFrame) -> pd.DataFrame:
    """PREDICTIONS, clip by clip, for the protocols that test whole clips."""
    whole = predictions[~predictions["protocol"].map(_tests_windows)]
    keys = whole[["protocol", "partition", "fold", "clip", "label", "predicted"]]
    return pd.concat([keys, ranked(whole)], axis=1).reset_index(drop=True)


def answer_table(predictions: pd.DataFrame, clips: pd.DataFrame) -> pd.DataFrame:
    """ANSWERS of all models but the plain regression, in the order of the registry. clips : as for `judge`."""
    key = list(ANSWERS.key)
    whole = predictions[~predictions["protocol"].map(_tests_windows)]
    parts = [
        part[key].assign(unit=bootstrap_units(part, str(protocol), clips)).drop_duplicates(key)
        for protocol, part in whole.groupby("protocol", sort=False)
    ]
    rows = pd.concat(parts, ignore_index=True) if parts else tables.frame(ANSWERS, [])
    order = {name: k for k, name in enumerate(PROTOCOLS)}
    rows = rows.sort_values(key, key=lambda cells: cells.map(order) if cells.name == "protocol" else cells)
    for model in (name for name in MODELS if name != REGRESSION and (whole["model"] == name).any()):
        said = whole.loc[whole["model"] == model, [*key, "predicted"]]
        rows = rows.merge(said.rename(columns={"predicted": f"predicted.{model}"}), on=key, how="left")
    return rows.reset_index(drop=True).fillna("")


def _why_missing(each: Judged, score: str) -> str:
    one = each.counts.n_groups < 2 and score.removeprefix(RAW) == "calibration_error"
    return ONE_GROUP if one else NO_PROBABILITIES


def _tests_windows(protocol: str) -> bool:
    return PROTOCOLS[protocol].windows


def _summary_of(each: Judged, whole: bool) -> dict[str, Any]:
    content: dict[str, Any] = {
        "n_clips": each.n_clips,
        "n_groups": each.counts.n_groups,
        "n_genres": int((each.counts.groups_per_genre > 0).sum()),
    }
    if _tests_windows(each.protocol):
        content["n_windows"] = each.n_rows
    if whole and each.spread is not None:
        content["accuracy_spread"] = each.spread
    for score in (name for name in IN_SUMMARY[: None if whole else 1] if name in each.values):
        content[score] = each.values[score]
    interval = each.interval("accuracy")
    if interval.low is not None and interval.high is not None:
        content |= {"accuracy_low": interval.low, "accuracy_high": interval.high}
    return content
