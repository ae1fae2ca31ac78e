"""How the training clips lie along the principal axes of their columns."""

from dataclasses import dataclass

import numpy as np

from classically_punk.contracts.classifier import FloatArray

AXES = 10


@dataclass(frozen=True)
class Along:
    """axes : shape (k, p), unit vectors; rows : shape (n, k), standardised rows along them, k at most AXES"""

    axes: FloatArray
    rows: FloatArray


def along_axes(standardised: FloatArray) -> Along:
    """standardised : shape (n, p). The principal axes of most variance, each with its largest weight positive."""
    centred = standardised - standardised.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[: min(AXES, len(standardised) - 1, standardised.shape[1])]
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    axes = axes * signs[:, None]
    return Along(axes, standardised @ axes.T)
