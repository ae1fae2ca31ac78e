"""Where everything stands on a slide and how large its type is, the same in both formats.

A stage is 1280 x 720 px. Type is made as large as its box allows, measured in DejaVu Sans, which is wider than the
fonts that browsers and PowerPoint use: what fits in it fits in them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib as mpl
from PIL import ImageFont

from classically_punk.reporting.pages.text import Text
from classically_punk.reporting.slides.slide import Slide, SmallTable

WIDTH, HEIGHT = 1280, 720
MARGIN = 56
INNER = WIDTH - 2 * MARGIN
BODY_TOP, BODY_BOTTOM = 164, 656
GAP = 36
LINE = 1.25
"""Height of a line of type, in its size."""

BETWEEN = 0.6
"""Least space between two points, in the size of their type."""

SPREAD = 1.1
"""Space between two points that have a slide to themselves."""

INSET = 40
"""Of the words in a panel."""

INDENT = 1.0
"""Of a point, for its bullet, in the size of its type."""

CELL = 0.55
"""Space above, below and beside the words of a table cell, in the size of their type."""

WIDE = 1.9
"""A picture of a larger ratio of width to height stands below the points, any other beside them."""

MEASURED = 100
"""Size at which words are measured."""


@dataclass(frozen=True)
class Box:
    """Pixels of the stage; size: of the type in it, where it holds type; between: space between its points."""

    left: float
    top: float
    width: float
    height: float
    size: float = 0.0
    between: float = 0.0


@dataclass(frozen=True)
class Arrangement:
    """The boxes of a slide; None for what it has not."""

    title: Box
    points: Box | None = None
    picture: Box | None = None
    number: Box | None = None
    number_words: Box | None = None
    table: Box | None = None
    panel: Box | None = None


def arranged(slide: Slide) -> Arrangement:
    """Boxes that lie inside the stage and do not overlap."""
    if slide.cover:
        return _cover(slide)
    title = Box(MARGIN, 44, INNER, 104)
    title = _sized(title, [slide.title], (36, 32, 28, 24, 20), bold=True)
    body = Box(MARGIN, BODY_TOP, INNER, BODY_BOTTOM - BODY_TOP)
    if slide.picture is not None:
        width, height = slide.picture.size()
        return (
            _below(slide, title, body, width / height)
            if width / height > WIDE
            else _beside(slide, title, body, width / height)
        )
    if slide.table is not None:
        return _with_table(slide, title, body, slide.table)
    return _words_only(slide, title, body)


def _cover(slide: Slide) -> Arrangement:
    title = _sized(Box(MARGIN + 24, 120, 1060, 230), [slide.title], (56, 50, 44, 38, 32, 26), bold=True)
    points = _sized(Box(MARGIN + 24, 390, 1060, 220), slide.points, (28, 26, 24, 22, 20, 18, 16))
    return Arrangement(title, points)


def _beside(slide: Slide, title: Box, body: Box, ratio: float) -> Arrangement:
    """Words on the left, the picture as high or as wide as it can be on the right."""
    width = min(body.height * ratio, 0.64 * body.width)
    height = width / ratio
    picture = Box(body.left + body.width - width, body.top + (body.height - height) / 2, width, height)
    column = Box(body.left, body.top, min(body.width - width - GAP, 560), body.height)
    return _column(slide, title, column, picture=picture)


def _below(slide: Slide, title: Box, body: Box, ratio: float) -> Arrangement:
    """Words on top, the picture as wide or as high as it can be below."""
    wanted = 164 if slide.big else 42 * max(len(slide.points), 1) + 8
    words = Box(body.left, body.top - 12, body.width, wanted)
    left = body.top - 12 + wanted + 12
    height = min(body.top + body.height - left, body.width / ratio)
    width = height * ratio
    picture = Box(body.left + (body.width - width) / 2, left, width, height)
    if slide.big is None:
        return Arrangement(title, _sized(words, slide.points, (26, 24, 22, 20, 18, 16)), picture)
    left_part = Box(words.left, words.top, 300, words.height)
    number, below = _number(slide, left_part)
    points = Box(words.left + 300 + GAP, words.top, words.width - 300 - GAP, words.height)
    return Arrangement(title, _sized(points, slide.points, (26, 24, 22, 20, 18, 16)), picture, number, below)


def _with_table(slide: Slide, title: Box, body: Box, table: SmallTable) -> Arrangement:
    if len(table.head) > 2 and not slide.big and len(slide.points) <= 1:
        words = 44 if slide.points else 0
        place = Box(body.left, body.top + words, body.width, body.height - words)
        points = _sized(Box(body.left, body.top - 8, body.width, 44), slide.points, (26, 24, 22, 20, 18))
        return Arrangement(title, points if slide.points else None, table=_table_sized(place, table))
    width = 600
    place = Box(body.left + body.width - width, body.top, width, body.height)
    column = Box(body.left, body.top, body.width - width - GAP - 12, body.height)
    return _column(slide, title, column, table=_table_sized(place, table))


def _words_only(slide: Slide, title: Box, body: Box) -> Arrangement:
    if slide.big is None:
        inside = Box(body.left + INSET, body.top + INSET, body.width - 2 * INSET, body.height - 2 * INSET)
        points = _sized(inside, slide.points, (32, 30, 28, 26, 24, 22, 20, 18, 16), between=SPREAD)
        used = _height(points, slide.points)
        top = body.top + max((body.height - used) / 2, INSET)
        middle = Box(points.left, top, points.width, body.top + body.height - top, points.size, points.between)
        return Arrangement(title, middle, panel=body)
    number, below = _number(slide, Box(body.left, body.top + 24, 400, 260))
    points = Box(body.left + 400 + GAP, body.top + 24, body.width - 400 - GAP, body.height - 24)
    return Arrangement(
        title, _sized(points, slide.points, (30, 28, 26, 24, 22, 20, 18)), number=number, number_words=below
    )


def _column(slide: Slide, title: Box, column: Box, picture: Box | None = None, table: Box | None = None) -> Arrangement:
    """The big number and the points, one below the other."""
    number, below, points = None, None, column
    if slide.big is not None:
        number, below = _number(slide, Box(column.left, column.top, column.width, 184))
        used = below.top + below.height + 20 - column.top
        points = Box(column.left, column.top + used, column.width, column.height - used)
    sized = _sized(points, slide.points, (28, 26, 24, 22, 20, 18, 16, 14), between=0.8) if slide.points else None
    return Arrangement(title, sized, picture, number, below, table)


def _number(slide: Slide, place: Box) -> tuple[Box, Box]:
    """The number in large type, and what it is below it."""
    assert slide.big is not None
    number = _sized(Box(place.left, place.top, place.width, 96), [slide.big.number], (72, 64, 56, 48, 40, 32), True)
    height = number.size * LINE
    number = Box(number.left, number.top, number.width, height, number.size)
    left = place.height - height
    words = _sized(Box(place.left, place.top + height, place.width, left), [slide.big.words], (24, 22, 20, 18, 16))
    used = len(wrapped(str(slide.big.words), words.size, words.width)) * words.size * LINE
    return number, Box(words.left, words.top, words.width, min(used + 4, left), words.size)


def _sized(box: Box, texts: Sequence[Text], sizes: Sequence[int], bold: bool = False, between: float = BETWEEN) -> Box:
    """`box` with the largest of `sizes` at which the texts, one below the other, fit into it; else the smallest."""
    for size in sizes:
        sized = Box(box.left, box.top, box.width, box.height, size, between)
        if _height(sized, texts, bold) <= box.height:
            break
    return sized


def _height(box: Box, texts: Sequence[Text], bold: bool = False) -> float:
    """Pixels that the texts fill, one below the other."""
    indent = 0.0 if bold or len(texts) == 1 else INDENT * box.size
    lines = sum(len(wrapped(str(words), box.size, box.width - indent, bold)) for words in texts)
    return (lines * LINE + (len(texts) - 1) * box.between) * box.size


def _table_sized(box: Box, table: SmallTable) -> Box:
    for size in (24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12):
        height = sum(row_heights(table, box.width, size))
        if height <= box.height:
            break
    return Box(box.left, box.top, box.width, min(height, box.height), size)


def row_heights(table: SmallTable, width: float, size: float) -> list[float]:
    """Of the head and of every row, at `size` in a table of `width`."""
    heights = []
    for place, row in enumerate((table.head, *table.rows)):
        lines = max(
            len(wrapped(str(cell), size, width * share - 2 * CELL * size, bold=0 in (place, column)))
            for column, (cell, share) in enumerate(zip(row, table.shares, strict=True))
        )
        heights.append((lines * LINE + 2 * CELL) * size)
    return heights


def wrapped(words: str, size: float, width: float, bold: bool = False) -> list[str]:
    """The lines that `words` fill at `size` in `width`; a word that is wider than a line is broken."""
    room = width / size
    lines, line = [], ""
    for word in words.split():
        joined = f"{line} {word}" if line else word
        if _wide(joined, bold) <= room:
            line = joined
            continue
        if line:
            lines.append(line)
        line = ""
        for sign in word:
            if line and _wide(line + sign, bold) > room:
                lines.append(line)
                line = ""
            line += sign
    return [*lines, line]


@cache
def _wide(words: str, bold: bool) -> float:
    """Width of `words` in their size. A sign beyond the basic plane (an emoji) counts as wide as high."""
    plain = "".join(sign for sign in words if ord(sign) < 0x10000)
    return float(_font(bold).getlength(plain)) / MEASURED + 1.4 * (len(words) - len(plain))


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / name, MEASURED)
