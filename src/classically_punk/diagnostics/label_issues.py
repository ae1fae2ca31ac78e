"""Clips whose label the held-out fit contradicts, with the evidence, and how well such a list finds known faults."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.design import FITTED, genres_of
from classically_punk.contracts.tables.fits import LABEL_ISSUE_SEARCH

PRECISION_AT = (5, 10, 20, 50, 100)
EVIDENCE = 3  # columns named per clip


def label_issue_table(predictions: pd.DataFrame, headline: str) -> pd.DataFrame:
    """Clips by how badly the held-out fit disagrees with the label, worst first.

    predictions : of the regressions, whole clips; headline : the protocol of the headline, whose fits have seen no
    other clip of the artist. A clip that it does not test is taken from the clip protocol.
    Returns LABEL_ISSUES without its evidence.
    """
    whole = predictions[predictions["protocol"].isin([headline, "clip"])]
    first = whole["protocol"].map({headline: 0}).fillna(1)
    chosen = whole.assign(order=first).sort_values(["clip", "order"]).drop_duplicates("clip").reset_index(drop=True)
    genres = np.array(genres_of(chosen.columns), dtype=object)
    fitted = chosen[[f"{FITTED}{genre}" for genre in genres]].to_numpy(dtype=float)
    rows = np.arange(len(chosen))
    own = chosen["label"].map({genre: k for k, genre in enumerate(genres)}).to_numpy(dtype=np.intp)
    others = fitted.copy()
    others[rows, own] = -np.inf
    best = others.argmax(axis=1)
    table = pd.DataFrame(
        {
            "clip": chosen["clip"],
            "label": chosen["label"],
            "suggested": genres[best],
            "disagreement": fitted[rows, best] - fitted[rows, own],
            "fitted_label": fitted[rows, own],
            "fitted_suggested": fitted[rows, best],
            "predicted": chosen["predicted"],
            "protocol": chosen["protocol"],
        }
    )
    table = table.sort_values(["disagreement", "clip"], ascending=[False, True], ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def with_evidence(
    label_issues: pd.DataFrame,
    contributions: FloatArray,
    clips: Sequence[str],
    genres: Sequence[str],
    columns: Sequence[str],
) -> pd.DataFrame:
    """`label_issues` with `evidence`: the columns that speak most for the suggested genre and against the label.

    contributions : shape (n, p, n_genres), what each column adds to each fitted value; clips : its n rows
    """
    place = {clip: row for row, clip in enumerate(clips)}
    number = {genre: k for k, genre in enumerate(genres)}
    texts = []
    for clip, label, suggested in zip(
        label_issues["clip"], label_issues["label"], label_issues["suggested"], strict=True
    ):
        parts = contributions[place[clip]]
        towards = parts[:, number[suggested]] - parts[:, number[label]]
        strongest = np.argsort(-towards, kind="stable")[:EVIDENCE]
        texts.append("; ".join(f"{columns[j]} {towards[j]:+.3f}" for j in strongest))
    return label_issues.assign(evidence=texts)


def search_scores(label_issues: pd.DataFrame, faults: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """How well the ranking finds known faults.

    faults : kind -> clips that have it; clips that the ranking does not hold count as not findable and are left out
    Returns LABEL_ISSUE_SEARCH.
    """
    rows: list[dict[str, object]] = []
    for kind, clips in faults.items():
        indicators = label_issues["clip"].isin(list(clips)).to_numpy()
        total = int(indicators.sum())
        about = {"fault": kind, "n": len(indicators), "n_faults": total}
        if total == 0:
            rows.append({**about, "found": 0, "reason": "no clip that is ranked is known to have this fault"})
            continue
        for k in PRECISION_AT:
            if k <= len(indicators):
                found = int(indicators[:k].sum())
                rows.append({**about, "measure": f"precision_at_{k}", "value": found / k, "found": found})
        precision = float(average_precision_score(indicators, -label_issues["rank"].to_numpy()))
        rows.append({**about, "measure": "average_precision", "value": precision, "found": total})
        rows.append({**about, "measure": "share", "value": total / len(indicators), "found": total})
    return tables.frame(LABEL_ISSUE_SEARCH, rows)


def known_faults(annotations: pd.DataFrame, clips: pd.DataFrame) -> dict[str, list[str]]:
    """kind -> clips, from `known_fault` of annotations.csv and from clips of which another has the same samples."""
    faults: dict[str, list[str]] = {}
    stated = annotations[annotations["known_fault"] != ""]
    for kind, part in stated.groupby("known_fault", sort=True):
        faults[str(kind)] = sorted(part["clip"])
    usable = clips[(clips["status"] != "rejected") & (clips["md5"] != "")]
    repeated = usable[usable.duplicated("md5", keep=False)]
    if len(repeated):
        faults["bit-equal replica"] = sorted(repeated["clip"])
    if len(faults) > 1:
        faults["any of these"] = sorted(set().union(*faults.values()))
    return faults
