"""Scores on paper and against scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from classically_punk.scoring.counts import count_by_group, ranked, scores_of


def predictions(labels: list[str], fitted: np.ndarray, genres: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(fitted, columns=[f"fitted.{genre}" for genre in genres])
    best = [genres[k] for k in fitted.argmax(axis=1)]
    return pd.concat([pd.DataFrame({"label": labels, "predicted": best}), table], axis=1)


@pytest.fixture
def random_predictions(rng: np.random.Generator) -> pd.DataFrame:
    genres = ["blues", "jazz", "pop", "rock"]
    labels = list(rng.choice(genres, 300, p=[0.5, 0.3, 0.15, 0.05]))
    lift = np.array([[genre == label for genre in genres] for label in labels])
    return predictions(labels, rng.normal(size=(300, 4)) + lift, genres)


def test_confusion_by_hand() -> None:
    """Four jazz clips, one called rock; two rock clips, both called pop; the one pop clip is right."""
    genres = ["jazz", "pop", "rock"]
    labels = ["jazz"] * 4 + ["rock"] * 2 + ["pop"]
    fitted = np.array(
        [[0.8, 0.1, 0.1]] * 3 + [[0.2, 0.3, 0.5]] + [[0.1, 0.6, 0.3], [0.4, 0.5, 0.1]] + [[0.0, 1.0, 0.0]]
    )
    counts = count_by_group(predictions(labels, fitted, genres), pd.Series(list("aabbccd")))
    assert counts.confusion.sum(axis=0).tolist() == [[3, 0, 1], [0, 1, 0], [0, 2, 0]]
    assert counts.top_two.sum(axis=0).tolist() == [3, 1, 1]
    assert counts.confusion[1].tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]  # group b: one right, one called rock
    assert counts.groups_per_genre.tolist() == [2, 1, 1]
    scores = scores_of(counts.confusion.sum(axis=0), counts.top_two.sum(axis=0))
    assert scores.accuracy == pytest.approx(4 / 7)
    assert scores.top2_accuracy == pytest.approx(5 / 7)
    assert scores.recall.tolist() == [0.75, 1.0, 0.0]
    np.testing.assert_allclose(scores.precision, [1.0, 1 / 3, 0.0])
    assert scores.balanced_accuracy == pytest.approx((0.75 + 1.0 + 0.0) / 3)
    assert scores.macro_f1 == pytest.approx((6 / 7 + 1 / 2 + 0.0) / 3)


def test_scores_equal_scikit_learn(random_predictions: pd.DataFrame) -> None:
    counts = count_by_group(random_predictions, pd.Series(np.arange(300) % 7))
    scores = scores_of(counts.confusion.sum(axis=0), counts.top_two.sum(axis=0))
    actual, predicted = random_predictions["label"], random_predictions["predicted"]
    fitted = random_predictions.filter(like="fitted.").to_numpy()
    np.testing.assert_array_equal(counts.confusion.sum(axis=0), metrics.confusion_matrix(actual, predicted))
    assert scores.accuracy == pytest.approx(metrics.accuracy_score(actual, predicted))
    assert scores.balanced_accuracy == pytest.approx(metrics.balanced_accuracy_score(actual, predicted))
    assert scores.macro_f1 == pytest.approx(metrics.f1_score(actual, predicted, average="macro"))
    assert scores.top2_accuracy == pytest.approx(metrics.top_k_accuracy_score(actual, fitted, k=2))
    np.testing.assert_allclose(scores.recall, metrics.recall_score(actual, predicted, average=None))
    np.testing.assert_allclose(scores.precision, metrics.precision_score(actual, predicted, average=None))


def test_many_counts_at_once_equal_one_by_one(rng: np.random.Generator) -> None:
    confusion = rng.integers(0, 5, size=(20, 3, 3)).astype(float)
    confusion[3, 1] = 0.0  # a genre without a tested row
    top_two = confusion.sum(axis=2)
    together = scores_of(confusion, top_two)
    for k in range(20):
        alone = scores_of(confusion[k], top_two[k])
        np.testing.assert_array_equal(together.macro_f1[k], alone.macro_f1)
        np.testing.assert_array_equal(together.recall[k], alone.recall)
    assert np.isnan(together.recall[3, 1])
    assert together.balanced_accuracy[3] == pytest.approx(np.nanmean(together.recall[3]))


def test_perfect_and_hopeless() -> None:
    perfect = scores_of(np.diag([5.0, 3.0]), np.array([5.0, 3.0]))
    assert perfect.accuracy == perfect.macro_f1 == perfect.balanced_accuracy == perfect.top2_accuracy == 1.0
    hopeless = scores_of(np.array([[0.0, 5.0], [3.0, 0.0]]), np.zeros(2))
    assert hopeless.accuracy == hopeless.macro_f1 == hopeless.balanced_accuracy == hopeless.top2_accuracy == 0.0


def test_nothing_tested_is_undefined_not_zero() -> None:
    scores = scores_of(np.zeros((2, 2)), np.zeros(2))
    assert np.isnan([scores.accuracy, scores.macro_f1, scores.balanced_accuracy, scores.top2_accuracy]).all()


def test_genre_never_predicted_has_no_precision() -> None:
    scores = scores_of(np.array([[2.0, 0.0], [1.0, 0.0]]), np.array([2.0, 1.0]))
    assert np.isnan(scores.precision[1])
    assert scores.f1[1] == 0.0


def test_predicted_genre_that_is_not_tested_counts_as_wrong() -> None:
    table = predictions(["jazz", "pop"], np.array([[0.1, 0.2, 0.7], [0.0, 1.0, 0.0]]), ["jazz", "pop", "rock"])
    counts = count_by_group(table, pd.Series(["a", "b"]))
    scores = scores_of(counts.confusion.sum(axis=0), counts.top_two.sum(axis=0))
    assert scores.accuracy == 0.5
    assert scores.balanced_accuracy == 0.5  # over the two genres that are tested


def test_runner_up_and_margin() -> None:
    table = predictions(["jazz"] * 2, np.array([[0.5, 0.2, 0.3], [0.4, 0.4, 0.4]]), ["jazz", "pop", "rock"])
    answer = ranked(table)
    assert list(answer["second"]) == ["rock", "pop"]  # ties: the genre that sorts first
    np.testing.assert_allclose(answer["margin"], [0.2, 0.0])
