"""Features and clips -> `data/C/table.parquet`, and what was dropped, merged and transformed, and why."""

import pandas as pd

from classically_punk.cleaning.design_table import design_table
from classically_punk.contracts.recipe import read_recipe
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv, write_parquet
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ("clean",)


def run(params: StageParams, places: Places) -> None:
    """Chooses columns and rows; nothing is fitted here."""
    features = pd.read_parquet(places.data / "features.parquet")
    clips = read_table(places.data / "clips.csv")
    sets = read_recipe(places.data / "recipe.csv").columns
    cleaned = design_table(features, clips, params.clean, sets)
    write_parquet(cleaned.table, places.data / "table.parquet")
    write_csv(cleaned.log, places.tables / "cleaning.csv")


if __name__ == "__main__":
    main(run, PARAMS)
