"""Text keeps prose, numbers and names apart: a number knows its source, and a name is escaped wherever it ends."""

import pytest
from markupsafe import Markup, escape

from classically_punk.reporting.pages.text import Name, Number, Term, listed, text

HOSTILE = "\"><script>alert(1)</script>&amp;'🎷"


def test_a_template_that_states_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="a template states a number"):
        text("about 7 of {n}", n="many")


def test_a_value_that_nobody_gave_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("{n} clips of {genre}", n=Number("12", "a.json:b:d"))


def test_a_number_carries_its_address() -> None:
    said = text("{n} clips", n=Number("12", "metrics/demo/corpus.json:clips_found:d"))
    assert str(said) == "12 clips"
    assert escape(said) == Markup('<span data-source="metrics/demo/corpus.json:clips_found:d">12</span> clips')


@pytest.mark.parametrize("make", [Name, Term])
def test_names_and_terms_are_escaped_once(make: type[Name] | type[Term]) -> None:
    shown = str(escape(text("{a} & {b}", a=make(HOSTILE), b=HOSTILE)))
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 2
    assert " &amp; " in shown
    assert "&amp;amp;#" not in shown
    assert "🎷" in shown


def test_a_hostile_address_cannot_leave_its_attribute() -> None:
    shown = str(escape(Number("1", f"reports/x/tables/recall.csv:genre={HOSTILE}:recall:.2f")))
    assert shown.count('"') == 2
    assert "<script" not in shown


def test_text_inside_text_keeps_its_parts() -> None:
    inner = text("{g} ({n})", g=Name("jazz"), n=Number("3", "a.json:b:d"))
    outer = text("Most: {inner}.", inner=inner) + " " + text("Else {inner}", inner=inner)
    assert str(outer) == "Most: jazz (3). Else jazz (3)"
    assert str(escape(outer)).count("data-source") == 2


@pytest.mark.parametrize(
    ("items", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_lists_read_as_english(items: list[str], said: str) -> None:
    assert str(listed(items)) == said


def test_text_is_empty_when_it_says_nothing() -> None:
    assert not text("")
    assert not text("{a}", a="")
    assert text("{a}", a=Name("x"))
