"""Section of the report on labels that the music contradicts, and on how well such labels are found."""

from collections.abc import Mapping, Sequence

from classically_punk.contracts.label_search import CHANCE, LISTED, MARGIN, METHODS, SOURCES
from classically_punk.contracts.tables.corpora import WRONG_LABELS
from classically_punk.reporting.pages.blocks import Block, Folded, Paragraph, Table
from classically_punk.reporting.pages.phrases import compared, sentences
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Name, Term, Text, listed, text

SHOWN = 10
KEYS = ("source", "method", "measure")
AVERAGE, FIRST, RIGHT = "average_precision", "precision_at_", "suggested_right"


def label_issues(results: Results) -> list[Block | None]:
    """How labels are searched, what the search finds, and the clips that come first."""
    rows = results.rows("label_issues", ("clip",))[:SHOWN]
    shown = [
        (row.name("clip"), row.name("label"), row.name("suggested"), row.number("disagreement", ".2f"),
         Name(_evidence(row["evidence"], results.titles)))
        for row in rows
    ]  # fmt: skip
    head = ("clip", "label", "the music says", "disagreement", "evidence: contributions to the difference")
    return [
        Paragraph(
            "Clips are ordered by the held-out margin: the fitted value of the best other genre less that of the "
            "label, both by the regression fitted to the clips of all other songs. Other songs of the same artist "
            "stay in: for a label they are the best witnesses, while a score would be flattered by them."
        ),
        Paragraph(search_words(results)),
        _search_table(results),
        Table("The clips whose label the fit to all other songs contradicts most", head, shown),
    ]


def search_words(results: Results) -> Text:
    """What is found of wrong labels, against chance and against other ways of looking."""
    rows = [row for row in results.rows("label_issue_search", KEYS) if row["method"]]
    said = [_planted(rows, source) for source in SOURCES if source != LISTED]
    return sentences([*said, _listed(rows)])


def against_chance(low: float | None, high: float | None, chance: float) -> str:
    """How a measure compares with chance, from its interval. low, high : None where there is none."""
    return compared(
        None if low is None else low - chance, None if high is None else high - chance
    ) + " chance"  # fmt: skip


def _planted(rows: Sequence[Row], source: str) -> Text:
    """What the margin finds of the labels that were made wrong in one way; nothing where none were."""
    margin, chance = _of(rows, source, MARGIN, AVERAGE), _of(rows, source, CHANCE, AVERAGE)
    first = _of(rows, source, MARGIN, FIRST)
    if margin is None or chance is None or first is None:
        return Text(())
    words = text(
        "Of {n} labels {k} were {how}, {repeats} times over: the average precision of the order is {found}, where a "
        "random order is expected to have {chance}, which makes it {compared}; of the first {k} labels {share} are "
        "wrong ones.",
        n=margin.number("n", ",.0f") or "", k=margin.number("n_wrong", ",.0f") or "",
        how=SOURCES[source].title, repeats=margin.number("repeats", ".0f") or "",
        found=margin.interval(".3f") or "", chance=chance.number("value", ".3f") or "",
        compared=against_chance(margin.value("low"), margin.value("high"), chance.value("value") or 0.0),
        share=first.interval(".0%") or "",
    )  # fmt: skip
    return sentences([words, _beside(rows, source)])


def _beside(rows: Sequence[Row], source: str) -> Text:
    """The margin beside the other ways of looking, by the paired interval of its lead."""
    found: dict[str, list[Text]] = {}
    for method, entry in METHODS.items():
        row = _of(rows, source, method, AVERAGE)
        if row is None or row.value("margin_ahead") is None:
            continue
        how = compared(row.value("ahead_low"), row.value("ahead_high"))
        found.setdefault(how, []).append(
            text("{title} ({value})", title=entry.title, value=row.number("value", ".3f") or "")
        )
    if not found:
        return Text(())
    return text(
        "It is {all}.",
        all=listed([text("{how} {which}", how=how, which=listed(which)) for how, which in found.items()]),
    )


def _listed(rows: Sequence[Row]) -> Text:
    """What the margin finds of a list of wrong labels, or how to give one."""
    margin, chance = _of(rows, LISTED, MARGIN, AVERAGE), _of(rows, LISTED, CHANCE, AVERAGE)
    if margin is None or chance is None:
        return text(
            "No clip of this corpus is known to have a wrong label; a table {file} with the columns clip and right, "
            "beside the archive, would be scored here as well.",
            file=Term(WRONG_LABELS.file),
        )  # fmt: skip
    value, low, high = margin.value("value") or 0.0, chance.value("low") or 0.0, chance.value("high") or 0.0
    words = text(
        "Of the {k} labels that are {how} the same order finds {found}, where random orders have {chance}, so that it "
        "is {compared}.",
        k=margin.number("n_wrong", ",.0f") or "", how=SOURCES[LISTED].title,
        found=text("an average precision of {value}", value=margin.number("value", ".3f") or ""),
        chance=chance.interval(".3f") or "",
        compared="better than chance" if value > high else "worse than chance" if value < low
        else "indistinguishable from chance",
    )  # fmt: skip
    right = _of(rows, LISTED, MARGIN, RIGHT)
    if right is None:
        return words
    return words + text(
        " The genre that it suggests is the right one for {share} of the {n} whose right genre is known.",
        share=right.number("value", ".0%") or "", n=right.number("n_wrong", ",.0f") or "",
    )  # fmt: skip


def _of(rows: Sequence[Row], source: str, method: str, measure: str) -> Row | None:
    """The row of a measure, or of the one that begins so."""
    chosen = (row for row in rows if row["source"] == source and row["method"] == method)
    return next((row for row in chosen if row["measure"].startswith(measure)), None)


def _search_table(results: Results) -> Block | None:
    rows = [row for row in results.rows("label_issue_search", KEYS) if row.value("value") is not None]
    if not rows:
        return None
    shown = [
        (Name(SOURCES[row["source"]].title), Name(METHODS[row["method"]].title), Name(_measure(row["measure"])),
         row.interval(".3f"), row.interval("+.3f", "margin_ahead", "ahead_low", "ahead_high"),
         row.number("n_wrong", ",.0f"))
        for row in rows
    ]  # fmt: skip
    head = ("labels", "ordered by", "measure", "value", "the margin is ahead by", "wrong")
    ways = [f"{entry.title}: {entry.meaning}" for entry in METHODS.values()]
    caption = f"Intervals are over repetitions of the planting, of chance against a list over orders. {'; '.join(ways)}"
    return Folded("How well each way of looking finds wrong labels", [Table(caption, head, shown)])


def _measure(measure: str) -> str:
    return {AVERAGE: "average precision", RIGHT: "right genre suggested"}.get(measure, measure.replace("_", " "))


def _evidence(evidence: str, titles: Mapping[str, str]) -> str:
    parts = [part.rsplit(" ", 1) for part in evidence.split("; ") if " " in part]
    return "; ".join(f"{titles.get(name, name)} {size}" for name, size in parts) or evidence
