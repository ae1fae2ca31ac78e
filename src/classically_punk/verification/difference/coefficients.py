"""Coefficients of the plain regression that changed sign, both intervals off zero."""

from dataclasses import dataclass

import pandas as pd

from classically_punk.contracts.tables.fits import COEFFICIENTS
from classically_punk.foundation.errors import PunkError
from classically_punk.verification.difference.answers import table
from classically_punk.verification.difference.naming import code
from classically_punk.verification.difference.revision import Revision

LISTED = 10


@dataclass(frozen=True)
class Turned:
    """A coefficient, in indicators a standard deviation, and its interval on both sides."""

    genre: str
    column: str
    before: float
    before_low: float
    before_high: float
    after: float
    after_low: float
    after_high: float


@dataclass(frozen=True)
class Coefficients:
    """turned : the largest changes first, LISTED at most, of `count`. compared : coefficients with an interval on both
    sides; entered, left : columns in the regression on one side only. reason : why nothing could be compared."""

    turned: tuple[Turned, ...]
    count: int
    compared: int
    entered: int
    left: int
    reason: str = ""


def coefficients_between(before: Revision, after: Revision, corpora: tuple[str, str]) -> Coefficients:
    """corpora : of either side. Raises PunkError where a table cannot be read."""
    sides = []
    for revision, corpus in zip((before, after), corpora, strict=True):
        path = f"reports/{corpus}/tables/{COEFFICIENTS.file}"
        rows = table(revision, path)
        if rows is None:
            return Coefficients((), 0, 0, 0, 0, f"{code(revision.name)} has no {COEFFICIENTS.file}")
        lacking = [name for name in ("genre", "column", "coefficient", "low", "high") if name not in rows]
        if lacking:
            return Coefficients(
                (), 0, 0, 0, 0, f"{COEFFICIENTS.file} of {code(revision.name)} has no column {lacking[0]}"
            )
        if rows.duplicated(["genre", "column"]).any():
            raise PunkError(f"{revision.place(path)}: two rows for one coefficient")
        numbers = {name: pd.to_numeric(rows[name], errors="coerce") for name in ("coefficient", "low", "high")}
        sides.append(rows[["genre", "column"]].assign(**numbers).set_index(["genre", "column"]))
    known = [side[side["coefficient"].notna()] for side in sides]
    columns = [set(side.index.get_level_values("column")) for side in known]
    both = sides[0].add_suffix("_before").join(sides[1].add_suffix("_after"), how="inner").dropna()
    off = [both[f"low_{name}"] * both[f"high_{name}"] > 0 for name in ("before", "after")]
    turned = both[off[0] & off[1] & (both["coefficient_before"] * both["coefficient_after"] < 0)]
    apart = (turned["coefficient_after"] - turned["coefficient_before"]).abs()
    names = [f"{name}_{side}" for side in ("before", "after") for name in ("coefficient", "low", "high")]
    largest = turned.loc[apart.sort_values(ascending=False, kind="stable").index[:LISTED], names]
    listed = tuple(
        Turned(str(key[0]), str(key[1]), *map(float, row))
        for key, row in zip(largest.index, largest.to_numpy(), strict=True)
    )
    return Coefficients(listed, len(turned), len(both), len(columns[1] - columns[0]), len(columns[0] - columns[1]))
