"""What a page is made of: paragraphs, lists, tables, boxes, figures and things to fold away."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from markupsafe import Markup, escape

from classically_punk.reporting.pages.text import Name, Number, Segment, Text

Cell = Segment | Text | None
"""Of a table. None: the quantity has no value, and the table says why elsewhere."""


class Block(Protocol):
    """Anything that can stand in a page."""

    def __html__(self) -> str: ...


@dataclass(frozen=True)
class Paragraph:
    words: Segment | Text

    def __html__(self) -> str:
        return Markup("<p>{}</p>").format(self.words)


@dataclass(frozen=True)
class Heading:
    """Of a part of a section."""

    words: Segment | Text

    def __html__(self) -> str:
        return Markup("<h3>{}</h3>").format(self.words)


@dataclass(frozen=True)
class Bullets:
    items: Sequence[Segment | Text]

    def __html__(self) -> str:
        return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(item) for item in self.items))


@dataclass(frozen=True)
class Table:
    """head : titles of the columns; rows : their cells; marked : places of the rows that are ours"""

    caption: Segment | Text
    head: Sequence[Segment | Text]
    rows: Sequence[Sequence[Cell]]
    marked: frozenset[int] = field(default_factory=frozenset)

    def __html__(self) -> str:
        numeric = [all(_is_number(row[place]) for row in self.rows) for place in range(len(self.head))]
        head = Markup("").join(
            Markup('<th scope="col"{}>{}</th>').format(_aligned(numeric[place]), words)
            for place, words in enumerate(self.head)
        )
        rows = Markup("").join(
            Markup("<tr{}>{}</tr>").format(
                Markup(' class="ours"') if place in self.marked else "",
                Markup("").join(
                    Markup("<td{}>{}</td>").format(_aligned(is_number), "–" if cell is None else cell)
                    for cell, is_number in zip(row, numeric, strict=True)
                ),
            )
            for place, row in enumerate(self.rows)
        )
        return Markup(
            '<div class="scroll"><table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
        ).format(self.caption, head, rows)


@dataclass(frozen=True)
class Box:
    """Set off from the text. key: what to remember; warn: what not to do; absent: why there is nothing here."""

    kind: Literal["key", "warn", "absent"]
    blocks: Sequence[Block]

    def __html__(self) -> str:
        return Markup('<div class="{}">{}</div>').format(self.kind, Markup("").join(map(escape, self.blocks)))


@dataclass(frozen=True)
class Folded:
    """Shown when its summary is opened, and in print."""

    summary: Segment | Text
    blocks: Sequence[Block]

    def __html__(self) -> str:
        inside = Markup("").join(map(escape, self.blocks))
        return Markup("<details><summary>{}</summary>{}</details>").format(self.summary, inside)


@dataclass(frozen=True)
class Code:
    """Commands or files, as they stand."""

    content: str

    def __html__(self) -> str:
        return Markup("<pre><code>{}</code></pre>").format(self.content)


@dataclass(frozen=True)
class Section:
    """key : its address in the page; blocks : what stands in it, None where a corpus lacks something"""

    key: str
    title: str
    blocks: Sequence[Block | None]

    @property
    def present(self) -> list[Block]:
        return [block for block in self.blocks if block is not None]


def absent(words: Segment | Text) -> Box:
    """Why there is nothing here."""
    return Box("absent", [Paragraph(words)])


def _is_number(cell: Cell) -> bool:
    if isinstance(cell, Text):
        return bool(cell.segments) and isinstance(cell.segments[0], Number)
    return cell is None or isinstance(cell, Number)


def _aligned(is_number: bool) -> Markup:
    return Markup(' class="n"') if is_number else Markup("")


def names(items: Sequence[str]) -> list[Name]:
    return [Name(item) for item in items]
