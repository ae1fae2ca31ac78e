"""The deck says what the results say, for the committed corpora and for others."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from classically_punk.reporting.pages.pictures import Picture
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Name, Number, Text, text
from classically_punk.reporting.slides.deck import Deck, Slide, build_deck
from classically_punk.reporting.slides.html import deck_html
from classically_punk.reporting.slides.layout import HEIGHT, WIDTH, Arrangement, Box, arranged, wrapped
from classically_punk.reporting.slides.slide import Big, SmallTable
from classically_punk.reporting.sources import shown
from tests.reporting.pages.checking import faults, taken_apart
from tests.reporting.pages.corpora import HOSTILE, REPOSITORY, Drawn, altered, many, only, renamed, without_artists

COMMITTED = ("demo", "gtzan_published")
WORDS = 60


def committed(corpus: str) -> Deck:
    return build_deck(Drawn(corpus, REPOSITORY))


def titles(deck: Deck) -> dict[str, str]:
    return {slide.key: str(slide.title) for slide in deck.slides}


def points(deck: Deck, key: str) -> str:
    slide = next(slide for slide in deck.slides if slide.key == key)
    return " ".join(map(str, slide.points))


def check(deck: Deck, results: Results) -> None:
    """What must hold for every corpus."""
    assert 12 <= len(deck.slides) <= 18
    html = deck_html(deck)
    assert faults(html, results.root, results.root / "reports" / results.corpus) == []
    assert len(html) < 3_000_000
    for slide in deck.slides:
        assert slide.notes
        assert all(map(str, slide.words))
        inside(arranged(slide))


def inside(at: Arrangement) -> None:
    boxes = [box for box in vars(at).values() if box is not None]
    for box in boxes:
        assert min(box.left, box.top) >= 0
        assert box.left + box.width <= WIDTH
        assert box.top + box.height <= HEIGHT - 40
        assert box.size == 0 or box.size >= 12
    content = [box for name, box in vars(at).items() if box is not None and name != "panel"]
    for place, box in enumerate(content):
        assert not any(overlap(box, other) for other in content[place + 1 :])


def overlap(one: Box, other: Box) -> bool:
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    return across > 1 and down > 1


@pytest.mark.parametrize("corpus", COMMITTED)
def test_every_number_has_a_source(corpus: str) -> None:
    check(committed(corpus), Results(corpus, REPOSITORY))


@pytest.mark.parametrize("corpus", COMMITTED)
def test_a_slide_is_short_and_its_type_large(corpus: str) -> None:
    for slide in committed(corpus).slides:
        said = [slide.title, *slide.points, *([slide.big.number, slide.big.words] if slide.big else [])]
        assert sum(len(str(words).split()) for words in said) <= WORDS
        boxes = [box for box in vars(arranged(slide)).values() if box is not None and box.size]
        assert min(box.size for box in boxes) >= 20


def test_the_finding_follows_from_the_results(tmp_path: Path) -> None:
    assert "indistinguishable from" in titles(committed("gtzan_published"))["others"]
    # a lead whose interval leaves out 0 is one
    keys = {"protocol": "artist", "model": "ols"}

    def behind(table: pd.DataFrame) -> pd.DataFrame:
        if "only_model" in table:
            rows = (table[list(keys)] == list(keys.values())).all(axis=1)
            table.loc[rows, ["difference", "low", "high"]] = ["-0.3", "-0.4", "-0.2"]
        return table

    assert "worse than" in titles(build_deck(altered(tmp_path, tables=behind)))["others"]


def test_a_corpus_without_artists_says_that_its_test_is_weaker(tmp_path: Path) -> None:

    def by_recording(table: pd.DataFrame) -> pd.DataFrame:
        if "strict" not in table:
            return table
        return table[table["loose"] == "segment_random"].replace({"strict": {"artist": "clip"}})

    results = altered(tmp_path, by_recording, summary=without_artists)
    deck = build_deck(results)
    check(deck, results)
    assert "by artists" not in titles(deck)["headline"]
    assert "heard the same artists before" in points(deck, "headline")
    assert "looser test makes" in titles(deck)["leak"]
    assert "knowing songs" in points(deck, "leak")


def test_two_genres(tmp_path: Path) -> None:
    tables, counts = only(("blues", "rock"))
    results = altered(
        tmp_path, tables, counts, lambda scores: {**scores, "headline": {**scores["headline"], "n_genres": 2}}
    )
    deck = build_deck(results)
    check(deck, results)
    assert "coin" in points(deck, "headline")


def test_forty_genres(tmp_path: Path) -> None:
    tables, counts = many(40)
    results = altered(tmp_path, tables, counts)
    check(build_deck(results), results)


def test_a_hostile_name_is_escaped(tmp_path: Path) -> None:
    tables, counts = renamed({"rock": HOSTILE})
    results = altered(tmp_path, tables, counts)
    deck = build_deck(results)
    check(deck, results)
    assert HOSTILE in titles(deck)["concentration"]
    html = deck_html(deck)
    assert "<b>" not in html
    assert HOSTILE in "".join(taken_apart(html).words) or "&lt;b&gt;" in html


def test_a_slide_without_data_says_why(tmp_path: Path) -> None:
    without = (
        *(
            "anatomy",
            "robustness",
            "discriminative",
            "clusters",
            "optimism",
            "comparisons",
            "target",
            "error_concentration",
        ),
        *("cost_policies", "coefficients", "reliability", "assumptions", "worst_confusions", "balance"),
    )
    results = altered(tmp_path, without=without)
    deck = build_deck(results)
    check(deck, results)
    for key in ("robustness", "costs", "model", "silence"):
        assert "fewer than 2 groups" in points(deck, key)


@pytest.fixture
def hand_made(tmp_path: Path) -> Deck:
    pictures = []
    for place, size in enumerate(((1500, 600), (800, 800))):
        Image.new("RGB", size, "navy").save(tmp_path / f"{place}.png")
        pictures.append(Picture(tmp_path / f"{place}.png", text("{x}", x=Name(HOSTILE)), text("Nothing.")))
    hostile = text("{x} is mistaken for {x}", x=Name(HOSTILE))
    rows = tuple((hostile, hostile) for _ in range(3))
    address = "metrics/demo/summary.json:artist.accuracy:.3f"
    number = Big(Text((Number(shown(address, REPOSITORY), address),)), hostile)
    return Deck(
        text("{x}", x=Name(HOSTILE)),
        (
            Slide("cover", hostile, (hostile, hostile), notes=(hostile,), cover=True),
            Slide("wide", hostile, (hostile, hostile), pictures[0], notes=(hostile,)),
            Slide("high", hostile, (hostile, hostile, hostile), pictures[1], number, notes=(hostile,)),
            Slide("wide-number", hostile, (hostile, hostile), pictures[0], number, notes=(hostile,)),
            Slide("table", hostile, (hostile,), big=number, table=SmallTable((hostile, hostile), rows, (0.5, 0.5))),
            Slide("words", hostile, (hostile,) * 4, notes=(hostile,)),
            Slide("number", hostile, (hostile,) * 3, big=number, notes=(hostile,)),
        ),
    )


def test_hostile_words_fit(hand_made: Deck) -> None:
    for slide in hand_made.slides:
        at = arranged(slide)
        inside(at)
        assert at.title.height >= len(wrapped(str(slide.title), at.title.size, at.title.width, True)) * at.title.size
    assert faults(deck_html(hand_made), REPOSITORY, REPOSITORY / "reports" / "demo") == []


def test_a_word_that_is_wider_than_a_line_is_broken() -> None:
    assert "".join(wrapped("y" * 200, 20, 300)) == "y" * 200
    assert len(wrapped("y" * 200, 20, 300)) > 1


def test_a_line_holds_what_fits() -> None:
    # a line never starts with what would have fitted on the one before
    lines = wrapped("the quick brown fox jumps over the lazy dog " * 3, 20, 300)
    assert " ".join(lines).split() == ("the quick brown fox jumps over the lazy dog " * 3).split()
    assert len(wrapped("a b", 20, 300)) == 1


def cells(key: str, found: str, values: dict[str, str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Tables with a column `key`: in the rows where it says `found`, the cells of `values` instead."""

    def tables(table: pd.DataFrame) -> pd.DataFrame:
        if key in table and set(values) <= set(table):
            table.loc[table[key] == found, list(values)] = list(values.values())
        return table

    return tables


def test_genres_are_worse_served_only_where_intervals_part(tmp_path: Path) -> None:
    assert "The errors fall on rock" in titles(committed("demo"))["concentration"]
    results = altered(tmp_path, cells("genre", "rock", {"recall": "0.1", "low": "0.0", "high": "1.0"}))
    assert "No genre is measurably worse served" in titles(build_deck(results))["concentration"]


def test_guessing_is_not_spoken_of_where_it_was_not_measured(tmp_path: Path) -> None:
    assert "better than guessing" in titles(committed("demo"))["headline"]
    assert "guessing" not in titles(build_deck(altered(tmp_path, without=("comparisons",))))["headline"]


def test_the_worst_change_is_one_that_does_harm(tmp_path: Path) -> None:
    # gain loses most, but its interval covers 0
    results = altered(tmp_path, cells("alteration", "gain_-20", {"drop": "0.6", "drop_low": "-0.1"}))
    assert "sampled at" in titles(build_deck(results))["robustness"]


@pytest.mark.parametrize(("low", "outweighs"), [("0.9", True), ("0.0", False)])
def test_the_way_of_testing_outweighs_methods_only_where_its_interval_says_so(
    tmp_path: Path, low: str, outweighs: bool
) -> None:
    deck = build_deck(altered(tmp_path, cells("loose", "clip", {"low": low})))
    assert ("The way of testing moves the score by more" in points(deck, "others")) is outweighs


def test_a_weight_is_spoken_of_only_where_it_is_sure(tmp_path: Path) -> None:
    results = altered(tmp_path, cells("genre", "metal", {"p_holm": "0.001"}))
    assert "The strongest that is sure: a high value of" in points(build_deck(results), "model")
    assert "No single weight can be told from nothing" in points(committed("demo"), "model")
