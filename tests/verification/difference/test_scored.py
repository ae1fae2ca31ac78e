"""Paired differences: identities, tests that are known on paper, and each of the four verdicts."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
import pytest
from fixtures.revisions import first_of_artists, predictions, said
from statsmodels.stats.multitest import multipletests

from classically_punk.foundation.params import Evaluate
from classically_punk.scoring.comparisons import sign_flip_p
from classically_punk.scoring.counts import scores_of
from classically_punk.verification.difference.pairing import Unpaired, pair
from classically_punk.verification.difference.scored import (
    Line,
    exchanged_p,
    judged,
    lines_of,
    verdict_of,
    weighted_holm,
    widened_p,
)

MakeSettings = Callable[..., Evaluate]


def rows(wrong: list[str], partitions: int = 2) -> pd.DataFrame:
    found = predictions(said(wrong), partitions).drop(columns="protocol").astype({"fold": str})
    return found.assign(unit=[f"{clip[:-3]}{int(clip[-3:]) // 2}" for clip in found["clip"]])


def compared(before: pd.DataFrame, after: pd.DataFrame, settings: Evaluate) -> dict[str, Line]:
    lines = judged(lines_of(pair("artist", before, after), settings), ("artist", "accuracy"), 0.005, 0.05)
    return {line.score: line for line in lines}


def test_a_run_compared_with_itself_differs_by_exactly_nothing(evaluate_settings: MakeSettings) -> None:
    same = rows(first_of_artists(40))
    for line in compared(same, same.copy(), evaluate_settings()).values():
        assert (line.difference, line.low, line.high, line.p) == (0.0, 0.0, 0.0, 1.0)
        assert line.verdict == "equivalent"


def test_swapping_the_sides_negates(evaluate_settings: MakeSettings) -> None:
    one, two = rows(first_of_artists(40)), rows(first_of_artists(31, skip=5))
    there, back = compared(one, two, evaluate_settings()), compared(two, one, evaluate_settings())
    for score, line in there.items():
        assert line.difference == pytest.approx(-back[score].difference)
        assert (line.low, line.high) == pytest.approx((-back[score].high, -back[score].low))
        assert line.p == pytest.approx(back[score].p)


def test_the_difference_is_that_of_the_accuracies_of_clips(evaluate_settings: MakeSettings) -> None:
    line = compared(rows(first_of_artists(40)), rows(first_of_artists(30)), evaluate_settings())["accuracy"]
    assert (line.before, line.after) == pytest.approx((0.80, 0.85))
    assert line.difference == pytest.approx(0.05)
    assert line.p == pytest.approx(2 * 0.5**10)  # ten groups that all turned the same way


@pytest.mark.parametrize(
    ("wrong_before", "wrong_after", "verdict"),
    [
        (first_of_artists(20), first_of_artists(44), "worse"),
        (first_of_artists(44), first_of_artists(20), "better"),
        (first_of_artists(20), first_of_artists(20), "equivalent"),
        (first_of_artists(30), first_of_artists(30, skip=3), "cannot tell"),
    ],
)
def test_each_verdict_is_planted(
    evaluate_settings: MakeSettings, wrong_before: list[str], wrong_after: list[str], verdict: str
) -> None:
    found = compared(rows(wrong_before), rows(wrong_after), evaluate_settings())
    assert found["accuracy"].verdict == verdict


@pytest.mark.parametrize(
    ("low", "high", "p", "verdict"),
    [
        (-0.03, -0.001, 0.01, "worse"),
        (0.001, 0.03, 0.01, "better"),
        (-0.004, 0.005, 0.8, "equivalent"),
        (0.001, 0.004, 0.001, "equivalent"),  # surely there, and too small to count
        (-0.03, -0.001, 0.06, "cannot tell"),  # the interval alone is not enough
        (-0.03, 0.001, 0.01, "cannot tell"),  # nor is the test
        (-0.006, 0.004, 0.9, "cannot tell"),
        (None, None, 0.01, "cannot tell"),
        (0.1, 0.2, None, "cannot tell"),
    ],
)
def test_interval_and_test_must_agree(low: float | None, high: float | None, p: float | None, verdict: str) -> None:
    assert verdict_of(low, high, p, 0.005, 0.05) == verdict


def test_equal_weights_are_holms_own_procedure() -> None:
    p = [0.01, 0.04, 0.03, 0.2, 0.001]
    assert weighted_holm(p, [1.0] * 5) == pytest.approx(multipletests(p, method="holm")[1])


def test_the_line_that_decides_pays_for_half_of_the_level_whatever_stands_beside_it() -> None:
    assert weighted_holm([0.02, 0.5, 0.5, 0.5], [0.5, 1 / 6, 1 / 6, 1 / 6])[0] == pytest.approx(0.04)


def test_exchanging_groups_at_random_comes_near_to_all_exchanges(rng: np.random.Generator) -> None:
    """Eight groups: 256 patterns, all of which can be gone through."""
    before = rng.integers(0, 4, size=(8, 3, 3)).astype(float)
    after = before + np.eye(3) * rng.integers(0, 3, size=(8, 1, 1))
    none = np.zeros(3)

    def macro(counts: np.ndarray) -> float:
        return float(scores_of(counts.sum(axis=0), none).macro_f1)

    found = abs(macro(after) - macro(before))
    every = []
    for pattern in product((False, True), repeat=8):
        swap = np.array(pattern)[:, None, None]
        every.append(abs(macro(np.where(swap, before, after)) - macro(np.where(swap, after, before))))
    exact = float(np.mean(np.array(every) >= found - 1e-12))
    assert exchanged_p(before, after, 20_000, rng) == pytest.approx(exact, abs=0.01)


def test_folds_drawn_anew_are_compared_by_the_mean_over_partitions(evaluate_settings: MakeSettings) -> None:
    """Of a side with two partitions and one with three, by means; of the same folds, the partitions in both."""
    two, three = rows(first_of_artists(40), 2), rows(first_of_artists(40), 3)
    one_more = three[three["partition"] == 3].index
    wrong_in_the_third = three.copy()
    wrong_in_the_third.loc[one_more, "predicted"] = wrong_in_the_third.loc[one_more, "second"]
    same_folds = compared(two, wrong_in_the_third, evaluate_settings())["accuracy"]
    assert same_folds.difference == 0
    others = wrong_in_the_third.assign(fold=lambda side: (np.arange(len(side)) // 7 % 4).astype(str))
    drawn_anew = compared(two, others, evaluate_settings())["accuracy"]
    assert drawn_anew.difference == pytest.approx((2 * 0.8 + 0.2) / 3 - 0.8)
    assert any("3 after" in text for text in pair("artist", two, others).said)


def test_where_folds_were_drawn_anew_their_luck_widens_interval_and_test(evaluate_settings: MakeSettings) -> None:
    """Three partitions a side, of which one of the second run had bad luck: the same answers on the same folds are
    surer of their difference."""
    before, after = rows(first_of_artists(40), 3), rows(first_of_artists(52), 3)
    unlucky = after["partition"] == 3
    after.loc[unlucky & after["clip"].isin(first_of_artists(90)), "predicted"] = "none of them"
    paired = compared(before, after, evaluate_settings())["accuracy"]
    anew = after.assign(fold=(np.arange(len(after)) // 7 % 4).astype(str))
    drawn = compared(before, anew, evaluate_settings())["accuracy"]
    assert drawn.difference == paired.difference
    assert drawn.low < paired.low < paired.high < drawn.high
    assert drawn.p > paired.p
    share = [0.20, 52 / 200, 52 / 200, 90 / 200]
    between = np.var(share[1:], ddof=1) / 3  # the first run has no spread
    wider = (drawn.high - drawn.low) / (paired.high - paired.low)
    within = between / (wider**2 - 1)
    assert 0.5 < (paired.high - paired.low) / (2 * 1.96 * within**0.5) < 2  # of the resampled groups, to their tails


def test_of_single_partitions_drawn_anew_nothing_can_be_told(evaluate_settings: MakeSettings) -> None:
    before, after = rows(first_of_artists(20), 1), rows(first_of_artists(80), 1)
    anew = after.assign(fold=(np.arange(len(after)) // 7 % 4).astype(str))
    line = compared(before, anew, evaluate_settings())["accuracy"]
    assert (line.verdict, line.p) == ("cannot tell", None)
    assert "folds.repeats" in line.reason
    assert compared(before, after, evaluate_settings())["accuracy"].verdict == "worse"


def test_a_p_as_sure_as_before_stays_and_half_as_sure_is_known_on_paper() -> None:
    assert widened_p(0.031, 1.0) == pytest.approx(0.031)
    assert widened_p(1.0, 3.0) == 1.0
    assert widened_p(0.0000633, 2.0) == pytest.approx(0.0455, abs=1e-4)  # four standard deviations become two


def test_a_clip_counts_by_groups_and_not_alone(evaluate_settings: MakeSettings) -> None:
    """Both clips of an artist turn: half as many groups as clips, and a p that knows it."""
    both_clips = [f"blues.{k:03}" for k in range(16)]
    line = compared(rows(both_clips), rows([]), evaluate_settings())["accuracy"]
    assert line.p == pytest.approx(2 * 0.5**8)
    alone = pair("artist", rows(both_clips).assign(unit=""), rows([]).assign(unit=""))
    assert not alone.grouped
    ungrouped = lines_of(alone, evaluate_settings())[0]
    assert ungrouped.p == pytest.approx(2 * 0.5**16)
    assert "answers.csv" in ungrouped.reason
    either = pair("artist", rows(both_clips), rows([]).assign(unit=""))
    assert either.grouped
    assert either.units.n_groups == 100


def test_only_clips_in_both_under_one_label_are_compared(evaluate_settings: MakeSettings) -> None:
    before, after = rows(first_of_artists(40)), rows(first_of_artists(40))
    after = after[after["clip"] != "rock.049"]
    before = before[~before["clip"].isin(["jazz.048", "jazz.049"])]
    after.loc[after["clip"] == "blues.049", "label"] = "jazz"
    found = pair("artist", before, after)
    assert (found.only_before, found.only_after, found.relabelled, len(found.clips)) == (1, 2, 1, 196)


def test_what_shares_no_clip_cannot_be_compared() -> None:
    before, after = rows([]), rows([])
    with pytest.raises(Unpaired, match="no clip is in both: 200 before, 200 after"):
        pair("artist", before, after.assign(clip="other." + after["clip"]))
    with pytest.raises(Unpaired, match="another label"):
        pair("artist", before, after.assign(label="ska"))
    with pytest.raises(Unpaired, match="one group"):
        pair("artist", before.assign(unit="all"), after.assign(unit="all"))


def test_sums_of_partitions_are_whole_numbers_to_the_exact_test() -> None:
    assert sign_flip_p(np.array([3.0, -6.0, 9.0])) == sign_flip_p(np.array([1.0, -2.0, 3.0]))
