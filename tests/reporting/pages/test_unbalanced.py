"""Where one genre is much of a corpus, accuracy does not stand alone."""

import json
import shutil
from pathlib import Path

import pytest

from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.unbalanced import unbalanced, unbalanced_words
from classically_punk.reporting.sources import _content, _table

REPOSITORY = Path(__file__).resolve().parents[3]
CORPUS = "gtzan_published"


def with_majority(root: Path, share: float) -> Results:
    """The committed results, but the commonest genre would be right on `share` of the clips."""
    for folder in (f"metrics/{CORPUS}", f"reports/{CORPUS}/tables"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    path = root / "metrics" / CORPUS / "summary.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["comparators"]["majority"] = share
    path.write_text(json.dumps(content), encoding="utf-8")
    for kept in (_content, _table):
        kept.cache_clear()
    return Results(CORPUS, root)


@pytest.mark.parametrize(("share", "said"), [(0.1, False), (0.15, False), (0.16, True), (0.9, True)])
def test_the_average_over_genres_stands_beside_an_accuracy_that_is_mostly_one_genres(
    tmp_path: Path, share: float, said: bool
) -> None:
    """Ten genres: an even share is a tenth."""
    results = with_majority(tmp_path, share)
    assert unbalanced(results) == said
    words = unbalanced_words(results)
    assert (words is not None) == said
    if words is not None:
        assert "balanced accuracy" in str(words)
        assert "macro-F1" in str(words)
