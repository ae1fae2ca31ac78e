"""Canonical clips and folds -> what becomes of predictions when clips change and their genre does not."""

import pandas as pd

from classically_punk.audio.alterations import ALTERATIONS
from classically_punk.contracts.classifier import together
from classically_punk.contracts.design import KEYS
from classically_punk.contracts.protocols import headline_of
from classically_punk.contracts.recipe import read_recipe
from classically_punk.experiments.robustness import altered_answers, chosen_clips, robustness_table, summary
from classically_punk.features.altered import altered_table
from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import write_csv, write_json
from classically_punk.models.comparators import comparator_suite
from classically_punk.models.ols import ols_suite
from classically_punk.scoring.scores import best_comparator
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ("comparators", "evaluate", "features", "inner", "ols", "robustness")


def run(params: StageParams, places: Places) -> None:
    """Alters held-out clips, describes them anew, and asks the regressions and the best comparator again."""
    table = pd.read_parquet(places.data / "table.parquet")
    columns = [name for name in table.columns if name not in KEYS]
    folds = read_table(places.data / "folds.csv", numbers=("fold", "window"))
    comparators = pd.read_parquet(places.models / "comparators_held_out.parquet")
    protocol = headline_of(comparators["protocol"].unique())
    settings = params.robustness
    clips = chosen_clips(folds, table, protocol, settings.clips_per_genre, settings.seed)
    files = {clip: places.data / "audio" / f"{clip}.wav" for clip in clips}
    recipe = read_recipe(places.data / "design_recipe.csv")
    altered = altered_table(files, params.features, recipe.steps, settings.seed)
    suite = together(
        ols_suite(columns, recipe.families, params.ols, params.inner),
        comparator_suite(params.comparators, params.ols, params.inner, only=best_comparator(comparators, protocol)),
    )
    answers = altered_answers(table, folds, altered, protocol, suite, columns)
    groups = table.drop_duplicates("clip").set_index("clip")["group"].to_dict()
    described = {alteration.name: (alteration.kind, alteration.amount) for alteration in ALTERATIONS}
    found = robustness_table(answers, groups, described, params.evaluate)
    write_csv(found.assign(protocol=protocol), places.tables / "robustness.csv")
    write_json(summary(found), places.metrics / "robustness.json")


if __name__ == "__main__":
    main(run, PARAMS, among="audio")
