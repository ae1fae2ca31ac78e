"""How far a clip lies from the training music: a leverage, beside those that training clips have as strangers."""

import numpy as np
from numpy.typing import NDArray

from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.models.regression import GenreRegression

QUANTILES = 101


def novelties(
    regression: GenreRegression, values: FloatArray, groups: TextArray, rows: NDArray[np.bool_]
) -> FloatArray:
    """The leverage that training rows would have as new rows, to a fit without their group.

    values : shape (n, p), all rows that were fitted to; groups : shape (n,), what is left out together
    rows   : shape (n,), rows that are asked about. Returns shape (rows.sum(),), in their order.
    Only the Gram matrix is changed, not the transform or the choice of columns. A group without which the Gram matrix
    is singular is given the shortest inverse.
    """
    design = np.column_stack([np.ones(len(values)), regression.design(values)])
    gram = design.T @ design
    found = np.full(len(values), np.nan)
    _, index = np.unique(groups.astype(str), return_inverse=True)
    for number in np.unique(index[rows]):
        part = design[index == number]
        rest = np.linalg.pinv(gram - part.T @ part, hermitian=True)
        asked = rows & (index == number)
        found[asked] = np.einsum("ij,jk,ik->i", design[asked], rest, design[asked])
    least: FloatArray = np.maximum(found[rows], 0.0)
    return least


def quantiles(values: FloatArray) -> FloatArray:
    """values : shape (n,). Returns shape (QUANTILES,), from the smallest to the largest, evenly spaced."""
    found: FloatArray = np.quantile(values, np.linspace(0.0, 1.0, QUANTILES))
    return found
