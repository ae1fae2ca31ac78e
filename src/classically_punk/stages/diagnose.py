"""Design table and held-out predictions -> what the fit's assumptions are worth, who pulls on it, label issues."""

from classically_punk.contracts import tables
from classically_punk.contracts.design import KEYS, WHOLE
from classically_punk.contracts.models import REGRESSION
from classically_punk.contracts.protocols import headline_of
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.corpora import ANNOTATIONS, CLIPS
from classically_punk.contracts.tables.design import DESIGN, DESIGN_RECIPE, FOLDS
from classically_punk.contracts.tables.fits import (
    ASSUMPTIONS,
    COLLINEARITY,
    FAMILIES,
    INFLUENTIAL,
    JOINT_TESTS,
    LABEL_ISSUE_SEARCH,
    LABEL_ISSUES,
    OLS_HELD_OUT,
    PARTIAL_REGRESSIONS,
    ROWS,
)
from classically_punk.diagnostics import diagnosis
from classically_punk.diagnostics.joint import family_table, joint_table
from classically_punk.diagnostics.label_issues import known_faults, label_issue_table, search_scores, with_evidence
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_json
from classically_punk.models.ols import fit_ols, training_rows
from classically_punk.models.planning import plan_corpus
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Diagnoses the fit to all clips, and ranks clips by how badly fits that have not seen them contradict labels."""
    table = tables.read(DESIGN, places.data)
    columns = [name for name in table.columns if name not in KEYS]
    whole = table[table["window"] == WHOLE]
    clips, labels = list(whole["clip"]), list(whole["label"])
    training = training_rows(table, columns)
    folds = tables.read(FOLDS, places.data)
    plan = plan_corpus(len(columns), folds, params.ols).plain
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
    predictions = tables.read(OLS_HELD_OUT, places.models)
    predictions = predictions[(predictions["model"] == REGRESSION) & (predictions["partition"] == 1)]
    label_issues = label_issue_table(predictions, headline_of(predictions["protocol"].unique()))
    label_issues = with_evidence(
        label_issues, fit.model.contributions(training.values), clips, fit.model.genres, columns
    )
    faults = known_faults(tables.read(ANNOTATIONS, places.data), tables.read(CLIPS, places.data))
    searched = search_scores(label_issues, faults)
    tables.write(LABEL_ISSUES, label_issues, places.tables)
    tables.write(LABEL_ISSUE_SEARCH, searched, places.tables)
    write_json(diagnosis.summary(fit, joint, inflation, rows), places.metrics / "diagnostics.json")


if __name__ == "__main__":
    main(run)
