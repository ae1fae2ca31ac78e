"""The PowerPoint file says what the page says, in real text, and is the same file every time."""

import io
import re
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from lxml import html as parser
from PIL import Image
from pptx import Presentation
from pptx.shapes.base import BaseShape
from pptx.slide import Slide as Page

from classically_punk.reporting.pages.pictures import Picture
from classically_punk.reporting.pages.text import Name, text
from classically_punk.reporting.slides.deck import Deck, Slide, build_deck
from classically_punk.reporting.slides.html import deck_html
from classically_punk.reporting.slides.layout import wrapped
from classically_punk.reporting.slides.pptx import deck_pptx
from classically_punk.reporting.slides.slide import SmallTable
from tests.reporting.pages.corpora import HOSTILE, REPOSITORY, Drawn

CORPORA = ("demo", "gtzan_published")
EMU_OF_A_POINT = 12700
EMU_OF_A_PIXEL = 9525
NUMBER = re.compile(r"[\d.]*\d")


@cache
def deck(corpus: str) -> Deck:
    return build_deck(Drawn(corpus, REPOSITORY))


@cache
def content(corpus: str) -> bytes:
    return deck_pptx(deck(corpus))


def pages(found: bytes) -> list[Page]:
    return list(Presentation(io.BytesIO(found)).slides)


def said(page: Page) -> str:
    """Everything that a slide says; the number of the slide is a field, and not part of it."""
    words = [shape.text_frame.text for shape in page.shapes if shape.has_text_frame and shape.name != "Slide number"]
    for shape in page.shapes:
        if shape.has_table:
            words += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(words)


@pytest.mark.parametrize("corpus", CORPORA)
def test_titles_and_numbers_are_those_of_the_page(corpus: str) -> None:
    words = Deck(deck(corpus).title, tuple(replace(slide, picture=None) for slide in deck(corpus).slides))
    sections = parser.fromstring(deck_html(words)).findall(".//section")
    found = pages(content(corpus))
    assert len(found) == len(sections) > 0
    for page, section in zip(found, sections, strict=True):
        assert page.shapes.title.text_frame.text == section.find(".//h2").text_content()
        stage = section.find("div").text_content()
        assert sorted(NUMBER.findall(said(page))) == sorted(NUMBER.findall(stage))
        notes = " ".join(section.find("aside").text_content().split())
        assert " ".join(page.notes_slide.notes_text_frame.text.split()) == notes != ""


@pytest.mark.parametrize("corpus", CORPORA)
def test_every_picture_has_alternative_text(corpus: str) -> None:
    pictures = [shape for page in pages(content(corpus)) for shape in page.shapes if shape.shape_type == 13]
    assert len(pictures) > 6
    for shape in pictures:
        assert len(shape._element.nvPicPr.cNvPr.get("descr")) > 20


def test_points_stand_in_the_outline() -> None:
    for page, slide in zip(pages(content("demo")), deck("demo").slides, strict=True):
        if slide.points:
            assert page.placeholders[1].text_frame.text.split("\n") == [str(point) for point in slide.points]


def test_two_builds_are_the_same_bytes() -> None:
    corpus = "gtzan_published"
    assert deck_pptx(build_deck(Drawn(corpus, REPOSITORY))) == content(corpus)


def test_no_date_of_today_is_in_the_file() -> None:
    with zipfile.ZipFile(io.BytesIO(content("demo"))) as found:
        assert {member.date_time for member in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert found.namelist() == sorted(found.namelist())
        years = re.findall(rb"\b(\d{4})-\d\d-\d\dT", found.read("docProps/core.xml"))
    assert set(years) == {b"1980"}


@pytest.mark.parametrize("corpus", CORPORA)
def test_words_fit_into_their_boxes(corpus: str) -> None:
    for page in pages(content(corpus)):
        fits(page)


def test_a_hostile_deck_is_written_as_it_stands(tmp_path: Path) -> None:
    Image.new("RGB", (900, 700), "navy").save(tmp_path / "figure.png")
    hostile = text("{x}", x=Name(HOSTILE))
    figure = Picture(tmp_path / "figure.png", hostile, hostile)
    table = SmallTable((hostile, hostile), ((hostile, hostile),) * 3, (0.5, 0.5))
    made = Deck(
        hostile,
        (
            Slide("picture", hostile, (hostile, hostile), figure, notes=(hostile,)),
            Slide("table", hostile, table=table, notes=(hostile,)),
        ),
    )
    found = pages(deck_pptx(made))
    assert [page.shapes.title.text_frame.text for page in found] == [HOSTILE, HOSTILE]
    picture = next(shape for shape in found[0].shapes if shape.shape_type == 13)
    assert picture._element.nvPicPr.cNvPr.get("descr") == HOSTILE
    for page in found:
        fits(page)


def fits(page: Page) -> None:
    """No shape leaves the slide, and no text its shape, in a font wider than the one that is named."""
    for shape in page.shapes:
        assert min(shape.left, shape.top) >= 0
        assert shape.left + shape.width <= 1280 * EMU_OF_A_PIXEL + 1
        assert shape.top + shape.height <= 720 * EMU_OF_A_PIXEL + 1
        if shape.has_text_frame and shape.name != "Slide number" and shape.text_frame.text:
            assert height(shape) <= shape.height / EMU_OF_A_POINT + 0.5
        if shape.has_table:
            rows = sum(row.height for row in shape.table.rows)
            assert shape.top + rows <= 676 * EMU_OF_A_PIXEL


def height(shape: BaseShape) -> float:
    """Points that the text of a shape fills."""
    filled = 0.0
    for paragraph in shape.text_frame.paragraphs:
        font = paragraph.runs[0].font
        room = (shape.width - int(paragraph._p.pPr.get("marL", "0"))) / EMU_OF_A_POINT
        before = paragraph.space_before.pt if paragraph.space_before else 0.0
        filled += before + len(wrapped(paragraph.text, font.size.pt, room, bool(font.bold))) * font.size.pt * 1.22
    return filled
