"""The figures of one corpus, each from one table of `reports/<corpus>/tables/`."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.reporting.figures.style import (
    DIVERGING,
    SEQUENTIAL,
    drawn_protocols,
    protocol_look,
)

LONGEST_NAME = 24
"""Characters of a genre's name in a figure."""

LONGEST_TITLE = 44
"""Characters of a column's title in a figure."""

STRONGEST = 24
"""How many columns the coefficient figure shows."""


def accuracy_by_protocol(scores: pd.DataFrame, corpus: str) -> Figure:
    """Accuracy of the same model under each protocol, with its interval: the leak in one glance.

    scores : columns protocol, score, value, low, high, n, n_groups
    """
    return accuracy_of_corpora({corpus: scores})


def accuracy_of_corpora(scores: Mapping[str, pd.DataFrame]) -> Figure:
    """As `accuracy_by_protocol`, a panel for each corpus.

    scores : corpus -> columns protocol, score, value, low, high, n, n_groups
    """
    chosen = {
        corpus: _in_order(table[table["score"] == "accuracy"].dropna(subset=["value"]))
        for corpus, table in scores.items()
    }
    heights = [len(rows) for rows in chosen.values()]
    figure, panels = plt.subplots(
        len(chosen), 1, figsize=(8, 1.0 + 0.62 * sum(heights) + 0.3 * len(chosen)), sharex=True, squeeze=False,
        height_ratios=heights,
    )  # fmt: skip
    for axes, (corpus, rows) in zip(panels[:, 0], chosen.items(), strict=True):
        for place, row in enumerate(rows.itertuples()):
            colour, marker = protocol_look(row.protocol)
            if not (np.isnan(row.low) or np.isnan(row.high)):
                axes.plot([row.low, row.high], [place, place], color=colour, linewidth=3, solid_capstyle="round")
            axes.plot(row.value, place, marker, color=colour, markersize=9)
            label = {"xytext": (0, 9), "textcoords": "offset points", "ha": "center"}
            axes.annotate(f"{row.value:.3f}", (row.value, place), **label)
        axes.set_yticks(range(len(rows)), [f"{name}: {PROTOCOLS[name].title}" for name in rows["protocol"]])
        axes.set_ylim(len(rows) - 0.5, -0.8)
        axes.set_xlim(0, 1)
        axes.grid(axis="x", color="0.9")
        axes.set_title(corpus, fontsize=10)
    panels[-1, 0].set_xlabel("accuracy on held-out clips, with its interval over groups")
    figure.suptitle("What the same model seems to score", x=0.01, ha="left", weight="bold", size=13)
    return figure


def recall_by_genre(recall: pd.DataFrame, headline: str, corpus: str) -> Figure:
    """Recall of each genre under every protocol; the headline protocol with its interval.

    recall : columns protocol, genre, recall, low, high, n
    """
    genres = _genres_by(recall[recall["protocol"] == headline], "recall")
    protocols = drawn_protocols(recall)
    figure, axes = plt.subplots(figsize=(8, 1.6 + 0.36 * len(genres)))
    places = {genre: place for place, genre in enumerate(genres)}
    for protocol in protocols:
        rows = recall[recall["protocol"] == protocol]
        height = rows["genre"].map(places).to_numpy(dtype=float)
        colour, marker = protocol_look(protocol)
        if protocol == headline:
            axes.hlines(height, rows["low"], rows["high"], color=colour, linewidth=2.5, alpha=0.5)
        axes.plot(
            rows["recall"],
            height,
            marker,
            color=colour,
            markersize=8 if protocol == headline else 6,
            fillstyle="full" if protocol == headline else "none",
            label=f"{protocol} (headline)" if protocol == headline else protocol,
        )
    axes.set_yticks(range(len(genres)), [short_name(name) for name in genres])
    axes.invert_yaxis()
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("recall: share of the genre's clips that are recognised; bars: interval over groups")
    axes.grid(axis="x", color="0.9")
    axes.set_title(f"Which genres are recognised: {corpus}", pad=28)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=len(protocols), frameon=False, fontsize=9)
    return figure


def confusion(table: pd.DataFrame, protocol: str, corpus: str) -> Figure:
    """Confusion matrix of one protocol: colour is the share of the actual genre, the figure in a cell is clips.

    table : columns protocol, actual, predicted, count, share
    """
    rows = table[table["protocol"] == protocol]
    genres = sorted(set(rows["actual"]) | set(rows["predicted"]))
    counts = rows.pivot_table(index="actual", columns="predicted", values="count", fill_value=0, aggfunc="sum")
    shares = rows.pivot_table(index="actual", columns="predicted", values="share", fill_value=0, aggfunc="sum")
    counts = counts.reindex(index=genres, columns=genres, fill_value=0)
    shares = shares.reindex(index=genres, columns=genres, fill_value=0)
    size = 3.2 + 0.5 * len(genres)
    figure, axes = plt.subplots(figsize=(size + 0.8, size))
    picture = axes.imshow(shares, cmap=SEQUENTIAL, vmin=0, vmax=1)
    for i, j in zip(*np.nonzero(counts.to_numpy()), strict=True):
        dark = shares.iat[i, j] > 0.5
        axes.text(j, i, f"{counts.iat[i, j]:.0f}", ha="center", va="center", color="white" if dark else "black")
    names = [short_name(name) for name in genres]
    axes.set_xticks(range(len(genres)), names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(genres)), names)
    axes.set_xlabel("predicted genre")
    axes.set_ylabel("actual genre")
    axes.set_title(f"Who is taken for whom: {corpus}, protocol {protocol}")
    figure.colorbar(picture, ax=axes, shrink=0.7, label="share of the actual genre")
    return figure


def coefficients(table: pd.DataFrame, titles: Mapping[str, str], corpus: str) -> Figure:
    """Coefficients of the strongest columns, a column of the picture for each genre.

    table  : columns genre, column, coefficient (change of the fitted value per standard deviation)
    titles : column -> what a reader calls it
    """
    wide = table.pivot_table(index="column", columns="genre", values="coefficient", aggfunc="sum")
    strength = wide.abs().max(axis=1)
    chosen = strength.sort_values(ascending=False, kind="stable").index[:STRONGEST]
    wide = wide.loc[chosen]
    limit = float(wide.abs().to_numpy().max()) or 1.0
    figure, axes = plt.subplots(figsize=(4.6 + 0.48 * wide.shape[1], 1.8 + 0.27 * len(wide)))
    picture = axes.imshow(wide, cmap=DIVERGING, vmin=-limit, vmax=limit, aspect="auto")
    axes.set_yticks(range(len(wide)), [titles.get(name, name) for name in wide.index], fontsize=9)
    names = [short_name(name) for name in wide.columns]
    axes.set_xticks(range(wide.shape[1]), names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_title(f"What speaks for which genre: {corpus}", x=0, ha="left")
    figure.colorbar(picture, ax=axes, shrink=0.6, label="change of the fitted value\nper standard deviation")
    _frame(axes)
    return figure


def short_name(name: str, longest: int = LONGEST_NAME) -> str:
    """A name of at most `longest` characters, and none that matplotlib would take for a formula."""
    shortened = name if len(name) <= longest else f"{name[: longest - 1]}…"
    return shortened.replace("$", r"\$")


def _frame(axes: Axes) -> None:
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    ranks = {name: rank for rank, name in enumerate(drawn_protocols(table))}
    return table.sort_values("protocol", key=lambda names: names.map(ranks), kind="stable")


def _genres_by(table: pd.DataFrame, column: str) -> list[str]:
    return list(table.sort_values([column, "genre"], ascending=[False, True], kind="stable")["genre"])
