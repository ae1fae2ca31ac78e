"""Feature table and folds -> what each named choice of columns would score, on every feature set there is."""

import pandas as pd

from classically_punk.cleaning.design_table import complete_sets, design_table, feature_set_used
from classically_punk.experiments.column_choices import compare_choices
from classically_punk.features.catalogue import families
from classically_punk.features.sets import SETS
from classically_punk.foundation.params import Params
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Fits the regression with every choice inside the folds of every protocol that keeps recordings apart."""
    features = pd.read_parquet(places.data / "features.parquet")
    clips = read_table(places.data / "clips.csv")
    folds = read_table(places.data / "folds.csv", numbers=("fold", "window"))
    tables = {
        name: design_table(features, clips, params.clean.model_copy(update={"feature_set": name}), SETS).table
        for name in complete_sets(features, SETS)
    }
    configured = feature_set_used(features, params.clean, SETS)
    compared = compare_choices(tables, configured, folds, families(), params.ols, params.inner, params.evaluate)
    write_csv(compared, places.tables / "column_choices.csv")


if __name__ == "__main__":
    main(run)
