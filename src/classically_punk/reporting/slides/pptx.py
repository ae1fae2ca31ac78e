"""A deck as a PowerPoint file: real text, real tables, pictures with alternative text, notes; the same bytes always."""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation as Document
from pptx.shapes.base import BaseShape
from pptx.slide import Slide as Page
from pptx.slide import SlideLayout
from pptx.text.text import TextFrame
from pptx.util import Emu, Pt

from classically_punk.reporting.pages.text import Text
from classically_punk.reporting.slides.layout import (
    CELL,
    HEIGHT,
    INDENT,
    INNER,
    MARGIN,
    WIDTH,
    Box,
    arranged,
    row_heights,
)  # fmt: skip
from classically_punk.reporting.slides.slide import Deck, Slide, SmallTable

EMU = 9525
"""Of PowerPoint's units, in a pixel of the stage: 1280 px are 13 1/3 inches."""

POINTS = 0.75
"""Of type, in a pixel of the stage."""

INK, SOFT, ACCENT, DEEP, TINT, WHITE, SKY = (
    RGBColor.from_string(colour) for colour in ("17212B", "5A6672", "0072B2", "10324A", "EEF3F8", "FFFFFF", "9FD4F5")
)
STAMP = datetime(1980, 1, 1)
"""The oldest date that a zip can hold stands for every date in the file: when it was made is no result."""

FONT = "Calibri"
TITLE_AND_CONTENT, TITLE_ONLY = 1, 5
"""Places of these layouts in the template of python-pptx."""


def deck_pptx(deck: Deck) -> bytes:
    """The file. Titles and points stand in placeholders, so that the outline view shows them."""
    document = Presentation()
    document.slide_width, document.slide_height = Emu(WIDTH * EMU), Emu(HEIGHT * EMU)
    _widen(document)
    _describe(document, str(deck.title))
    for slide in deck.slides:
        _add(document, slide, deck.title)
    buffer = io.BytesIO()
    document.save(buffer)
    return _stable(buffer.getvalue())


def _widen(document: Document) -> None:
    """The template is 4:3: its master and layouts get the width, and the titles the look, of the stage."""
    master = document.slide_master
    for part in (master, *master.slide_layouts):
        for shape in part.placeholders:
            own = shape.element.spPr.find(qn("a:xfrm"))
            if own is None:
                continue
            if shape.placeholder_format.type == 1:  # a title
                _place(shape, Box(MARGIN, 44, INNER, 104))
            else:
                shape.left, shape.width = Emu(shape.left * 4 // 3), Emu(shape.width * 4 // 3)
    package = document.part.package
    for key, relation in list(package._rels.items()):
        if relation.reltype.endswith("/thumbnail"):  # shows an empty slide of the template
            package._rels.pop(key)


def _describe(document: Document, title: str) -> None:
    known = document.core_properties
    known.title, known.author, known.last_modified_by = title, "Classically Punk", "Classically Punk"
    known.subject, known.keywords, known.language = "Music genres by linear regression", "", "en-GB"
    known.created = known.modified = STAMP
    known.revision = 1


def _add(document: Document, slide: Slide, corpus: Text) -> None:
    at = arranged(slide)
    layouts = document.slide_layouts
    layout: SlideLayout = layouts[TITLE_AND_CONTENT if at.points else TITLE_ONLY]
    page = document.slides.add_slide(layout)
    page.background.fill.solid()
    page.background.fill.fore_color.rgb = DEEP if slide.cover else WHITE
    _rectangle(page, "Band", Box(0, 0, WIDTH, 8), SKY if slide.cover else ACCENT)
    if at.panel:
        _rectangle(page, "Panel edge", Box(at.panel.left, at.panel.top, 6, at.panel.height), ACCENT)
        _rectangle(page, "Panel", at.panel, TINT)
    title = page.shapes.title
    assert title is not None
    _fill(title, at.title, [slide.title], WHITE if slide.cover else DEEP, bold=True)
    if at.points:
        points = page.placeholders[1]
        bullets = len(slide.points) > 1 and not slide.cover
        _fill(points, at.points, slide.points, WHITE if slide.cover else INK, bullets=bullets)
        if slide.cover:
            points.text_frame.paragraphs[0].runs[0].font.color.rgb = SKY
    if slide.big and at.number and at.number_words:
        _fill(_text_box(page, "Number"), at.number, [slide.big.number], ACCENT, bold=True)
        _fill(_text_box(page, "What the number is"), at.number_words, [slide.big.words], SOFT)
    if slide.table and at.table:
        _table(page, slide.table, at.table)
    if slide.picture and at.picture:
        place = at.picture
        picture = page.shapes.add_picture(io.BytesIO(slide.picture.png()), *_emu(place))
        picture._element.nvPicPr.cNvPr.set("descr", str(slide.picture.alt))
        picture.name = "Figure"
    _foot(page, corpus, SKY if slide.cover else SOFT)
    notes = page.notes_slide.notes_text_frame
    assert notes is not None
    notes.text = "\n".join(map(str, slide.notes))


def _rectangle(page: Page, name: str, box: Box, colour: RGBColor) -> None:
    """A plain area behind everything that was placed before it."""
    area = page.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_emu(box))
    area.fill.solid()
    area.fill.fore_color.rgb = colour
    area.line.fill.background()
    area.shadow.inherit = False
    area.name = name
    page.shapes._spTree.remove(area._element)
    page.shapes._spTree.insert(2, area._element)


def _text_box(page: Page, name: str) -> BaseShape:
    box = page.shapes.add_textbox(0, 0, 1, 1)
    box.name = name
    return box


def _foot(page: Page, corpus: Text, colour: RGBColor) -> None:
    _fill(_text_box(page, "Corpus"), Box(MARGIN, 676, INNER * 0.8, 28, 16), [corpus], colour)
    number = _text_box(page, "Slide number")
    _place(number, Box(MARGIN + INNER * 0.8, 676, INNER * 0.2, 28))
    frame = number.text_frame
    _plain(frame)
    paragraph = frame.paragraphs[0]
    paragraph._p.append(
        parse_xml(
            f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
            f'<a:rPr lang="en-GB" sz="{round(16 * POINTS * 100)}">'
            f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:rPr>'
            "<a:t>\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}#\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
            "</a:t></a:fld>"
        )
    )
    paragraph._p.get_or_add_pPr().set("algn", "r")


def _fill(
    shape: BaseShape, box: Box, texts: Iterable[Text], colour: RGBColor, bold: bool = False, bullets: bool = False
) -> None:
    _place(shape, box)
    frame = shape.text_frame
    _plain(frame)
    for place, words in enumerate(texts):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.line_spacing = 1.0
        paragraph.space_before = Pt(round(box.between * box.size * POINTS) if place else 0)
        _write(paragraph, words, box.size, colour, bold)
        properties = paragraph._p.get_or_add_pPr()
        properties.set("algn", "l")
        indent = round(INDENT * box.size * EMU) if bullets else 0
        properties.set("marL", str(indent))
        properties.set("indent", str(-indent))
        if bullets:
            properties.append(parse_xml(f'<a:buClr {nsdecls("a")}><a:srgbClr val="{ACCENT}"/></a:buClr>'))
            properties.append(parse_xml(f'<a:buFont {nsdecls("a")} typeface="Arial"/>'))
            properties.append(parse_xml(f'<a:buChar {nsdecls("a")} char="\N{BLACK SMALL SQUARE}"/>'))
        else:
            properties.append(parse_xml(f"<a:buNone {nsdecls('a')}/>"))


def _write(paragraph: object, words: Text, size: float, colour: RGBColor, bold: bool = False) -> None:
    run = paragraph.add_run()  # type: ignore[attr-defined]
    run.text = str(words)
    run.font.size = Pt(size * POINTS)
    run.font.bold = bold
    run.font.name = FONT
    run.font.color.rgb = colour


def _plain(frame: TextFrame) -> None:
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0


def _table(page: Page, table: SmallTable, place: Box) -> None:
    rows = (table.head, *table.rows)
    shape = page.shapes.add_table(len(rows), len(table.head), *_emu(place))
    shape.name = "Table"
    grid = shape.table
    for column, share in zip(grid.columns, table.shares, strict=True):
        column.width = Emu(round(place.width * share * EMU))
    for row, height in zip(grid.rows, row_heights(table, place.width, place.size), strict=True):
        row.height = Emu(round(height * EMU))
    for down, row_of_texts in enumerate(rows):
        for across, words in enumerate(row_of_texts):
            cell = grid.cell(down, across)
            cell.margin_left = cell.margin_right = cell.margin_top = cell.margin_bottom = Emu(
                round(CELL * place.size * EMU)
            )
            cell.fill.solid()
            cell.fill.fore_color.rgb = DEEP if down == 0 else TINT if down % 2 == 0 else WHITE
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.line_spacing = 1.0
            _write(paragraph, words, place.size, WHITE if down == 0 else INK, bold=down == 0 or across == 0)


def _place(shape: BaseShape, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = _emu(box)


def _emu(box: Box) -> tuple[Emu, Emu, Emu, Emu]:
    left, top, width, height = (Emu(round(side * EMU)) for side in (box.left, box.top, box.width, box.height))
    return left, top, width, height


def _stable(content: bytes) -> bytes:
    """The same zip with its members in order and dated `STAMP`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as found, zipfile.ZipFile(buffer, "w") as written:
        for name in sorted(found.namelist()):
            member = zipfile.ZipInfo(name, date_time=STAMP.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            member.create_system = 3
            written.writestr(member, found.read(name))
    return buffer.getvalue()
