"""The catalogue and the computed columns coincide."""

import re
from typing import get_args

import numpy as np
import pytest

from classically_punk.features.catalogue import Family, Unit, catalogue, families, titles
from classically_punk.features.extract import clip_features
from classically_punk.features.sets import KAGGLE57, SETS, STANDARD, columns_of


def test_every_column_is_described_and_every_description_is_of_a_column():
    assert set(catalogue()) == {name for columns in SETS.values() for name in columns}


def test_computed_columns_are_the_columns_of_the_sets(signals, settings):
    for chosen in (["kaggle57"], ["standard"], ["standard", "kaggle57"]):
        features = clip_features(signals.music(1.0), settings.model_copy(update={"sets": chosen}))
        assert features.columns == columns_of(chosen)
        assert set(features.columns) <= set(catalogue())


def test_no_column_stands_in_a_set_twice():
    for columns in SETS.values():
        assert len(set(columns)) == len(columns)


def test_sets_share_a_name_only_for_the_same_quantity(signals, settings):
    """A column of both sets has one value, whichever set it was computed for."""
    signal = signals.music(4.0)
    one, other = (clip_features(signal, settings.model_copy(update={"sets": [name]})) for name in SETS)
    shared = set(KAGGLE57) & set(STANDARD)
    assert "mfcc1_mean" in shared
    for name in shared:
        left, right = one.values[:, one.columns.index(name)], other.values[:, other.columns.index(name)]
        np.testing.assert_allclose(left, right, rtol=1e-6)


@pytest.mark.parametrize("name", sorted({*KAGGLE57, *STANDARD}))
def test_description_is_complete(name):
    column = catalogue()[name]
    assert column.name == name
    assert column.unit in get_args(Unit)
    assert column.family in get_args(Family)
    assert re.fullmatch(r"[A-Z].{3,60}", column.title)
    assert re.fullmatch(r"[A-Z0-9].{15,}\.", column.meaning)
    assert column.source


def test_titles_tell_columns_of_a_set_apart():
    for columns in SETS.values():
        assert len({titles()[name] for name in columns}) == len(columns)


def test_standard_has_all_four_families():
    assert {families()[name] for name in STANDARD} == set(get_args(Family))
