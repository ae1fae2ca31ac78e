"""Columns taken in one at a time: a planted answer, a refit in every fold, and no peeking."""

import numpy as np
import pytest

from classically_punk.models.selection import Search, forward_selection


@pytest.fixture
def planted(rng: np.random.Generator) -> tuple[np.ndarray, Search]:
    """Three of twelve columns make the genre, the others are noise; column 11 repeats column 4."""
    values = rng.normal(size=(240, 12))
    support = np.column_stack([2.0 * values[:, 1], 2.0 * values[:, 4], 2.0 * values[:, 9]])
    values[:, 11] = values[:, 4]
    indicators = np.eye(3)[(support + 0.3 * rng.normal(size=support.shape)).argmax(axis=1)]
    return (values - values.mean(axis=0)) / values.std(axis=0), Search(indicators, np.arange(240) % 5 + 1)


def test_the_columns_that_make_the_genre_come_first(planted: tuple[np.ndarray, Search]) -> None:
    found = forward_selection(*planted, budget=12)
    assert set(found.taken[:3]) == {1, 4, 9}
    assert 4 in found.taken  # of two equal columns the first, whatever their last bits
    assert 11 not in found.taken  # the second has nothing to add
    assert found.loss < 0.6  # log(3) = 1.1 without a column


def test_each_step_is_the_best_refit(planted: tuple[np.ndarray, Search]) -> None:
    """The first four columns against least squares fitted anew, in every inner fold, for every candidate."""
    values, search = planted

    def held_out_squares(columns: list[int]) -> float:
        total = 0.0
        for number in range(1, 6):
            tested = search.fold == number
            design = np.column_stack([np.ones(240), values[:, columns]])
            slopes = np.linalg.lstsq(design[~tested], search.indicators[~tested], rcond=None)[0]
            total += ((search.indicators[tested] - design[tested] @ slopes) ** 2).sum()
        return total

    taken: list[int] = []
    for _ in range(4):
        rest = [j for j in range(12) if j not in taken and not ({4, 11} <= {*taken, j})]
        taken.append(min(rest, key=lambda j: (round(held_out_squares([*taken, j]), 9), j)))
    found = forward_selection(values, search, budget=4).taken
    assert len(found) >= 3
    assert found == tuple(taken[: len(found)])


def test_noise_is_not_taken_for_knowledge(rng: np.random.Generator) -> None:
    """No column tells anything: the loss in the inner folds stays near chance, however many are tried."""
    values = rng.normal(size=(300, 40))
    indicators = np.eye(3)[rng.permutation(300) % 3]
    found = forward_selection(values - values.mean(axis=0), Search(indicators, np.arange(300) % 3 + 1), budget=40)
    assert found.loss > np.log(3) - 0.05


def test_nothing_to_choose_from() -> None:
    search = Search(np.eye(2)[np.arange(10) % 2], np.arange(10) % 2 + 1)
    assert forward_selection(np.zeros((10, 3)), search, budget=3).taken == ()
    assert forward_selection(np.zeros((10, 0)), search, budget=3).taken == ()
