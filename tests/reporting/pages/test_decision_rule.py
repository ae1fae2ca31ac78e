"""Every page says which decision rule is the default, and by how much it wins."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from classically_punk.contracts.models import MODELS, OPTIMAL_SCORING, REGRESSION
from classically_punk.reporting.card.page import build_card
from classically_punk.reporting.pages.decision_rule import (
    default_rule,
    lead_words,
    rule_short,
    rule_words,
    windows_words,
)
from classically_punk.reporting.pages.index import build_index
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.report.models import best_other
from classically_punk.reporting.report.page import build_report, key_table
from classically_punk.reporting.slides.deck import build_deck
from tests.reporting.pages.corpora import REPOSITORY, altered

Metrics = Callable[[dict[str, Any]], dict[str, Any]]


def ruled(default: str, difference: float, low: float | None, high: float | None) -> Metrics:
    """The summary with another outcome."""

    def changed(scores: dict[str, Any]) -> dict[str, Any]:
        rule = {**scores["rule"], "default": default, "difference": difference}
        ends = {"difference_low": low, "difference_high": high}
        rule = {name: value for name, value in (rule | ends).items() if value is not None and "interval" not in name}
        return {**scores, "rule": rule}

    return changed


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.01, 0.05, "lies above zero"),
        (-0.05, -0.01, "lies below zero"),
        (-0.01, 0.05, "covers zero"),
        (None, None, "without an interval"),
    ],
)
def test_each_side_of_the_interval_is_said(low: float | None, high: float | None, said: str, tmp_path: Path) -> None:
    assert said in lead_words(low, high)
    words = rule_words(altered(tmp_path, summary=ruled(REGRESSION, 0.02, low, high)))
    assert words is not None
    assert said in str(words)


@pytest.mark.parametrize("default", [REGRESSION, OPTIMAL_SCORING])
def test_card_report_and_slides_follow_the_default(default: str, tmp_path: Path) -> None:
    results = altered(tmp_path, summary=ruled(default, 0.02, 0.01, 0.03))
    rule = str(escape(MODELS[default].rule))
    card = build_card(results).html
    assert f"the answer is that of {rule}" in card
    assert f"The decision rule is {rule}." in card
    assert f"The decision rule is {rule}." in build_report(results)
    slide = next(slide for slide in build_deck(results).slides if slide.key == "headline")
    assert slide.table is not None
    marked = [str(cells[0]) for cells in slide.table.rows if "(default)" in str(cells[0])]
    assert marked == [{REGRESSION: "Largest fitted value", OPTIMAL_SCORING: "Optimal scoring"}[default] + " (default)"]
    assert any(f"The decision rule is {rule}." in str(note) for note in slide.notes)


def test_both_scores_stand_side_by_side() -> None:
    results = Results("gtzan_published", REPOSITORY)
    table = str(escape(key_table(results)))
    for model in (REGRESSION, OPTIMAL_SCORING):
        assert f"scores.csv:model={model},protocol={results.headline},score=accuracy:value" in table
    short = rule_short(results)
    assert short is not None
    assert str(escape(short)) in build_index(REPOSITORY)
    assert str(short).startswith(MODELS[default_rule(results)].rule)


def test_a_decision_rule_is_no_other_model() -> None:
    for corpus in ("demo", "gtzan_mini", "gtzan_published"):
        other = best_other(Results(corpus, REPOSITORY))
        assert other is not None
        assert not MODELS[other["model"]].rule


def test_where_the_rules_were_not_compared_nothing_is_said(tmp_path: Path) -> None:
    results = altered(
        tmp_path, summary=lambda scores: {name: value for name, value in scores.items() if name != "rule"}
    )
    assert rule_words(results) is None
    assert rule_short(results) is None
    assert default_rule(results) == REGRESSION


def test_what_windows_add_is_said_or_why_they_add_nothing(tmp_path: Path) -> None:
    windows = {"difference": 0.02, "difference_interval": "[-0.01, 0.05]"}
    with_them = altered(tmp_path, summary=lambda scores: {**scores, "windows": windows})
    assert "+2.0 [\u22121.0, +5.0] points against the whole clip alone, and the interval covers zero" in str(
        windows_words(with_them)
    )
    without = str(windows_words(Results("gtzan_published", REPOSITORY)))
    assert "not possible here: the corpus has no windows, only rows for whole clips" in without
    assert without in build_report(Results("gtzan_published", REPOSITORY)).replace("<span data-name>", "").replace(
        "</span>", ""
    )
