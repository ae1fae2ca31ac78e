"""A comparison in words and as JSON."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from classically_punk.bundle.reading import Loaded
from classically_punk.contracts.faults import DESCRIPTIONS
from classically_punk.drift.batch import Batch
from classically_punk.drift.comparison import Comparison, Moved
from classically_punk.foundation.writing import round_significant

TITLES = {
    "columns": "columns one by one (Kolmogorov-Smirnov)",
    "kernel": "columns together (kernel two-sample test)",
    "genres": "shares of the predicted genres",
    "unsure": 'share of "not sure"',
}
SHOWN = 10
"""Columns, those that moved most."""
OF_THE_QUARTILES = 0.25
"""Of the distance of the training quartiles: from there on, a median has moved; below, look at the spread."""
OTHER_LENGTH = 1.5
"""Times; from there on, the length of clips may be what moved their columns."""


def verdict(found: Comparison) -> str:
    """One sentence."""
    of_stable = f"{found.level:.0%} of batches of music that has not changed"
    if not found.drifted:
        return f"stable: nothing moved farther than it does in all but {of_stable}"
    moved = ", ".join(TITLES[test.name] for test in found.tests if test.moved)
    return f"drift: {moved}: farther than in all but {of_stable}"


def words(moved: Moved) -> str:
    """What happened to a column.

    The median where it moved, else the spread.
    """
    unit = "" if moved.column.unit == "1" else f" {moved.column.unit}"
    (low, middle, high), (low_now, middle_now, high_now) = moved.before, moved.now
    if abs(middle_now - middle) >= OF_THE_QUARTILES * (high - low) and middle_now != middle:
        way = "higher" if middle_now > middle else "lower"
        return f"{moved.column.title}: {way}, median {middle_now:.4g}{unit} (training {middle:.4g}{unit})"
    way = "spread wider" if high_now - low_now > high - low else "spread less"
    return (
        f"{moved.column.title}: {way}, middle half {low_now:.4g} to {high_now:.4g}{unit} "
        f"(training {low:.4g} to {high:.4g}{unit})"
    )


def notes(batch: Batch, loaded: Loaded) -> list[str]:
    """What a reader should know before believing the verdict."""
    found = []
    length, asked = batch.median_duration, loaded.content.lengths[-1].length
    if length is not None and not 1 / OTHER_LENGTH <= length / asked <= OTHER_LENGTH:
        found.append(
            f"Its clips last {length:.3g} s in the median; the model's own figures are for {asked:g} s. Many columns "
            "move with the length alone: compare clips as long as the training music's."
        )
    faults = Counter(fault for clip in batch.clips for fault in clip.faults)
    found += [f"{count} of {len(batch.clips)} clips: {DESCRIPTIONS[fault]}" for fault, count in sorted(faults.items())]
    return found


def comparison_json(found: Comparison, batch: Batch, loaded: Loaded) -> dict[str, Any]:
    """All of it, without NaN or infinity; floats have 6 significant digits."""
    return {
        "verdict": "drift" if found.drifted else "stable",
        "sentence": verdict(found),
        "model": {"name": loaded.content.name, "title": loaded.content.title, "sha256": loaded.bundle.sha256},
        "clips": found.m,
        "training_clips": found.n,
        "level": found.level,
        "tests": [
            {
                "test": test.name,
                "title": TITLES[test.name],
                "statistic": round_significant(test.statistic),
                "critical": round_significant(test.critical),
                "moved": test.moved,
                "p_if_clips_were_independent": round_significant(test.p),
            }
            for test in found.tests
        ],
        "columns": [
            {
                "column": each.column.column,
                "title": each.column.title,
                "unit": each.column.unit,
                "distance": round_significant(each.distance),
                "p": round_significant(each.p),
                "moved": each.p < found.level,
                "training_quartiles": _rounded(each.before),
                "quartiles": _rounded(each.now),
                "words": words(each),
            }
            for each in found.columns[:SHOWN]
        ],
        "columns_moved": len(found.moved),
        "genres": [
            {"genre": name, "training_share": round_significant(before), "share": round_significant(now)}
            for name, (before, now) in found.genres.items()
        ],
        "unsure": {"training_share": round_significant(found.unsure[0]), "share": round_significant(found.unsure[1])},
        "notes": notes(batch, loaded),
        "left_out": [{"name": each.name, "reason": each.reason} for each in batch.left_out],
    }


def _rounded(values: Sequence[float]) -> list[float]:
    return [round_significant(value) for value in values]
