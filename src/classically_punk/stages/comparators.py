"""Design table and folds -> held-out predictions of every comparator, and what each chose inside its folds.

Figures that others measured on the corpus are measured again on the way, as the check that the machinery is right.
"""

import pandas as pd

from classically_punk.contracts.design import KEYS
from classically_punk.contracts.recipe import read_recipe
from classically_punk.experiments.reference import reference_table
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv, write_parquet
from classically_punk.models.comparators import comparator_suite
from classically_punk.stages.running import Places, StageParams, main
from classically_punk.validation.held_out import held_out_predictions

PARAMS = ("comparators", "inner", "ols")


def run(params: StageParams, places: Places) -> None:
    """Fits every comparator within every fold, on the rows and columns that the regressions get."""
    table = pd.read_parquet(places.data / "table.parquet")
    folds = read_table(places.data / "folds.csv", numbers=("fold", "window"))
    columns = [name for name in table.columns if name not in KEYS]
    suite = comparator_suite(params.comparators, params.ols, params.inner)
    held = held_out_predictions(table, folds, suite, columns)
    write_parquet(held.predictions, places.models / "comparators_held_out.parquet")
    write_csv(held.fits, places.tables / "comparator_fits.csv")
    families = read_recipe(places.data / "design_recipe.csv").families
    known = reference_table(places.corpus, table, folds, families)
    write_csv(known, places.tables / "reference_figures.csv")


if __name__ == "__main__":
    main(run, PARAMS)
