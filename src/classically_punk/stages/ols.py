"""Design table and folds -> held-out predictions of every fold, and the fit to all clips with its coefficients."""

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.design import KEYS
from classically_punk.contracts.recipe import Recipe, read_recipe
from classically_punk.contracts.tables.design import DESIGN, DESIGN_RECIPE, FOLDS
from classically_punk.contracts.tables.fits import COEFFICIENTS, FIT, FOLD_FITS, OLS_HELD_OUT
from classically_punk.diagnostics.coefficients import coefficient_table, fit_table
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_exact_json
from classically_punk.models.ols import fit_ols, fit_rules, planned_suite, training_rows
from classically_punk.models.planning import plan_corpus
from classically_punk.models.whole_and_windows import with_windows
from classically_punk.stages.running import Places, main
from classically_punk.validation.held_out import held_out_predictions


def run(params: Params, places: Places) -> None:
    """Fits within every fold, then once to all clips: the model that answers for new music."""
    table = tables.read(DESIGN, places.data)
    folds = tables.read(FOLDS, places.data)
    columns = [name for name in table.columns if name not in KEYS]
    recipe = read_recipe(DESIGN_RECIPE, places.data)
    family = recipe.families
    plans = plan_corpus(len(columns), folds, params.ols)
    held = [
        held_out_predictions(table, part, planned_suite(columns, family, plan, params.inner), columns)
        for plan, part in plans.by_protocol(folds)
    ]
    both = with_windows(table, folds, columns, family, plans.whole, params.ols, params.inner)
    if both is not None:
        held.append(both)
    tables.write(OLS_HELD_OUT, pd.concat([each.predictions for each in held], ignore_index=True), places.models)
    tables.write(FOLD_FITS, pd.concat([each.fits for each in held], ignore_index=True), places.tables)
    rows = training_rows(table, columns)
    regression, nearest = fit_rules(rows, columns, family, plans.whole, params.inner)
    model = regression.to_json() | {"optimal_scoring": nearest.to_json(), "plan": plans.whole.note}
    write_exact_json(model | {"provenance": provenance(params, places, recipe)}, places.models / "ols.json")
    plain = plans.plain
    fit = fit_ols(rows, columns, family, plain.settings, params.inner, plain.most)
    tables.write(COEFFICIENTS, coefficient_table(fit), places.tables)
    tables.write(FIT, fit_table(fit), places.tables)


def provenance(params: Params, places: Places, recipe: Recipe) -> dict[str, Any]:
    """What the model was made from: hashes of the design table and of the pinned packages, the parameters, and for
    each column the version of what it means."""
    return {
        "corpus": places.corpus,
        "column_versions": recipe.versions,
        "table_sha256": _sha256(places.data / DESIGN.file),
        "requirements_sha256": _sha256(Path("requirements.txt")),
        "params": {"ols": params.ols.model_dump(), "inner": params.inner.model_dump()},
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main(run)
