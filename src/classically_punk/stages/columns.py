"""Feature table and folds -> what each named choice of columns would score, on every feature set there is."""

from classically_punk.cleaning.design_table import complete_sets, design_table, feature_set_used
from classically_punk.contracts import tables
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.corpora import CLIPS
from classically_punk.contracts.tables.design import FEATURES, FOLDS, RECIPE
from classically_punk.contracts.tables.scores import COLUMN_ANSWERS, COLUMN_CHOICES
from classically_punk.experiments.column_choices import compare_choices
from classically_punk.foundation.params import Params
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Fits the regression with every choice inside the folds of every protocol that keeps recordings apart."""
    features = tables.read(FEATURES, places.data)
    clips = tables.read(CLIPS, places.data)
    folds = tables.read(FOLDS, places.data)
    recipe = read_recipe(RECIPE, places.data)
    sets = recipe.columns
    designs = {
        name: design_table(features, clips, params.clean.model_copy(update={"feature_set": name}), sets).table
        for name in complete_sets(features, sets)
    }
    configured = feature_set_used(features, params.clean, sets)
    compared = compare_choices(designs, configured, folds, recipe.families, params.ols, params.inner, params.evaluate)
    tables.write(COLUMN_CHOICES, compared.scores, places.tables)
    tables.write(COLUMN_ANSWERS, compared.answers, places.tables)


if __name__ == "__main__":
    main(run)
