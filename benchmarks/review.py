"""Writes docs/review.md: a real change of a parameter, run in a scratch clone, and what `punk diff` says of it.

    python benchmarks/review.py [--scratch FOLDER] [--cache FOLDER]

The clone is of the commit that is checked out here. On its branch `main` the demonstration is run as it is, on another
with the parameter changed; --cache names a cache of DVC (`.dvc/cache` here) from which stages that are known are taken.
A folder that holds both branches already, from an earlier call, is used as it is.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from classically_punk.cli.difference import WORSE

REPOSITORY = Path(__file__).resolve().parents[1]
TEMPLATE = Path(__file__).with_name("review_template.md")
PAGE = REPOSITORY / "docs" / "review.md"
BRANCH = "half-as-many-columns"
BEFORE, AFTER = "4.0", "8.0"
DIFF = ("diff", BRANCH, "--against", "main", "--corpus", "demo")
READINGS = {
    "cannot tell": "The verdict is `cannot tell`: the interval of the difference holds zero and reaches further\n"
    "than what counts as equal, so that the clips of this corpus show neither a loss nor that there is none. The\n"
    "estimate itself is no finding; the change has to earn its place by something else.",
    "worse": "The verdict is `worse`: the whole interval of the difference lies below zero, and exchanging whole\n"
    "groups between the two runs hardly ever gives as much. The idea costs accuracy, and is dropped.",
    "better": "The verdict is `better`: the whole interval of the difference lies above zero, and exchanging\n"
    "whole groups between the two runs hardly ever gives as much.",
    "equivalent": "The verdict is `equivalent`: the whole interval of the difference lies within what counts as\n"
    "equal. Nothing is lost, and the model is smaller.",
}


def run(*command: str, root: Path, status: int = 0) -> str:
    """What a command prints; it has to end with `status`."""
    found = subprocess.run(command, cwd=root, env=environment(root), capture_output=True, text=True, check=False)
    if found.returncode != status:
        sys.exit(f"{' '.join(command)} ended with {found.returncode}:\n{found.stdout}{found.stderr}")
    return found.stdout


def environment(root: Path) -> dict[str, str]:
    """In which the code that runs is the clone's, and commits need nobody's name."""
    names = {f"GIT_{who}_{what}": "review" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return {**os.environ, **names, "PYTHONPATH": str(root / "src")}


def punk(*arguments: str, root: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from classically_punk.cli.app import main; main()", *arguments]
    return subprocess.run(command, cwd=root, env=environment(root), capture_output=True, text=True, check=False)


def made(root: Path, cache: Path | None) -> None:
    """Both branches, each with its results committed."""
    run("git", "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(root), root=root.parent)
    if cache is not None:
        shutil.copytree(cache, root / ".dvc" / "cache")
    run("git", "switch", "--quiet", "--force-create", "main", root=root)
    committed(root, "Results of the demonstration")
    run("git", "switch", "--quiet", "--create", BRANCH, root=root)
    params = root / "params.yaml"
    text = params.read_text(encoding="utf-8")
    changed = text.replace(f"  rows_per_column: {BEFORE} ", f"  rows_per_column: {AFTER} ")
    if changed == text:
        sys.exit(f"params.yaml: ols.rows_per_column is not {BEFORE}; say in {Path(__file__).name} what it is")
    params.write_text(changed, encoding="utf-8")
    committed(root, "Half as many columns")


def committed(root: Path, message: str) -> None:
    """The demonstration run up to its scores, and what git keeps of it."""
    run(sys.executable, "-m", "dvc", "repro", "evaluate@demo", root=root)
    run("git", "add", "--all", root=root)
    run("git", "commit", "--quiet", "--allow-empty", "--message", message, root=root)


def boxed(text: str) -> str:
    """As what a command printed."""
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").splitlines())


def others(corpus: dict[str, Any]) -> list[str]:
    """A sentence on lines that were called worse or better beside the one that decides."""
    called = [
        f"`{line['protocol']}, {line['score']}` is {line['verdict']}"
        for line in corpus["lines"]
        if line["verdict"] in ("worse", "better")
        and (line["protocol"], line["score"]) != (corpus["headline"], "accuracy")
    ]
    return [f"Of the other lines, {', '.join(called)}: reason enough not to merge lightly."] if called else []


def written(root: Path) -> str:
    """The page, filled with what the commands print."""
    page = punk(*DIFF, "--md", root=root)
    found = punk(*DIFF, "--json", root=root)
    failing = punk(*DIFF, "--fail-on", "worse", root=root)
    corpus = json.loads(found.stdout)["corpora"][0]
    stat = run(
        "git", "diff", "--stat=100", "main", BRANCH, "--", "params.yaml", "dvc.lock", "metrics", "reports", root=root
    )
    cells = {
        "BEFORE": BEFORE,
        "AFTER": AFTER,
        "BRANCH": BRANCH,
        "STAT": boxed(stat),
        "PAGE": f"````markdown\n{page.stdout.rstrip()}\n````",
        "READING": "\n".join((READINGS[corpus["verdict"]], *others(corpus))),
        "WORSE": str(WORSE),
        "STATUS": f"Here it ends with status {failing.returncode}.",
    }
    return re.sub(r"@([A-Z]+)@", lambda match: cells[match[1]], TEMPLATE.read_text(encoding="utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scratch", type=Path, help="where the clone stands, or is made")
    parser.add_argument("--cache", type=Path, help="a cache of DVC to take known stages from")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = (chosen.scratch or Path(temporary) / "clone").absolute()
        if not (root / "dvc.yaml").exists():
            made(root, chosen.cache)
        PAGE.write_text(written(root), encoding="utf-8")
    print(f"{PAGE.relative_to(REPOSITORY)}: written")


if __name__ == "__main__":
    main()
