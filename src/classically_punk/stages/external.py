"""Two collections -> `reports/FIT/tables/external/TEST/`: what models fitted to one say of strangers in the other."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from classically_punk.audio.alterations import alterations_named
from classically_punk.audio.canonical import read_canonical
from classically_punk.audio.fingerprint import fingerprint
from classically_punk.contracts import tables
from classically_punk.contracts.classifier import together
from classically_punk.contracts.protocols import headline_of
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.corpora import ANNOTATIONS, CLIPS
from classically_punk.contracts.tables.design import DESIGN, DESIGN_RECIPE, FOLDS
from classically_punk.contracts.tables.external import (
    EXTERNAL,
    EXTERNAL_CLIPS,
    EXTERNAL_LENGTHS,
    EXTERNAL_RECALL,
    EXTERNAL_SCORES,
)
from classically_punk.contracts.tables.fits import COMPARATORS_HELD_OUT, OLS_HELD_OUT
from classically_punk.corpora.loaders import LOADERS
from classically_punk.corpora.overlap import Side, strangers
from classically_punk.experiments.lengths import (
    answers,
    fitted,
    inside_answers,
    length_table,
    smallest_parts,
    with_altered,
    with_cuts,
)
from classically_punk.experiments.robustness import chosen_clips
from classically_punk.experiments.served import elsewhere_recalibrated, recalibrated
from classically_punk.features.altered import altered_windows
from classically_punk.features.cuts import cuts_table
from classically_punk.foundation.params import Params
from classically_punk.models.comparators import comparator_suite
from classically_punk.models.ols import planned_suite
from classically_punk.models.planning import plan_columns, plan_corpus
from classically_punk.scoring.external import external_recall, external_scores, judged_beside
from classically_punk.stages.running import Places, main_of_pairs
from classically_punk.validation.external import Asked, counted, fold_of, shared_columns, who_is_asked
from classically_punk.validation.held_out import asked_once


def run(params: Params, fit: Places, test: Places) -> None:
    """Fits every model to all clips of `fit`, and asks about the clips of `test` that nothing links with them."""
    learned, asked_table = tables.read(DESIGN, fit.data), tables.read(DESIGN, test.data)
    recipe = read_recipe(DESIGN_RECIPE, fit.data)
    columns = shared_columns(recipe.versions, read_recipe(DESIGN_RECIPE, test.data).versions, (fit.corpus, test.corpus))
    genres = sorted(learned["label"].unique())
    labels = asked_table.drop_duplicates("clip").set_index("clip")["label"].to_dict()
    linked = strangers(_side(params, fit), _side(params, test), params.ingest)
    asked = who_is_asked(linked, labels, genres)
    folds = tables.read(FOLDS, fit.data)
    protocol = headline_of(folds["protocol"].unique())
    plan = plan_corpus(len(columns), folds, params.ols).whole
    suite = together(
        planned_suite(columns, recipe.families, plan, params.inner),
        comparator_suite(params.comparators, params.ols, params.inner),
    )
    fold = fold_of(learned, asked_table, asked.rows, protocol, columns)
    predictions = asked_once(suite, fold).predictions
    inside = [tables.read(OLS_HELD_OUT, fit.models), tables.read(COMPARATORS_HELD_OUT, fit.models)]
    groups = asked.rows.set_index("clip")["group"].to_dict()
    judged = judged_beside(
        predictions, groups, pd.concat(inside, ignore_index=True), learned, protocol, params.evaluate
    )
    pair = {
        "fit": fit.corpus,
        "test": test.corpus,
        "n_training": len(fold.training.labels),
        "n_training_genres": len(genres),
        "columns": len(columns),
        "n": len(asked.rows),
        "n_groups": asked.rows["group"].nunique(),
        "n_genres": asked.rows["label"].nunique(),
        "n_unknown": asked.unknown,
        "protocol": protocol,
        "fit_table": _sha256(fit.data / DESIGN.file),
        "test_table": _sha256(test.data / DESIGN.file),
        "note": plan.note,
    }
    folder = fit.external(test.corpus)
    tables.write(EXTERNAL, tables.frame(EXTERNAL, [pair]), folder)
    tables.write(EXTERNAL_CLIPS, counted(asked), folder)
    tables.write(EXTERNAL_SCORES, external_scores(judged), folder)
    tables.write(EXTERNAL_RECALL, external_recall(judged), folder)
    lengths = _lengths(params, (fit, test), learned, asked, protocol, columns)
    tables.write(EXTERNAL_LENGTHS, lengths, folder)


def _lengths(
    params: Params,
    places: tuple[Places, Places],
    learned: pd.DataFrame,
    asked: Asked,
    protocol: str,
    columns: Sequence[str],
) -> pd.DataFrame:
    """The same clips in cuts, by regressions fitted to clips, to windows and to both."""
    fit, test = places
    folds = tables.read(FOLDS, fit.data)
    recipe = read_recipe(DESIGN_RECIPE, fit.data).only("design", columns)
    settings = params.lengths
    cut, altered = (
        chosen_clips(folds, learned, protocol, each, settings.seed)
        for each in (settings.clips_per_genre, settings.altered_per_genre)
    )
    inside_cuts, cuts = (
        cuts_table(each.audio_of(clips), settings.seconds, params.features, recipe.steps)
        for each, clips in ((fit, cut), (test, sorted(asked.rows["clip"])))
    )
    learned = with_cuts(learned, inside_cuts, columns)
    if wanted := alterations_named(settings.altered, "lengths.altered"):
        files = fit.audio_of(altered)
        learned = with_altered(learned, altered_windows(files, params.features, recipe.steps, settings.seed, wanted))
    rows = smallest_parts(learned, folds, protocol, columns)
    plans = {fitted_to: plan_columns(len(columns), count, params.ols) for fitted_to, count in rows.items()}
    plans["clips"] = plan_corpus(len(columns), folds, params.ols).whole  # as the model of the corpus
    suites = {
        fitted_to: planned_suite(columns, recipe.families, plan, params.inner) for fitted_to, plan in plans.items()
    }
    labels = asked.rows.set_index("clip")["label"].to_dict()
    elsewhere = answers(fitted(learned, suites, protocol, columns), cuts, labels, protocol, columns)
    inside = recalibrated(inside_answers(learned, folds, protocol, inside_cuts, suites, columns))
    elsewhere = elsewhere_recalibrated(elsewhere, inside)
    groups = asked.rows.set_index("clip")["group"].to_dict()
    return length_table(elsewhere, groups, inside, learned, protocol, params.evaluate)


def _side(params: Params, places: Places) -> Side:
    clips = tables.read(CLIPS, places.data)
    usable = clips[clips["status"] != "rejected"]
    files = places.audio_of(usable["clip"])
    annotator = params.corpus[places.corpus].annotations or ""
    return Side(
        name=places.corpus,
        annotator=annotator if annotator in LOADERS else places.corpus,
        md5s=dict(zip(usable["clip"], usable["md5"], strict=True)),
        fingerprints={clip: fingerprint(read_canonical(path)) for clip, path in files.items()},
        annotations=tables.read(ANNOTATIONS, places.data),
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main_of_pairs(run)
