"""Design table and folds -> figures that others measured on the corpus, measured again: is the machinery right?"""

from classically_punk.contracts import tables
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.design import DESIGN, DESIGN_RECIPE, FOLDS
from classically_punk.contracts.tables.scores import REFERENCE_FIGURES
from classically_punk.experiments.reference import reference_table
from classically_punk.foundation.params import Params
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Fits with the settings of others, whatever params.yaml says of ours."""
    table, folds = tables.read(DESIGN, places.data), tables.read(FOLDS, places.data)
    families = read_recipe(DESIGN_RECIPE, places.data).families
    tables.write(REFERENCE_FIGURES, reference_table(places.corpus, table, folds, families), places.tables)


if __name__ == "__main__":
    main(run)
