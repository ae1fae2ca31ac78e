"""Which rule turns the regressions' fitted values into an answer by default, and what windows add: as held out."""

from typing import Any

from classically_punk.contracts.models import OPTIMAL_SCORING, REGRESSION, WITH_WINDOWS
from classically_punk.scoring.bootstrap import Interval
from classically_punk.scoring.comparisons import paired_interval
from classically_punk.scoring.scores import Judgements


def default_rule(interval: Interval) -> str:
    """Optimal scoring where the interval of its lead over the largest fitted value lies above 0; else the latter.

    interval : paired, of the accuracy by optimal scoring less that by the largest fitted value
    The larger score alone decides nothing: of two equal rules one is always ahead by luck.
    """
    return OPTIMAL_SCORING if interval.low is not None and interval.low > 0 else REGRESSION


def rule_summary(judged: Judgements, protocol: str) -> dict[str, Any]:
    """The default rule and what it was decided by, for metrics/<corpus>/summary.json.

    judged : both rules under `protocol`, on the same rows, in every partition that the regressions were fitted in
    Returns default, and difference, difference_low, difference_high (difference of shares). What has no interval has no
    low and high; the accuracy of each rule stands in scores.csv.
    Raises KeyError when a rule was not judged.
    """
    argmax, nearest = judged[REGRESSION][protocol], judged[OPTIMAL_SCORING][protocol]
    interval = paired_interval(nearest, argmax)
    return {
        "default": default_rule(interval),
        "difference": nearest.values["accuracy"] - argmax.values["accuracy"],
        **_ends("difference", interval),
    }


def windows_summary(judged: Judgements, protocol: str) -> dict[str, Any]:
    """What the windows of a clip add to the regression of whole clips, for metrics/<corpus>/summary.json.

    Returns, under `windows`, difference, difference_low and difference_high to the regression of whole clips alone.
    Empty where the corpus has no windows; the accuracy stands in scores.csv.
    """
    if WITH_WINDOWS not in judged:
        return {}
    both, whole = judged[WITH_WINDOWS][protocol], judged[REGRESSION][protocol]
    difference = both.values["accuracy"] - whole.values["accuracy"]
    interval = paired_interval(both, whole)
    return {"windows": {"difference": difference, **_ends("difference", interval)}}


def _ends(name: str, interval: Interval) -> dict[str, float]:
    ends = {f"{name}_low": interval.low, f"{name}_high": interval.high}
    return {end: value for end, value in ends.items() if value is not None}
