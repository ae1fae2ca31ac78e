"""What a protocol that leaks adds to a score: the same model, on the same music, judged loosely and strictly."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.protocols import OTHER_DRAWS, PROTOCOLS, looser_than
from classically_punk.contracts.tables.scores import OPTIMISM
from classically_punk.foundation.params import Evaluate
from classically_punk.scoring.bootstrap import (
    FloatArray,
    Units,
    keeping_composition,
    percentile_interval,
    rescaled_draws,
    units_of,
)


def optimism_table(
    predictions: pd.DataFrame, clips: pd.DataFrame, strict: str, models: Sequence[str], settings: Evaluate
) -> pd.DataFrame:
    """Accuracy under each looser protocol less accuracy under `strict`, in points of 1: OPTIMISM.

    predictions : of all models; clips : clip, group, song; strict : the protocol of the headline
    The interval draws what `strict` keeps apart (artists, or songs), within genres, once for both: most of what
    makes one sample of music easier than another cancels. Each protocol keeps its own number of rows of each genre.
    """
    group_of = clips.drop_duplicates("clip").set_index("clip")[PROTOCOLS[strict].unit].astype(str)
    looser = [protocol for protocol in looser_than(strict) if protocol in set(predictions["protocol"])]
    judged = predictions[predictions["protocol"].isin([*looser, strict])]
    tested = judged.drop_duplicates("clip")
    units = units_of(tested["label"], tested["clip"].map(group_of))
    rng = np.random.default_rng([settings.seed, OTHER_DRAWS["optimism"]])
    draws = rescaled_draws(units, settings.resamples, rng)
    place = {name: k for k, name in enumerate(units.groups)}
    rows = []
    for model in models:
        of_model = judged[judged["model"] == model]
        sums = {
            protocol: _right_and_all(of_model[of_model["protocol"] == protocol], group_of, place)
            for protocol in (*looser, strict)
        }
        repeated = {name: part["partition"].nunique() for name, part in of_model.groupby("protocol")}
        resampled = _resampled(draws, units, sums[strict])
        for loose in looser:
            loosely, strictly = (float(_share(sums[name].sum(axis=0))) for name in (loose, strict))
            samples = _resampled(draws, units, sums[loose]) - resampled
            interval = percentile_interval(samples, settings.confidence, units)
            tested = {name: round(sums[name][:, 1].sum() / repeated[name]) for name in (loose, strict)}
            rows.append(
                {
                    "model": model,
                    "loose": loose,
                    "strict": strict,
                    "loose_accuracy": loosely,
                    "strict_accuracy": strictly,
                    "optimism": loosely - strictly,
                    "low": interval.low,
                    "high": interval.high,
                    "n_loose": tested[loose],
                    "n_strict": tested[strict],
                    "n_groups": units.n_groups,
                    "reason": interval.reason,
                }
            )
    return tables.frame(OPTIMISM, rows)


def _resampled(draws: FloatArray, units: Units, sums: FloatArray) -> FloatArray:
    """Share of right rows in every resample, shape (resamples,). sums : as from `_right_and_all`."""
    return _share(keeping_composition(draws, replace(units, sizes=sums[:, 1])) @ sums)


def _right_and_all(part: pd.DataFrame, group_of: pd.Series, place: dict[str, int]) -> FloatArray:
    """shape (n_groups, 2): rows that are right, rows."""
    sums = np.zeros((len(place), 2))
    index = part["clip"].map(group_of).map(place).to_numpy(dtype=np.intp)
    right = (part["predicted"] == part["label"]).to_numpy(dtype=float)
    np.add.at(sums, index, np.column_stack([right, np.ones(len(part))]))
    return sums


def _share(sums: FloatArray) -> FloatArray:
    whole = sums[..., 1]
    share: FloatArray = np.where(whole > 0, sums[..., 0] / np.where(whole > 0, whole, 1.0), np.nan)
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
