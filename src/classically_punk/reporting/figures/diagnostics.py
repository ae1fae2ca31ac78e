"""Figures of one fit's diagnostics: a panel for each genre."""

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import norm

from classically_punk.reporting.figures.results import LONGEST_TITLE, short_name

IN_COLOUR = "#D55E00"
OUT_COLOUR = "#0072B2"
COOKS_CONTOURS = (0.05, 0.1, 0.5)
STRONGEST_PER_GENRE = 8
ACROSS = 5


def residuals_against_fitted(rows: pd.DataFrame, corpus: str) -> Figure:
    """rows : columns clip, label, genre, fitted, residual. Residuals of a 0/1 response lie on two lines."""

    def draw(axes: Axes, part: pd.DataFrame) -> None:
        _by_membership(axes, part, "fitted", "residual")
        axes.axhline(0, color="0.6", linewidth=0.8)
        for edge in (0, 1):
            axes.axvline(edge, color="0.8", linewidth=0.8, linestyle=":")

    title = f"Residuals against fitted values: {corpus}"
    return _panels(rows, draw, title, "fitted value; dotted: 0 and 1", "residual")


def normal_quantiles(rows: pd.DataFrame, corpus: str) -> Figure:
    """rows : columns genre, external. Externally studentised residuals against normal quantiles."""

    def draw(axes: Axes, part: pd.DataFrame) -> None:
        ordered = np.sort(part["external"].dropna().to_numpy(dtype=float))
        if not len(ordered):
            return
        expected = norm.ppf((np.arange(1, len(ordered) + 1) - 0.5) / len(ordered))
        axes.plot(expected, expected, color="0.6", linewidth=0.8)
        axes.plot(expected, ordered, ".", color=OUT_COLOUR, markersize=3)

    title = f"Studentised residuals against a normal sample: {corpus}"
    return _panels(rows, draw, title, "normal quantile", "studentised residual")


def scale_location(rows: pd.DataFrame, corpus: str) -> Figure:
    """rows : columns label, genre, fitted, internal. Spread of the residuals along the fitted values."""

    def draw(axes: Axes, part: pd.DataFrame) -> None:
        spread = np.sqrt(part["internal"].abs())
        _by_membership(axes, part.assign(spread=spread), "fitted", "spread")
        known = part.assign(spread=spread).dropna(subset=["spread"]).sort_values("fitted")
        width = max(5, len(known) // 10)
        if len(known) >= 2 * width:
            smooth = known["spread"].rolling(width, center=True).mean()
            axes.plot(known["fitted"], smooth, color="black", linewidth=1.2)

    title = f"Spread of the residuals: {corpus}"
    return _panels(rows, draw, title, "fitted value", "root of |studentised residual|; line: running mean")


def leverage_against_residual(rows: pd.DataFrame, columns: int, corpus: str) -> Figure:
    """rows : columns clip, label, genre, leverage, internal, cooks_distance; columns : coefficients of a fit.

    Contours: Cook's distance; the clip with the largest is named.
    """

    def draw(axes: Axes, part: pd.DataFrame) -> None:
        _by_membership(axes, part, "leverage", "internal")
        reach = float(part["leverage"].max())
        grid = np.linspace(1e-3, min(reach * 1.1, 0.999), 200)
        largest = float(part["internal"].abs().max())
        for distance in COOKS_CONTOURS:
            line = np.sqrt(distance * columns * (1 - grid) / grid)
            inside = line <= 1.2 * largest
            for sign in (1, -1):
                axes.plot(grid[inside], sign * line[inside], color="0.5", linewidth=0.7, linestyle="--")
        known = part.dropna(subset=["cooks_distance"])
        if len(known):
            worst = known.loc[known["cooks_distance"].idxmax()]
            right_half = float(worst["leverage"]) > reach / 2
            axes.annotate(
                short_name(str(worst["clip"])),
                (worst["leverage"], worst["internal"]),
                xytext=(-3 if right_half else 3, 3),
                textcoords="offset points",
                ha="right" if right_half else "left",
                fontsize=7,
            )

    contours = ", ".join(f"{distance:g}" for distance in COOKS_CONTOURS)
    title = f"Who pulls on the fit: {corpus}"
    return _panels(rows, draw, title, f"leverage; dashed: Cook's distance {contours}", "studentised residual")


def partial_regressions(table: pd.DataFrame, titles: Mapping[str, str], corpus: str) -> Figure:
    """table : columns genre, column, t, clip, column_rest, response_rest: the strongest column of each genre."""

    def draw(axes: Axes, part: pd.DataFrame) -> None:
        x, y = part["column_rest"].to_numpy(dtype=float), part["response_rest"].to_numpy(dtype=float)
        axes.plot(x, y, ".", color=OUT_COLOUR, markersize=3, alpha=0.6)
        squares = float(x @ x)
        if squares > 0:
            ends = np.array([x.min(), x.max()])
            axes.plot(ends, ends * float(x @ y) / squares, color="black", linewidth=1.2)
        column = str(part["column"].iloc[0])
        name = short_name(titles.get(column, column), LONGEST_TITLE)
        axes.set_xlabel(f"{name}\nt = {float(part['t'].iloc[0]):.1f}", fontsize=8)

    title = f"The strongest column of each genre, all others held fixed: {corpus}"
    return _panels(table, draw, title, "", "genre, what others leave", share_x=False)


def coefficient_intervals(table: pd.DataFrame, titles: Mapping[str, str], corpus: str) -> Figure:
    """Each genre's columns of the smallest p with their intervals; filled where p after Holm is below .05.

    table : columns genre, column, coefficient, low, high, p, p_holm
    """

    def draw(axes: Axes, part: pd.DataFrame) -> None:
        known = part.dropna(subset=["p"]).sort_values(["p", "column"]).head(STRONGEST_PER_GENRE)
        places = np.arange(len(known))
        sure = (known["p_holm"] < 0.05).to_numpy()
        axes.axvline(0, color="0.6", linewidth=0.8)
        axes.hlines(places, known["low"], known["high"], color=OUT_COLOUR, linewidth=2, alpha=0.5)
        axes.scatter(
            known["coefficient"],
            places,
            s=26,
            color=np.where(sure, OUT_COLOUR, "white"),
            edgecolors=OUT_COLOUR,
            zorder=3,
        )
        names = [short_name(titles.get(name, name), LONGEST_TITLE) for name in known["column"]]
        axes.set_yticks(places, names, fontsize=7)
        axes.set_ylim(STRONGEST_PER_GENRE - 0.5, -0.5)

    title = f"What is known of the coefficients: {corpus}"
    label = "change of the fitted value per standard deviation; filled: p after Holm below .05"
    return _panels(table, draw, title, label, "", share_x=True, share_y=False, across=2, size=(5.0, 1.75))


def families(table: pd.DataFrame, corpus: str) -> Figure:
    """Partial R2 of each family of columns in each genre. table : columns genre, family, partial_r2, nested"""
    wide = table.pivot_table(index="family", columns="genre", values="partial_r2", sort=True)
    figure, axes = plt.subplots(figsize=(2.6 + 0.62 * wide.shape[1], 1.6 + 0.5 * len(wide)))
    limit = max(float(np.nanmax(np.abs(wide.to_numpy()))), 1e-3)
    axes.imshow(wide, cmap="Blues", vmin=0, vmax=limit, aspect="auto")
    for i, j in np.argwhere(wide.notna().to_numpy()):
        value = float(wide.iat[i, j])
        axes.text(
            j, i, f"{value:.2f}", ha="center", va="center", size=8, color="white" if value > limit / 2 else "black"
        )
    axes.set_yticks(range(len(wide)), list(wide.index))
    names = [short_name(str(name)) for name in wide.columns]
    axes.set_xticks(range(wide.shape[1]), names, rotation=45, ha="right", rotation_mode="anchor")
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0)
    axes.set_title(f"What each family adds to the others (partial R²): {corpus}", x=0, ha="left", fontsize=12)
    return figure


def collinearity(table: pd.DataFrame, titles: Mapping[str, str], limit: float, corpus: str) -> Figure:
    """Variance inflation of the most inflated columns, before pruning and after. table : columns column, vif, vif_after

    A column without a `vif` is determined by the others.
    """
    rows = table.assign(order=table["vif"].fillna(np.inf)).sort_values(["order", "column"], ascending=[False, True])
    rows = rows.head(24)
    finite = table["vif"].dropna()
    top = float(finite.max()) * 3 if len(finite) else 1e3
    before = rows["vif"].fillna(top)
    figure, axes = plt.subplots(figsize=(8, 1.6 + 0.27 * len(rows)))
    places = np.arange(len(rows))
    axes.hlines(places, 1, before, color="0.85", linewidth=2)
    axes.plot(before, places, "o", color=IN_COLOUR, label="all columns", markersize=6)
    axes.plot(rows["vif_after"], places, "s", color=OUT_COLOUR, label=f"pruned to {limit:g}", markersize=5)
    axes.axvline(limit, color="0.5", linestyle=":", linewidth=1)
    axes.set_xscale("log")
    axes.set_yticks(places, [short_name(titles.get(name, name), LONGEST_TITLE) for name in rows["column"]], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("variance inflation; no square: pruned; at the right edge: determined by the others")
    axes.set_title(f"Columns that repeat each other: {corpus}", x=0, ha="left")
    axes.legend(frameon=False, fontsize=9, loc="lower right")
    return figure


def _by_membership(axes: Axes, part: pd.DataFrame, x: str, y: str) -> None:
    own = part["label"] == part["genre"]
    for inside, colour, name in ((~own, OUT_COLOUR, "other genres"), (own, IN_COLOUR, "the genre")):
        axes.plot(part.loc[inside, x], part.loc[inside, y], ".", color=colour, markersize=3, alpha=0.6, label=name)


def _panels(
    table: pd.DataFrame,
    draw: Callable[[Axes, pd.DataFrame], None],
    title: str,
    x_label: str,
    y_label: str,
    share_x: bool = True,
    share_y: bool = True,
    across: int = ACROSS,
    size: tuple[float, float] = (2.1, 2.1),
) -> Figure:
    genres = sorted(table["genre"].unique())
    columns = min(across, len(genres))
    lines = -(-len(genres) // columns)
    figure, panels = plt.subplots(
        lines,
        columns,
        figsize=(size[0] * columns + 0.6, size[1] * lines + 1.0),
        sharex=share_x,
        sharey=share_y,
        squeeze=False,
    )
    for axes, genre in zip(panels.flat, genres, strict=False):
        draw(axes, table[table["genre"] == genre])
        axes.set_title(short_name(str(genre)), fontsize=10)
    for axes in panels.flat[len(genres) :]:
        axes.axis("off")
    if x_label:
        figure.supxlabel(x_label, fontsize=10)
    if y_label:
        figure.supylabel(y_label, fontsize=10)
    figure.suptitle(title, x=0.01, ha="left", weight="bold", size=13)
    handles, names = panels.flat[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, names, loc="outside lower right", ncols=2, frameon=False, fontsize=9, markerscale=3)
    return figure
