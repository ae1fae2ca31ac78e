"""The short answer on a terminal: how good, by which protocol, of how many, and where to look."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from classically_punk.contracts import metrics
from classically_punk.contracts.models import MODELS, OPTIMAL_SCORING, REGRESSION
from classically_punk.contracts.models import title as model_title
from classically_punk.contracts.protocols import by_prominence
from classically_punk.foundation.errors import PunkError
from classically_punk.reporting.pages.phrases import saves

FURTHER = {"macro_f1": "macro-F1", "top2_accuracy": "top-2 accuracy", "calibration_error": "calibration error"}
PAGES = ("report.html", "slides.html", "slides.pptx", "model_card.html")


def print_headline(corpus: str, root: Path, console: Console) -> None:
    """Prints scores with intervals per protocol, the state of the clips, and paths.

    Raises PunkError when the corpus has not been run.
    """
    summary = _read(root / "metrics" / corpus / "summary.json", corpus)
    counts = _read(root / "metrics" / corpus / "corpus.json", corpus)
    decisions = _read(root / "metrics" / corpus / "decisions.json", corpus)
    headline = summary["headline"]["protocol"]
    table = Table("protocol", "n", "accuracy", title=f"{corpus}: held-out scores of the linear regression", box=None)
    for protocol in by_prominence():
        if protocol.name in summary:
            scores = summary[protocol.name]
            mark = " (headline)" if protocol.name == headline else " (leaky)" if protocol.leaky else ""
            table.add_row(protocol.name + mark, _count(scores), _score(scores, "accuracy"))
    console.print(table)
    for line in (
        *_further(summary["headline"]),
        *_rule(summary),
        *_leaks(summary, headline),
        *_others(summary),
        *_costs(decisions),
    ):
        console.print(line, highlight=False)
    console.print(
        f"clips: {counts['clips_found']} found, {counts['ok']} ok, {counts['flagged']} flagged, "
        f"{counts['rejected']} rejected" + _held(counts),
        highlight=False,
    )
    pages = [path for path in PAGES if (root / "reports" / corpus / path).exists()]
    for path in (*pages, "figures/", "tables/"):
        console.print(f"look at: {root / 'reports' / corpus}/{path}", highlight=False, soft_wrap=True)
    console.print(
        f"metrics: {root / 'metrics' / corpus}/    compare: dvc metrics diff, dvc plots diff", highlight=False
    )


def _further(scores: dict[str, Any]) -> Iterator[str]:
    known = [f"{called} {scores[name]:.3f}" for name, called in FURTHER.items() if name in scores]
    if known:
        yield f"under {scores['protocol']}: {', '.join(known)}; others: scores.csv"


def _rule(summary: dict[str, Any]) -> Iterator[str]:
    rule = summary.get("rule")
    if rule:
        low, high = rule.get("difference_low"), rule.get("difference_high")
        ends = f" [{100 * low:+.1f}, {100 * high:+.1f}]" if low is not None and high is not None else ""
        yield (
            f"decision rule: {MODELS[rule['default']].rule}; {MODELS[OPTIMAL_SCORING].rule} against "
            f"{MODELS[REGRESSION].rule}: {100 * rule['difference']:+.1f} points{ends}"
        )


def _leaks(summary: dict[str, Any], headline: str) -> Iterator[str]:
    for protocol, leak in summary.get("leak", {}).items():
        ends = f" [{100 * leak['low']:+.1f}, {100 * leak['high']:+.1f}]" if "low" in leak and "high" in leak else ""
        yield f"{protocol} seems {100 * leak['optimism']:+.1f} points{ends} better than {headline}"


def _others(summary: dict[str, Any]) -> Iterator[str]:
    found = summary.get("comparators", {})
    if "best" in found:
        best, accuracy = model_title(found["best"]), found["accuracy"]
        yield f"best comparator: {best}, accuracy {accuracy:.3f}; is it better? comparisons.csv"


def _costs(decisions: dict[str, Any]) -> Iterator[str]:
    if "cost_per_1000" in decisions and "coverage" in decisions:
        ends = _ends(decisions, "cost_per_1000", ".0f")
        verdict = saves(decisions.get("net_saving_per_1000_low"), decisions.get("net_saving_per_1000_high"))
        yield (
            f"errors cost {decisions['cost_per_1000']:.0f}{ends} per 1,000 clips when {decisions['coverage']:.0%} are "
            f"answered, {decisions['cost_per_1000_answering_all']:.0f} when all are, "
            f"{decisions['cost_per_1000_leaving_all']:.0f} when none is: by {decisions['policy']}, which {verdict}"
        )


def _score(scores: dict[str, Any], name: str) -> str:
    return f"{scores[name]:.3f}{_ends(scores, name, '.3f')}"


def _ends(scores: dict[str, Any], name: str, form: str) -> str:
    low, high = scores.get(f"{name}_low"), scores.get(f"{name}_high")
    return "" if low is None or high is None else f" [{low:{form}}, {high:{form}}]"


def _count(scores: dict[str, Any]) -> str:
    if "n_windows" in scores:
        return f"{scores['n_windows']} windows of {scores['n_clips']} clips"
    return f"{scores['n_clips']} clips"


def _held(counts: dict[str, Any]) -> str:
    expected = counts.get("expected_clips")
    return f"; {counts['clips_found']} of the {expected} of the whole collection" if expected else ""


def _read(path: Path, corpus: str) -> dict[str, Any]:
    try:
        return metrics.read(path)
    except FileNotFoundError as error:
        raise PunkError(f"{path}: no such file; run dvc repro report@{corpus} first") from error
