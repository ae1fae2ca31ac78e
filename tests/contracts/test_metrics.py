"""What `dvc metrics diff` shows of an interval, and that no reader misses anything for it."""

import json
from pathlib import Path

import pytest

from classically_punk.contracts.metrics import packed, read, unpacked


def test_the_ends_of_an_interval_are_one_value_that_a_person_reads() -> None:
    content = {"accuracy": 0.5, "accuracy_low": 1 / 3, "accuracy_high": 2 / 3, "n": 4}
    assert packed(content) == {"accuracy": 0.5, "accuracy_interval": "[0.333333, 0.666667]", "n": 4}


@pytest.mark.parametrize(("low", "high"), [(-1.5, 2.0), (0.0, 1e-7), (-2.5e-09, 1e22), (174.668, 236.59)])
def test_every_end_comes_back_as_the_number_that_it_was(low: float, high: float) -> None:
    content = {"leak": {"clip": {"optimism": 0.1, "low": low, "high": high}}, "x_low": low, "x_high": high}
    assert unpacked(packed(content)) == content


def test_an_end_without_its_other_and_words_stay_as_they_are() -> None:
    content = {"x_low": 0.5, "y_high": 1.0, "policy": "expected cost", "interval": "none", "title": "[1, 2]"}
    assert packed(content) == content
    assert unpacked(content) == content


@pytest.mark.parametrize("whole", [False, True], ids=["that refers", "that repeats, as it once did"])
def test_the_headline_has_the_numbers_of_its_protocol(tmp_path: Path, whole: bool) -> None:
    scores = {"accuracy": 0.5, "accuracy_interval": "[0.25, 0.75]"}
    headline = {"protocol": "clip", **(scores if whole else {})}
    path = tmp_path / "summary.json"
    path.write_text(json.dumps({"clip": scores, "artist": {"accuracy": 0.1}, "headline": headline}), encoding="utf-8")
    expected = {"accuracy": 0.5, "accuracy_low": 0.25, "accuracy_high": 0.75}
    assert read(path)["headline"] == {"protocol": "clip", **expected}
    assert read(path)["clip"] == expected


def test_a_number_that_is_none_has_no_place_in_an_interval() -> None:
    with pytest.raises(ValueError, match="nan has no place"):
        packed({"low": float("nan"), "high": 1.0})
