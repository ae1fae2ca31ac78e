"""Feature table and folds -> what each named choice of columns would score, on every feature set there is."""

import pandas as pd

from classically_punk.cleaning.design_table import complete_sets, design_table, feature_set_used
from classically_punk.contracts.recipe import read_recipe
from classically_punk.experiments.column_choices import compare_choices
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ("clean", "evaluate", "inner", "ols")


def run(params: StageParams, places: Places) -> None:
    """Fits the regression with every choice inside the folds of every protocol that keeps recordings apart."""
    features = pd.read_parquet(places.data / "features.parquet")
    clips = read_table(places.data / "clips.csv")
    folds = read_table(places.data / "folds.csv", numbers=("fold", "window"))
    recipe = read_recipe(places.data / "recipe.csv")
    sets, families = recipe.columns, recipe.families
    tables = {
        name: design_table(features, clips, params.clean.model_copy(update={"feature_set": name}), sets).table
        for name in complete_sets(features, sets)
    }
    configured = feature_set_used(features, params.clean, sets)
    compared = compare_choices(tables, configured, folds, families, params.ols, params.inner, params.evaluate)
    write_csv(compared, places.tables / "column_choices.csv")


if __name__ == "__main__":
    main(run, PARAMS)
