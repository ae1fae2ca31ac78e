"""Canonical clips, design table and folds -> `models/C/served.json`: what answers at which length, and its worth."""

import pandas as pd

from classically_punk.audio.alterations import alterations_named
from classically_punk.contracts import tables
from classically_punk.contracts.design import FITTED, KEYS
from classically_punk.contracts.protocols import PROTOCOLS, headline_of
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.design import DESIGN, DESIGN_RECIPE, FOLDS
from classically_punk.contracts.tables.lengths import LENGTHS, SERVED, SERVED_HELD_OUT
from classically_punk.decisions.abstention import answers_of
from classically_punk.decisions.answering import answered_under_cost
from classically_punk.decisions.costs import cost_matrix
from classically_punk.experiments.lengths import (
    inside_answers,
    own_rows,
    rows_of,
    smallest_parts,
    training_of,
    with_altered,
    with_cuts,
)
from classically_punk.experiments.robustness import chosen_clips
from classically_punk.experiments.served import (
    against_plain,
    agreement,
    chosen,
    judged,
    lengths_table,
    recalibrated,
    scores_of,
    served_answers,
    units_of_clips,
)
from classically_punk.features.altered import altered_windows
from classically_punk.features.cuts import cuts_table
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_exact_json
from classically_punk.models.novelty import novelties, quantiles
from classically_punk.models.ols import fit_rules, planned_suite
from classically_punk.models.planning import plan_columns, plan_corpus
from classically_punk.scoring.scores import bootstrap_units, protocol_weights
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Cuts held-out clips, asks every kind of fit about the cuts, and keeps what answers best at each length."""
    table, folds = tables.read(DESIGN, places.data), tables.read(FOLDS, places.data)
    columns = [name for name in table.columns if name not in KEYS]
    recipe = read_recipe(DESIGN_RECIPE, places.data)
    headline = headline_of(folds["protocol"].unique())
    settings = params.lengths
    cut, altered = (
        chosen_clips(folds, table, headline, each, settings.seed)
        for each in (settings.clips_per_genre, settings.altered_per_genre)
    )
    cuts = cuts_table(places.audio_of(cut), settings.seconds, params.features, recipe.steps)
    learned = with_cuts(table, cuts, columns)
    if wanted := alterations_named(settings.altered, "lengths.altered"):
        files = places.audio_of(altered)
        learned = with_altered(learned, altered_windows(files, params.features, recipe.steps, settings.seed, wanted))
    rows = smallest_parts(learned, folds, headline, columns)
    plans = {fitted_to: plan_columns(len(columns), count, params.ols) for fitted_to, count in rows.items()}
    plans["clips"] = plan_corpus(len(columns), folds, params.ols).whole  # as the model of the corpus
    suites = {name: planned_suite(columns, recipe.families, plan, params.inner) for name, plan in plans.items()}
    protocols = [name for name in PROTOCOLS if name in set(folds["protocol"]) and not PROTOCOLS[name].windows]
    inside = {name: recalibrated(inside_answers(learned, folds, name, cuts, suites, columns)) for name in protocols}
    tables.write(
        LENGTHS, lengths_table(pd.concat(inside.values(), ignore_index=True), table, params.evaluate), places.tables
    )
    units = {name: units_of_clips(table, name) for name in protocols}
    answers = {name: served_answers(part, units[name]) for name, part in inside.items()}
    served = [row for name in protocols for row in _served(params, name, answers[name], inside[name], table)]
    tables.write(SERVED, tables.frame(SERVED, served), places.tables)
    held_out = pd.concat(answers.values(), ignore_index=True)
    scores = [name for name in held_out if name.startswith(FITTED)]
    tables.write(SERVED_HELD_OUT, held_out[[*SERVED_HELD_OUT.names, *scores]], places.models)
    choices = chosen(inside[headline], units[headline])
    fits = []
    for name in sorted({choice.fitted_to for choice in choices}):
        training = training_of(learned, name, headline, columns)
        regression, nearest = fit_rules(training, columns, recipe.families, plans[name], params.inner)
        own = own_rows(rows_of(learned, name).sort_values(["clip", "window"], kind="stable"))
        far = novelties(regression, training.values, training.groups, own)
        fits.append(
            {
                "fitted_to": name,
                "n_rows": len(training.labels),
                "regression": regression.to_json(),
                "optimal_scoring": nearest.to_json(),
                "novelty": quantiles(far).tolist(),
            }
        )
    content = {"protocol": headline, "lengths": [choice._asdict() for choice in choices], "fits": fits}
    write_exact_json(content, places.models / "served.json")


def _served(
    params: Params, protocol: str, answers: pd.DataFrame, inside: pd.DataFrame, table: pd.DataFrame
) -> list[dict[str, object]]:
    """The rows of SERVED under one protocol."""
    costs = params.costs
    genres = sorted(table["label"].unique())
    matrix = cost_matrix(genres, costs.wrong, costs.abstain, costs.pairs, person_error=costs.person_error)
    rows = []
    for choice in chosen(inside, units_of_clips(table, protocol)):
        part = answers[answers["length"] == choice.length].reset_index(drop=True)
        groups = bootstrap_units(part, protocol, table)
        given = answers_of(part.drop(columns=["model", "leverage"]), groups)
        weights = protocol_weights(protocol, given.units, params.evaluate)
        answered = answered_under_cost(given, matrix, weights, params.evaluate.confidence)
        rows.append(
            {
                "protocol": protocol,
                "length": choice.length,
                "model": choice.model,
                "fitted_to": choice.fitted_to,
                "asked": choice.asked,
                "agreement": agreement(answers, choice),
                **scores_of(judged(part, table, protocol, params.evaluate)),
                **against_plain(part, inside, table, protocol, params.evaluate),
                "coverage": answered.coverage,
                "answered": answered.accuracy,
                "answered_low": answered.interval.low,
                "answered_high": answered.interval.high,
            }
        )
    return rows


if __name__ == "__main__":
    main(run)
