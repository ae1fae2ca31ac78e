"""The nearest class mean in fitted space: linear discriminant analysis by another way, and what it cures."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from classically_punk.models.ols import ols_suite
from classically_punk.models.optimal_scoring import FittedSpaceRule


def classes(rng: np.random.Generator, sizes: tuple[int, ...], p: int) -> tuple[np.ndarray, np.ndarray]:
    labels = np.repeat(np.arange(len(sizes)), sizes)
    centres = rng.normal(scale=1.5, size=(len(sizes), p))
    return centres[labels] + rng.normal(size=(len(labels), p)) @ rng.normal(size=(p, p)), labels


def fitted_values(values: np.ndarray, labels: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    design = np.column_stack([np.ones(len(values)), values])
    indicators = np.eye(labels.max() + 1)[labels]
    slopes = np.linalg.lstsq(design, indicators, rcond=None)[0]
    return design @ slopes, indicators, np.column_stack([np.ones(len(new)), new]) @ slopes


@pytest.mark.parametrize("sizes", [(40, 40, 40), (80, 20, 30, 10, 25)], ids=["balanced", "unbalanced"])
def test_it_is_linear_discriminant_analysis(rng: np.random.Generator, sizes: tuple[int, ...]) -> None:
    values, labels = classes(rng, sizes, 6)
    new = rng.normal(scale=3.0, size=(200, 6))
    fitted, indicators, at_new = fitted_values(values, labels, new)
    scores = FittedSpaceRule.fit(fitted, indicators).scores(at_new)
    peer = LinearDiscriminantAnalysis(solver="lsqr").fit(values, labels).decision_function(new)
    np.testing.assert_allclose(scores - scores[:, :1], peer - peer[:, :1], rtol=0, atol=1e-8)


def test_it_finds_a_class_that_lies_between_two_others(rng: np.random.Generator) -> None:
    """Masking: three classes on a line, of which the largest fitted value never names the middle one."""
    labels = np.repeat([0, 1, 2], 200)
    values = (np.array([-4.0, 0.0, 4.0])[labels] + rng.normal(size=600))[:, None]
    fitted, indicators, _ = fitted_values(values, labels, values)
    middle = labels == 1
    assert (fitted.argmax(axis=1)[middle] == 1).mean() < 0.05
    assert (FittedSpaceRule.fit(fitted, indicators).scores(fitted).argmax(axis=1)[middle] == 1).mean() > 0.9


def test_one_fit_answers_by_both_rules(training, columns, families, ols_settings, inner_settings) -> None:
    found = ols_suite(columns, families, ols_settings(), inner_settings)(training)
    assert set(found) == {"ols", "optimal_scoring"}
    rule = found["optimal_scoring"]
    scores = rule.rule.scores(found["ols"].fitted_values(training.values))
    np.testing.assert_array_equal(rule.scores(training.values), scores)
    np.testing.assert_array_equal(rule.leverage(training.values), found["ols"].leverage(training.values))


def test_a_genre_without_training_rows_is_never_the_answer(
    training, columns, families, ols_settings, inner_settings
) -> None:
    without = replace(training, genres=(*training.genres, "zydeco"))
    rule = ols_suite(columns, families, ols_settings(), inner_settings)(without)["optimal_scoring"]
    scores = rule.scores(training.values)
    assert np.isfinite(scores).all()
    assert (scores.argmax(axis=1) != len(training.genres)).all()
