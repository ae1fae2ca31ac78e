"""The search for wrong labels against a list of labels that somebody knows to be wrong."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classically_punk.contracts.label_search import CHANCE, LISTED, MARGIN, WRONG_LABEL
from classically_punk.contracts.tables.corpora import WRONG_LABELS
from classically_punk.diagnostics.label_doubts import by_chance, doubts, measures, neighbours
from classically_punk.diagnostics.label_issues import Rows
from classically_punk.foundation.params import LabelIssues

ORDERS = 1000
"""Random orders of the clips, between whose average precisions chance lies."""


def wrong_labels(annotations: pd.DataFrame) -> dict[str, str]:
    """clip -> right genre, blank where it is not known, of the clips of ANNOTATIONS known to have a wrong label."""
    stated = annotations[annotations["known_fault"] == WRONG_LABEL]
    return dict(zip(stated["clip"], stated["right_label"], strict=True))


def search_listed(
    rows: Rows, issues: pd.DataFrame, listed: Mapping[str, str], settings: LabelIssues, confidence: float
) -> list[dict[str, object]]:
    """Every way of looking, against `listed`: clip -> its right genre, blank where only the label is known to be wrong.

    issues : LABEL_ISSUES of the same rows
    Returns rows of LABEL_ISSUE_SEARCH: `low` and `high` of chance hold `confidence` of random orders; `suggested_right`
    is the share of listed clips, of those whose right genre is known, that the search puts there. One row with the
    reason where there is no list, or none of its clips is searched.
    """
    if not listed:
        reason = f"no list of wrong labels is known: put {WRONG_LABELS.file} (clip,right) beside the archive"
        return [{"source": LISTED, "n": len(rows.clips), "n_wrong": 0, "repeats": 0, "reason": reason}]
    wrong = np.isin(rows.clips.astype(str), list(listed))
    about = {"source": LISTED, "n": len(wrong), "n_wrong": int(wrong.sum()), "repeats": 1}
    if not wrong.any():
        return [{**about, "repeats": 0, "reason": "no clip of the list is among those that are searched"}]
    found: list[dict[str, object]] = []
    for method, doubt in doubts(rows.fitted, rows.actual, neighbours(rows)).items():
        for measure, value in measures(wrong, doubt).items():
            found.append({**about, "method": method, "measure": measure, "value": value})
    found += _chance(wrong, about, settings.seed, confidence)
    known = issues[issues["clip"].map(listed).fillna("") != ""]
    if len(known):
        right = float((known["suggested"] == known["clip"].map(listed)).mean())
        size = {**about, "n_wrong": len(known)}
        found.append({**size, "method": MARGIN, "measure": "suggested_right", "value": right})
    return found


def _chance(
    wrong: NDArray[np.bool_], about: Mapping[str, object], seed: int, confidence: float
) -> list[dict[str, object]]:
    rng = np.random.default_rng(seed)
    orders = [measures(wrong, rng.random(len(wrong))) for _ in range(ORDERS)]
    found: list[dict[str, object]] = []
    for measure, value in by_chance(len(wrong), int(wrong.sum())).items():
        tails = np.quantile([order[measure] for order in orders], [(1 - confidence) / 2, (1 + confidence) / 2])
        ends = {"low": float(tails[0]), "high": float(tails[1])}
        found.append({**about, "method": CHANCE, "measure": measure, "value": value, **ends})
    return found
