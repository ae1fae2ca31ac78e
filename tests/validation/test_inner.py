"""Folds inside a training part: groups stay whole where they can, and what cannot be is said."""

import numpy as np
import pytest

from classically_punk.contracts.classifier import FloatArray, Training
from classically_punk.foundation.params import Inner
from classically_punk.validation.inner import inner_folds, inner_held_out

GENRES = ("jazz", "rock")


def made(groups: list[str], labels: list[str] | None = None) -> Training:
    n = len(groups)
    said = labels or [GENRES[k % 2] for k in range(n)]
    values = np.arange(n, dtype=float)[:, None]
    return Training(values, np.array(said, dtype=object), np.array(groups, dtype=object), GENRES)


def test_no_group_is_split_and_every_row_is_tested_once() -> None:
    training = made([f"artist{k // 4}" for k in range(48)])
    found = inner_folds(training, Inner(folds=3, seed=1))
    assert found.note == ""
    assert found.numbers == (1, 2, 3)
    for group in set(training.groups):
        assert len(set(found.fold[training.groups == group])) == 1


def test_the_same_seed_gives_the_same_folds_and_another_one_others() -> None:
    training = made([f"artist{k // 2}" for k in range(60)])
    one, again, other = (inner_folds(training, Inner(folds=3, seed=seed)).fold for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


def test_a_single_artist_is_split_and_that_is_said() -> None:
    found = inner_folds(made(["one"] * 12), Inner(folds=3, seed=1))
    assert found.numbers == (1, 2, 3)
    assert "split groups: there are only 1" in found.note


def test_a_genre_of_one_artist_is_absent_from_a_training_part_and_that_is_said() -> None:
    groups = [f"artist{k}" for k in range(9)] + ["of rock"] * 3
    found = inner_folds(made(groups, ["jazz"] * 9 + ["rock"] * 3), Inner(folds=3, seed=1))
    assert "absent from some of them in training" in found.note
    assert len(set(found.fold[9:])) == 1


def test_held_out_support_comes_from_fits_that_have_not_seen_the_row() -> None:
    training = made([f"artist{k // 2}" for k in range(24)])
    folds = inner_folds(training, Inner(folds=3, seed=1))

    def fit_and_score(part: Training, values: FloatArray) -> FloatArray:
        assert not set(part.values[:, 0]) & set(values[:, 0])
        return np.column_stack([values[:, 0], np.full(len(values), float(len(part.labels)))])

    held = inner_held_out(training, folds, fit_and_score)
    assert held[:, 0] == pytest.approx(training.values[:, 0])
    sizes = {number: int((folds.fold != number).sum()) for number in folds.numbers}
    assert held[:, 1].tolist() == [sizes[number] for number in folds.fold]
