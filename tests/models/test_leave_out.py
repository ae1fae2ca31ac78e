"""Fitted values without a row's group: the closed form against refits, and where it has no value."""

import numpy as np
import pytest

from classically_punk.models.leave_out import coefficients_without_groups, leave_one_group_out


def refits(design: np.ndarray, responses: np.ndarray, groups: np.ndarray) -> np.ndarray:
    found = np.empty_like(responses)
    for name in set(groups):
        out = groups == name
        found[out] = design[out] @ np.linalg.lstsq(design[~out], responses[~out], rcond=None)[0]
    return found


@pytest.mark.parametrize("sizes", [(1,) * 60, (5,) * 12, (1, 2, 3, 14) * 3], ids=["rows", "equal", "uneven"])
def test_equal_to_refits(rng: np.random.Generator, sizes: tuple[int, ...]) -> None:
    groups = np.repeat([f"artist {k}" for k in range(len(sizes))], sizes).astype(object)
    design = np.column_stack([np.ones(60), rng.normal(size=(60, 7))])
    responses = np.eye(4)[rng.integers(4, size=60)]
    expected = refits(design, responses, groups)
    np.testing.assert_allclose(leave_one_group_out(design, responses, groups), expected, rtol=0, atol=1e-10)


def test_rows_of_the_fitted_values_still_sum_to_one(rng: np.random.Generator) -> None:
    groups = (np.arange(40) // 4).astype(str).astype(object)
    design = np.column_stack([np.ones(40), rng.normal(size=(40, 5))])
    left = leave_one_group_out(design, np.eye(3)[np.arange(40) % 3], groups)
    np.testing.assert_allclose(left.sum(axis=1), 1.0, atol=1e-12)


@pytest.mark.parametrize("members", [1, 3])
def test_a_group_that_alone_determines_a_coefficient_gets_the_fit_without_it(members: int) -> None:
    """Only the last group has anything in the second column: without it that slope is 0."""
    design = np.column_stack([np.ones(12), np.r_[np.zeros(12 - members), np.arange(1.0, members + 1)]])
    responses = np.arange(12.0)[:, None]
    groups = np.array([*(f"row {k}" for k in range(12 - members)), *["last"] * members], dtype=object)
    left = leave_one_group_out(design, responses, groups)
    np.testing.assert_allclose(left[-members:], np.arange(12.0 - members).mean())


@pytest.mark.parametrize("sizes", [(1,) * 60, (5,) * 12, (1, 2, 3, 14) * 3], ids=["rows", "equal", "uneven"])
def test_coefficients_without_a_group_are_those_of_a_refit(rng: np.random.Generator, sizes: tuple[int, ...]) -> None:
    groups = np.repeat([f"artist {k}" for k in range(len(sizes))], sizes).astype(object)
    groups = groups[rng.permutation(60)]
    design = np.column_stack([np.ones(60), rng.normal(size=(60, 7))])
    responses = np.eye(4)[rng.integers(4, size=60)]
    seen: list[int] = []
    for fit in coefficients_without_groups(design, responses, groups):
        out = np.isin(np.arange(60), fit.rows)
        assert len(set(groups[out])) == 1
        assert not set(groups[out]) & set(groups[~out])
        refit = np.linalg.lstsq(design[~out], responses[~out], rcond=None)[0]
        np.testing.assert_allclose(fit.coefficients, refit, rtol=0, atol=1e-10)
        seen += fit.rows.tolist()
    assert sorted(seen) == list(range(60))


def test_coefficients_without_a_group_that_alone_determines_one() -> None:
    design = np.column_stack([np.ones(6), [0.0, 0.0, 0.0, 0.0, 1.0, 2.0]])
    groups = np.array([*"abcd", "last", "last"], dtype=object)
    fits = list(coefficients_without_groups(design, np.arange(6.0)[:, None], groups))
    np.testing.assert_allclose(fits[-1].coefficients.ravel(), [1.5, 0.0], atol=1e-12)
