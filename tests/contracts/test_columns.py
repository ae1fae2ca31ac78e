"""Tables about columns that cannot be used are named, and what a reader is not told has a name all the same."""

from itertools import pairwise
from pathlib import Path

import pytest

from classically_punk.catalogue.sets import described, recipe
from classically_punk.contracts.bands import octave_band
from classically_punk.contracts.columns import columns_table, families, read_columns, titles
from classically_punk.contracts.recipe import read_recipe
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.writing import write_csv


def test_titles_and_families() -> None:
    columns = described(["kaggle57"])
    assert titles(columns)["tempo"] == "Tempo"
    assert families(columns)["rms_mean"] == "dynamics"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda table: table.drop(columns="title"), "column title is missing"),
        (lambda table: table.assign(column="tempo"), "tempo is listed twice"),
    ],
)
def test_a_table_of_columns_that_cannot_be_used_is_named(tmp_path: Path, change, named: str) -> None:
    path = tmp_path / "columns.csv"
    write_csv(change(columns_table(described(["kaggle57"]))), path)
    with pytest.raises(PunkError, match=rf"columns\.csv: {named}"):
        read_columns(path)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda table: table.drop(columns="function"), "column function is missing"),
        (lambda table: table.assign(over="clips"), "expected over as one of frames, values, span"),
        (lambda table: table.assign(output="first"), "whole numbers"),
    ],
)
def test_a_recipe_that_cannot_be_used_is_named(tmp_path: Path, change, named: str) -> None:
    path = tmp_path / "recipe.csv"
    write_csv(change(recipe(["slope"]).table()), path)
    with pytest.raises(PunkError, match=named):
        read_recipe(path)


def test_a_column_that_no_step_gives_is_named() -> None:
    known = recipe(["slope", "standard"])
    chosen = ["log_tempo", "spectral_slope_mean"]
    assert known.only("design", chosen).columns == {"design": chosen}
    with pytest.raises(PunkError, match="no step gives loudness"):
        known.only("design", ["log_tempo", "loudness"])


def test_bands_meet_and_reach_from_end_to_end() -> None:
    bands = [octave_band(number, 40.0, 240.0, 12) for number in range(1, 13)]
    assert bands[0][0] == 40.0
    assert bands[-1][1] == pytest.approx(240.0)
    assert all(one[1] == other[0] for one, other in pairwise(bands))
