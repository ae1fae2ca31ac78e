"""How the training music lies: quantiles of columns, distances of clips from the others, clips along principal axes."""

from dataclasses import dataclass

import numpy as np

from classically_punk.contracts.classifier import FloatArray
from classically_punk.models.regression import GenreRegression

QUANTILES = 101
AXES = 10
NEARLY_ALONE = 1.0 - 1e-9
"""Leverage from which a row determines a coefficient alone: its distance from the others has no bound."""


@dataclass(frozen=True)
class Along:
    """axes : shape (k, p), unit vectors; rows : shape (n, k), standardised rows along them, k at most AXES"""

    axes: FloatArray
    rows: FloatArray


def quantiles(values: FloatArray) -> FloatArray:
    """values : shape (n,). Returns shape (QUANTILES,), from the smallest to the largest, evenly spaced."""
    return np.quantile(values, np.linspace(0.0, 1.0, QUANTILES))


def novelties(regression: GenreRegression, values: FloatArray) -> FloatArray:
    """How far each training row lies from the others: the leverage that it would have as a new row to a fit without it.

    values : shape (n, p), the training rows. Returns shape (n,)
    h / (1 - h), h being its leverage in the fit with it: by the formula for the inverse of a matrix changed by one row.
    Source: Sherman & Morrison 1950, Annals of Mathematical Statistics 21; Belsley, Kuh & Welsch 1980, sec. 2.1.
    """
    h = np.minimum(regression.leverage(values), NEARLY_ALONE)
    found: FloatArray = h / (1.0 - h)
    return found


def along_axes(standardised: FloatArray) -> Along:
    """standardised : shape (n, p). The principal axes of most variance, each with its largest weight positive."""
    centred = standardised - standardised.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[: min(AXES, len(standardised) - 1, standardised.shape[1])]
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    axes = axes * signs[:, None]
    return Along(axes, standardised @ axes.T)
