"""Which genres are neighbours: by where their clips lie, and by whom the model takes for whom."""

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import pdist, squareform

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.contracts.tables.exploration import NEIGHBOURS


def mean_distances(points: FloatArray, labels: TextArray, genres: Sequence[str]) -> FloatArray:
    """Distances between the mean points of genres, shape (k, k). points : shape (n, q)."""
    means = np.array([points[labels == genre].mean(axis=0) for genre in genres])
    distances: FloatArray = squareform(pdist(means))
    return distances


def confusion_distances(confusion: pd.DataFrame, genres: Sequence[str]) -> FloatArray:
    """1 less the mean of the two shares in which a pair of genres is confused, shape (k, k), 0 on the diagonal.

    confusion : columns actual, predicted, share, of one protocol
    """
    shares = confusion.pivot_table(index="actual", columns="predicted", values="share", aggfunc="sum", fill_value=0.0)
    matrix = shares.reindex(index=list(genres), columns=list(genres), fill_value=0.0).to_numpy(dtype=float)
    distances: FloatArray = 1.0 - (matrix + matrix.T) / 2
    np.fill_diagonal(distances, 0.0)
    return distances


def tree_table(kind: str, distances: FloatArray, genres: Sequence[str]) -> pd.DataFrame:
    """NEIGHBOURS of one kind: how genres join, nearest first.

    left, right, members : genres as JSON lists, in the order in which the tree is drawn without crossings; members
    are those of left and right, and the last row's are all. Average linkage (Sokal & Michener 1958), leaves ordered
    so that neighbours are alike.
    """
    condensed = squareform(distances, checks=False)
    merges = linkage(condensed, "average", optimal_ordering=True)
    position = {int(leaf): place for place, leaf in enumerate(leaves_list(merges))}
    nodes: list[list[int]] = [[number] for number in range(len(genres))]
    rows = []
    for step, (first, second, height, _) in enumerate(merges, start=1):
        pair = sorted((nodes[int(first)], nodes[int(second)]), key=lambda leaves: position[leaves[0]])
        nodes.append(pair[0] + pair[1])
        left, right, members = (_as_json([genres[leaf] for leaf in leaves]) for leaves in (*pair, nodes[-1]))
        names = {"left": left, "right": right, "members": members}
        rows.append({"kind": kind, "step": step, "height": float(height), **names})
    return tables.frame(NEIGHBOURS, rows)


def _as_json(names: Sequence[str]) -> str:
    return json.dumps(list(names), ensure_ascii=False)
