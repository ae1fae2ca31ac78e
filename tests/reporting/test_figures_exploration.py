"""Figures of the corpus itself: what they show is what the tables say, for genres of any number and name."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from classically_punk.exploration.anatomy import Anatomy, number_row, picture_table
from classically_punk.exploration.clusters import agreement
from classically_punk.exploration.neighbours import tree_table
from classically_punk.reporting.figures import anatomy as figures_anatomy
from classically_punk.reporting.figures import exploration as figures_exploration
from classically_punk.reporting.figures import structure as figures_structure
from classically_punk.reporting.figures.anatomy import OVERVIEW, anatomy_stems
from classically_punk.reporting.figures.genre_colours import genre_style
from classically_punk.reporting.figures.style import house_style, save

ODD = ['r"n<b>', "$x^2$ & _hop", "🎺 brass", "x" * 60]
FORTY = [f"genre {number}" for number in range(40)]
COLUMNS = ["mfcc1_mean", "a_column_that_nobody_knows"]


def balance(genres: list[str]) -> pd.DataFrame:
    parts = {f"{measure}_{part}": np.nan for measure in ("duration", "loudness") for part in ("q1", "median", "q3")}
    table = pd.DataFrame({"genre": [*genres, ""], "found": 10.0, "flagged": 2.0, "rejected": 1.0, **parts})
    return table.assign(largest_artist_share=np.nan, duration_q1=9.0, duration_median=9.5, duration_q3=10.0)


def discriminative_rows() -> pd.DataFrame:
    return pd.DataFrame({"column": COLUMNS, "title": ["MFCC 1, mean", "$odd$ " * 9], "unit": ["dB", "1"], "eta2": 0.5})


def quartiles(genres: list[str]) -> pd.DataFrame:
    rows = pd.DataFrame(list(itertools.product(COLUMNS, genres)), columns=["column", "genre"])
    return rows.assign(q1=-1.0, median=np.arange(len(rows)) / 99, q3=1.5)


def densities(genres: list[str]) -> pd.DataFrame:
    x = np.linspace(-3, 3, 20)
    curves = [
        pd.DataFrame({"column": column, "genre": genre, "x": x, "density": np.exp(-(x**2))})
        for column, genre in itertools.product(COLUMNS, genres[:-1])  # the last genre has no curve
    ]
    return pd.concat(curves, ignore_index=True)


def correlation(count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = [f"c{number}" for number in range(count)]
    pairs = pd.DataFrame(list(itertools.product(names, names)), columns=["first", "second"]).assign(spearman=0.3)
    families = np.resize(["timbre", "rhythm", ""], count)
    columns = pd.DataFrame({"place": range(count), "column": names, "title": names, "family": families})
    return pairs, columns.assign(stands_for=2.0, selection="")


def places(genres: list[str], each: int = 8) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.array(genres, dtype=object), each)
    return pd.DataFrame(rng.normal(size=(len(labels), 4)), columns=["pca1", "pca2", "x", "y"]).assign(label=labels)


def variance() -> pd.DataFrame:
    share = np.array([0.6, 0.3, 0.1])
    return pd.DataFrame({"component": [1.0, 2.0, 3.0], "share": share, "cumulative": share.cumsum()})


def loadings() -> pd.DataFrame:
    return pd.DataFrame({"component": [1.0, 2.0], "words": ["more $a$, less b, more c", "less d"]})


def clusters() -> pd.DataFrame:
    methods = [("k-means", 4.0, 0.0, 0.3), ("agglomerative", np.nan, np.nan, np.nan), ("hdbscan", 2.0, 9.0, 0.1)]
    rows = [
        (method, count, noise, score, value, value - 0.2, value + 0.1)
        for (method, count, noise, value), score in itertools.product(methods, agreement(np.ones((1, 2, 2))))
    ]
    return pd.DataFrame(rows, columns=["method", "n_clusters", "n_noise", "score", "value", "low", "high"])


def contingency(genres: list[str]) -> pd.DataFrame:
    numbers = [str(number + 1) for number in range(len(genres))]
    rows = pd.DataFrame(list(itertools.product(numbers, genres)), columns=["cluster", "genre"])
    return rows.assign(method="k-means", count=np.arange(len(rows)) % 7.0)


def neighbours(genres: list[str]) -> pd.DataFrame:
    points = np.arange(len(genres))[:, None] ** 1.3
    distances = np.abs(points - points.T)
    trees = tree_table("distance", distances, genres), tree_table("confusion", distances / distances.max(), genres)
    return pd.concat(trees)


def anatomies(genres: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    def picture(rows: int, low: float = -80.0) -> np.ndarray:
        return np.linspace(low, 0 if low else 1, rows * 50, dtype=np.float32).reshape(rows, 50)

    found = Anatomy(
        waveform=picture(2, 0.0),
        notes=picture(84),
        mel=picture(96),
        harmonic=picture(48),
        percussive=picture(48),
        chroma=picture(12, 0.0),
        onsets=picture(1, 0.0),
        beats=np.array([0.5, 1.0]),
        seconds=2.0,
        tempo=0.0,
        harmonic_share=0.5,
        pitch_class="A",
        centroid=900.0,
        loudness=-12.0,
    )
    pictures = pd.concat([picture_table(genre, "c$1$", found) for genre in genres], ignore_index=True)
    numbers = pd.DataFrame([number_row(genre, "c$1$", found) for genre in genres])
    return pictures, numbers


def every_figure(genres: list[str]) -> dict[str, Callable[[], Figure]]:
    pictures, numbers = anatomies(genres[:10])
    structure, exploration = figures_structure, figures_exploration
    return {
        "balance": lambda: exploration.balance(balance(genres), "toy"),
        "distributions": lambda: exploration.distributions(
            discriminative_rows(), quartiles(genres), densities(genres), "toy"
        ),
        "correlation": lambda: exploration.correlation(*correlation(len(genres)), "toy"),
        "pca_variance": lambda: structure.pca_variance(variance(), "toy"),
        "pca_map": lambda: structure.pca_map(places(genres), variance(), loadings(), "toy"),
        "map": lambda: structure.neighbour_map(places(genres), "toy"),
        "clusters": lambda: structure.clusters(clusters(), "toy"),
        "cluster_contingency": lambda: structure.cluster_contingency(contingency(genres), "toy"),
        "neighbours": lambda: structure.neighbours(neighbours(genres), "toy"),
        "anatomy": lambda: figures_anatomy.anatomy(pictures, numbers, genres[0]),
        "anatomy_overview": lambda: figures_anatomy.anatomy_overview(pictures, numbers, "toy"),
    }


@pytest.mark.parametrize("name", every_figure(ODD))
def test_names_that_are_no_names_are_drawn_as_they_stand_and_twice_the_same(tmp_path: Path, name: str) -> None:
    for copy in ("one", "two"):
        with house_style():
            save(every_figure(ODD)[name](), tmp_path / copy, formats=("svg",))
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


@pytest.mark.parametrize("genres", [ODD[:2], FORTY], ids=["two", "forty"])
@pytest.mark.parametrize(
    "name", ["balance", "distributions", "correlation", "pca_map", "map", "cluster_contingency", "neighbours"]
)
def test_two_genres_and_forty(genres: list[str], name: str) -> None:
    with house_style():
        figure = every_figure(genres)[name]()
        figure.canvas.draw()
        assert max(figure.get_size_inches()) < 40
        assert not overlapping(figure)
        figure.clear()


def overlapping(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of names of rows, or of titles, that lie on each other."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    found = []
    for axes in figure.axes:
        labels = [label for label in axes.get_yticklabels() if label.get_text() and label.get_visible()]
        found += _crossing([(label.get_text(), label.get_window_extent(renderer)) for label in labels])
    titles = [(axes.get_title("left"), axes) for axes in figure.axes if axes.get_title("left")]
    return found + _crossing([(title, axes._left_title.get_window_extent(renderer)) for title, axes in titles])


def _crossing(boxes: list[tuple[str, Bbox]]) -> list[tuple[str, str]]:
    return [
        (first, second)
        for (first, here), (second, there) in itertools.combinations(boxes, 2)
        if min(here.x1, there.x1) - max(here.x0, there.x0) > 1 and min(here.y1, there.y1) - max(here.y0, there.y0) > 1
    ]


@pytest.mark.parametrize("count", [2, 10, 40])
def test_names_on_the_map_do_not_lie_on_each_other(count: int) -> None:
    with house_style():
        figure = figures_structure.neighbour_map(places(FORTY[:count]), "toy")
        figure.canvas.draw()
        renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
        texts = [(text.get_text(), text.get_window_extent(renderer)) for text in figure.axes[0].texts]
    assert len(texts) == count
    assert not _crossing(texts)


def test_the_tree_ends_at_the_heights_of_the_table() -> None:
    table = neighbours(ODD)
    with house_style():
        panel = figures_structure.neighbours(table, "toy").axes[0]
    upright = [line for line in panel.lines if line.get_xdata()[0] == line.get_xdata()[1]]
    assert [line.get_xdata()[0] for line in upright] == pytest.approx(table["height"].iloc[: len(ODD) - 1].tolist())
    shown = [label.get_text() for label in panel.get_yticklabels()]
    order = json.loads(table[table["kind"] == "distance"].iloc[-1]["members"])
    assert len(shown) == len(order)


def test_a_cluster_of_one_genre_stands_on_the_diagonal() -> None:
    rows = [
        ("k-means", "1", "b", 9.0),
        ("k-means", "2", "a", 7.0),
        ("k-means", "1", "a", 0.0),
        ("k-means", "2", "b", 0.0),
    ]
    table = pd.DataFrame(rows, columns=["method", "cluster", "genre", "count"])
    with house_style():
        axes = figures_structure.cluster_contingency(table, "toy").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cluster 2", "cluster 1"]


def test_no_two_of_a_hundred_genres_look_the_same_and_ten_differ_in_both() -> None:
    hundred = genre_style(f"{number:03d}" for number in range(100))
    assert len(set(hundred.values())) == 100
    ten = genre_style(f"{number:03d}" for number in range(10))
    assert len({style.colour for style in ten.values()}) == len({style.marker for style in ten.values()}) == 10


def test_every_genre_has_a_file_name_of_its_own_of_plain_letters() -> None:
    stems = anatomy_stems(["Hip-Hop", "hip/hop", "🎺", "../..", "x" * 90, "x" * 91, "overview"])
    assert len(set(stems.values())) == len(stems)
    assert OVERVIEW not in stems.values()
    assert stems["Hip-Hop"] == "anatomy_hip_hop"
    assert all(stem.replace("_", "").isalnum() and stem.isascii() for stem in stems.values())
