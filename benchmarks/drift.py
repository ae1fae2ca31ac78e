"""How often `punk drift` alarms where nothing moved, and how often where something did, on tables of real music.

    python benchmarks/drift.py [gtzan_published demo] [--rounds 300] [--splits 2000] [--seed 0]

Needs `data/C/table.parquet` of a run, and its audio for music that is filtered or clipped.

In each round half of the artists, drawn at random, are the training music: its quantiles, transform, principal axes,
regression, held-out predictions (five folds of artists) and lines come from them alone. Whole artists of the other
half, drawn at random until their clips are as many as asked for, are a batch: of stable music, or of music that was
changed. Each batch is compared as `punk drift` does, and by p values below 1 % that take clips for independent
(adjusted by Holm over columns, by Bonferroni over the four statistics). Prints Markdown.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

# first of all, before NumPy: importing the package pins the libraries to one thread
import classically_punk  # noqa: F401  isort: skip
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax
from scipy.stats import ks_2samp

from classically_punk.audio.alterations import band_limit, clipping
from classically_punk.bundle import two_samples
from classically_punk.bundle.distribution import along_axes
from classically_punk.bundle.form import BundledColumn
from classically_punk.bundle.stability import LEVEL, SAFETY, STATISTICS, Music, calibrate, part
from classically_punk.contracts.columns import read_columns
from classically_punk.contracts.design import KEYS
from classically_punk.contracts.recipe import read_recipe
from classically_punk.contracts.tables.design import DESIGN_RECIPE
from classically_punk.drift.comparison import Comparison, Reference, compare
from classically_punk.features.altered import altered_table
from classically_punk.foundation.params import read_params
from classically_punk.models.calibration import fit_inverse_temperature
from classically_punk.models.novelty import quantiles
from classically_punk.models.transforms import ColumnTransform

FloatArray = NDArray[np.float64]
FOLDS = 5
PENALTY = 0.01
"""On squared slopes, for each clip: half a corpus may have fewer clips than columns."""
LEAVE = 0.3


@dataclass(frozen=True)
class Table:
    """A corpus. values : shape (n, p); label, group : shape (n,); altered : values of the same clips, changed, by what
    was done to them; empty where there is no audio"""

    values: FloatArray
    label: NDArray[np.object_]
    group: NDArray[np.object_]
    columns: tuple[BundledColumn, ...]
    altered: Mapping[str, FloatArray] = field(default_factory=dict)

    def rows(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> "Table":
        altered = {name: values[which] for name, values in self.altered.items()}
        return Table(self.values[which], self.label[which], self.group[which], self.columns, altered)


class Model:
    """One-vs-rest least squares on standardised columns: what the corpora have, without a choice of columns."""

    def __init__(self, table: Table, transform: ColumnTransform, genres: list[str]) -> None:
        self.transform, self.genres = transform, np.array(genres, dtype=object)
        design = self._design(table.values)
        hits = (table.label[:, None] == self.genres[None, :]).astype(float)
        gram = design.T @ design + PENALTY * len(design) * np.eye(design.shape[1])
        self.slopes = np.linalg.solve(gram, design.T @ hits)
        self.inverse_temperature = 1.0

    def _design(self, values: FloatArray) -> FloatArray:
        return np.column_stack([np.ones(len(values)), self.transform.apply(values)])

    def scores(self, values: FloatArray) -> FloatArray:
        """Fitted values, shape (n, n_genres)."""
        return self._design(values) @ self.slopes

    def answer(self, values: FloatArray) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
        """The likeliest genres, and whether they are answered."""
        return self.judged(self.scores(values))

    def judged(self, scores: FloatArray) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
        """As `answer`, of scores."""
        sure = softmax(self.inverse_temperature * scores, axis=1)
        return self.genres[sure.argmax(axis=1)], 1 - sure.max(axis=1) <= LEAVE


def read_table(corpus: str, root: Path) -> Table:
    """Whole clips of a corpus, with what its columns are called."""
    data = root / "data" / corpus
    table = pd.read_parquet(data / "table.parquet").query("window == -1").sort_values("clip")
    names = [name for name in table.columns if name not in KEYS]
    values = table[names].to_numpy(float)
    described = read_columns(data)
    steps = read_recipe(DESIGN_RECIPE, data).only("design", names).steps
    columns = tuple(
        BundledColumn(
            **vars(step),
            unit=described[step.column].unit,
            title=described[step.column].title,
            sentence=described[step.column].sentence,
            source=described[step.column].source,
            quantiles=quantiles(values[:, j]).tolist(),
        )
        for j, step in enumerate(steps)
    )
    altered = {}
    if (data / "audio").is_dir():
        files = {clip: data / "audio" / f"{clip}.wav" for clip in table["clip"]}
        changes = {"low-pass at 8 kHz": band_limit(16_000), "clipping of 5 % of the samples": clipping()}
        found = altered_table(files, read_params().features, steps, 0, list(changes.values()))
        for title, change in changes.items():
            altered[title] = found[found["alteration"] == change.name][names].to_numpy(float)
    return Table(values, table["label"].to_numpy(object), table["group"].to_numpy(object), columns, altered)


def fitted(training: Table, splits: int, seed: int) -> tuple[Reference, Model]:
    """What a bundle of this training music would hold."""
    settings = read_params().ols
    genres = sorted(set(training.label))
    transform = ColumnTransform.fit(training.values, settings)
    model = Model(training, transform, genres)
    rng = np.random.default_rng(seed)
    groups, place = np.unique(training.group, return_inverse=True)
    fold = (rng.permutation(len(groups)) % FOLDS)[place]
    held_out = np.empty((len(fold), len(genres)))
    for k in range(FOLDS):
        held_out[fold == k] = Model(training.rows(fold != k), transform, genres).scores(training.values[fold == k])
    model.inverse_temperature = fit_inverse_temperature(held_out, np.searchsorted(genres, training.label.astype(str)))
    predicted, sure = model.judged(held_out)
    along = along_axes(transform.apply(training.values))
    music = Music(training.values, along.rows, training.group, predicted, sure)
    stability = calibrate(music, genres, seed, splits)
    if stability is None:
        raise SystemExit("too few artists")
    columns = [
        column.model_copy(update={"quantiles": quantiles(training.values[:, j]).tolist()})
        for j, column in enumerate(training.columns)
    ]
    return Reference(columns, len(training.values), transform, along.axes, along.rows, stability), model


def batch_of(pool: Table, size: int, rng: np.random.Generator) -> Table:
    """Whole artists, about `size` clips."""
    return pool.rows(part(pool.group, min(size / len(pool.group), 1.0), 1, rng)[0])


def without_genres(share: float) -> Callable[[Table, int, np.random.Generator], Table]:
    """A share of the genres stays away."""

    def chosen(pool: Table, size: int, rng: np.random.Generator) -> Table:
        genres = sorted(set(pool.label))
        away = rng.choice(genres, round(share * len(genres)), replace=False)
        return batch_of(pool.rows(~np.isin(pool.label, away)), size, rng)

    return chosen


def moved_columns(deviations: float, share: float) -> Callable[[Table, int, np.random.Generator], Table]:
    """A share of the columns moves by some of their deviations."""

    def moving(pool: Table, size: int, rng: np.random.Generator) -> Table:
        batch = batch_of(pool, size, rng)
        p = batch.values.shape[1]
        which = rng.choice(p, max(1, round(share * p)), replace=False)
        moved = batch.values.copy()
        moved[:, which] += deviations * pool.values[:, which].std(axis=0)
        return replace(batch, values=moved)

    return moving


def altered_audio(title: str) -> Callable[[Table, int, np.random.Generator], Table]:
    """The same audio, changed."""

    def chosen(pool: Table, size: int, rng: np.random.Generator) -> Table:
        batch = batch_of(pool, size, rng)
        return replace(batch, values=batch.altered[title])

    return chosen


BATCHES: dict[str, Callable[[Table, int, np.random.Generator], Table]] = {
    "stable": batch_of,
    "half of the genres are away": without_genres(0.5),
    "all genres but two are away": without_genres(0.8),
    "one column in ten is up by 0.5 deviations": moved_columns(0.5, 0.1),
    "one column in ten is up by 1 deviation": moved_columns(1.0, 0.1),
}


def alarms(found: Comparison) -> Iterator[str]:
    """Which lines are exceeded, and which p values for independent clips are small."""
    yield from (test.name for test in found.tests if test.moved)
    if found.drifted:
        yield "any"
    if any(test.statistic > test.critical / SAFETY ** (1 if test.name == "columns" else 2) for test in found.tests):
        yield "without safety"
    if min(test.p for test in found.tests) < LEVEL / len(found.tests):
        yield "independent"


def simulate(table: Table, sizes: list[int], rounds: int, splits: int, seed: int) -> pd.DataFrame:
    """Share of rounds with an alarm, by size of the batch and what was done to it."""
    batches = BATCHES | {title: altered_audio(title) for title in table.altered}
    counts: Counter[tuple[int, str, str]] = Counter()
    coarse = []
    for k in range(rounds):
        rng = np.random.default_rng((seed, k))
        half = part(table.group, 0.5, 1, rng)[0]
        training, pool = table.rows(half), table.rows(~half)
        reference, model = fitted(training, splits, k)
        for size in sizes:
            for name, draw in batches.items():
                batch = draw(pool, size, rng)
                predicted, sure = model.answer(batch.values)
                found = compare(reference, batch.values, predicted, sure)
                counts.update((size, name, what) for what in alarms(found))
                if name == "stable":
                    pairs = zip(training.values.T, batch.values.T, strict=True)
                    exact = np.array([ks_2samp(one, other, method="asymp").statistic for one, other in pairs])
                    rough = two_samples.distances([each.quantiles for each in reference.columns], batch.values)
                    coarse.append(np.abs(exact - rough).max())
        if k % 10 == 9:
            stable = {size: counts[size, "stable", "any"] / (k + 1) for size in sizes}
            print(f"after {k + 1} rounds, stable batches alarm: {stable}", file=sys.stderr, flush=True)
    print(
        f"D from 101 quantiles and from all clips: {np.median(coarse):.4f} apart in the median round, "
        f"{max(coarse):.4f} at most"
    )
    kinds = [*STATISTICS, "any", "without safety", "independent"]
    rows = [
        {"clips": size, "batch": name, **{kind: counts[size, name, kind] / rounds for kind in kinds}}
        for size in sizes
        for name in batches
    ]
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", default=["gtzan_published"])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--splits", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--root", type=Path, default=Path(), help="the checkout whose data are read")
    asked = parser.parse_args()
    for corpus in asked.corpora:
        table = read_table(corpus, asked.root)
        half = len(table.group) // 2
        sizes = [200, round(half, -2)] if half > 250 else [half]
        print(f"\n{corpus}: {len(table.group)} clips, {len(set(table.group))} artists, {asked.rounds} rounds\n")
        print(simulate(table, sizes, asked.rounds, asked.splits, asked.seed).to_markdown(index=False, floatfmt=".3f"))


if __name__ == "__main__":
    main()
