"""Losses of probabilities, row by row, and how far confidence and accuracy are apart."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SMALLEST = 1e-15  # probability below which a log loss counts no further


def clipped_to_simplex(fitted: FloatArray) -> FloatArray:
    """Fitted values of a linear probability model taken at their word: cut to [0, 1] and divided by their sum.

    fitted : shape (n, n_genres). A row without a positive value becomes uniform.
    """
    cut = np.clip(fitted, 0.0, 1.0)
    total = cut.sum(axis=1, keepdims=True)
    shares: FloatArray = np.where(total > 0, cut / np.where(total > 0, total, 1.0), 1.0 / fitted.shape[1])
    return shares


def log_loss_rows(probabilities: FloatArray, actual: NDArray[np.intp]) -> FloatArray:
    """shape (n,): minus the logarithm of the probability of the actual genre, which counts as 1e-15 at least."""
    own = probabilities[np.arange(len(actual)), actual]
    losses: FloatArray = -np.log(np.clip(own, SMALLEST, None))
    return losses


def brier_rows(probabilities: FloatArray, actual: NDArray[np.intp]) -> FloatArray:
    """shape (n,): squared differences from 0 and 1, summed over the genres; 0 to 2. Source: Brier 1950."""
    indicators = np.zeros_like(probabilities)
    indicators[np.arange(len(actual)), actual] = 1.0
    losses: FloatArray = ((probabilities - indicators) ** 2).sum(axis=1)
    return losses


def calibration_bins(confidence: FloatArray, right: FloatArray, n_bins: int) -> FloatArray:
    """Each row put into one of `n_bins` bins of equal width over [0, 1] by its confidence.

    confidence, right : shape (n,). Returns shape (n, n_bins, 3): 1, confidence and right in the row's bin, else 0.
    """
    place = np.minimum((confidence * n_bins).astype(np.intp), n_bins - 1)
    found = np.zeros((len(confidence), n_bins, 3))
    found[np.arange(len(confidence)), place] = np.column_stack([np.ones(len(confidence)), confidence, right])
    return found


def calibration_error(bins: FloatArray, own: FloatArray) -> FloatArray:
    """Root of `squared_calibration_error`, in points of probability; 0 where noise alone gives as much as was found."""
    error: FloatArray = np.sqrt(np.maximum(squared_calibration_error(bins, own), 0.0))
    return error


def squared_calibration_error(bins: FloatArray, own: FloatArray) -> FloatArray:
    """Mean squared distance of accuracy from confidence over the bins, weighted by their rows, without its bias.

    bins : shape (..., n_bins, 3), weighted sums over groups of what `calibration_bins` gives
    own  : shape (..., n_bins, 2), sums of the squares of each group's weighted rows and weighted gap in the bin, the
           gap being confidence less right
    Returns shape (...), below 0 where bins are nearer to the diagonal than noise lets them be on average.
    A plain mean of distances is never below 0, hence too large, and by more in every resample: its interval lies above
    it. The mean product of the gaps of two rows has no such bias when the rows are of different groups, and so
    independent; a bin with a single group has none, and counts as 0.
    Source: Kumar, Liang & Ma 2019, Verified uncertainty calibration, sec. 4, where every row is a group.
    """
    n, gaps = bins[..., 0], bins[..., 1] - bins[..., 2]
    pairs = n**2 - own[..., 0]
    several = pairs > SMALLEST * np.maximum(n**2, 1.0)
    products = np.where(several, (gaps**2 - own[..., 1]) / np.where(several, pairs, 1.0), 0.0)
    squared: FloatArray = (n * products).sum(axis=-1) / n.sum(axis=-1)
    return squared
