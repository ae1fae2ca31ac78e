"""The verdict on a corpus in one sentence."""

from classically_punk.verification.difference.corpora import Between
from classically_punk.verification.difference.naming import code
from classically_punk.verification.difference.scored import Line


def points(share: float) -> str:
    """A difference of shares in percentage points, with its sign; 0 has none."""
    text = f"{100 * share:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text


def probability(p: float | None) -> str:
    """Blank where nothing was tested."""
    return "" if p is None else "below 0.001" if p < 0.001 else f"{p:.3f}"


def of_corpus(found: Between, margin: float) -> str:
    """One line: verdict, numbers and why."""
    if found.refused:
        return f"{found.name}: **not compared**. {_capital(found.refused)}."
    line = found.deciding
    if found.verdict is None or line is None:
        return f"{found.name}: no result changed."
    sides = found.after if found.before == found.after else f"{found.before} before, {found.after} after"
    ends = "" if line.low is None or line.high is None else f" [{points(line.low)}, {points(line.high)}]"
    return (
        f"{found.name}: **{found.verdict}**. Accuracy under {code(line.protocol)} ({sides}): {line.before:.3f} to "
        f"{line.after:.3f}, {points(line.difference)} points{ends}, {line.n} clips in {line.n_groups} groups: "
        f"{_why(line, margin)}{_but(line)}."
    )


def _but(line: Line) -> str:
    """What the interval lacks, where there is one that could be wider."""
    lacks = line.reason and line.p is not None and line.low is not None and line.low != line.high
    return f"; but {line.reason}" if lacks else ""


def _why(line: Line, margin: float) -> str:
    within = points(margin).lstrip("+")
    tested = f"p = {probability(line.p_holm)}" if line.p_holm is None or line.p_holm >= 0.001 else "p below 0.001"
    if line.low is None or line.high is None or line.p is None:
        return line.reason or "there is no interval"
    if line.verdict == "equivalent":
        if line.low == line.high == line.difference == 0:
            return "each group has as many right as before"
        return f"the whole interval lies within {within} points either way"
    if line.verdict in ("worse", "better"):
        side = "below" if line.verdict == "worse" else "above"
        return f"the interval lies {side} 0, and {tested} after Holm"
    if line.low > 0 or line.high < 0:
        return f"the interval leaves 0 out, but exchanged groups do as much by chance too often ({tested} after Holm)"
    return f"the interval holds 0 and reaches beyond {within} points, so that neither a change nor its absence is shown"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
