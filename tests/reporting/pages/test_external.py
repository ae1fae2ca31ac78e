"""What pages say of music from elsewhere follows from the tables: lower or not, old or not, there or not."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from classically_punk.contracts import tables
from classically_punk.contracts.tables.external import (
    EXTERNAL,
    EXTERNAL_CLIPS,
    EXTERNAL_LENGTHS,
    EXTERNAL_RECALL,
    EXTERNAL_SCORES,
)
from classically_punk.reporting.card.page import build_card
from classically_punk.reporting.pages import external
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.report.page import build_report
from classically_punk.reporting.slides.deck import build_deck
from tests.reporting.pages.checking import faults, taken_apart

REPOSITORY = Path(__file__).resolve().parents[3]
FIT, TEST = "gtzan_mini", "gtzan"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The committed results of GTZAN mini without any pair."""
    for folder in (f"metrics/{FIT}", f"reports/{FIT}/tables"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    shutil.rmtree(tmp_path / "reports" / FIT / "tables" / "external", ignore_errors=True)
    shutil.copy(REPOSITORY / "params.yaml", tmp_path / "params.yaml")
    return tmp_path


def write_pair(root: Path, difference: tuple[float, float] | None = (-0.3, -0.1), **changed: object) -> Results:
    """A pair of which everything is made up. difference : interval of elsewhere less inside."""
    folder = root / "reports" / FIT / "tables" / "external" / TEST
    pair = {"fit": FIT, "test": TEST, "n_training": 100, "n_training_genres": 10, "columns": 196, "n": 40}
    pair |= {"n_groups": 30, "n_genres": 4, "n_unknown": 0, "protocol": "clip", "fit_table": "abc", "test_table": "def"}
    score = {"model": "ols", "score": "accuracy", "value": 0.6, "low": 0.4, "high": 0.8}
    if difference is not None:
        low, high = difference
        score |= {"inside": 0.8, "inside_low": 0.7, "inside_high": 0.9, "difference": -0.2}
        score |= {"difference_low": low, "difference_high": high}
    score |= {"n": 40, "n_groups": 30, "inside_n": 40}
    recall = {"model": "ols", "genre": "jazz", "recall": 0.6, "low": 0.4, "high": 0.8, "n": 40, "n_groups": 30}
    clips = [{"kind": "asked", "n": 40, "example": "a"}, {"kind": "artist", "n": 6, "example": "b", "partner": "c"}]
    tables.write(EXTERNAL, tables.frame(EXTERNAL, [{**pair, **changed}]), folder)
    tables.write(EXTERNAL_SCORES, tables.frame(EXTERNAL_SCORES, [score]), folder)
    tables.write(EXTERNAL_RECALL, tables.frame(EXTERNAL_RECALL, [recall]), folder)
    tables.write(EXTERNAL_CLIPS, tables.frame(EXTERNAL_CLIPS, clips), folder)
    return Results(FIT, root)


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ((-0.3, -0.1), "which is lower than"),
        ((-0.3, 0.1), "which is not measurably lower than"),
        ((0.1, 0.2), "which is higher than"),
    ],
)
def test_lower_only_where_the_interval_of_the_difference_leaves_out_0(
    root: Path, interval: tuple[float, float], said: str
) -> None:
    results = write_pair(root, interval)
    words = str(external.finding(results, TEST))
    assert f"60% [40%, 80%], {said} the 80% [70%, 90%]" in words
    assert "Of 40 clips of gtzan" in words


def test_without_a_score_inside_nothing_is_compared(root: Path) -> None:
    words = str(external.finding(write_pair(root, None), TEST))
    assert words.endswith("recognises 60% [40%, 80%].")
    assert external.against_inside(None, None) == "which cannot be compared with"


def test_the_figure_stands_in_report_slides_and_card_with_its_source(root: Path) -> None:
    results = write_pair(root)
    report, card, deck = build_report(results), build_card(results), build_deck(results)
    assert faults(report, root, root / "reports" / FIT) == []
    assert faults(card.html, root, root / "reports" / FIT) == []
    address = f"reports/{FIT}/tables/external/{TEST}/external_scores.csv:model=ols,score=accuracy:value"
    for html in (report, card.html):
        assert any(source.startswith(address) for _, source in taken_apart(html).numbers)
    headline = next(slide for slide in deck.slides if slide.key == "headline")
    assert "On 40 clips from another collection, by other artists: 60%" in " ".join(map(str, headline.points))
    assert "cannot keep artists apart" in report
    assert [str(line) for line in external.left_out(results, TEST)] == [
        "Left out: 6 clips that share an artist with the fit, themselves or through others (b with c)."
    ]


def test_a_headline_that_keeps_artists_apart_points_nowhere(root: Path) -> None:
    path = root / "metrics" / FIT / "summary.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["headline"]["protocol"] = "artist"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert "cannot keep artists apart" not in str(external.headline_words(write_pair(root)))


def test_genres_and_artists_that_are_lacking_are_said(root: Path) -> None:
    assert "Only 4 of its 10 genres were asked about" in str(external.caveats(write_pair(root), TEST))
    all_of_them = write_pair(root, n_genres=10, n_unknown=3)
    assert str(external.caveats(all_of_them, TEST)).startswith("Of 3 of these clips nobody knows the artist")


@pytest.mark.parametrize(("now", "old"), [("abc", False), ("xyz", True), (None, False)])
def test_a_figure_of_another_design_table_says_that_it_is_old(root: Path, now: str | None, old: bool) -> None:
    results = write_pair(root)
    if now is not None:
        (root / "models" / FIT).mkdir(parents=True)
        model = {"provenance": {"table_sha256": now}}
        (root / "models" / FIT / "ols.json").write_text(json.dumps(model), encoding="utf-8")
    words = str(external.headline_words(results))
    assert ("The figure is old" in words) == old
    assert ("make external PAIR=gtzan_mini-gtzan" in words) == old


def test_where_there_is_none_the_reason_stands(root: Path) -> None:
    results = Results(FIT, root)
    assert "was not measured: make external PAIR=gtzan_mini-gtzan" in str(external.why_none(results))
    report = build_report(results)
    assert "was not measured" in report
    assert faults(report, root, root / "reports" / FIT) == []
    content = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
    content["external"]["pairs"] = {}
    (root / "params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    assert "no pair of external.pairs is fitted to this collection" in str(external.why_none(Results(FIT, root)))


@pytest.mark.parametrize(
    ("interval", "best", "said"),
    [
        ((0.1, 0.3), 0.6, "measurably better than the fit to whole clips; no other has more right."),
        ((-0.1, 0.3), 0.6, "not measurably other than the fit to whole clips; no other has more right."),
        ((-0.3, -0.1), 0.7, "measurably worse than the fit to whole clips; the most right has"),
        ((None, None), 0.6, "which is the fit to whole clips itself, or cannot be compared with it; no other"),
    ],
)
def test_what_is_said_of_a_length_follows_from_its_rows(
    root: Path, interval: tuple[float | None, float | None], best: float, said: str
) -> None:
    results = write_pair(root)
    row = {"length": 3.0, "model": "ols", "fitted_to": "windows", "asked": "whole", "chosen": "yes", "wins": "no"}
    row |= {"inside_accuracy": 0.8, "inside_log_loss": 0.5, "accuracy": 0.6, "low": 0.5, "high": 0.7, "difference": 0.2}
    row |= {"difference_low": interval[0], "difference_high": interval[1], "log_loss": 1.0, "calibration_error": 0.1}
    row |= {"n": 40, "n_groups": 30, "inside_n": 100}
    winner = {**row, "fitted_to": "both", "chosen": "no", "wins": "yes", "accuracy": best}
    folder = root / "reports" / FIT / "tables" / "external" / TEST
    tables.write(EXTERNAL_LENGTHS, tables.frame(EXTERNAL_LENGTHS, [row, winner]), folder)
    rows = external.length_rows(results, TEST)
    words = str(external.length_words(rows, rows[0]))
    assert words.startswith("3 s: ")
    assert f"fitted to windows recognises 60% [50%, 70%], {said}" in words
    if None in interval:  # one page stands for all: they differ in these words
        report = build_report(results)
        assert faults(report, root, root / "reports" / FIT) == []
        assert "Snippets" in report
