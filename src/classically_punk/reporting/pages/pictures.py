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

LARGEST_CHART = 110_000
"""Bytes. A picture that is larger is no chart but a spectrogram, which a lossy format stores in a third of them."""

WIDEST_IN_PAGE, QUALITY = 940, 62
"""Pixels, and quality where it is lossy, of a picture inside a page."""


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
        buffer = io.BytesIO()
        self._reduced(WIDEST).save(buffer, format="PNG", optimize=True)
        return buffer.getvalue()

    def webp(self) -> bytes:
        """As `png`, smaller: for pages. Charts keep every pixel, spectrograms what the eye sees."""
        buffer = io.BytesIO()
        self._reduced(WIDEST_IN_PAGE).convert("RGB").save(buffer, format="WEBP", lossless=True, quality=80, method=4)
        if buffer.tell() > LARGEST_CHART:
            buffer = io.BytesIO()
            self._opaque(WIDEST_IN_PAGE).save(buffer, format="WEBP", quality=QUALITY, method=4)
        return buffer.getvalue()

    def _reduced(self, widest: int) -> Image.Image:
        return self._opaque(widest).quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)

    def _opaque(self, widest: int) -> Image.Image:
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
        data = base64.b64encode(self.webp()).decode("ascii")
        width, height = self.size()
        return Markup(
            '<figure><img src="data:image/webp;base64,{}" width="{}" height="{}" alt="{}">'
            "<figcaption>{}</figcaption></figure>"
        ).format(data, width // 2, height // 2, str(self.alt), self.caption)
