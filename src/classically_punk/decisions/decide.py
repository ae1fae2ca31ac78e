"""What follows from the regressions' probabilities: when to answer, what errors cost, and who bears them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.policies import ANSWER_ALL, DEFAULT_POLICY, LEAVE_ALL
from classically_punk.contracts.tables import Table
from classically_punk.contracts.tables.decisions import (
    COST_CURVE,
    COST_PAIRS,
    COST_POLICIES,
    COST_SENSITIVITY,
    COVERAGE,
    ERROR_CONCENTRATION,
    GROUP_RECALL,
    TARGET,
    WORST_CONFUSIONS,
)
from classically_punk.decisions.abstention import AtTarget, answers_of, coverage_table, reach_target
from classically_punk.decisions.costs import (
    CostMatrix,
    cost_curve,
    cost_matrix,
    policy_table,
    sensitivity_table,
    spelt_as,
)
from classically_punk.decisions.error_concentration import (
    concentration_table,
    confusion_concentration,
    group_recall_table,
)
from classically_punk.foundation.params import Costs, Evaluate
from classically_punk.scoring.scores import bootstrap_units, protocol_weights

IN_SUMMARY = ("cost_per_1000", "coverage", "accuracy", "threshold")
OF_COST = {
    "low": "cost_per_1000_low",
    "high": "cost_per_1000_high",
    "net_saving": "net_saving_per_1000",
    "net_saving_low": "net_saving_per_1000_low",
    "net_saving_high": "net_saving_per_1000_high",
}
"""Columns of COST_POLICIES that metrics call more fully."""


@dataclass(frozen=True)
class Decisions:
    """tables : schema -> table; summary : few numbers for metrics/<corpus>/decisions.json"""

    tables: Mapping[Table, pd.DataFrame]
    summary: Mapping[str, float | str]


def decide(
    predictions: pd.DataFrame, clips: pd.DataFrame, protocol: str, costs: Costs, settings: Evaluate
) -> Decisions:
    """Every table of costs, abstention and error concentration, for one model under the protocol of the headline.

    predictions : of one model, of which the first partition into folds is priced: each clip once, and each threshold
                  chosen on other folds of the same partition; clips : clip, label, group, recording of the design table
    Raises PunkError on costs that do not fit the genres.
    """
    part = predictions[(predictions["protocol"] == protocol) & (predictions["partition"] == 1)]
    part = part.sort_values(["fold", "clip", "window"], ignore_index=True)
    groups = bootstrap_units(part, protocol, clips)
    answers = answers_of(part, groups)
    weights = protocol_weights(protocol, answers.units, settings)
    genres = sorted(clips["label"].unique())
    matrix = cost_matrix(genres, costs.wrong, costs.abstain, costs.pairs, person_error=costs.person_error)
    level = settings.confidence
    policies = policy_table(answers, matrix, weights, level)
    reached = reach_target(answers, costs.target_accuracy, weights, level)
    found_tables = {
        COVERAGE: coverage_table(answers, weights, level),
        COST_CURVE: cost_curve(answers, matrix, weights, level),
        COST_POLICIES: policies,
        COST_SENSITIVITY: sensitivity_table(answers, matrix, weights, level),
        COST_PAIRS: _pair_table(matrix, costs),
        TARGET: _target_table(reached),
        GROUP_RECALL: group_recall_table(part, groups),
        ERROR_CONCENTRATION: concentration_table(part, groups, weights, level),
        WORST_CONFUSIONS: confusion_concentration(part, groups),
    }
    return Decisions(found_tables, _summary(policies.set_index("policy")))


def _summary(policies: pd.DataFrame) -> dict[str, float | str]:
    """What the default policy costs and saves, without what has no value. policies : COST_POLICIES, by policy."""
    taken = policies.loc[DEFAULT_POLICY]
    found = {name: float(taken[name]) for name in IN_SUMMARY}
    found |= {key: float(taken[name]) for name, key in OF_COST.items()}
    found["cost_per_1000_answering_all"] = float(policies.loc[ANSWER_ALL, "cost_per_1000"])
    found["cost_per_1000_leaving_all"] = float(policies.loc[LEAVE_ALL, "cost_per_1000"])
    return {"policy": DEFAULT_POLICY, **{name: value for name, value in found.items() if value == value}}


def _pair_table(matrix: CostMatrix, costs: Costs) -> pd.DataFrame:
    """COST_PAIRS: those that the corpus has, then those that it has not."""
    genres = matrix.genres
    stated = {(spelt_as(pair.actual, genres), spelt_as(pair.predicted, genres)): pair.why for pair in costs.pairs}
    rows: list[dict[str, object]] = []
    for (actual, predicted), cost in matrix.pairs.items():
        why = stated[actual, predicted]
        rows.append({"actual": actual, "predicted": predicted, "cost": cost, "why": why, "state": "used"})
    rows += [{"why": text, "state": "unused"} for text in matrix.unused]
    return tables.frame(COST_PAIRS, rows)


def _target_table(reached: AtTarget) -> pd.DataFrame:
    """TARGET, which has one row."""
    limits = "; ".join(
        f"fold {fold}: {'none' if threshold is None else f'{threshold:.2f}'}"
        for fold, threshold in sorted(reached.thresholds.items())
    )
    row = {
        "target": reached.target,
        "coverage": reached.coverage,
        "coverage_low": reached.coverage_interval.low,
        "coverage_high": reached.coverage_interval.high,
        "accuracy": reached.accuracy,
        "low": reached.accuracy_interval.low,
        "high": reached.accuracy_interval.high,
        "n": reached.n,
        "thresholds": limits,
        "reason": "; ".join(filter(None, [reached.note, reached.accuracy_interval.reason])),
    }
    return tables.frame(TARGET, [row])
