"""Who bears the errors: which genres, which artists, and for what they are taken."""

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.tables.decisions import ERROR_CONCENTRATION, GROUP_RECALL, WORST_CONFUSIONS
from classically_punk.scoring.bootstrap import FloatArray, Interval, Units, share_interval, units_of
from classically_punk.scoring.soft_scores import calibrated

EXAMPLES = 3  # clips named per pair of genres


def group_recall_table(predictions: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Recall of every group within every genre it has clips of: GROUP_RECALL, by genre, then largest group first.

    predictions : rows of one model and one protocol; groups : same index, artist or recording of each row
    n, right : rows of the genre by the group, and those predicted rightly; share : of the genre's rows
    """
    rows = pd.DataFrame(
        {
            "genre": predictions["label"].astype(str),
            "group": groups.astype(str),
            "right": (predictions["predicted"] == predictions["label"]).astype(int),
        }
    )
    table = rows.groupby(["genre", "group"], sort=True)["right"].agg(n="size", right="sum").reset_index()
    table["recall"] = table["right"] / table["n"]
    table["share"] = table["n"] / table.groupby("genre")["n"].transform("sum")
    table = table.sort_values(["genre", "n", "group"], ascending=[True, False, True], ignore_index=True)
    return table[list(GROUP_RECALL.names)]


def concentration_table(
    predictions: pd.DataFrame, groups: pd.Series, weights: FloatArray, level: float
) -> pd.DataFrame:
    """How much of each genre is one group's, and whether that group fares better than the rest.

    weights : of the groups in sorted order, shape (resamples, n_groups); level : of the interval
    Returns ERROR_CONCENTRATION, by genre. largest_group : with the most rows, of equals the first by name;
    largest_share : of the genre's rows; effective_groups : inverse Simpson index, the number of equally large groups
    that would be as concentrated; recall_rest, low, high : of all other groups, missing where there is none, with
    the interval over these groups.
    Source: Hill 1973, Diversity and evenness: a unifying notation and its consequences (number of order 2).
    Raises ValueError when the draws are of another number of groups.
    """
    by_group = group_recall_table(predictions, groups)
    units = units_of(predictions["label"], groups)
    if weights.ndim != 2 or weights.shape[1] != units.n_groups:
        raise ValueError(f"weights of shape {weights.shape} for {units.n_groups} groups")
    rows: list[dict[str, object]] = []
    for genre, part in by_group.groupby("genre", sort=True):
        largest, rest = part.iloc[0], part.iloc[1:]
        known = {
            "genre": genre,
            "n": int(part["n"].sum()),
            "n_groups": len(part),
            "largest_group": largest["group"],
            "largest_share": largest["share"],
            "effective_groups": 1.0 / float((part["share"] ** 2).sum()),
            "recall_largest": largest["recall"],
        }
        if rest.empty:
            rows.append({**known, "reason": "all clips are of one group"})
            continue
        interval = _recall_interval(rest, weights, units, level)
        recall_rest = float(rest["right"].sum() / rest["n"].sum())
        ends = {"low": interval.low, "high": interval.high, "reason": interval.reason}
        rows.append({**known, "recall_rest": recall_rest, **ends})
    return tables.frame(ERROR_CONCENTRATION, rows)


def confusion_concentration(predictions: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Pairs of genres by how often the first is taken for the second, most often first: WORST_CONFUSIONS.

    share    : of the rows of the actual genre; n_groups : groups that the wrong rows come from
    examples : up to 3 clips, the most confidently wrong first, of equals by name, joined by "; "
    """
    wrong = predictions["predicted"] != predictions["label"]
    rows = pd.DataFrame(
        {
            "actual": predictions["label"].astype(str),
            "predicted": predictions["predicted"].astype(str),
            "clip": predictions["clip"].astype(str),
            "group": groups.astype(str),
            "confidence": calibrated(predictions).max(axis=1),
        }
    )
    sizes = rows["actual"].value_counts()
    table = []
    for (actual, predicted), part in rows[wrong].groupby(["actual", "predicted"], sort=True):
        ordered = part.sort_values(["confidence", "clip"], ascending=[False, True]).drop_duplicates("clip")
        table.append(
            {
                "actual": actual,
                "predicted": predicted,
                "n": len(part),
                "share": len(part) / int(sizes[actual]),
                "n_groups": part["group"].nunique(),
                "examples": "; ".join(ordered["clip"].head(EXAMPLES)),
            }
        )
    found = tables.frame(WORST_CONFUSIONS, table)
    keys = ["n", "share", "actual", "predicted"]
    return found.sort_values(keys, ascending=[False, False, True, True], ignore_index=True)


def _recall_interval(rest: pd.DataFrame, weights: FloatArray, units: Units, level: float) -> Interval:
    """rest : groups of one genre, with n and right; weights : shape (resamples, n_groups), of all groups."""
    bearing = np.isin(units.groups, rest["group"].to_numpy(dtype=str))
    drawn = weights[:, bearing] @ rest.sort_values("group")[["right", "n"]].to_numpy(dtype=float)
    some = drawn[:, 1] > 0
    samples = np.where(some, drawn[:, 0] / np.where(some, drawn[:, 1], 1.0), np.nan)
    return share_interval(samples, level, units, bearing)
