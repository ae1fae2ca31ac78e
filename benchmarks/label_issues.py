"""How well planted wrong labels are found: this project's orders of labels beside those of the cleanlab package.

    pip install -r requirements-bench.txt
    python benchmarks/label_issues.py [demo gtzan_mini gtzan_published] [--root .] [--repeats 15] [--seed 0]

Needs the tables of a run, `data/C/`. Labels are made wrong as the stage `diagnose` makes them, and all ways of looking
see the same ones. cleanlab is given the regression's held-out probabilities (the clip's song left out, temperature
fitted to the labels at hand), and, as its documentation has it, those of a logistic regression on standardised columns
by cross-validation (5 folds, songs kept together). Printed as Markdown: mean average precision and its 95 % interval
over the repetitions; how far this project's scores lie from cleanlab's at most; and, of `find_label_issues`, which
returns a set, how many labels it names and what share of those and of the wrong ones is right.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

# first of all, before NumPy: importing the package pins the libraries to one thread
import classically_punk  # noqa: F401  isort: skip
import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from classically_punk.contracts import tables
from classically_punk.contracts.design import KEYS, WHOLE
from classically_punk.contracts.label_search import CONFIDENT, NEAREST, NORMALISED, RANDOM, SELF
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.corpora import ANNOTATIONS
from classically_punk.contracts.tables.design import DESIGN, DESIGN_RECIPE, FOLDS
from classically_punk.diagnostics.label_doubts import by_chance, doubts, neighbours
from classically_punk.diagnostics.label_issues import Rows, searched_rows
from classically_punk.diagnostics.listed_labels import wrong_labels
from classically_punk.diagnostics.planted_labels import held_out, mean_interval, plant
from classically_punk.foundation.params import read_params
from classically_punk.models.calibration import fit_inverse_temperature
from classically_punk.models.ols import fit_regression, training_rows
from classically_punk.models.planning import plan_corpus

FloatArray = NDArray[np.float64]
ORDERS = {
    "self-confidence": ("self_confidence", False),
    "normalised margin": ("normalized_margin", False),
    "self-confidence, adjusted": ("self_confidence", True),
    "entropy-weighted": ("confidence_weighted_entropy", False),
}
"""What a reader calls an order of cleanlab -> its `method` and `adjust_pred_probs`."""


def read_rows(folder: Path) -> tuple[Rows, FloatArray, NDArray[np.bool_]]:
    """The rows that are searched, their columns as the table has them, and which may be made wrong."""
    params = read_params()
    table = tables.read(DESIGN, folder)
    columns = [name for name in table.columns if name not in KEYS]
    plan = plan_corpus(len(columns), tables.read(FOLDS, folder), params.ols).whole
    training, whole = training_rows(table, columns), table[table["window"] == WHOLE]
    families = read_recipe(DESIGN_RECIPE, folder).families
    model = fit_regression(training, columns, families, plan.settings, params.inner, plan.most)
    songs = whole["song"].to_numpy(dtype=object)
    rows = searched_rows(list(whole["clip"]), training.labels, songs, model.design(training.values))
    kept = np.isin(whole["clip"].to_numpy().astype(str), rows.clips.astype(str))
    listed = wrong_labels(tables.read(ANNOTATIONS, folder))
    return rows, training.values[kept], ~np.isin(rows.clips.astype(str), list(listed))


def by_logistic(rows: Rows, values: FloatArray, labels: NDArray[np.intp], seed: int) -> FloatArray:
    """shape (n, n_genres): probabilities of clips whose song was in another fold."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
    found: FloatArray = cross_val_predict(model, values, labels, groups=rows.songs, cv=folds, method="predict_proba")
    return found


def cleanlabs(probabilities: FloatArray, labels: NDArray[np.intp]) -> Iterator[tuple[str, FloatArray]]:
    """What each order of cleanlab doubts."""
    for title, (method, adjust) in ORDERS.items():
        quality = get_label_quality_scores(labels, probabilities, method=method, adjust_pred_probs=adjust)
        yield title, 1.0 - quality


def measured(folder: Path, repeats: int, seed: int) -> list[str]:
    rows, values, judged = read_rows(folder)
    count = max(1, round(0.05 * int(judged.sum())))
    nearest, right = neighbours(rows), rows.fitted
    lines, furthest = [], 0.0
    for number, kind in enumerate((RANDOM, NEAREST)):
        rng = np.random.default_rng([seed, number])
        plantings = [plant(rows, right, kind, count, rng, judged) for _ in range(repeats)]
        scores: dict[str, list[float]] = {}
        sets: list[tuple[float, float, float]] = []
        for planting, fitted in zip(plantings, held_out(rows, plantings), strict=True):
            labels, wrong = planting.labels, planting.wrong[judged]
            ours = doubts(fitted, labels, nearest)
            own = softmax(fit_inverse_temperature(fitted, labels) * fitted, axis=1)
            theirs = dict(cleanlabs(own, labels))
            pairs = (
                (ours[SELF], theirs["self-confidence"]),
                (ours[CONFIDENT], theirs["self-confidence, adjusted"]),
                ((1.0 + ours[NORMALISED]) / 2.0, theirs["normalised margin"]),
            )
            furthest = max(furthest, *(float(np.abs(one - other).max()) for one, other in pairs))
            found = {f"here: {method}": doubt for method, doubt in ours.items()}
            found |= {f"cleanlab, held-out regression: {title}": doubt for title, doubt in theirs.items()}
            logistic = by_logistic(rows, values, labels, seed)
            found |= {f"cleanlab, logistic: {title}": doubt for title, doubt in cleanlabs(logistic, labels)}
            for name, doubt in found.items():
                scores.setdefault(name, []).append(average_precision_score(wrong, doubt[judged]))
            named = find_label_issues(labels, own)[judged]
            both = float((named & wrong).sum())
            sets.append((float(named.sum()), both / max(1, int(named.sum())), both / count))
        for name, each in scores.items():
            mean, low, high = mean_interval(np.array(each), 0.95, 0.0, 1.0)
            lines.append(f"| {folder.name} | {kind} | {name} | {mean:.3f} [{low:.3f}, {high:.3f}] |")
        chance = by_chance(int(judged.sum()), count)["average_precision"]
        lines.append(f"| {folder.name} | {kind} | chance | {chance:.3f} |")
        size, precision, recall = np.mean(sets, axis=0)
        words = f"names {size:.0f} labels, {precision:.0%} of them wrong, {recall:.0%} of the {count} wrong ones"
        lines.append(f"| {folder.name} | {kind} | cleanlab, held-out regression: `find_label_issues` | {words} |")
    return [*lines, f"| {folder.name} | both | largest difference from cleanlab's scores | {furthest:.1e} |"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", default=["demo", "gtzan_mini", "gtzan_published"])
    parser.add_argument("--root", type=Path, default=Path(), help="the repository, or a copy with another run")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    print("| corpus | made wrong | order of labels | average precision |")
    print("|---|---|---|---|")
    for corpus in chosen.corpora:
        print("\n".join(measured(chosen.root / "data" / corpus, chosen.repeats, chosen.seed)), flush=True)


if __name__ == "__main__":
    main()
