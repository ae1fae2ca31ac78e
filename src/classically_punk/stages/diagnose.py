"""Design table -> what the fit's assumptions are worth, who pulls on it, label issues."""

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import Training
from classically_punk.contracts.design import KEYS, WHOLE
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.corpora import ANNOTATIONS
from classically_punk.contracts.tables.design import DESIGN, DESIGN_RECIPE, FOLDS
from classically_punk.contracts.tables.fits import (
    ASSUMPTIONS,
    COLLINEARITY,
    FAMILIES,
    INFLUENTIAL,
    JOINT_TESTS,
    LABEL_ISSUE_SEARCH,
    LABEL_ISSUES,
    PARTIAL_REGRESSIONS,
    ROWS,
)
from classically_punk.diagnostics import diagnosis
from classically_punk.diagnostics.joint import family_table, joint_table
from classically_punk.diagnostics.label_issues import label_issue_table, searched_rows
from classically_punk.diagnostics.listed_labels import search_listed, wrong_labels
from classically_punk.diagnostics.planted_labels import search_by_planting
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_json
from classically_punk.models.ols import fit_ols, fit_regression, training_rows
from classically_punk.models.planning import plan_corpus
from classically_punk.models.regression import GenreRegression
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Diagnoses the fit to all clips, and searches for labels that fits to the other songs contradict."""
    table = tables.read(DESIGN, places.data)
    columns = [name for name in table.columns if name not in KEYS]
    whole = table[table["window"] == WHOLE]
    clips, labels = list(whole["clip"]), list(whole["label"])
    training = training_rows(table, columns)
    folds = tables.read(FOLDS, places.data)
    plans = plan_corpus(len(columns), folds, params.ols)
    plan = plans.plain
    families = read_recipe(DESIGN_RECIPE, places.data).families
    fit = fit_ols(training, columns, families, plan.settings, params.inner, plan.most)
    rows = diagnosis.row_table(fit, clips, labels)
    joint = joint_table(fit, training.groups)
    inflation = diagnosis.inflation_table(fit, params.ols.vif_limit)
    tests = diagnosis.assumption_table(fit)
    tables.write(ROWS, rows, places.models)
    tables.write(PARTIAL_REGRESSIONS, diagnosis.partial_regressions(fit, clips), places.models)
    tables.write(JOINT_TESTS, joint, places.tables)
    tables.write(FAMILIES, family_table(fit, plan), places.tables)
    tables.write(COLLINEARITY, inflation, places.tables)
    tables.write(ASSUMPTIONS, tests, places.tables)
    tables.write(INFLUENTIAL, diagnosis.influential_table(rows), places.tables)
    model = fit_regression(training, columns, families, plans.whole.settings, params.inner, plans.whole.most)
    _search_labels(params, places, whole, training, model)
    write_json(diagnosis.summary(fit, joint, inflation, rows), places.metrics / "diagnostics.json")


def _search_labels(
    params: Params, places: Places, whole: pd.DataFrame, training: Training, model: GenreRegression
) -> None:
    """Ranks clips by how badly fits without their song contradict labels, and measures what such a ranking finds.

    model : on the columns of the regression that is scored, by which more is found than by the plain ones
    """
    standardised = model.transform.apply(training.values)
    songs = whole["song"].where(whole["song"] != "", whole["recording"]).to_numpy(dtype=object)
    rows = searched_rows(list(whole["clip"]), training.labels, songs, standardised @ model.reduction.weights)
    searched = standardised[whole["clip"].isin(rows.clips).to_numpy()]
    issues = label_issue_table(rows, searched, model.reduction.weights, model.columns)
    listed = wrong_labels(tables.read(ANNOTATIONS, places.data))
    settings, confidence = params.label_issues, params.evaluate.confidence
    found = [
        *search_by_planting(rows, settings, confidence, listed),
        *search_listed(rows, issues, listed, settings, confidence),
    ]
    tables.write(LABEL_ISSUES, issues, places.tables)
    tables.write(LABEL_ISSUE_SEARCH, tables.frame(LABEL_ISSUE_SEARCH, found), places.tables)


if __name__ == "__main__":
    main(run)
