"""`punk verify`: a planted change of every kind is found, and what may differ between processors is let pass."""

import io
import json
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from classically_punk.foundation.errors import PunkError
from classically_punk.reporting.verification import compare_numbers, verify_against

CLIPS = 400


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    """A repository whose one corpus has 400 clips of two genres, half of them predicted right."""
    tables = tmp_path / "reports" / "toy" / "tables"
    tables.mkdir(parents=True)
    (tmp_path / "metrics" / "toy").mkdir(parents=True)
    predictions = pd.DataFrame(
        {
            "protocol": "clip",
            "fold": 1,
            "clip": [f"c{number:03}" for number in range(CLIPS)],
            "label": ["jazz", "rock"] * (CLIPS // 2),
            "predicted": ["jazz"] * CLIPS,
            "margin": [0.1] * CLIPS,
        }
    )
    predictions.to_csv(tables / "predictions.csv", index=False)
    pd.DataFrame({"column": ["tempo", "rms"], "p": [0.25, 1e-30]}).to_csv(tables / "coefficients.csv", index=False)
    summary = {"clip": {"accuracy": 0.5, "n_clips": CLIPS}, "headline": {"protocol": "clip"}}
    (tmp_path / "metrics" / "toy" / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "numbers")
    return tmp_path


def outcome(root: Path) -> tuple[bool, str]:
    """Whether the numbers agree, and what was printed."""
    console = Console(record=True, width=200, file=io.StringIO())
    return verify_against("HEAD", root, console), console.export_text()


def set_summary(root: Path, accuracy: float) -> None:
    path = root / "metrics" / "toy" / "summary.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["clip"]["accuracy"] = accuracy
    path.write_text(json.dumps(content), encoding="utf-8")


def flip(root: Path, count: int) -> None:
    path = root / "reports" / "toy" / "tables" / "predictions.csv"
    table = pd.read_csv(path)
    table.loc[: count - 1, "predicted"] = "rock"
    table.to_csv(path, index=False)


@pytest.mark.parametrize(
    ("committed", "now", "same"),
    [(1.0, 1.00009, True), (1.0, 1.0002, False), (-5e6, -5.0004e6, True), (0.0, 1e-13, True), (0.0, 1e-3, False)],
    indirect=False,
)
def test_one_in_ten_thousand(committed: float, now: float, same: bool) -> None:
    assert compare_numbers(committed, now) is same
    assert compare_numbers(now, committed) is same


def test_the_same_numbers_agree(committed: Path) -> None:
    agrees, text = outcome(committed)
    assert agrees
    assert "all within bounds" in text


def test_a_moved_score_fails_and_is_printed(committed: Path) -> None:
    set_summary(committed, 0.501)
    agrees, text = outcome(committed)
    assert not agrees
    assert "clip.accuracy" in text
    assert "0.501" in text


def test_a_number_that_vanished_fails(committed: Path) -> None:
    path = committed / "metrics" / "toy" / "summary.json"
    path.write_text(json.dumps({"clip": {"accuracy": 0.5}, "headline": {"protocol": "clip"}}), encoding="utf-8")
    agrees, text = outcome(committed)
    assert not agrees
    assert "clip.n_clips" in text


def test_a_missing_file_fails(committed: Path) -> None:
    (committed / "reports" / "toy" / "tables" / "coefficients.csv").unlink()
    agrees, text = outcome(committed)
    assert not agrees
    assert "is missing" in text


def test_a_missing_row_fails(committed: Path) -> None:
    path = committed / "reports" / "toy" / "tables" / "coefficients.csv"
    path.write_text("column,p\ntempo,0.25\n", encoding="utf-8")
    assert not outcome(committed)[0]


def test_another_protocol_for_the_headline_fails(committed: Path) -> None:
    path = committed / "metrics" / "toy" / "summary.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"protocol": "clip"', '"protocol": "artist"'))
    assert not outcome(committed)[0]


def test_a_number_is_compared_on_the_scale_of_its_column(committed: Path) -> None:
    path = committed / "reports" / "toy" / "tables" / "coefficients.csv"
    path.write_text("column,p\ntempo,0.25\nrms,2e-30\n", encoding="utf-8")
    assert outcome(committed)[0]
    path.write_text("column,p\ntempo,0.2501\nrms,1e-30\n", encoding="utf-8")
    assert not outcome(committed)[0]


def test_one_clip_in_a_hundred_may_flip_with_what_it_moves(committed: Path) -> None:
    flip(committed, 4)
    set_summary(committed, 0.51)
    agrees, text = outcome(committed)
    assert agrees, text
    assert "4 of 400 held-out predictions changed" in text
    set_summary(committed, 0.56)
    assert not outcome(committed)[0], "four clips of 400 cannot move accuracy by .06"


def test_more_flips_fail(committed: Path) -> None:
    flip(committed, 5)
    agrees, text = outcome(committed)
    assert not agrees
    assert "5 changed" in text


def test_a_score_may_not_move_without_a_flip(committed: Path) -> None:
    set_summary(committed, 0.5025)
    assert not outcome(committed)[0]


def test_nothing_to_compare_with_is_an_error(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "empty")
    with pytest.raises(PunkError, match="no file in metrics/"):
        verify_against("HEAD", tmp_path, Console(file=open("/dev/null", "w")))  # noqa: SIM115


def test_outside_a_checkout_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(PunkError, match="verify needs a git checkout"):
        verify_against("HEAD", tmp_path, Console(file=open("/dev/null", "w")))  # noqa: SIM115
