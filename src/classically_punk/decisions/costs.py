"""What errors cost, what it costs to leave clips to a person, and where to draw the line between the two.

An answer with probability p of being right costs (1 - p) * wrong on average. Leaving the clip costs what a person's
work costs and what that person's errors cost: leave = abstain + person_error * wrong. Where probabilities are
calibrated and all errors cost the same, answering pays from p = 1 - leave / wrong upwards.
Source: Chow 1970, On optimum recognition error and reject tradeoff; Elkan 2001, The foundations of cost-sensitive
learning (costs that differ by pair).
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.policies import ANSWER_ALL, EXPECTED_COST, LEAVE_ALL
from classically_punk.contracts.tables.decisions import COST_CURVE, COST_POLICIES, COST_SENSITIVITY
from classically_punk.decisions.abstention import THRESHOLDS, Answers, Flags, mean_interval
from classically_punk.foundation.errors import PunkError
from classically_punk.scoring.bootstrap import FloatArray, percentile_interval, resampled_counts

CLIPS = 1000  # costs are given per so many clips
ALIKE = 0.7  # similarity (difflib) of two names from which one is taken for a misspelling of the other
SCENARIOS = ("as stated", "wrong doubles", "abstain doubles", "pairs double")


class PricedPair(Protocol):
    """A pair of genres whose confusion has a cost of its own, as in params.yaml."""

    @property
    def actual(self) -> str: ...

    @property
    def predicted(self) -> str: ...

    @property
    def cost(self) -> float: ...


@dataclass(frozen=True)
class CostMatrix:
    """wrong : cost of an error; abstain : of a person's work on a clip; pairs : (actual, predicted) -> cost of that
    error, for genres of the corpus; unused : pairs left out because the corpus has not both of their genres;
    person_error : share of clips that a person gets wrong, each a plain error."""

    genres: tuple[str, ...]
    wrong: float
    abstain: float
    pairs: Mapping[tuple[str, str], float]
    unused: tuple[str, ...]
    person_error: float = 0.0

    @property
    def leave(self) -> float:
        """What leaving a clip to a person costs, the person's own errors included."""
        return self.abstain + self.person_error * self.wrong

    @property
    def matrix(self) -> FloatArray:
        """shape (n_genres, n_genres): cost when the first genre is taken for the second; 0 on the diagonal."""
        place = {genre: k for k, genre in enumerate(self.genres)}
        matrix = np.full((len(self.genres), len(self.genres)), self.wrong)
        np.fill_diagonal(matrix, 0.0)
        for (actual, predicted), cost in self.pairs.items():
            matrix[place[actual], place[predicted]] = cost
        return matrix

    @property
    def theoretical_threshold(self) -> float:
        """1 - leave / wrong, at least 0: the confidence from which answering pays; pairs are left out of it."""
        return max(0.0, 1.0 - self.leave / self.wrong)


@dataclass(frozen=True)
class Chosen:
    """thresholds : fold -> threshold; kept : shape (n,), rows answered; note : how the thresholds came, if unusual."""

    thresholds: Mapping[int, float]
    kept: Flags
    note: str


def cost_matrix(
    genres: Sequence[str],
    wrong: float,
    abstain: float,
    pairs: Sequence[PricedPair],
    strict: bool = False,
    person_error: float = 0.0,
) -> CostMatrix:
    """Costs for the genres of a corpus.

    pairs  : errors whose cost is not `wrong`. Capitals, spaces and hyphens make no other genre: `hiphop` prices
             Hip-Hop. A pair with a genre that the corpus has not is listed in `unused`, since one setting serves all
             corpora; with `strict` it is an error.
    person_error : share of clips that a person gets wrong
    Raises PunkError, naming the entry, on a cost that is negative or not finite, `wrong` of 0, a person's error that
             is no share, a pair of one genre with itself, a pair listed twice, and a genre that is nearly one of the
             corpus: that is a misspelling.
    """
    if not (np.isfinite(wrong) and wrong > 0):
        raise PunkError(f"costs.wrong: {wrong} found, a finite number above 0 expected; correct it in params.yaml")
    if not (np.isfinite(abstain) and abstain >= 0):
        raise PunkError(f"costs.abstain: {abstain} found, a finite number of 0 or more expected; correct it")
    if not 0 <= person_error <= 1:
        raise PunkError(f"costs.person_error: {person_error} found, a share of 0 to 1 expected; correct it")
    known = set(genres)
    used: dict[tuple[str, str], float] = {}
    unused: list[str] = []
    listed: set[tuple[str, str]] = set()
    for number, pair in enumerate(pairs):
        entry = f"costs.pairs[{number}]: {pair.actual} taken for {pair.predicted}"
        key = (spelt_as(pair.actual, genres), spelt_as(pair.predicted, genres))
        if not (np.isfinite(pair.cost) and pair.cost >= 0):
            raise PunkError(f"{entry}: cost {pair.cost} found, a finite number of 0 or more expected; correct it")
        if key[0] == key[1]:
            raise PunkError(f"{entry}: the same genre twice, which is no error; name two genres or remove the entry")
        if key in listed:
            raise PunkError(f"{entry}: is listed twice; remove one of the entries")
        listed.add(key)
        missing = [genre for genre in key if genre not in known]
        misspelt = [genre for genre in missing if difflib.get_close_matches(genre, sorted(known), n=1, cutoff=ALIKE)]
        if misspelt or (missing and strict):
            wrong_one = (misspelt or missing)[0]
            raise PunkError(
                f"{entry}: this corpus has no genre {wrong_one}; its genres are {', '.join(sorted(known))}; "
                "correct the spelling or remove the entry"
            )
        if missing:
            unused.append(f"{pair.actual} taken for {pair.predicted}: this corpus has no {' and no '.join(missing)}")
        else:
            used[key] = float(pair.cost)
    return CostMatrix(tuple(genres), float(wrong), float(abstain), used, tuple(unused), float(person_error))


def spelt_as(genre: str, genres: Sequence[str]) -> str:
    """The one of `genres` that is `genre` but for capitals, spaces and signs; `genre` itself where none or several are.

    >>> spelt_as("hiphop", ["Hip-Hop", "Rock"]), spelt_as("ska", ["Hip-Hop", "Rock"])
    ('Hip-Hop', 'ska')
    """
    if genre in genres:
        return genre
    alike = [each for each in genres if _spelt(each) == _spelt(genre)]
    return alike[0] if len(alike) == 1 else genre


def _spelt(genre: str) -> str:
    return "".join(sign for sign in genre.casefold() if sign.isalnum())


def answer_costs(answers: Answers, costs: CostMatrix) -> FloatArray:
    """shape (n,): what each answer costs if it is given. Raises PunkError when `costs` lacks a genre of the answers."""
    return np.asarray(_matrix_for(answers, costs)[answers.actual, answers.predicted])


def cost_curve(answers: Answers, costs: CostMatrix, weights: FloatArray, level: float) -> pd.DataFrame:
    """Cost per 1,000 clips against the confidence from which upwards clips are answered: COST_CURVE.

    weights : draws of the groups, shape (resamples, n_groups); level : of the interval of the cost
    Where nothing is answered the accuracy is missing, and `reason` says so.
    """
    given = answer_costs(answers, costs)
    rows = [
        {"threshold": threshold, **_paid_for(answers, _paid(given, kept, costs), kept, weights, level)}
        for threshold, kept in zip(THRESHOLDS, (answers.confidence[:, None] >= THRESHOLDS).T, strict=True)
    ]
    return tables.frame(COST_CURVE, rows)


def best_threshold(answers: Answers, costs: CostMatrix, rows: Flags | None = None) -> float:
    """The threshold of THRESHOLDS with the smallest cost on `rows` (default: all); of equal ones the smallest."""
    used = np.ones(len(answers), dtype=bool) if rows is None else rows
    given = answer_costs(answers, costs)[used]
    kept = answers.confidence[used, None] >= THRESHOLDS
    mean = np.where(kept, given[:, None], costs.leave).mean(axis=0)
    return float(THRESHOLDS[np.argmin(np.round(mean, 12))])  # rounded: equal costs differ in their last bits


def cross_fitted(answers: Answers, costs: CostMatrix) -> Chosen:
    """Each fold's threshold is the best one of the other folds, so that no row has a say in its own threshold.

    With a single fold there are no others: the theoretical threshold stands in, which needs no label.
    """
    folds = np.unique(answers.folds)
    if len(folds) == 1:
        threshold = costs.theoretical_threshold
        note = "one fold: the threshold is 1 - cost of leaving / wrong, and uses no label"
        return Chosen({int(folds[0]): threshold}, answers.confidence >= threshold, note)
    thresholds = {int(fold): best_threshold(answers, costs, answers.folds != fold) for fold in folds}
    limits = np.array([thresholds[int(fold)] for fold in answers.folds])
    return Chosen(thresholds, answers.confidence >= limits, "")


def policy_table(answers: Answers, costs: CostMatrix, weights: FloatArray, level: float) -> pd.DataFrame:
    """What each of POLICIES costs, and what it saves: COST_POLICIES.

    threshold : of "chosen", the mean over the folds
    saving, saving_low, saving_high : cost per 1,000 of "answer all" less the policy's; interval paired, draw by draw
    net_saving, net_saving_low, net_saving_high : the same against "answer all" or "leave all", whichever is cheaper,
             in every draw anew: who could do without the policy would take the better of the two
    """
    given = answer_costs(answers, costs)
    chosen = cross_fitted(answers, costs)
    hindsight = best_threshold(answers, costs)
    everything = np.ones(len(answers), dtype=bool)
    theory = costs.theoretical_threshold
    limits: dict[str, tuple[float | None, Flags, str]] = {
        ANSWER_ALL: (0.0, everything, ""),
        LEAVE_ALL: (None, ~everything, "no threshold"),
        "theory": (theory, answers.confidence >= theory, ""),
        "chosen": (float(np.mean(list(chosen.thresholds.values()))), chosen.kept, chosen.note),
        "hindsight": (hindsight, answers.confidence >= hindsight, ""),
    }
    rows: list[dict[str, object]] = []
    for policy, (threshold, kept, note) in limits.items():
        paid = _paid(given, kept, costs)
        found = _paid_for(answers, paid, kept, weights, level, note)
        saved = _savings(answers, given, paid, costs, weights, level)
        rows.append({"policy": policy, "threshold": threshold, **found, **saved})
    answered, paid, kept = least_expected(answers, costs)
    found = _paid_for(answered, paid, kept, weights, level, "no threshold: the expected cost decides")
    saved = _savings(answers, given, paid, costs, weights, level)
    rows.append({"policy": EXPECTED_COST, **found, **saved})
    return tables.frame(COST_POLICIES, rows)


def sensitivity_table(answers: Answers, costs: CostMatrix, weights: FloatArray, level: float) -> pd.DataFrame:
    """How the threshold and the cost move when costs double: COST_SENSITIVITY, a row for each of SCENARIOS.

    best_threshold : of all rows together; the cost, coverage and accuracy are those of DEFAULT_POLICY, the least
    expected cost. "wrong doubles" leaves the pairs as they are stated.
    """
    doubled = {pair: 2.0 * cost for pair, cost in costs.pairs.items()}
    changed = (
        costs,
        replace(costs, wrong=2.0 * costs.wrong),
        replace(costs, abstain=2.0 * costs.abstain),
        replace(costs, pairs=doubled),
    )
    rows: list[dict[str, object]] = []
    for scenario, each in zip(SCENARIOS, changed, strict=True):
        answered, paid, kept = least_expected(answers, each)
        unpriced = scenario == SCENARIOS[-1] and not doubled
        note = "no pair of this corpus has a cost of its own" if unpriced else ""
        thresholds = {
            "best_threshold": best_threshold(answers, each),
            "theoretical_threshold": each.theoretical_threshold,
        }
        found = _paid_for(answered, paid, kept, weights, level, note)
        rows.append({"scenario": scenario, **thresholds, **found})
    return tables.frame(COST_SENSITIVITY, rows)


def _matrix_for(answers: Answers, costs: CostMatrix) -> FloatArray:
    place = {genre: k for k, genre in enumerate(costs.genres)}
    missing = [genre for genre in answers.genres if genre not in place]
    if missing:
        raise PunkError(f"the cost matrix has no genre {missing[0]}, which is predicted; make it from all genres")
    order = [place[genre] for genre in answers.genres]
    return costs.matrix[np.ix_(order, order)]


def _paid(given: FloatArray, kept: Flags, costs: CostMatrix) -> FloatArray:
    return np.where(kept, given, costs.leave)


def least_expected(answers: Answers, costs: CostMatrix) -> tuple[Answers, FloatArray, Flags]:
    """The answers with the smallest expected cost, what each row costs, and which are given."""
    matrix = _matrix_for(answers, costs)
    expected = answers.probabilities @ matrix
    answered = replace(answers, predicted=expected.argmin(axis=1))
    kept = expected.min(axis=1) <= costs.leave
    return answered, _paid(matrix[answered.actual, answered.predicted], kept, costs), kept


def _paid_for(
    answers: Answers, paid: FloatArray, kept: Flags, weights: FloatArray, level: float, note: str = ""
) -> dict[str, object]:
    """What one way to decide costs, and what it answers: a part of a row of every table of costs."""
    n = int(kept.sum())
    interval = mean_interval(answers, CLIPS * paid, weights, level)
    reasons = [note, interval.reason, "" if n else "nothing is answered"]
    return {
        "cost_per_1000": CLIPS * float(paid.mean()),
        "low": interval.low,
        "high": interval.high,
        "coverage": n / len(answers),
        "accuracy": float(answers.right[kept].mean()) if n else None,
        "n": n,
        "reason": "; ".join(filter(None, reasons)),
    }


def _savings(
    answers: Answers, given: FloatArray, paid: FloatArray, costs: CostMatrix, weights: FloatArray, level: float
) -> dict[str, object]:
    """Against answering everything, and against the cheaper of that and of leaving everything.

    given : shape (n,), what each answer costs; paid : same shape, what the policy pays for each clip
    """
    against_all = mean_interval(answers, CLIPS * (given - paid), weights, level)
    sums = answers.by_group(np.column_stack([given, paid, np.ones(len(paid))]))
    drawn = resampled_counts(weights, sums)
    means = drawn[:, :2] / drawn[:, 2:]
    saved = np.minimum(means[:, 0], costs.leave) - means[:, 1]
    # rounded as in `best_threshold`, and 0 added since a 0 may be left negative
    against_better = percentile_interval(CLIPS * np.round(saved, 12) + 0.0, level, answers.units)
    return {
        "saving": CLIPS * float((given - paid).mean()),
        "saving_low": against_all.low,
        "saving_high": against_all.high,
        "net_saving": CLIPS * float(min(given.mean(), costs.leave) - paid.mean()),
        "net_saving_low": against_better.low,
        "net_saving_high": against_better.high,
    }
