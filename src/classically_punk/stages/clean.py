"""Features and clips -> `data/C/table.parquet`, and the recipe of its columns, and what was dropped and why."""

import pandas as pd

from classically_punk.cleaning.design_table import design_table
from classically_punk.contracts.design import KEYS
from classically_punk.contracts.recipe import read_recipe
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv, write_parquet
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ("clean",)


def run(params: StageParams, places: Places) -> None:
    """Chooses columns and rows; nothing is fitted here."""
    features = pd.read_parquet(places.data / "features.parquet")
    clips = read_table(places.data / "clips.csv")
    recipe = read_recipe(places.data / "recipe.csv")
    cleaned = design_table(features, clips, params.clean, recipe.columns)
    write_parquet(cleaned.table, places.data / "table.parquet")
    kept = [name for name in cleaned.table.columns if name not in KEYS]
    write_csv(recipe.only("design", kept).table(), places.data / "design_recipe.csv")
    write_csv(cleaned.log, places.tables / "cleaning.csv")


if __name__ == "__main__":
    main(run, PARAMS)
