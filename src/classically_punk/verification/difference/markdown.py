"""Blocks as Markdown for a comment on a change: never longer than such a comment may be."""

from collections.abc import Iterator, Sequence

from classically_punk.verification.difference.page import Block, Bullets, Heading, Paragraph, Rows

MOST = 65_536
"""Characters of a comment on GitHub, counted here as bytes, of which there are as many at least."""

RESERVED = 200


def markdown(blocks: Sequence[Block], most: int = MOST) -> str:
    """Whole lines, from the top; where they are too many, the last line says how many were left out."""
    lines = [line for block in blocks for line in (*_lines(block), "")]
    kept, used = 0, 0
    total = sum(_size(line) for line in lines)
    room = most if total <= most else most - RESERVED
    while kept < len(lines) and used + _size(lines[kept]) <= room:
        used += _size(lines[kept])
        kept += 1
    text = "\n".join(lines[:kept]).rstrip("\n") + "\n"
    left = sum(bool(line) for line in lines[kept:])
    return (
        f"{text}\n{left} lines are left out here, since a comment holds no more; `punk diff` prints them all.\n"
        if left
        else text
    )


def _size(line: str) -> int:
    return len(line.encode("utf-8", "replace")) + 1


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * block.level} {block.text}"
    elif isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, Bullets):
        yield from (f"- {item}" for item in block.items)
    elif isinstance(block, Rows):
        yield _row(block.columns)
        yield _row(["---:" if k >= block.numbers else "---" for k in range(len(block.columns))])
        yield from (_row(row) for row in block.rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
