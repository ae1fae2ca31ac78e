"""Figures that others measured on GTZAN's published table, measured again by this project's folds, fits and scores.

They were made with scikit-learn, one-hot least squares and argmax for the regressions, by people who did not use this
code. That ours come out alike is the check that the machinery is right. What differs by right: the random folds are
drawn anew, and powers are fitted to scaled columns.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import Suite, together
from classically_punk.contracts.design import KEYS, WHOLE
from classically_punk.contracts.tables.design import FOLDS
from classically_punk.contracts.tables.scores import RANDOM, REFERENCE_FIGURES
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import (
    BoostingGrid,
    Comparators,
    ForestGrid,
    Inner,
    LdaGrid,
    LogisticGrid,
    NeighbourGrid,
    Ols,
    RidgeGrid,
    SvmGrid,
)
from classically_punk.models.comparators import comparator_suite
from classically_punk.models.ols import ols_suite
from classically_punk.validation.held_out import held_out_predictions

BOUND = 0.015


@dataclass(frozen=True)
class Figure:
    """What others measured with one model: accuracy by protocol, protocols as in folds.csv or RANDOM."""

    model: str
    settings: str
    transform: str
    accuracy: dict[str, float]


MEASURED_BY_OTHERS = {
    "gtzan_published": (
        Figure(
            "ols", "standardised columns", "none", {RANDOM: 0.668, "artist_published": 0.477, "fault_filtered": 0.528}
        ),
        Figure("ols", "Yeo-Johnson columns", "yeo_johnson", {"artist_published": 0.508, "fault_filtered": 0.531}),
        Figure("logistic", "C = 1", "none", {RANDOM: 0.724, "artist_published": 0.525, "fault_filtered": 0.559}),
        Figure("svm", "RBF, C = 10", "none", {RANDOM: 0.743, "artist_published": 0.483, "fault_filtered": 0.528}),
        Figure("forest", "500 trees", "none", {RANDOM: 0.727, "artist_published": 0.463, "fault_filtered": 0.490}),
        Figure("knn", "5 neighbours", "none", {RANDOM: 0.690, "artist_published": 0.445, "fault_filtered": 0.424}),
    )
}

AS_MEASURED = Comparators(
    seed=0,
    partitions=1,
    search_rows=1_000_000,
    ridge=RidgeGrid(alpha=[1.0]),
    lda=LdaGrid(shrinkage=[0.0]),
    logistic=LogisticGrid(c=[1.0]),
    knn=NeighbourGrid(neighbours=[5]),
    svm=SvmGrid(c=[10.0], gamma=[1.0]),
    forest=ForestGrid(trees=500, smallest_leaf=[1]),
    boosting=BoostingGrid(learning_rate=0.1, rounds=[1], leaves=2, bins=2, column_share=1.0),
)


def reference_table(corpus: str, table: pd.DataFrame, folds: pd.DataFrame, families: dict[str, str]) -> pd.DataFrame:
    """REFERENCE_FIGURES: each figure of others beside ours.

    table : the design table; folds : as `protocols.make_folds` writes them
    Raises PunkError for a corpus of which no figures are known.
    """
    if corpus not in MEASURED_BY_OTHERS:
        raise PunkError(
            f"corpus {corpus}: no figures of others are known, only for {', '.join(MEASURED_BY_OTHERS)}; take it out "
            "of corpora.reference in params.yaml, or write them into experiments/reference.py"
        )
    known = MEASURED_BY_OTHERS[corpus]
    columns = [name for name in table.columns if name not in KEYS]
    strict = folds[folds["protocol"].isin(["artist_published", "fault_filtered"])]
    used = pd.concat([strict, _random_folds(table)], ignore_index=True)
    rows = []
    for transform in dict.fromkeys(figure.transform for figure in known):
        figures = [figure for figure in known if figure.transform == transform]
        suite = _suite(transform, {figure.model for figure in figures}, columns, families)
        found = held_out_predictions(table, used, suite, columns).predictions
        right = (found["predicted"] == found["label"]).groupby([found["model"], found["protocol"]])
        share, count = right.mean(), right.size()
        for figure in figures:
            for protocol, others in figure.accuracy.items():
                ours = float(share[figure.model, protocol])
                rows.append(
                    {
                        "model": figure.model,
                        "settings": figure.settings,
                        "protocol": protocol,
                        "others": others,
                        "ours": ours,
                        "difference": ours - others,
                        "bound": BOUND,
                        "within": "yes" if abs(ours - others) <= BOUND else "no",
                        "n": int(count[figure.model, protocol]),
                    }
                )
    return tables.frame(REFERENCE_FIGURES, rows)


def _suite(transform: str, models: set[str], columns: list[str], families: dict[str, str]) -> Suite:
    plain = Ols.model_validate(
        {"transform": transform, "winsorise": None, "columns": "all", "rows_per_column": 4.0, "vif_limit": 10.0}
    )
    inner = Inner(folds=2, seed=0)
    suites = [comparator_suite(AS_MEASURED, plain, inner, only=model) for model in sorted(models - {"ols"})]
    if "ols" in models:
        suites.append(ols_suite(columns, families, plain, inner))
    return together(*suites)


def _random_folds(table: pd.DataFrame) -> pd.DataFrame:
    """Ten folds of whole clips, stratified by genre, that know nothing of artists or replicas."""
    whole = table.loc[table["window"] == WHOLE, ["clip", "window", "label"]].reset_index(drop=True)
    smallest = int(whole["label"].value_counts().min())
    if smallest < 2:
        return tables.frame(FOLDS, [])
    splitter = StratifiedKFold(min(10, smallest), shuffle=True, random_state=0)
    parts = []
    for number, (_, tested) in enumerate(splitter.split(np.zeros(len(whole)), whole["label"]), start=1):
        role = np.where(np.isin(np.arange(len(whole)), tested), "test", "train")
        parts.append(whole[["clip", "window"]].assign(protocol=RANDOM, partition=1, fold=number, role=role, reason=""))
    return pd.concat(parts, ignore_index=True)
