"""How often a joint test finds a column where there is none: genres permuted over whole artists of the real corpora.

    python benchmarks/joint_tests.py [demo gtzan_mini gtzan_published] [--root .] [--permutations 500] [--seed 0]

Needs the design tables of a run, `data/C/table.parquet`. Each permutation hands the genres of artists out anew, all
clips of an artist in one genre staying together, so that no column has anything to do with genre; the columns stay as
they are. Counted is how often any column has p < .05 after Holm, with the Wald statistic of all genres referred to
F(q, G - 1) as is, to Hotelling's F(q, G - q), and to Hotelling's with the effective number of groups, as
`diagnostics.joint.reference` does (whose limit on that number is left out here, to see what it keeps away). Rows with a
share are of that share of the artists of each genre, drawn once. Printed as Markdown.
"""

import argparse
from dataclasses import replace
from pathlib import Path

# first of all, before NumPy: importing the package pins the libraries to one thread
import classically_punk  # noqa: F401  isort: skip
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import f as fisher
from statsmodels.stats.multitest import multipletests

from classically_punk.contracts.classifier import Training
from classically_punk.contracts.design import KEYS
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.design import DESIGN_RECIPE
from classically_punk.diagnostics.joint import EFFECTIVE_PER_SLOPE, effective_groups, slope_pull
from classically_punk.foundation.params import Ols, read_params
from classically_punk.models.ols import OlsFit, fit_ols, training_rows
from classically_punk.models.planning import plan_columns
from classically_punk.scoring.bootstrap import units_of

FloatArray = NDArray[np.float64]
LEVEL = 0.05
SHARES = {"demo": (1.0, 0.5), "gtzan_mini": (1.0,), "gtzan_published": (1.0, 0.5, 0.25)}


def some_artists(training: Training, share: float, rng: np.random.Generator) -> Training:
    """The rows of `share` of the groups of each genre, two at least where there are two."""
    units = units_of(training.labels, training.groups)
    names = np.array(units.groups)
    kept: list[str] = []
    for k in range(len(units.genres)):
        members = names[units.stratum == k]
        kept += list(rng.permutation(members)[: max(2, round(share * len(members)))])
    rows = np.isin(training.groups.astype(str), kept)
    return replace(training, values=training.values[rows], labels=training.labels[rows], groups=training.groups[rows])


def statistics(fit: OlsFit, training: Training, permutations: int, rng: np.random.Generator) -> tuple[FloatArray, int]:
    """Wald statistics of every column for genres permuted over artists, shape (permutations, p), and their rank."""
    pull = slope_pull(fit, training.groups)
    if pull is None:
        raise SystemExit(f"the fit has no covariance over groups: {fit.robust.reason}")
    design, weights = fit.design, fit.model.reduction.weights
    columns = np.flatnonzero(np.abs(weights).sum(axis=1) > 0)
    solve = np.asarray(fit.results[0].normalized_cov_params) @ design.T
    genre = np.unique(training.labels.astype(str), return_inverse=True)[1]
    group = np.unique(training.groups.astype(str), return_inverse=True)[1]
    parts, part = np.unique(np.column_stack([group, genre]), axis=0, return_inverse=True)
    found = np.empty((permutations, len(columns)))
    ranks = set()
    for number in range(permutations):
        indicators = np.eye(genre.max() + 1)[rng.permutation(parts[:, 1])[part.ravel()]]
        coefficients = solve @ indicators
        residuals = indicators - design @ coefficients
        slopes = weights @ coefficients[1:]
        for place, j in enumerate(columns):
            found[number, place], rank = pull.wald(j, slopes[j], residuals)
            ranks.add(rank)
    if len(ranks) != 1:
        raise SystemExit(f"ranks differ between permutations: {sorted(ranks)}")
    return found, ranks.pop()


def family_wise(wald: FloatArray, q: int, groups: float, scaled: bool) -> str:
    """Share of the permutations in which some column is found."""
    if scaled and groups <= q:
        return "no value"
    factor, freedom = ((groups - q) / ((groups - 1) * q), groups - q) if scaled else (1 / q, groups - 1)
    p = fisher.sf(factor * wald, q, freedom)
    return f"{np.mean([multipletests(row, method='holm')[1].min() < LEVEL for row in p]):.3f}"


def measured(training: Training, families: dict[str, str], settings: Ols, permutations: int, seed: int) -> list[str]:
    plan = plan_columns(len(families), len(training.labels), settings).plain  # as the stage `diagnose` fits
    fit = fit_ols(training, list(families), families, plan.settings, most=plan.most)
    wald, q = statistics(fit, training, permutations, np.random.default_rng(seed))
    groups, effective = fit.robust.n_groups, effective_groups(training.groups)
    last = family_wise(wald, q, effective, True)
    return [
        *(f"{len(training.labels)}", f"{groups}", f"{effective:.1f}", f"{wald.shape[1]}", fit.robust.kind),
        *(family_wise(wald, q, groups, False), family_wise(wald, q, groups, True)),
        last if effective >= EFFECTIVE_PER_SLOPE * q else f"no test ({last})",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", default=list(SHARES))
    parser.add_argument("--root", type=Path, default=Path(), help="the repository, or a copy with another run")
    parser.add_argument("--permutations", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    settings = read_params().ols
    print(
        "| corpus | clips | artists | effective | columns | covariance | F(q, G - 1) | Hotelling | effective number |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for corpus in chosen.corpora:
        folder = chosen.root / "data" / corpus
        table = pd.read_parquet(folder / "table.parquet")
        families = read_recipe(DESIGN_RECIPE, folder).families
        whole = training_rows(table, [name for name in table.columns if name not in KEYS])
        for share in SHARES.get(corpus, (1.0,)):
            rng = np.random.default_rng([chosen.seed, round(100 * share)])
            training = whole if share == 1 else some_artists(whole, share, rng)
            name = corpus if share == 1 else f"{corpus}, {share:g} of the artists"
            cells = measured(training, families, settings, chosen.permutations, chosen.seed)
            print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
