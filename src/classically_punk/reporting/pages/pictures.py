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

LARGEST_CHART = 150_000
"""Bytes. A picture that is larger is no chart but a spectrogram, which WebP stores in a third of them."""

WIDEST_IMAGE, QUALITY = 1000, 65
"""Pixels, and quality, of such a WebP."""


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
        reduced = self._opaque().quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        buffer = io.BytesIO()
        reduced.save(buffer, format="PNG", optimize=True)
        return buffer.getvalue()

    def small(self) -> tuple[str, bytes]:
        """Media type and bytes, as PNG or, where that is large, as WebP; the same bytes every time."""
        chart = self.png()
        if len(chart) <= LARGEST_CHART:
            return "image/png", chart
        buffer = io.BytesIO()
        self._opaque(WIDEST_IMAGE).save(buffer, format="WEBP", quality=QUALITY, method=6)
        return "image/webp", buffer.getvalue()

    def _opaque(self, widest: int = WIDEST) -> Image.Image:
        """On white, at no more than `widest` pixels."""
        with Image.open(self.path) as image:
            opaque = Image.new("RGB", image.size, "white")
            opaque.paste(image, mask=image.getchannel("A") if "A" in image.getbands() else None)
        if opaque.width <= widest:
            return opaque
        height = round(opaque.height * widest / opaque.width)
        return opaque.resize((widest, height), Image.Resampling.LANCZOS)

    def __html__(self) -> str:
        """A figure that needs no other file."""
        kind, content = self.small()
        data = base64.b64encode(content).decode("ascii")
        width, height = self.size()
        return Markup(
            '<figure><img src="data:{};base64,{}" width="{}" height="{}" alt="{}" loading="lazy">'
            "<figcaption>{}</figcaption></figure>"
        ).format(kind, data, width // 2, height // 2, str(self.alt), self.caption)
