"""Figures: the same bytes on every run, without a date or a writer, for corpora of every shape."""

import re
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.reporting.figures import results as figures
from classically_punk.reporting.figures.style import (
    house_style,
    protocol_look,
    save,
)
from classically_punk.reporting.readme import FOLDER, PICTURES

REPOSITORY = Path(__file__).resolve().parents[2]
ODD_NAMES = ['r"n<b>', "hip & hop", "🎺 brass", "x" * 60]


def scores(protocols: list[str]) -> pd.DataFrame:
    rows = [("accuracy", 0.5, 0.4, 0.6), ("macro_f1", 0.4, 0.3, 0.5)]
    return pd.DataFrame(
        [(protocol, *row, 100, 10) for protocol in protocols for row in rows],
        columns=["protocol", "score", "value", "low", "high", "n", "n_groups"],
    )


def recall(genres: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"protocol": "clip", "genre": genres, "recall": 0.5, "low": np.nan, "high": np.nan, "n": 5})


def confusion(genres: list[str]) -> pd.DataFrame:
    pairs = [(a, b, 3.0 * (a == b) + 1, 0.5) for a in genres for b in genres]
    table = pd.DataFrame(pairs, columns=["actual", "predicted", "count", "share"])
    return table.assign(protocol="clip")


def coefficients(genres: list[str]) -> pd.DataFrame:
    columns = [f"column{number}" for number in range(40)]
    rows = [(g, c, i / 40 - j) for j, g in enumerate(genres) for i, c in enumerate(columns)]
    return pd.DataFrame(rows, columns=["genre", "column", "coefficient"])


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_same_bytes_twice(tmp_path: Path, suffix: str) -> None:
    for name in ("one", "two"):
        with house_style():
            save(figures.accuracy_by_protocol(scores(["artist", "clip"]), "toy"), tmp_path / name)
    assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


def test_no_writer_and_no_date(tmp_path: Path) -> None:
    with house_style():
        save(figures.confusion(confusion(["a", "b"]), "clip", "toy"), tmp_path / "figure")
    with Image.open(tmp_path / "figure.png") as image:
        assert not {"Software", "Creation Time", "date"} & set(image.info)
    svg = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert "matplotlib.org" not in svg
    assert "Matplotlib v" not in svg
    assert not re.search(r"\d{4}-\d\d-\d\dT", svg)


@pytest.mark.parametrize("genres", [["blues", "jazz"], ODD_NAMES, [f"genre {n:02}" for n in range(40)]])
@pytest.mark.filterwarnings("error", "ignore:Glyph .* missing from font")
def test_every_figure_draws_for_every_kind_of_corpus(tmp_path: Path, genres: list[str]) -> None:
    with house_style():
        drawn = {
            "recall": figures.recall_by_genre(recall(genres), "clip", "toy"),
            "confusion": figures.confusion(confusion(genres), "clip", "toy"),
            "coefficients": figures.coefficients(coefficients(genres), {"column1": "Column one"}, "toy"),
        }
        for name, figure in drawn.items():
            save(figure, tmp_path / name, formats=("png",))
            pixels = matplotlib.image.imread(tmp_path / f"{name}.png")
            assert pixels[..., :3].std() > 0.01, f"{name} is blank"


def test_the_strongest_columns_are_shown_strongest_first() -> None:
    with house_style():
        (axes, _) = figures.coefficients(coefficients(["a", "b"]), {"column0": "The strongest"}, "toy").axes
    shown = [label.get_text() for label in axes.get_yticklabels()]
    assert len(shown) == figures.STRONGEST
    assert shown[0] == "The strongest"  # -1 per deviation for genre b; column39 has -.025 and .975


def test_an_interval_is_drawn_where_the_table_has_one() -> None:
    with house_style():
        (axes,) = figures.accuracy_by_protocol(scores(["artist"]), "toy").axes
    assert any(np.allclose(line.get_xdata(), [0.4, 0.6]) for line in axes.lines)


def test_protocols_are_told_apart_by_colour_and_by_shape() -> None:
    looks = [protocol_look(name) for name in PROTOCOLS]
    assert len({look.marker for look in looks}) == len({look.colour for look in looks}) == len(PROTOCOLS)


def test_a_protocol_that_the_registry_lacks_is_no_empty_place_in_a_figure() -> None:
    with pytest.raises(ValueError, match="'moonlight' has no entry"):
        figures.accuracy_by_protocol(scores(["artist", "moonlight"]), "toy")


@pytest.mark.parametrize("stem", PICTURES)
def test_a_picture_of_the_readme_is_what_the_tables_say(tmp_path: Path, stem: str) -> None:
    with house_style():
        save(PICTURES[stem](REPOSITORY), tmp_path / "now", formats=("png",))
    committed = matplotlib.image.imread((REPOSITORY / FOLDER / stem).with_suffix(".png"))
    now = matplotlib.image.imread(tmp_path / "now.png")
    assert committed.shape == now.shape, "run `punk readme`"
    assert np.abs(committed - now).mean() < 1e-3, "run `punk readme`"
