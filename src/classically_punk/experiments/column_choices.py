"""Which columns should the regression see? Every named choice, on every feature set there is, under the same folds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.design import KEYS
from classically_punk.contracts.models import REGRESSION
from classically_punk.contracts.protocols import keeping_apart
from classically_punk.contracts.tables.scores import COLUMN_CHOICES
from classically_punk.foundation.params import ColumnChoice, Evaluate, Inner, Ols
from classically_punk.models.ols import planned_suite
from classically_punk.models.planning import plan_corpus
from classically_punk.scoring.bootstrap import percentile_interval
from classically_punk.scoring.scores import Judged, bootstrap_units, judge
from classically_punk.validation.held_out import held_out_predictions

CHOICES: tuple[str, ...] = get_args(ColumnChoice)


@dataclass(frozen=True)
class Compared:
    """scores : COLUMN_CHOICES; answers : COLUMN_ANSWERS."""

    scores: pd.DataFrame
    answers: pd.DataFrame


@dataclass(frozen=True)
class _Tried:
    feature_set: str
    choice: str
    predictions: pd.DataFrame
    judged: Mapping[str, Judged]
    columns: Mapping[str, float]
    notes: Mapping[str, str]


def compare_choices(
    designs: Mapping[str, pd.DataFrame],
    configured: str,
    folds: pd.DataFrame,
    families: Mapping[str, str],
    settings: Ols,
    inner: Inner,
    judged_by: Evaluate,
) -> Compared:
    """Held-out answers of the regression for each choice of columns, and how often they are right.

    designs    : design table of each feature set; configured : the set that `clean.feature_set` names
    settings   : all that is not the choice stays as it is; `settings.columns` is the configured choice
    columns    : of the regression, mean over the folds
    difference : accuracy less that of the configured choice on the configured set, with its paired bootstrap interval
    Of repeated partitions the first is used. Windows at random are left out: that protocol leaks, and what leaks most
    would look best. So are clips that lack a value in one of the sets.
    """
    everywhere = set.intersection(*(set(table["clip"]) for table in designs.values()))
    first = folds["partition"] == 1
    strict = folds[first & folds["protocol"].isin(keeping_apart()) & folds["clip"].isin(everywhere)]
    tried = [
        _try(name, choice, table, strict, families, settings, inner, judged_by)
        for name, table in designs.items()
        for choice in CHOICES
    ]
    own = next(each for each in tried if (each.feature_set, each.choice) == (configured, settings.columns))
    rows = (_row(each, own, protocol) for each in tried for protocol in each.judged)
    return Compared(tables.frame(COLUMN_CHOICES, rows), _answers(tried, designs[configured]))


def _try(
    name: str,
    choice: str,
    table: pd.DataFrame,
    folds: pd.DataFrame,
    families: Mapping[str, str],
    settings: Ols,
    inner: Inner,
    judged_by: Evaluate,
) -> _Tried:
    columns = [column for column in table.columns if column not in KEYS]
    chosen = settings.model_copy(update={"columns": choice})
    plan = plan_corpus(len(columns), folds, chosen).whole
    held = held_out_predictions(table, folds, planned_suite(columns, families, plan, inner), columns)
    by_protocol = held.fits[held.fits["model"] == REGRESSION].groupby("protocol")
    notes = {str(protocol): _common(part["note"].tolist()) for protocol, part in by_protocol}
    predictions = held.predictions[held.predictions["model"] == REGRESSION]
    judged = judge(predictions, table, judged_by)
    return _Tried(name, choice, predictions, judged, by_protocol["columns"].mean().to_dict(), notes)


def _answers(tried: Sequence[_Tried], clips: pd.DataFrame) -> pd.DataFrame:
    """COLUMN_ANSWERS; every choice answers for the same clips. clips : as for `scoring.scores.judge`."""
    first = tried[0].predictions
    units = [bootstrap_units(part, str(protocol), clips) for protocol, part in first.groupby("protocol", sort=False)]
    rows = first[["protocol", "clip", "label"]].assign(unit=pd.concat(units))
    for each in tried:
        said = each.predictions[["protocol", "clip", "predicted"]]
        name = f"predicted.{each.feature_set}/{each.choice}"
        rows = rows.merge(said.rename(columns={"predicted": name}), on=["protocol", "clip"], validate="one_to_one")
    return rows.sort_values(["protocol", "clip"], ignore_index=True)


def _row(each: _Tried, own: _Tried, protocol: str) -> dict[str, object]:
    here, there = each.judged[protocol], own.judged[protocol]
    interval = here.interval("accuracy")
    low = high = None
    if here.samples is not None and there.samples is not None and each is not own:
        apart = percentile_interval(here.samples["accuracy"] - there.samples["accuracy"], here.confidence, here.units)
        low, high = apart.low, apart.high
    return {
        "feature_set": each.feature_set,
        "choice": each.choice,
        "configured": "yes" if each is own else "no",
        "protocol": protocol,
        "columns": each.columns[protocol],
        "accuracy": here.values["accuracy"],
        "low": interval.low,
        "high": interval.high,
        "difference": here.values["accuracy"] - there.values["accuracy"],
        "difference_low": low,
        "difference_high": high,
        "n": here.n_rows,
        "n_groups": here.counts.n_groups,
        "note": "; ".join(text for text in (interval.reason, each.notes[protocol]) if text),
    }


def _common(notes: Sequence[str]) -> str:
    """The note of the first fold, as an example of what each fold did."""
    return f"first fold: {notes[0]}" if notes and notes[0] else ""
