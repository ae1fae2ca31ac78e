"""The bootstrap: weights, agreement with theory, and where there is no interval."""

import numpy as np
import pytest
from scipy.stats import binom

from classically_punk.scoring.bootstrap import group_weights, percentile_interval, resampled_counts


def test_weights_are_draws_with_replacement(rng: np.random.Generator) -> None:
    weights = group_weights(30, 4000, rng)
    assert (weights.sum(axis=1) == 30).all()
    assert (weights >= 0).all()
    # a count is binomial(30, 1/30): mean 1, variance 29/30. The mean of 4000 has a deviation of .016, the variance of
    # about .03; six of them are a bound that a right sampler breaks once in a hundred million seeds
    assert abs(weights[:, 0].mean() - 1.0) < 6 * 0.016
    assert abs(weights[:, 0].var() - 29 / 30) < 6 * 0.03


def test_matrix_product_equals_literal_resampling(rng: np.random.Generator) -> None:
    counts = rng.integers(0, 9, size=(12, 3, 3)).astype(float)
    weights = group_weights(12, 50, rng)
    together = resampled_counts(weights, counts)
    for weight, sums in zip(weights, together, strict=True):
        drawn = np.repeat(np.arange(12), weight.astype(int))
        np.testing.assert_array_equal(counts[drawn].sum(axis=0), sums)


def test_interval_of_a_binomial_share(rng: np.random.Generator) -> None:
    """200 groups of one row, 120 right: the bootstrap distribution of the count is binomial(200, 0.6) exactly, so
    the interval is that distribution's quantiles, up to the noise of 20,000 resamples: at the 2.5 % point the density
    is about .0085 per count, so a quantile has a deviation of sqrt(.025 * .975 / 20000) / .0085 = .13 counts; a bound
    of one count and the step of the discrete distribution is never broken by a right program."""
    right = (np.arange(200) < 120).astype(float)
    weights = group_weights(200, 20_000, rng)
    shares = resampled_counts(weights, right[:, None])[:, 0] / 200
    interval = percentile_interval(shares, 0.95, 200)
    exact = binom.ppf([0.025, 0.975], 200, 0.6) / 200
    np.testing.assert_allclose([interval.low, interval.high], exact, atol=1.01 / 200)
    assert interval.reason == ""


def test_clustered_rows_give_wider_intervals(rng: np.random.Generator) -> None:
    """Ten alike rows per group carry the information of one: the interval is sqrt(10) times as wide as over rows."""
    right = (rng.random(100) < 0.5).astype(float)
    weights = group_weights(100, 8000, rng)
    by_group = resampled_counts(weights, 10 * right[:, None])[:, 0] / 1000
    by_row = resampled_counts(group_weights(1000, 8000, rng), np.repeat(right, 10)[:, None])[:, 0] / 1000
    assert by_group.std() / by_row.std() == pytest.approx(np.sqrt(10), rel=0.05)


def test_no_interval_with_fewer_than_two_groups() -> None:
    interval = percentile_interval(np.full(100, 0.5), 0.95, 1)
    assert (interval.low, interval.high) == (None, None)
    assert "fewer than 2 groups" in interval.reason


def test_undefined_resamples_are_left_out() -> None:
    samples = np.r_[np.linspace(0.0, 1.0, 101), np.full(50, np.nan)]
    interval = percentile_interval(samples, 0.9, 5)
    np.testing.assert_allclose([interval.low, interval.high], [0.05, 0.95])
    mostly = percentile_interval(np.r_[0.5, np.full(50, np.nan)], 0.9, 5)
    assert (mostly.low, mostly.high) == (None, None)
    assert "undefined" in mostly.reason
