"""The technical report: one self-contained page of everything that is known of a corpus."""

from classically_punk.contracts.models import OPTIMAL_SCORING, REGRESSION
from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.reporting.pages import external
from classically_punk.reporting.pages.blocks import Block, Bullets, Section, Table
from classically_punk.reporting.pages.costs import cost_words, costs_of
from classically_punk.reporting.pages.decision_rule import rule_words
from classically_punk.reporting.pages.leaks import leak_words, leaks
from classically_punk.reporting.pages.rendering import render
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Name, Segment, Text, text
from classically_punk.reporting.pages.unbalanced import unbalanced_words
from classically_punk.reporting.report import data as report_data
from classically_punk.reporting.report import decisions as report_decisions
from classically_punk.reporting.report import external as report_external
from classically_punk.reporting.report import fits as report_fits
from classically_punk.reporting.report import lengths as report_lengths
from classically_punk.reporting.report import models as report_models

ALTERATIONS_IN_SHORT = 3


def build_report(results: Results) -> str:
    """The report as HTML. Raises PunkError when a metric or table that every corpus has is not there."""
    sections = [summary(results)] + [build(results) for build in SECTIONS]
    return render("report.html.j2", {"corpus": Name(results.corpus), "title": results.title, "sections": sections})


def summary(results: Results) -> Section:
    """For a hurried reader."""
    points: list[Segment | Text] = [
        text(
            "{title}: {n} clips of {genres} genres, judged under the protocol {protocol} ({what}).",
            title=Name(results.title), n=results.metric("summary", "headline.n_clips", ",d"),
            genres=results.metric("summary", "headline.n_genres", "d"), protocol=Name(results.headline),
            what=PROTOCOLS[results.headline].apart,
        ),
        text(
            "The linear regression recognises {accuracy} of the clips it was not fitted to, the most frequent genre "
            "would be {majority}.",
            accuracy=results.metric_interval("summary", "headline.accuracy", ".0%"),
            majority=results.metric("summary", "comparators.majority", ".0%"),
        ),
        external.headline_words(results),
    ]  # fmt: skip
    average = unbalanced_words(results)
    if average is not None:
        points.insert(2, average)
    rule = rule_words(results)
    if rule is not None:
        points.append(rule)
    other = report_models.best_other(results)
    if other is not None:
        points.append(report_models.verdict(results, other["model"]) + text(", the best of the others."))
    points += [leak_words(row) for row in leaks(results)]
    if results.has_table("robustness"):
        points.append(report_decisions.robust_words(results, most=ALTERATIONS_IN_SHORT))
    points.append(report_decisions.bearer_words(results))
    costs = costs_of(results)
    if costs is not None:
        points.append(cost_words(costs))
    return Section("summary", "In short", [Bullets(points), key_table(results)])


def key_table(results: Results) -> Block:
    """The regression under every protocol that the corpus allows, by both decision rules."""
    names = ("accuracy", "macro_f1", "top2_accuracy")
    rows = []
    for protocol in report_models.judged_protocols(results):
        first, *others = (report_models.score(results, REGRESSION, protocol, name) for name in names)
        other_rule = report_models.score(results, OPTIMAL_SCORING, protocol, "accuracy")
        rows.append((
            Name(protocol), first.interval(".3f") if first else None,
            *(cell.number("value", ".3f") if cell else None for cell in others),
            other_rule.interval(".3f") if other_rule else None,
            first.number("n", ",.0f") if first else None, first.number("n_groups", ",.0f") if first else None,
        ))  # fmt: skip
    titles = {name: title for name, title, _ in report_models.SCORES}
    other = "by optimal scoring"
    head = ["protocol", *(titles[name] for name in names), other, "tested", "groups"]
    order = report_models.judged_protocols(results)
    marked = frozenset(place for place, name in enumerate(order) if name == results.headline)
    return Table("The linear regression on clips it was not fitted to; the headline is marked", head, rows, marked)


SECTIONS = (
    report_data.data,
    report_data.anatomy,
    report_data.exploration,
    report_data.cleaning,
    report_data.features,
    report_models.protocols,
    report_fits.fits,
    report_fits.diagnostics,
    report_models.comparators,
    report_models.leak,
    report_external.elsewhere,
    report_lengths.snippets,
    report_decisions.robustness,
    report_decisions.certainty,
    report_decisions.costs,
    report_decisions.bearers,
    report_decisions.limits,
    report_decisions.reproduction,
)
"""In the order of the page, after the summary."""
