"""What the report says of the search for wrong labels follows the intervals, on both sides of each rule."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from classically_punk.contracts import tables
from classically_punk.contracts.label_search import CHANCE, LISTED, MARGIN, NEAREST, NEIGHBOURS, RANDOM, SELF
from classically_punk.contracts.tables.fits import LABEL_ISSUE_SEARCH
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Number
from classically_punk.reporting.report.labels import against_chance, search_words
from classically_punk.reporting.sources import shown

REPOSITORY = Path(__file__).resolve().parents[3]
PLANTED = {"n": 100, "n_wrong": 5, "repeats": 20}


def words(folder: Path, rows: Iterable[Mapping[str, object]]) -> str:
    """What is said of these rows; every number in it is one of theirs."""
    written = folder / "reports" / "mine" / "tables"
    written.mkdir(parents=True)
    tables.write(LABEL_ISSUE_SEARCH, tables.frame(LABEL_ISSUE_SEARCH, rows), written)
    said = search_words(Results("mine", folder))
    for number in (part for part in said if isinstance(part, Number)):
        assert shown(number.address, folder) == number.shown
    return str(said)


def planted(low: float, high: float, source: str = RANDOM) -> list[dict[str, object]]:
    """Of the margin between `low` and `high`, where chance has .09."""
    margin = {"source": source, "method": MARGIN, "low": low, "high": high, **PLANTED}
    chance = {"source": source, "method": CHANCE, **PLANTED}
    return [
        {**margin, "measure": "average_precision", "value": (low + high) / 2},
        {**margin, "measure": "precision_at_5", "value": (low + high) / 2},
        {**chance, "measure": "average_precision", "value": 0.09},
        {**chance, "measure": "precision_at_5", "value": 0.05},
    ]


def beside(method: str, low: float, high: float) -> dict[str, object]:
    ahead = {"margin_ahead": (low + high) / 2, "ahead_low": low, "ahead_high": high}
    row = {"source": RANDOM, "method": method, "measure": "average_precision", "value": 0.3, "low": 0.2, "high": 0.4}
    return {**row, **ahead, **PLANTED}


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.091, 0.3, "better than chance"),
        (0.089, 0.3, "indistinguishable from chance"),
        (0.01, 0.091, "indistinguishable from chance"),
        (0.01, 0.089, "worse than chance"),
    ],
)
def test_the_interval_decides_what_is_said_of_chance(tmp_path: Path, low: float, high: float, expected: str) -> None:
    said = words(tmp_path, planted(low, high))
    assert f"a random order is expected to have 0.090, which makes it {expected};" in said
    assert against_chance(low, high, 0.09) == expected
    assert "no better than chance" not in said


def test_both_kinds_of_planting_are_told_apart(tmp_path: Path) -> None:
    said = words(tmp_path, [*planted(0.5, 0.6), *planted(0.01, 0.05, NEAREST)])
    assert said.index("made wrong at random") < said.index("better than chance")
    assert said.index("towards the nearest genre") < said.index("worse than chance")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.01, 0.2, "better than k-nearest neighbours (0.300)"),
        (-0.01, 0.2, "indistinguishable from k-nearest neighbours (0.300)"),
        (-0.2, -0.01, "worse than k-nearest neighbours (0.300)"),
    ],
)
def test_the_paired_interval_decides_what_is_said_of_other_ways(
    tmp_path: Path, low: float, high: float, expected: str
) -> None:
    said = words(tmp_path, [*planted(0.5, 0.6), beside(SELF, -0.3, -0.2), beside(NEIGHBOURS, low, high)])
    assert "worse than self-confidence (0.300)" in said
    assert expected.removeprefix("worse than ") in said
    assert ("worse than self-confidence (0.300) and k-nearest" in said) == (high < 0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.31, "better than chance"), (0.2, "indistinguishable from chance"), (0.005, "worse than chance")],
)
def test_a_list_is_held_against_random_orders(tmp_path: Path, value: float, expected: str) -> None:
    about = {"source": LISTED, "measure": "average_precision", "n": 100, "n_wrong": 6, "repeats": 1}
    chance = {**about, "method": CHANCE, "value": 0.1, "low": 0.01, "high": 0.3}
    right = {**about, "method": MARGIN, "measure": "suggested_right", "value": 0.75, "n_wrong": 4}
    said = words(tmp_path, [{**about, "method": MARGIN, "value": value}, chance, right])
    assert said.startswith("Of the 6 labels that are known to be wrong")
    assert f"random orders have 0.100 [0.010, 0.300], so that it is {expected}." in said
    assert "the right one for 75% of the 4 whose right genre is known" in said


def test_without_a_list_a_reader_is_told_how_to_give_one(tmp_path: Path) -> None:
    reason = {"source": LISTED, "n": 100, "n_wrong": 0, "repeats": 0, "reason": "no list"}
    said = words(tmp_path, [*planted(0.5, 0.6), reason])
    assert "a table wrong_labels.csv with the columns clip and right, beside the archive, would be scored" in said


@pytest.mark.parametrize("corpus", ["demo", "gtzan_mini", "gtzan_published"])
def test_what_is_committed_is_told_with_its_numbers(corpus: str) -> None:
    said = search_words(Results(corpus, REPOSITORY))
    for number in (part for part in said if isinstance(part, Number)):
        assert shown(number.address, REPOSITORY) == number.shown
    assert "no better than chance" not in str(said)
