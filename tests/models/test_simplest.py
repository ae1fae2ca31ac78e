"""The choice among settings: the lowest log loss, simpler where that is as good, and no last bit decides."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss

from classically_punk.models.calibration import log_losses
from classically_punk.models.simplest import AS_GOOD, judged, simplest_as_good


def test_the_lowest_loss_is_taken_and_of_those_as_good_the_first() -> None:
    assert simplest_as_good([1.4, 1.2, 1.3]) == 1
    assert simplest_as_good([1.4, 1.2 + 0.9 * AS_GOOD, 1.2]) == 1
    assert simplest_as_good([1.4, 1.2 + 1.1 * AS_GOOD, 1.2]) == 2
    assert simplest_as_good([0.0, 0.0]) == 0
    with pytest.raises(ValueError, match="no setting"):
        simplest_as_good([])


@pytest.mark.parametrize("up", [True, False])
def test_equal_settings_stay_equal_whatever_their_last_bit(up: bool) -> None:
    same = 1.2345678901234567
    other = float(np.nextafter(same, np.inf if up else -np.inf))
    assert simplest_as_good([same, other]) == simplest_as_good([other, same]) == 0


def test_settings_with_the_same_hits_are_told_apart_by_how_sure_they_are(rng: np.random.Generator) -> None:
    """Two classifiers that are right on the same rows, one of them with a clear margin there and a narrow one where it
    errs: a count of hits ties."""
    actual = rng.integers(0, 3, 200)
    right = rng.random(200) < 0.7
    named = np.where(right, actual, (actual + 1) % 3)
    knows = np.eye(3)[named] * np.where(right, 2.0, 0.2)[:, None]
    blind = np.eye(3)[named]
    assert (knows.argmax(axis=1) == actual).sum() == (blind.argmax(axis=1) == actual).sum()
    assert simplest_as_good([judged(blind, actual).loss, judged(knows, actual).loss]) == 1


def test_the_loss_is_scikit_learns_of_the_calibrated_probabilities(rng: np.random.Generator) -> None:
    actual = rng.integers(0, 4, 150)
    scores = rng.normal(size=(150, 4)) + 1.5 * np.eye(4)[actual]
    found = judged(scores, actual)
    probabilities = softmax(found.inverse_temperature * scores, axis=1)
    assert found.loss == pytest.approx(log_loss(actual, probabilities), rel=1e-12)
    assert log_losses(scores, actual, found.inverse_temperature).shape == (150,)
    assert all(found.loss <= log_losses(scores, actual, b).mean() for b in (0.5, 1.0, 2.0, 4.0))
    assert judged(1000.0 * scores, actual).loss == pytest.approx(found.loss, abs=1e-6), (
        "the unit of scores is no matter"
    )
