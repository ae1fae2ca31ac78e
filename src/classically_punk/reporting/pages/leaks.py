"""What a looser protocol adds to a score, in words: like for like, and as it is usually read."""

from classically_punk.contracts.models import REGRESSION
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Text, text

LEAK_KEYS = ("model", "loose", "strict")
"""What names a row of optimism.csv."""


def leaks(results: Results) -> list[Row]:
    """What each looser protocol adds to the regression's accuracy under the headline's, like for like first."""
    known = [row for row in _rows(results) if row["strict"] == results.headline]
    return sorted(known, key=lambda row: row["like_for_like"] != "yes")


def naive_leaks(results: Results) -> list[Row]:
    """The same against folds that are not the headline's: other clips, or another number of folds."""
    return [row for row in _rows(results) if row["strict"] != results.headline]


def _rows(results: Results) -> list[Row]:
    if not results.has_table("optimism"):
        return []
    rows = results.rows("optimism", LEAK_KEYS, model=REGRESSION)
    return [row for row in rows if row.value("optimism") is not None]


def naive_words(row: Row) -> Text:
    """How the difference is usually read, and what is wrong with that reading."""
    words = text(
        "The naive reading: {loose} against {strict} is {points} points",
        loose=row.name("loose"), strict=row.name("strict"), points=row.interval("+points", "optimism") or "",
    )  # fmt: skip
    if row["like_for_like"] == "yes":
        return words + ", on the same clips and as many folds."
    return words + text(
        "; but the one tests {a} clips and the other {b}, or learns from fewer of them, and that is part of it.",
        a=row.number("n_loose", ",.0f") or "", b=row.number("n_strict", ",.0f") or "",
    )  # fmt: skip


def leak_words(row: Row) -> Text:
    """What a loose protocol adds to the regression's accuracy."""
    low, high = row.value("low"), row.value("high")
    sure = low is not None and high is not None and not low <= 0 <= high
    remark = "" if sure else ", which the interval does not tell from nothing"
    if row["like_for_like"] != "yes":
        remark += "; not like for like, since other rows are tested or there is more to learn from"
    return text(
        "Under {loose} the regression seems to score {a}, under {strict} {b}: {points} points{remark}.",
        loose=row.name("loose"), a=row.number("loose_accuracy", ".3f") or "", strict=row.name("strict"),
        b=row.number("strict_accuracy", ".3f") or "", points=row.interval("+points", "optimism") or "",
        remark=remark,
    )  # fmt: skip
