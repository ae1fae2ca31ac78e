"""What a model said of clips that it had not seen, as a revision holds it; tables of older formats included."""

import io
import json
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from classically_punk.contracts.models import MODELS, REGRESSION
from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.contracts.tables.scores import ANSWERS, COLUMN_ANSWERS, PREDICTIONS
from classically_punk.foundation.errors import PunkError, shortened
from classically_punk.verification.difference.revision import Revision

SAID = "predicted."
KEY = ["protocol", "partition", "clip"]


@dataclass(frozen=True)
class Answers:
    """What is compared: a model (or the regression with a choice of columns) of a corpus in a revision.

    title  : as a reader knows it
    model  : its name
    rows   : by protocol: partition, fold, clip, label, predicted, second, margin (NaN where not kept), unit ("" where
             not known)
    """

    title: str
    model: str
    rows: Mapping[str, pd.DataFrame]


def table(revision: Revision, path: str) -> pd.DataFrame | None:
    """A CSV file as text, None where there is none. Raises PunkError where it is no table."""
    content = revision.text(path)
    if content is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # of rows longer than the heading
            return pd.read_csv(io.StringIO(content), dtype=str, keep_default_na=False, index_col=False)
    except (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError) as error:
        raise PunkError(f"{revision.place(path)}: not a table: {shortened(str(error), 120)}") from error


def summary(revision: Revision, corpus: str) -> dict[str, Any]:
    """metrics/C/summary.json; empty where there is none. Raises PunkError where it is no mapping."""
    path = f"metrics/{corpus}/summary.json"
    content = revision.text(path)
    if content is None:
        return {}
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise PunkError(f"{revision.place(path)}: no JSON: {shortened(str(error), 120)}") from error
    if not isinstance(found, dict):
        raise PunkError(f"{revision.place(path)}: a mapping of scores is expected")
    return found


def default_model(revision: Revision, corpus: str) -> str:
    """The model that answers for the corpus; the plain regression where the revision does not say."""
    rule = summary(revision, corpus).get("rule")
    named = rule.get("default") if isinstance(rule, dict) else None
    return str(named) if named in models_of(revision, corpus) else REGRESSION


def models_of(revision: Revision, corpus: str) -> tuple[str, ...]:
    """Those whose answers are kept, the plain regression first."""
    found = table(revision, _path(corpus, ANSWERS.file))
    others = [] if found is None else [name.removeprefix(SAID) for name in found.columns if name.startswith(SAID)]
    return (REGRESSION, *(name for name in MODELS if name in others))


def models_changed(before: Revision, after: Revision, corpus: str, own: Collection[str]) -> tuple[str, ...]:
    """Models on both sides that say something else, those of `own` left out."""
    path = _path(corpus, ANSWERS.file)
    tables = [table(side, path) for side in (before, after)]
    if tables[0] is None or tables[1] is None or before.files[path] == after.files[path]:
        return ()
    old, new = (
        _keyed(each, side, path).set_index(KEY).sort_index() for each, side in zip(tables, (before, after), strict=True)
    )
    names = [name for name in MODELS if name not in own and f"{SAID}{name}" in old and f"{SAID}{name}" in new]
    return tuple(name for name in names if not old[f"{SAID}{name}"].equals(new[f"{SAID}{name}"]))


def of_model(revision: Revision, corpus: str, model: str) -> Answers:
    """The answers of one model. Raises PunkError where they are not kept."""
    kept = models_of(revision, corpus)
    if model not in kept:
        why = f"kept are those of {', '.join(kept)}" if model in MODELS else f"the models are {', '.join(MODELS)}"
        raise PunkError(f"{revision.name}: no answers of {shortened(model)} for {corpus}; {why}")
    path = _path(corpus, PREDICTIONS.file)
    rows = table(revision, path)
    if rows is None:
        raise PunkError(f"{revision.place(path)}: no such file; run dvc repro evaluate@{corpus}")
    rows = _checked(rows, revision, path)
    others = table(revision, _path(corpus, ANSWERS.file))
    if others is None:
        rows["unit"] = ""
    else:
        others = _keyed(others, revision, _path(corpus, ANSWERS.file))
        wanted = others[[*KEY, "unit", *([f"{SAID}{model}"] if model != REGRESSION else [])]]
        rows = rows.merge(wanted, on=KEY, how="left").fillna({"unit": "", f"{SAID}{model}": ""})
    if model != REGRESSION:
        rows = rows.drop(columns=["predicted", "second", "margin"]).rename(columns={f"{SAID}{model}": "predicted"})
        rows = rows[rows["predicted"] != ""].assign(second="", margin=float("nan"))
    return Answers(MODELS[model].title, model, _by_protocol(rows))


def of_columns(revision: Revision, corpus: str, choice: str) -> Answers:
    """The regression with a choice of columns, called FEATURE_SET/CHOICE. Raises PunkError where it is not kept."""
    path = _path(corpus, COLUMN_ANSWERS.file)
    rows = table(revision, path)
    if rows is None:
        raise PunkError(
            f"{revision.place(path)}: no such file, and column_choices.csv holds scores without the answers behind "
            f"them; run dvc repro columns@{corpus}"
        )
    rows = _keyed(rows.assign(partition="1"), revision, path)
    if f"{SAID}{choice}" not in rows:
        known = ", ".join(name.removeprefix(SAID) for name in rows.columns if name.startswith(SAID))
        raise PunkError(f"{revision.name}: no choice of columns {shortened(choice)} for {corpus}; kept are {known}")
    rows = rows.assign(predicted=rows[f"{SAID}{choice}"], fold="", second="", margin=float("nan"))
    return Answers(f"OLS on {choice}", REGRESSION, _by_protocol(rows))


def _checked(rows: pd.DataFrame, revision: Revision, path: str) -> pd.DataFrame:
    """predictions.csv with the columns that older ones lack: one partition, no fold, runner-up or margin."""
    rows = rows.assign(**{name: filler for name, filler in _FILLERS.items() if name not in rows})
    rows = _keyed(rows, revision, path)
    for name in ("label", "predicted"):
        if name not in rows:
            raise PunkError(f"{revision.place(path)}: no column {name}, so that nothing can be compared by it")
    rows["margin"] = pd.to_numeric(rows["margin"], errors="coerce").astype(float)
    return rows


_FILLERS = {"partition": "1", "fold": "", "second": "", "margin": ""}


def _keyed(rows: pd.DataFrame, revision: Revision, path: str) -> pd.DataFrame:
    """With whole numbers as partitions. Raises PunkError where rows cannot be told apart."""
    for name in KEY:
        if name not in rows:
            raise PunkError(f"{revision.place(path)}: no column {name}, so that nothing can be compared by it")
    number = pd.to_numeric(rows["partition"], errors="coerce")
    if number.isna().any():
        raise PunkError(f"{revision.place(path)}: a partition is a whole number")
    rows = rows.assign(partition=number.astype(int))
    if rows.duplicated(KEY).any():
        twice = shortened(", ".join(str(cell) for cell in rows.loc[rows.duplicated(KEY), KEY].iloc[0]))
        raise PunkError(f"{revision.place(path)}: two rows for {twice}")
    return rows


def _by_protocol(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    columns = ["partition", "fold", "clip", "label", "predicted", "second", "margin", "unit"]
    parts = {str(name): part[columns].reset_index(drop=True) for name, part in rows.groupby("protocol")}
    return {name: parts[name] for name in PROTOCOLS if name in parts}


def _path(corpus: str, file: str) -> str:
    return f"reports/{corpus}/tables/{file}"
