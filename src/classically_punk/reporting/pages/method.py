"""Which columns the scored regression sees, and which the regression whose coefficients are shown: the same words on
every page."""

from classically_punk.reporting.figures.models import CHOICES
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Name, Text, text

FOLD_KEYS = ("model", "protocol", "fold")


def scored_columns(results: Results) -> Text:
    """What the regressions that are scored were given, part of a sentence."""
    fold, fit = _first_fold(results), results.row("fit", ("genre",))
    if fold is None or fit is None:
        return text("not known")
    choice = Name(CHOICES[results.params.ols.columns])
    if fold.value("columns") == fit.value("columns"):
        words = text("all {n} columns as they are", n=fit.number("columns", ".0f") or "")
        if results.params.ols.columns == "all":
            return words
        return words + text(" ({choice} are configured, and every training part carries all columns)", choice=choice)
    return text(
        "{choice} of {n} columns, {m} of them in the first fold",
        choice=choice, n=fit.number("columns", ".0f") or "", m=fold.number("columns", ".0f") or "",
    )  # fmt: skip


def shown_columns(results: Results) -> Text:
    """What the regression was given whose coefficients are shown and tested, part of a sentence."""
    fit = results.row("fit", ("genre",))
    if fit is None:
        return text("not known")
    if fit.value("columns") == fit.value("regression_columns"):
        return text("all {n} columns", n=fit.number("columns", ".0f") or "")
    return text(
        "{m} of {n} columns, those that stay when each that the others explain is left out",
        m=fit.number("regression_columns", ".0f") or "", n=fit.number("columns", ".0f") or "",
    )  # fmt: skip


def scored_is_shown(results: Results) -> bool:
    """Whether the regression that is scored is the one whose coefficients are shown: fitted to columns themselves."""
    fold, fit = _first_fold(results), results.row("fit", ("genre",))
    if fold is None or fit is None:
        return False
    components = results.params.ols.columns in ("components", "family_components")
    return not components or fold.value("columns") == fit.value("columns")


def on_columns(results: Results) -> Text:
    """Which columns are scored and which are shown, in sentences."""
    words = text("The scored regression is given {scored}.", scored=scored_columns(results))
    if scored_is_shown(results):
        return words + " Its coefficients are the ones shown."
    return words + text(
        " A component mixes columns and has no unit, so that coefficients are shown and tested of another regression, "
        "which scores nothing here: on {shown}.", shown=shown_columns(results),
    )  # fmt: skip


def _first_fold(results: Results) -> Row | None:
    rows = results.rows("fold_fits", FOLD_KEYS, model="ols", protocol=results.headline)
    return rows[0] if rows else None
