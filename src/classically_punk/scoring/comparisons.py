"""Is the difference between two models noise? Both predict the same rows, so they are compared row by row."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from statsmodels.stats.multitest import multipletests

from classically_punk.scoring.bootstrap import percentile_interval
from classically_punk.scoring.scores import Judgements

COLUMNS = (
    *("protocol", "model", "other", "difference", "low", "high", "only_model", "only_other", "n", "n_groups"),
    *("mcnemar_p", "p_holm", "family_size", "reason"),
)


def comparison_table(judged: Judgements, predictions: pd.DataFrame) -> pd.DataFrame:
    """Every pair of models under every protocol: COLUMNS.

    predictions : what was judged
    difference  : accuracy of `model` less that of `other`; low, high by the paired bootstrap over groups, draw by draw
    only_model, only_other : rows that only the one or only the other predicts rightly
    mcnemar_p   : exact (binomial) on these. It takes rows as independent, which clips of one artist are not; where it
                  and the interval disagree, the interval is to be believed.
    p_holm      : after Holm; the family is the pairs of one protocol, family_size of them
    """
    right = _right(predictions)
    tables = []
    for protocol in dict.fromkeys(name for by_protocol in judged.values() for name in by_protocol):
        models = [model for model, by_protocol in judged.items() if protocol in by_protocol]
        rows = []
        for model, other in combinations(models, 2):
            one, two = judged[model][protocol], judged[other][protocol]
            mine, theirs = right[model, protocol].align(right[other, protocol], join="outer")
            if mine.isna().any() or theirs.isna().any():
                raise ValueError(f"{protocol}: {model} and {other} do not predict the same rows")
            only_model = int((mine.astype(bool) & ~theirs.astype(bool)).sum())
            only_other = int((~mine.astype(bool) & theirs.astype(bool)).sum())
            low = high = None
            reason = "no interval: fewer than 2 groups"
            if one.samples is not None and two.samples is not None:
                interval = percentile_interval(
                    one.samples["accuracy"] - two.samples["accuracy"], one.confidence, one.counts.n_groups
                )
                low, high, reason = interval.low, interval.high, interval.reason
            difference = one.values["accuracy"] - two.values["accuracy"]
            counted = (only_model, only_other, len(mine), one.counts.n_groups)
            p = mcnemar_exact(only_model, only_other)
            rows.append((protocol, model, other, difference, low, high, *counted, p, np.nan, 0, reason))
        if rows:
            table = pd.DataFrame(rows, columns=list(COLUMNS))
            table["p_holm"] = multipletests(table["mcnemar_p"].to_numpy(), method="holm")[1]
            table["family_size"] = len(table)
            tables.append(table)
    if not tables:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(tables, ignore_index=True).astype({"low": float, "high": float})


def mcnemar_exact(only_one: int, only_other: int) -> float:
    """Two-sided p of the exact test that both are as often the only one to be right; 1 when they never differ.

    Source: McNemar 1947, Psychometrika 12; Dietterich 1998, Neural Computation 10.
    """
    total = only_one + only_other
    return 1.0 if total == 0 else float(binomtest(only_one, total, 0.5).pvalue)


def _right(predictions: pd.DataFrame) -> dict[tuple[str, str], pd.Series]:
    """Per model and protocol: whether each row is predicted rightly, by fold, clip and window."""
    keyed = predictions.assign(right=predictions["predicted"] == predictions["label"])
    keyed = keyed.set_index(["fold", "clip", "window"]).sort_index()
    parts = keyed.groupby(["model", "protocol"])
    return {(str(model), str(protocol)): part["right"] for (model, protocol), part in parts}
