"""Figures on their way into a page: their bytes, small, with alternative text."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup
from PIL import Image

from classically_punk.reporting.pages.text import Text

WIDEST = 1200
"""Pixels: twice the width of a column of text, for sharp screens and for print."""

COLOURS = 96
"""Of the palette that a picture is reduced to: charts have few, and the file shrinks to a third."""


@dataclass(frozen=True)
class Picture:
    """path : a PNG; alt : what it says, for those who cannot see it; caption : how to read it"""

    path: Path
    alt: Text
    caption: Text

    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        with Image.open(self.path) as image:
            return image.size

    def png(self) -> bytes:
        """The picture at no more than `WIDEST` pixels and `COLOURS` colours; the same bytes every time."""
        with Image.open(self.path) as image:
            opaque = Image.new("RGB", image.size, "white")
            opaque.paste(image, mask=image.getchannel("A") if "A" in image.getbands() else None)
        if opaque.width > WIDEST:
            height = round(opaque.height * WIDEST / opaque.width)
            opaque = opaque.resize((WIDEST, height), Image.Resampling.LANCZOS)
        reduced = opaque.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        buffer = io.BytesIO()
        reduced.save(buffer, format="PNG", optimize=True)
        return buffer.getvalue()

    def __html__(self) -> str:
        """A figure that needs no other file."""
        data = base64.b64encode(self.png()).decode("ascii")
        width, height = self.size()
        return Markup(
            '<figure><img src="data:image/png;base64,{}" width="{}" height="{}" alt="{}" loading="lazy">'
            "<figcaption>{}</figcaption></figure>"
        ).format(data, width // 2, height // 2, str(self.alt), self.caption)
