"""Two-sample statistics against SciPy and statsmodels, and against what enumeration gives."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import chi2_contingency, ks_2samp
from statsmodels.stats.multitest import multipletests

from classically_punk.bundle.two_samples import (
    Kernel,
    calibrated_p,
    distances,
    holm,
    homogeneity,
    kernel_statistics,
    kernel_test,
)
from classically_punk.models.novelty import quantiles


@pytest.mark.parametrize("n", [101, 250, 1000])
@pytest.mark.parametrize("shift", [0.0, 0.2, 1.0])
def test_distance_is_scipys_but_for_what_101_quantiles_leave_out(
    rng: np.random.Generator, n: int, shift: float
) -> None:
    first, second = rng.gamma(2.0, size=n), rng.gamma(2.0, size=(300, 1)) + shift
    found = distances([quantiles(first).tolist()], second)[0]
    assert abs(found - ks_2samp(first, second[:, 0]).statistic) <= 1 / 100 + 1 / n


def test_distance_of_values_that_many_clips_share(rng: np.random.Generator) -> None:
    """Tempi are few: jumps of the distribution function, which is rounded in a bundle, and was float32."""
    tempi = np.float32([99.38401442307692, 103.359375, 123.046875, 161.4990234375]).astype(float)
    first, second = rng.choice(tempi, 800), rng.choice(tempi, (400, 1), p=[0.1, 0.2, 0.3, 0.4])
    kept = [float(f"{value:.6g}") for value in quantiles(first)]
    found = distances([kept, kept], np.column_stack([second, first[:400]]))
    assert abs(found[0] - ks_2samp(first, second[:, 0]).statistic) <= 0.011
    assert distances([kept], first[:, None])[0] <= 0.011


def test_distance_beyond_all_training_clips_is_one() -> None:
    known = np.linspace(0.0, 1.0, 101).tolist()
    assert distances([known, known], np.column_stack([np.full(5, 2.0), np.full(5, -2.0)])).tolist() == [1.0, 1.0]


def test_constant_columns_lie_together_or_apart() -> None:
    assert distances([[3.0] * 101, [3.0] * 101], np.array([[3.0, 4.0]] * 7)).tolist() == [0.0, 1.0]


def test_holm_is_statsmodels(rng: np.random.Generator) -> None:
    p = rng.uniform(size=30) ** 3
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1], rtol=1e-12)


def test_the_line_is_where_the_adjusted_p_is_the_level() -> None:
    scaled = np.array([3.0, 0.5, 1.0])
    assert holm(calibrated_p(scaled, 3.0, 0.01))[0] == pytest.approx(0.01, rel=1e-9)
    assert holm(calibrated_p(scaled, 3.1, 0.01))[0] > 0.01 > holm(calibrated_p(scaled, 2.9, 0.01))[0]


def test_homogeneity_is_scipys_chi_square(rng: np.random.Generator) -> None:
    first, second = rng.integers(1, 40, (2, 6)).astype(float)
    expected = chi2_contingency(np.stack([first, second]), correction=False).statistic
    assert homogeneity(first, second) == pytest.approx(expected, rel=1e-12)


def test_a_genre_that_neither_has_adds_nothing() -> None:
    with_none = homogeneity(np.array([5.0, 0.0, 7.0]), np.array([6.0, 0.0, 2.0]))
    assert with_none == pytest.approx(homogeneity(np.array([5.0, 7.0]), np.array([6.0, 2.0])))


@pytest.mark.parametrize("size", [1, 3, 4])
def test_the_kernel_statistic_is_one_in_the_mean_over_all_sets(rng: np.random.Generator, size: int) -> None:
    rows = rng.normal(size=(9, 3))
    sets = np.array([[k in chosen for k in range(9)] for chosen in combinations(range(9), size)])
    assert kernel_statistics(Kernel(rows)(rows), sets).mean() == pytest.approx(1.0, rel=1e-12)


def test_the_kernel_test_sees_a_spread_with_the_same_mean(rng: np.random.Generator) -> None:
    rows = rng.normal(size=(200, 3))
    assert kernel_test(rows, 2 * rng.normal(size=(200, 3)), 199, 0).p == 1 / 200
    assert kernel_test(rows, rng.normal(size=(200, 3)), 199, 0).p > 0.01


def test_rows_that_are_all_equal_have_no_kernel() -> None:
    with pytest.raises(ValueError, match="no distance"):
        Kernel(np.ones((5, 2)))
