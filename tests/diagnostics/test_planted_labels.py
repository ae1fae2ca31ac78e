"""The search for wrong labels, on labels that are wrong because they were made so."""

import numpy as np
import pytest

from classically_punk.diagnostics.planted_labels import (
    NEAREST,
    RANDOM,
    Rows,
    held_out_operator,
    margins,
    search_by_planting,
)


def made(rng: np.random.Generator, apart: float, groups: int = 40) -> Rows:
    """Four genres of 40 rows each in six columns, `apart` deviations from each other."""
    actual = np.repeat(np.arange(4), 40)
    columns = apart * rng.normal(size=(4, 6))[actual] + rng.normal(size=(160, 6))
    names = np.array([f"recording {k % groups}" for k in range(160)], dtype=object)
    return Rows(np.column_stack([np.ones(160), columns]), actual, names, 4)


def of(table, source: str, method: str, measure: str = "average_precision") -> float:
    chosen = (table["source"] == source) & (table["method"] == method) & (table["measure"] == measure)
    return float(table.loc[chosen, "value"].iloc[0])


def test_genres_far_apart_give_wrong_labels_away(rng: np.random.Generator) -> None:
    found = search_by_planting(made(rng, 4.0), 0.05, 10, 1, 0.95)
    assert of(found, RANDOM, "margin") > 0.95
    assert of(found, NEAREST, "neighbours") > 0.9


def test_without_music_the_search_is_no_better_than_chance(rng: np.random.Generator) -> None:
    found = search_by_planting(made(rng, 0.0), 0.05, 60, 1, 0.95)
    for method in ("margin", "neighbours"):
        row = found[(found["source"] == RANDOM) & (found["method"] == method)].iloc[0]
        assert row["value"] < 0.15, method  # average precision of a random order is a little above the share, .05
    assert of(found, RANDOM, "chance", "share") == pytest.approx(0.05)


def test_the_operator_is_the_fit_without_the_group(rng: np.random.Generator) -> None:
    rows = made(rng, 1.0)
    out = rows.groups == "recording 3"
    indicators = rows.indicators(rows.actual)
    expected = rows.design[out] @ np.linalg.lstsq(rows.design[~out], indicators[~out], rcond=None)[0]
    np.testing.assert_allclose((held_out_operator(rows) @ indicators)[out], expected, atol=1e-10)


def test_the_margin_is_positive_where_another_genre_fits_better() -> None:
    fitted = np.array([[0.9, 0.1, 0.0], [0.2, 0.3, 0.5]])
    np.testing.assert_allclose(margins(fitted, np.array([0, 1])), [-0.8, 0.2])


def test_the_same_seed_plants_the_same_labels(rng: np.random.Generator) -> None:
    rows = made(rng, 1.0)
    one, again, other = (search_by_planting(rows, 0.05, 5, seed, 0.95)["value"] for seed in (1, 1, 2))
    assert one.equals(again)
    assert not one.equals(other)
