"""Figures of what follows from probabilities: when to answer, and what errors cost."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from classically_punk.contracts.policies import ANSWER_ALL, DEFAULT_POLICY, LEAVE_ALL, POLICIES

LINES = {
    "confidence": ("#0072B2", "-", "least confident left out"),
    "leverage": ("#D55E00", "--", "farthest from the training music left out"),
    "both": ("#009E73", ":", "both"),
}


def accuracy_against_coverage(table: pd.DataFrame, target: float, protocol: str, corpus: str) -> Figure:
    """table : columns by, threshold, coverage, accuracy, low, high; target : accuracy that params.yaml asks for"""
    figure, axes = plt.subplots(figsize=(7.4, 4.4))
    for by, (colour, line, label) in LINES.items():
        rows = table[(table["by"] == by) & table["accuracy"].notna()].sort_values("coverage")
        rows = rows[rows["coverage"] > 0.02]
        if rows.empty:
            continue
        if by == "confidence":
            axes.fill_between(rows["coverage"], rows["low"], rows["high"], color=colour, alpha=0.13, linewidth=0)
        axes.plot(rows["coverage"], rows["accuracy"], color=colour, linestyle=line, linewidth=1.8, label=label)
    axes.axhline(target, color="0.5", linewidth=0.9, linestyle=":")
    axes.text(0.01, target + 0.008, f"target {target:g}", color="0.35", fontsize=8)
    axes.set_xlim(0, 1.01)
    axes.set_ylim(0, 1.02)
    axes.grid(color="0.93")
    axes.set_xlabel("share of clips that is answered")
    axes.set_ylabel("share of answers that is right")
    axes.set_title(f"What is gained by not answering: {corpus}, protocol {protocol}", fontsize=12)
    axes.legend(frameon=False, fontsize=9, loc="lower left")
    return figure


def cost_against_threshold(curve: pd.DataFrame, policies: pd.DataFrame, protocol: str, corpus: str) -> Figure:
    """curve : columns threshold, cost_per_1000, low, high; policies : columns policy, threshold, cost_per_1000"""
    figure, axes = plt.subplots(figsize=(7.4, 4.4))
    rows = curve.sort_values("threshold")
    axes.fill_between(rows["threshold"], rows["low"], rows["high"], color="#0072B2", alpha=0.15, linewidth=0)
    axes.plot(rows["threshold"], rows["cost_per_1000"], color="#0072B2", linewidth=1.8)
    marks = {"theory": ("D", "0.25", "in theory"), "chosen": ("o", "#D55E00", "chosen on the other folds")}
    for policy, (marker, colour, label) in marks.items():
        for row in policies[policies["policy"] == policy].itertuples():
            axes.plot(row.threshold, row.cost_per_1000, marker, color=colour, markersize=8, label=label, zorder=3)
    for row in policies[policies["policy"] == DEFAULT_POLICY].itertuples():
        label = f"{POLICIES[DEFAULT_POLICY].title}, without a threshold"
        axes.axhline(row.cost_per_1000, color="#009E73", linewidth=1.4, linestyle="--", label=label)
    for policy in (ANSWER_ALL, LEAVE_ALL):
        for row in policies[policies["policy"] == policy].itertuples():
            axes.axhline(row.cost_per_1000, color="0.6", linewidth=0.9, linestyle=":")
            axes.text(0.995, row.cost_per_1000, policy, ha="right", va="bottom", fontsize=8, color="0.35")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, None)
    axes.grid(color="0.93")
    axes.set_xlabel("confidence from which a clip is answered")
    axes.set_ylabel("cost per 1,000 clips, in wrong genres")
    axes.set_title(f"What errors cost: {corpus}, protocol {protocol}", fontsize=12)
    axes.legend(frameon=False, fontsize=9, loc="lower left")
    return figure
