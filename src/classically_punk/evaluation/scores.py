"""The judgement of held-out predictions: scores with intervals, as tables and as one small summary."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from classically_punk.evaluation.bootstrap import Interval, group_weights, percentile_interval, resampled_counts
from classically_punk.evaluation.counts import FloatArray, GroupCounts, Scores, count_by_group, ranked, scores_of
from classically_punk.evaluation.protocols import BOOTSTRAP_UNIT, PROTOCOLS
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Evaluate

SCORES = ("accuracy", "balanced_accuracy", "macro_f1", "top2_accuracy")
IN_SUMMARY = ("accuracy", "macro_f1", "top2_accuracy")
HEADLINE = ("artist", "clip", "fault_filtered")  # the first of these that is possible; never the leaky one
BY_WINDOW = "segment_random"


@dataclass(frozen=True)
class Judged:
    """One protocol's predictions, scored.

    counts, scores : as observed; resampled : the same scores, first axis = resamples, None with fewer than 2 groups
    """

    protocol: str
    n_rows: int
    n_clips: int
    counts: GroupCounts
    scores: Scores
    resampled: Scores | None
    confidence: float

    def interval(self, score: str) -> Interval:
        """Of one of SCORES."""
        if self.resampled is None:
            return Interval(None, None, "no interval: fewer than 2 groups")
        return percentile_interval(getattr(self.resampled, score), self.confidence, self.counts.n_groups)

    def recall_interval(self, genre: str) -> Interval:
        """Of the recall of `genre`, over the groups that have clips of it."""
        k = self.counts.genres.index(genre)
        groups = int(self.counts.groups_per_genre[k])
        if self.resampled is None or groups < 2:
            return Interval(None, None, "no interval: clips of fewer than 2 groups")
        return percentile_interval(self.resampled.recall[:, k], self.confidence, groups)


def judge(predictions: pd.DataFrame, clips: pd.DataFrame, settings: Evaluate) -> dict[str, Judged]:
    """Scores of every protocol in `predictions`, in the order of PROTOCOLS.

    clips : clip, group, recording; the design table will do. The bootstrap draws artists (or recordings, where the
    artist is not known) for `artist` and `fault_filtered`, recordings for `clip` and `segment_random`. The draws
    depend on the seed and the protocol alone, so that two classifiers on the same folds are compared draw by draw.
    Raises ValueError on a protocol or clip that is not known.
    """
    unknown = sorted(set(predictions["protocol"]) - set(PROTOCOLS))
    if unknown:
        raise ValueError(f"protocol {unknown[0]!r} is none of {', '.join(PROTOCOLS)}")
    unit_of = clips.drop_duplicates("clip").set_index("clip")
    judged = {}
    for number, protocol in enumerate(PROTOCOLS):
        part = predictions[predictions["protocol"] == protocol]
        if part.empty:
            continue
        groups = part["clip"].map(unit_of[BOOTSTRAP_UNIT[protocol]])
        if groups.isna().any():
            raise ValueError(f"clip {part.loc[groups.isna(), 'clip'].iloc[0]} is predicted but not in the clip list")
        counts = count_by_group(part, groups)
        judged[protocol] = Judged(
            protocol,
            len(part),
            int(part["clip"].nunique()),
            counts,
            scores_of(counts.confusion.sum(axis=0), counts.top_two.sum(axis=0)),
            _resample(counts, settings, number),
            settings.confidence,
        )
    return judged


def headline(judged: Mapping[str, Judged]) -> str:
    """The protocol whose scores stand in headlines: artist where possible, else clip, else the fault-filtered lists.

    Raises PunkError when there is none of them: a corpus is not summed up by a leaky score.
    """
    for protocol in HEADLINE:
        if protocol in judged:
            return protocol
    raise PunkError(
        "no protocol that keeps recordings apart is possible for this corpus (see protocols.csv); "
        "lower folds.clip in params.yaml to the number of clips of a small genre, or add clips"
    )


def summary(judged: Mapping[str, Judged]) -> dict[str, Any]:
    """For metrics/<corpus>/summary.json: scores and intervals by protocol, and the headline. What has no value (an
    interval over one group) is left out; scores.csv gives the reason. Raises PunkError as `headline` does."""
    chosen = headline(judged)
    content: dict[str, Any] = {protocol: _summary_of(each) for protocol, each in judged.items()}
    return {**content, "headline": {"protocol": chosen, **content[chosen]}}


def score_table(judged: Mapping[str, Judged], protocols: pd.DataFrame | None = None) -> pd.DataFrame:
    """protocol, score, value, low, high, n (rows scored), n_groups, reason (why an interval or a value is missing).

    protocols : as in `protocols.FoldPlan`; those that are impossible get one row with the reason
    """
    rows: list[tuple[object, ...]] = []
    for protocol, each in judged.items():
        for score in SCORES:
            interval = each.interval(score)
            value = float(getattr(each.scores, score))
            rows.append(
                (
                    protocol,
                    score,
                    value,
                    interval.low,
                    interval.high,
                    each.n_rows,
                    each.counts.n_groups,
                    interval.reason,
                )
            )
    if protocols is not None:
        impossible = protocols[protocols["possible"] == "no"]
        rows += [
            (protocol, "", None, None, None, 0, 0, f"protocol left out: {reason}")
            for protocol, reason in zip(impossible["protocol"], impossible["reason"], strict=True)
        ]
    table = pd.DataFrame(rows, columns=["protocol", "score", "value", "low", "high", "n", "n_groups", "reason"])
    return table.astype({"value": float, "low": float, "high": float})


def recall_table(judged: Mapping[str, Judged]) -> pd.DataFrame:
    """protocol, genre, recall, low, high, precision, n (rows of the genre), n_groups, reason."""
    rows = []
    for protocol, each in judged.items():
        tested = each.counts.confusion.sum(axis=(0, 2))
        for k, genre in enumerate(each.counts.genres):
            recall, precision = float(each.scores.recall[k]), float(each.scores.precision[k])
            interval = each.recall_interval(genre)
            reasons = [interval.reason]
            if np.isnan(recall):
                reasons = ["no recall: no tested row of this genre"]
            if np.isnan(precision):
                reasons.append("no precision: never predicted")
            reason = "; ".join(text for text in reasons if text)
            groups = int(each.counts.groups_per_genre[k])
            rows.append(
                (protocol, genre, recall, interval.low, interval.high, precision, int(tested[k]), groups, reason)
            )
    columns = ["protocol", "genre", "recall", "low", "high", "precision", "n", "n_groups", "reason"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(["recall", "low", "high", "precision"], float))


def confusion_table(judged: Mapping[str, Judged]) -> pd.DataFrame:
    """protocol, actual, predicted, count, share (of the rows of the actual genre); zeros included."""
    rows = []
    for protocol, each in judged.items():
        confusion = each.counts.confusion.sum(axis=0)
        for i, actual in enumerate(each.counts.genres):
            total = confusion[i].sum()
            if total > 0:
                rows += [
                    (protocol, actual, predicted, int(confusion[i, j]), confusion[i, j] / total)
                    for j, predicted in enumerate(each.counts.genres)
                ]
    return pd.DataFrame(rows, columns=["protocol", "actual", "predicted", "count", "share"])


def prediction_table(predictions: pd.DataFrame) -> pd.DataFrame:
    """Clip by clip, for the protocols that test whole clips: protocol, fold, clip, label, predicted, second, margin
    (largest fitted value less the second largest)."""
    whole = predictions[predictions["protocol"] != BY_WINDOW]
    keys = whole[["protocol", "fold", "clip", "label", "predicted"]]
    return pd.concat([keys, ranked(whole)], axis=1).reset_index(drop=True)


def _resample(counts: GroupCounts, settings: Evaluate, stream: int) -> Scores | None:
    if counts.n_groups < 2:
        return None
    rng = np.random.default_rng([settings.seed, stream])
    weights = group_weights(counts.n_groups, settings.resamples, rng)
    confusion: FloatArray = resampled_counts(weights, counts.confusion)
    return scores_of(confusion, resampled_counts(weights, counts.top_two))


def _summary_of(each: Judged) -> dict[str, Any]:
    content: dict[str, Any] = {
        "n_clips": each.n_clips,
        "n_groups": each.counts.n_groups,
        "n_genres": int((each.counts.groups_per_genre > 0).sum()),
    }
    if each.protocol == BY_WINDOW:
        content["n_windows"] = each.n_rows
    for score in IN_SUMMARY:
        content[score] = float(getattr(each.scores, score))
        interval = each.interval(score)
        if interval.low is not None and interval.high is not None:
            content[f"{score}_low"] = interval.low
            content[f"{score}_high"] = interval.high
    return content
