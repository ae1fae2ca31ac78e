"""Differences between models, the leak, and probabilities: against scipy, statsmodels, scikit-learn, and by hand."""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.metrics import log_loss, top_k_accuracy_score
from statsmodels.stats.multitest import multipletests

from classically_punk.foundation.params import Evaluate
from classically_punk.scoring.comparisons import comparison_table, sign_flip_p
from classically_punk.scoring.optimism import like_for_like, optimism_summary, optimism_table
from classically_punk.scoring.reliability import reliability_table
from classically_punk.scoring.scores import judge, judge_all
from classically_punk.scoring.soft_scores import calibrated, uncalibrated
from classically_punk.validation.held_out import FITTED

GENRES = ("blues", "jazz", "rock")
Settings = Callable[..., Evaluate]


def answers(model: str, labels: Sequence[str], support: np.ndarray, protocol: str = "clip", b: float = 1.0):
    """Held-out predictions of one model: a clip for each row of `support`, shape (n, 3)."""
    n = len(labels)
    frame = pd.DataFrame(
        {
            "model": model, "protocol": protocol, "partition": 1, "fold": 1,
            "clip": [f"c{k:03d}" for k in range(n)], "window": -1,
            "label": list(labels), "predicted": np.array(GENRES, dtype=object)[support.argmax(axis=1)],
            "inverse_temperature": b, "leverage": np.nan,
        }
    )  # fmt: skip
    return pd.concat([frame, pd.DataFrame(support, columns=[f"{FITTED}{name}" for name in GENRES])], axis=1)


def clips_of(predictions: pd.DataFrame, per_group: int = 2) -> pd.DataFrame:
    clips = predictions[["clip", "label"]].drop_duplicates("clip").reset_index(drop=True)
    """Songs of `per_group` clips."""
    songs = [f"song{k // per_group}" for k in range(len(clips))]
    return clips.assign(group=songs, song=songs, recording=clips["clip"])


@pytest.fixture
def labels(rng: np.random.Generator) -> list[str]:
    return [GENRES[k] for k in rng.integers(0, 3, size=60)]


@pytest.fixture
def models(rng: np.random.Generator, labels: list[str]) -> pd.DataFrame:
    """Three models of different skill on the same 60 clips."""
    right = np.array([[label == genre for genre in GENRES] for label in labels], dtype=float)
    noise = {"ols": 0.4, "svm": 0.8, "knn": 2.0}
    parts = [answers(name, labels, right + size * rng.normal(size=(60, 3))) for name, size in noise.items()]
    return pd.concat(parts, ignore_index=True)


# pairs of models


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        ([3, 1, 0, 1], 2 / 8),  # of 8 patterns of three signs only +++ and --- reach 5
        ([3, -1, 1, 1], 8 / 16),  # 4 or more: at most one of the three small ones against the large one
        ([2, -2, 0, 0], 1.0),
        ([0, 0, 0, 0], 1.0),
        ([7], 1.0),
    ],
)
def test_signs_of_four_groups_by_hand(differences: list[int], p: float) -> None:
    assert sign_flip_p(np.array(differences, dtype=float)) == pytest.approx(p)
    assert sign_flip_p(-np.array(differences, dtype=float)) == pytest.approx(p)


def test_sign_flips_are_those_of_every_pattern(rng: np.random.Generator) -> None:
    for _ in range(20):
        differences = rng.integers(-6, 9, size=9).astype(float)
        sums = np.array(list(product([-1, 1], repeat=9))) @ differences
        assert sign_flip_p(differences) == pytest.approx(np.mean(np.abs(sums) >= abs(differences.sum())))


def test_groups_of_one_row_give_mcnemars_exact_test() -> None:
    """Then signs are coins: the binomial test of 12 rows that one model alone has right, and 3 that the other has."""
    assert sign_flip_p(np.r_[np.ones(12), -np.ones(3), np.zeros(40)]) == pytest.approx(binomtest(12, 15).pvalue)


def test_rows_of_one_group_are_one_piece_of_evidence() -> None:
    """Ten rows right by one artist say as little as one row; a p of thousands of groups is never 0."""
    assert sign_flip_p(np.array([10.0, 10.0, 10.0])) == pytest.approx(2 / 8)
    assert 0 < sign_flip_p(np.ones(5000)) < 1e-300
    with pytest.raises(ValueError, match="whole numbers"):
        sign_flip_p(np.array([0.5]))


def test_pairs_are_compared_on_the_same_rows(models: pd.DataFrame, evaluate_settings: Settings) -> None:
    judged = judge_all(models, clips_of(models), evaluate_settings(resamples=400))
    table = comparison_table(judged, models)
    right = {
        name: (part["predicted"] == part["label"]).to_numpy() for name, part in models.groupby("model", sort=False)
    }
    assert len(table) == 3
    for row in table.itertuples():
        mine, theirs = right[row.model], right[row.other]
        assert row.difference == pytest.approx(mine.mean() - theirs.mean())
        assert (row.only_model, row.only_other) == ((mine & ~theirs).sum(), (~mine & theirs).sum())
        assert row.low <= row.difference <= row.high
    assert table["p_holm"].tolist() == pytest.approx(multipletests(table["p"], method="holm")[1].tolist())
    assert (table["family_size"] == 3).all()


def test_a_model_and_its_double_do_not_differ_at_all(models: pd.DataFrame, evaluate_settings: Settings) -> None:
    one = models[models["model"] == "knn"]
    both = pd.concat([one, one.assign(model="svm")], ignore_index=True)
    row = comparison_table(judge_all(both, clips_of(both), evaluate_settings(resamples=200)), both).iloc[0]
    assert (row["difference"], row["low"], row["high"], row["p"]) == (0, 0, 0, 1)


def test_over_partitions_counts_are_means_and_a_group_stays_one_group(
    labels: list[str], models: pd.DataFrame, rng: np.random.Generator, evaluate_settings: Settings
) -> None:
    again = models.assign(partition=2, fold=2)
    noisy = again["model"] == "knn"
    again.loc[noisy, "predicted"] = rng.permutation(again.loc[noisy, "predicted"])
    both = pd.concat([models, again], ignore_index=True)
    settings = evaluate_settings(resamples=200)
    tables = [
        comparison_table(judge_all(part, clips_of(models), settings), part).set_index(["model", "other"])
        for part in (models, again, both)
    ]
    counted = ["difference", "only_model", "only_other"]
    pd.testing.assert_frame_equal(tables[2][counted], (tables[0][counted] + tables[1][counted]) / 2)
    assert (tables[2][["n", "n_groups"]] == [60, 30]).all(axis=None)
    twice = pd.concat([models, models.assign(partition=2, fold=2)], ignore_index=True)
    repeated = comparison_table(judge_all(twice, clips_of(models), settings), twice).set_index(["model", "other"])
    pd.testing.assert_frame_equal(repeated, tables[0])  # the same answers twice are no further evidence


def test_models_that_predict_other_rows_are_not_compared(models: pd.DataFrame, evaluate_settings: Settings) -> None:
    fewer = models[~((models["model"] == "svm") & (models["clip"] == "c007"))]
    judged = judge_all(fewer, clips_of(models), evaluate_settings(resamples=100))
    with pytest.raises(ValueError, match="do not predict the same rows"):
        comparison_table(judged, fewer)


# the leak


def test_a_planted_leak_is_measured(labels: list[str], evaluate_settings: Settings) -> None:
    """Right on every clip when recordings are kept apart, on every other clip when artists are: half a point of 1."""
    right = np.array([[label == genre for genre in GENRES] for label in labels], dtype=float)
    wrong = np.roll(right, 1, axis=1)
    half = np.where(np.arange(60)[:, None] % 2 == 0, right, wrong)
    predictions = pd.concat([answers("ols", labels, right), answers("ols", labels, half, "artist")], ignore_index=True)
    table = optimism_table(predictions, clips_of(predictions), "artist", ["ols"], evaluate_settings(resamples=500))
    row = table.iloc[0]
    assert (row["loose"], row["loose_accuracy"], row["strict_accuracy"]) == ("clip", 1.0, 0.5)
    assert row["optimism"] == 0.5
    # every artist has one clip of each kind, so that every draw gives the same
    assert (row["low"], row["high"]) == (0.5, 0.5)


def test_without_a_looser_protocol_nothing_is_claimed(models: pd.DataFrame, evaluate_settings: Settings) -> None:
    assert optimism_table(models, clips_of(models), "clip", ["ols"], evaluate_settings(resamples=100)).empty


def folded(predictions: pd.DataFrame, folds: int, partitions: int = 1) -> pd.DataFrame:
    """The same rows in so many folds, in each of so many partitions; folds are numbered through."""
    parts = [
        predictions.assign(partition=k + 1, fold=[k * folds + row % folds + 1 for row in range(len(predictions))])
        for k in range(partitions)
    ]
    return pd.concat(parts, ignore_index=True)


def test_like_for_like_is_the_same_rows_in_the_same_number_of_folds(models: pd.DataFrame) -> None:
    strict = folded(models[models["model"] == "ols"], 5)
    assert like_for_like(folded(strict.iloc[::-1], 5, partitions=3), strict)  # other folds, and more partitions
    assert not like_for_like(folded(strict, 3), strict)
    assert not like_for_like(folded(strict.iloc[1:], 5), strict)
    assert not like_for_like(strict.assign(window=0), strict)  # windows of the same clips


def test_the_naive_reading_stands_beside_the_one_that_is_like_for_like(
    models: pd.DataFrame, evaluate_settings: Settings
) -> None:
    """Published folds are fewer, and of fewer clips: what is read against them is marked, and is in no summary."""
    one = models[models["model"] == "ols"]
    fewer = one[one["clip"] > "c011"]
    parts = [
        folded(one.assign(protocol="clip"), 5),
        folded(one.assign(protocol="artist"), 5, partitions=2),
        folded(fewer.assign(protocol="artist_published"), 3),
    ]
    predictions = pd.concat(parts, ignore_index=True)
    table = optimism_table(predictions, clips_of(models), "artist", ["ols"], evaluate_settings(resamples=200))
    said = table[["loose", "strict", "like_for_like", "n_loose", "n_strict"]].to_numpy().tolist()
    assert said == [["clip", "artist", "yes", 60, 60], ["clip", "artist_published", "no", 60, 48]]
    assert optimism_summary(table, "artist") == {"clip": {"optimism": 0.0, "low": 0.0, "high": 0.0}}
    right = {name: (part["predicted"] == part["label"]).mean() for name, part in {"all": one, "few": fewer}.items()}
    assert table["optimism"].iloc[1] == pytest.approx(right["all"] - right["few"])


# probabilities


def test_soft_scores_are_scikit_learns(models: pd.DataFrame, evaluate_settings: Settings) -> None:
    part = models[models["model"] == "knn"].assign(inverse_temperature=0.7).reset_index(drop=True)
    judged = judge(part, clips_of(part), evaluate_settings(resamples=100))["clip"].values
    support = part[[f"{FITTED}{name}" for name in GENRES]].to_numpy()
    exponent = np.exp(0.7 * support)
    probabilities = exponent / exponent.sum(axis=1, keepdims=True)
    hot = (part["label"].to_numpy()[:, None] == np.array(GENRES)).astype(float)
    assert calibrated(part) == pytest.approx(probabilities)
    assert judged["log_loss"] == pytest.approx(log_loss(part["label"], probabilities, labels=GENRES))
    assert judged["brier"] == pytest.approx(np.square(probabilities - hot).sum(axis=1).mean())
    assert judged["top2_accuracy"] == pytest.approx(top_k_accuracy_score(part["label"], support, k=2, labels=GENRES))


def test_raw_values_of_a_linear_probability_are_cut_and_scaled() -> None:
    part = answers("ols", ["jazz"], np.array([[-0.5, 1.5, 0.25]]))
    assert uncalibrated(part, "ols") == pytest.approx(np.array([[0.0, 0.8, 0.2]]))
    assert uncalibrated(part, "svm") is None


def test_bins_of_reliability_by_hand(evaluate_settings: Settings) -> None:
    """Ten clips of probability .6 of which seven are right, ten of .9 of which five are."""
    share = [0.6] * 10 + [0.9] * 10
    support = np.log(np.array([[p, (1 - p) * 0.75, (1 - p) * 0.25] for p in share]))
    said = ["blues"] * 7 + ["jazz"] * 3 + ["blues"] * 5 + ["rock"] * 5
    predictions = answers("logistic", said, support)
    table = reliability_table(predictions, clips_of(predictions, 1), "clip", evaluate_settings(resamples=300))
    rows = table[(table["probabilities"] == "calibrated") & (table["n"] > 0)]
    assert rows["n"].tolist() == [10, 10]
    assert rows["confidence"].tolist() == pytest.approx([0.6, 0.9])
    assert rows["accuracy"].tolist() == pytest.approx([0.7, 0.5])
    assert (rows["low"] <= rows["accuracy"]).all()
    assert (rows["accuracy"] <= rows["high"]).all()
    judged = judge(predictions, clips_of(predictions, 1), evaluate_settings(resamples=100))["clip"].values
    # gaps of -1 and 4, 10 * 9 ordered pairs in each bin; what each clip alone adds: 7 * .4 ** 2 + 3 * .6 ** 2 = 2.2
    # and 5 * .1 ** 2 + 5 * .9 ** 2 = 4.1
    assert judged["calibration_error"] == pytest.approx(np.sqrt(((1 - 2.2) / 90 + (16 - 4.1) / 90) / 2))
    empty = table[(table["probabilities"] == "calibrated") & (table["n"] == 0)]
    assert len(empty) == 8
    assert (empty["reason"] == "no prediction falls into this bin").all()
