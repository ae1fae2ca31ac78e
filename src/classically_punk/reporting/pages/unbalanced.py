"""Beside an accuracy, where one genre is much of a corpus: what the model does for the average genre."""

from classically_punk.contracts.models import MAJORITY, REGRESSION
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Term, Text, text

LARGEST = 1.5
"""Times its even share that the commonest genre has, from which on an accuracy is not left to stand alone."""

_KEYS = ("model", "protocol", "score")


def unbalanced(results: Results) -> bool:
    """Whether the commonest genre has so much more than its even share that accuracy alone misleads."""
    always, genres = results.value("summary", "comparators.majority"), results.value("summary", "headline.n_genres")
    return float(str(always)) * float(str(genres)) > LARGEST


def unbalanced_words(results: Results) -> Text | None:
    """Mean recall and macro-F1 of the regression beside those of the commonest genre; None for a balanced corpus."""
    if not unbalanced(results):
        return None
    ours, always = _of(results, REGRESSION, "balanced_accuracy"), _of(results, MAJORITY, "balanced_accuracy")
    f1, f1_always = _of(results, REGRESSION, "macro_f1"), _of(results, MAJORITY, "macro_f1")
    if ours is None or always is None or f1 is None or f1_always is None:
        return None
    return text(
        "The genres are unbalanced, and accuracy is mostly that of the commonest: averaged over genres it recognises "
        "{ours} of the clips (balanced accuracy; the most frequent genre alone would be {always}), with a "
        "{macro} of {f1} ({f1_always}).",
        ours=ours.interval(".0%") or "", always=always.number("value", ".0%") or "",
        macro=Term("macro-F1"), f1=f1.interval(".2f") or "", f1_always=f1_always.number("value", ".2f") or "",
    )  # fmt: skip


def _of(results: Results, model: str, score: str) -> Row | None:
    rows = results.rows("scores", _KEYS, model=model, protocol=results.headline, score=score)
    return rows[0] if rows and rows[0].value("value") is not None else None
