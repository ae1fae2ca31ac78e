"""Tables -> `reports/C/figures/`. Nothing is computed here: every figure shows a table."""

import json
from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from classically_punk.features.catalogue import titles
from classically_punk.foundation.reading import read_table
from classically_punk.models.comparators import TITLES
from classically_punk.reporting import figures, figures_decisions, figures_diagnostics, figures_models
from classically_punk.reporting.style import house_style, save
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ("costs", "ols")


def run(params: StageParams, places: Places) -> None:
    """Draws every figure of the corpus, as PNG and SVG."""
    counts = json.loads((places.metrics / "corpus.json").read_text(encoding="utf-8"))
    found, whole = counts["clips_found"], counts.get("expected_clips", counts["clips_found"])
    name = places.corpus if found >= whole else f"{places.corpus}, {found} of {whole} clips"
    summary = json.loads((places.metrics / "summary.json").read_text(encoding="utf-8"))
    headline = summary["headline"]["protocol"]
    with house_style():
        drawn = {
            **_scores(places, headline, name),
            **_diagnostics(places, params.ols.vif_limit, name),
            **_decisions(places, params.costs.target_accuracy, headline, name),
            **_robustness(places, name),
        }
        for stem, figure in drawn.items():
            save(figure, places.figures / stem)


def _scores(places: Places, headline: str, name: str) -> Mapping[str, Figure]:
    interval = ("value", "low", "high")
    scores = read_table(places.tables / "scores.csv", numbers=interval)
    recall = read_table(places.tables / "recall.csv", numbers=("recall", "low", "high"))
    confusion = read_table(places.tables / "confusion.csv", numbers=("count", "share"))
    reliability = read_table(places.tables / "reliability.csv", numbers=("n", "confidence", "accuracy", "low", "high"))
    choices = read_table(places.tables / "column_choices.csv", numbers=("columns", "accuracy", "low", "high"))
    ols = scores["model"] == "ols"
    return {
        "accuracy_by_protocol": figures.accuracy_by_protocol(scores[ols], name),
        "models_by_protocol": figures_models.models_by_protocol(scores, TITLES, name),
        "recall_by_genre": figures.recall_by_genre(recall[recall["model"] == "ols"], headline, name),
        "confusion": figures.confusion(confusion, headline, name),
        "reliability": figures_models.reliability(reliability, TITLES, headline, name),
        "column_choices": figures_models.column_choices(choices, headline, name),
    }


def _diagnostics(places: Places, limit: float, name: str) -> Mapping[str, Figure]:
    numbers = ("coefficient", "low", "high", "p", "p_holm")
    coefficients = read_table(places.tables / "coefficients.csv", numbers=numbers)
    families = read_table(places.tables / "families.csv", numbers=("partial_r2",))
    collinearity = read_table(places.tables / "collinearity.csv", numbers=("vif", "vif_after"))
    fit = read_table(places.tables / "fit.csv", numbers=("rank",))
    rows = pd.read_parquet(places.models / "rows.parquet")
    partial = pd.read_parquet(places.models / "partial_regressions.parquet")
    drawn = {
        "coefficients": figures.coefficients(coefficients, titles(), name),
        "coefficient_intervals": figures_diagnostics.coefficient_intervals(coefficients, titles(), name),
        "families": figures_diagnostics.families(families, name),
        "collinearity": figures_diagnostics.collinearity(collinearity, titles(), limit, name),
        "residuals": figures_diagnostics.residuals_against_fitted(rows, name),
        "normal_quantiles": figures_diagnostics.normal_quantiles(rows, name),
        "scale_location": figures_diagnostics.scale_location(rows, name),
        "leverage": figures_diagnostics.leverage_against_residual(rows, int(fit["rank"].iloc[0]), name),
    }
    if len(partial):
        drawn["partial_regressions"] = figures_diagnostics.partial_regressions(partial, titles(), name)
    return drawn


def _decisions(places: Places, target: float, headline: str, name: str) -> Mapping[str, Figure]:
    interval = ("low", "high")
    coverage = read_table(places.tables / "coverage.csv", numbers=("threshold", "coverage", "accuracy", *interval))
    curve = read_table(places.tables / "cost_curve.csv", numbers=("threshold", "cost_per_1000", *interval))
    policies = read_table(places.tables / "cost_policies.csv", numbers=("threshold", "cost_per_1000"))
    return {
        "coverage": figures_decisions.accuracy_against_coverage(coverage, target, headline, name),
        "costs": figures_decisions.cost_against_threshold(curve, policies, headline, name),
    }


def _robustness(places: Places, name: str) -> Mapping[str, Figure]:
    """None for a corpus without audio, whose table holds the reason alone."""
    table = read_table(places.tables / "robustness.csv")
    if "model" not in table:
        return {}
    numbers = [column for column in table if column not in ("model", "alteration", "kind", "protocol", "reason")]
    table = read_table(places.tables / "robustness.csv", numbers=numbers)
    return {
        "robustness": figures_models.robustness(table, TITLES, name),
        "snippet_length": figures_models.snippet_length(table, TITLES, name),
    }


if __name__ == "__main__":
    main(run, PARAMS)
