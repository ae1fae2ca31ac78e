"""How columns come about, as data: which function gives each, in which named sets, of which family.

`data/C/recipe.csv` holds all about the columns of the feature table that can change a number, and nothing else;
`data/C/design_recipe.csv` the same of the columns of the design table, and models depend on that alone. What a reader
is told of columns stands in `data/C/columns.csv`, see `columns`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.families import Over
from classically_punk.contracts.tables.design import RECIPE
from classically_punk.contracts.tables.schema import Table
from classically_punk.foundation.errors import PunkError


@dataclass(frozen=True)
class Step:
    """How one column comes about.

    function  : `module:name` within the room `features`, "" where others measured the column; over : what it gives
    output    : which of the numbers that it gives, from 0 on
    statistic : of that number over the frames or values of a span; "" where the number stands for itself
    family    : timbre, harmony, rhythm or dynamics
    version   : raised when a column of the same name comes to mean something else
    """

    column: str
    over: Over
    function: str
    output: int
    statistic: str
    family: str
    version: int = 1


@dataclass(frozen=True)
class Recipe:
    """The named sets of columns that a feature table has been made for. A column of two sets is the same in both."""

    sets: Mapping[str, tuple[Step, ...]]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All columns, each once, in the order of the sets."""
        return tuple({step.column: step for steps in self.sets.values() for step in steps}.values())

    def only(self, name: str, columns: Sequence[str]) -> "Recipe":
        """The recipe of `columns`, in their order, as one set called `name`. Raises PunkError when one has no step."""
        known = {step.column: step for step in self.steps}
        missing = [column for column in columns if column not in known]
        if missing:
            raise PunkError(f"recipe.csv: no step gives {missing[0]} ({len(missing)} in all); run dvc repro")
        return Recipe({name: tuple(known[column] for column in columns)})

    @property
    def columns(self) -> dict[str, list[str]]:
        """set -> its columns, in its order; sets by name."""
        return {name: [step.column for step in self.sets[name]] for name in sorted(self.sets)}

    @property
    def families(self) -> dict[str, str]:
        """column -> timbre, harmony, rhythm or dynamics."""
        return {step.column: step.family for step in self.steps}

    @property
    def versions(self) -> dict[str, int]:
        """column -> version of what it means."""
        return {step.column: step.version for step in self.steps}

    def table(self) -> pd.DataFrame:
        """RECIPE, or DESIGN_RECIPE."""
        rows = ({"set": name, **vars(step)} for name, steps in self.sets.items() for step in steps)
        return tables.frame(RECIPE, rows)


def read_recipe(table: Table, folder: Path) -> Recipe:
    """table : RECIPE or DESIGN_RECIPE, which `folder` holds. Raises PunkError as `tables.read`."""
    sets: dict[str, list[Step]] = {}
    for cells in tables.read(table, folder).to_dict("records"):
        sets.setdefault(cells.pop("set"), []).append(Step(**cells))
    return Recipe({name: tuple(steps) for name, steps in sets.items()})
