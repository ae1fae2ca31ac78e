"""Sub-groups inside one genre: whether its clips fall apart, along what, and whether that is just its artists."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.columns import Column
from classically_punk.contracts.tables.exploration import SUBGROUPS
from classically_punk.exploration.clip_matrix import ClipMatrix
from classically_punk.exploration.clusters import by_size
from classically_punk.exploration.components import in_words

SPLITS = (2, 3, 4)
STARTS = 5
FEWEST = 8  # clips that a genre must have
SMALLEST = 0.1  # of a genre: fewer clips, or fewer than 3, are odd ones out and no sub-group
STANDS_OUT = 0.1  # silhouette
MOST = 1000  # clips whose silhouette is computed; of more, as many drawn at random
REFERENCES = 39  # samples from one cloud, whose silhouettes are what chance gives
CHANCE = 0.95  # of them are not better than the silhouette that is given for chance
ALIKE = 0.9  # correlation within the genre from which a second column would say the first again


def subgroup_table(
    matrix: ClipMatrix, points: FloatArray, artist: Mapping[str, str], described: Mapping[str, Column], seed: int
) -> pd.DataFrame:
    """SUBGROUPS: the best of 2, 3 or 4 sub-groups of every genre, by silhouette (Rousseeuw 1987).

    Any cloud of points can be split. `silhouette_by_chance` is the 95 % point of what the same search finds in samples
    from one normal cloud with the genre's spread: sub-groups stand out when their silhouette is above it and above
    0.1 (after Tibshirani, Walther & Hastie 2001).
    points : shape (n, q), in the order of `matrix`; artist : clip -> artist, blank or absent where unknown
    words, column_*, difference_* : what sets the largest sub-group apart from the rest of its genre, the difference of
    means over the deviation within both; adjusted_rand_with_artists : over the clips whose artist is known
    """
    rows = []
    for genre in matrix.genres:
        inside = np.flatnonzero(matrix.labels == genre)
        rows.append({"genre": genre, "n": len(inside), **_of_genre(matrix, points, inside, artist, described, seed)})
    return tables.frame(SUBGROUPS, rows)


def _of_genre(
    matrix: ClipMatrix,
    points: FloatArray,
    inside: NDArray[np.intp],
    artist: Mapping[str, str],
    described: Mapping[str, Column],
    seed: int,
) -> dict[str, object]:
    if len(inside) < FEWEST:
        return {"reason": f"no sub-groups are sought: fewer than {FEWEST} clips"}
    found = best_split(points[inside], seed)
    if found is None:
        return {"reason": "no sub-groups stand out: every split cuts off a few odd clips"}
    silhouette, assigned = found
    sizes = np.bincount(assigned)
    row: dict[str, object] = {
        "subgroups": len(sizes),
        "sizes": "; ".join(str(size) for size in sizes),
        "silhouette": silhouette,
    }
    chance = silhouette_by_chance(points[inside], seed)
    row["silhouette_by_chance"] = chance
    reasons = []
    if silhouette < STANDS_OUT or silhouette <= chance:
        reasons.append("no sub-groups stand out: one cloud of the same spread can be split as well")
    apart = _sets_apart(matrix.standardised[inside], assigned == 0)
    named = [(matrix.columns[j], difference) for j, difference in apart]
    row["words"] = in_words(named, described)
    for number, (name, difference) in enumerate(named, start=1):
        row[f"column_{number}"], row[f"difference_{number}"] = name, difference
    names = [artist.get(clip, "") for clip in matrix.clips[inside]]
    known = np.array([bool(name) for name in names])
    row["artists"] = len({name for name in names if name}) or None
    if row["artists"] is None:
        reasons.append("no artists are known")
    elif row["artists"] == 1:
        reasons.append("one artist only")
    else:
        row["adjusted_rand_with_artists"] = float(adjusted_rand_score(np.array(names)[known], assigned[known]))
    return {**row, "reason": "; ".join(reasons)}


def best_split(points: FloatArray, seed: int) -> tuple[float, NDArray[np.intp]] | None:
    """The silhouette and the assignment (largest first) of the best split of `points`, shape (n, q).

    None where every split leaves a part with fewer than a tenth of the points, or fewer than 3.
    """
    fewest = max(3, int(np.ceil(SMALLEST * len(points))))
    distinct = len(np.unique(points, axis=0))
    best: tuple[float, NDArray[np.intp]] | None = None
    for count in SPLITS:
        if count * fewest > len(points) or count > distinct:
            continue
        assigned = by_size(KMeans(n_clusters=count, n_init=STARTS, random_state=seed).fit_predict(points))
        if np.bincount(assigned).min() < fewest:
            continue
        sample = MOST if len(points) > MOST else None
        silhouette = float(silhouette_score(points, assigned, sample_size=sample, random_state=seed))
        if best is None or silhouette > best[0]:
            best = silhouette, assigned
    return best


def silhouette_by_chance(points: FloatArray, seed: int) -> float:
    """The 95 % point of the silhouettes of the best splits of samples from one normal cloud with the mean and the
    covariance of `points`, shape (n, q). A sample without a split counts as 0."""
    rng = np.random.default_rng(seed)
    _, spreads, directions = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    shape = (spreads / np.sqrt(len(points) - 1))[:, None] * directions
    found = []
    for _ in range(REFERENCES):
        split = best_split(rng.standard_normal((len(points), len(shape))) @ shape, seed)
        found.append(0.0 if split is None else split[0])
    return float(np.quantile(found, CHANCE))


def _sets_apart(standardised: FloatArray, largest: NDArray[np.bool_]) -> list[tuple[int, float]]:
    """The two columns, not alike, that differ most between `largest` and the rest, and by how many deviations."""
    first, rest = standardised[largest], standardised[~largest]
    n = len(first) + len(rest)
    within = np.sqrt((len(first) * first.var(axis=0) + len(rest) * rest.var(axis=0)) / n)
    varies = within > 1e-9
    difference = np.where(varies, (first.mean(axis=0) - rest.mean(axis=0)) / np.where(varies, within, 1.0), 0.0)
    order = np.argsort(-np.abs(difference).round(9), kind="stable")
    leading = int(order[0])
    chosen = [leading]
    for j in order[1:]:
        if varies[j] and varies[leading]:
            relation = np.corrcoef(standardised[:, leading], standardised[:, j])[0, 1]
            if abs(relation) <= ALIKE:
                chosen.append(int(j))
                break
    return [(j, float(difference[j])) for j in chosen]
