"""Design table -> what the corpus itself is like: its genres, its columns, and structure found without labels."""

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.columns import read_columns
from classically_punk.contracts.protocols import headline_of
from classically_punk.contracts.tables.corpora import ANNOTATIONS, CLIPS
from classically_punk.contracts.tables.design import DESIGN
from classically_punk.contracts.tables.exploration import (
    BALANCE,
    CLUSTER_CONTINGENCY,
    CLUSTERS,
    CORRELATION,
    CORRELATION_COLUMNS,
    DISCRIMINATIVE,
    DISTRIBUTIONS,
    MAP,
    NEIGHBOURS,
    PCA_LOADINGS,
    PCA_VARIANCE,
    QUARTILES,
    SUBGROUPS,
)
from classically_punk.contracts.tables.scores import CONFUSION
from classically_punk.exploration import (
    balance,
    clusters,
    components,
    correlation,
    discriminative,
    neighbours,
    subgroups,
)
from classically_punk.exploration.clip_matrix import ClipMatrix
from classically_punk.exploration.maps import map_table
from classically_punk.foundation.params import Params
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Describes genres and columns, looks for structure without labels, and asks how far it agrees with genres."""
    matrix = ClipMatrix.of(tables.read(DESIGN, places.data), params.ols)
    clips = tables.read(CLIPS, places.data)
    annotations = tables.read(ANNOTATIONS, places.data)
    known, explore = read_columns(places.data), params.explore
    tables.write(BALANCE, balance.balance_table(clips, annotations, matrix.clips), places.tables)

    chosen = discriminative.discriminative_columns(matrix, known, explore.columns)
    tables.write(DISCRIMINATIVE, discriminative.discriminative_table(matrix, chosen, known), places.tables)
    tables.write(QUARTILES, discriminative.quartile_table(matrix, chosen), places.tables)
    tables.write(DISTRIBUTIONS, discriminative.density_table(matrix, chosen), places.tables)

    related = correlation.correlated_columns(matrix, known)
    tables.write(CORRELATION, related.correlation, places.tables)
    tables.write(CORRELATION_COLUMNS, related.columns, places.tables)

    found = components.principal_components(matrix.standardised)
    tables.write(PCA_VARIANCE, components.variance_table(found), places.tables)
    tables.write(PCA_LOADINGS, components.loading_table(found, matrix.columns, known), places.tables)

    points = found.explaining()
    clustered = clusters.find_clusters(points, len(matrix.genres), explore.seed)
    scored = clusters.score_table(
        clustered,
        matrix.labels,
        matrix.genres,
        matrix.groups,
        explore.resamples,
        params.evaluate.confidence,
        explore.seed,
    )
    tables.write(CLUSTERS, scored, places.tables)
    counted = clusters.contingency_table(clustered, matrix.labels, matrix.genres)
    tables.write(CLUSTER_CONTINGENCY, counted, places.tables)

    tables.write(NEIGHBOURS, _neighbours(matrix, points, places), places.tables)
    artist = dict(zip(annotations["clip"], annotations["artist"], strict=True))
    split = subgroups.subgroup_table(matrix, points, artist, known, explore.seed)
    tables.write(SUBGROUPS, split, places.tables)
    tables.write(MAP, map_table(matrix, found, explore.perplexity, explore.seed), places.models)


def _neighbours(matrix: ClipMatrix, points: FloatArray, places: Places) -> pd.DataFrame:
    confusion = tables.read(CONFUSION, places.tables)
    judged = confusion[confusion["protocol"] == headline_of(confusion["protocol"].unique())]
    distances = {
        "distance": neighbours.mean_distances(points, matrix.labels, matrix.genres),
        "confusion": neighbours.confusion_distances(judged, matrix.genres),
    }
    return pd.concat([neighbours.tree_table(kind, apart, matrix.genres) for kind, apart in distances.items()])


if __name__ == "__main__":
    main(run)
