"""How columns go together: rank correlations, in an order that puts relatives side by side."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
from scipy.spatial.distance import squareform
from scipy.stats import rankdata

from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.columns import Column
from classically_punk.exploration.clip_matrix import ClipMatrix, correlations

MOST = 60  # columns that one picture can name


class CorrelatedColumns(NamedTuple):
    """correlation : CORRELATION; columns : CORRELATION_COLUMNS."""

    correlation: pd.DataFrame
    columns: pd.DataFrame


def spearman(values: FloatArray) -> FloatArray:
    """Rank correlation of columns, shape (p, p). values : shape (n, p), columns that vary; ties share a rank."""
    ranks = rankdata(values, axis=0)
    ranks -= ranks.mean(axis=0)
    return correlations(ranks / ranks.std(axis=0))


def cluster_order(related: FloatArray) -> NDArray[np.intp]:
    """An order of columns that keeps relatives together, shape (p,).

    related : shape (p, p), correlations; a strong negative one counts as near. Average linkage on 1 - |correlation|,
    leaves ordered so that neighbours are alike (Bar-Joseph, Gifford & Jaakkola 2001).
    """
    if len(related) < 3:
        return np.arange(len(related))
    order: NDArray[np.intp] = leaves_list(linkage(_condensed(related), "average", optimal_ordering=True))
    return order


def representatives(related: FloatArray, most: int) -> dict[int, int]:
    """Place of each of up to `most` columns -> how many columns it stands for, itself included.

    Columns are joined by complete linkage on 1 - |correlation| into `most` clusters, so that all of a cluster are
    alike; the member most alike to the others stands for it.
    """
    p = len(related)
    if p <= most:
        return dict.fromkeys(range(p), 1)
    members = fcluster(linkage(_condensed(related), "complete"), most, "maxclust")
    found = {}
    for cluster in sorted(set(members)):
        inside = np.flatnonzero(members == cluster)
        alike = np.abs(related[np.ix_(inside, inside)]).sum(axis=1)
        found[int(inside[alike.argmax()])] = len(inside)
    return found


def correlated_columns(matrix: ClipMatrix, described: Mapping[str, Column], most: int = MOST) -> CorrelatedColumns:
    """Rank correlations of all columns, or of up to `most` that stand for all, both ways round and row by row."""
    related = spearman(matrix.values)
    standing = representatives(related, most)
    chosen = np.array(sorted(standing), dtype=np.intp)
    chosen = chosen[cluster_order(related[np.ix_(chosen, chosen)])]
    names = np.array(matrix.columns, dtype=object)[chosen]
    p = len(matrix.columns)
    selection = (
        "all columns"
        if len(chosen) == p
        else f"{len(chosen)} of {p} columns: each stands for a cluster of columns that correlate, and is the member "
        "most alike to the others"
    )
    pairs = pd.DataFrame(
        {
            "first": np.repeat(names, len(names)),
            "second": np.tile(names, len(names)),
            "spearman": related[np.ix_(chosen, chosen)].round(4).reshape(-1),
        }
    )
    columns = pd.DataFrame(
        {
            "place": np.arange(1, len(names) + 1),
            "column": names,
            "title": [described[name].title if name in described else name for name in names],
            "family": [described[name].family if name in described else "" for name in names],
            "stands_for": [standing[int(j)] for j in chosen],
            "selection": selection,
        }
    )
    return CorrelatedColumns(pairs, columns)


def _condensed(related: FloatArray) -> FloatArray:
    distance = 1.0 - np.abs(related)
    distance = (distance + distance.T) / 2
    np.fill_diagonal(distance, 0.0)
    condensed: FloatArray = squareform(np.maximum(distance, 0.0), checks=False)
    return condensed
