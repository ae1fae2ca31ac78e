"""Scores of probabilities rather than of predictions, as sums per group, so that all resamples are one product."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax

from classically_punk.contracts.design import FITTED, genres_of
from classically_punk.contracts.models import MODELS
from classically_punk.scoring.bootstrap import resampled_counts
from classically_punk.scoring.probabilities import (
    brier_rows,
    calibration_bins,
    calibration_error,
    clipped_to_simplex,
    log_loss_rows,
)

FloatArray = NDArray[np.float64]

SOFT_SCORES = ("log_loss", "brier", "calibration_error")
BINS = 10


@dataclass(frozen=True)
class SoftCounts:
    """Sums per group. losses : shape (n_groups, 3): rows, log loss, Brier score; bins : shape (n_groups, BINS, 3):
    rows, confidence and right predictions in each bin of confidence."""

    losses: FloatArray
    bins: FloatArray


def calibrated(predictions: pd.DataFrame) -> FloatArray:
    """softmax(inverse temperature * scores): shape (n, n_genres), genres as in `genres_of`."""
    b = predictions["inverse_temperature"].to_numpy(dtype=float)
    probabilities: FloatArray = softmax(b[:, None] * _scores(predictions), axis=1)
    return probabilities


def uncalibrated(predictions: pd.DataFrame, model: str) -> FloatArray | None:
    """What the model itself gives as probabilities, same shape: fitted values of a linear probability model cut to
    [0, 1] and divided by their sum, softmax of the scores of the others; None for a model that gives none."""
    kind = MODELS[model].scores
    if kind == "distance":
        return None
    scores = _scores(predictions)
    if kind == "probability":
        return clipped_to_simplex(scores)
    probabilities: FloatArray = softmax(scores, axis=1)
    return probabilities


def actual_of(predictions: pd.DataFrame) -> NDArray[np.intp]:
    """Place of each row's label in `genres_of`: shape (n,)."""
    place = {genre: k for k, genre in enumerate(genres_of(predictions.columns))}
    return np.asarray(predictions["label"].map(place).to_numpy(dtype=np.intp))


def soft_counts(probabilities: FloatArray, predictions: pd.DataFrame, groups: pd.Series) -> SoftCounts:
    """probabilities: shape (n, n_genres); groups: the group of each row, index as `predictions`."""
    actual = actual_of(predictions)
    names, index = np.unique(groups.to_numpy(dtype=str), return_inverse=True)
    rows = np.column_stack(
        [np.ones(len(actual)), log_loss_rows(probabilities, actual), brier_rows(probabilities, actual)]
    )
    losses = np.zeros((len(names), rows.shape[1]))
    np.add.at(losses, index, rows)
    right = (predictions["predicted"] == predictions["label"]).to_numpy(dtype=float)
    binned = calibration_bins(probabilities.max(axis=1), right, BINS)
    bins = np.zeros((len(names), *binned.shape[1:]))
    np.add.at(bins, index, binned)
    return SoftCounts(losses, bins)


def soft_scores(counts: SoftCounts, weights: FloatArray) -> dict[str, FloatArray]:
    """SOFT_SCORES of groups that weigh so much; each of shape (resamples,).

    weights : shape (resamples, n_groups); a row of ones gives the scores as observed
    The calibration error of a single group is NaN: it cannot be told from its noise.
    """
    losses, bins = resampled_counts(weights, counts.losses), resampled_counts(weights, counts.bins)
    gaps = np.stack([counts.bins[..., 0], counts.bins[..., 1] - counts.bins[..., 2]], axis=-1)
    error = calibration_error(bins, resampled_counts(weights**2, gaps**2))
    if len(gaps) < 2:
        error = np.full(len(weights), np.nan)
    return {"log_loss": losses[:, 1] / losses[:, 0], "brier": losses[:, 2] / losses[:, 0], "calibration_error": error}


def _scores(predictions: pd.DataFrame) -> FloatArray:
    columns = [f"{FITTED}{genre}" for genre in genres_of(predictions.columns)]
    return np.asarray(predictions[columns].to_numpy(dtype=float))
