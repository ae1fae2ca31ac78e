"""Figures of the corpus itself: who is in it, how genres spread over columns, how columns go together."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from classically_punk.reporting.figures.genre_colours import genre_style
from classically_punk.reporting.figures.results import LONGEST_TITLE, short_name
from classically_punk.reporting.figures.style import DIVERGING

UNITS = {"1": "", "Hz^2": "Hz²", "dB^2": "dB²", "log2 BPM": "log₂ of BPM", "log2 Hz": "log₂ of Hz", "1/s": "per second"}
"""Units of the catalogue as a reader writes them; the others stand as they are."""

FAMILY_COLOURS = {"timbre": "#0072B2", "harmony": "#E69F00", "rhythm": "#009E73", "dynamics": "#CC79A7", "": "#999999"}
NO_GENRE = "(no genre)"
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "0.72"
RIDGE = 1.35  # height of a curve, in rows
ACROSS = 4  # panels side by side


def balance(table: pd.DataFrame, corpus: str) -> Figure:
    """Clips, durations, loudness and the largest artist of each genre.

    table : balance.csv; columns genre, found, flagged, rejected, duration_* (s), loudness_* (dBFS),
    largest_artist_share
    """
    names = [short_name(name) if name else NO_GENRE for name in table["genre"]]
    figure, panels = plt.subplots(1, 4, figsize=(10, 1.9 + 0.3 * len(table)), sharey=True, width_ratios=(1.5, 1, 1, 1))
    places = np.arange(len(table))
    clips, durations, loudness, artists = panels
    faultless = table["found"] - table["flagged"] - table["rejected"]
    begin = np.zeros(len(table))
    for counts, colour, hatch, label in (
        (faultless, "#56B4E9", "", "without a fault"),
        (table["flagged"], "#E69F00", "//", "flagged"),
        (table["rejected"], "#000000", "", "rejected"),
    ):
        clips.barh(places, counts, left=begin, color=colour, hatch=hatch, edgecolor="white", label=label, height=0.7)
        begin += counts.to_numpy(dtype=float)
    clips.set_yticks(places, names)
    for axes in panels:
        axes.tick_params(axis="y", length=0)
    clips.set_ylim(len(table) - 0.4, -0.6)
    clips.set_xlabel("clips")
    clips.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    _quartiles(durations, table, "duration", "duration, s")
    _quartiles(loudness, table, "loudness", "loudness, dBFS")
    if table["largest_artist_share"].notna().any():
        artists.barh(places, 100 * table["largest_artist_share"].fillna(0), color=GREY, height=0.7)
        artists.set_xlim(0, 100)
        artists.set_xlabel("largest artist, % of clips")
    else:
        _unknown(artists, "no artists\nare known")
    handles, labels = clips.get_legend_handles_labels()
    handles.append(Line2D([], [], color=BLUE, marker="o", linewidth=3, alpha=0.8))
    figure.legend(
        handles, [*labels, "middle half and median"], loc="outside lower center", ncols=4, frameon=False, fontsize=9
    )
    _title(figure, f"What is in the corpus: {corpus}")
    return figure


def distributions(
    discriminative: pd.DataFrame, quartiles: pd.DataFrame, densities: pd.DataFrame, corpus: str
) -> Figure:
    """How each genre's clips spread over the most discriminative columns: a ridge for each genre, in real units.

    Every curve has the same height: what it says is where clips lie, not how many.

    discriminative : columns column, title, unit, eta2, in order; quartiles : columns column, genre, q1, median, q3;
    densities : columns column, genre, x, density
    """
    columns = list(discriminative["column"])
    first = quartiles[quartiles["column"] == columns[0]].sort_values(["median", "genre"], ascending=[False, True])
    genres = list(first["genre"])
    style = genre_style(genres)
    across = min(ACROSS, len(columns))
    down = -(-len(columns) // across)
    size = (max(2.35 * across + 0.9, 8.0), (1.0 + max(0.21 * len(genres), 0.9)) * down + 0.7)
    figure, panels = plt.subplots(down, across, figsize=size, sharey=True, squeeze=False)
    for axes, row in zip(panels.flat, discriminative.itertuples(), strict=False):
        curves = densities[densities["column"] == row.column]
        of_column = quartiles[quartiles["column"] == row.column].set_index("genre")
        for place, genre in enumerate(genres):
            colour = style[genre].colour
            curve = curves[curves["genre"] == genre]
            top = place - RIDGE * curve["density"] / curve["density"].max()
            axes.fill_between(curve["x"], place, top, color=colour, alpha=0.55, linewidth=0, zorder=2 + place)
            axes.plot(curve["x"], top, color="0.25", linewidth=0.7, zorder=2 + place)
            part = of_column.loc[genre]
            axes.plot([part["q1"], part["q3"]], [place, place], color="0.1", linewidth=2, zorder=3 + place)
            axes.plot(part["median"], place, "o", color="white", markeredgecolor="0.1", markersize=4, zorder=4 + place)
        _real_units(axes, row.title, row.unit)
        axes.set_title(f"{_wrapped(row.title)}\nη² {row.eta2:.2f}", fontsize=9)
    for axes in panels.flat[len(columns) :]:
        axes.axis("off")
    panels[0, 0].set_yticks(range(len(genres)), [short_name(name, 18) for name in genres])
    panels[0, 0].set_ylim(len(genres) - 0.5, -RIDGE - 0.1)
    _title(figure, f"The columns that tell most about genres: {corpus}")
    words = (
        "curve: where a genre's clips lie; bar: their middle half; dot: median; η²: share of variance between genres"
    )
    figure.supxlabel("\n".join(textwrap.wrap(words, 28 * across + 20)), fontsize=9)
    return figure


def correlation(pairs: pd.DataFrame, columns: pd.DataFrame, corpus: str) -> Figure:
    """Rank correlations of columns, relatives side by side, with a strip for their families.

    pairs : columns first, second, spearman; columns : place, column, title, family, stands_for, selection, in order
    """
    order = list(columns["column"])
    wide = pairs.pivot_table(index="first", columns="second", values="spearman", aggfunc="first").loc[order, order]
    size = float(np.clip(2.6 + 0.105 * len(order), 5.0, 9.4))
    figure, (strip, axes) = plt.subplots(1, 2, figsize=(size + 2.6, size), width_ratios=(1, 34))
    picture = axes.imshow(wide, cmap=DIVERGING, vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    families = [name if name in FAMILY_COLOURS else "" for name in columns["family"]]
    colours = np.array([[_rgb(FAMILY_COLOURS[name])] for name in families])
    strip.imshow(colours, aspect="auto", interpolation="nearest")
    names = [
        short_name(title, LONGEST_TITLE) + (f"  (+{stands - 1:.0f})" if stands > 1 else "")
        for title, stands in zip(columns["title"], columns["stands_for"], strict=True)
    ]
    strip.set_yticks(range(len(order)), names, fontsize=7 if len(order) > 24 else 9)
    strip.set_xticks([])
    axes.set_xticks([])
    axes.set_yticks([])
    for panel in (strip, axes):
        panel.tick_params(length=0)
        for spine in panel.spines.values():
            spine.set_visible(False)
    axes.set_xlabel("the same columns in the same order")
    figure.colorbar(picture, ax=axes, shrink=0.5, label="rank correlation (Spearman)")
    handles = [Patch(color=colour, label=name) for name, colour in FAMILY_COLOURS.items() if name and name in families]
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    more = "; (+n): stands for n more" if (columns["stands_for"] > 1).any() else ""
    _title(figure, f"Which columns say the same: {corpus}{more}")
    return figure


def _quartiles(axes: Axes, table: pd.DataFrame, measure: str, label: str) -> None:
    if table[f"{measure}_median"].isna().all():
        _unknown(axes, f"{measure}\nnot known:\nno audio")
        return
    places = np.arange(len(table))
    axes.hlines(places, table[f"{measure}_q1"], table[f"{measure}_q3"], color=BLUE, linewidth=3, alpha=0.6)
    axes.plot(table[f"{measure}_median"], places, "o", color=BLUE, markersize=5)
    low, high = table[f"{measure}_q1"].min(), table[f"{measure}_q3"].max()
    margin = max(0.08 * (high - low), 0.02 * abs(high))
    axes.set_xlim(low - margin, high + margin)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.grid(axis="x", color="0.92")
    axes.set_xlabel(label)


def _unknown(axes: Axes, words: str) -> None:
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color="0.4", fontsize=9)
    axes.set_xticks([])
    for side in ("bottom", "left"):
        axes.spines[side].set_visible(False)


def _real_units(axes: Axes, title: str, unit: str) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.xaxis.set_major_formatter(FuncFormatter(_number))
    axes.tick_params(axis="x", labelsize=8)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="0.92")
    axes.set_xlabel(UNITS.get(unit, unit) or "no unit", fontsize=8)


def _number(value: float, _: int | None = None) -> str:
    for size, suffix in ((1e6, " M"), (1e4, " k")):
        if abs(value) >= size:
            return f"{value / (1e6 if suffix == ' M' else 1e3):g}{suffix}"
    return f"{value:g}"


def _wrapped(title: str) -> str:
    return "\n".join(textwrap.wrap(title, 26)[:2]).replace("$", r"\$")


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))


def _title(figure: Figure, words: str) -> None:
    figure.suptitle(words, x=0.01, ha="left", weight="bold", size=13)
