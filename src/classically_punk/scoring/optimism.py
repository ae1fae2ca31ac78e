"""What a protocol that leaks adds to a score: the same model, on the same music, judged loosely and strictly."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.models import REGRESSION
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

NAIVE = "artist_published"
"""The protocol that looser ones are usually compared with, whatever clips and folds it has."""


def optimism_table(
    predictions: pd.DataFrame, clips: pd.DataFrame, headline: str, models: Sequence[str], settings: Evaluate
) -> pd.DataFrame:
    """Accuracy under each looser protocol less accuracy under a strict one, in points of 1: OPTIMISM.

    predictions : of all models; clips : clip, group, song; headline : the protocol of the headline
    The strict protocol is that of the headline and, where the corpus has it beside that, NAIVE, which is how the
    difference is usually read. The interval draws what the strict protocol keeps apart (artists, or songs), within
    genres, once for both: most of what makes one sample of music easier than another cancels. Each protocol keeps its
    own number of rows of each genre.
    """
    known = set(predictions["protocol"])
    looser = [protocol for protocol in looser_than(headline) if protocol in known and protocol != NAIVE]
    stricts = [headline, *([NAIVE] if NAIVE in known and headline != NAIVE else [])]
    return tables.frame(
        OPTIMISM,
        (row for strict in stricts for row in _against(strict, looser, predictions, clips, models, settings)),
    )


def like_for_like(loose: pd.DataFrame, strict: pd.DataFrame) -> bool:
    """Whether two protocols test the same rows in the same number of folds, and so learn from as many.

    loose, strict : partition, fold, clip, window of one model's held-out rows
    Otherwise a part of the difference between their scores is one of clips, of windows against whole clips, or of how
    much there is to learn from.
    """
    rows = [set(map(tuple, part[["clip", "window"]].to_numpy().tolist())) for part in (loose, strict)]
    folds = [set(part.groupby("partition")["fold"].nunique()) for part in (loose, strict)]
    return rows[0] == rows[1] and folds[0] == folds[1]


def _against(
    strict: str,
    looser: Sequence[str],
    predictions: pd.DataFrame,
    clips: pd.DataFrame,
    models: Sequence[str],
    settings: Evaluate,
) -> Iterator[dict[str, object]]:
    """The rows of `optimism_table` of one strict protocol."""
    group_of = clips.drop_duplicates("clip").set_index("clip")[PROTOCOLS[strict].unit].astype(str)
    judged = predictions[predictions["protocol"].isin([*looser, strict])]
    tested = judged.drop_duplicates("clip")
    units = units_of(tested["label"], tested["clip"].map(group_of))
    rng = np.random.default_rng([settings.seed, OTHER_DRAWS["optimism"]])
    draws = rescaled_draws(units, settings.resamples, rng)
    place = {name: k for k, name in enumerate(units.groups)}
    for model in models:
        of_model = judged[judged["model"] == model]
        judged_by = set(of_model["protocol"])  # a model may have no answer to windows
        if strict not in judged_by:
            continue
        parts = {name: of_model[of_model["protocol"] == name] for name in (*looser, strict) if name in judged_by}
        sums = {name: _right_and_all(part, group_of, place) for name, part in parts.items()}
        resampled = _resampled(draws, units, sums[strict])
        n = {name: len(part) // part["partition"].nunique() for name, part in parts.items()}
        for loose in (name for name in looser if name in judged_by):
            loosely, strictly = (float(_share(sums[name].sum(axis=0))) for name in (loose, strict))
            samples = _resampled(draws, units, sums[loose]) - resampled
            interval = percentile_interval(samples, settings.confidence, units)
            yield {
                "model": model,
                "loose": loose,
                "strict": strict,
                "like_for_like": "yes" if like_for_like(parts[loose], parts[strict]) else "no",
                "loose_accuracy": loosely,
                "strict_accuracy": strictly,
                "optimism": loosely - strictly,
                "low": interval.low,
                "high": interval.high,
                "n_loose": n[loose],
                "n_strict": n[strict],
                "n_groups": units.n_groups,
                "reason": interval.reason,
            }


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


def optimism_summary(table: pd.DataFrame, headline: str) -> dict[str, dict[str, float]]:
    """What each looser protocol adds to the accuracy of the regressions under the headline protocol, for
    metrics/<corpus>/summary.json; what has no interval has no low and high."""
    rows = table[(table["model"] == REGRESSION) & (table["strict"] == headline)]
    content = {}
    for row in rows.itertuples():
        found = {"optimism": row.optimism, "low": row.low, "high": row.high}
        content[str(row.loose)] = {name: float(value) for name, value in found.items() if not np.isnan(value)}
    return content
