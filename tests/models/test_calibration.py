"""Probabilities from support: a temperature that was planted, scikit-learn's losses, and cases without an answer."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss

from classically_punk.models.calibration import LARGEST, SMALLEST, fit_inverse_temperature
from classically_punk.scoring.probabilities import clipped_to_simplex


def test_a_planted_temperature_is_found(rng: np.random.Generator) -> None:
    """Labels drawn from softmax(2.5 * scores): 40000 of them leave an error of about a hundredth."""
    scores = rng.normal(size=(40_000, 4))
    chance = rng.random((40_000, 1))
    actual = (softmax(2.5 * scores, axis=1).cumsum(axis=1) < chance).sum(axis=1)
    assert fit_inverse_temperature(scores, actual) == pytest.approx(2.5, rel=0.03)


def test_no_other_temperature_has_a_smaller_loss(rng: np.random.Generator) -> None:
    scores, actual = rng.normal(size=(200, 3)), rng.integers(0, 3, size=200)
    scores[np.arange(200), actual] += 1.0
    best = fit_inverse_temperature(scores, actual)
    least = log_loss(actual, softmax(best * scores, axis=1))
    assert all(
        log_loss(actual, softmax(b * scores, axis=1)) >= least - 1e-12 for b in np.geomspace(best / 5, best * 5, 101)
    )


def test_the_prediction_stays(rng: np.random.Generator) -> None:
    scores = rng.normal(size=(100, 5))
    for b in (0.01, 1.0, 40.0):
        probabilities = softmax(b * scores, axis=1)
        np.testing.assert_array_equal(probabilities.argmax(axis=1), scores.argmax(axis=1))
        np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)


def test_scores_that_say_nothing_or_everything() -> None:
    assert fit_inverse_temperature(np.zeros((5, 3)), np.arange(5) % 3) == 1.0
    assert fit_inverse_temperature(np.zeros((0, 3)), np.zeros(0, dtype=np.intp)) == 1.0
    actual = np.arange(30) % 3
    right = np.eye(3)[actual]
    assert fit_inverse_temperature(right, actual) > 20
    assert fit_inverse_temperature(1e-6 * right, actual) == pytest.approx(LARGEST, rel=1e-2)
    assert fit_inverse_temperature(-right, actual) == pytest.approx(SMALLEST, rel=1e-2)


def test_large_scores_do_not_overflow() -> None:
    np.testing.assert_allclose(softmax(np.array([[1e4, -1e4], [0.0, 0.0]]), axis=1), [[1, 0], [0.5, 0.5]])


def test_fitted_values_taken_at_their_word() -> None:
    fitted = np.array([[1.2, -0.1, -0.1], [0.5, 0.3, 0.2], [-0.2, -0.1, -0.3], [0.6, 0.6, -0.2]])
    expected = [[1, 0, 0], [0.5, 0.3, 0.2], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0]]
    np.testing.assert_allclose(clipped_to_simplex(fitted), expected)


def test_smoothing_keeps_few_rows_that_are_all_right_from_asking_for_certainty() -> None:
    """Two genres, margin 1 in each of n rows: the smoothed loss is least where the odds are (1 - s) / s."""
    n = 18
    scores = np.column_stack([np.ones(n), np.zeros(n)])
    actual = np.zeros(n, dtype=np.intp)
    assert fit_inverse_temperature(scores, actual) > 50
    smoothing = 1 / (n + 2)
    found = fit_inverse_temperature(scores, actual, smoothing)
    assert found == pytest.approx(np.log((1 - smoothing) / smoothing), rel=1e-4)
