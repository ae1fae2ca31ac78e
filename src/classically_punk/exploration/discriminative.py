"""The columns that tell most about genres, and how each genre's clips spread over them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.stats import gaussian_kde

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.contracts.columns import Column
from classically_punk.contracts.tables.exploration import DISCRIMINATIVE, DISTRIBUTIONS, QUARTILES
from classically_punk.exploration.clip_matrix import ClipMatrix, correlations

TWINS = 0.9  # of two columns that correlate more strongly than this, one is shown
COMPARABLE = 0.6  # a family whose best column tells this share of what the strongest one left does may come first
GRID = 64  # points of a density curve
FEWEST = 5  # values that a density curve is drawn from
OUTERMOST = (0.005, 0.995)  # of all values: the ends of a curve's grid before its bandwidth is added


def eta_squared(values: FloatArray, labels: TextArray) -> FloatArray:
    """Share of each column's variance that lies between genres, shape (p,).

    values : shape (n, p), columns that vary; labels : shape (n,)
    Source: Fisher 1925; the F ratio of a one-way analysis of variance is eta^2 / (1 - eta^2) * (n - k) / (k - 1).
    """
    centred = values - values.mean(axis=0)
    between = np.zeros(values.shape[1])
    for genre in sorted(set(labels)):
        inside = centred[labels == genre]
        between += len(inside) * inside.mean(axis=0) ** 2
    share: FloatArray = np.clip(between / (centred**2).sum(axis=0), 0.0, 1.0)
    return share


def discriminative_columns(matrix: ClipMatrix, described: Mapping[str, Column], most: int) -> list[int]:
    """Places of up to `most` columns, strongest first of each family's turn.

    No two correlate by more than 0.9 in size. A family that already holds its share of the places gives way to
    another family whose best column comes near (0.6 of the strength).
    """
    eta = eta_squared(matrix.standardised, matrix.labels)
    related = np.abs(correlations(matrix.standardised))
    family = [described[name].family if name in described else "" for name in matrix.columns]
    fair = -(-most // max(len(set(family)), 1))
    waiting = sorted(range(len(family)), key=lambda j: (-eta[j], matrix.columns[j]))
    chosen: list[int] = []
    while waiting and len(chosen) < most:
        held = [family[j] for j in chosen]
        near = [j for j in waiting if held.count(family[j]) < fair and eta[j] >= COMPARABLE * eta[waiting[0]]]
        taken = near[0] if near else waiting[0]
        chosen.append(taken)
        waiting = [j for j in waiting if j != taken and related[j, taken] <= TWINS]
    return sorted(chosen, key=lambda j: (-eta[j], matrix.columns[j]))


def discriminative_table(matrix: ClipMatrix, chosen: Sequence[int], described: Mapping[str, Column]) -> pd.DataFrame:
    """DISCRIMINATIVE.

    twins : how many columns were left out because they correlate with this one by more than 0.9
    """
    eta = eta_squared(matrix.standardised, matrix.labels)
    related = np.abs(correlations(matrix.standardised))
    n, k = len(matrix.labels), len(matrix.genres)
    rows = []
    for rank, j in enumerate(chosen, start=1):
        name = matrix.columns[j]
        medians = {genre: float(np.median(matrix.values[matrix.labels == genre, j])) for genre in matrix.genres}
        within = 1.0 - eta[j]
        defined = within > 0 and n > k
        rows.append(
            {
                "rank": rank,
                "column": name,
                "title": described[name].title if name in described else name,
                "unit": described[name].unit if name in described else "",
                "family": described[name].family if name in described else "",
                "eta2": float(eta[j]),
                "f": float(eta[j] / within * (n - k) / (k - 1)) if defined else np.nan,
                "n": n,
                "n_groups": len(set(matrix.groups)),
                "highest_genre": max(matrix.genres, key=lambda genre: medians[genre]),
                "highest_median": max(medians.values()),
                "lowest_genre": min(matrix.genres, key=lambda genre: medians[genre]),
                "lowest_median": min(medians.values()),
                "twins": int((related[j] > TWINS).sum()) - 1,
                "reason": "" if defined else "no F ratio: the column does not vary within genres",
            }
        )
    return tables.frame(DISCRIMINATIVE, rows)


def quartile_table(matrix: ClipMatrix, chosen: Sequence[int]) -> pd.DataFrame:
    """QUARTILES."""
    rows = []
    for j in chosen:
        for genre in matrix.genres:
            values = matrix.values[matrix.labels == genre, j]
            low, q1, median, q3, high = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))
            parts = {"low": low, "q1": q1, "median": median, "q3": q3, "high": high}
            row = {"column": matrix.columns[j], "genre": genre, "n": len(values), **parts}
            rows.append({**row, "reason": _no_density(values)})
    return tables.frame(QUARTILES, rows)


def density_table(matrix: ClipMatrix, chosen: Sequence[int]) -> pd.DataFrame:
    """DISTRIBUTIONS: curves on one grid for all genres of a column."""
    rows = []
    for j in chosen:
        floor = 0.0 if matrix.values[:, j].min() >= 0.0 else None
        grid = density_grid(matrix.values[:, j], matrix.labels, floor)
        for genre in matrix.genres:
            values = matrix.values[matrix.labels == genre, j]
            if not _no_density(values):
                curve = density(values, grid, floor)
                head = {"column": matrix.columns[j], "genre": genre}
                rows.append(pd.DataFrame({**head, "x": grid, "density": curve}))
    return pd.concat(rows, ignore_index=True) if rows else tables.frame(DISTRIBUTIONS, [])


def density(values: FloatArray, grid: FloatArray, floor: float | None = None) -> FloatArray:
    """Gaussian kernel density of `values`, shape (n,), at `grid`, shape (m,); bandwidth by Scott's rule.

    floor : what no value can be below; the kernels' tails are folded back there, so that the whole stays 1
    Sources: Scott 1992, Multivariate Density Estimation; Silverman 1986, sec. 2.10 (reflection).
    """
    estimate = gaussian_kde(values)
    curve: FloatArray = estimate(grid)
    if floor is not None:
        curve = np.where(grid >= floor, curve + estimate(2 * floor - grid), 0.0)
    return curve


def density_grid(values: FloatArray, labels: TextArray, floor: float | None = None) -> FloatArray:
    """Points that hold 99 % of `values`, shape (n,), and the tails of the genres' kernels; shape (64,)."""
    low, high = np.quantile(values, OUTERMOST)
    widths = [
        3.0 * inside.std(ddof=1) * len(inside) ** -0.2
        for inside in (values[labels == genre] for genre in sorted(set(labels)))
        if not _no_density(inside)
    ]
    reach = float(np.median(widths)) if widths else 0.0
    begin = low - reach if floor is None else max(low - reach, floor)
    grid: FloatArray = np.linspace(begin, high + reach, GRID)
    return grid


def _no_density(values: FloatArray) -> str:
    if len(values) < FEWEST:
        return f"no curve: fewer than {FEWEST} clips"
    if values.std() <= 1e-9 * max(float(np.abs(values).max()), 1e-300):
        return "no curve: all clips have the same value"
    return ""
