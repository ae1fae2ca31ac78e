"""Section of the report on clips of several lengths: what answers at which, and what that is worth."""

from classically_punk.contracts.models import title as model_title
from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.contracts.tables.external import FITTED_TO
from classically_punk.reporting.pages.blocks import Block, Bullets, Folded, Paragraph, Section, Table, absent
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Name, Text, text

HEADING = "Snippets"


def snippets(results: Results) -> Section:
    """What the served regressions say of cuts of held-out clips."""
    if not results.has_table("served"):
        return Section("snippets", HEADING, [absent("the corpus has no audio, so there are no cuts of its clips")])
    rows = results.rows("served", ("protocol", "length"))
    every = results.rows("lengths", ("protocol", "length", "model", "fitted_to", "asked"))
    headline = [row for row in rows if row["protocol"] == results.headline]
    blocks: list[Block | None] = [
        Paragraph(
            "A deviation over seconds is not one over a whole clip, so a regression of whole clips reads a snippet "
            "wrongly. Held-out clips are cut down to their middle and asked about by regressions that were fitted to "
            "clips, to windows, to both, to altered clips and to cuts. Which of them answers at a length, and its "
            "calibration, is found for every fold on the other folds; the model bundle serves what all folds choose."
        ),
        Bullets([length_words(row) for row in headline]),
    ]
    blocks += [_served(row_set, name) for name in PROTOCOLS if (row_set := _under(rows, name))]
    blocks.append(Folded("All fits at all lengths; what is chosen is marked", [
        _every(row_set, name) for name in PROTOCOLS if (row_set := _under(every, name))
    ]))  # fmt: skip
    return Section("snippets", HEADING, blocks)


def length_words(row: Row) -> Text:
    """What is reached at a length, and whether that is more than the regression of whole clips reaches."""
    low, high = row.value("difference_low"), row.value("difference_high")
    if low is not None and low > 0:
        how = "measurably more than the regression of whole clips"
    elif high is not None and high < 0:
        how = "measurably less than the regression of whole clips"
    else:
        how = "not measurably other than the regression of whole clips"
    return text(
        "{length} s: {share} right, {how}; {coverage} are answered where the least expected cost decides.",
        length=row.number("length", "g") or "", share=row.interval(".0%", "accuracy") or "", how=how,
        coverage=row.number("coverage", ".0%") or "",
    )  # fmt: skip


def _under(rows: list[Row], protocol: str) -> list[Row]:
    return [row for row in rows if row["protocol"] == protocol]


def _served(rows: list[Row], protocol: str) -> Table:
    head = ("seconds", "model", "fitted to", "asked", "right", "against OLS on clips, points", "calibration error",
            "answered", "right of these", "clips")  # fmt: skip
    shown = [
        (row.number("length", "g"), Name(model_title(row["model"])), FITTED_TO[row["fitted_to"]], row["asked"],
         row.interval(".3f", "accuracy"), row.interval("+points", "difference", "difference_low", "difference_high"),
         row.interval(".3f", "calibration_error", "calibration_error_low", "calibration_error_high"),
         row.number("coverage", ".0%"), row.interval(".3f", "answered", "answered_low", "answered_high"),
         row.number("n", ",.0f"))
        for row in rows
    ]  # fmt: skip
    return Table(f"What is served, {PROTOCOLS[protocol].apart}", head, shown)


def _every(rows: list[Row], protocol: str) -> Table:
    head = ("seconds", "model", "fitted to", "asked", "right", "log loss", "calibration error")
    shown = [
        (row.number("length", "g"), Name(model_title(row["model"])), FITTED_TO[row["fitted_to"]], row["asked"],
         row.interval(".3f", "accuracy"), row.number("log_loss", ".2f"),
         row.interval(".3f", "calibration_error", "calibration_error_low", "calibration_error_high"))
        for row in rows
    ]  # fmt: skip
    marked = frozenset(place for place, row in enumerate(rows) if row["chosen"] == "yes")
    return Table(f"Cuts of held-out clips, {PROTOCOLS[protocol].apart}", head, shown, marked)
