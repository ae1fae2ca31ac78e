"""How often `punk diff` takes nothing for something, and how much it finds.

    python benchmarks/diff.py [demo gtzan_mini gtzan_published] [--runs 400] [--repeats 200] [--keep FOLDER]

Needs `data/C/` of a run. A/A: the regression is fitted and asked under the corpus' headline protocol with the folds of
two seeds that differ, which changes every answer a little and nothing in truth; `--repeats` pairs out of `--runs` runs,
no pair twice, and no run either where there are twice as many.
"Same folds": the second run is the first, a tenth of whose clips turned, as many lost as won, as by a change that is
neither good nor bad. Planted losses: on top of either, right answers of the second run are made wrong (the runner-up is
said instead), so that 2, 4 or 8 points are lost on the average; drawn clip by clip, or by whole groups, which is
harder to find. Verdicts are those of `verification.difference`, its lines and parameters. Printed as Markdown.
--keep holds the answers of the runs, so that a second call takes seconds instead of minutes.
"""

import argparse
from collections import Counter
from itertools import product
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
FOLDS = ("drawn anew", "the same")
TURNED = 0.05  # of the clips, lost and won each, between two runs on the same folds


def answers(corpus: str, runs: int, root: Path, params: Params, keep: Path | None) -> list[pd.DataFrame]:
    """The columns of `Answers.rows`, and the protocol, for each of so many runs with other folds."""
    folder = root / "data" / corpus
    table = tables.read(DESIGN, folder)
    annotations = tables.read(ANNOTATIONS, folder)
    families = read_recipe(DESIGN_RECIPE, folder).families
    columns = [name for name in table.columns if name not in KEYS]
    table = table[table["window"] == WHOLE].reset_index(drop=True)
    found = []
    for run in range(runs):
        kept = keep / corpus / f"{run}.parquet" if keep is not None else None
        if kept is not None and kept.exists():
            found.append(pd.read_parquet(kept))
            continue
        settings = params.folds.model_copy(update={"seed": APART * (run + 1)})
        folds = make_folds(table, annotations, settings).folds
        folds = folds[folds["protocol"] == headline_of(folds["protocol"].unique())].reset_index(drop=True)
        plan = plan_corpus(len(columns), folds, params.ols).whole
        held = held_out_predictions(table, folds, planned_suite(columns, families, plan, params.inner), columns, 1)
        said = held.predictions[held.predictions["model"] == REGRESSION].reset_index(drop=True)
        said = pd.concat([said, ranked(said)], axis=1)
        said["unit"] = bootstrap_units(said, str(said["protocol"].iloc[0]), table)
        names = ["protocol", "partition", "fold", "clip", "label", "predicted", "second", "margin", "unit"]
        found.append(said[names])
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            said[names].to_parquet(kept)
    return found


def pairs_of(runs: int, repeats: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Pairs of runs, no pair twice; every run is in as many, or one more. The order within a pair is drawn as well."""
    found: list[tuple[int, int]] = []
    while len(found) < repeats:
        order = [int(k) for k in rng.permutation(runs)]
        for one, two in zip(order[::2], order[1::2], strict=False):
            if (one, two) not in found and (two, one) not in found and len(found) < repeats:
                found.append((one, two))
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


def turned(side: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """`side` with clips lost to the runner-up and, on the average, as many won from it: nothing moves in truth."""
    right = side["predicted"] == side["label"]
    near = side["second"] == side["label"]
    names = np.sort(side["clip"].unique())
    drawn = rng.random(len(names))
    lost = right & side["clip"].isin(set(names[drawn < TURNED / right.mean()]))
    won = near & side["clip"].isin(set(names[drawn > 1 - TURNED / near.mean()]))
    swapped = lost | won
    return side.assign(
        predicted=side["predicted"].mask(swapped, side["second"]),
        second=side["second"].mask(swapped, side["predicted"]),
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
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=200, help="pairs of them")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--root", type=Path, default=Path(), help="the repository that holds data/")
    parser.add_argument("--keep", type=Path, help="a folder for the answers of the runs")
    parser.add_argument("--folds", nargs="*", choices=FOLDS, default=list(FOLDS))
    chosen = parser.parse_args()
    params = read_params()
    print("| corpus, protocol | clips, groups | folds | planted | worse | better | equivalent | cannot tell ", end="")
    print("| some line called |")
    print("|---|---|---|---|---|---|---|---|---|")
    for corpus in chosen.corpora:
        runs = answers(corpus, chosen.runs, chosen.root, params, chosen.keep)
        pairs = pairs_of(len(runs), chosen.repeats, np.random.default_rng(chosen.seed))
        for folds, (loss, way) in product(chosen.folds, [(0.0, ""), *product(LOSSES, WAYS)]):
            rng = np.random.default_rng([chosen.seed, round(1000 * loss), FOLDS.index(folds), *map(ord, way[:1])])
            counts: Counter[str] = Counter()
            for one, two in pairs:
                before, after = runs[one], runs[two] if folds == FOLDS[0] else turned(runs[one], rng)
                line, lines = verdict(before, planted(after, loss, way, rng) if way else after, params)
                counts[line.verdict] += 1
                counts["some"] += any(each.verdict in ("worse", "better") for each in lines)
            names = ("worse", "better", "equivalent", "cannot tell", "some")
            shares = " | ".join(f"{counts[name] / len(pairs):.3f}" for name in names)
            what = f"{100 * loss:.0f} points, {way}" if way else "nothing"
            size = f"{line.n}, {line.n_groups}"
            print(f"| {corpus}, `{line.protocol}` | {size} | {folds} | {what} | {shares} |", flush=True)


if __name__ == "__main__":
    main()
