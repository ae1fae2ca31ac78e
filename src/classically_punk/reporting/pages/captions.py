"""What each figure shows, in words: alternative text for those who cannot see it, and how to read it."""

from classically_punk.reporting.pages.pictures import Picture
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Text, text

CAPTIONS: dict[str, tuple[str, str]] = {
    "confusion": (
        "Confusion matrix of the held-out clips: actual genres in rows, predicted genres in columns.",
        "Rows are actual genres, columns predicted ones; a cell counts clips, its colour is the share of the row.",
    ),
}
"""Stem of a figure -> alternative text, caption."""


def picture(results: Results, stem: str) -> Picture | None:
    """The figure `stem` with its words; None when the corpus has no such figure. Raises KeyError for one without words."""
    alt, caption = CAPTIONS[stem]
    path = results.figures / f"{stem}.png"
    return Picture(path, text(alt), text(caption)) if path.exists() else None


def missing(results: Results, table: str) -> Text:
    """Why a corpus has no such figure or section, in the words of its table."""
    return text("Not available for this corpus: {why}.", why=results.missing(table).rstrip("."))
