"""Costs worked out by hand, the theory of rejection, thresholds that never see their own fold, and wrong settings."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts.policies import DEFAULT_POLICY, POLICIES
from classically_punk.decisions.abstention import Answers
from classically_punk.decisions.costs import (
    SCENARIOS,
    CostMatrix,
    answer_costs,
    best_threshold,
    cost_curve,
    cost_matrix,
    cross_fitted,
    policy_table,
    sensitivity_table,
)
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import CostOfPair
from classically_punk.scoring.bootstrap import group_weights

GENRES = ("blues", "jazz", "metal")


class Pair(NamedTuple):
    actual: str
    predicted: str
    cost: float


def answers(probabilities: Sequence[Sequence[float]], actual: Sequence[int], folds: Sequence[int] = ()) -> Answers:
    """Every row a group of its own."""
    shares = np.array(probabilities)
    n = len(shares)
    return Answers(
        genres=GENRES[: shares.shape[1]],
        probabilities=shares,
        actual=np.array(actual),
        predicted=shares.argmax(axis=1),
        folds=np.array(folds if len(folds) else [1] * n),
        groups=tuple(f"g{k:05d}" for k in range(n)),
        group_of=np.arange(n),
        leverage=None,
    )


def draws(found: Answers, resamples: int = 300) -> np.ndarray:
    return group_weights(found.units, resamples, np.random.default_rng(0))


def plain(
    wrong: float = 1.0, abstain: float = 0.3, pairs: Sequence[Pair] = (), person_error: float = 0.0
) -> CostMatrix:
    return cost_matrix(GENRES, wrong, abstain, pairs, person_error=person_error)


def test_matrix_by_hand() -> None:
    costs = plain(1.0, 0.3, [Pair("metal", "blues", 2.0), Pair("blues", "metal", 0.0)])
    np.testing.assert_array_equal(costs.matrix, [[0, 1, 0], [1, 0, 1], [2, 1, 0]])
    assert costs.theoretical_threshold == pytest.approx(0.7)
    assert plain(1.0, 1.5).theoretical_threshold == 0.0


def test_pairs_may_come_from_the_settings() -> None:
    pair = CostOfPair(actual="metal", predicted="jazz", cost=2.5, why="loud")
    assert cost_matrix(GENRES, 1.0, 0.3, [pair]).matrix[2, 1] == 2.5


def test_capitals_and_hyphens_make_no_other_genre() -> None:
    pair = Pair("hiphop", "old time", 2.0)
    assert cost_matrix(("Hip-Hop", "Old-Time", "Rock"), 1.0, 0.3, [pair]).pairs == {("Hip-Hop", "Old-Time"): 2.0}
    both = cost_matrix(("Hip-Hop", "HipHop", "oldtime"), 1.0, 0.3, [Pair("HipHop", "oldtime", 2.0)])
    assert both.pairs == {("HipHop", "oldtime"): 2.0}, "the genre itself before one that is spelt alike"


def test_pairs_of_other_corpora_are_left_unused() -> None:
    pair = Pair("polka", "waltz", 2.0)
    costs = plain(pairs=[pair, Pair("jazz", "blues", 0.5)])
    assert costs.unused == ("polka taken for waltz: this corpus has no polka and no waltz",)
    assert plain(pairs=[Pair("classical", "blues", 3.0)]).unused == (
        "classical taken for blues: this corpus has no classical",
    )
    assert costs.pairs == {("jazz", "blues"): 0.5}
    with pytest.raises(PunkError, match=r"pairs\[0\].*no genre polka"):
        cost_matrix(GENRES, 1.0, 0.3, [pair], strict=True)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([Pair("jazz", "blues", -1.0)], r"pairs\[0\]: jazz taken for blues: cost -1.0 found"),
        ([Pair("jazz", "blues", np.nan)], "cost nan found"),
        ([Pair("jazz", "blues", np.inf)], "cost inf found"),
        ([Pair("jazz", "jazz", 1.0)], "the same genre twice"),
        ([Pair("jazz", "blues", 1.0), Pair("jazz", "blues", 2.0)], r"pairs\[1\]: .*listed twice"),
        ([Pair("jazz", "mettal", 1.0)], "no genre mettal; its genres are blues, jazz, metal"),
        ([Pair("Jazz", "jazz", 1.0)], "the same genre twice"),
        ([Pair("jazz", "blues", 1.0), Pair("Jazz", "blues", 2.0)], r"pairs\[1\]: .*listed twice"),
    ],
)
def test_pairs_that_cannot_be_meant(pairs: list[Pair], message: str) -> None:
    with pytest.raises(PunkError, match=message):
        plain(pairs=pairs)


@pytest.mark.parametrize(
    ("wrong", "abstain", "entry"),
    [
        (0.0, 0.3, "wrong"),
        (-1.0, 0.3, "wrong"),
        (np.inf, 0.3, "wrong"),
        (1.0, -0.1, "abstain"),
        (1.0, np.nan, "abstain"),
    ],
)
def test_costs_that_cannot_be_meant(wrong: float, abstain: float, entry: str) -> None:
    with pytest.raises(PunkError, match=rf"costs\.{entry}: "):
        plain(wrong, abstain)


def test_a_matrix_that_misses_a_predicted_genre() -> None:
    found = answers([[0.2, 0.3, 0.5]], [0])
    with pytest.raises(PunkError, match="no genre metal"):
        answer_costs(found, cost_matrix(GENRES[:2], 1.0, 0.3, []))


def test_cost_curve_by_hand() -> None:
    """Right at .9, blues for metal at .6 (cost 2), wrong at .5: answered from 0: (0 + 2 + 1) / 3; from .52: (0 + 2 +
    .3) / 3; from .62: .6 / 3; from .92: .9 / 3."""
    found = answers([[0.05, 0.9, 0.05], [0.6, 0.2, 0.2], [0.3, 0.2, 0.5]], [1, 2, 0])
    costs = plain(pairs=[Pair("metal", "blues", 2.0)])
    np.testing.assert_array_equal(answer_costs(found, costs), [0, 2, 1])
    curve = cost_curve(found, costs, draws(found), 0.95).set_index("threshold")
    assert len(curve) == 51
    assert curve.loc[[0.0, 0.5, 0.52, 0.62, 0.9, 0.92], "cost_per_1000"].tolist() == pytest.approx(
        [1000, 1000, 2300 / 3, 200, 200, 300]
    )
    assert curve.loc[0.62, ["coverage", "accuracy", "n"]].tolist() == [1 / 3, 1.0, 1]
    assert curve.loc[0.92, "reason"] == "no interval: no genre has 2 groups; nothing is answered"
    assert np.isnan(curve.loc[0.92, "accuracy"])
    assert best_threshold(found, costs) == 0.62


def test_order_of_the_genres_in_the_matrix_does_not_matter() -> None:
    found = answers([[0.6, 0.2, 0.2], [0.3, 0.2, 0.5]], [2, 0])
    pairs = [Pair("metal", "blues", 2.0)]
    turned = cost_matrix(("metal", "folk", "jazz", "blues"), 1.0, 0.3, pairs)
    np.testing.assert_array_equal(answer_costs(found, turned), answer_costs(found, plain(pairs=pairs)))


@pytest.fixture(scope="module")
def calibrated() -> Answers:
    """Two genres; the label is drawn from the very probabilities stated."""
    rng = np.random.default_rng(7)
    first = rng.random(40_000)
    actual = (rng.random(40_000) > first).astype(int)
    found = answers(np.column_stack([first, 1 - first]), actual, np.arange(40_000) % 5)
    return replace(found, groups=("a", "b"), group_of=np.arange(40_000) % 2)


@pytest.mark.parametrize(("wrong", "abstain"), [(1.0, 0.3), (1.0, 0.15), (2.0, 0.5), (1.0, 0.4)])
def test_theory_holds_for_calibrated_probabilities(calibrated: Answers, wrong: float, abstain: float) -> None:
    """Chow's rule. The curve is flat at its bottom: within .04 of the theory the cost rises by less than 1 per 1,000.
    Confidence is even over [.5, 1], so below the threshold t lies (t - .5) / .5 of it."""
    costs = plain(wrong, abstain)
    theory = 1 - abstain / wrong
    assert best_threshold(calibrated, costs) == pytest.approx(theory, abs=0.041)
    table = policy_table(calibrated, costs, draws(calibrated, 50), 0.95).set_index("policy")
    below = (theory - 0.5) / 0.5
    expected = 1000 * (below * abstain + (1 - below) * wrong * (1 - (theory + 1) / 2))
    assert table.loc["theory", "cost_per_1000"] == pytest.approx(expected, rel=0.03)
    assert table.loc["chosen", "cost_per_1000"] == pytest.approx(expected, rel=0.03)
    assert table.loc["expected cost", "cost_per_1000"] == pytest.approx(table.loc["theory", "cost_per_1000"], rel=1e-6)
    assert table.loc["answer all", "cost_per_1000"] == pytest.approx(250 * wrong, rel=0.02)
    assert table.loc["leave all", "cost_per_1000"] == pytest.approx(1000 * abstain)


def test_no_fold_has_a_say_in_its_own_threshold() -> None:
    """Fold 1 is always right and fold 2 always wrong, at the same confidence of .6. Peeking, fold 1 would be answered
    and fold 2 left: 150 per 1,000. Not peeking, fold 1 is left and fold 2 answered: (300 + 1000) / 2."""
    found = answers([[0.6, 0.4]] * 40, [0] * 20 + [1] * 20, [1] * 20 + [2] * 20)
    chosen = cross_fitted(found, plain())
    assert chosen.thresholds == {1: 0.62, 2: 0.0}
    table = policy_table(found, plain(), draws(found), 0.95).set_index("policy")
    assert table.loc["chosen", "cost_per_1000"] == pytest.approx(650)
    assert table.loc["hindsight", "cost_per_1000"] == pytest.approx(300)


def test_a_single_fold_uses_no_label() -> None:
    for actual in (0, 1):
        found = answers([[0.6, 0.4]] * 10 + [[0.8, 0.2]] * 10, [actual] * 20)
        chosen = cross_fitted(found, plain())
        assert chosen.thresholds == {1: 0.7}
        assert chosen.kept.tolist() == [False] * 10 + [True] * 10
        assert "one fold" in chosen.note


def test_expected_cost_weighs_the_pairs() -> None:
    """Metal at .5, blues at .45; taking blues for metal costs 4. Expected: metal .45 * 4 + .05 = 1.85, blues .55."""
    found = answers([[0.45, 0.05, 0.5]], [2])
    costs = plain(abstain=0.6, pairs=[Pair("blues", "metal", 4.0)])
    table = policy_table(found, costs, draws(found), 0.95).set_index("policy")
    assert table.loc["expected cost", ["cost_per_1000", "coverage", "accuracy"]].tolist() == [1000.0, 1.0, 0.0]
    careful = plain(abstain=0.5, pairs=[Pair("blues", "metal", 4.0)])
    table = policy_table(found, careful, draws(found), 0.95).set_index("policy")
    assert table.loc["expected cost", ["cost_per_1000", "coverage"]].tolist() == [500.0, 0.0]


def test_saving_is_paired() -> None:
    """Half of the rows cost 1 when answered and .3 when left, in every group alike: the saving has no spread."""
    found = answers([[0.55, 0.45], [0.9, 0.1]] * 20, [1, 0] * 20)
    grouped = replace(found, groups=tuple("abcdefghij"), group_of=np.repeat(np.arange(10), 4))
    table = policy_table(grouped, plain(), draws(grouped), 0.95).set_index("policy")
    assert table.loc["theory", ["saving", "saving_low", "saving_high"]].tolist() == pytest.approx([350, 350, 350])
    assert table.loc["answer all", ["saving", "saving_low", "saving_high"]].tolist() == [0, 0, 0]


def test_a_person_who_errs_is_worth_less() -> None:
    """A person at .2 who is wrong on a tenth of clips, each at 2, costs .2 + .1 * 2 = .4: as one at .4 who never is."""
    found = answers([[0.7, 0.3], [0.85, 0.15]] * 20, [0, 1] * 20)
    erring, sure = plain(2.0, 0.2, person_error=0.1), plain(2.0, 0.4)
    assert (erring.leave, erring.theoretical_threshold) == pytest.approx((0.4, 0.8))
    one, other = (policy_table(found, costs, draws(found), 0.95) for costs in (erring, sure))
    pd.testing.assert_frame_equal(one, other)
    # at .7 an answer is expected to cost .6, so it is left; at .85 it is expected to cost .3, and is wrong: 2
    expected = one.set_index("policy").loc["expected cost"]
    assert expected[["cost_per_1000", "coverage"]].tolist() == pytest.approx([(400 + 2000) / 2, 0.5])
    never = plain(2.0, 0.2, person_error=1.0)
    assert policy_table(found, never, draws(found), 0.95).set_index("policy").loc["expected cost", "coverage"] == 1.0


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan])
def test_the_error_of_a_person_is_a_share(share: float) -> None:
    with pytest.raises(PunkError, match=r"costs\.person_error: .* a share of 0 to 1 expected"):
        plain(person_error=share)


def test_what_is_saved_is_held_against_the_better_of_answering_and_leaving_all() -> None:
    """Right at .9, wrong at .6, half of the rows each: all answered 500, none 300, the policy 150."""
    grouped = replace(
        answers([[0.6, 0.4], [0.9, 0.1]] * 20, [1, 0] * 20),
        groups=tuple("abcdefghij"),
        group_of=np.repeat(np.arange(10), 4),
    )
    table = policy_table(grouped, plain(), draws(grouped), 0.95).set_index("policy")
    ends = ["net_saving", "net_saving_low", "net_saving_high"]
    assert table.loc["expected cost", ends].tolist() == pytest.approx([150, 150, 150])
    assert table.loc["answer all", ends].tolist() == pytest.approx([-200, -200, -200])
    assert table.loc["leave all", ends].tolist() == [0, 0, 0]
    dear = policy_table(grouped, plain(abstain=0.9), draws(grouped), 0.95).set_index("policy")
    assert dear.loc["expected cost", ends].tolist() == [0, 0, 0]  # answering is the better one, and what it does
    assert dear.loc["leave all", ends].tolist() == pytest.approx([-400, -400, -400])


def test_the_better_of_the_two_is_that_of_each_draw() -> None:
    """With as many wrong as a person costs, answering is the better in some draws and leaving in the others: against
    the better of them answering all never saves, and loses in some draws."""
    found = answers([[0.6, 0.4], [0.4, 0.6]] * 20, [0, 1] * 14 + [1, 0] * 6)
    table = policy_table(found, plain(), draws(found), 0.95).set_index("policy")
    row = table.loc["answer all", ["net_saving", "net_saving_low", "net_saving_high"]]
    assert row.tolist()[0] == pytest.approx(0)
    assert row.tolist()[1] < 0
    assert row.tolist()[2] == 0


def test_the_sensitivity_is_of_the_default_policy(calibrated: Answers) -> None:
    costs, weights = plain(1.0, 0.2, [Pair("blues", "jazz", 1.5)]), draws(calibrated, 50)
    stated = sensitivity_table(calibrated, costs, weights, 0.95).iloc[0]
    taken = policy_table(calibrated, costs, weights, 0.95).set_index("policy").loc[DEFAULT_POLICY]
    same = ["cost_per_1000", "low", "high", "coverage", "accuracy", "n"]
    assert stated[same].tolist() == taken[same].tolist()


def test_every_policy_is_in_the_table(calibrated: Answers) -> None:
    assert list(policy_table(calibrated, plain(), draws(calibrated, 50), 0.95)["policy"]) == list(POLICIES)


def test_interval_of_the_cost_is_over_groups() -> None:
    """A share of 1/2 among 100 groups: 1000 * (.5 +- 1.96 * .05)."""
    found = answers([[0.9, 0.1], [0.1, 0.9]] * 50, [0, 1, 1, 0] * 25)
    table = policy_table(found, plain(), draws(found, 4000), 0.95).set_index("policy")
    assert table.loc["answer all", ["low", "high"]].tolist() == pytest.approx([402, 598], abs=12)
    assert table.loc["leave all", ["low", "high"]].tolist() == pytest.approx([300, 300])


def test_doubled_costs(calibrated: Answers) -> None:
    costs = plain(1.0, 0.2, [Pair("blues", "jazz", 1.5)])
    table = sensitivity_table(calibrated, costs, draws(calibrated, 50), 0.95).set_index("scenario")
    assert tuple(table.index) == SCENARIOS
    assert table["theoretical_threshold"].tolist() == pytest.approx([0.8, 0.9, 0.6, 0.8])
    assert table.loc["wrong doubles", "best_threshold"] > table.loc["as stated", "best_threshold"]
    assert table.loc["abstain doubles", "best_threshold"] < table.loc["as stated", "best_threshold"]
    assert table.loc["pairs double", "best_threshold"] > table.loc["as stated", "best_threshold"]
    assert (table["cost_per_1000"].iloc[1:] > table["cost_per_1000"].iloc[0]).all()
    assert table.loc["wrong doubles", "coverage"] < table.loc["as stated", "coverage"]


def test_doubling_everything_doubles_the_cost_and_moves_nothing(calibrated: Answers) -> None:
    once, twice = plain(1.0, 0.25, [Pair("blues", "jazz", 2.0)]), plain(2.0, 0.5, [Pair("blues", "jazz", 4.0)])
    assert best_threshold(calibrated, once) == best_threshold(calibrated, twice)
    weights = draws(calibrated, 50)
    one, other = (cost_curve(calibrated, costs, weights, 0.95) for costs in (once, twice))
    np.testing.assert_allclose(2 * one["cost_per_1000"], other["cost_per_1000"])


def test_what_is_missing_has_a_reason() -> None:
    tables: list[pd.DataFrame] = []
    for n_groups in (1, 4):
        found = answers([[0.6, 0.4], [0.7, 0.3], [0.5, 0.5], [0.9, 0.1]], [0, 1, 1, 0], [1, 1, 2, 2])
        names = tuple("abcd"[:n_groups])
        grouped = replace(found, groups=names, group_of=np.arange(4) % n_groups)
        weights = draws(grouped)
        tables += [make(grouped, plain(), weights, 0.95) for make in (cost_curve, policy_table, sensitivity_table)]
    for table in tables:
        missing = table.isna().any(axis=1)
        assert (table.loc[missing, "reason"] != "").all()
    assert "no pair" in tables[-1]["reason"].iloc[-1]
