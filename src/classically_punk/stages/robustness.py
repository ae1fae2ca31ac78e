"""Canonical clips and folds -> what becomes of predictions when clips change and their genre does not."""

from classically_punk.audio.alterations import ALTERATIONS
from classically_punk.contracts import tables
from classically_punk.contracts.classifier import together
from classically_punk.contracts.design import KEYS
from classically_punk.contracts.protocols import headline_of
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.design import DESIGN, DESIGN_RECIPE, FOLDS
from classically_punk.contracts.tables.fits import COMPARATORS_HELD_OUT
from classically_punk.contracts.tables.scores import ROBUSTNESS
from classically_punk.experiments.robustness import altered_answers, chosen_clips, robustness_table, summary
from classically_punk.features.altered import altered_table
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_json
from classically_punk.models.comparators import comparator_suite
from classically_punk.models.ols import planned_suite
from classically_punk.models.planning import plan_corpus
from classically_punk.scoring.scores import best_comparator
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Alters held-out clips, describes them anew, and asks the regressions and the best comparator again."""
    table = tables.read(DESIGN, places.data)
    columns = [name for name in table.columns if name not in KEYS]
    folds = tables.read(FOLDS, places.data)
    comparators = tables.read(COMPARATORS_HELD_OUT, places.models)
    protocol = headline_of(comparators["protocol"].unique())
    settings = params.robustness
    clips = chosen_clips(folds, table, protocol, settings.clips_per_genre, settings.seed)
    files = {clip: places.data / "audio" / f"{clip}.wav" for clip in clips}
    recipe = read_recipe(DESIGN_RECIPE, places.data)
    altered = altered_table(files, params.features, recipe.steps, settings.seed)
    suite = together(
        planned_suite(columns, recipe.families, plan_corpus(len(columns), folds, params.ols).whole, params.inner),
        comparator_suite(params.comparators, params.ols, params.inner, only=best_comparator(comparators, protocol)),
    )
    answers = altered_answers(table, folds, altered, protocol, suite, columns)
    groups = table.drop_duplicates("clip").set_index("clip")["group"].to_dict()
    described = {alteration.name: (alteration.kind, alteration.amount) for alteration in ALTERATIONS}
    found = robustness_table(answers, groups, described, protocol, params.evaluate)
    tables.write(ROBUSTNESS, found, places.tables)
    write_json(summary(found), places.metrics / "robustness.json")


if __name__ == "__main__":
    main(run)
