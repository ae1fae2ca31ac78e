"""Design table and held-out predictions -> what the fit's assumptions are worth, who pulls on it, suspect labels."""

import pandas as pd

from classically_punk.contracts.design import KEYS, WHOLE
from classically_punk.contracts.protocols import headline_of
from classically_punk.contracts.recipe import read_recipe
from classically_punk.diagnostics import diagnosis
from classically_punk.diagnostics.joint import family_table, joint_table
from classically_punk.diagnostics.label_issues import known_faults, label_issue_table, search_scores, with_evidence
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv, write_json, write_parquet
from classically_punk.models.ols import fit_ols, training_rows
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ("inner", "ols")


def run(params: StageParams, places: Places) -> None:
    """Diagnoses the fit to all clips, and ranks clips by how badly fits that have not seen them contradict labels."""
    table = pd.read_parquet(places.data / "table.parquet")
    columns = [name for name in table.columns if name not in KEYS]
    whole = table[table["window"] == WHOLE]
    clips, labels = list(whole["clip"]), list(whole["label"])
    training = training_rows(table, columns)
    families = read_recipe(places.data / "design_recipe.csv").families
    fit = fit_ols(training, columns, families, params.ols, params.inner)
    rows = diagnosis.row_table(fit, clips, labels)
    joint = joint_table(fit, training.groups)
    inflation = diagnosis.inflation_table(fit, params.ols.vif_limit)
    tests = diagnosis.assumption_table(fit)
    write_parquet(rows, places.models / "rows.parquet")
    write_parquet(diagnosis.partial_regressions(fit, clips), places.models / "partial_regressions.parquet")
    write_csv(joint, places.tables / "joint_tests.csv")
    write_csv(family_table(fit, params.ols), places.tables / "families.csv")
    write_csv(inflation, places.tables / "collinearity.csv")
    write_csv(tests, places.tables / "assumptions.csv")
    write_csv(diagnosis.influential_table(rows), places.tables / "influential.csv")
    predictions = pd.read_parquet(places.models / "ols_held_out.parquet")
    label_issues = label_issue_table(predictions, headline_of(predictions["protocol"].unique()))
    label_issues = with_evidence(
        label_issues, fit.model.contributions(training.values), clips, fit.model.genres, columns
    )
    faults = known_faults(read_table(places.data / "annotations.csv"), read_table(places.data / "clips.csv"))
    searched = search_scores(label_issues, faults)
    write_csv(label_issues, places.tables / "label_issues.csv")
    write_csv(searched, places.tables / "label_issue_search.csv")
    write_json(diagnosis.summary(fit, joint, inflation, rows), places.metrics / "diagnostics.json")


if __name__ == "__main__":
    main(run, PARAMS)
