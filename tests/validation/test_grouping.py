"""Grouped splits."""

import numpy as np
import pandas as pd
import pytest

from classically_punk.validation.grouping import first_lacking, grouped_folds


def test_first_lacking_names_a_genre_in_one_fold() -> None:
    labels = pd.Series(["jazz", "jazz", "rock", "rock"])
    assert first_lacking(labels, pd.Series([1, 2, 1, 2])) is None
    assert first_lacking(labels, pd.Series([1, 2, 2, 2])) == "rock"


@pytest.mark.parametrize("seed", range(5))
def test_two_groups_of_a_genre_are_kept_apart(seed: int) -> None:
    labels = pd.Series(["jazz"] * 10 + ["rock"] * 40)
    groups = pd.Series([f"jazz {i % 2}" for i in range(10)] + [f"rock {i}" for i in range(40)])
    folds = grouped_folds(labels, groups, 5, seed)
    assert folds is not None
    assert first_lacking(labels, pd.Series(folds)) is None
    assert set(folds) == {1, 2, 3, 4, 5}


def test_impossible_splits_are_none() -> None:
    labels = pd.Series(["jazz"] * 4 + ["rock"] * 4)
    assert grouped_folds(labels, pd.Series(["one"] * 4 + list("abcd")), 2, 1) is None  # jazz is one group
    assert grouped_folds(labels, pd.Series(list("aabbccdd")), 5, 1) is None  # fewer groups than folds
    assert grouped_folds(labels, pd.Series(np.arange(8).astype(str)), 1, 1) is None
