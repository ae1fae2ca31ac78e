"""Genres: who is in them, who their neighbours are, what stands inside, and their map."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import silhouette_score

from classically_punk.catalogue.sets import SETS, described
from classically_punk.exploration import balance, neighbours, subgroups
from classically_punk.exploration.clip_matrix import ClipMatrix
from classically_punk.exploration.maps import neighbour_map
from classically_punk.exploration.medoids import medoids

KNOWN = described(SETS)

CLIPS = pd.DataFrame(
    {
        "clip": ["a1", "a2", "a3", "b1", "b2", "x"],
        "label": ["a", "a", "a", "b", "b", ""],
        "group": ["p", "p", "q", "r", "r", "x"],
        "status": ["ok", "flagged", "rejected", "ok", "ok", "rejected"],
        "reasons": ["", "clipped;replica", "silent", "", "", "no_label"],
        "duration": [10.0, 20.0, 0.5, 30.0, 30.0, 1.0],
        "rms_dbfs": [-20.0, -10.0, -99.0, np.nan, np.nan, -5.0],
    }
)


def test_counts_quartiles_and_artists_are_those_of_the_clips() -> None:
    artists = pd.DataFrame({"clip": ["a1", "a2", "a3"], "artist": ["P", "P", "Q"]})
    table = balance.balance_table(CLIPS, artists, ["a1", "a2", "b1", "b2"]).set_index("genre")
    assert table.index.tolist() == ["a", "b", ""]
    assert table.loc["a", ["found", "used", "flagged", "rejected", "groups", "artists"]].tolist() == [3, 2, 1, 1, 1, 1]
    assert table.loc["a", "largest_artist_share"] == 1.0
    assert table.loc["a", ["duration_q1", "duration_median", "duration_q3"]].tolist() == [12.5, 15.0, 17.5]
    assert table.loc["a", "commonest_fault"] == "clipped"
    assert table.loc["b", "reason"] == "no artists are known; no loudness: no audio"
    assert "no clip of this genre is used" in table.loc["", "reason"]
    assert table.loc["", "commonest_fault_words"].startswith("No folder")


def test_the_tree_is_scipys_and_its_members_are_its_parts() -> None:
    points = np.array([0.0, 1.0, 10.0, 12.0, 30.0])[:, None]
    distances = np.abs(points - points.T)
    names = ['qu"ote', "b", "🎺, brass", "[d]", "e" * 60]
    table = neighbours.tree_table("distance", distances, names)
    assert table["height"].tolist() == pytest.approx(linkage(squareform(distances), "average")[:, 2].tolist())
    first = table.iloc[0]
    assert {*json.loads(first["left"]), *json.loads(first["right"])} == {'qu"ote', "b"}
    for row in table.itertuples():
        assert json.loads(row.members) == json.loads(row.left) + json.loads(row.right)
    assert sorted(json.loads(table.iloc[-1]["members"])) == sorted(names)


def test_genres_taken_for_each_other_are_near_however_lopsided() -> None:
    confusion = pd.DataFrame(
        [("a", "a", 0.6), ("a", "b", 0.4), ("b", "b", 1.0), ("c", "c", 1.0)], columns=["actual", "predicted", "share"]
    )
    distances = neighbours.confusion_distances(confusion, ["a", "b", "c"])
    assert distances == pytest.approx(np.array([[0.0, 0.8, 1.0], [0.8, 0.0, 1.0], [1.0, 1.0, 0.0]]))
    first = neighbours.tree_table("confusion", distances, ["a", "b", "c"]).iloc[0]
    assert sorted(json.loads(first["members"])) == ["a", "b"]


def test_two_genres_have_a_tree_of_one_step(blobs: ClipMatrix) -> None:
    distances = neighbours.mean_distances(blobs.values, blobs.labels, blobs.genres)
    means = [blobs.values[blobs.labels == genre].mean(axis=0) for genre in blobs.genres]
    table = neighbours.tree_table("distance", distances, blobs.genres)
    assert table["height"].tolist() == pytest.approx([float(np.linalg.norm(means[0] - means[1]))])


def planted(settings, design, apart: float) -> tuple[ClipMatrix, dict[str, str]]:
    rng = np.random.default_rng(11)
    values = rng.normal(size=(60, 5))
    values[:12, 1] += apart
    labels = ["a"] * 40 + ["b"] * 20
    matrix = ClipMatrix.of(design(values, labels), settings)
    return matrix, {clip: "one" if place < 12 else "two" for place, clip in enumerate(matrix.clips[:40])}


def test_a_planted_subgroup_is_found_named_and_is_its_artist(settings, design) -> None:
    matrix, artist = planted(settings, design, apart=15.0)
    table = subgroups.subgroup_table(matrix, matrix.standardised[:, 1:2], artist, KNOWN, seed=0).set_index("genre")
    row = table.loc["a"]
    assert row["sizes"] == "28; 12"
    assert row["reason"] == ""
    assert row["column_1"] == "mfcc2_mean"
    assert row["words"].startswith("less MFCC 2 (mean)")
    assert row["adjusted_rand_with_artists"] == 1.0
    assert row["silhouette"] > row["silhouette_by_chance"]
    assert table.loc["b", "reason"].endswith("no artists are known")


def test_one_cloud_has_no_subgroups_that_stand_out(settings, design) -> None:
    matrix, artist = planted(settings, design, apart=0.0)
    table = subgroups.subgroup_table(matrix, matrix.standardised, artist, KNOWN, seed=0)
    assert table["reason"].str.startswith("no sub-groups stand out").all()


def test_the_silhouette_of_a_split_is_that_of_scikit_learn(rng: np.random.Generator) -> None:
    points = np.concatenate([rng.normal(size=(20, 2)), rng.normal(8.0, 1.0, size=(10, 2))])
    split = subgroups.best_split(points, seed=0)
    assert split is not None
    assert split[0] == pytest.approx(silhouette_score(points, split[1]))
    assert np.bincount(split[1]).tolist() == [20, 10]


def test_one_odd_clip_is_no_subgroup(rng: np.random.Generator) -> None:
    points = np.concatenate([0.01 * rng.normal(size=(8, 1)), [[1000.0]]])
    assert subgroups.best_split(points, seed=0) is None


def test_the_specimen_is_the_faultless_clip_nearest_to_the_median(design, settings) -> None:
    values = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 50.0, 52.0, 51.0])[:, None]
    matrix = ClipMatrix.of(design(values, ["a"] * 5 + ["b"] * 3), settings)
    chosen = {found.genre: found for found in medoids(matrix, {"clip0001", "clip0004"})}
    assert chosen["a"].clip == "clip0001"  # the median itself, clip0002, has a fault
    assert chosen["b"].clip == "clip0007"
    assert chosen["b"].reason == "every clip of the genre is flagged"


def test_of_many_genres_those_with_most_clips_are_shown(design, settings) -> None:
    labels = [name for count, name in enumerate("abcd", start=1) for _ in range(count)]
    matrix = ClipMatrix.of(design(np.arange(10.0)[:, None], labels), settings)
    chosen = {found.genre: found for found in medoids(matrix, set(matrix.clips), most=2)}
    assert [genre for genre, found in chosen.items() if found.clip] == ["c", "d"]
    assert chosen["a"].reason == "not shown: 2 of 4 genres are, those with most clips"


@pytest.mark.parametrize("n", [2, 5, 20])
def test_a_map_of_few_clips_has_a_place_for_each(n: int) -> None:
    placed = neighbour_map(np.random.default_rng(n).normal(size=(n, 3)), perplexity=30.0, seed=0)
    assert placed.shape == (n, 2)
    assert np.isfinite(placed).all()


def test_blobs_stay_apart_on_the_map_which_is_the_same_every_time(blobs: ClipMatrix) -> None:
    first, second = (neighbour_map(blobs.standardised, perplexity=10.0, seed=3) for _ in range(2))
    assert first.tobytes() == second.tobytes()
    assert silhouette_score(first, blobs.labels.astype(str)) > 0.5
