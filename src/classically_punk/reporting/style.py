"""One look for all figures, readable for the colour-blind and in grey print, and the same bytes on every run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from classically_punk.foundation.writing import atomic_path

# Okabe & Ito 2008, "Color universal design": told apart with every common kind of colour blindness.
PROTOCOL_COLOURS = {
    "artist": "#0072B2",
    "clip": "#009E73",
    "fault_filtered": "#CC79A7",
    "segment_random": "#D55E00",
}
PROTOCOL_MARKERS = {"artist": "o", "clip": "s", "fault_filtered": "D", "segment_random": "X"}
PROTOCOL_TITLES = {
    "artist": "artist: no artist on both sides",
    "clip": "clip: no recording on both sides",
    "fault_filtered": "fault_filtered: known faults left out",
    "segment_random": "segment_random: leaky, pieces of\none song on both sides",
}
SEQUENTIAL = "Blues"
DIVERGING = "PuOr_r"

STYLE: dict[Any, object] = {
    "axes.axisbelow": True,
    "axes.grid": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every machine
    "font.size": 10,
    "savefig.dpi": 150,
    "svg.fonttype": "path",
    "svg.hashsalt": "classically-punk",
}


_SILENT: dict[str, dict[str, Any]] = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}


@contextmanager
def house_style() -> Iterator[None]:
    """Draws in the style above, without a display."""
    mpl.use("Agg")
    with mpl.rc_context(STYLE):
        yield


def save(figure: Figure, stem: Path, formats: Sequence[str] = ("png", "svg")) -> None:
    """Writes `stem`.png and `stem`.svg without a date or the name of the writer, and closes the figure."""
    for kind in formats:
        with atomic_path(stem.with_suffix(f".{kind}")) as temporary:
            figure.savefig(temporary, format=kind, metadata=_SILENT[kind])
        figure.set_layout_engine("none")  # the first drawing has laid it out: the second keeps what stands where
    plt.close(figure)
