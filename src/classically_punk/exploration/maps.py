"""A map of all clips on which neighbours by all columns lie side by side."""

import numpy as np
import pandas as pd
from sklearn.manifold import TSNE

from classically_punk.contracts.classifier import FloatArray
from classically_punk.exploration.clip_matrix import ClipMatrix
from classically_punk.exploration.components import Components

FEWEST = 4  # clips, to have neighbours at all
EARLY_EXAGGERATION = 12.0


def neighbour_map(points: FloatArray, perplexity: float, seed: int) -> FloatArray:
    """Places on a plane, shape (n, 2), without units: near clips stay near, far distances mean nothing.

    points : shape (n, q); perplexity : about how many neighbours a clip has, lowered to a third of few clips
    Begins with the principal components and uses one thread: the same bytes on every run of one machine.
    Source: van der Maaten & Hinton 2008; Kobak & Berens 2019 for the beginning.
    """
    n = len(points)
    if n < FEWEST:
        return np.column_stack([points, np.zeros((n, 2))])[:, :2]
    wide = points if points.shape[1] > 1 else np.column_stack([points, np.zeros(n)])
    method = TSNE(
        n_components=2,
        perplexity=min(perplexity, (n - 1) / 3),
        early_exaggeration=EARLY_EXAGGERATION,
        init="pca",
        method="barnes_hut",
        random_state=seed,
        n_jobs=1,
    )
    placed: FloatArray = method.fit_transform(wide).astype(np.float64)
    return placed


def map_table(matrix: ClipMatrix, components: Components, perplexity: float, seed: int) -> pd.DataFrame:
    """MAP."""
    placed = neighbour_map(components.explaining(), perplexity, seed)
    return pd.DataFrame(
        {
            "clip": matrix.clips,
            "label": matrix.labels,
            "group": matrix.groups,
            **{f"pca{number}": components.score(number) for number in (1, 2, 3)},
            "x": placed[:, 0],
            "y": placed[:, 1],
        }
    )
