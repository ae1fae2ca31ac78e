"""Which figures a corpus has, and from which tables: each group is drawn by one worker."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from classically_punk.contracts import tables
from classically_punk.contracts.models import titles as model_titles
from classically_punk.contracts.tables import Table
from classically_punk.contracts.tables.decisions import COST_CURVE, COST_POLICIES, COVERAGE
from classically_punk.contracts.tables.exploration import (
    ANATOMY,
    ANATOMY_PICTURES,
    BALANCE,
    CLUSTER_CONTINGENCY,
    CLUSTERS,
    CORRELATION,
    CORRELATION_COLUMNS,
    DISCRIMINATIVE,
    DISTRIBUTIONS,
    MAP,
    NEIGHBOURS,
    PCA_LOADINGS,
    PCA_VARIANCE,
    QUARTILES,
)
from classically_punk.contracts.tables.fits import COEFFICIENTS, COLLINEARITY, FAMILIES, FIT, PARTIAL_REGRESSIONS, ROWS
from classically_punk.contracts.tables.scores import COLUMN_CHOICES, CONFUSION, RECALL, RELIABILITY, ROBUSTNESS, SCORES
from classically_punk.foundation.parallel import ordered_map
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

    def table(self, table: Table) -> pd.DataFrame:
        """A table of the corpus, typed by its schema."""
        return tables.read(table, self.models if table.file.endswith(".parquet") else self.tables)

    def has(self, table: Table) -> bool:
        """Whether the corpus has it: not where there is no file, nor where it holds nothing but a reason."""
        return (self.tables / table.file).exists() and not tables.absence(self.table(table))


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
    scores = source.table(SCORES)
    recall = source.table(RECALL)
    confusion = source.table(CONFUSION)
    choices = source.table(COLUMN_CHOICES)
    yield "accuracy_by_protocol", results.accuracy_by_protocol(scores[scores["model"] == "ols"], source.name)
    yield "models_by_protocol", models.models_by_protocol(scores, model_titles(), source.name)
    yield "recall_by_genre", results.recall_by_genre(recall[recall["model"] == "ols"], source.headline, source.name)
    yield "confusion", results.confusion(confusion, source.headline, source.name)
    yield "column_choices", models.column_choices(choices, source.headline, source.name)


def _decisions(source: Source) -> Named:
    reliability = source.table(RELIABILITY)
    coverage = source.table(COVERAGE)
    curve = source.table(COST_CURVE)
    policies = source.table(COST_POLICIES)
    yield "reliability", models.reliability(reliability, model_titles(), source.headline, source.name)
    yield "coverage", decisions.accuracy_against_coverage(coverage, source.target, source.headline, source.name)
    yield "costs", decisions.cost_against_threshold(curve, policies, source.headline, source.name)


def _coefficients(source: Source) -> Named:
    coefficients = source.table(COEFFICIENTS)
    families = source.table(FAMILIES)
    collinearity = source.table(COLLINEARITY)
    partial = source.table(PARTIAL_REGRESSIONS)
    yield "coefficients", results.coefficients(coefficients, source.titles, source.name)
    yield (
        "coefficient_intervals",
        diagnostics.coefficient_intervals(coefficients, source.titles, source.name),
    )
    if families["partial_r2"].notna().any():  # one family alone adds nothing to others
        yield "families", diagnostics.families(families, source.name)
    yield "collinearity", diagnostics.collinearity(collinearity, source.titles, source.vif_limit, source.name)
    if len(partial):
        yield "partial_regressions", diagnostics.partial_regressions(partial, source.titles, source.name)


def _residuals(source: Source) -> Named:
    rank = int(source.table(FIT)["rank"].iloc[0])
    rows = source.table(ROWS)
    yield "residuals", diagnostics.residuals_against_fitted(rows, source.name)
    yield "normal_quantiles", diagnostics.normal_quantiles(rows, source.name)
    yield "scale_location", diagnostics.scale_location(rows, source.name)
    yield "leverage", diagnostics.leverage_against_residual(rows, rank, source.name)


def _robustness(source: Source) -> Named:
    if not source.has(ROBUSTNESS):
        return
    table = source.table(ROBUSTNESS)
    yield "robustness", models.robustness(table, model_titles(), source.name)
    if ((table["kind"] == "crop") & (table["n"] > 0)).any():
        yield "snippet_length", models.snippet_length(table, model_titles(), source.name)


def _corpus(source: Source) -> Named:
    yield "balance", exploration.balance(source.table(BALANCE), source.name)
    discriminative = source.table(DISCRIMINATIVE)
    if len(discriminative):
        quartiles = source.table(QUARTILES)
        densities = source.table(DISTRIBUTIONS)
        yield "distributions", exploration.distributions(discriminative, quartiles, densities, source.name)
    pairs, columns = source.table(CORRELATION), source.table(CORRELATION_COLUMNS)
    yield "correlation", exploration.correlation(pairs, columns, source.name)


def _structure(source: Source) -> Named:
    variance = source.table(PCA_VARIANCE)
    loadings = source.table(PCA_LOADINGS)
    clusters = source.table(CLUSTERS)
    contingency = source.table(CLUSTER_CONTINGENCY)
    places = source.table(MAP)
    yield "pca_variance", structure.pca_variance(variance, source.name)
    yield "pca_map", structure.pca_map(places, variance, loadings, source.name)
    yield "map", structure.neighbour_map(places, source.name)
    yield "clusters", structure.clusters(clusters, source.name)
    yield "cluster_contingency", structure.cluster_contingency(contingency, source.name)
    yield "neighbours", structure.neighbours(source.table(NEIGHBOURS), source.name)


def _anatomy(source: Source) -> Named:
    if not source.has(ANATOMY):
        return
    numbers = source.table(ANATOMY)
    pictures = source.table(ANATOMY_PICTURES)
    for genre, stem in anatomy.anatomy_stems(numbers.loc[numbers["clip"] != "", "genre"]).items():
        yield stem, anatomy.anatomy(pictures, numbers, genre)
    yield anatomy.OVERVIEW, anatomy.anatomy_overview(pictures, numbers, source.name)


GROUPS: tuple[Callable[[Source], Named], ...] = (
    _anatomy, _residuals, _coefficients, _scores, _structure, _corpus, _decisions, _robustness,
)  # fmt: skip
"""The longest first, so that workers end together."""
