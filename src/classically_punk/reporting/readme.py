"""README.md: its numbers by their addresses, its pictures from the tables of the committed corpora."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from classically_punk.contracts import tables
from classically_punk.contracts.models import titles as model_titles
from classically_punk.contracts.tables.scores import ROBUSTNESS, SCORES
from classically_punk.foundation.writing import atomic_path
from classically_punk.reporting.figures.models import models_by_protocol, robustness
from classically_punk.reporting.figures.results import accuracy_of_corpora
from classically_punk.reporting.figures.style import house_style, save
from classically_punk.reporting.sources import refresh

CORPORA = ("gtzan_published", "gtzan_mini", "demo")
FOLDER = Path("reports/pictures")


def refresh_readme(root: Path) -> list[Path]:
    """Rewrites README.md and its pictures in the checkout `root`; returns what was written.

    Raises PunkError when a corpus has not been run, or an address in README.md leads nowhere.
    """
    path = root / "README.md"
    text = refresh(path.read_text(encoding="utf-8"), root)
    for stem, draw in PICTURES.items():
        with house_style():
            save(draw(root), root / FOLDER / stem, formats=("png",))
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return [path, *((root / FOLDER / stem).with_suffix(".png") for stem in PICTURES)]


def accuracy(root: Path) -> Figure:
    """Accuracy of the regression by protocol, of every committed corpus."""
    scores = {corpus: _scores(root, corpus) for corpus in CORPORA}
    return accuracy_of_corpora({corpus: table[table["model"] == "ols"] for corpus, table in scores.items()})


def models(root: Path) -> Figure:
    """Every model under every protocol, on the published table of GTZAN."""
    return models_by_protocol(_scores(root, "gtzan_published"), model_titles(), "gtzan_published")


def alterations(root: Path) -> Figure:
    """What altered clips of GTZAN mini do to the answers."""
    found = tables.read(ROBUSTNESS, _tables(root, "gtzan_mini"))
    return robustness(found, model_titles(), "gtzan_mini")


PICTURES: Mapping[str, Callable[[Path], Figure]] = {
    "accuracy": accuracy,
    "models": models,
    "robustness": alterations,
}
"""Stem of a picture below `reports/pictures/` -> who draws it."""


def _scores(root: Path, corpus: str) -> pd.DataFrame:
    return tables.read(SCORES, _tables(root, corpus))


def _tables(root: Path, corpus: str) -> Path:
    return root / "reports" / corpus / "tables"
