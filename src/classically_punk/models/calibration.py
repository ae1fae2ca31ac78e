"""From scores for genres to probabilities, by one number that is fitted where no test row is seen.

A fitted value of a linear probability model is no probability: it leaves [0, 1]. `softmax(b * fitted)` is one, and a
b > 0 keeps the order of the genres, so that the prediction stays the largest fitted value.
Source: Platt 1999, Probabilistic outputs for support vector machines; Guo et al. 2017, On calibration of modern
neural networks (one parameter for all classes: temperature scaling; b is the inverse temperature).
"""

import numpy as np
from numpy.typing import NDArray

from classically_punk.contracts.classifier import FloatArray

SMALLEST, LARGEST = 1e-3, 1e4  # of the inverse temperature searched for


def log_losses(scores: FloatArray, actual: NDArray[np.intp], inverse_temperature: float) -> FloatArray:
    """Minus the logarithm of the probability of each row's own genre, shape (n,), nats; arguments as below."""
    scaled = inverse_temperature * (scores - scores.max(axis=1, keepdims=True))
    losses: FloatArray = np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(scaled)), actual]
    return losses


def fit_inverse_temperature(scores: FloatArray, actual: NDArray[np.intp], smoothing: float = 0.0) -> float:
    """The b > 0 under which softmax(b * scores) has the smallest log loss; the loss is convex in b.

    scores : shape (n, n_genres), of rows that were not fitted on; actual : shape (n,), places of the genres
    smoothing : share of each row that counts for the other genres, so that few rows, all of them right, do not ask for
                certainty. Platt's, for n rows, is 1 / (n + 2)
    Scores that say nothing (no row, or every row's scores equal) give 1. The search ends at 1e-3 and 1e4: scores
    that are always right would ask for infinity, scores worse than chance for 0.
    """
    from scipy.optimize import minimize_scalar  # slow to import, and answering does without it

    if len(scores) == 0 or not (np.ptp(scores, axis=1) > 0).any():
        return 1.0
    shifted = scores - scores.max(axis=1, keepdims=True)
    own = shifted[np.arange(len(shifted)), actual]
    if smoothing:
        others = (shifted.sum(axis=1) - own) / (shifted.shape[1] - 1)
        own = (1.0 - smoothing) * own + smoothing * others

    def loss(exponent: float) -> float:
        b = float(np.exp(exponent))
        return float(np.log(np.exp(b * shifted).sum(axis=1)).mean() - b * own.mean())

    bounds = (float(np.log(SMALLEST)), float(np.log(LARGEST)))
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))
