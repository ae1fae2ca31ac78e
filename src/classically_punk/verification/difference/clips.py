"""Clips gained and lost between two paired sides, per genre, and those that tell the most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from classically_punk.verification.difference.pairing import Pair

TELLING = 10


@dataclass(frozen=True)
class GenreMoved:
    """gained, lost : clips that are right in more, or in fewer, of the partitions; net : in clips, a partition each."""

    genre: str
    n: int
    gained: int
    lost: int
    net: float


@dataclass(frozen=True)
class ClipMoved:
    """before, after : what is said of it in most partitions, the first by name of those said as often.

    right_before, right_after : share of the partitions in which it is right
    margin_before, margin_after : of the label over what is said otherwise: mean over the partitions of the margin,
                      counted negative where another genre is said; None where no margins are kept
    """

    clip: str
    label: str
    before: str
    after: str
    right_before: float
    right_after: float
    margin_before: float | None
    margin_after: float | None


def genres_moved(pair: Pair) -> list[GenreMoved]:
    """A row for each genre of the labels, sorted."""
    moved = _moved(pair)
    rows = []
    for genre, part in moved.groupby("label"):
        change = (part["right_after"] - part["right_before"]).round(9)
        rows.append(
            GenreMoved(str(genre), len(part), int((change > 0).sum()), int((change < 0).sum()), float(change.sum()))
        )
    return rows


def most_telling(pair: Pair) -> list[ClipMoved]:
    """The clips whose share of right answers moved most, of equal ones those whose margin did: TELLING at most."""
    moved = _moved(pair)
    change = (moved["right_after"] - moved["right_before"]).round(9)
    margin = (moved["margin_after"] - moved["margin_before"]).fillna(0.0)
    order = moved.assign(change=change.abs(), margin=margin.abs(), clip=moved.index)[change != 0]
    order = order.sort_values(["change", "margin", "clip"], ascending=[False, False, True]).head(TELLING)
    return [
        ClipMoved(
            clip=str(row["clip"]),
            label=str(row["label"]),
            before=str(row["before"]),
            after=str(row["after"]),
            right_before=float(row["right_before"]),
            right_after=float(row["right_after"]),
            margin_before=_number(row["margin_before"]),
            margin_after=_number(row["margin_after"]),
        )
        for _, row in order.iterrows()
    ]


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def net_of(rows: Sequence[GenreMoved]) -> tuple[int, int]:
    """Clips gained and lost over all genres."""
    return sum(row.gained for row in rows), sum(row.lost for row in rows)


def _moved(pair: Pair) -> pd.DataFrame:
    clips = list(pair.clips)
    labels = pair.after.drop_duplicates("clip").set_index("clip")["label"].reindex(clips)
    columns: dict[str, object] = {"label": labels}
    for name, side in (("before", pair.before), ("after", pair.after)):
        signed = np.where(side["predicted"] == side["label"], side["margin"], -side["margin"])
        columns[f"right_{name}"] = pair.right(side)
        columns[f"margin_{name}"] = pd.Series(signed).groupby(side["clip"]).mean().reindex(clips)
        columns[name] = side.groupby("clip")["predicted"].agg(_commonest).reindex(clips)
    return pd.DataFrame(columns, index=clips)


def _commonest(said: pd.Series) -> str:
    counts = said.value_counts()
    return str(min(counts.index[counts == counts.max()]))
