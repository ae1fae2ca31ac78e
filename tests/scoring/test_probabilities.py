"""Losses against scikit-learn, calibration errors worked out by hand, and sums that resample as they should."""

import numpy as np
import pytest
from sklearn.metrics import log_loss

from classically_punk.scoring.bootstrap import group_weights, percentile_interval, units_of
from classically_punk.scoring.probabilities import (
    brier_rows,
    calibration_bins,
    log_loss_rows,
    squared_calibration_error,
)
from classically_punk.scoring.soft_scores import SoftCounts, soft_scores


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


def squared_error(confidence: np.ndarray, right: np.ndarray, groups: np.ndarray, n_bins: int) -> float:
    rows = calibration_bins(confidence, right, n_bins)
    bins = np.stack([rows[groups == group].sum(axis=0) for group in np.unique(groups)])
    own = np.stack([bins[..., 0] ** 2, (bins[..., 1] - bins[..., 2]) ** 2], axis=-1).sum(axis=0)
    return float(squared_calibration_error(bins.sum(axis=0), own))


def test_two_bins_by_hand() -> None:
    """Bin [0, .5): gaps .2 and -.6, product -.12. Bin [.5, 1]: gaps -.3, -.1 and 1, mean product
    (.03 - .3 - .1) / 3. Weighted 2 : 3."""
    confidence = np.array([0.2, 0.4, 0.7, 0.9, 1.0])
    right = np.array([0.0, 1.0, 1.0, 1.0, 0.0])
    found = squared_error(confidence, right, np.arange(5), 2)
    assert found == pytest.approx((2 * -0.12 + 3 * -0.37 / 3) / 5)


def test_rows_as_groups_give_the_published_estimate(rng: np.random.Generator) -> None:
    """Kumar et al.: of a bin of n rows of one confidence c and accuracy a, (c - a)^2 - a (1 - a) / (n - 1)."""
    right = (rng.random(60) < 0.7).astype(float)
    confidence = np.repeat([0.3, 0.8], 30)
    expected = 0.0
    for c, of_bin in ((0.3, right[:30]), (0.8, right[30:])):
        a = of_bin.mean()
        expected += ((c - a) ** 2 - a * (1 - a) / 29) / 2
    assert squared_error(confidence, right, np.arange(60), 10) == pytest.approx(expected)


def test_rows_of_one_group_are_no_pair() -> None:
    """One artist's rows miss alike: .6 each, two artists in opposite ways; only their product counts."""
    confidence = np.array([0.6, 0.6, 0.6, 0.6])
    right = np.array([0.0, 0.0, 1.0, 1.0])
    assert squared_error(confidence, right, np.array([0, 0, 1, 1]), 10) == pytest.approx(0.6 * -0.4)
    assert squared_error(confidence, right, np.zeros(4), 10) == 0.0


@pytest.mark.parametrize("alike", [0.0, 0.6])
def test_calibrated_probabilities_have_no_error_on_average(rng: np.random.Generator, alike: float) -> None:
    """200 made-up corpora of 60 groups of three rows, right as often as stated. With `alike`, rows of a group of the
    same confidence are right together. The plain mean distance is .06 there, on average,
    and .09 with them; the interval of the estimate holds the estimate in each corpus."""
    squared, plain = [], []
    groups = np.repeat(np.arange(60), 3)
    units = units_of(["jazz"] * 180, [f"g{k:02d}" for k in groups])
    for _ in range(200):
        confidence = np.repeat(rng.uniform(0.3, 1.0, size=60), 3)
        common = np.repeat(rng.random(60), 3)
        right = (np.where(rng.random(180) < alike, common, rng.random(180)) < confidence).astype(float)
        bins = calibration_bins(confidence, right, 10).reshape(60, 3, 10, 3).sum(axis=1)
        counts = SoftCounts(np.ones((60, 3)), bins)
        value = soft_scores(counts, np.ones((1, 60)))["calibration_error"][0]
        samples = soft_scores(counts, group_weights(units, 400, rng))["calibration_error"]
        interval = percentile_interval(samples, 0.95, units)
        assert interval.low <= value <= interval.high
        squared.append(squared_error(confidence, right, groups, 10))
        total = bins.sum(axis=0)
        plain.append(np.abs(total[:, 1] - total[:, 2]).sum() / 180)
    assert abs(np.mean(squared)) < 4 * np.std(squared) / np.sqrt(200)
    assert np.mean(plain) > 3 * np.sqrt(abs(np.mean(squared)))


def test_every_row_is_in_one_bin_and_the_ends_belong() -> None:
    confidence = np.array([0.0, 0.1, 0.95, 1.0])
    found = calibration_bins(confidence, np.ones(4), 10)
    assert found.shape == (4, 10, 3)
    np.testing.assert_array_equal(found[..., 0].argmax(axis=1), [0, 1, 9, 9])
    np.testing.assert_array_equal(found[..., 0].sum(axis=1), 1.0)


def test_leading_axes_are_resamples(rng: np.random.Generator) -> None:
    """The error of weighted sums is the error of the groups weighted one resample at a time."""
    confidence, right = rng.random(30), (rng.random(30) < 0.5).astype(float)
    counts = SoftCounts(np.ones((30, 3)), calibration_bins(confidence, right, 5))
    weights = rng.uniform(0.5, 2.0, size=(7, 30))
    together = soft_scores(counts, weights)["calibration_error"]
    alone = [soft_scores(counts, weights[[k]])["calibration_error"][0] for k in range(7)]
    np.testing.assert_allclose(together, alone)
