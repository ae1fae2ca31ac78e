"""The same blocks as Markdown, for readers of a repository. Figures are left to the page."""

from collections.abc import Sequence

from classically_punk.reporting.pages.blocks import (
    Block,
    Box,
    Bullets,
    Cell,
    Code,
    Folded,
    Heading,
    Paragraph,
    Section,
    Table,
)
from classically_punk.reporting.pages.pictures import Picture
from classically_punk.reporting.pages.text import Name, Segment, Term, Text

SPECIAL = "\\`*_{}[]<>#|"


def markdown(title: str, lead: Text, sections: Sequence[Section]) -> str:
    """A document of its own."""
    parts = [f"# {_escaped(title)}", _inline(lead)]
    for section in sections:
        parts.append(f"## {_escaped(section.title)}")
        parts += [_block(block) for block in section.present if not isinstance(block, Picture)]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Paragraph(words):
            return _inline(words)
        case Heading(words):
            return f"### {_inline(words)}"
        case Bullets(items):
            return "\n".join(f"- {_inline(item)}" for item in items)
        case Table():
            return _table(block)
        case Box(_, blocks):
            inside = "\n\n".join(_block(each) for each in blocks)
            return "\n".join(f"> {line}".rstrip() for line in inside.splitlines())
        case Folded(summary, blocks):
            return "\n\n".join([f"**{_inline(summary)}**", *map(_block, blocks)])
        case Code(content):
            return f"```\n{content}\n```"
    raise TypeError(f"no Markdown for {type(block).__name__}")


def _table(table: Table) -> str:
    head = "| " + " | ".join(_inline(words) for words in table.head) + " |"
    rule = "|" + "---|" * len(table.head)
    rows = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows]
    return "\n".join([f"{_inline(table.caption)}:", "", head, rule, *rows])


def _cell(cell: Cell) -> str:
    return "–" if cell is None else _inline(cell)


def _inline(words: Segment | Text) -> str:
    if isinstance(words, Text):
        return "".join(map(_inline, words))
    if isinstance(words, Term) and "/" in words.shown:
        return f"`{words.shown}`"
    return _escaped(words.shown) if isinstance(words, Name) else str(words)


def _escaped(words: str) -> str:
    """A name as it stands: no sign of it is taken for Markdown or HTML, and it stays on one line."""
    return "".join(f"\\{sign}" if sign in SPECIAL else sign for sign in " ".join(words.split()))
