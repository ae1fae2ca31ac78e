"""Answering only when sure: curves counted by hand, and thresholds that never see their own fold."""

import numpy as np
import pandas as pd
import pytest

from classically_punk.decisions.abstention import (
    Answers,
    answers_of,
    coverage_table,
    reach_target,
    threshold_for_target,
)
from classically_punk.scoring.bootstrap import group_weights


def answers(
    confidence: list[float],
    right: list[int],
    folds: list[int] | None = None,
    groups: list[str] | None = None,
    leverage: list[float] | None = None,
) -> Answers:
    """Answers of two genres, predicted in turn, so that being right does not hang on the genre."""
    n = len(confidence)
    predicted = np.arange(n) % 2
    names, group_of = np.unique(groups or [f"g{k:03d}" for k in range(n)], return_inverse=True)
    top = np.array(confidence)
    return Answers(
        genres=("blues", "jazz"),
        probabilities=np.where(predicted[:, None] == [0, 1], top[:, None], 1 - top[:, None]),
        actual=np.where(np.array(right) == 1, predicted, 1 - predicted),
        predicted=predicted,
        folds=np.array(folds or [1] * n),
        groups=tuple(names),
        group_of=group_of,
        leverage=None if leverage is None else np.array(leverage),
    )


def draws(found: Answers, resamples: int = 500) -> np.ndarray:
    return group_weights(found.units, resamples, np.random.default_rng(0))


@pytest.fixture
def predictions() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "model": "ols",
            "protocol": "artist",
            "fold": [1, 1, 2],
            "clip": ["a", "b", "c"],
            "label": ["jazz", "blues", "jazz"],
            "predicted": ["jazz", "jazz", "blues"],
            "inverse_temperature": [2.0, 2.0, 1.0],
            "leverage": [0.1, 0.2, 0.3],
            "fitted.blues": [0.0, 0.5, 0.9],
            "fitted.jazz": [1.0, 0.5 + np.log(3) / 2, 0.9 - np.log(4)],
        }
    )


def test_answers_are_read_from_predictions(predictions: pd.DataFrame) -> None:
    found = answers_of(predictions, pd.Series(["y", "x", "y"]))
    np.testing.assert_allclose(found.confidence, [1 / (1 + np.exp(-2)), 0.75, 0.8])
    np.testing.assert_array_equal(found.right, [1, 0, 0])
    assert found.groups == ("x", "y")
    np.testing.assert_array_equal(found.by_group(np.array([1.0, 10.0, 100.0])), [10.0, 101.0])
    assert found.leverage is not None
    without = answers_of(predictions.assign(leverage=np.nan), pd.Series(["y", "x", "y"]))
    assert without.leverage is None


def test_mixed_predictions_are_refused(predictions: pd.DataFrame) -> None:
    groups = pd.Series(["y", "x", "y"])
    with pytest.raises(ValueError, match="one protocol expected"):
        answers_of(predictions.assign(protocol=["artist", "clip", "clip"]), groups)
    with pytest.raises(ValueError, match="one model expected"):
        answers_of(predictions.assign(model=["ols", "ridge", "ols"]), groups)
    with pytest.raises(ValueError, match="leverage is missing in 1 of 3"):
        answers_of(predictions.assign(leverage=[0.1, np.nan, 0.2]), groups)
    with pytest.raises(ValueError, match="no predictions"):
        answers_of(predictions.iloc[:0], groups.iloc[:0])


def test_curve_counted_by_hand() -> None:
    found = answers([0.5, 0.6, 0.9, 0.9], [0, 1, 1, 1])
    table = coverage_table(found, draws(found), 0.95).set_index("threshold")
    assert set(table["by"]) == {"confidence"}
    assert table.loc[0.0, ["coverage", "accuracy", "n"]].tolist() == [1.0, 0.75, 4]
    assert table.loc[0.5, ["coverage", "accuracy", "n"]].tolist() == [1.0, 0.75, 4]
    assert table.loc[0.6, ["coverage", "accuracy", "n"]].tolist() == [0.75, 1.0, 3]
    assert table.loc[0.9, ["coverage", "accuracy", "n"]].tolist() == [0.5, 1.0, 2]
    assert table.loc[0.92, "n"] == 0
    assert np.isnan(table.loc[0.92, "accuracy"])


def test_what_is_missing_has_a_reason() -> None:
    for groups in (None, ["one"] * 4):
        found = answers([0.5, 0.6, 0.9, 0.9], [0, 1, 1, 1], groups=groups, leverage=[1.0, 2.0, 3.0, 4.0])
        table = coverage_table(found, draws(found), 0.95)
        missing = table[["accuracy", "low", "high"]].isna().any(axis=1)
        assert missing.any()
        assert (table.loc[missing, "reason"] != "").all()
        assert (
            table.loc[~missing, "reason"]
            .isin(["", "the interval lacks the variance of genres with a single group: blues"])
            .all()
        )


def test_leverage_leaves_the_far_rows() -> None:
    """The errors lie far from the training music, and confidence does not tell."""
    leverage = [k / 10 for k in range(1, 11)]
    found = answers([0.7] * 10, [1] * 6 + [0] * 4, leverage=leverage)
    table = coverage_table(found, draws(found), 0.95)
    by_leverage = table[table["by"] == "leverage"].set_index("threshold")
    assert by_leverage.loc[0.6, ["coverage", "accuracy"]].tolist() == [0.6, 1.0]
    assert by_leverage.loc[1.0, ["coverage", "accuracy"]].tolist() == [1.0, 0.6]
    both = table[table["by"] == "both"].set_index("threshold")
    assert both.loc[0.7, ["coverage", "n"]].tolist() == [0.9, 9]  # the farthest tenth is left out
    assert both.loc[0.72, "n"] == 0


def test_interval_is_over_groups_not_rows() -> None:
    """Ten groups of forty equal rows: the interval is the one of ten rows."""
    right = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
    many = answers([0.7] * 400, right * 40, groups=[f"g{k}" for k in range(10)] * 40)
    few = answers([0.7] * 10, right, groups=[f"g{k}" for k in range(10)])
    wide = coverage_table(few, draws(few), 0.95)
    np.testing.assert_allclose(
        coverage_table(many, draws(many), 0.95).loc[0, ["low", "high"]].astype(float),
        wide.loc[0, ["low", "high"]].astype(float),
    )
    with pytest.raises(ValueError, match="for 10 groups"):
        coverage_table(few, np.ones((5, 9)), 0.95)


def test_answers_of_one_group_alone_have_no_interval() -> None:
    found = answers([0.9, 0.9, 0.5, 0.5], [1, 0, 1, 0], groups=["x", "x", "y", "y"])
    table = coverage_table(found, draws(found), 0.95).set_index("threshold")
    assert table.loc[0.5, "reason"] == ""
    assert table.loc[0.9, "reason"] == "no interval: fewer than 2 groups"
    assert table.loc[0.9, "accuracy"] == 0.5


def test_threshold_for_target_by_hand() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    right = np.array([1.0, 1.0, 0.0, 1.0, 0.0])
    assert threshold_for_target(confidence, right, 1.0, 1) == 0.8
    assert threshold_for_target(confidence, right, 0.75, 1) == 0.6
    assert threshold_for_target(confidence, right, 0.7, 1) == 0.6
    assert threshold_for_target(confidence, right, 0.6, 1) == 0.0
    assert threshold_for_target(confidence, right, 1.0, 3) is None
    assert threshold_for_target(confidence, right, 0.6) is None  # five rows where ten are wanted
    assert threshold_for_target(np.zeros(0), np.zeros(0), 0.6) is None


def test_rows_of_equal_confidence_stay_together() -> None:
    """The first of two rows at .8 is right; answering it and not the other cannot be told apart by confidence."""
    confidence = np.array([0.9, 0.8, 0.8, 0.3])
    assert threshold_for_target(confidence, np.array([1.0, 1.0, 0.0, 0.0]), 1.0, 1) == 0.9
    assert threshold_for_target(confidence[1:], np.array([1.0, 0.0, 0.0]), 1.0, 1) is None


def test_seven_of_ten_are_seven_tenths() -> None:
    confidence = np.linspace(0.9, 0.5, 10)
    assert threshold_for_target(confidence, np.array([1.0] * 7 + [0.0] * 3), 0.7) == 0.0


@pytest.mark.parametrize("target", [0.0, -1.0, 1.1, np.nan])
def test_targets_that_are_none(target: float) -> None:
    with pytest.raises(ValueError, match="at most 1"):
        threshold_for_target(np.ones(20), np.ones(20), target)


def test_no_fold_has_a_say_in_its_own_threshold() -> None:
    """Fold 1 is right from .6 upwards, fold 2 from .8 upwards; each gets the other's threshold. Looking at its own
    rows, fold 2 would reach the target with .8; not looking, it is answered from .6 and misses it."""
    steps = [0.5] * 10 + [0.6] * 10 + [0.8] * 10
    right = [0] * 10 + [1] * 20 + [0] * 10 + [0] * 10 + [1] * 10
    found = answers(steps * 2, right, folds=[1] * 30 + [2] * 30)
    reached = reach_target(found, 1.0, draws(found), 0.95)
    assert reached.thresholds == {1: 0.8, 2: 0.6}
    assert reached.n == 10 + 20
    assert reached.accuracy == pytest.approx(20 / 30)
    assert reached.coverage == pytest.approx(0.5)
    assert reached.coverage_interval.low is not None
    assert reached.coverage_interval.low < 0.5
    assert reached.note == ""


def test_labels_of_a_fold_do_not_move_its_threshold(rng: np.random.Generator) -> None:
    confidence = rng.random(60).tolist()
    right = (rng.random(60) < confidence).astype(int)
    folds = [1, 2, 3] * 20
    before = answers(confidence, right.tolist(), folds)
    flipped = np.where(np.array(folds) == 2, 1 - right, right)
    after = answers(confidence, flipped.tolist(), folds)
    weights = draws(before)
    one = reach_target(before, 0.7, weights, 0.95).thresholds
    other = reach_target(after, 0.7, weights, 0.95).thresholds
    assert one[2] == other[2]
    assert one != other


def test_a_target_out_of_reach_leaves_the_fold() -> None:
    found = answers([0.5] * 40, [0] * 20 + [1] * 20, folds=[1] * 20 + [2] * 20)
    reached = reach_target(found, 0.9, draws(found), 0.95)
    assert reached.thresholds == {1: 0.0, 2: None}
    assert reached.accuracy == 0.0
    assert reached.note == "out of reach on the other folds, so left unanswered: fold 2"
    nothing = reach_target(answers([0.5] * 40, [0] * 40, [1, 2] * 20), 0.9, draws(found), 0.95)
    assert nothing.accuracy is None
    assert nothing.coverage == 0.0
    assert nothing.accuracy_interval.reason == "nothing is answered"


def test_a_single_fold_uses_no_label() -> None:
    """Mean confidence of the upper half is .9, of all .7."""
    confidence = [0.9] * 20 + [0.5] * 20
    for right in ([1] * 40, [0] * 40):
        found = answers(confidence, right)
        reached = reach_target(found, 0.9, draws(found), 0.95)
        assert reached.thresholds == {1: 0.9}
        assert reached.coverage == 0.5
        assert "one fold" in reached.note
    low = reach_target(found, 0.95, draws(found), 0.95)
    assert low.thresholds == {1: None}
    assert "out of reach" in low.note


def test_calibrated_answers_reach_their_target(rng: np.random.Generator) -> None:
    """Right with the probability stated: mean confidence above .6 is .8, and a target of .8 is met to about 1 %."""
    confidence = rng.random(20_000)
    right = (rng.random(20_000) < confidence).astype(int)
    found = answers(
        confidence.tolist(), right.tolist(), folds=(np.arange(20_000) % 5).tolist(), groups=["a", "b"] * 10_000
    )
    reached = reach_target(found, 0.8, draws(found, 100), 0.95)
    assert reached.accuracy == pytest.approx(0.8, abs=0.015)
    assert reached.coverage == pytest.approx(0.4, abs=0.03)
