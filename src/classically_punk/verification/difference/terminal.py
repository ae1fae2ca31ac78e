"""Blocks on a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from classically_punk.verification.difference.page import Block, Bullets, Heading, Paragraph, Rows


def print_blocks(blocks: Sequence[Block], console: Console) -> None:
    """Without the marks of Markdown."""
    for block in blocks:
        if isinstance(block, Heading):
            console.print(f"\n{_plain(block.text)}", markup=False, highlight=False, style="bold")
        elif isinstance(block, Paragraph):
            console.print(_plain(block.text), markup=False, highlight=False)
        elif isinstance(block, Bullets):
            for item in block.items:
                console.print(f"- {_plain(item)}", markup=False, highlight=False)
        elif isinstance(block, Rows):
            console.print(_table(block))


def _table(block: Rows) -> Table:
    sides = ("right" if k >= block.numbers else "left" for k in range(len(block.columns)))
    headings = zip(block.columns, sides, strict=True)
    table = Table(*(Column(name, overflow="fold", justify=side) for name, side in headings), box=None)  # type: ignore[arg-type]
    for row in block.rows:
        table.add_row(*(escape(_plain(cell)) for cell in row))
    return table


def _plain(text: str) -> str:
    return text.replace("`", "").replace("**", "")
