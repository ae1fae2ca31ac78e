"""What errors cost, what it costs to leave clips to a person, and where to draw the line between the two.

An answer with probability p of being right costs (1 - p) * wrong on average; leaving the clip costs `abstain`. Where
probabilities are calibrated and all errors cost the same, answering pays from p = 1 - abstain / wrong upwards.
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
from classically_punk.contracts.tables.decisions import COST_CURVE, COST_POLICIES, COST_SENSITIVITY
from classically_punk.decisions.abstention import THRESHOLDS, Answers, Flags, mean_interval
from classically_punk.foundation.errors import PunkError
from classically_punk.scoring.bootstrap import FloatArray

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
    """wrong : cost of an error; abstain : of leaving a clip; pairs : (actual, predicted) -> cost of that error, for
    genres of the corpus; unused : pairs left out because the corpus has not both of their genres."""

    genres: tuple[str, ...]
    wrong: float
    abstain: float
    pairs: Mapping[tuple[str, str], float]
    unused: tuple[str, ...]

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
        """1 - abstain / wrong, at least 0: the confidence from which answering pays; pairs are left out of it."""
        return max(0.0, 1.0 - self.abstain / self.wrong)


@dataclass(frozen=True)
class Chosen:
    """thresholds : fold -> threshold; kept : shape (n,), rows answered; note : how the thresholds came, if unusual."""

    thresholds: Mapping[int, float]
    kept: Flags
    note: str


def cost_matrix(
    genres: Sequence[str], wrong: float, abstain: float, pairs: Sequence[PricedPair], strict: bool = False
) -> CostMatrix:
    """Costs for the genres of a corpus.

    pairs  : errors whose cost is not `wrong`. A pair with a genre that the corpus has not is listed in `unused`, since
             one setting serves all corpora; with `strict` it is an error.
    Raises PunkError, naming the entry, on a cost that is negative or not finite, `wrong` of 0, a pair of one genre
    with itself, a pair listed twice, and a genre that is nearly one of the corpus: that is a misspelling.
    """
    if not (np.isfinite(wrong) and wrong > 0):
        raise PunkError(f"costs.wrong: {wrong} found, a finite number above 0 expected; correct it in params.yaml")
    if not (np.isfinite(abstain) and abstain >= 0):
        raise PunkError(f"costs.abstain: {abstain} found, a finite number of 0 or more expected; correct it")
    known = set(genres)
    used: dict[tuple[str, str], float] = {}
    unused: list[str] = []
    listed: set[tuple[str, str]] = set()
    for number, pair in enumerate(pairs):
        entry = f"costs.pairs[{number}]: {pair.actual} taken for {pair.predicted}"
        key = (pair.actual, pair.predicted)
        if not (np.isfinite(pair.cost) and pair.cost >= 0):
            raise PunkError(f"{entry}: cost {pair.cost} found, a finite number of 0 or more expected; correct it")
        if pair.actual == pair.predicted:
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
    return CostMatrix(tuple(genres), float(wrong), float(abstain), used, tuple(unused))


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
    mean = np.where(kept, given[:, None], costs.abstain).mean(axis=0)
    return float(THRESHOLDS[np.argmin(np.round(mean, 12))])  # rounded: equal costs differ in their last bits


def cross_fitted(answers: Answers, costs: CostMatrix) -> Chosen:
    """Each fold's threshold is the best one of the other folds, so that no row has a say in its own threshold.

    With a single fold there are no others: the theoretical threshold stands in, which needs no label.
    """
    folds = np.unique(answers.folds)
    if len(folds) == 1:
        threshold = costs.theoretical_threshold
        note = "one fold: the threshold is 1 - abstain / wrong, and uses no label"
        return Chosen({int(folds[0]): threshold}, answers.confidence >= threshold, note)
    thresholds = {int(fold): best_threshold(answers, costs, answers.folds != fold) for fold in folds}
    limits = np.array([thresholds[int(fold)] for fold in answers.folds])
    return Chosen(thresholds, answers.confidence >= limits, "")


def policy_table(answers: Answers, costs: CostMatrix, weights: FloatArray, level: float) -> pd.DataFrame:
    """What ways of deciding cost, and the saving against answering everything: COST_POLICIES.

    policy : "answer all"; "leave all"; "theory": answered from 1 - abstain / wrong upwards; "chosen": each fold's
             threshold from the other folds (`threshold` is their mean); "hindsight": the best threshold of the very
             rows it is judged on, which flatters; "expected cost": the answer with the smallest expected cost under
             the probabilities and the whole matrix, which may not be the most probable genre, or left if that is
             cheaper: it has no threshold
    saving, saving_low, saving_high : cost per 1,000 of "answer all" less the policy's; interval paired, draw by draw
    """
    given = answer_costs(answers, costs)
    chosen = cross_fitted(answers, costs)
    hindsight = best_threshold(answers, costs)
    everything = np.ones(len(answers), dtype=bool)
    theory = costs.theoretical_threshold
    limits: dict[str, tuple[float | None, Flags, str]] = {
        "answer all": (0.0, everything, ""),
        "leave all": (None, ~everything, "no threshold"),
        "theory": (theory, answers.confidence >= theory, ""),
        "chosen": (float(np.mean(list(chosen.thresholds.values()))), chosen.kept, chosen.note),
        "hindsight": (hindsight, answers.confidence >= hindsight, ""),
    }
    rows: list[dict[str, object]] = []
    for policy, (threshold, kept, note) in limits.items():
        paid = _paid(given, kept, costs)
        found = _paid_for(answers, paid, kept, weights, level, note) | _saving(answers, given - paid, weights, level)
        rows.append({"policy": policy, "threshold": threshold, **found})
    answered, paid, kept = _least_expected(answers, costs)
    found = _paid_for(answered, paid, kept, weights, level, "no threshold: the expected cost decides")
    rows.append({"policy": "expected cost", **found, **_saving(answers, given - paid, weights, level)})
    return tables.frame(COST_POLICIES, rows)


def sensitivity_table(answers: Answers, costs: CostMatrix, weights: FloatArray, level: float) -> pd.DataFrame:
    """How the threshold and the cost move when costs double: COST_SENSITIVITY, a row for each of SCENARIOS.

    best_threshold : of all rows together; the cost, coverage and accuracy are those of thresholds chosen on the other
    folds, which no row has a say in for itself. "wrong doubles" leaves the pairs as they are stated.
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
        chosen = cross_fitted(answers, each)
        note = chosen.note
        if scenario == SCENARIOS[-1] and not doubled:
            note = "; ".join(filter(None, [note, "no pair of this corpus has a cost of its own"]))
        paid = _paid(answer_costs(answers, each), chosen.kept, each)
        thresholds = {
            "best_threshold": best_threshold(answers, each),
            "theoretical_threshold": each.theoretical_threshold,
        }
        found = _paid_for(answers, paid, chosen.kept, weights, level, note)
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
    return np.where(kept, given, costs.abstain)


def _least_expected(answers: Answers, costs: CostMatrix) -> tuple[Answers, FloatArray, Flags]:
    """The answers with the smallest expected cost, what each row costs, and which are given."""
    matrix = _matrix_for(answers, costs)
    expected = answers.probabilities @ matrix
    answered = replace(answers, predicted=expected.argmin(axis=1))
    kept = expected.min(axis=1) <= costs.abstain
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


def _saving(answers: Answers, saved: FloatArray, weights: FloatArray, level: float) -> dict[str, object]:
    interval = mean_interval(answers, CLIPS * saved, weights, level)
    return {"saving": CLIPS * float(saved.mean()), "saving_low": interval.low, "saving_high": interval.high}
