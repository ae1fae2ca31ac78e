"""The bootstrap: composition kept, agreement with theory, and where there is no interval."""

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from classically_punk.scoring.bootstrap import (
    Units,
    group_weights,
    keeping_composition,
    percentile_interval,
    resampled_counts,
    rescaled_draws,
    share_interval,
    units_of,
)

GENRES = [f"genre{k}" for k in range(10)]


def plain(n_groups: int, genres: int = 1) -> Units:
    """Groups of one row, as evenly over the genres as they go."""
    return units_of([GENRES[k % genres] for k in range(n_groups)], [f"g{k:04d}" for k in range(n_groups)])


def test_a_group_belongs_to_the_genre_of_most_of_its_rows() -> None:
    """b has two rows of rock and one of jazz; c one of each, and jazz comes first by name."""
    units = units_of(["jazz", "rock", "rock", "jazz", "rock", "jazz"], ["a", "b", "b", "b", "c", "c"])
    assert units.groups == ("a", "b", "c")
    assert units.sizes.tolist() == [1, 3, 2]
    assert [units.genres[k] for k in units.stratum] == ["jazz", "rock", "jazz"]
    assert units.single() == ("rock",)
    assert units.freedom() == 1
    assert units.freedom(np.array([True, True, False])) == 0


def test_freedom_is_groups_less_genres_and_less_where_one_group_is_large() -> None:
    assert plain(60, genres=10).freedom() == pytest.approx(50)
    sizes = [10, 1, 1, 1]
    large = units_of(["jazz"] * 13, np.repeat(list("abcd"), sizes))
    assert large.freedom() == 1.0  # nearly all of the variance is the first group's
    assert units_of(["jazz"] * 12, np.repeat(list("abcd"), 3)).freedom() == pytest.approx(3)
    # a genre of 2 groups and one of 11, all alike: (2 + 11)^2 / (2^2 / 1 + 11^2 / 10)
    two = units_of(["jazz"] * 2 + ["pop"] * 11, [f"g{k:02d}" for k in range(13)])
    assert two.freedom() == pytest.approx(169 / (4 + 12.1))


def test_draws_are_rescaled_within_genres(rng: np.random.Generator) -> None:
    """Of n groups n - 1 are drawn, and each draw weighs n / (n - 1); a genre's only group is always there."""
    units = units_of(["jazz"] * 5 + ["pop"] * 2 + ["rock"], [f"g{k}" for k in range(8)])
    weights = rescaled_draws(units, 2000, rng)
    for members, n in ((slice(0, 5), 5), (slice(5, 7), 2)):
        counts = weights[:, members] * (n - 1) / n
        np.testing.assert_allclose(counts, np.round(counts), atol=1e-12)
        np.testing.assert_allclose(counts.sum(axis=1), n - 1)
    assert (weights[:, 7] == 1).all()


def test_variance_of_a_total_is_the_textbooks_of_stratified_samples(rng: np.random.Generator) -> None:
    """Sum over genres of n / (n - 1) times the squared deviations from the genre's mean, unbiased also for 2 groups.
    Of 40,000 draws a variance has a relative deviation of about 1 %."""
    genre = np.repeat([0, 1, 2], [2, 4, 30])
    units = units_of([GENRES[k] for k in genre], [f"g{k:02d}" for k in range(36)])
    y = 10.0 * genre + rng.normal(size=36) * np.array([3.0, 1.0, 0.5])[genre]
    totals = resampled_counts(rescaled_draws(units, 40_000, rng), y[:, None])[:, 0]
    parts = [y[genre == k] for k in range(3)]
    textbook = sum(len(part) / (len(part) - 1) * ((part - part.mean()) ** 2).sum() for part in parts)
    assert totals.var() == pytest.approx(textbook, rel=0.05)
    assert totals.mean() == pytest.approx(y.sum(), abs=6 * np.sqrt(textbook / 40_000))


def test_every_resample_has_the_corpus_composition(rng: np.random.Generator) -> None:
    sizes = rng.integers(1, 20, size=60)
    labels = np.repeat([GENRES[k % 7] for k in range(60)], sizes)
    units = units_of(labels, np.repeat([f"g{k:02d}" for k in range(60)], sizes))
    weights = group_weights(units, 200, rng)
    for k in range(7):
        members = units.stratum == k
        np.testing.assert_allclose(weights[:, members] @ units.sizes[members], units.sizes[members].sum())


def test_always_the_largest_genre_is_right_as_often_as_the_genre_is_large(rng: np.random.Generator) -> None:
    """Ten genres of 40 rows, by groups of 1 to 7 rows: a constant is right on a tenth of them whoever is drawn."""
    sizes = [1, 2, 3, 4, 5, 6, 7, 7, 5]
    labels = np.repeat(GENRES, 40)
    groups = np.concatenate([np.repeat([f"{genre} {k}" for k in range(9)], sizes) for genre in GENRES])
    units = units_of(labels, groups)
    right = np.bincount(np.unique(groups, return_inverse=True)[1], weights=labels == "genre0")
    drawn = resampled_counts(group_weights(units, 500, rng), np.column_stack([right, units.sizes]))
    interval = percentile_interval(drawn[:, 0] / drawn[:, 1], 0.95, units)
    assert [interval.low, interval.high] == pytest.approx([0.1, 0.1], abs=1e-12)


def test_a_resample_without_a_row_of_the_genre_is_left_as_it_is() -> None:
    """Sizes may be those of one protocol, under which a group has no row at all."""
    units = Units(("a", "b"), np.array([0.0, 4.0]), ("jazz",), np.array([0, 0]))
    weights = keeping_composition(np.array([[2.0, 0.0], [0.0, 2.0]]), units)
    np.testing.assert_array_equal(weights, [[2.0, 0.0], [0.0, 1.0]])


def test_matrix_product_equals_literal_resampling(rng: np.random.Generator) -> None:
    counts = rng.integers(0, 9, size=(12, 3, 3)).astype(float)
    weights = rescaled_draws(plain(12), 50, rng)
    together = resampled_counts(weights, counts)
    for weight, sums in zip(weights, together, strict=True):
        drawn = np.repeat(np.arange(12), np.round(weight * 11 / 12).astype(int))
        np.testing.assert_allclose(12 / 11 * counts[drawn].sum(axis=0), sums)


def test_interval_of_a_share(rng: np.random.Generator) -> None:
    """200 groups of one row, 120 right: .6 +- t(199) sqrt(.24 / 199). The shares step by .005, and of 20,000 draws a
    quantile is off by less than that."""
    right = (np.arange(200) < 120).astype(float)
    units = plain(200)
    shares = resampled_counts(group_weights(units, 20_000, rng), right[:, None])[:, 0] / 200
    interval = percentile_interval(shares, 0.95, units)
    width = student.ppf(0.975, 199) * np.sqrt(0.24 / 199)
    np.testing.assert_allclose([interval.low, interval.high], [0.6 - width, 0.6 + width], atol=0.006)
    assert interval.reason == ""


@pytest.mark.parametrize(("n_groups", "genres"), [(4, 1), (12, 6), (60, 10)])
def test_a_normal_spread_gives_students_interval(n_groups: int, genres: int) -> None:
    samples = norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    interval = percentile_interval(samples, 0.95, plain(n_groups, genres))
    quantile = student.ppf(0.975, n_groups - genres)
    np.testing.assert_allclose([interval.low, interval.high], [-quantile, quantile], rtol=2e-3)


def test_clustered_rows_give_wider_intervals(rng: np.random.Generator) -> None:
    """Ten alike rows per group carry the information of one: the interval is sqrt(10) times as wide as over rows."""
    right = (rng.random(100) < 0.5).astype(float)
    by_group = resampled_counts(group_weights(plain(100), 8000, rng), 10 * right[:, None])[:, 0] / 1000
    by_row = resampled_counts(group_weights(plain(1000), 8000, rng), np.repeat(right, 10)[:, None])[:, 0] / 1000
    assert by_group.std() / by_row.std() == pytest.approx(np.sqrt(10), rel=0.05)


def test_no_interval_without_two_groups_of_a_genre() -> None:
    one = percentile_interval(np.full(100, 0.5), 0.95, plain(1))
    assert (one.low, one.high, one.reason) == (None, None, "no interval: fewer than 2 groups")
    apart = percentile_interval(np.full(100, 0.5), 0.95, plain(4, genres=4))
    assert (apart.low, apart.high, apart.reason) == (None, None, "no interval: no genre has 2 groups")
    bearing = np.array([True, False, False])
    assert "fewer than 2 groups" in percentile_interval(np.full(100, 0.5), 0.95, plain(3), bearing).reason


def test_a_genre_of_one_group_is_said_to_lack_variance() -> None:
    units = units_of(["jazz", "jazz", "rock"], ["a", "b", "c"])
    interval = percentile_interval(np.linspace(0, 1, 101), 0.95, units)
    assert interval.low is not None
    assert interval.reason.endswith("genres with a single group: rock")


def test_undefined_resamples_are_left_out() -> None:
    samples = np.r_[np.linspace(0.0, 1.0, 101), np.full(50, np.nan)]
    interval = percentile_interval(samples, 0.9, plain(100_000))
    np.testing.assert_allclose([interval.low, interval.high], [0.05, 0.95], atol=1e-4)
    mostly = percentile_interval(np.r_[0.5, np.full(50, np.nan)], 0.9, plain(5))
    assert (mostly.low, mostly.high) == (None, None)
    assert "undefined" in mostly.reason


def test_all_right_is_not_known_to_be_always_right() -> None:
    """30 groups, all right: at a share of .025 ** (1 / 30) as many right ones in a row have a chance of 2.5 %."""
    limit = 0.025 ** (1 / 30)
    right, wrong = (share_interval(np.full(100, value), 0.95, plain(30)) for value in (1.0, 0.0))
    assert [right.low, right.high] == pytest.approx([limit, 1.0])
    assert [wrong.low, wrong.high] == pytest.approx([0.0, 1 - limit])
    fixed = share_interval(np.full(100, 0.1), 0.95, plain(30))
    assert (fixed.low, fixed.high) == (0.1, 0.1)
