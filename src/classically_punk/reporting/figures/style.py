"""One look for all figures, readable for the colour-blind and in grey print, and the same bytes on every run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from classically_punk.contracts.protocols import PROTOCOLS, by_prominence
from classically_punk.foundation.writing import atomic_path

# Okabe & Ito 2008, "Color universal design": told apart with every common kind of colour blindness.
_LOOKS = (
    ("#D55E00", "X"), ("#009E73", "s"), ("#0072B2", "o"), ("#CC79A7", "D"), ("#E69F00", "^"), ("#56B4E9", "v"),
    ("#000000", "P"),
)  # fmt: skip
SEQUENTIAL = "Blues"
DIVERGING = "PuOr_r"


class Look(NamedTuple):
    """How figures draw a protocol."""

    colour: str
    marker: str


def protocol_look(name: str) -> Look:
    """The look of a protocol, by its place among all; from the eighth on looks repeat. Raises ValueError as below."""
    return Look(*_LOOKS[list(PROTOCOLS).index(name) % len(_LOOKS)])


def drawn_protocols(table: pd.DataFrame) -> list[str]:
    """The protocols of `table`, column `protocol`, the headline's first.

    Raises ValueError when the table names one that is not in the registry: a figure leaves none out silently.
    """
    found = set(table["protocol"])
    if unknown := sorted(found - set(PROTOCOLS)):
        raise ValueError(f"protocol {unknown[0]!r} has no entry in contracts.protocols")
    return [each.name for each in by_prominence() if each.name in found]


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
