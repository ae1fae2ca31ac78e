"""Clusters found without labels, and how far they agree with genres.

Agreement is a function of the table of clusters against genres alone, so that a resample of whole groups is a
weighted sum of the groups' tables: the assignment stays as it is, and the interval says what other artists would
have made of the agreement. Clips of one artist agree with each other more than with the rest, and a resample, which
draws some artists several times, has more such pairs: resampled agreements lie too high by about as much as the
observed one does. The basic bootstrap interval takes that off: it reflects the resampled values at the observed one.
Source: Davison & Hinkley 1997, Bootstrap Methods and their Application, sec. 5.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.contracts.tables.exploration import CLUSTER_CONTINGENCY, CLUSTERS
from classically_punk.scoring.bootstrap import group_weights, percentile_interval, resampled_counts, units_of

NOISE = -1
STARTS = 10  # of k-means; the best is kept
SMALLEST_CLUSTER = 5  # clips, of HDBSCAN
LARGEST_TREE = 8000  # clips; the distances of more would not fit into memory beside everything else
LOWEST = {"adjusted_rand_index": -1.0, "normalised_mutual_information": 0.0, "v_measure": 0.0}
AT_ONCE = 50  # resamples; bounds memory for many groups and genres


@dataclass(frozen=True)
class Clustering:
    """method, settings : in words. assigned : shape (n,), from 0 on by falling size, -1 for noise; empty with a
    reason when the method could not run."""

    method: str
    settings: str
    assigned: NDArray[np.intp]
    reason: str = ""

    @property
    def n_clusters(self) -> int:
        return len(set(self.assigned.tolist()) - {NOISE})


def find_clusters(points: FloatArray, n_genres: int, seed: int) -> list[Clustering]:
    """k-means, Ward's tree and HDBSCAN on `points`, shape (n, q).

    Sources: Lloyd 1982; Ward 1963; Campello, Moulavi & Sander 2013.
    """
    n = len(points)
    k = min(n_genres, len(np.unique(points, axis=0)))
    smallest = max(SMALLEST_CLUSTER, n // (8 * n_genres))
    k_means = KMeans(n_clusters=k, n_init=STARTS, random_state=seed).fit_predict(points)
    found = [Clustering("k-means", f"{k} clusters, the best of {STARTS} starts", by_size(k_means))]
    ward = f"{k} clusters, Ward's linkage"
    if n <= LARGEST_TREE:
        tree = AgglomerativeClustering(n_clusters=k, linkage="ward").fit_predict(points)
        found.append(Clustering("agglomerative", ward, by_size(tree)))
    else:
        reason = f"left out: more than {LARGEST_TREE} clips"
        found.append(Clustering("agglomerative", ward, np.empty(0, dtype=np.intp), reason))
    settings = f"clusters of at least {smallest} clips, density over {SMALLEST_CLUSTER} neighbours; noise counts as one"
    if n > smallest:
        dense = HDBSCAN(min_cluster_size=smallest, min_samples=SMALLEST_CLUSTER, copy=True).fit_predict(points)
        reason = "" if (dense != NOISE).any() else "no dense region stands out: every clip is noise"
        found.append(Clustering("hdbscan", settings, by_size(dense), reason))
    else:
        found.append(Clustering("hdbscan", settings, np.empty(0, dtype=np.intp), "left out: too few clips"))
    return found


def by_size(assigned: NDArray[np.intp]) -> NDArray[np.intp]:
    """The same clusters numbered from 0 on, the largest first, of equal ones the one met first; noise stays -1."""
    found, first, counts = np.unique(assigned, return_index=True, return_counts=True)
    order = sorted(
        (place for place in range(len(found)) if found[place] != NOISE), key=lambda i: (-counts[i], first[i])
    )
    numbers = {int(found[place]): number for number, place in enumerate(order)}
    return np.array([numbers.get(int(value), NOISE) for value in assigned], dtype=np.intp)


def contingency(
    assigned: NDArray[np.intp], labels: TextArray, genres: Sequence[str], groups: TextArray
) -> NDArray[np.float64]:
    """Clips of each group by cluster and genre, shape (n_groups, clusters, genres); noise is the first cluster."""
    clusters = np.unique(assigned)
    names = np.unique(groups.astype(str))
    counts = np.zeros((len(names), len(clusters), len(genres)))
    place = {genre: number for number, genre in enumerate(genres)}
    columns = np.array([place[label] for label in labels], dtype=np.intp)
    cells = (np.searchsorted(names, groups.astype(str)), np.searchsorted(clusters, assigned), columns)
    np.add.at(counts, cells, 1.0)
    return counts


def agreement(tables: FloatArray) -> dict[str, FloatArray]:
    """Scores of tables of clusters against genres, shape (..., clusters, genres); each of shape (...).

    adjusted_rand_index            : pairs of clips on which both agree, 0 by chance, 1 for the same partition
                                     (Hubert & Arabie 1985)
    normalised_mutual_information  : over the geometric mean of the entropies (Strehl & Ghosh 2002)
    v_measure                      : harmonic mean of homogeneity and completeness (Rosenberg & Hirschberg 2007),
                                     which is the mutual information over the arithmetic mean of the entropies
    NaN where clusters and genres both leave nothing to tell apart.
    """
    n = tables.sum(axis=(-2, -1))
    clusters, genres = tables.sum(axis=-1), tables.sum(axis=-2)
    both, within_clusters, within_genres = (_pairs(part) for part in (tables.reshape(*n.shape, -1), clusters, genres))
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = within_clusters * within_genres / (n * (n - 1) / 2)
        rand = (both - expected) / ((within_clusters + within_genres) / 2 - expected)
        of_clusters, of_genres = _entropy(clusters), _entropy(genres)
        shared = np.maximum(of_clusters + of_genres - _entropy(tables.reshape(*n.shape, -1)), 0.0)
        geometric = np.where(shared > 1e-12, shared / np.sqrt(of_clusters * of_genres), 0.0)
        arithmetic = np.where(shared > 1e-12, 2 * shared / (of_clusters + of_genres), 0.0)
    nothing = (of_clusters + of_genres) <= 1e-12
    return {
        "adjusted_rand_index": np.where(nothing, np.nan, rand),
        "normalised_mutual_information": np.where(nothing, np.nan, np.minimum(geometric, 1.0)),
        "v_measure": np.where(nothing, np.nan, np.minimum(arithmetic, 1.0)),
    }


def score_table(
    found: Sequence[Clustering],
    labels: TextArray,
    genres: Sequence[str],
    groups: TextArray,
    resamples: int,
    confidence: float,
    seed: int,
) -> pd.DataFrame:
    """CLUSTERS: every score of every method."""
    n_groups = len(set(groups))
    units = units_of(labels, groups)
    weights = group_weights(units, resamples, np.random.default_rng(seed))
    rows: list[dict[str, object]] = []
    for clustering in found:
        head: dict[str, object] = {"method": clustering.method, "settings": clustering.settings}
        head |= {"n": len(labels), "n_groups": n_groups}
        if not len(clustering.assigned):
            rows += [{**head, "score": score, "reason": clustering.reason} for score in LOWEST]
            continue
        counts_by_group = contingency(clustering.assigned, labels, genres, groups)
        observed = agreement(counts_by_group.sum(axis=0)[None])
        drawn = _resampled(weights, counts_by_group)
        for score, value in observed.items():
            reflected = np.clip(2 * value - drawn[score], LOWEST[score], 1.0)
            interval = percentile_interval(reflected, confidence, units)
            rows.append(
                {
                    **head,
                    "n_clusters": clustering.n_clusters,
                    "n_noise": int((clustering.assigned == NOISE).sum()),
                    "score": score,
                    "value": float(value[0]),
                    "low": interval.low,
                    "high": interval.high,
                    "reason": "; ".join(filter(None, (clustering.reason, interval.reason))),
                }
            )
    return tables.frame(CLUSTERS, rows)


def contingency_table(found: Sequence[Clustering], labels: TextArray, genres: Sequence[str]) -> pd.DataFrame:
    """CLUSTER_CONTINGENCY: clusters by falling size, then noise; zeros included."""
    rows: list[dict[str, object]] = []
    for clustering in found:
        for number in sorted(set(clustering.assigned.tolist()), key=lambda cluster: (cluster == NOISE, cluster)):
            inside = labels[clustering.assigned == number]
            name = "noise" if number == NOISE else str(number + 1)
            head = {"method": clustering.method, "cluster": name}
            rows += [{**head, "genre": genre, "count": int((inside == genre).sum())} for genre in genres]
    return tables.frame(CLUSTER_CONTINGENCY, rows)


def _resampled(weights: FloatArray, counts: FloatArray) -> dict[str, FloatArray]:
    parts = [
        agreement(resampled_counts(weights[begin : begin + AT_ONCE], counts))
        for begin in range(0, len(weights), AT_ONCE)
    ]
    return {score: np.concatenate([part[score] for part in parts]) for score in parts[0]}


def _pairs(counts: FloatArray) -> FloatArray:
    total: FloatArray = (counts * (counts - 1) / 2).sum(axis=-1)
    return total


def _entropy(counts: FloatArray) -> FloatArray:
    share = counts / counts.sum(axis=-1, keepdims=True)
    entropy: FloatArray = -(share * np.log(np.where(share > 0, share, 1.0))).sum(axis=-1)
    return entropy
