"""What a loose split adds: the reading like for like, and the naive one marked as such."""

from pathlib import Path

import pandas as pd
from markupsafe import escape

from classically_punk.reporting.pages.index import build_index
from classically_punk.reporting.pages.leaks import leak_words, leaks, naive_leaks, naive_words
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.report.page import build_report, summary
from classically_punk.reporting.slides.deck import build_deck
from tests.reporting.pages.corpora import REPOSITORY, Drawn, altered

CELLS = {
    "loose": "clip", "strict": "artist", "like_for_like": "yes", "loose_accuracy": "0.7", "strict_accuracy": "0.5",
    "optimism": "0.2", "low": "0.1", "high": "0.3", "n_loose": "1000", "n_strict": "948",
}  # fmt: skip


def row(**cells: str) -> Row:
    return Row("optimism", "reports/demo/tables/optimism.csv:model=ols", {**CELLS, **cells})


def test_each_side_of_every_rule_is_said() -> None:
    assert str(leak_words(row())).endswith("+20.0 [+10.0, +30.0] points.")
    assert "does not tell from nothing" in str(leak_words(row(low="-0.1")))
    assert "not like for like" in str(leak_words(row(like_for_like="no")))
    assert "1,000 clips and the other 948" in str(naive_words(row(like_for_like="no")))
    assert "same clips and as many folds" in str(naive_words(row()))


def test_the_published_table_has_both_readings_and_the_summary_one() -> None:
    results = Results("gtzan_published", REPOSITORY)
    assert {(one["strict"], one["like_for_like"]) for one in leaks(results)} == {("artist", "yes")}
    assert {(one["strict"], one["like_for_like"]) for one in naive_leaks(results)} == {("artist_published", "no")}
    assert "naive reading" in build_report(results)
    assert "strict=artist_published" not in "".join(str(escape(block)) for block in summary(results).present)
    slide = next(slide for slide in build_deck(Drawn("gtzan_published", REPOSITORY)).slides if slide.key == "leak")
    assert "naive reading" in " ".join(map(str, slide.points))
    honest = next(iter(leaks(results)))
    assert str(honest.number("optimism", "points")) in str(slide.title)


def test_a_slide_prefers_the_reading_that_is_like_for_like(tmp_path: Path) -> None:
    """Of windows against whole clips and songs against artists, the title takes songs, however large the other is."""
    results = Drawn("demo", REPOSITORY)
    found = {one["loose"]: one for one in leaks(results)}
    assert [one["loose"] for one in leaks(results)] == ["clip", "segment_random"]
    slide = next(slide for slide in build_deck(results).slides if slide.key == "leak")
    assert str(found["clip"].number("optimism", "points")) in str(slide.title)

    def windows_only(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["loose"] == "segment_random"] if "loose" in table else table

    alone = build_deck(altered(tmp_path, windows_only))
    slide = next(slide for slide in alone.slides if slide.key == "leak")
    assert str(found["segment_random"].number("optimism", "points")) in str(slide.title)


def test_the_index_says_what_is_not_like_for_like() -> None:
    assert "segment_random</span>, not like for like" in build_index(REPOSITORY)
