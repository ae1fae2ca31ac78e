"""Is the difference between two models noise? Both predict the same rows, so they are compared row by row."""

from itertools import combinations
from math import gcd

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from classically_punk.scoring.bootstrap import FloatArray, Interval, percentile_interval
from classically_punk.scoring.scores import Judged, Judgements

COLUMNS = (
    *("protocol", "model", "other", "difference", "low", "high", "only_model", "only_other", "n", "n_groups"),
    *("p", "p_holm", "family_size", "reason"),
)
SMALLEST = float(np.finfo(np.float64).tiny)  # the least p that is told from 0


def comparison_table(judged: Judgements, predictions: pd.DataFrame) -> pd.DataFrame:
    """Every pair of models under every protocol: COLUMNS.

    predictions : what was judged
    difference  : accuracy of `model` less that of `other`; low, high by the paired bootstrap, draw by draw
    only_model, only_other : rows that only the one or only the other predicts rightly
    p           : of `sign_flip_p`, which takes groups as independent and not rows
    p_holm      : after Holm; the family is the pairs of one protocol, family_size of them
    """
    right = _right(predictions)
    tables = []
    for protocol in dict.fromkeys(name for by_protocol in judged.values() for name in by_protocol):
        models = [model for model, by_protocol in judged.items() if protocol in by_protocol]
        rows: list[dict[str, object]] = []
        for model, other in combinations(models, 2):
            mine, theirs = right[model, protocol].align(right[other, protocol], join="outer")
            if mine.isna().any() or theirs.isna().any():
                raise ValueError(f"{protocol}: {model} and {other} do not predict the same rows")
            one, two = judged[model][protocol], judged[other][protocol]
            interval = paired_interval(one, two)
            rows.append(
                {
                    "protocol": protocol,
                    "model": model,
                    "other": other,
                    "difference": one.values["accuracy"] - two.values["accuracy"],
                    "low": interval.low,
                    "high": interval.high,
                    "only_model": float((mine.astype(bool) & ~theirs.astype(bool)).sum()) / one.partitions,
                    "only_other": float((~mine.astype(bool) & theirs.astype(bool)).sum()) / one.partitions,
                    "n": one.n_rows,
                    "n_groups": one.units.n_groups,
                    "p": sign_flip_p(_right_by_group(one) - _right_by_group(two)),
                    "reason": interval.reason,
                }
            )
        if rows:
            table = pd.DataFrame(rows)
            table["p_holm"] = multipletests(table["p"].to_numpy(), method="holm")[1]
            table["family_size"] = len(table)
            tables.append(table[list(COLUMNS)])
    if not tables:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(tables, ignore_index=True).astype({"low": float, "high": float})


def sign_flip_p(differences: FloatArray) -> float:
    """Two-sided p of the test that flips the sign of whole groups; 1 where nothing differs.

    differences : shape (n_groups,), rows of each group that the one model predicts rightly less those of the other
    Were both models alike, their answers to a group could be exchanged: every pattern of signs is as likely, and p is
    the share of the 2 ** n_groups patterns whose sum is as far from 0 as the sum that was found. It is exact for any
    number of groups, without draws: differences are whole numbers, so the sums are few, and their distribution is
    built up group by group.
    Raises ValueError when a difference is not a whole number.
    Source: Fisher 1935, The Design of Experiments, sec. 21; Good 2005, Permutation, Parametric and Bootstrap Tests of
    Hypotheses.
    """
    sizes = np.abs(differences[differences != 0])
    if (sizes != np.round(sizes)).any():
        raise ValueError("differences of counts are whole numbers")
    steps = [int(size) for size in sizes]
    common = gcd(*steps) if steps else 1
    found = abs(int(differences.sum())) // common
    if found == 0:
        return 1.0
    # shares of the patterns by the sum of the groups that keep their size as a positive one; all others count negative
    shares = np.ones(1)
    for step in (size // common for size in steps):
        grown = np.zeros(len(shares) + step)
        grown[: len(shares)] += 0.5 * shares
        grown[step:] += 0.5 * shares
        shares = grown
    total = len(shares) - 1
    return max(min(1.0, 2.0 * float(shares[: (total - found) // 2 + 1].sum())), SMALLEST)


def paired_interval(one: Judged, two: Judged) -> Interval:
    """Of the accuracy of `one` less that of `two`: the draws are the same for both."""
    if one.samples is None or two.samples is None:
        return one.interval("accuracy")
    return percentile_interval(one.samples["accuracy"] - two.samples["accuracy"], one.confidence, one.units)


def _right_by_group(judged: Judged) -> FloatArray:
    """shape (n_groups,): rows predicted rightly."""
    return np.asarray(np.trace(judged.counts.confusion, axis1=1, axis2=2))


def _right(predictions: pd.DataFrame) -> dict[tuple[str, str], pd.Series]:
    """Per model and protocol: whether each row is predicted rightly, by fold, clip and window."""
    keyed = predictions.assign(right=predictions["predicted"] == predictions["label"])
    keyed = keyed.set_index(["fold", "clip", "window"]).sort_index()
    parts = keyed.groupby(["model", "protocol"])
    return {(str(model), str(protocol)): part["right"] for (model, protocol), part in parts}
