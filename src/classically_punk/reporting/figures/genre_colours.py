"""A colour and a marker for each genre: colours that the colour-blind tell apart, markers for grey print."""

from collections.abc import Iterable
from typing import NamedTuple

# Okabe & Ito 2008, "Color universal design", and two greys
COLOURS = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#000000",
    "#F0E442",
    "#7F7F7F",
    "#BDBDBD",
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">")


class GenreStyle(NamedTuple):
    """A colour and a marker of matplotlib."""

    colour: str
    marker: str


def genre_style(genres: Iterable[str]) -> dict[str, GenreStyle]:
    """Genre -> style, the same for the same set of genres; up to a hundred genres no pair of the two is used twice."""
    found = {}
    for place, genre in enumerate(sorted(set(genres))):
        turn = place // len(COLOURS)
        found[genre] = GenreStyle(COLOURS[place % len(COLOURS)], MARKERS[(place + turn) % len(MARKERS)])
    return found
