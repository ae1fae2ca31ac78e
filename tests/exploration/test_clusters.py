"""Clusters against genres: scikit-learn's scores, planted blobs, intervals that know their groups."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, v_measure_score

from classically_punk.exploration import clusters
from classically_punk.exploration.clip_matrix import ClipMatrix
from classically_punk.exploration.components import principal_components


def drawn(n: int, k: int, g: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = np.array([f"genre {number}" for number in rng.integers(0, g, n)], dtype=object)
    groups = np.array([f"artist {number}" for number in rng.integers(0, 9, n)], dtype=object)
    return rng.integers(0, k, n), labels, groups


@pytest.mark.parametrize(("n", "k", "g"), [(50, 3, 4), (200, 10, 10), (40, 2, 2), (60, 1, 3), (30, 30, 2)])
def test_scores_of_a_table_are_those_of_scikit_learn(n: int, k: int, g: int) -> None:
    assigned, labels, groups = drawn(n, k, g, seed=n + k)
    tables = clusters.contingency(assigned, labels, sorted(set(labels)), groups)
    found = clusters.agreement(tables.sum(axis=0)[None])
    assert found["adjusted_rand_index"][0] == pytest.approx(adjusted_rand_score(labels, assigned), abs=1e-12)
    geometric = normalized_mutual_info_score(labels, assigned, average_method="geometric")
    assert found["normalised_mutual_information"][0] == pytest.approx(geometric, abs=1e-12)
    assert found["v_measure"][0] == pytest.approx(v_measure_score(labels, assigned), abs=1e-12)


def test_a_weighted_sum_of_tables_is_the_table_of_the_clips_drawn() -> None:
    assigned, labels, groups = drawn(80, 4, 3, seed=5)
    genres = sorted(set(labels))
    tables = clusters.contingency(assigned, labels, genres, groups)
    names = sorted(set(groups))
    weights = np.arange(len(names)) % 3
    rows = np.concatenate(
        [np.repeat(np.flatnonzero(groups == name), w) for name, w in zip(names, weights, strict=True)]
    )
    found = clusters.agreement(np.tensordot(weights, tables, axes=1)[None])
    expected = adjusted_rand_score(labels[rows], assigned[rows])
    assert found["adjusted_rand_index"][0] == pytest.approx(expected, abs=1e-12)


def test_blobs_far_apart_are_found_and_their_interval_is_a_point(blobs: ClipMatrix) -> None:
    found = clusters.find_clusters(blobs.standardised[:, :1], 2, seed=0)
    table = clusters.score_table(found, blobs.labels, blobs.genres, blobs.groups, 50, 0.95, seed=0)
    exact = table[table["method"].isin(["k-means", "agglomerative"])]
    assert exact[["value", "low", "high"]].to_numpy() == pytest.approx(1.0, abs=1e-12)
    counted = clusters.contingency_table(found, blobs.labels, blobs.genres)
    k_means = counted[counted["method"] == "k-means"]
    assert sorted(k_means["count"]) == [0, 0, 30, 30]


def test_every_method_accounts_for_every_clip_of_every_genre(blobs: ClipMatrix) -> None:
    found = clusters.find_clusters(principal_components(blobs.standardised).explaining(), 2, seed=0)
    counted = clusters.contingency_table(found, blobs.labels, blobs.genres)
    assert (counted.groupby(["method", "genre"])["count"].sum() == 30).all()


def test_one_group_has_a_value_and_no_interval(blobs: ClipMatrix) -> None:
    alone = np.array(["the same"] * 60, dtype=object)
    found = clusters.find_clusters(blobs.standardised[:, :1], 2, seed=0)
    table = clusters.score_table(found, blobs.labels, blobs.genres, alone, 20, 0.95, seed=0)
    assert table["value"].notna().all()
    assert table["low"].isna().all()
    assert table["reason"].str.contains("fewer than 2 groups").all()


def test_the_interval_is_lower_than_a_resample_with_its_doubled_artists_suggests() -> None:
    """Artists in one cluster each, clusters drawn at random: agreement of new artists with their genre is chance."""
    rng = np.random.default_rng(3)
    artists = np.repeat(np.arange(24), 5)
    cluster, genre = rng.integers(0, 3, 24)[artists], np.array([f"g{k}" for k in rng.integers(0, 3, 24)])[artists]
    groups = np.array([f"a{number}" for number in artists], dtype=object)
    fixed = [clusters.Clustering("k-means", "two clusters", cluster.astype(np.intp))]
    table = clusters.score_table(fixed, genre.astype(object), ["g0", "g1", "g2"], groups, 400, 0.95, seed=0)
    row = table[table["score"] == "adjusted_rand_index"].iloc[0]
    assert row["low"] < 0.0 < row["high"]
    assert row["high"] - row["value"] < row["value"] - row["low"]


def test_clusters_are_numbered_by_size_and_noise_stays_noise() -> None:
    assert clusters.by_size(np.array([7, 3, 3, -1, 3, 7, 9])).tolist() == [1, 0, 0, -1, 0, 1, 2]


def test_too_few_clips_for_a_density_are_said_to_be(blobs: ClipMatrix) -> None:
    found = clusters.find_clusters(blobs.standardised[28:32], 2, seed=0)
    table = clusters.score_table(found, blobs.labels[28:32], blobs.genres, blobs.groups[28:32], 20, 0.95, seed=0)
    dense = table[table["method"] == "hdbscan"]
    assert len(dense) == 3
    assert dense["value"].isna().all()
    assert (dense["reason"] == "left out: too few clips").all()
