"""Tables about columns that cannot be used are named, and what a reader is not told has a name all the same."""

from itertools import pairwise
from pathlib import Path

import pytest

from classically_punk.catalogue.sets import described, recipe
from classically_punk.contracts.bands import octave_band
from classically_punk.contracts.columns import columns_table, families, read_columns, titles
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.design import RECIPE
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.writing import write_csv


def test_titles_and_families() -> None:
    columns = described(["kaggle57"])
    assert titles(columns)["tempo"] == "Tempo"
    assert families(columns)["rms_mean"] == "dynamics"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda table: table.drop(columns="title"), "the columns column, .* are expected"),
        (lambda table: table.assign(column="tempo"), "two rows with column=tempo"),
    ],
)
def test_a_table_of_columns_that_cannot_be_used_is_named(tmp_path: Path, change, named: str) -> None:
    write_csv(change(columns_table(described(["kaggle57"]))), tmp_path / "columns.csv")
    with pytest.raises(PunkError, match=rf"columns\.csv: {named}"):
        read_columns(tmp_path)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda table: table.drop(columns="function"), "the columns set, .* are expected"),
        (lambda table: table.assign(over="clips"), "column over: 'clips' is none of frames, values, span"),
        (lambda table: table.assign(output="first"), "column output: .*first"),
    ],
)
def test_a_recipe_that_cannot_be_used_is_named(tmp_path: Path, change, named: str) -> None:
    write_csv(change(recipe(["slope"]).table()), tmp_path / "recipe.csv")
    with pytest.raises(PunkError, match=named):
        read_recipe(RECIPE, tmp_path)


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
