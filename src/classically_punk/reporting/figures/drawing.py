"""Which figures a corpus has, and from which tables: each group is drawn by one worker."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from classically_punk.contracts.models import titles as model_titles
from classically_punk.foundation.parallel import ordered_map
from classically_punk.foundation.reading import read_table
from classically_punk.reporting.figures import (
    anatomy,
    decisions,
    diagnostics,
    exploration,
    models,
    results,
    structure,
)
from classically_punk.reporting.figures.style import house_style, save

Named = Iterator[tuple[str, Figure]]
ENDS = ("low", "high")


@dataclass(frozen=True)
class Source:
    """Where the tables of a corpus stand and what its figures need to know.

    name : what its figures call it; headline : protocol of the headline numbers
    titles : column -> what a reader calls it
    vif_limit : `ols.vif_limit`; target : `costs.target_accuracy`
    """

    tables: Path
    models: Path
    name: str
    headline: str
    titles: Mapping[str, str]
    vif_limit: float
    target: float

    def table(self, name: str, *numbers: str) -> pd.DataFrame:
        """`<name>.csv`, with `numbers` as floats and the rest as text."""
        return read_table(self.tables / f"{name}.csv", numbers=numbers)

    def has(self, name: str, column: str) -> bool:
        """Whether `<name>.csv` has `column`: a table that could not be made holds a reason alone."""
        return column in self.table(name)


def draw_all(source: Source, folder: Path) -> None:
    """Writes every figure of the corpus to `folder`, as PNG and SVG."""
    jobs = [(group, source, folder) for group in GROUPS]
    for _ in ordered_map(_draw, jobs, expected=len(jobs), label="figures", unit="group"):
        pass


def _draw(job: "tuple[Callable[[Source], Named], Source, Path]") -> None:
    group, source, folder = job
    with house_style():
        for stem, figure in group(source):
            save(figure, folder / stem)


def _scores(source: Source) -> Named:
    scores = source.table("scores", "value", *ENDS)
    recall = source.table("recall", "recall", *ENDS)
    confusion = source.table("confusion", "count", "share")
    choices = source.table("column_choices", "columns", "accuracy", *ENDS)
    yield "accuracy_by_protocol", results.accuracy_by_protocol(scores[scores["model"] == "ols"], source.name)
    yield "models_by_protocol", models.models_by_protocol(scores, model_titles(), source.name)
    yield "recall_by_genre", results.recall_by_genre(recall[recall["model"] == "ols"], source.headline, source.name)
    yield "confusion", results.confusion(confusion, source.headline, source.name)
    yield "column_choices", models.column_choices(choices, source.headline, source.name)


def _decisions(source: Source) -> Named:
    reliability = source.table("reliability", "n", "confidence", "accuracy", *ENDS)
    coverage = source.table("coverage", "threshold", "coverage", "accuracy", *ENDS)
    curve = source.table("cost_curve", "threshold", "cost_per_1000", *ENDS)
    policies = source.table("cost_policies", "threshold", "cost_per_1000")
    yield "reliability", models.reliability(reliability, model_titles(), source.headline, source.name)
    yield "coverage", decisions.accuracy_against_coverage(coverage, source.target, source.headline, source.name)
    yield "costs", decisions.cost_against_threshold(curve, policies, source.headline, source.name)


def _coefficients(source: Source) -> Named:
    coefficients = source.table("coefficients", "coefficient", *ENDS, "p", "p_holm")
    families = source.table("families", "partial_r2")
    collinearity = source.table("collinearity", "vif", "vif_after")
    partial = pd.read_parquet(source.models / "partial_regressions.parquet")
    yield "coefficients", results.coefficients(coefficients, source.titles, source.name)
    yield (
        "coefficient_intervals",
        diagnostics.coefficient_intervals(coefficients, source.titles, source.name),
    )
    yield "families", diagnostics.families(families, source.name)
    yield "collinearity", diagnostics.collinearity(collinearity, source.titles, source.vif_limit, source.name)
    if len(partial):
        yield "partial_regressions", diagnostics.partial_regressions(partial, source.titles, source.name)


def _residuals(source: Source) -> Named:
    rank = int(source.table("fit", "rank")["rank"].iloc[0])
    rows = pd.read_parquet(source.models / "rows.parquet")
    yield "residuals", diagnostics.residuals_against_fitted(rows, source.name)
    yield "normal_quantiles", diagnostics.normal_quantiles(rows, source.name)
    yield "scale_location", diagnostics.scale_location(rows, source.name)
    yield "leverage", diagnostics.leverage_against_residual(rows, rank, source.name)


def _robustness(source: Source) -> Named:
    if not source.has("robustness", "model"):
        return
    text = ("model", "alteration", "kind", "protocol", "reason")
    numbers = [column for column in source.table("robustness") if column not in text]
    table = source.table("robustness", *numbers)
    yield "robustness", models.robustness(table, model_titles(), source.name)
    if ((table["kind"] == "crop") & (table["n"] > 0)).any():
        yield "snippet_length", models.snippet_length(table, model_titles(), source.name)


def _corpus(source: Source) -> Named:
    text = ("genre", "commonest_fault", "commonest_fault_words", "largest_artist", "reason")
    numbers = [column for column in source.table("balance") if column not in text]
    yield "balance", exploration.balance(source.table("balance", *numbers), source.name)
    discriminative = source.table("discriminative", "eta2")
    if len(discriminative):
        quartiles = source.table("quartiles", "q1", "median", "q3")
        densities = source.table("distributions", "x", "density")
        yield "distributions", exploration.distributions(discriminative, quartiles, densities, source.name)
    pairs, columns = source.table("correlation", "spearman"), source.table("correlation_columns", "place", "stands_for")
    yield "correlation", exploration.correlation(pairs, columns, source.name)


def _structure(source: Source) -> Named:
    variance = source.table("pca_variance", "component", "share", "cumulative")
    loadings = source.table("pca_loadings", "component", "loading")
    clusters = source.table("clusters", "n_clusters", "n_noise", "value", *ENDS)
    contingency = source.table("cluster_contingency", "count")
    places = pd.read_parquet(source.models / "map.parquet")
    yield "pca_variance", structure.pca_variance(variance, source.name)
    yield "pca_map", structure.pca_map(places, variance, loadings, source.name)
    yield "map", structure.neighbour_map(places, source.name)
    yield "clusters", structure.clusters(clusters, source.name)
    yield "cluster_contingency", structure.cluster_contingency(contingency, source.name)
    yield "neighbours", structure.neighbours(source.table("neighbours", "step", "height"), source.name)


def _anatomy(source: Source) -> Named:
    if not source.has("anatomy", "genre"):
        return
    numbers = source.table("anatomy", "seconds", "tempo")
    pictures = pd.read_parquet(source.models / "anatomy.parquet")
    for genre, stem in anatomy.anatomy_stems(numbers.loc[numbers["clip"] != "", "genre"]).items():
        yield stem, anatomy.anatomy(pictures, numbers, genre)
    yield anatomy.OVERVIEW, anatomy.anatomy_overview(pictures, numbers, source.name)


GROUPS: tuple[Callable[[Source], Named], ...] = (
    _anatomy, _residuals, _coefficients, _scores, _structure, _corpus, _decisions, _robustness,
)  # fmt: skip
"""The longest first, so that workers end together."""
