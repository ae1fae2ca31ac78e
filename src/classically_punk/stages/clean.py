"""Features and clips -> `data/C/table.parquet`, and the recipe of its columns, and what was dropped and why."""

from classically_punk.cleaning.design_table import design_table
from classically_punk.contracts import tables
from classically_punk.contracts.design import KEYS
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.corpora import CLIPS
from classically_punk.contracts.tables.design import CLEANING, DESIGN, DESIGN_RECIPE, FEATURES, RECIPE
from classically_punk.foundation.params import Params
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Chooses columns and rows; nothing is fitted here."""
    features = tables.read(FEATURES, places.data)
    clips = tables.read(CLIPS, places.data)
    recipe = read_recipe(RECIPE, places.data)
    cleaned = design_table(features, clips, params.clean, recipe.columns)
    tables.write(DESIGN, cleaned.table, places.data)
    kept = [name for name in cleaned.table.columns if name not in KEYS]
    tables.write(DESIGN_RECIPE, recipe.only("design", kept).table(), places.data)
    tables.write(CLEANING, cleaned.log, places.tables)


if __name__ == "__main__":
    main(run)
