"""What the regression sees of the standardised columns: all that are independent, some of them, or their components.

Plain least squares cannot use 200 columns with 300 clips. `components` condenses all columns by the principal
components of the training rows, `family_components` each family (timbre, harmony, rhythm, dynamics) by its own;
`vif_pruned` leaves out columns that the others explain, `forward` takes in those that help. Each regression column is
a weighted sum of standardised columns, so every coefficient can be carried back to the columns themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classically_punk.contracts.classifier import FloatArray
from classically_punk.foundation.params import Ols
from classically_punk.models.collinearity import independent_columns, prune_by_vif
from classically_punk.models.selection import Search, forward_selection

WHOLE_TABLE = "component"
"""The one family of which all columns are members when they are condensed together."""

SMALLEST_EIGENVALUE = 1e-10  # of a family's largest: below it a component is rounding noise


@dataclass(frozen=True)
class Reduction:
    """Standardised columns -> regression columns, a linear map.

    weights  : shape (p, m); regression columns = standardised columns @ weights
    names    : m names: the column itself, or "component 1", "timbre 1", ... by falling explained variance
    families : m families; "component" for components of all columns
    aliased  : columns or components left out because those before them determine them
    notes    : what was done and why, in sentences
    """

    weights: FloatArray
    names: tuple[str, ...]
    families: tuple[str, ...]
    aliased: tuple[str, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Weights in the order of the columns of the design table."""
        return {
            "regression_columns": [
                {
                    "name": name,
                    "family": family,
                    "weights": self.weights[:, k].tolist(),
                }
                for k, (name, family) in enumerate(zip(self.names, self.families, strict=True))
            ],
            "aliased": list(self.aliased),
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any], n_columns: int) -> "Reduction":
        """The reduction of `n_columns` columns that `to_json` described. Raises ValueError when it is of others."""
        described = content["regression_columns"]
        weights = (
            np.array([column["weights"] for column in described], dtype=float).reshape(len(described), n_columns).T
        )
        return cls(
            weights,
            tuple(column["name"] for column in described),
            tuple(column["family"] for column in described),
            tuple(content["aliased"]),
            tuple(content["notes"]),
        )


def choose_columns(
    standardised: FloatArray,
    columns: Sequence[str],
    families: Mapping[str, str],
    settings: Ols,
    search: Search | None = None,
    most: int | None = None,
) -> Reduction:
    """The reduction that `settings` ask for, learned from the training rows.

    standardised : shape (n, p), training rows, centre 0; a column of zeros is one that does not vary
    families     : family of each column
    search       : what `forward` chooses by
    most         : regression columns at most, as the corpus' plan has it; None: as many as these rows carry
    With `all` and too few rows for a residual (p > n - 2) it falls back to `components`, and says so. With either
    kind of components and rows enough for every column, every column is used: as many components would span the same.
    Raises KeyError when a column has no family, ValueError when `forward` has nothing to choose by.
    """
    n, p = standardised.shape
    budget = carried_columns(n, settings.rows_per_column)
    if most is not None:
        budget = max(0, min(most, n - 2))
    if settings.columns == "vif_pruned":
        chosen = _pruned(standardised, columns, families, settings.vif_limit, budget)
    elif settings.columns == "forward":
        if search is None:
            raise ValueError("forward: needs labels and inner folds of the training rows")
        chosen = _taken_forward(standardised, columns, families, search, budget)
    elif p <= (n - 2 if settings.columns == "all" else budget):
        chosen = _every_column(columns, families)
    else:
        parts = families if settings.columns == "family_components" else dict.fromkeys(columns, WHOLE_TABLE)
        chosen = family_components(standardised, columns, parts, budget)
        if settings.columns == "all":
            note = f"all: {p} columns are too many for {n} training rows, so components were used instead"
            chosen = _with_notes(chosen, (note,))
    return _without_aliased(standardised, chosen)


def _pruned(
    standardised: FloatArray, columns: Sequence[str], families: Mapping[str, str], limit: float, budget: int
) -> Reduction:
    pruning = prune_by_vif(standardised, columns, limit, most=budget)
    kept = f"{len(pruning.kept)} of {len(columns)} columns kept"
    note = f"vif_pruned: {kept}, at a variance inflation of {limit:g} at most"
    return _with_notes(_some_columns(columns, families, pruning.kept.tolist()), (note,))


def _taken_forward(
    standardised: FloatArray, columns: Sequence[str], families: Mapping[str, str], search: Search, budget: int
) -> Reduction:
    selection = forward_selection(standardised, search, budget)
    taken = f"{len(selection.taken)} of {len(columns)} columns taken"
    note = f"forward: {taken}, inner log loss {selection.loss:.4f}"
    return _with_notes(_some_columns(columns, families, selection.taken), (note,))


def family_components(
    standardised: FloatArray, columns: Sequence[str], families: Mapping[str, str], budget: int
) -> Reduction:
    """At most `budget` principal components of the families, those with the largest variance of all.

    The standardised columns of a family have its number of columns as their total variance. Taking the components
    with the largest eigenvalues over all families therefore apportions the budget by explained variance and keeps
    more of the whole table's variance than any other choice of as many family components. Every family that
    varies gets its first component, as long as the budget reaches: a small family may still be the one that tells
    two genres apart. Components are scaled to deviation 1 and signed so that their largest weight is positive.
    """
    n = len(standardised)
    order = list(dict.fromkeys(families[column] for column in columns))
    found: list[tuple[str, int, float, FloatArray]] = []  # family, rank within it, variance, weights
    for family in order:
        members = np.array([j for j, column in enumerate(columns) if families[column] == family])
        part = standardised[:, members]
        variances, vectors = np.linalg.eigh(part.T @ part / n)
        largest = max(float(variances[-1]), 0.0)
        for rank, k in enumerate(range(len(members) - 1, -1, -1)):
            if largest == 0.0 or variances[k] <= SMALLEST_EIGENVALUE * largest:
                break
            weights = np.zeros(len(columns))
            vector = vectors[:, k] * np.sign(vectors[np.abs(vectors[:, k]).argmax(), k])
            weights[members] = vector / np.sqrt(variances[k])
            found.append((family, rank, float(variances[k]), weights))
    found.sort(key=lambda component: (component[1] > 0, -component[2]))  # firsts of each family, then by variance
    kept = sorted(found[:budget], key=lambda component: (order.index(component[0]), component[1]))
    total = sum(component[2] for component in found)
    shares = []
    for family in order:
        of_family = [variance for name, _, variance, _ in found if name == family]
        kept_of_family = [variance for name, _, variance, _ in kept if name == family]
        if of_family:
            share = sum(kept_of_family) / sum(of_family)
            shares.append(f"{family} {len(kept_of_family)} of {len(of_family)} ({share:.1%} of its variance)")
    overall = sum(component[2] for component in kept) / total if total else 0.0
    note = f"components: {', '.join(shares)}; {overall:.1%} of the variance of all columns"
    return Reduction(
        np.column_stack([component[3] for component in kept]) if kept else np.zeros((len(columns), 0)),
        tuple(f"{component[0]} {component[1] + 1}" for component in kept),
        tuple(component[0] for component in kept),
        (),
        (note,),
    )


def carried_columns(n_rows: int, rows_per_column: float) -> int:
    """Regression columns that `n_rows` training rows carry, with a residual left beside the intercept."""
    return max(0, min(int(n_rows / rows_per_column), n_rows - 2))


def _every_column(columns: Sequence[str], families: Mapping[str, str]) -> Reduction:
    return _some_columns(columns, families, range(len(columns)))


def _some_columns(columns: Sequence[str], families: Mapping[str, str], kept: Sequence[int]) -> Reduction:
    places = list(kept)
    names = tuple(columns[j] for j in places)
    return Reduction(np.eye(len(columns))[:, places], names, tuple(families[name] for name in names), (), ())


def _without_aliased(standardised: FloatArray, chosen: Reduction) -> Reduction:
    kept = independent_columns(standardised @ chosen.weights)
    if len(kept) == len(chosen.names):
        return chosen
    names = [name for k, name in enumerate(chosen.names) if k not in set(kept.tolist())]
    note = f"left out as constant or determined by the columns before them: {', '.join(names)}"
    return Reduction(
        chosen.weights[:, kept],
        tuple(chosen.names[k] for k in kept),
        tuple(chosen.families[k] for k in kept),
        tuple(names),
        (*chosen.notes, note),
    )


def _with_notes(chosen: Reduction, notes: tuple[str, ...]) -> Reduction:
    return Reduction(chosen.weights, chosen.names, chosen.families, chosen.aliased, (*notes, *chosen.notes))
