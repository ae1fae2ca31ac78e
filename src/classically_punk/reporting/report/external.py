"""Section of the report on music from elsewhere."""

from classically_punk.contracts.models import REGRESSION
from classically_punk.contracts.models import title as model_title
from classically_punk.contracts.tables.external import FITTED_TO
from classically_punk.reporting.pages import external
from classically_punk.reporting.pages.blocks import Block, Bullets, Folded, Heading, Paragraph, Section, Table, absent
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Name, text

SHOWN = (
    ("accuracy", "accuracy", ".3f"),
    ("macro_f1", "macro average", ".3f"),
    ("top2_accuracy", "right at first or second guess", ".3f"),
    ("log_loss", "log loss", ".2f"),
    ("calibration_error", "calibration error", ".3f"),
)


def elsewhere(results: Results) -> Section:
    """What the models say of clips of other collections."""
    found = external.measured(results)
    if not found:
        return Section("elsewhere", "Music from elsewhere", [absent(external.why_none(results))])
    blocks: list[Block | None] = [
        Paragraph(
            "The question of whoever uses a model: how good is it on music that nobody gathered for it? All models are "
            "fitted to every clip of this collection and asked about clips of another one. A clip with a recording, a "
            "song or an artist in common with this collection is left out. Where the same hands gathered both, their "
            "choice and its sound are alike, and the figure says less of collections that others make."
        ),
        Paragraph(external.headline_words(results)),
    ]
    for test in found:
        blocks += _pair(results, test, several=len(found) > 1)
    return Section("elsewhere", "Music from elsewhere", blocks)


def _pair(results: Results, test: str, several: bool) -> list[Block | None]:
    rows = external.scores(results, test)
    marked = frozenset(place for place, row in enumerate(rows) if row["model"] == REGRESSION)
    shown = [
        (Name(model_title(row["model"])), row.interval(".3f"),
         row.interval(".3f", "inside", "inside_low", "inside_high"),
         row.interval("+points", "difference", "difference_low", "difference_high"), row.number("n", ",.0f"),
         row.number("n_groups", ",.0f"), row.number("inside_n", ",.0f"))
        for row in rows
    ]  # fmt: skip
    head = ("model", "elsewhere", "inside", "difference in points", "clips", "groups", "clips inside")
    cells = {(each["model"], name): each.interval(form)
             for name, _, form in SHOWN for each in external.scores(results, test, name)}  # fmt: skip
    every = [
        [Name(model_title(row["model"])), *(cells.get((row["model"], name)) for name, _, _ in SHOWN)] for row in rows
    ]
    recall = [
        (Name(model_title(row["model"])), row.name("genre"), row.interval(".2f", "recall"), row.number("n", ",.0f"),
         row.number("n_groups", ",.0f"))
        for row in results.rows(f"external/{test}/external_recall", ("model", "genre"))
        if row["model"] in (REGRESSION, "optimal_scoring")
    ]  # fmt: skip
    gone = external.left_out(results, test)
    return [
        Heading(text("Clips of {test}", test=Name(test))) if several else None,
        Table("Accuracy on music from elsewhere, and on held-out clips of the same genres inside", head, shown, marked),
        Folded("All scores elsewhere", [Table("Scores", ["model", *(words for _, words, _ in SHOWN)], every, marked)]),
        Table("Recall by genre", ("model", "genre", "recall", "clips", "groups"), recall),
        Bullets(gone) if gone else None,
        *_lengths(results, test),
    ]


def _lengths(results: Results, test: str) -> list[Block | None]:
    rows = external.length_rows(results, test)
    if not rows:
        return []
    chosen = [row for row in rows if row["chosen"] == "yes"]
    shown = [
        (row.number("length", "g"), Name(model_title(row["model"])), FITTED_TO[row["fitted_to"]], row["asked"],
         row.number("inside_accuracy", ".3f"), row.interval(".3f", "accuracy"),
         row.interval("+points", "difference", "difference_low", "difference_high"),
         row.interval(".3f", "calibration_error", "calibration_error_low", "calibration_error_high"),
         row.number("n", ",.0f"))
        for row in rows
    ]  # fmt: skip
    head = ("seconds", "model", "fitted to", "asked", "inside", "elsewhere", "against OLS on clips, points",
            "calibration error", "clips")  # fmt: skip
    by_row = {id(row): cells for row, cells in zip(rows, shown, strict=True)}
    marked = frozenset(place for place, row in enumerate(rows) if row["wins"] == "yes")
    return [
        Heading("Snippets"),
        Paragraph(
            "The same clips, cut down to their middle. A deviation over seconds is not one over a whole clip: models "
            "fitted to whole clips, to windows, to both, to altered clips and to cuts are asked. Which answers at a "
            "length is chosen inside, on cuts of held-out clips; the clips from elsewhere have no say in it."
        ),
        Bullets([external.length_words(rows, row) for row in chosen]),
        Table("The fit that is chosen inside, at each length", head, [by_row[id(row)] for row in chosen]),
        Folded("All fits at all lengths; the highest accuracy elsewhere is marked", [
            Table("Cuts from elsewhere", head, shown, marked),
        ]),
    ]  # fmt: skip
