"""The search for wrong labels, on labels that are wrong because they were made so, or because a list says so."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts import tables
from classically_punk.contracts.label_search import CHANCE, LISTED, MARGIN, METHODS, NEAREST, NEIGHBOURS, RANDOM
from classically_punk.contracts.tables.fits import LABEL_ISSUE_SEARCH
from classically_punk.diagnostics.label_issues import Rows, label_issue_table, others
from classically_punk.diagnostics.listed_labels import search_listed, wrong_labels
from classically_punk.diagnostics.planted_labels import mean_interval, plant, search_by_planting
from classically_punk.foundation.params import LabelIssues

GENRES = ("blues", "jazz", "pop", "rock")


def made(rng: np.random.Generator, apart: float, songs: int = 80) -> Rows:
    """Four genres of 40 clips each in six columns, `apart` deviations from each other; two clips a song."""
    actual = np.repeat(np.arange(4), 40)
    columns = apart * rng.normal(size=(4, 6))[actual] + rng.normal(size=(160, 6))
    clips = np.array([f"c{k:03d}" for k in range(160)], dtype=object)
    names = np.array([f"song {k % songs}" for k in range(160)], dtype=object)
    return Rows(clips, np.column_stack([np.ones(160), columns]), actual, names, GENRES)


def settings(repeats: int = 10, seed: int = 1) -> LabelIssues:
    return LabelIssues(seed=seed, planted_share=0.05, repeats=repeats)


def searched(rows: list[dict[str, object]]) -> pd.DataFrame:
    return tables.checked(LABEL_ISSUE_SEARCH, tables.frame(LABEL_ISSUE_SEARCH, rows))


def of(table: pd.DataFrame, source: str, method: str, measure: str = "average_precision") -> Any:
    rows = table[(table["source"] == source) & (table["method"] == method) & (table["measure"] == measure)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_genres_far_apart_give_wrong_labels_away(rng: np.random.Generator) -> None:
    found = searched(search_by_planting(made(rng, 4.0), settings(), 0.95))
    for source in (RANDOM, NEAREST):
        assert of(found, source, MARGIN)["low"] > 0.9
        assert of(found, source, MARGIN, "precision_at_8")["value"] > 0.9
    assert of(found, NEAREST, NEIGHBOURS)["value"] > 0.9
    assert set(found["method"]) == set(METHODS)


def test_without_music_the_search_finds_what_chance_finds(rng: np.random.Generator) -> None:
    found = searched(search_by_planting(made(rng, 0.0), settings(200), 0.95))
    chance = of(found, RANDOM, CHANCE)["value"]
    for method in (MARGIN, NEIGHBOURS):
        assert of(found, RANDOM, method)["value"] == pytest.approx(chance, abs=0.03), method
    assert of(found, RANDOM, CHANCE, "precision_at_8")["value"] == pytest.approx(0.05)


def test_the_lead_is_the_difference_of_the_means(rng: np.random.Generator) -> None:
    found = searched(search_by_planting(made(rng, 1.0), settings(), 0.95))
    for source in (RANDOM, NEAREST):
        margin, neighbours = of(found, source, MARGIN), of(found, source, NEIGHBOURS)
        assert neighbours["margin_ahead"] == pytest.approx(margin["value"] - neighbours["value"])
        assert neighbours["ahead_low"] < neighbours["margin_ahead"] < neighbours["ahead_high"]
        assert np.isnan(margin["margin_ahead"])


def test_as_many_labels_are_planted_as_asked_for_and_only_where_allowed(rng: np.random.Generator) -> None:
    rows = made(rng, 2.0)
    allowed = np.arange(160) % 2 == 0
    for kind in (RANDOM, NEAREST):
        planting = plant(rows, rows.fitted, kind, 30, rng, allowed)
        assert planting.wrong.sum() == 30
        assert not planting.wrong[~allowed].any()
        assert (planting.labels[~planting.wrong] == rows.actual[~planting.wrong]).all()
    nearest = others(rows.fitted, rows.actual).argmax(axis=1)
    assert (planting.labels[planting.wrong] == nearest[planting.wrong]).all()


def test_labels_known_to_be_wrong_are_no_mistakes_of_the_search(rng: np.random.Generator) -> None:
    """They come first with reason: counted as right, they would hide what was planted."""
    rows = made(rng, 4.0)
    labels = rows.actual.copy()
    labels[:8] = 3
    with_wrong = Rows(rows.clips, rows.design, labels, rows.songs, GENRES)
    known, unknown = (
        searched(search_by_planting(with_wrong, settings(), 0.95, listed)) for listed in (list(rows.clips[:8]), [])
    )
    assert of(known, RANDOM, MARGIN)["low"] > of(unknown, RANDOM, MARGIN)["high"]
    assert of(known, RANDOM, MARGIN)["n"] == 152
    assert search_by_planting(with_wrong, settings(), 0.95, list(rows.clips)) == []


def test_the_same_seed_plants_the_same_labels(rng: np.random.Generator) -> None:
    rows = made(rng, 1.0)
    one, again, other = (searched(search_by_planting(rows, settings(5, seed), 0.95))["value"] for seed in (1, 1, 2))
    assert one.equals(again)
    assert not one.equals(other)


def test_the_interval_of_a_mean_is_students() -> None:
    """Of 1..5 by the table of t: 3 +- 2.776 * sqrt(2.5 / 5)."""
    low, high = mean_interval(np.arange(1.0, 6.0), 0.95, 0.0, 10.0)[1:]
    assert (low, high) == pytest.approx((3 - 2.776 * 0.5**0.5, 3 + 2.776 * 0.5**0.5), abs=1e-3)
    assert mean_interval(np.array([0.9, 1.0]), 0.95, 0.0, 1.0)[2] == 1.0


def listed_search(rng: np.random.Generator, listed: dict[str, str]) -> pd.DataFrame:
    """c000 to c003, of blues, bear the label rock."""
    rows = made(rng, 4.0)
    labels = rows.actual.copy()
    labels[:4] = 3
    wrong = Rows(rows.clips, rows.design, labels, rows.songs, GENRES)
    issues = label_issue_table(wrong, wrong.design[:, 1:], np.eye(6), [f"column{j}" for j in range(6)])
    return searched(search_listed(wrong, issues, listed, settings(), 0.95))


def test_a_list_is_a_yardstick(rng: np.random.Generator) -> None:
    found = listed_search(rng, {"c000": "blues", "c001": "blues", "c002": "jazz", "c003": ""})
    assert of(found, LISTED, MARGIN)["value"] == pytest.approx(1.0)
    assert of(found, LISTED, MARGIN)["n_wrong"] == 4
    right = of(found, LISTED, MARGIN, "suggested_right")
    assert (right["value"], right["n_wrong"]) == (pytest.approx(2 / 3), 3)
    chance = of(found, LISTED, CHANCE)
    assert chance["low"] < chance["value"] < chance["high"] < 0.5


@pytest.mark.parametrize(
    ("listed", "words"), [({}, "no list of wrong labels"), ({"elsewhere": ""}, "no clip of the list")]
)
def test_without_a_listed_clip_the_reason_is_said(rng: np.random.Generator, listed: dict[str, str], words: str) -> None:
    (row,) = listed_search(rng, listed).to_dict("records")
    assert words in row["reason"]
    assert (row["n_wrong"], row["method"]) == (0, "")


def test_wrong_labels_alone_are_listed() -> None:
    annotations = pd.DataFrame(
        {"clip": ["a", "b", "c"], "known_fault": ["wrong_label", "hum", ""], "right_label": ["jazz", "", ""]}
    )
    assert wrong_labels(annotations) == {"a": "jazz"}
