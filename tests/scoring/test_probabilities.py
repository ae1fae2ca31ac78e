"""Losses against scikit-learn, calibration errors worked out by hand, and sums that resample as they should."""

import numpy as np
import pytest
from sklearn.metrics import log_loss

from classically_punk.scoring.probabilities import (
    brier_rows,
    calibration_bins,
    expected_calibration_error,
    log_loss_rows,
)


def test_losses_equal_scikit_learn(rng: np.random.Generator) -> None:
    probabilities = rng.dirichlet([0.3] * 4, size=200)
    actual = rng.integers(0, 4, size=200)
    assert log_loss_rows(probabilities, actual).mean() == pytest.approx(
        log_loss(actual, probabilities, labels=range(4))
    )


def test_two_genre_brier_is_twice_the_binary_one(rng: np.random.Generator) -> None:
    chance = rng.random(100)
    actual = rng.integers(0, 2, size=100)
    binary = (chance - actual) ** 2  # sklearn.metrics.brier_score_loss of one event
    np.testing.assert_allclose(brier_rows(np.column_stack([1 - chance, chance]), actual), 2 * binary)


def test_losses_on_paper() -> None:
    probabilities = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1 / 3, 1 / 3, 1 / 3]])
    actual = np.array([0, 0, 2])
    np.testing.assert_allclose(brier_rows(probabilities, actual), [0.0, 2.0, 2 / 3])
    np.testing.assert_allclose(log_loss_rows(probabilities, actual), [0.0, 15 * np.log(10), np.log(3)], atol=1e-12)


def test_two_bins_by_hand() -> None:
    """Bin [0, .5): confidences .2 and .4, one right: |.6 - 1| = .4. Bin [.5, 1]: .7, .9, 1, two right: |2.6 - 2| = .6.
    Together 1 / 5."""
    confidence = np.array([0.2, 0.4, 0.7, 0.9, 1.0])
    right = np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    bins = calibration_bins(confidence, right, 2).sum(axis=0)
    np.testing.assert_allclose(bins, [[2, 0.6, 1], [3, 2.6, 2]])
    assert expected_calibration_error(bins) == pytest.approx(0.2)


def test_one_bin_is_the_distance_of_the_means(rng: np.random.Generator) -> None:
    confidence, right = rng.random(50), (rng.random(50) < 0.5).astype(float)
    bins = calibration_bins(confidence, right, 1).sum(axis=0)
    assert expected_calibration_error(bins) == pytest.approx(abs(confidence.mean() - right.mean()))


def test_perfect_calibration_has_no_error() -> None:
    """In each bin as many are right as the confidence says: 1 of 4 at .25, 3 of 4 at .75, all at 1."""
    confidence = np.repeat([0.25, 0.75, 1.0], 4)
    right = np.array([1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1.0])
    assert expected_calibration_error(calibration_bins(confidence, right, 10).sum(axis=0)) == pytest.approx(0.0)


def test_every_row_is_in_one_bin_and_the_ends_belong() -> None:
    confidence = np.array([0.0, 0.1, 0.95, 1.0])
    found = calibration_bins(confidence, np.ones(4), 10)
    assert found.shape == (4, 10, 3)
    np.testing.assert_array_equal(found[..., 0].argmax(axis=1), [0, 1, 9, 9])
    np.testing.assert_array_equal(found[..., 0].sum(axis=1), 1.0)


def test_leading_axes_are_resamples(rng: np.random.Generator) -> None:
    """The error of weighted sums is the error of the rows drawn so often."""
    confidence, right = rng.random(30), (rng.random(30) < 0.5).astype(float)
    rows = calibration_bins(confidence, right, 5)
    drawn = rng.multinomial(30, np.full(30, 1 / 30), size=7)
    together = expected_calibration_error(np.einsum("rn,nbk->rbk", drawn, rows))
    for weights, error in zip(drawn, together, strict=True):
        repeated = np.repeat(np.arange(30), weights)
        alone = calibration_bins(confidence[repeated], right[repeated], 5).sum(axis=0)
        assert error == pytest.approx(float(expected_calibration_error(alone)))
