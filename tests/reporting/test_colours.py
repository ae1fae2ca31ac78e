"""Colours of the figures as the colour-blind and a grey printer see them.

Simulated after Machado, Oliveira & Fernandes 2009, "A physiologically-based model for simulation of color vision
deficiency" (their matrices for complete deficiency, applied to linear RGB). Differences are Euclidean in CIE L*a*b*
(D65): 2.3 is just noticeable, and ten is seen without looking twice.
"""

import itertools
from collections.abc import Mapping

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.reporting.figures.genre_colours import genre_style
from classically_punk.reporting.figures.models import GREY, OLS_COLOUR, OTHER_COLOUR
from classically_punk.reporting.figures.style import protocol_look

SEEN = 10.0
MACHADO = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "full sight": np.eye(3).tolist(),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])


def linear(colour: str) -> np.ndarray:
    values = np.array(to_rgb(colour))
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    ratio = XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, other: str, sight: str) -> float:
    matrix = np.array(MACHADO[sight])
    return float(np.linalg.norm(lab(matrix @ linear(one)) - lab(matrix @ linear(other))))


def confused(colours: Mapping[str, str], sight: str) -> set[frozenset[str]]:
    pairs = itertools.combinations(colours, 2)
    return {frozenset(pair) for pair in pairs if apart(colours[pair[0]], colours[pair[1]], sight) < SEEN}


def test_white_and_black_are_a_hundred_apart() -> None:
    assert apart("white", "black", "full sight") == pytest.approx(100, abs=0.1)


def test_the_simulation_confuses_the_red_and_green_that_are_known_for_it() -> None:
    assert apart("#E0301E", "#7A8B00", "full sight") > 40
    assert apart("#E0301E", "#7A8B00", "deuteranopia") < apart("#E0301E", "#7A8B00", "full sight") / 2


@pytest.mark.parametrize("sight", MACHADO)
def test_protocols_are_told_apart_by_colour(sight: str) -> None:
    assert confused({name: protocol_look(name).colour for name in PROTOCOLS}, sight) == set()


@pytest.mark.parametrize("sight", MACHADO)
def test_the_regression_its_rival_and_the_rest_are_told_apart(sight: str) -> None:
    assert confused({"ols": OLS_COLOUR, "other": OTHER_COLOUR, "grey": to_hex_grey(GREY)}, sight) == set()


def to_hex_grey(level: str) -> str:
    return "#" + f"{round(255 * float(level)):02x}" * 3


@pytest.mark.parametrize("sight", MACHADO)
def test_genres_that_share_a_colour_to_someone_differ_in_marker(sight: str) -> None:
    style = genre_style([f"genre {number}" for number in range(10)])
    pairs = confused({genre: colour for genre, (colour, _) in style.items()}, sight)
    same = [pair for pair in map(sorted, pairs) if style[pair[0]][1] == style[pair[1]][1]]
    assert not same


def test_in_grey_print_markers_tell_what_grey_does_not() -> None:
    assert len({protocol_look(name).marker for name in PROTOCOLS}) == len(PROTOCOLS)
    style = genre_style([f"genre {number}" for number in range(10)])
    assert len({marker for _, marker in style.values()}) == len(style)
