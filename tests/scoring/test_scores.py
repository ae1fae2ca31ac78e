"""Tables and summary of judged predictions: complete, never NaN without a reason, the right groups."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts.metrics import packed
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Evaluate
from classically_punk.foundation.writing import write_csv, write_json
from classically_punk.scoring.scores import (
    IN_SUMMARY,
    SCORES,
    confusion_table,
    headline,
    judge,
    prediction_table,
    recall_table,
    score_table,
    summary,
)

Settings = Callable[..., Evaluate]
GENRES = ["blues", "jazz", "pop"]


@pytest.fixture
def clips() -> pd.DataFrame:
    """60 clips, 20 a genre; two clips per recording and song, ten clips per artist; all pop by one artist."""
    names = [f"{genre}.{k:02d}" for genre in GENRES for k in range(20)]
    return pd.DataFrame(
        {
            "clip": names,
            "label": [name.split(".")[0] for name in names],
            "recording": (songs := [f"{name[:-2]}{int(name[-2:]) // 2}" for name in names]),
            "song": songs,
            "group": [name[:-3] if name.startswith("pop") else f"{name[:-2]}{int(name[-2:]) // 10}" for name in names],
        }
    )


def predict(clips: pd.DataFrame, protocol: str, rng: np.random.Generator, windows: int = 0) -> pd.DataFrame:
    part = clips if not windows else clips.loc[clips.index.repeat(windows)]
    indicators = np.array([[genre == label for genre in GENRES] for label in part["label"]])
    fitted = rng.normal(size=indicators.shape) + 1.5 * indicators
    table = pd.DataFrame({"model": "ols", "protocol": protocol, "partition": 1, "fold": 1, "clip": list(part["clip"])})
    table["window"] = np.tile(np.arange(windows), len(clips)) if windows else -1
    table["inverse_temperature"] = 1.0
    table["label"] = part["label"].to_numpy()
    table["predicted"] = [GENRES[k] for k in fitted.argmax(axis=1)]
    return pd.concat([table, pd.DataFrame(fitted, columns=[f"fitted.{genre}" for genre in GENRES])], axis=1)


@pytest.fixture
def predictions(clips: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    parts = [predict(clips, "clip", rng), predict(clips, "artist", rng), predict(clips, "segment_random", rng, 3)]
    return pd.concat(parts, ignore_index=True)


def test_groups_of_each_protocol(predictions: pd.DataFrame, clips: pd.DataFrame, evaluate_settings: Settings) -> None:
    judged = judge(predictions, clips, evaluate_settings())
    assert list(judged) == ["segment_random", "clip", "artist"]
    assert {name: each.counts.n_groups for name, each in judged.items()} == {
        "segment_random": 30,
        "clip": 30,
        "artist": 5,
    }
    assert (judged["segment_random"].n_rows, judged["segment_random"].n_clips) == (180, 60)


def test_summary_names_and_values(predictions: pd.DataFrame, clips: pd.DataFrame, evaluate_settings: Settings) -> None:
    judged = judge(predictions, clips, evaluate_settings())
    content = summary(judged)
    assert set(content) == {"segment_random", "clip", "artist", "headline"}
    names = {"n_clips", "n_groups", "n_genres"}
    names |= {"accuracy", "accuracy_low", "accuracy_high"}
    assert set(content["clip"]) == names
    assert set(content["segment_random"]) == names | {"n_windows"}
    assert set(content["artist"]) == names | set(IN_SUMMARY)
    assert content["headline"] == {"protocol": "artist"}
    for each in (content["clip"], content["artist"]):
        assert each["accuracy_low"] <= each["accuracy"] <= each["accuracy_high"]
    part = predictions[predictions["protocol"] == "clip"]
    assert content["clip"]["accuracy"] == pytest.approx((part["label"] == part["predicted"]).mean())


def test_accuracy_is_the_mean_over_partitions_and_clips_count_once(
    clips: pd.DataFrame, evaluate_settings: Settings, rng: np.random.Generator
) -> None:
    """54, 48 and 42 of 60 clips right: .8 on average, with a standard deviation of .1; 180 answers to 60 clips."""
    parts = []
    for partition, right in enumerate((54, 48, 42), start=1):
        part = predict(clips, "clip", rng).assign(partition=partition, fold=partition)
        wrong = part["label"].map({"blues": "jazz", "jazz": "pop", "pop": "blues"})
        parts.append(part.assign(predicted=part["label"].where(rng.permutation(60) < right, wrong)))
    repeated = pd.concat(parts, ignore_index=True)
    judged = judge(repeated, clips, evaluate_settings())
    scores = score_table({"ols": judged}).set_index("score")
    assert scores.loc["accuracy", ["value", "spread"]].tolist() == pytest.approx([0.8, 0.1])
    assert scores.drop(index="accuracy")["spread"].isna().all()
    assert (scores[["partitions", "n", "n_groups"]] == [3, 60, 30]).all(axis=None)
    assert (judged["clip"].n_rows, judged["clip"].n_clips) == (60, 60)
    content = summary(judged)["clip"]
    assert (content["n_clips"], content["accuracy_spread"]) == (60, pytest.approx(0.1))
    assert recall_table({"ols": judged})["n"].tolist() == [20, 20, 20]
    confusion = confusion_table(judged)
    assert confusion["count"].sum() == pytest.approx(60)
    assert confusion.loc[confusion["actual"] == confusion["predicted"], "count"].sum() == pytest.approx(0.8 * 60)
    assert prediction_table(repeated)["partition"].value_counts().to_dict() == {1: 60, 2: 60, 3: 60}


def test_the_same_partition_twice_makes_no_interval_narrower(
    predictions: pd.DataFrame, clips: pd.DataFrame, evaluate_settings: Settings
) -> None:
    one = predictions[predictions["protocol"] == "artist"]
    two = pd.concat([one, one.assign(partition=2, fold=2)], ignore_index=True)
    columns = ["value", "low", "high", "n", "n_groups"]
    once, twice = (score_table({"ols": judge(part, clips, evaluate_settings())}) for part in (one, two))
    pd.testing.assert_frame_equal(once[columns], twice[columns])
    assert twice.set_index("score").loc["accuracy", "spread"] == 0.0


def test_headline_falls_back_to_clip(
    predictions: pd.DataFrame, clips: pd.DataFrame, evaluate_settings: Settings
) -> None:
    without = predictions[predictions["protocol"] != "artist"]
    assert headline(judge(without, clips, evaluate_settings())) == "clip"
    leaky = predictions[predictions["protocol"] == "segment_random"]
    judged = judge(leaky, clips, evaluate_settings())
    with pytest.raises(PunkError, match=r"add clips"):
        summary(judged)
    assert not score_table({"ols": judged}).empty


def test_tables_are_complete(predictions: pd.DataFrame, clips: pd.DataFrame, evaluate_settings: Settings) -> None:
    judged = judge(predictions, clips, evaluate_settings())
    impossible = pd.DataFrame({"protocol": ["clip", "fault_filtered"], "possible": ["yes", "no"], "reason": ["", "x"]})
    scores = score_table({"ols": judged}, impossible)
    assert len(scores) == 3 * len(SCORES) + 1
    assert scores.iloc[-1]["reason"] == "protocol left out: x"
    missing = scores[["value", "low", "high"]].isna().any(axis=1)
    assert (scores.loc[missing, "reason"] != "").all()
    recall = recall_table({"ols": judged})
    assert len(recall) == 3 * 3
    confusion = confusion_table(judged)
    np.testing.assert_allclose(confusion.groupby(["protocol", "actual"])["share"].sum(), 1.0)
    assert confusion.groupby("protocol")["count"].sum().to_dict() == {"artist": 60, "clip": 60, "segment_random": 180}
    by_clip = prediction_table(predictions)
    assert set(by_clip["protocol"]) == {"clip", "artist"}
    assert (by_clip["margin"] >= 0).all()
    assert (by_clip["second"] != by_clip["predicted"]).all()


def test_genre_by_one_artist_has_a_recall_but_no_interval(
    predictions: pd.DataFrame, clips: pd.DataFrame, evaluate_settings: Settings
) -> None:
    recall = recall_table({"ols": judge(predictions, clips, evaluate_settings())}).set_index(["protocol", "genre"])
    pop = recall.loc[("artist", "pop")]
    assert np.isnan(pop["low"])
    assert pop["reason"] == "no interval: clips of fewer than 2 groups"
    assert 0.0 <= pop["recall"] <= 1.0
    assert recall.loc[("clip", "pop"), "reason"] == ""


def test_one_group_in_all(predictions: pd.DataFrame, clips: pd.DataFrame, evaluate_settings: Settings) -> None:
    judged = judge(predictions[predictions["protocol"] == "artist"], clips.assign(group="all"), evaluate_settings())
    names = {*IN_SUMMARY, "n_clips", "n_groups", "n_genres"} - {"calibration_error"}
    assert set(summary(judged)["artist"]) == names
    table = score_table({"ols": judged}).set_index("score")
    assert table.loc[["calibration_error", "raw_calibration_error"], "reason"].str.startswith("no value").all()
    others = table.drop(index=["calibration_error", "raw_calibration_error"])
    assert set(others["reason"]) == {"no interval: fewer than 2 groups"}


def test_everything_can_be_written(
    predictions: pd.DataFrame, clips: pd.DataFrame, evaluate_settings: Settings, tmp_path: Path
) -> None:
    judged = judge(predictions, clips.assign(group="all"), evaluate_settings(resamples=100))
    write_json(packed(summary(judged)), tmp_path / "summary.json")
    assert json.loads((tmp_path / "summary.json").read_text())["headline"]["protocol"] == "artist"
    by_model = {"ols": judged}
    of_models = (score_table(by_model), recall_table(by_model))
    for table in (*of_models, confusion_table(judged), prediction_table(predictions)):
        write_csv(table, tmp_path / "table.csv")
        assert "nan" not in (tmp_path / "table.csv").read_text().lower()


def test_same_seed_same_interval_whatever_the_other_protocols(
    predictions: pd.DataFrame, clips: pd.DataFrame, evaluate_settings: Settings
) -> None:
    alone = judge(predictions[predictions["protocol"] == "artist"], clips, evaluate_settings())
    shuffled = predictions.sample(frac=1.0, random_state=5)
    together = judge(shuffled, clips.sample(frac=1.0, random_state=6), evaluate_settings())
    assert summary(alone)["artist"] == summary(together)["artist"]
    other = judge(predictions, clips, evaluate_settings(seed=77))
    assert other["clip"].interval("log_loss") != together["clip"].interval("log_loss")


def test_perfect_predictions(clips: pd.DataFrame, evaluate_settings: Settings, rng: np.random.Generator) -> None:
    table = predict(clips, "clip", rng)
    table[[f"fitted.{genre}" for genre in GENRES]] = [[g == of for g in GENRES] for of in table["label"]]
    table["predicted"] = table["label"]
    content = summary(judge(table, clips, evaluate_settings()))["clip"]
    assert content["accuracy"] == content["accuracy_high"] == content["macro_f1"] == 1.0
    assert content["accuracy_low"] == pytest.approx(0.025 ** (1 / 30))  # 30 recordings, none of them wrong


def test_errors_name_what_is_wrong(predictions: pd.DataFrame, clips: pd.DataFrame, evaluate_settings: Settings) -> None:
    with pytest.raises(ValueError, match="'by_moon'"):
        judge(predictions.assign(protocol="by_moon"), clips, evaluate_settings())
    with pytest.raises(ValueError, match=r"blues\.00 is predicted but not in the clip list"):
        judge(predictions, clips[1:], evaluate_settings())


def test_a_constant_has_no_spread_where_genres_are_fixed(
    clips: pd.DataFrame, evaluate_settings: Settings, rng: np.random.Generator
) -> None:
    """Always blues: right on a third of the clips, whichever artists were drawn."""
    table = predict(clips, "artist", rng).assign(predicted="blues")
    accuracy = judge(table, clips, evaluate_settings())["artist"].interval("accuracy")
    assert [accuracy.low, accuracy.high] == pytest.approx([1 / 3, 1 / 3], abs=1e-12)
    assert accuracy.reason.endswith("single group: pop")
