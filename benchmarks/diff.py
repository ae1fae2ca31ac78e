"""How often `punk diff` takes nothing for something, and how much it finds.

    python benchmarks/diff.py [demo gtzan_mini gtzan_published] [--repeats 200] [--root .] [--keep FOLDER]

Needs `data/C/` of a run. A/A: the regression is fitted and asked under the corpus' headline protocol with the folds of
two seeds that differ, which changes every answer a little and nothing in truth; 200 pairs of which no two share a seed.
Planted losses: the same pairs, where right answers of the second run are made wrong (the runner-up is said instead, or
any other genre), so that 2, 4 or 8 points are lost on the average; drawn clip by clip, or by whole groups, which is
harder to find. Verdicts are those of `verification.difference`, its lines and parameters. Printed as Markdown.
--keep holds the answers of the runs, so that a second call takes seconds instead of minutes.
"""

import argparse
from collections import Counter
from pathlib import Path

# first of all, before NumPy: importing the package pins the libraries to one thread
import classically_punk  # noqa: F401  isort: skip
import numpy as np
import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.design import KEYS, WHOLE
from classically_punk.contracts.models import REGRESSION
from classically_punk.contracts.protocols import headline_of
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.corpora import ANNOTATIONS
from classically_punk.contracts.tables.design import DESIGN, DESIGN_RECIPE
from classically_punk.foundation.params import Params, read_params
from classically_punk.models.ols import planned_suite
from classically_punk.models.planning import plan_corpus
from classically_punk.scoring.counts import ranked
from classically_punk.scoring.scores import bootstrap_units
from classically_punk.validation.held_out import held_out_predictions
from classically_punk.validation.splits import make_folds
from classically_punk.verification.difference.pairing import pair
from classically_punk.verification.difference.scored import DECIDING, Line, judged, lines_of

APART = 10_007  # between two seeds of folds, of which each draws several partitions
LOSSES = (0.02, 0.04, 0.08)
WAYS = ("clip by clip", "whole groups")


def answers(corpus: str, runs: int, root: Path, params: Params, keep: Path | None) -> pd.DataFrame:
    """`run` and the columns of `Answers.rows`, for as many runs with other folds."""
    kept = keep / f"{corpus}.parquet" if keep is not None else None
    if kept is not None and kept.exists():
        found = pd.read_parquet(kept)
        if found["run"].max() >= runs - 1:
            return found
    folder = root / "data" / corpus
    table = tables.read(DESIGN, folder)
    table = table[table["window"] == WHOLE].reset_index(drop=True)
    annotations = tables.read(ANNOTATIONS, folder)
    families = read_recipe(DESIGN_RECIPE, folder).families
    columns = [name for name in table.columns if name not in KEYS]
    parts = []
    for run in range(runs):
        settings = params.folds.model_copy(update={"seed": APART * (run + 1)})
        folds = make_folds(table, annotations, settings).folds
        folds = folds[folds["protocol"] == headline_of(folds["protocol"].unique())].reset_index(drop=True)
        plan = plan_corpus(len(columns), folds, params.ols).whole
        held = held_out_predictions(table, folds, planned_suite(columns, families, plan, params.inner), columns, 1)
        said = held.predictions[held.predictions["model"] == REGRESSION].reset_index(drop=True)
        said = pd.concat([said, ranked(said)], axis=1)
        said["unit"] = bootstrap_units(said, str(said["protocol"].iloc[0]), table)
        names = ["protocol", "partition", "fold", "clip", "label", "predicted", "second", "margin", "unit"]
        parts.append(said[names].assign(run=run))
    found = pd.concat(parts, ignore_index=True)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        found.to_parquet(kept)
    return found


def planted(side: pd.DataFrame, loss: float, way: str, rng: np.random.Generator) -> pd.DataFrame:
    """`side` with so much of its accuracy lost, on the average."""
    unit = "clip" if way == WAYS[0] else "unit"
    right = side["predicted"] == side["label"]
    names = np.sort(side[unit].unique())
    hit = set(names[rng.random(len(names)) < loss / right.mean()])
    lost = right & side[unit].isin(hit)
    return side.assign(
        predicted=side["predicted"].mask(lost, side["second"]), second=side["second"].mask(lost, side["label"])
    )


def verdict(before: pd.DataFrame, after: pd.DataFrame, params: Params) -> tuple[Line, list[Line]]:
    """The line that decides, and all lines."""
    protocol = str(before["protocol"].iloc[0])
    level = 1 - params.evaluate.confidence
    lines = judged(
        lines_of(pair(protocol, before, after), params.evaluate), (protocol, DECIDING), params.diff.equivalent, level
    )
    return next(line for line in lines if line.score == DECIDING), lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", default=["demo", "gtzan_mini", "gtzan_published"])
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--root", type=Path, default=Path(), help="the repository that holds data/")
    parser.add_argument("--keep", type=Path, help="a folder for the answers of the runs")
    chosen = parser.parse_args()
    params = read_params()
    sides = {corpus: answers(corpus, 2 * chosen.repeats, chosen.root, params, chosen.keep) for corpus in chosen.corpora}
    print("| corpus, protocol | clips, groups | planted | worse | better | equivalent | cannot tell ", end="")
    print("| any line called | interval off 0 alone | p alone |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for corpus, found in sides.items():
        runs = [part.drop(columns="run").reset_index(drop=True) for _, part in found.groupby("run")]
        for loss, way in [(0.0, ""), *((loss, way) for loss in LOSSES for way in WAYS)]:
            rng = np.random.default_rng([chosen.seed, round(1000 * loss), WAYS.index(way) if way else 0])
            counts: Counter[str] = Counter()
            for k in range(chosen.repeats):
                before, after = runs[2 * k], runs[2 * k + 1]
                line, lines = verdict(before, planted(after, loss, way, rng) if way else after, params)
                counts[line.verdict] += 1
                counts["any"] += any(each.verdict in ("worse", "better") for each in lines)
                counts["off"] += line.low is not None and line.high is not None and (line.low > 0 or line.high < 0)
                counts["p"] += line.p is not None and line.p < 1 - params.evaluate.confidence
            names = ("worse", "better", "equivalent", "cannot tell", "any", "off", "p")
            shares = " | ".join(f"{counts[name] / chosen.repeats:.3f}" for name in names)
            what = f"{100 * loss:.0f} points, {way}" if way else "nothing (A/A)"
            size = f"{line.n}, {line.n_groups}"
            print(f"| {corpus}, `{line.protocol}` | {size} | {what} | {shares} |", flush=True)


if __name__ == "__main__":
    main()
