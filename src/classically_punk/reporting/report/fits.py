"""Sections of the report on the regressions themselves: coefficients, what they mean, and whether assumptions hold."""

from collections.abc import Sequence

from classically_punk.reporting.pages import captions, musical
from classically_punk.reporting.pages.blocks import (
    Block,
    Bullets,
    Cell,
    Folded,
    Heading,
    Paragraph,
    Section,
    Table,
    absent,
)
from classically_punk.reporting.pages.method import on_columns
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Name, Segment, Term, Text, listed, text
from classically_punk.reporting.report.labels import label_issues

LEVEL = 0.05
JOINT_SHOWN = 20
INFLUENTIAL_SHOWN = 10
NO_TEST = "no test: "
"""How the reason begins where columns of the regression could not be tested."""

TEST_WORDS = {
    "breusch_pagan": ("Breusch-Pagan (Koenker)", "the scatter changes with the columns"),
    "white_without_interactions": ("White, without interactions", "the scatter changes with columns or their squares"),
    "reset": ("RESET", "a straight line is not the shape of it"),
    "jarque_bera": ("Jarque-Bera", "residuals are not normal, which those of a yes-or-no answer never are"),
}


def fits(results: Results) -> Section:
    """The regressions, their coefficients and what they mean."""
    first = results.row("fit", ("genre",))
    if first is None:
        return Section("fits", "The linear regressions", [absent("No regression was fitted.")])
    words = text(
        "One least-squares regression per genre asks: is this clip {genre}, yes or no? All share one design of {rank} "
        "estimated numbers on {n} clips, and the genre with the largest fitted value wins. Columns are standardised "
        "(after the transform {transform}), so that coefficients can be compared. Standard errors allow for clips "
        "of one group resembling each other ({covariance}, {groups} groups).",
        genre="of this genre", rank=first.number("rank", ".0f") or "", n=first.number("n", ",.0f") or "",
        transform=Name(results.params.ols.transform), covariance=first.name("covariance"),
        groups=first.number("n_groups", ",.0f") or "",
    )  # fmt: skip
    rows = [
        (row.name("genre"), row.number("r2", ".3f"), row.number("adjusted_r2", ".3f"), row.number("aic", ".1f"),
         row.number("bic", ".1f"), row.number("outside_unit_interval", ".0%"), row.number("condition_number", ",.1f"),
         row.number("largest_leverage", ".2f"))
        for row in results.rows("fit", ("genre",))
    ]  # fmt: skip
    head = (Name("genre"), Name("R²"), Name("adjusted R²"), "AIC", "BIC", Term("outside 0 to 1"), "condition number",
            "largest leverage")  # fmt: skip
    note = next((row["note"] for row in results.rows("fit", ("genre",)) if row["note"]), "")
    return Section("fits", "The linear regressions, and what they say about music", [
        Paragraph(words),
        Paragraph(on_columns(results)),
        Paragraph(text("On the fit: {note}.", note=Name(note.rstrip(".")))) if note else None,
        Table("Fit of each genre's regression to all clips (not a score: the clips were learned from)", head, rows),
        Heading("What marks a genre out"),
        Paragraph(text(
            "Read with care: each statement holds while all other columns stay as they are, and only coefficients that "
            "differ from nothing after Holm's adjustment for {family} tests, of columns whose variance inflation is "
            "at most {limit}, are put into words.",
            family=_family_size(results), limit=results.param("ols.vif_limit", ".0f"),
        )),
        Bullets(musical.characters(results)),
        captions.picture(results, "coefficients"), captions.picture(results, "coefficient_intervals"),
        Paragraph(_joint(results)), _joint_table(results),
        captions.picture(results, "families"), _family_table(results),
        captions.picture(results, "partial_regressions"),
    ])  # fmt: skip


def _family_size(results: Results) -> Segment:
    row = results.row("coefficients", ("genre", "column"))
    return (row.number("family_size", ",.0f") if row else None) or "all"


def _joint(results: Results) -> Text:
    rows = results.rows("joint_tests", ("column",))
    if rows and not any(row.value("p") is not None for row in rows):
        reasons = [row["reason"] for row in rows]
        why = next((each for each in reasons if each.startswith(NO_TEST)), reasons[0])  # else of a column left out
        return text("Columns are not tested over all genres at once: {why}.", why=Name(why.removeprefix(NO_TEST)))
    sure = [row for row in rows if (p := row.value("p_holm")) is not None and p < LEVEL]
    if not sure:
        return text("No column has a joint effect on the genres that survives the adjustment for all columns.")
    strongest = sorted(sure, key=lambda row: (row.value("p_holm") or 0.0, -(row.value("wald") or 0.0)))[:5]
    return text(
        "Asked over all genres at once (Hotelling's test, Holm-adjusted), {n} columns have an effect; the surest are "
        "{names}.",
        n=results.metric("diagnostics", "columns_with_joint_effect", ".0f"),
        names=listed([results.called(row["column"]) for row in strongest]),
    )  # fmt: skip


def _joint_table(results: Results) -> Block | None:
    rows = [row for row in results.rows("joint_tests", ("column",)) if row.value("p") is not None]
    if not rows:
        return None
    first = sorted(rows, key=lambda row: (row.value("p") or 0.0, -(row.value("wald") or 0.0)))[:JOINT_SHOWN]
    shown = [
        (results.called(row["column"]), row.name("family"), row.number("wald", ".2f"),
         row.number("df1", ".0f"), row.number("df2", ".0f"), row.number("p_holm", "p"), row.number("p_by", "p"))
        for row in first
    ]  # fmt: skip
    head = ("column", "family", "Wald F", "of freedom", "and", "p, Holm", "p, Benjamini-Yekutieli")
    return Folded("The surest columns, tested over all genres", [Table("Joint tests", head, shown)])


def _family_table(results: Results) -> Block | None:
    rows = [row for row in results.rows("families", ("genre", "family")) if row.value("partial_r2") is not None]
    if not rows:
        return None
    shown = [
        (row.name("genre"), row.name("family"), row.number("columns", ".0f"), row.number("r2", ".3f"),
         row.number("r2_without", ".3f"), row.number("partial_r2", ".3f"), row["nested"])
        for row in rows
    ]  # fmt: skip
    head = ("genre", "family", "columns", "all families", "without it", "partial", "nested")
    caption = (
        "Share of variance explained; not nested: the columns of the regression are chosen anew without the family"
    )
    return Folded("Partial R² of each family", [Table(caption, head, shown)])


def diagnostics(results: Results) -> Section:
    """Assumptions, collinearity, influence and label issues."""
    return Section("diagnostics", "Do the assumptions hold?", [
        Paragraph(
            "A regression of a yes-or-no answer breaks the textbook assumptions by its nature. What that does to the "
            "inference is met by robust standard errors; what it does to predictions is measured by held-out scores."
        ),
        _assumptions(results),
        captions.picture(results, "residuals"), captions.picture(results, "normal_quantiles"),
        captions.picture(results, "scale_location"),
        Heading("Columns that repeat each other"),
        Paragraph(_collinear(results)),
        captions.picture(results, "collinearity"),
        Heading("Clips that pull on the fit"),
        Paragraph(text(
            "The largest leverage is {leverage}, the largest Cook's distance {cook}. Influence is computed by closed "
            "forms for all fits at once.",
            leverage=results.metric("diagnostics", "largest_leverage", ".2f"),
            cook=results.metric("diagnostics", "largest_cooks_distance", ".3f"),
        )),
        captions.picture(results, "leverage"),
        _influential(results),
        Heading("Labels that the music contradicts"),
        *label_issues(results),
    ])  # fmt: skip


def _assumptions(results: Results) -> Block:
    rows = results.rows("assumptions", ("genre", "test"))
    shown: list[Sequence[Cell]] = []
    for test, (title, meaning) in TEST_WORDS.items():
        of_test = [row for row in rows if row["test"] == test]
        known = [row for row in of_test if row.value("p") is not None]
        broken = [row for row in known if (row.value("p") or 0.0) < LEVEL / max(len(known), 1)]
        said = text("{genres}", genres=listed([row.name("genre") for row in broken])) if broken else text("none")
        if not known:
            said = text("left out: {why}", why=Name(of_test[0]["reason"] if of_test else "not computed"))
        shown.append((Name(title), meaning, said))
    head = ("test", "what a small p would say", "genres where it says so (Bonferroni over genres)")
    return Table("Tests of the assumptions", head, shown)


def _collinear(results: Results) -> Text:
    rows = results.rows("collinearity", ("column",))
    removed = [row for row in rows if row["removed"]]
    words = text("Some columns are determined by the others: their variance inflation has no bound.")
    if results.has("diagnostics", "largest_vif"):
        largest = results.metric("diagnostics", "largest_vif", ",.0f")
        words = text("The largest variance inflation is {vif}.", vif=largest)
    words += text(
        " If columns were left out one at a time until none is inflated by more than {limit}, {n} would go. ",
        limit=results.param("ols.vif_limit", ".0f"), n="some" if removed else "none",
    )  # fmt: skip
    return words + on_columns(results)


def _influential(results: Results) -> Block | None:
    rows = results.rows("influential", ("clip", "genre"))[:INFLUENTIAL_SHOWN]
    shown = [
        (row.name("clip"), row.name("label"), row.name("genre"), row.number("cooks_distance", ".3f"),
         row.number("leverage", ".2f"), row.number("external", "+.1f"),
         results.called(row["dfbetas_column"]))
        for row in rows
    ]  # fmt: skip
    head = ("clip", "label", "regression of", "Cook's distance", "leverage", "studentised residual", "moves most")
    return Folded("The clips that pull most", [Table("By Cook's distance", head, shown)]) if rows else None
