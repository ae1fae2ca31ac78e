"""The table that every run ends with: the numbers of the metrics, their interval, and how much of a corpus is here."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from classically_punk.foundation.errors import PunkError
from classically_punk.reporting.headline import print_headline

SCORES = {"accuracy": 0.5, "accuracy_interval": "[0.375, 0.625]"}


def printed(root: Path) -> str:
    console = Console(file=io.StringIO(), width=120)
    print_headline("toy", root, console)
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "metrics" / "toy"
    folder.mkdir(parents=True)
    summary = {
        "clip": {**SCORES, "macro_f1": 0.25, "n_clips": 40},
        "segment_random": {**SCORES, "n_clips": 40, "n_windows": 400},
        "headline": {"protocol": "clip"},
    }
    counts = {"clips_found": 50, "clips_usable": 47, "expected_clips": 1000, "ok": 40, "flagged": 7, "rejected": 3}
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    (folder / "corpus.json").write_text(json.dumps(counts), encoding="utf-8")
    (folder / "decisions.json").write_text("{}", encoding="utf-8")
    return tmp_path


def test_scores_have_their_protocol_interval_and_n(root: Path) -> None:
    lines = printed(root).splitlines()
    (headline,) = (line for line in lines if "clip (headline)" in line)
    assert "0.500 [0.375, 0.625]" in headline
    assert "40 clips" in headline
    (leaky,) = (line for line in lines if "segment_random (leaky)" in line)
    assert "400 windows of 40 clips" in leaky
    assert "under clip: macro-F1 0.250; others: scores.csv" in lines


def test_an_incomplete_collection_says_so(root: Path) -> None:
    text = printed(root)
    assert "50 found, 40 ok, 7 flagged, 3 rejected; 50 of the 1000 of the whole collection" in text


def test_a_score_without_an_interval_is_printed_alone(root: Path) -> None:
    path = root / "metrics" / "toy" / "summary.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["clip"]["accuracy_interval"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert "0.500 [" not in next(line for line in printed(root).splitlines() if "(headline)" in line)


def test_leak_others_and_costs_are_said_in_a_line_each(root: Path) -> None:
    path = root / "metrics" / "toy" / "summary.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["leak"] = {"segment_random": {"optimism": 0.25, "interval": "[-0.125, 0.375]"}}
    content["comparators"] = {"best": "svm", "accuracy": 0.625, "majority": 0.9}
    path.write_text(json.dumps(content), encoding="utf-8")
    decisions = {
        "cost_per_1000": 200.0, "cost_per_1000_interval": "[150.0, 250.0]", "coverage": 0.5,
        "cost_per_1000_answering_all": 300.0, "cost_per_1000_leaving_all": 400.0, "policy": "expected cost",
        "net_saving_per_1000_interval": "[-1.0, 5.0]",
    }  # fmt: skip
    path.with_name("decisions.json").write_text(json.dumps(decisions), encoding="utf-8")
    said = printed(root)
    assert "segment_random seems +25.0 points [-12.5, +37.5] better than clip" in said
    assert "best comparator: SVM (RBF kernel), accuracy 0.625" in said
    flat = " ".join(said.split())
    assert "errors cost 200 [150, 250] per 1,000 clips when 50% are answered, 300 when all are, 400 when none" in flat
    assert "by expected cost, which saves nothing that can be measured" in flat


@pytest.mark.parametrize(("default", "said"), [("ols", "the largest fitted value"), ("optimal_scoring", "the nearest")])
def test_the_decision_rule_is_named_with_what_it_won_by(root: Path, default: str, said: str) -> None:
    path = root / "metrics" / "toy" / "summary.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["rule"] = {"default": default, "difference": 0.25, "difference_interval": "[0.125, 0.5]"}
    path.write_text(json.dumps(content), encoding="utf-8")
    flat = " ".join(printed(root).split())
    assert f"decision rule: {said}" in flat
    assert "against the largest fitted value: +25.0 points [+12.5, +50.0]" in flat


def test_a_corpus_that_has_not_run_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(PunkError, match="dvc repro report@toy"):
        printed(tmp_path)
