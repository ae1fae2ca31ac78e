"""Every entry of the catalogue is described, and the tables for readers and for models say what it says."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from classically_punk.catalogue.sets import SETS, columns_of, described, recipe, require_sets
from classically_punk.contracts import tables
from classically_punk.contracts.columns import Unit, columns_table, read_columns
from classically_punk.contracts.families import Family
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.design import COLUMNS, RECIPE
from classically_punk.foundation.errors import PunkError

KNOWN = described(SETS)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_an_entry_is_complete(name: str) -> None:
    column = KNOWN[name]
    assert column.column == name
    assert column.unit in get_args(Unit)
    assert column.family in get_args(Family)
    assert re.fullmatch(r"[A-Z].{3,60}", column.title)
    assert re.fullmatch(r"[A-Z0-9].{15,}\.", column.sentence)
    assert column.source


@pytest.mark.parametrize("name", SETS)
def test_columns_of_a_set_are_told_apart_by_name_and_by_title(name: str) -> None:
    columns = [member.column for member in SETS[name]]
    assert len(set(columns)) == len(columns)
    assert len({KNOWN[column].title for column in columns}) == len(columns)


def test_a_name_stands_for_one_entry_only() -> None:
    """Sets may share a column, and then mean the same by it."""
    entries = {}
    for member in (member for members in SETS.values() for member in members):
        assert entries.setdefault(member.column, member) == member
    assert KNOWN["mfcc1_mean"].sets == ("kaggle57", "standard")


def test_standard_has_all_four_families() -> None:
    assert {member.feature.family for member in SETS["standard"]} == set(get_args(Family))


def test_units_of_statistics_follow_from_the_unit_of_what_they_summarise() -> None:
    units = {name: KNOWN[name].unit for name in ("level_mean", "level_std", "level_skew", "spectral_centroid_var")}
    assert units == {"level_mean": "dBFS", "level_std": "dB", "level_skew": "1", "spectral_centroid_var": "Hz^2"}


def test_a_set_that_does_not_exist_is_named_with_its_neighbour() -> None:
    with pytest.raises(PunkError, match=r"features\.sets: there is no set 'standart'; did you mean standard\?"):
        require_sets(["kaggle57", "standart"])
    with pytest.raises(PunkError, match="the sets are kaggle57, slope, standard"):
        columns_of(["nothing like it"])


def test_both_tables_come_back_as_they_were_written(tmp_path: Path) -> None:
    chosen = ["standard", "kaggle57"]
    tables.write(COLUMNS, columns_table(described(chosen)), tmp_path)
    tables.write(RECIPE, recipe(chosen).table(), tmp_path)
    assert read_columns(tmp_path) == described(chosen)
    assert list(read_columns(tmp_path)) == list(columns_of(chosen))
    again = read_recipe(RECIPE, tmp_path)
    assert again == recipe(chosen)
    assert again.columns == {name: list(columns_of([name])) for name in sorted(chosen)}


def test_the_recipe_says_nothing_that_only_a_reader_needs() -> None:
    """Else an edited title would fit every model again."""
    text = recipe(SETS).table().to_csv()
    for column in KNOWN.values():
        assert column.title not in text
        assert column.sentence not in text


def test_the_catalogue_needs_no_numerics_of_features() -> None:
    listed = "import sys, classically_punk.catalogue.sets; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True)
    assert not {"numba", "scipy", "librosa", "classically_punk.features"} & set(run.stdout.split())
