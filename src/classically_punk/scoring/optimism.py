"""What a protocol that leaks adds to a score: the same model, on the same music, judged loosely and strictly."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.protocols import OTHER_DRAWS, looser_than
from classically_punk.contracts.tables.scores import OPTIMISM
from classically_punk.foundation.params import Evaluate
from classically_punk.scoring.bootstrap import group_weights, percentile_interval


def optimism_table(
    predictions: pd.DataFrame, clips: pd.DataFrame, strict: str, models: Sequence[str], settings: Evaluate
) -> pd.DataFrame:
    """Accuracy under each looser protocol less accuracy under `strict`, in points of 1: OPTIMISM.

    predictions : of all models; clips : clip, group; strict : the protocol of the headline
    The interval draws groups (artists, or recordings where the artist is not known) that both protocols share, once
    for both: most of what makes one sample of music easier than another cancels.
    """
    group_of = clips.drop_duplicates("clip").set_index("clip")["group"]
    looser = [protocol for protocol in looser_than(strict) if protocol in set(predictions["protocol"])]
    names = np.unique(group_of.to_numpy(dtype=str))
    rng = np.random.default_rng([settings.seed, OTHER_DRAWS["optimism"]])
    weights = group_weights(len(names), settings.resamples, rng) if len(names) > 1 else None
    place = {name: k for k, name in enumerate(names)}
    rows = []
    for model in models:
        of_model = predictions[predictions["model"] == model]
        sums = {
            protocol: _right_and_all(of_model[of_model["protocol"] == protocol], group_of, place)
            for protocol in (*looser, strict)
        }
        for loose in looser:
            here, there = sums[loose], sums[strict]
            loosely, strictly = float(_share(here.sum(axis=0))), float(_share(there.sum(axis=0)))
            low = high = None
            reason = "no interval: fewer than 2 groups"
            if weights is not None:
                samples = _share(weights @ here) - _share(weights @ there)
                interval = percentile_interval(samples, settings.confidence, len(names))
                low, high, reason = interval.low, interval.high, interval.reason
            rows.append(
                {
                    "model": model,
                    "loose": loose,
                    "strict": strict,
                    "loose_accuracy": loosely,
                    "strict_accuracy": strictly,
                    "optimism": loosely - strictly,
                    "low": low,
                    "high": high,
                    "n_loose": int(here[:, 1].sum()),
                    "n_strict": int(there[:, 1].sum()),
                    "n_groups": len(names),
                    "reason": reason,
                }
            )
    return tables.frame(OPTIMISM, rows)


def _right_and_all(part: pd.DataFrame, group_of: pd.Series, place: dict[str, int]) -> "np.typing.NDArray[np.float64]":
    """shape (n_groups, 2): rows that are right, rows."""
    sums = np.zeros((len(place), 2))
    index = part["clip"].map(group_of).astype(str).map(place).to_numpy(dtype=np.intp)
    right = (part["predicted"] == part["label"]).to_numpy(dtype=float)
    np.add.at(sums, index, np.column_stack([right, np.ones(len(part))]))
    return sums


def _share(sums: "np.typing.NDArray[np.float64]") -> "np.typing.NDArray[np.float64]":
    whole = sums[..., 1]
    share: np.typing.NDArray[np.float64] = np.where(whole > 0, sums[..., 0] / np.where(whole > 0, whole, 1.0), np.nan)
    return share


def optimism_summary(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """What each looser protocol adds to the accuracy of the regressions, for metrics/<corpus>/summary.json; what has
    no interval has no low and high."""
    rows = table[table["model"] == "ols"]
    content = {}
    for row in rows.itertuples():
        found = {"optimism": row.optimism, "low": row.low, "high": row.high}
        content[str(row.loose)] = {name: float(value) for name, value in found.items() if not np.isnan(value)}
    return content
