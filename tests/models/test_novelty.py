"""Distances of training rows as strangers, against fits that really lack their group."""

from collections.abc import Callable, Mapping

import numpy as np

from classically_punk.contracts.classifier import Training
from classically_punk.foundation.params import Ols
from classically_punk.models.novelty import novelties, quantiles
from classically_punk.models.ols import fit_regression


def test_a_row_is_as_far_as_from_a_fit_without_its_group(
    training: Training, columns: tuple[str, ...], families: Mapping[str, str], ols_settings: Callable[..., Ols]
) -> None:
    groups = np.array([f"artist{i // 5}" for i in range(len(training.labels))], dtype=object)
    model = fit_regression(training, columns, families, ols_settings())
    asked = np.arange(len(groups)) % 2 == 0
    found = novelties(model, training.values, groups, asked)
    design = np.column_stack([np.ones(len(groups)), model.design(training.values)])
    for row, far in zip(np.flatnonzero(asked), found, strict=True):
        rest = design[groups != groups[row]]
        np.testing.assert_allclose(far, design[row] @ np.linalg.inv(rest.T @ rest) @ design[row], rtol=1e-8)


def test_a_row_of_its_own_group_follows_the_formula_of_one_changed_row(
    training: Training, columns: tuple[str, ...], families: Mapping[str, str], ols_settings: Callable[..., Ols]
) -> None:
    """Sherman and Morrison: h / (1 - h)."""
    model = fit_regression(training, columns, families, ols_settings())
    h = model.leverage(training.values)
    found = novelties(model, training.values, training.groups, np.ones(len(h), dtype=bool))
    np.testing.assert_allclose(found, h / (1 - h), rtol=1e-8)


def test_quantiles_run_from_the_smallest_to_the_largest() -> None:
    np.testing.assert_allclose(quantiles(np.arange(201.0)[::-1]), np.arange(101) * 2.0)
