"""Clips whose label contradicts the music: by fits that leave the clip's own song out, with the evidence of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.contracts.tables.fits import LABEL_ISSUES
from classically_punk.models.leave_out import coefficients_without_groups, leave_one_group_out

EVIDENCE = 3  # columns named per clip


@dataclass(frozen=True)
class Rows:
    """The clips whose labels are searched.

    design : shape (n, m), the regression's, intercept among the columns
    actual : shape (n,), place of each clip's label among `genres`
    songs  : shape (n,); clips of a song are left out together
    """

    clips: TextArray
    design: FloatArray
    actual: NDArray[np.intp]
    songs: TextArray
    genres: tuple[str, ...]

    def indicators(self, labels: NDArray[np.intp]) -> FloatArray:
        """shape (n, n_genres): 1 where a clip has the label."""
        return np.eye(len(self.genres))[labels]

    @property
    def fitted(self) -> FloatArray:
        """shape (n, n_genres): fitted values of every clip from the clips of all other songs."""
        return leave_one_group_out(self.design, self.indicators(self.actual), self.songs)


def searched_rows(clips: Sequence[str], labels: TextArray, songs: TextArray, columns: FloatArray) -> Rows:
    """The clips that can be searched: those of a genre with two songs or more, so that one is left to speak for it.

    columns : shape (n, m), of the regression, without intercept
    Raises ValueError when fewer than two genres are left.
    """
    counts = pd.Series(songs).groupby(labels).nunique()
    genres = tuple(sorted(counts.index[counts >= 2]))
    if len(genres) < 2:
        raise ValueError("labels are searched where two genres or more have two songs or more")
    kept = np.isin(labels.astype(str), genres)
    return Rows(
        np.asarray(clips, dtype=object)[kept],
        np.column_stack([np.ones(int(kept.sum())), columns[kept]]),
        np.searchsorted(np.array(genres), labels[kept].astype(str)).astype(np.intp),
        songs[kept],
        genres,
    )


def margins(fitted: FloatArray, labels: NDArray[np.intp]) -> FloatArray:
    """shape (n,): fitted value of the best genre but the label's, less that of the label; above 0 is a contradiction.

    fitted : shape (n, n_genres); labels : shape (n,)

    >>> margins(np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]), np.array([0, 1])).round(6).tolist()
    [-0.5, 0.3]
    """
    index = np.arange(len(labels))
    margin: FloatArray = others(fitted, labels).max(axis=1) - fitted[index, labels]
    return margin


def others(fitted: FloatArray, labels: NDArray[np.intp]) -> FloatArray:
    """`fitted` with minus infinity for the label's genre."""
    without = fitted.copy()
    without[np.arange(len(labels)), labels] = -np.inf
    return without


def label_issue_table(
    rows: Rows, standardised: FloatArray, weights: FloatArray, columns: Sequence[str]
) -> pd.DataFrame:
    """Clips by how badly the fit to all other songs contradicts the label, worst first.

    standardised : shape (n, p), the design table's columns of `rows.clips`, transformed
    weights      : shape (p, m), what makes the regression's columns of them
    columns      : their p names
    Returns LABEL_ISSUES.
    """
    fitted = rows.fitted
    index = np.arange(len(rows.clips))
    best = others(fitted, rows.actual).argmax(axis=1)
    genres = np.array(rows.genres, dtype=object)
    table = pd.DataFrame(
        {
            "clip": rows.clips,
            "label": genres[rows.actual],
            "suggested": genres[best],
            "disagreement": margins(fitted, rows.actual),
            "fitted_label": fitted[index, rows.actual],
            "fitted_suggested": fitted[index, best],
            "predicted": genres[fitted.argmax(axis=1)],
            "evidence": _evidence(towards(rows, best, standardised, weights), columns),
        }
    )
    table = table.sort_values(["disagreement", "clip"], ascending=[False, True], ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return tables.checked(LABEL_ISSUES, table)


def towards(rows: Rows, suggested: NDArray[np.intp], standardised: FloatArray, weights: FloatArray) -> FloatArray:
    """shape (n, p): what each column adds to the fitted value of the suggested genre, less what it adds to the label's.

    The coefficients are those of the fit without the clip's song. With the difference of its two intercepts, a clip's
    sum is its disagreement.
    """
    parts = np.empty_like(standardised)
    for fit in coefficients_without_groups(rows.design, rows.indicators(rows.actual), rows.songs):
        slopes = fit.coefficients[1:]
        difference = slopes[:, suggested[fit.rows]] - slopes[:, rows.actual[fit.rows]]
        parts[fit.rows] = standardised[fit.rows] * (weights @ difference).T
    return parts


def _evidence(parts: FloatArray, columns: Sequence[str]) -> list[str]:
    """For each row the columns with the largest parts, and how large they are."""
    strongest = np.argsort(-parts, axis=1, kind="stable")[:, :EVIDENCE]
    return [
        "; ".join(f"{columns[j]} {part[j]:+.3f}" for j in first) for part, first in zip(parts, strongest, strict=True)
    ]
