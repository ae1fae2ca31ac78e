"""reports/index.html: all corpora side by side, and where their pages are.

No output of the graph: it names the commit, and links only what has been built here.
"""

import hashlib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from classically_punk.contracts.models import title as model_title
from classically_punk.foundation.params import read_params
from classically_punk.reporting.pages.costs import costs_of, number
from classically_punk.reporting.pages.decision_rule import rule_short
from classically_punk.reporting.pages.leaks import leaks
from classically_punk.reporting.pages.rendering import render
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Name, Number, Text, text
from classically_punk.reporting.report import models as report_models

PAGES = {
    "report.html": "Report",
    "slides.html": "Slides",
    "slides.pptx": "Slides to pass on",
    "model_card.html": "Model card",
}
SHOWN_FILES = ("params.yaml", "dvc.lock")


@dataclass(frozen=True)
class Entry:
    """One corpus. pages : (file below reports/, title) of those that exist; command : makes what does not"""

    name: str
    title: str
    command: str
    pages: Sequence[tuple[str, str]]
    facts: Sequence[tuple[str, Text | Number | Name]]


def build_index(root: Path) -> str:
    """The page as HTML; links are relative to `root`/reports."""
    params = read_params(root / "params.yaml")
    entries = [_entry(Results(corpus, root, params)) for corpus in params.corpora.all]
    sums = [
        (name, hashlib.md5((root / name).read_bytes()).hexdigest()) for name in SHOWN_FILES if (root / name).exists()
    ]
    return render("index.html.j2", {"entries": entries, "commit": _commit(root), "sums": sums})


def _entry(results: Results) -> Entry:
    folder = results.root / "reports" / results.corpus
    pages = [(f"{results.corpus}/{name}", title) for name, title in PAGES.items() if (folder / name).exists()]
    run = results.has("summary", "headline.accuracy")
    return Entry(
        results.corpus, results.title, f"make report CORPUS={results.corpus}", pages, _facts(results) if run else []
    )


def _facts(results: Results) -> list[tuple[str, Text | Number | Name]]:
    held = text("{n}", n=results.metric("corpus", "clips_found", ",d"))
    if results.has("corpus", "expected_clips"):
        held += text(" of {all}", all=results.metric("corpus", "expected_clips", ",d"))
    facts: list[tuple[str, Text | Number | Name]] = [
        ("clips held", held),
        ("headline protocol", Name(results.headline)),
        ("accuracy on clips it was not fitted to", results.metric_interval("summary", "headline.accuracy", ".3f")),
        ("of clips", results.metric("summary", "headline.n_clips", ",d")),
    ]
    rule = rule_short(results)
    if rule is not None:
        facts.append(("decision rule and its accuracy", rule))
    facts += [
        (
            "what a loose split adds, in points",
            text("{by} ({loose}{unlike})", by=row.interval("+points", "optimism") or "", loose=row.name("loose"),
                 unlike="" if row["like_for_like"] == "yes" else ", not like for like"),
        )
        for row in leaks(results)
    ]  # fmt: skip
    other = report_models.best_other(results)
    if other is not None:
        row = report_models.against(results, other["model"])
        how = report_models.in_a_word(row) if row is not None else "not compared"
        facts.append((
            "best other model",
            text("{other}, {value}: {how}", other=Name(model_title(other["model"])),
                 value=other.number("value", ".3f") or "", how=how),
        ))  # fmt: skip
    costs = costs_of(results)
    if costs is not None:
        facts.append((
            "cost of errors per thousand clips",
            text("{taken}, {instead} {better}: the policy {verdict}", taken=number(costs.taken, "cost_per_1000"),
                 instead=costs.instead, better=number(costs.better, "cost_per_1000"), verdict=costs.verdict),
        ))  # fmt: skip
    return facts


def _commit(root: Path) -> str:
    """The commit that stands in `root`, "" where there is no git, with a remark where files have changed since."""
    try:
        head = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{head} with changes that are not committed" if changed else head


def _git(root: Path, *arguments: str) -> str:
    run = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    return run.stdout.strip()
