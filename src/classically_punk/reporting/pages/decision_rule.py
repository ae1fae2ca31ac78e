"""Which rule turns fitted values into an answer and by how much it wins, and what windows add, in words."""

from classically_punk.contracts.models import MODELS, OPTIMAL_SCORING, REGRESSION, WITH_WINDOWS
from classically_punk.foundation.errors import PunkError
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Name, Text, text


def default_rule(results: Results) -> str:
    """Name of the rule that answers by default; the largest fitted value where the rules were not compared."""
    found = results.value("summary", "rule.default") if results.has("summary", "rule.default") else REGRESSION
    return str(found)


def rule_called(results: Results) -> str:
    """What the default rule answers with."""
    return MODELS[default_rule(results)].rule


def _accuracy(results: Results, model: str) -> Row:
    keys = ("model", "protocol", "score")
    row = results.row("scores", keys, model=model, protocol=results.headline, score="accuracy")
    if row is None:
        raise PunkError(f"scores.csv of {results.corpus}: has no accuracy of {model} under {results.headline}")
    return row


def lead_words(low: float | None, high: float | None) -> str:
    """What the interval of a lead says of it."""
    if low is None or high is None:
        return "without an interval here, so that nothing is changed"
    if low > 0:
        return "and the interval lies above zero"
    return "and the interval lies below zero" if high < 0 else "and the interval covers zero"


def rule_words(results: Results) -> Text | None:
    """The default rule, its accuracy beside the other's, and the paired difference; None where it is not known."""
    if not results.has("summary", "rule.difference"):
        return None
    low, high = (
        results.value("summary", key) if results.has("summary", key) else None
        for key in ("rule.difference_low", "rule.difference_high")
    )
    return text(
        "The decision rule is {rule}. On the same fits, held out under {protocol}, {argmax} is right on {a} of the "
        "clips and {nearest} on {b}: {difference} points, {lead}. Coefficients and their inference are the same for "
        "both.",
        rule=rule_called(results), protocol=Name(results.headline),
        argmax=MODELS[REGRESSION].rule, nearest=MODELS[OPTIMAL_SCORING].rule,
        a=_accuracy(results, REGRESSION).interval(".3f") or "",
        b=_accuracy(results, OPTIMAL_SCORING).interval(".3f") or "",
        difference=results.metric_interval("summary", "rule.difference", "+points"), lead=lead_words(low, high),
    )  # fmt: skip


def rule_short(results: Results) -> Text | None:
    """The default rule and its accuracy beside the other's, in a few words."""
    if not results.has("summary", "rule.difference"):
        return None
    default = default_rule(results)
    other = next(name for name in (REGRESSION, OPTIMAL_SCORING) if name != default)
    return text(
        "{rule}, {a}; {other}, {b}; the difference of optimal scoring is {difference} points",
        rule=MODELS[default].rule, a=_accuracy(results, default).number("value", ".3f") or "",
        other=MODELS[other].rule, b=_accuracy(results, other).number("value", ".3f") or "",
        difference=results.metric_interval("summary", "rule.difference", "+points"),
    )  # fmt: skip


def windows_words(results: Results) -> Text:
    """What the windows of a clip add to the regression, or why it has none."""
    if not results.has("summary", "windows.difference"):
        row = results.row("protocols", ("protocol",), possible="no", protocol="segment_random")
        why = row["reason"] if row is not None else "not every fold has clips with windows"
        return text("The regression of whole clips and windows together is not possible here: {why}.", why=Name(why))
    low, high = (
        results.value("summary", key) if results.has("summary", key) else None
        for key in ("windows.difference_low", "windows.difference_high")
    )
    return text(
        "Together with regressions of its windows, by the mean of the fitted values, a clip is recognised in "
        "{accuracy}, held out under {protocol}: {difference} points against the whole clip alone, {lead}.",
        accuracy=_accuracy(results, WITH_WINDOWS).interval(".3f") or "",
        protocol=Name(results.headline),
        difference=results.metric_interval("summary", "windows.difference", "+points"), lead=lead_words(low, high),
    )  # fmt: skip
