"""Does 70 % mean 70 %? Confidence against accuracy, bin by bin."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.models import MODELS
from classically_punk.contracts.tables.scores import RELIABILITY
from classically_punk.foundation.params import Evaluate
from classically_punk.scoring.bootstrap import Units, resampled_counts, share_interval, units_of
from classically_punk.scoring.scores import bootstrap_units, protocol_weights
from classically_punk.scoring.soft_scores import BINS, SoftCounts, calibrated, soft_counts, uncalibrated

CALIBRATED, RAW = "calibrated", "raw"


def reliability_table(
    predictions: pd.DataFrame, clips: pd.DataFrame, protocol: str, settings: Evaluate
) -> pd.DataFrame:
    """RELIABILITY of every model under `protocol`: its predictions binned by the probability of the predicted genre.

    probabilities : "calibrated" (in inner folds) or "raw" (as the model gives them)
    confidence, accuracy : means in the bin, missing where no prediction falls into it; low, high : of the accuracy
    """
    rows: list[dict[str, object]] = []
    for model in (name for name in MODELS if name in set(predictions["model"])):
        part = predictions[(predictions["model"] == model) & (predictions["protocol"] == protocol)]
        part = part.sort_values(["fold", "clip", "window"], ignore_index=True)
        groups = bootstrap_units(part, protocol, clips)
        units = units_of(part["label"], groups)
        kinds: dict[str, SoftCounts] = {CALIBRATED: soft_counts(calibrated(part), part, groups)}
        raw = uncalibrated(part, model)
        if raw is not None:
            kinds[RAW] = soft_counts(raw, part, groups)
        for kind, counts in kinds.items():
            rows += [{"model": model, "probabilities": kind, **row} for row in _bins(counts, units, protocol, settings)]
    return tables.frame(RELIABILITY, rows)


def _bins(counts: SoftCounts, units: Units, protocol: str, settings: Evaluate) -> list[dict[str, object]]:
    total = counts.bins.sum(axis=0)
    bearing = counts.bins[:, :, 0] > 0
    samples: Mapping[int, np.typing.NDArray[np.float64]] = {}
    if len(counts.bins) > 1:
        drawn = resampled_counts(protocol_weights(protocol, units, settings), counts.bins)
        filled = drawn[..., 0] > 0
        share = np.where(filled, drawn[..., 2] / np.where(filled, drawn[..., 0], 1.0), np.nan)
        samples = {k: share[:, k] for k in range(BINS)}
    rows: list[dict[str, object]] = []
    for k in range(BINS):
        n, confidence, right = total[k]
        row: dict[str, object] = {"bin": k + 1, "from": k / BINS, "to": (k + 1) / BINS, "n": int(n)}
        if n == 0:
            rows.append({**row, "reason": "no prediction falls into this bin"})
            continue
        low = high = None
        reason = "no interval: fewer than 2 groups"
        if k in samples:
            interval = share_interval(samples[k], settings.confidence, units, bearing[:, k])
            low, high, reason = interval.low, interval.high, interval.reason
        means = {"confidence": confidence / n, "accuracy": right / n}
        rows.append({**row, **means, "low": low, "high": high, "reason": reason})
    return rows
