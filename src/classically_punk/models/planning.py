"""How many columns the regressions of a corpus see: decided once, by its smallest training part."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Ols
from classically_punk.models.columns import carried_columns


@dataclass(frozen=True)
class ColumnPlan:
    """What every fit of a corpus does about columns, decided once, so that all of them are the same model.

    settings : as in params.yaml, except that `columns` is `all` where components were asked for and the smallest
               training part carries every column: as many components would span the same
    most     : regression columns that the smallest training part carries
    note     : what was decided and why, a sentence
    """

    settings: Ols
    most: int
    note: str

    @property
    def plain(self) -> "ColumnPlan":
        """The plan of a regression on columns themselves, for inference: with components, columns pruned by VIF."""
        if self.settings.columns not in ("components", "family_components"):
            return self
        settings = self.settings.model_copy(update={"columns": "vif_pruned"})
        note = f"{self.most} columns at most, pruned by variance inflation: components have no unit of their own"
        return ColumnPlan(settings, self.most, note)


@dataclass(frozen=True)
class Plans:
    """`whole` : of every fit to whole clips; `windows` : of fits to windows, which have many more rows; None without
    a protocol that tests windows."""

    whole: ColumnPlan
    windows: ColumnPlan | None

    @property
    def plain(self) -> ColumnPlan:
        """The plan of the regression whose coefficients are shown and tested."""
        return self.whole.plain

    def by_protocol(self, folds: pd.DataFrame) -> Iterator[tuple[ColumnPlan, pd.DataFrame]]:
        """Each plan with the folds of the protocols that follow it."""
        of_windows = folds["protocol"].isin([name for name, entry in PROTOCOLS.items() if entry.windows])
        yield self.whole, folds[~of_windows]
        if self.windows is not None:
            yield self.windows, folds[of_windows]


def plan_corpus(n_columns: int, folds: pd.DataFrame, settings: Ols) -> Plans:
    """What all fits of a corpus do about columns. folds : as `validation.splits.make_folds` writes them.

    Raises PunkError when no protocol tests whole clips.
    """
    sizes = folds[folds["role"] == "train"].groupby(["protocol", "fold"]).size()
    smallest: dict[bool, int] = {}
    for protocol, size in zip(sizes.index.get_level_values("protocol"), sizes, strict=True):
        windows = PROTOCOLS[protocol].windows
        smallest[windows] = min(int(size), smallest.get(windows, int(size)))
    if False not in smallest:
        raise PunkError("folds.csv: no protocol tests whole clips; reports/*/tables/protocols.csv says why")
    windows_plan = plan_columns(n_columns, smallest[True], settings) if True in smallest else None
    return Plans(plan_columns(n_columns, smallest[False], settings), windows_plan)


def plan_columns(n_columns: int, smallest_part: int, settings: Ols) -> ColumnPlan:
    """The plan for fits of which the smallest has `smallest_part` rows."""
    most = carried_columns(smallest_part, settings.rows_per_column)
    carried = f"the smallest training part, {smallest_part} rows, carries {most} columns"
    if settings.columns in ("components", "family_components"):
        if n_columns <= most:
            everything = settings.model_copy(update={"columns": "all"})
            return ColumnPlan(everything, most, f"all {n_columns} columns: {carried}")
        return ColumnPlan(settings, most, f"{most} {settings.columns} of {n_columns} columns: {carried}")
    if settings.columns == "all":
        return ColumnPlan(settings, most, f"all {n_columns} columns, as configured; {carried}")
    return ColumnPlan(settings, most, f"{settings.columns}, {most} of {n_columns} columns at most: {carried}")
