"""Design table and folds -> held-out predictions of every fold, and the fit to all clips with its coefficients."""

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd

from classically_punk.contracts.design import KEYS
from classically_punk.contracts.recipe import Recipe, read_recipe
from classically_punk.diagnostics.coefficients import coefficient_table, fit_table
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv, write_exact_json, write_parquet
from classically_punk.models.ols import fit_ols, ols_suite, training_rows
from classically_punk.stages.running import Places, StageParams, main
from classically_punk.validation.held_out import held_out_predictions

PARAMS = ("inner", "ols")


def run(params: StageParams, places: Places) -> None:
    """Fits within every fold, then once to all clips: the model that answers for new music."""
    table = pd.read_parquet(places.data / "table.parquet")
    folds = read_table(places.data / "folds.csv", numbers=("fold", "window"))
    folds = folds.astype({"fold": int, "window": int})
    columns = [name for name in table.columns if name not in KEYS]
    recipe = read_recipe(places.data / "design_recipe.csv")
    suite = ols_suite(columns, recipe.families, params.ols, params.inner)
    held = held_out_predictions(table, folds, suite, columns)
    write_parquet(held.predictions, places.models / "ols_held_out.parquet")
    write_csv(held.fits, places.tables / "fold_fits.csv")
    fit = fit_ols(training_rows(table, columns), columns, recipe.families, params.ols, params.inner)
    written_by = provenance(params, places, recipe)
    write_exact_json(fit.to_json() | {"provenance": written_by}, places.models / "ols.json")
    write_csv(coefficient_table(fit), places.tables / "coefficients.csv")
    write_csv(fit_table(fit), places.tables / "fit.csv")


def provenance(params: StageParams, places: Places, recipe: Recipe) -> dict[str, Any]:
    """What the model was made from: hashes of the design table and of the pinned packages, the parameters, and for
    each column the version of what it means."""
    return {
        "corpus": places.corpus,
        "column_versions": recipe.versions,
        "table_sha256": _sha256(places.data / "table.parquet"),
        "requirements_sha256": _sha256(Path("requirements.txt")),
        "params": {"ols": params.ols.model_dump(), "inner": params.inner.model_dump()},
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main(run, PARAMS)
