"""The difference of two paired sides: a line for each score, with interval, test and verdict.

Every resample weighs the groups of both sides alike, so that what both have in common cancels. Tests exchange whole
groups between the sides. Where folds were drawn anew, that draw moves all groups of a side together, which neither
resampling nor exchanging groups sees: interval and test are then widened by what the partitions of each side show of
it. They are adjusted by Holm's procedure with weights: the line that decides carries half of the
level, since it is named before anything is looked at, the others share the other half.
Source: Holm 1979, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, sec. 5
(weights). How often nothing is taken for something, and what is found: benchmarks/README.md, "Is it noise?".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import norm

from classically_punk.contracts.protocols import OTHER_DRAWS
from classically_punk.foundation.params import Evaluate
from classically_punk.scoring.bootstrap import FloatArray, Interval, percentile_interval, resampled_counts
from classically_punk.scoring.comparisons import sign_flip_p
from classically_punk.scoring.counts import Scores, scores_of
from classically_punk.scoring.scores import protocol_weights
from classically_punk.verification.difference.pairing import Pair

ONE_PARTITION = (
    "folds were drawn anew, and what that alone moves cannot be told from a single partition: compare runs of one "
    "`folds.seed`, or with `folds.repeats` above one"
)
Verdict = Literal["worse", "better", "equivalent", "cannot tell"]
SCORES = ("accuracy", "macro_f1", "top2_accuracy")
DECIDING = "accuracy"
HALF = 0.5  # of the level, for the line that decides
UNGROUPED = (
    "whose the clips are stands on neither side (answers.csv, which older runs lack), so that each is taken for a "
    "group of its own: too narrow an interval where artists have several"
)


@dataclass(frozen=True)
class Line:
    """One score under one protocol.

    difference : after less before; low, high : its interval, None where there is none
    p, p_holm  : None where nothing was tested
    n, n_groups : clips in both, and the groups they come from
    """

    protocol: str
    score: str
    before: float
    after: float
    difference: float
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None
    n: int
    n_groups: int
    verdict: Verdict
    reason: str


def lines_of(pair: Pair, settings: Evaluate) -> list[Line]:
    """A line for each of SCORES that both sides have, tested and not yet judged."""
    before, after = _counts(pair, pair.before), _counts(pair, pair.after)
    weights = protocol_weights(pair.protocol, pair.units, settings)
    values, samples = zip(*(_scored(side, weights) for side in (before, after)), strict=True)
    rng = np.random.default_rng([settings.seed, OTHER_DRAWS["difference"]])
    drawn = [_over_partitions(pair, side) for side in (pair.before, pair.after)] if pair.anew else []
    alone = pair.anew and min(len(each) for each in drawn) < 2
    found = []
    for score in SCORES if before.ranked and after.ranked else SCORES[:2]:
        old, new = (float(getattr(side, score)) for side in values)
        wider = 1.0
        if before.says_as_much_as(after, score):
            interval = Interval(0.0, 0.0, "")
        else:
            moved = getattr(samples[1], score) - getattr(samples[0], score)
            if drawn and not alone:
                wider = _widening(moved, [[getattr(one, score) for one in each] for each in drawn])
            interval = percentile_interval(new - old + wider * (moved - (new - old)), settings.confidence, pair.units)
        if score == "macro_f1":
            p = exchanged_p(before.confusion, after.confusion, settings.resamples, rng)
        else:
            p = sign_flip_p(_whole(pair, score))
        lacks = (interval.reason, "" if pair.grouped else UNGROUPED, ONE_PARTITION if alone else "")
        found.append(
            Line(
                protocol=pair.protocol,
                score=score,
                before=old,
                after=new,
                difference=new - old,
                low=interval.low,
                high=interval.high,
                p=None if alone else widened_p(p, wider),
                p_holm=None,
                n=len(pair.clips),
                n_groups=pair.units.n_groups,
                verdict="cannot tell",
                reason="; ".join(filter(None, lacks)),
            )
        )
    return found


def judged(lines: Sequence[Line], deciding: tuple[str, str], margin: float, level: float) -> list[Line]:
    """The lines with adjusted p and verdict.

    deciding : protocol and score of the line that decides; margin : differences within which both sides are the same
    level    : of the family of all tests
    """
    tested = [line for line in lines if line.p is not None]
    lead = [(line.protocol, line.score) == deciding for line in tested]
    others = len(tested) - sum(lead)
    weights = [HALF if is_lead and others else 1.0 if is_lead else HALF / others for is_lead in lead]
    adjusted = dict(zip(map(id, tested), weighted_holm([line.p or 0.0 for line in tested], weights), strict=True))
    found = []
    for line in lines:
        p = adjusted.get(id(line))
        found.append(replace(line, p_holm=p, verdict=verdict_of(line.low, line.high, p, margin, level)))
    return found


def verdict_of(low: float | None, high: float | None, p: float | None, margin: float, level: float) -> Verdict:
    """Of four. Equivalent comes first: a difference that is surely there and within the margin does not count."""
    if low is None or high is None or p is None:
        return "cannot tell"
    if -margin <= low and high <= margin:
        return "equivalent"
    if p < level and low > 0:
        return "better"
    if p < level and high < 0:
        return "worse"
    return "cannot tell"


def weighted_holm(p: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Adjusted p values, in the order given. weights : positive; equal ones give Holm's own procedure."""
    order = sorted(range(len(p)), key=lambda k: p[k] / weights[k])
    left = float(sum(weights))
    found = [1.0] * len(p)
    largest = 0.0
    for k in order:
        largest = max(largest, min(1.0, p[k] / weights[k] * left))
        found[k] = largest
        left -= weights[k]
    return found


def widened_p(p: float, wider: float) -> float:
    """p of a difference that is so many times less sure: its place on the normal curve, moved towards the middle."""
    return float(2.0 * norm.sf(norm.isf(p / 2.0) / wider))


def _widening(moved: FloatArray, drawn: Sequence[Sequence[float]]) -> float:
    """How much wider the difference spreads than resampled groups show.

    moved : shape (resamples,); drawn : of each side the score by partition. The variance of the sides' means over their
    partitions is added. What each group varies by on its own is counted twice, which errs towards `cannot tell`.
    """
    within = float(np.nanvar(moved))
    between = sum(float(np.var(each, ddof=1)) / len(each) for each in drawn)
    return float(np.sqrt(1.0 + between / within)) if within > 0 else 1.0


def exchanged_p(before: FloatArray, after: FloatArray, draws: int, rng: np.random.Generator) -> float:
    """Two-sided p of a difference in macro-F1, by exchanging whole groups between the sides at random.

    before, after : shape (n_groups, genres, genres). The outcome itself is counted as one of the draws.
    Source: Phipson & Smyth 2010, Permutation p-values should never be zero, Statistical Applications in Genetics 9.
    """
    differing = np.flatnonzero((before != after).any(axis=(1, 2)))
    if not len(differing):
        return 1.0
    total = before + after
    none = np.zeros(before.shape[1])
    found = _macro(after.sum(axis=0), none) - _macro(before.sum(axis=0), none)
    moved = (after - before)[differing].reshape(len(differing), -1)
    swapped = rng.integers(0, 2, size=(draws, len(differing))).astype(float)
    one = before.sum(axis=0) + (swapped @ moved).reshape(draws, *before.shape[1:])
    other = total.sum(axis=0) - one
    none = np.zeros((draws, before.shape[1]))
    drawn = np.abs(_macro(other, none) - _macro(one, none))
    return float((1 + (drawn >= abs(found) - 1e-12).sum()) / (1 + draws))


def _macro(confusion: FloatArray, none: FloatArray) -> FloatArray:
    return np.asarray(scores_of(confusion, none).macro_f1)


@dataclass(frozen=True)
class _Counts:
    """confusion : shape (n_groups, genres, genres), clips of the first predicted as the second, mean over partitions;
    top_two : shape (n_groups, genres), zeros where no runner-up is kept, and `ranked` says whether one is."""

    confusion: FloatArray
    top_two: FloatArray
    ranked: bool

    def says_as_much_as(self, other: "_Counts", score: str) -> bool:
        """Whether every group has the same counts behind a score, so that no resample can tell the sides apart."""
        if score == "accuracy":
            mine, theirs = (np.trace(side.confusion, axis1=1, axis2=2) for side in (self, other))
            return bool((mine == theirs).all())
        if score == "macro_f1":
            return bool((self.confusion == other.confusion).all())
        return bool((self.top_two == other.top_two).all())


def _counts(pair: Pair, side: pd.DataFrame) -> _Counts:
    place = {genre: k for k, genre in enumerate(pair.genres)}
    group = dict(zip(pair.clips, pair.group, strict=True))
    share = 1.0 / side["clip"].map(side["clip"].value_counts()).to_numpy(dtype=float)
    rows = side["clip"].map(group).to_numpy(dtype=np.intp)
    actual, predicted = (side[name].map(place).to_numpy(dtype=np.intp) for name in ("label", "predicted"))
    confusion = np.zeros((pair.units.n_groups, len(pair.genres), len(pair.genres)))
    np.add.at(confusion, (rows, actual, predicted), share)
    ranked = bool((side["second"] != "").all())
    top_two = np.zeros(confusion.shape[:2])
    if ranked:
        among = ((side["predicted"] == side["label"]) | (side["second"] == side["label"])).to_numpy(dtype=float)
        np.add.at(top_two, (rows, actual), share * among)
    return _Counts(_settled(confusion), _settled(top_two), ranked)


def _over_partitions(pair: Pair, side: pd.DataFrame) -> list[Scores]:
    """The scores of each partition of a side."""
    counts = [_counts(pair, part.reset_index(drop=True)) for _, part in side.groupby("partition")]
    return [scores_of(each.confusion.sum(axis=0), each.top_two.sum(axis=0)) for each in counts]


def _scored(side: _Counts, weights: FloatArray) -> tuple[Scores, Scores]:
    """As observed, and for every resample."""
    observed = scores_of(side.confusion.sum(axis=0), side.top_two.sum(axis=0))
    return observed, scores_of(resampled_counts(weights, side.confusion), resampled_counts(weights, side.top_two))


def _settled(counts: FloatArray) -> FloatArray:
    """Without the last bits, so that sums of thirds in another order are the same number."""
    return np.round(counts, 9)


def _whole(pair: Pair, score: str) -> FloatArray:
    """shape (n_groups,): what the sides differ by in each group, as whole numbers: clips, times both numbers of
    partitions."""
    sums, partitions = [], []
    for side in (pair.before, pair.after):
        hit = side["predicted"] == side["label"]
        if score == "top2_accuracy":
            hit = hit | (side["second"] == side["label"])
        sums.append(hit.astype(float).groupby(side["clip"]).sum().reindex(list(pair.clips)).to_numpy())
        partitions.append(side["clip"].value_counts().reindex(list(pair.clips)).to_numpy(dtype=float))
    moved = sums[1] * partitions[0] - sums[0] * partitions[1]
    found = np.zeros(pair.units.n_groups)
    np.add.at(found, pair.group, moved)
    return found
