"""Design table -> what the corpus itself is like: its genres, its columns, and structure found without labels."""

import pandas as pd

from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.columns import read_columns
from classically_punk.contracts.protocols import headline_of
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
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv, write_parquet
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ("evaluate", "explore", "ols")


def run(params: StageParams, places: Places) -> None:
    """Describes genres and columns, looks for structure without labels, and asks how far it agrees with genres."""
    matrix = ClipMatrix.of(pd.read_parquet(places.data / "table.parquet"), params.ols)
    clips = read_table(places.data / "clips.csv", numbers=("duration", "rms_dbfs"))
    annotations = read_table(places.data / "annotations.csv")
    known, explore = read_columns(places.data / "columns.csv"), params.explore
    write_csv(balance.balance_table(clips, annotations, matrix.clips), places.tables / "balance.csv")

    chosen = discriminative.discriminative_columns(matrix, known, explore.columns)
    write_csv(discriminative.discriminative_table(matrix, chosen, known), places.tables / "discriminative.csv")
    write_csv(discriminative.quartile_table(matrix, chosen), places.tables / "quartiles.csv")
    write_csv(discriminative.density_table(matrix, chosen), places.tables / "distributions.csv", digits=4)

    related = correlation.correlated_columns(matrix, known)
    write_csv(related.correlation, places.tables / "correlation.csv")
    write_csv(related.columns, places.tables / "correlation_columns.csv")

    found = components.principal_components(matrix.standardised)
    write_csv(components.variance_table(found), places.tables / "pca_variance.csv")
    write_csv(components.loading_table(found, matrix.columns, known), places.tables / "pca_loadings.csv")

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
    write_csv(scored, places.tables / "clusters.csv")
    counted = clusters.contingency_table(clustered, matrix.labels, matrix.genres)
    write_csv(counted, places.tables / "cluster_contingency.csv")

    write_csv(_neighbours(matrix, points, places), places.tables / "neighbours.csv")
    artist = dict(zip(annotations["clip"], annotations["artist"], strict=True))
    split = subgroups.subgroup_table(matrix, points, artist, known, explore.seed)
    write_csv(split, places.tables / "subgroups.csv")
    write_parquet(map_table(matrix, found, explore.perplexity, explore.seed), places.models / "map.parquet")


def _neighbours(matrix: ClipMatrix, points: FloatArray, places: Places) -> pd.DataFrame:
    confusion = read_table(places.tables / "confusion.csv", numbers=("count", "share"))
    judged = confusion[confusion["protocol"] == headline_of(confusion["protocol"].unique())]
    distances = {
        "distance": neighbours.mean_distances(points, matrix.labels, matrix.genres),
        "confusion": neighbours.confusion_distances(judged, matrix.genres),
    }
    return pd.concat([neighbours.tree_table(kind, apart, matrix.genres) for kind, apart in distances.items()])


if __name__ == "__main__":
    main(run, PARAMS)
