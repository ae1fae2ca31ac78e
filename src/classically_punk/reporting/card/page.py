"""The model card: what the model is for, how good it is, whom it serves badly, and what it must not be used for.

Sections after Mitchell et al. 2019, Model cards for model reporting.
"""

from dataclasses import dataclass

from classically_punk.reporting.pages import captions, external
from classically_punk.reporting.pages.blocks import Block, Box, Bullets, Paragraph, Section, Table, absent
from classically_punk.reporting.pages.costs import cost_words, costs_of
from classically_punk.reporting.pages.decision_rule import rule_called, rule_words
from classically_punk.reporting.pages.markdown import markdown
from classically_punk.reporting.pages.method import on_columns
from classically_punk.reporting.pages.rendering import render
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Name, Term, text
from classically_punk.reporting.pages.unbalanced import unbalanced_words
from classically_punk.reporting.report import data as report_data
from classically_punk.reporting.report import decisions as report_decisions
from classically_punk.reporting.report import models as report_models
from classically_punk.reporting.report.page import key_table

WORST_SHOWN = 3
TITLE = "Model card: music genres by linear regression"


@dataclass(frozen=True)
class Card:
    """The same card, for a repository and for a browser."""

    markdown: str
    html: str


def build_card(results: Results) -> Card:
    """Raises PunkError when a metric or table that every corpus has is not there."""
    sections = [build(results) for build in SECTIONS]
    lead = text("Fitted to {corpus}: {title}.", corpus=Name(results.corpus), title=Name(results.title))
    page = render("model_card.html.j2", {"title": TITLE, "lead": lead, "corpus": results.corpus, "sections": sections})
    return Card(markdown(TITLE, lead, sections), page)


def details(results: Results) -> Section:
    first = results.row("fit", ("genre",))
    numbers = text("")
    if first is not None:
        numbers = text(
            "It was fitted to {n} clips; each genre has {rank} estimated numbers.",
            n=first.number("n", ",.0f") or "",
            rank=first.number("rank", ".0f") or "",
        )
    return Section("details", "The model", [
        Paragraph(text(
            "One least-squares regression per genre on standardised audio features (a linear probability model); the "
            "answer is that of {rule}. {columns} Transform: {transform}. ",
            rule=rule_called(results),
            columns=on_columns(results),
            transform=Name(results.params.ols.transform),
        ) + numbers),
        Paragraph(text(
            "Probabilities come from the fitted values by a temperature that is fitted inside the training part. The "
            "model is {file}: plain numbers, which can be read and checked, and no pickle.",
            file=Term(f"models/{results.corpus}/ols.json"),
        )),
    ])  # fmt: skip


def use(results: Results) -> Section:
    return Section("use", "What it is for, and what it is not for", [
        Paragraph("Meant for: teaching and research on audio features, on regression, and on honest evaluation; a "
                  "first sorting of a private collection that a person looks over."),
        Box("warn", [Bullets([
            "Not for decisions on people: neither pay, nor placement, nor the worth of an artist may hang on a genre "
            "that this model guesses.",
            "Not for music unlike what it was fitted to: other years, countries, instruments and productions.",
            "Not as evidence of who made a recording, or of how it was made.",
        ])]),
    ])  # fmt: skip


def licence(results: Results) -> Section:
    if results.described.annotations == "gtzan":
        words = text(
            "The recordings of GTZAN (Tzanetakis and Cook) were collected without clearance from their owners. The "
            "collection serves research; a product must not be built on it, and nothing of it is part of this "
            "repository."
        )
    elif results.synthesised:
        words = text(
            "The music was synthesised by this repository, belongs to nobody else, and may be used under the "
            "repository's terms. It is a stand-in: scores on it say nothing about real music."
        )
    else:
        words = text(
            "Where the recordings come from, and what may be done with them, has to be stated by whoever added this "
            "corpus. Until then the model must not leave their hands."
        )
    return Section("data", "Data, and whose it is", [
        Paragraph(report_data.found_words(results)), Paragraph(report_data.artists_words(results)), Paragraph(words),
    ])  # fmt: skip


def metrics(results: Results) -> Section:
    impossible = [
        text("{protocol} was not possible: {why}.", protocol=row.name("protocol"),
             why=Name(row["reason"].rstrip(".") or "no reason is given"))
        for row in results.rows("protocols", ("protocol",)) if row["possible"] != "yes"
    ]  # fmt: skip
    other = report_models.best_other(results)
    return Section("metrics", "How good it is", [
        Paragraph(text(
            "Under the headline protocol {protocol} it recognises {accuracy} of {n} clips that it was not fitted to. "
            "Brackets hold intervals over groups.",
            protocol=Name(results.headline), accuracy=results.metric_interval("summary", "headline.accuracy", ".0%"),
            n=results.metric("summary", "headline.n_clips", ",d"),
        )),
        Paragraph(average) if (average := unbalanced_words(results)) else None,
        Paragraph(external.headline_words(results)),
        key_table(results),
        Paragraph(rule) if (rule := rule_words(results)) else None,
        Bullets(impossible) if impossible else None,
        Paragraph(report_models.verdict(results, other["model"]) + ".") if other is not None else None,
        captions.picture(results, "accuracy_by_protocol"),
    ])  # fmt: skip


def served_badly(results: Results) -> Section:
    keys = ("model", "protocol", "genre")
    rows = [row for row in results.rows("recall", keys, model="ols", protocol=results.headline)
            if row.value("recall") is not None]  # fmt: skip
    worst = sorted(rows, key=lambda row: row.value("recall") or 0.0)[:WORST_SHOWN]
    shown = [(row.name("genre"), row.interval(".2f", "recall"), row.number("n", ".0f"), row.number("n_groups", ".0f"))
             for row in worst]  # fmt: skip
    blocks: list[Block | None] = [
        Paragraph(report_decisions.bearer_words(results)),
        Table("The worst served", ("genre", "recall", "clips", "groups"), shown),
        report_data.concentration(results),
        captions.picture(results, "recall_by_genre"),
    ]
    return Section("served", "Who is served badly", blocks)


def risks(results: Results) -> Section:
    robust: Block
    if results.has_table("robustness"):
        robust = report_decisions.robustness(results).present[1]
    else:
        robust = absent(captions.missing(results, "robustness"))
    return Section("risks", "Risks, ethical and for a business", [
        Bullets([
            "Errors are not spread evenly: whole genres, and the artists in them, are taken for others.",
            "Labels are opinions of their time, mostly of one part of the world; the model repeats them.",
            "Music moves on. Nothing tells the model so: its scores have to be measured again on new, labelled clips.",
            "Whoever gains from a label can learn to produce it.",
        ]),
        robust,
    ])  # fmt: skip


def silence(results: Results) -> Section:
    target = results.row("target", ("target",))
    blocks: list[Block | None] = [Paragraph(report_decisions.target_words(target))] if target else []
    costs = costs_of(results)
    if costs is not None:
        blocks.append(Paragraph(cost_words(costs)))
    blocks.append(captions.picture(results, "coverage"))
    return Section("silence", "When it should stay silent", blocks)


def upkeep(results: Results) -> Section:
    return Section("upkeep", "Recommendations, upkeep, contact", [
        Bullets([
            "State protocol, number of clips and interval with every score that is passed on.",
            "Let a person decide where asking one costs less than an answer is expected to.",
            "Fit again, and compare, when the collection grows or the features change: the repository's metrics show "
            "what moved, and whether it is noise.",
        ]),
        Paragraph(text(
            "Every figure on this card is made from {metrics} and {tables} by {command}. Questions and faults: the "
            "issue tracker of the repository.",
            metrics=Term(f"metrics/{results.corpus}/"), tables=Term(f"reports/{results.corpus}/tables/"),
            command=Term(f"dvc repro report@{results.corpus}"),
        )),
    ])  # fmt: skip


SECTIONS = (details, use, licence, metrics, served_badly, risks, silence, upkeep)
