"""What follows from the regressions' probabilities: when to answer, what errors cost, and who bears them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from classically_punk.decisions.abstention import AtTarget, answers_of, coverage_table, reach_target
from classically_punk.decisions.costs import cost_curve, cost_matrix, policy_table, sensitivity_table
from classically_punk.decisions.error_concentration import (
    concentration_table,
    confusion_concentration,
    group_recall_table,
)
from classically_punk.foundation.params import Costs, Evaluate
from classically_punk.scoring.scores import bootstrap_units, protocol_weights

IN_SUMMARY = ("cost_per_1000", "low", "high", "coverage", "accuracy", "threshold")


@dataclass(frozen=True)
class Decisions:
    """tables : file name without suffix -> table; summary : few numbers for metrics/<corpus>/decisions.json"""

    tables: Mapping[str, pd.DataFrame]
    summary: Mapping[str, float]


def decide(
    predictions: pd.DataFrame, clips: pd.DataFrame, protocol: str, costs: Costs, settings: Evaluate
) -> Decisions:
    """Every table of costs, abstention and burden, for one model under the protocol of the headline.

    predictions : of the regressions; clips : clip, label, group, recording of the design table
    Raises PunkError on costs that do not fit the genres.
    """
    part = predictions[predictions["protocol"] == protocol]
    part = part.sort_values(["fold", "clip", "window"], ignore_index=True)
    groups = bootstrap_units(part, protocol, clips)
    weights = protocol_weights(protocol, int(groups.nunique()), settings)
    answers = answers_of(part, groups)
    matrix = cost_matrix(sorted(clips["label"].unique()), costs.wrong, costs.abstain, costs.pairs)
    level = settings.confidence
    policies = policy_table(answers, matrix, weights, level)
    reached = reach_target(answers, costs.target_accuracy, weights, level)
    stated = {(pair.actual, pair.predicted): pair.why for pair in costs.pairs}
    tables = {
        "coverage": coverage_table(answers, weights, level),
        "cost_curve": cost_curve(answers, matrix, weights, level),
        "cost_policies": policies,
        "cost_sensitivity": sensitivity_table(answers, matrix, weights, level),
        "cost_pairs": pd.DataFrame(
            [(*pair, cost, stated[pair], "used") for pair, cost in matrix.pairs.items()]
            + [("", "", None, text, "unused") for text in matrix.unused],
            columns=["actual", "predicted", "cost", "why", "state"],
        ).astype({"cost": float}),
        "target": _target_table(reached),
        "group_recall": group_recall_table(part, groups),
        "error_concentration": concentration_table(part, groups, weights, level),
        "worst_confusions": confusion_concentration(part, groups),
    }
    chosen = policies.set_index("policy").loc["chosen"]
    everything = policies.set_index("policy").loc["answer all"]
    found = {name: float(chosen[name]) for name in IN_SUMMARY}
    found["saving_per_1000"] = float(chosen["saving"])
    found["cost_per_1000_answering_all"] = float(everything["cost_per_1000"])
    return Decisions(tables, {name: value for name, value in found.items() if value == value})


def _target_table(reached: AtTarget) -> pd.DataFrame:
    """One row: target, coverage, coverage_low, coverage_high, accuracy, low, high, n, thresholds (by fold), reason."""
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
    numbers = ["coverage_low", "coverage_high", "accuracy", "low", "high"]
    return pd.DataFrame([row]).astype(dict.fromkeys(numbers, float))
