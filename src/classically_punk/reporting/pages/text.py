"""Text in which every number knows where it comes from, and every name that it is one.

A page is prose of templates, numbers that were looked up, and names (genres, clips, artists, columns) that stand in
the data. The three are kept apart until the page is written, so that a test can hold each number of the finished
page against its source, and so that a name is escaped wherever it ends.
"""

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True)
class Number:
    """A number as it is shown, and the address that `sources.shown` finds it under."""

    shown: str
    address: str

    def __str__(self) -> str:
        return self.shown

    def __html__(self) -> str:
        return Markup('<span data-source="{}">{}</span>').format(self.address, self.shown)


@dataclass(frozen=True)
class Name:
    """What something is called in the data: a genre, a clip, an artist, a column, a model."""

    shown: str

    def __str__(self) -> str:
        return self.shown

    def __html__(self) -> str:
        return Markup("<span data-name>{}</span>").format(self.shown)


@dataclass(frozen=True)
class Term:
    """A technical term with a digit in it, such as HC3 or F1: no result, and no name from the data."""

    shown: str

    def __str__(self) -> str:
        return self.shown

    def __html__(self) -> str:
        return Markup("<dfn>{}</dfn>").format(self.shown)


Segment = str | Number | Name | Term


@dataclass(frozen=True)
class Text:
    """Prose with numbers and names in it."""

    segments: tuple[Segment, ...]

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.segments)

    def __str__(self) -> str:
        return "".join(str(segment) for segment in self.segments)

    def __html__(self) -> str:
        return Markup("").join(escape(segment) for segment in self.segments)

    def __add__(self, other: "Segment | Text") -> "Text":
        return Text(self.segments + (other.segments if isinstance(other, Text) else (other,)))

    def __bool__(self) -> bool:
        return bool(str(self))


def text(template: str, **values: Segment | Text) -> Text:
    """`template` with {names} filled in: text("{n} clips of {genre}", n=Number(...), genre=Name(...)).

    Raises KeyError for a name without a value and ValueError for a digit in the template: a number that a template
    states would stay when the results change.
    """
    segments: list[Segment] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        if any(sign in string.digits for sign in literal):
            raise ValueError(f"a template states a number: {literal!r}; look it up, or make it a Term")
        if literal:
            segments.append(literal)
        if name is not None:
            value = values[name]
            segments += value.segments if isinstance(value, Text) else (value,)
    return Text(tuple(segments))


def listed(items: "Sequence[Segment | Text]", word: str = "and") -> Text:
    """ "a, b and c"."""
    joined = Text(())
    for place, item in enumerate(items):
        if place:
            joined += f" {word} " if place == len(items) - 1 else ", "
        joined += item
    return joined
