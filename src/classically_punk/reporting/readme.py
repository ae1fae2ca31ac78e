"""README.md: its numbers by their addresses, its picture from the tables of the committed corpora."""

from pathlib import Path

from matplotlib.figure import Figure

from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import atomic_path
from classically_punk.reporting.figures import accuracy_of_corpora
from classically_punk.reporting.sources import refresh
from classically_punk.reporting.style import house_style, save

CORPORA = ("gtzan_published", "gtzan_mini", "demo")
PICTURE = Path("reports/pictures/accuracy")


def refresh_readme(root: Path) -> list[Path]:
    """Rewrites README.md and its picture in the checkout `root`; returns what was written.

    Raises PunkError when a corpus has not been run, or an address in README.md leads nowhere.
    """
    path = root / "README.md"
    text = refresh(path.read_text(encoding="utf-8"), root)
    with house_style():
        save(picture(root), root / PICTURE, formats=("png",))
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return [path, (root / PICTURE).with_suffix(".png")]


def picture(root: Path) -> Figure:
    """Accuracy by protocol of every committed corpus."""
    tables = {
        corpus: read_table(root / "reports" / corpus / "tables" / "scores.csv", numbers=("value", "low", "high"))
        for corpus in CORPORA
    }
    return accuracy_of_corpora(tables)
