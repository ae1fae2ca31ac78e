"""A deck as one HTML file that needs no other."""

import base64
from dataclasses import dataclass

from markupsafe import Markup

from classically_punk.reporting.pages.pictures import Picture
from classically_punk.reporting.pages.rendering import render
from classically_punk.reporting.slides.layout import Arrangement, Box, arranged
from classically_punk.reporting.slides.slide import Deck, Slide


@dataclass(frozen=True)
class Placed:
    """A slide, where its parts stand, and its picture as an element."""

    slide: Slide
    at: Arrangement
    image: Markup | None


def deck_html(deck: Deck) -> str:
    """The page: every slide below the other, which its script turns into one at a time."""
    slides = [Placed(slide, arranged(slide), _image(slide.picture) if slide.picture else None) for slide in deck.slides]
    return render("slides.html.j2", {"deck": deck, "slides": slides, "style": _style})


def _style(box: Box) -> Markup:
    """A box for the style sheet, which knows how many pixels a unit of the stage has."""
    size = f"--s:{box.size:g};--b:{box.between:g};" if box.size else ""
    return Markup("--x:{:.1f};--y:{:.1f};--w:{:.1f};--h:{:.1f};{}").format(
        box.left, box.top, box.width, box.height, size
    )


def _image(picture: Picture) -> Markup:
    data = base64.b64encode(picture.png()).decode("ascii")
    return Markup('<img src="data:image/png;base64,{}" alt="{}">').format(data, str(picture.alt))
