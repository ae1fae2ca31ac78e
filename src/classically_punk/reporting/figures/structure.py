"""Figures of structure found without labels: components, maps, clusters, neighbours."""

import json

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from scipy.optimize import linear_sum_assignment

from classically_punk.contracts.classifier import FloatArray
from classically_punk.reporting.figures.genre_colours import genre_style
from classically_punk.reporting.figures.results import short_name
from classically_punk.reporting.figures.style import SEQUENTIAL

BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
BARS = 25  # components that are drawn
EXPLAINED = 0.9
MIDDLE = 1000  # clips of a genre among which its middle is sought
WORDS = 52  # letters of a line under an axis
MANY = 16  # genres from which a table is set small
LEGEND = 12  # genres that a legend holds; of more, only the middles are named
LARGER = {"P": 1.4, "X": 1.4, "*": 2.2, "D": 0.9}  # markers that look smaller than others of their size
SCORES = {
    "adjusted_rand_index": ("adjusted Rand index", BLUE, "o"),
    "normalised_mutual_information": ("normalised mutual information", ORANGE, "s"),
    "v_measure": ("V-measure", GREEN, "^"),
}
NAME = (0.17, 0.045)  # width and height of a genre's name, of the cloud of points
METHODS = {"k-means": "k-means", "agglomerative": "Ward's tree", "hdbscan": "HDBSCAN"}


def pca_variance(table: pd.DataFrame, corpus: str) -> Figure:
    """What share of the columns' variance each principal component holds. table : component, share, cumulative"""
    shown = table.head(BARS)
    enough = int((table["cumulative"] < EXPLAINED - 1e-9).sum()) + 1
    figure, axes = plt.subplots(figsize=(8, 4))
    axes.bar(shown["component"], 100 * shown["share"], color="#56B4E9", label="each component")
    axes.plot(shown["component"], 100 * shown["cumulative"], "o-", color=BLUE, markersize=4, label="up to here")
    axes.axhline(100 * EXPLAINED, color="0.6", linestyle=":", linewidth=1.2)
    axes.set_ylim(0, 103)
    axes.set_xlim(0.4, max(len(shown), 2) + 0.6)
    axes.set_xticks([number for number in shown["component"] if number in (1, 2, 3) or number % 5 == 0])
    axes.set_ylabel("share of the variance, %")
    axes.set_xlabel(f"principal component; {enough} of {len(table)} hold 90 % of the variance (dotted)")
    axes.legend(frameon=False, fontsize=9, loc="center right")
    axes.set_title(f"How many directions the columns really have: {corpus}")
    return figure


def pca_map(places: pd.DataFrame, variance: pd.DataFrame, loadings: pd.DataFrame, corpus: str) -> Figure:
    """All clips on the first two principal components.

    places : columns label, pca1, pca2; variance : component, share; loadings : component, words
    """
    figure, axes = plt.subplots(figsize=(8.6, 5.8))
    _scatter(figure, axes, places, "pca1", "pca2")
    share = variance.set_index("component")["share"]
    words = loadings.drop_duplicates("component").set_index("component")["words"]
    for number, name in ((1, axes.set_xlabel), (2, axes.set_ylabel)):
        held = f" ({100 * share[number]:.0f} % of the variance)" if number in share.index else ""
        said = "\n" + _broken(words[number]) if number in words.index else ""
        name(f"component {number}{held}{said}", fontsize=9)
    axes.set_title(f"Clips along the two strongest directions: {corpus}", fontsize=12)
    return figure


def neighbour_map(places: pd.DataFrame, corpus: str) -> Figure:
    """The map of all clips. places : columns label, x, y, without units"""
    figure, axes = plt.subplots(figsize=(8.6, 5.8))
    _scatter(figure, axes, places, "x", "y")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlabel("near clips are alike; far distances and the axes mean nothing", fontsize=9)
    axes.set_title(f"A map of all clips (t-SNE, made without genres): {corpus}", fontsize=12)
    return figure


def clusters(table: pd.DataFrame, corpus: str) -> Figure:
    """How far clusters found without labels agree with genres, with intervals over groups.

    table : columns method, n_clusters, n_noise, score, value, low, high
    """
    methods = [name for name in METHODS if (table["method"] == name).any()]
    figure, axes = plt.subplots(figsize=(8, 1.7 + 0.75 * len(methods)))
    labels = []
    for place, method in enumerate(methods):
        of_method = table[table["method"] == method].set_index("score")
        for number, (score, (title, colour, marker)) in enumerate(SCORES.items()):
            row, height = of_method.loc[score], place + 0.24 * (number - 1)
            if np.isnan(row["value"]):
                continue
            if not (np.isnan(row["low"]) or np.isnan(row["high"])):
                axes.plot([row["low"], row["high"]], [height, height], color=colour, linewidth=2.5, alpha=0.5)
            label = title if title not in axes.get_legend_handles_labels()[1] else None
            axes.plot(row["value"], height, marker, color=colour, markersize=7, label=label)
        count, noise = of_method["n_clusters"].iloc[0], of_method["n_noise"].iloc[0]
        size = "not run" if np.isnan(count) else f"{count:.0f} clusters" + (f",\n{noise:.0f} noise" if noise else "")
        labels.append(f"{METHODS[method]}\n{size}")
    axes.set_yticks(range(len(methods)), labels)
    axes.set_ylim(len(methods) - 0.5, -0.5)
    axes.set_xlim(min(0.0, float(table["low"].min(skipna=True)) if table["low"].notna().any() else 0.0) - 0.02, 1.0)
    axes.axvline(0, color="0.7", linewidth=1)
    axes.grid(axis="x", color="0.92")
    axes.set_xlabel("agreement with genres: 1 is the same, 0 nothing (for the Rand index: chance)")
    figure.suptitle(f"Would clusters be genres? {corpus}", x=0.01, ha="left", weight="bold", size=13)
    handles, names = axes.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return figure


def cluster_contingency(table: pd.DataFrame, corpus: str, method: str = "k-means") -> Figure:
    """Clips of each cluster by genre, clusters in the order of the genres that they hold most of.

    table : columns method, cluster, genre, count
    """
    rows = table[table["method"] == method]
    counts = rows.pivot_table(index="cluster", columns="genre", values="count", aggfunc="sum", fill_value=0)
    shares = counts / counts.sum(axis=0)
    order = _by_genre(shares.to_numpy(dtype=float))
    counts, shares = counts.iloc[order], shares.iloc[order]
    many = counts.shape[1] > MANY
    wide, high, letters = (0.27, 0.22, 6) if many else (0.46, 0.36, 9)
    size = (max(3.4 + wide * counts.shape[1], 6.0), 2.6 + high * len(counts))
    figure, axes = plt.subplots(figsize=size)
    picture = axes.imshow(shares, cmap=SEQUENTIAL, vmin=0, vmax=1, aspect="auto")
    for i, j in zip(*np.nonzero(counts.to_numpy()), strict=True):
        colour = "white" if shares.iat[i, j] > 0.5 else "black"
        axes.text(j, i, f"{counts.iat[i, j]:.0f}", ha="center", va="center", color=colour, fontsize=letters)
    names = [short_name(name) for name in counts.columns]
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor", fontsize=letters)
    axes.set_yticks(range(len(counts)), [f"cluster {name}" for name in counts.index], fontsize=letters)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    figure.colorbar(picture, ax=axes, shrink=0.7, label="share of the genre")
    figure.suptitle(f"Which genres the clusters hold: {corpus}, {METHODS[method]}", x=0.01, ha="left", weight="bold")
    return figure


def neighbours(table: pd.DataFrame, corpus: str) -> Figure:
    """Two trees of genres: by the distance of their clips, and by whom the model takes for whom.

    table : columns kind, step, left, right, height, members (JSON lists of genres)
    """
    last = table[table["kind"] == "distance"].iloc[-1]
    count = len(json.loads(last["members"]))
    figure, panels = plt.subplots(1, 2, figsize=(9.4, 1.7 + 0.3 * count))
    _tree(panels[0], table[table["kind"] == "distance"], zero=True)
    panels[0].set_xlabel("distance of the mean clips, standardised columns")
    panels[0].set_title("by what is measured", fontsize=10)
    _tree(panels[1], table[table["kind"] == "confusion"], zero=False)
    ticks = [tick for tick in panels[1].get_xticks() if panels[1].get_xlim()[0] <= tick <= 1.0 + 1e-9]
    panels[1].set_xticks(ticks, [f"{100 * (1 - tick):.0f}" for tick in ticks])
    panels[1].set_xlabel("clips taken for each other by the model, %")
    panels[1].set_title("by what the model confuses", fontsize=10)
    figure.suptitle(f"Which genres are neighbours: {corpus}", x=0.01, ha="left", weight="bold", size=13)
    return figure


def _scatter(figure: Figure, axes: Axes, places: pd.DataFrame, x: str, y: str) -> None:
    style = genre_style(places["label"])
    size = float(np.clip(9000 / len(places), 9, 42))
    for genre, (colour, marker) in style.items():
        inside = places[places["label"] == genre]
        axes.scatter(
            inside[x],
            inside[y],
            s=size * LARGER.get(marker, 1.0),
            c=colour,
            marker=marker,
            alpha=0.75,
            edgecolors="0.25",
            linewidths=0.3,
            label=short_name(genre),
        )
    if len(style) <= LEGEND:
        figure.legend(loc="outside right upper", frameon=False, fontsize=9, markerscale=1.4)
    middles = np.array([_middle(places.loc[places["label"] == genre, [x, y]].to_numpy(dtype=float)) for genre in style])
    named = _apart(middles, places[[x, y]].to_numpy(dtype=float))
    for genre, middle, place in zip(style, middles, named, strict=True):
        if (middle != place).any():
            axes.plot([middle[0], place[0]], [middle[1], place[1]], color="0.3", linewidth=0.6, zorder=3)
        axes.text(
            place[0],
            place[1],
            short_name(genre, 16),
            ha="center",
            va="center",
            fontsize=9 if len(style) <= LEGEND else 7,
            weight="bold",
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
            zorder=4,
        )


def _middle(points: FloatArray) -> FloatArray:
    """The point of `points`, shape (n, 2), whose distance to half of the others is least: inside the largest cloud."""
    points = points[:: -(-len(points) // MIDDLE)]  # all distances of many clips would not fit into memory
    distances = np.linalg.norm(points[:, None, :] - points[None, :, :], axis=-1)
    middle: FloatArray = points[int(np.median(distances, axis=1).argmin())]
    return middle


def _apart(middles: FloatArray, points: FloatArray) -> FloatArray:
    """Where names of the middles, shape (k, 2), can stand: the nearest free place inside the cloud of `points`."""
    low, high = points.min(axis=0), points.max(axis=0)
    step = np.where(high > low, high - low, 1.0) * NAME
    shifts = np.array([(i, j) for i in np.arange(-6, 6.5, 0.5) for j in np.arange(-24, 25, 1.0)])
    shifts = shifts[np.argsort(np.hypot(shifts[:, 0] * 3, shifts[:, 1]), kind="stable")] * step
    taken: list[FloatArray] = []
    for middle in middles:
        inside = [place for place in middle + shifts if (place >= low).all() and (place <= high).all()]
        free = (place for place in inside if all((np.abs(place - other) >= step).any() for other in taken))
        taken.append(next(free, middle))
    return np.array(taken)


def _by_genre(shares: FloatArray) -> list[int]:
    """Order of rows that puts large shares on the diagonal."""
    rows, columns = linear_sum_assignment(-shares)
    paired = {int(row): int(column) for row, column in zip(rows, columns, strict=True)}
    return sorted(range(len(shares)), key=lambda row: (paired.get(row, shares.shape[1]), row))


def _tree(axes: Axes, rows: pd.DataFrame, zero: bool) -> None:
    order = json.loads(rows.iloc[-1]["members"])
    heights = rows["height"].to_numpy(dtype=float)
    begin = 0.0 if zero else max(0.0, float(heights.min()) - max(0.25 * float(np.ptp(heights)), 0.05))
    nodes = {(name,): (float(place), begin) for place, name in enumerate(order)}
    for row in rows.itertuples():
        parts = [tuple(json.loads(part)) for part in (row.left, row.right)]
        ends = [nodes[part] for part in parts]
        for place, depth in ends:
            axes.plot([depth, row.height], [place, place], color=BLUE, linewidth=1.6)
        axes.plot([row.height] * 2, [ends[0][0], ends[1][0]], color=BLUE, linewidth=1.6, solid_capstyle="projecting")
        nodes[tuple(json.loads(row.members))] = ((ends[0][0] + ends[1][0]) / 2, row.height)
    axes.set_yticks(range(len(order)), [short_name(name) for name in order])
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.set_xlim(begin, float(heights.max()) + 0.05 * max(float(heights.max()) - begin, 0.01))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _broken(words: str) -> str:
    """A list of columns over lines of about 50 letters, no column torn apart."""
    lines = [""]
    for part in words.replace("$", r"\$").split(", "):
        if lines[-1] and len(lines[-1]) + len(part) > WORDS:
            lines.append("")
        lines[-1] += (", " if lines[-1] else "") + part
    return ",\n".join(lines)
