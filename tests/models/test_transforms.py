"""Transforms against scikit-learn and SciPy, and at the edges: constant columns, ties, rows far outside."""

import json
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import norm, yeojohnson_llf
from sklearn.preprocessing import PowerTransformer

from classically_punk.contracts.classifier import Training
from classically_punk.foundation.params import Ols
from classically_punk.models.transforms import (
    ColumnTransform,
    NormalScores,
    YeoJohnson,
    most_likely_power,
    yeo_johnson,
)

Settings = Callable[..., Ols]


def test_yeo_johnson_equals_scikit_learn(training: Training) -> None:
    scaled = training.values / training.values.std(axis=0)
    peer = PowerTransformer(method="yeo-johnson", standardize=False).fit(scaled)
    ours = YeoJohnson.fit(training.values)
    np.testing.assert_allclose(ours.powers, peer.lambdas_, atol=1e-4)
    np.testing.assert_allclose(yeo_johnson(scaled, peer.lambdas_), peer.transform(scaled), rtol=1e-10, atol=1e-12)


def test_power_is_the_most_likely_one(rng: np.random.Generator) -> None:
    values = np.concatenate([rng.gamma(1.5, size=200), -rng.gamma(0.5, size=60)])
    best = most_likely_power(values)
    for other in (best - 0.01, best + 0.01):
        assert yeojohnson_llf(best, values) > yeojohnson_llf(other, values)


def test_power_of_many_rows_is_found_from_their_order_statistics(rng: np.random.Generator) -> None:
    """The standard error of a power at 20,000 rows is about .02: a difference below it is no difference."""
    values = rng.gamma(2.0, size=20_000)
    peer = PowerTransformer(method="yeo-johnson", standardize=False).fit(values[:, None])
    assert most_likely_power(values) == pytest.approx(peer.lambdas_[0], abs=0.02)


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0, 0.5, 3.0])
def test_yeo_johnson_on_paper(power: float) -> None:
    values = np.array([[-2.0], [0.0], [3.0]])
    up = np.log(4.0) if power == 0 else (4.0**power - 1) / power
    down = -np.log(3.0) if power == 2 else -(3.0 ** (2 - power) - 1) / (2 - power)
    np.testing.assert_allclose(yeo_johnson(values, np.array([power]))[:, 0], [down, 0.0, up], rtol=1e-12)


def test_power_does_not_depend_on_units(rng: np.random.Generator) -> None:
    column = rng.gamma(1.0, size=(300, 1))
    powers = [YeoJohnson.fit(column * unit).powers[0] for unit in (1e-6, 1.0, 1e6)]
    np.testing.assert_allclose(powers, powers[0], atol=1e-5)


def test_normal_scores_of_distinct_values_are_blom_scores(rng: np.random.Generator) -> None:
    column = rng.permutation(np.arange(99.0) ** 3)[:, None]
    scores = NormalScores.fit(column).apply(column)[:, 0]
    expected = norm.ppf((np.arange(1, 100) - 0.375) / 99.25)
    np.testing.assert_allclose(np.sort(scores), expected, rtol=1e-12)
    np.testing.assert_array_equal(np.argsort(scores), np.argsort(column[:, 0]))
    assert scores[column[:, 0] == 49**3] == pytest.approx(0.0, abs=1e-12)  # the median


def test_normal_scores_beyond_and_between_training_values() -> None:
    fitted = NormalScores.fit(np.array([[0.0], [1.0], [1.0], [4.0]]))
    low, tie, high = norm.ppf((np.array([1.0, 2.5, 4.0]) - 0.375) / 4.25)
    asked = np.array([[-1e9], [0.5], [1.0], [2.5], [1e9]])
    np.testing.assert_allclose(fitted.apply(asked)[:, 0], [low, (low + tie) / 2, tie, (tie + high) / 2, high])


def test_thinned_normal_scores_stay_close(rng: np.random.Generator) -> None:
    column = rng.exponential(size=(5000, 1))
    fitted = NormalScores.fit(column)
    assert len(fitted.knots[0]) <= 257
    exact = norm.ppf((column[:, 0].argsort().argsort() + 1 - 0.375) / 5000.25)
    middle = np.abs(exact) < 2
    np.testing.assert_allclose(fitted.apply(column)[middle, 0], exact[middle], atol=0.02)


@pytest.mark.parametrize("kind", ["none", "yeo_johnson", "normal_scores"])
@pytest.mark.parametrize("winsorise", [None, 2.0])
def test_training_rows_come_out_standardised(
    training: Training, ols_settings: Settings, kind: str, winsorise: float | None
) -> None:
    fitted = ColumnTransform.fit(training.values, ols_settings(transform=kind, winsorise=winsorise))
    standardised = fitted.apply(training.values)
    np.testing.assert_allclose(standardised.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(standardised.std(axis=0), 1.0, rtol=1e-12)


@pytest.mark.parametrize("kind", ["none", "yeo_johnson", "normal_scores"])
def test_json_round_trip_is_exact(training: Training, ols_settings: Settings, kind: str) -> None:
    fitted = ColumnTransform.fit(training.values, ols_settings(transform=kind, winsorise=3.0))
    read = ColumnTransform.from_json(json.loads(json.dumps(fitted.to_json(), allow_nan=False)))
    np.testing.assert_array_equal(read.apply(training.values), fitted.apply(training.values))


def test_winsorise_cuts_at_k_deviations(ols_settings: Settings) -> None:
    values = np.zeros((101, 1))
    values[:50], values[50:100] = -1.0, 1.0
    values[100] = 100.0
    mean, deviation = values.mean(), values.std()
    fitted = ColumnTransform.fit(values, ols_settings(winsorise=2.0))
    assert fitted.high is not None
    np.testing.assert_allclose(fitted.high, mean + 2 * deviation)
    np.testing.assert_array_equal(fitted.apply(np.array([[1e3]])), fitted.apply(np.array([[1e9]])))


@pytest.mark.parametrize("kind", ["none", "yeo_johnson", "normal_scores"])
def test_constant_column_becomes_zero_also_for_new_values(
    training: Training, ols_settings: Settings, kind: str
) -> None:
    values = training.values.copy()
    values[:, 2] = 0.1  # its sum is not exact in binary: the deviation is rounding noise, not 0
    fitted = ColumnTransform.fit(values, ols_settings(transform=kind, winsorise=4.0))
    assert fitted.constant.tolist() == [j == 2 for j in range(8)]
    new = values[:3].copy()
    new[:, 2] = 5.0
    np.testing.assert_array_equal(fitted.apply(new)[:, 2], 0.0)


@pytest.mark.parametrize("kind", ["none", "yeo_johnson", "normal_scores"])
def test_a_row_far_outside_stays_finite(training: Training, ols_settings: Settings, kind: str) -> None:
    fitted = ColumnTransform.fit(training.values, ols_settings(transform=kind))
    assert np.isfinite(fitted.apply(np.full((2, 8), 1e30) * np.array([[1.0], [-1.0]]))).all()


def test_missing_value_is_an_error_that_says_where(training: Training, ols_settings: Settings) -> None:
    values = training.values.copy()
    values[7, 3] = np.nan
    with pytest.raises(ValueError, match="row 7, column 3"):
        ColumnTransform.fit(values, ols_settings())
    with pytest.raises(ValueError, match="row 7, column 3"):
        ColumnTransform.fit(training.values, ols_settings()).apply(values)
