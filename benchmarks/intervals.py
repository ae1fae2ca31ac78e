"""How often 95 % intervals hold the truth: on made-up answers of the real corpora's shape, old bootstrap beside new.

    python benchmarks/intervals.py [demo gtzan_mini gtzan_published] [--rounds 1000] [--resamples 1000] [--seed 0]

Needs the tables of a run (`reports/C/tables/`, committed) and no audio. A corpus' shape is the sizes of its groups in
each genre, under the protocol of its headline. For each group a distribution of answers is drawn (Dirichlet) around the
genre's row of the confusion table, as unlike the others as the real groups are (intraclass correlation of being right,
by analysis of variance within genres), then an answer for each clip: what is predicted, whether the runner-up is right,
and whether a second model is right, which depends on the first as in `comparisons.csv`. The truth is what the draws
aim at. "pooled" draws all groups with replacement, whatever their genre, and takes percentiles; "within genres" is
what the project does (`scoring.bootstrap`). Printed as Markdown.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# first of all, before NumPy: importing the package pins the libraries to one thread
import classically_punk  # noqa: F401  isort: skip
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classically_punk.scoring.bootstrap import (
    Interval,
    Units,
    group_weights,
    percentile_interval,
    resampled_counts,
    share_interval,
    units_of,
)
from classically_punk.scoring.counts import scores_of

FloatArray = NDArray[np.float64]
LEVEL = 0.95
SHOWN = ("accuracy", "macro-F1", "top-2", "recall of a genre", "paired difference")


@dataclass(frozen=True)
class Shape:
    """What a corpus looks like to an interval. Parts are the groups within a genre.

    group, genre, n : shape (parts,), place of the group, place of the genre, clips
    answers : shape (genres, genres, 2, 2), for clips of the first genre the probability of what is predicted, whether
              the runner-up is right, and whether the second model is right
    alike   : intraclass correlation of being right, of clips of one part
    """

    name: str
    group: NDArray[np.intp]
    genre: NDArray[np.intp]
    n: NDArray[np.int64]
    answers: FloatArray
    alike: float

    @property
    def units(self) -> Units:
        """The groups as intervals resample them."""
        rows = np.repeat(np.column_stack([self.genre, self.group]), self.n, axis=0)
        return units_of([f"{k:05d}" for k in rows[:, 0]], [f"{k:05d}" for k in rows[:, 1]])  # sorted as the places are


def shape_of(corpus: str, root: Path) -> Shape:
    """From the tables of a run, under the protocol of its headline."""
    tables = root / "reports" / corpus / "tables"
    parts = pd.read_csv(tables / "group_recall.csv", dtype={"group": str})
    names = sorted(parts["genre"].unique())
    confusion = pd.read_csv(tables / "confusion.csv")
    summary = json.loads((root / "metrics" / corpus / "summary.json").read_text(encoding="utf-8"))
    protocol = str(summary["headline"]["protocol"])
    counts = (
        confusion[confusion["protocol"] == protocol]
        .pivot_table(index="actual", columns="predicted", values="count", fill_value=0)
        .reindex(index=names, columns=names, fill_value=0)
        .to_numpy(dtype=float)
    )
    scores = pd.read_csv(tables / "scores.csv").query("model == 'ols' and protocol == @protocol").set_index("score")
    accuracy, top_two = scores["value"][["accuracy", "top2_accuracy"]]
    pair = pd.read_csv(tables / "comparisons.csv").query("protocol == @protocol and model == 'ols'").iloc[0]
    other_right = np.array(  # given that the first model is wrong, or right
        [pair["only_other"] / (pair["n"] * (1 - accuracy)), 1 - pair["only_model"] / (pair["n"] * accuracy)]
    ).clip(0, 1)  # the accuracy is of all partitions, the comparison of the first
    said = counts + 0.5 / len(names)
    said /= said.sum(axis=1, keepdims=True)
    hit = np.eye(len(names))
    runner_up = (1 - hit) * (top_two - accuracy) / (1 - accuracy)
    second = np.where(hit == 1, other_right[1], other_right[0])
    answers = said[..., None, None] * np.stack([1 - runner_up, runner_up], axis=-1)[..., :, None]
    answers = answers * np.stack([1 - second, second], axis=-1)[..., None, :]
    group = np.unique(parts["group"], return_inverse=True)[1]
    genre = parts["genre"].map({name: k for k, name in enumerate(names)}).to_numpy(dtype=np.intp)
    name = f"{corpus}, `{protocol}`"
    return Shape(name, np.asarray(group, np.intp), genre, parts["n"].to_numpy(), answers, _alike(parts))


def _alike(parts: pd.DataFrame) -> float:
    """Intraclass correlation of being right within parts, genres taken out; 0 where every part is one clip."""
    n, p = parts["n"].to_numpy(dtype=float), parts["recall"].to_numpy()
    of_genre = parts["genre"].map(parts.groupby("genre")["right"].sum() / parts.groupby("genre")["n"].sum())
    between = (n * (p - of_genre.to_numpy()) ** 2).sum()
    within = (n * p * (1 - p)).sum()
    genres = parts["genre"].nunique()
    if n.sum() == len(n):
        return 0.0
    mean_between, mean_within = between / (len(n) - genres), within / (n.sum() - len(n))
    squares = (parts["n"] ** 2).groupby(parts["genre"]).sum() / parts.groupby("genre")["n"].sum()
    size = (n.sum() - squares.sum()) / (len(n) - genres)
    # near 1, where every clip of a group has one answer, draws of the distribution vanish below what floats hold
    return float(np.clip((mean_between - mean_within) / (mean_between + (size - 1) * mean_within), 0.0, 0.9))


def drawn(shape: Shape, rng: np.random.Generator) -> FloatArray:
    """Answers of one made-up corpus, as from `counted`: shape (groups, genres, genres + 2)."""
    aims = shape.answers.reshape(len(shape.answers), -1)[shape.genre]
    if shape.alike > 0:
        spread = rng.standard_gamma(aims * (1 - shape.alike) / shape.alike)
        aims = spread / spread.sum(axis=1, keepdims=True)
    parts = counted(rng.multinomial(shape.n, aims).reshape(len(shape.n), *shape.answers.shape[1:]))
    found = np.zeros((shape.group.max() + 1, len(shape.answers), parts.shape[1]))
    np.add.at(found, (shape.group, shape.genre), parts)
    # the answer that is right stands at the place of the genre, which `counted` does not know
    right = found[:, np.arange(len(shape.answers)), np.arange(len(shape.answers))]
    found[..., -2] += right
    return found


def counted(answers: FloatArray) -> FloatArray:
    """shape (..., genres, 2, 2) to (..., genres + 2): clips by what is predicted, those whose runner-up is right, those
    that the second model has right."""
    ends = np.stack([answers[..., 1, :].sum(axis=(-1, -2)), answers[..., 1].sum(axis=(-1, -2))], axis=-1)
    return np.concatenate([answers.sum(axis=(-1, -2)), ends], axis=-1)


def scored(counts: FloatArray) -> dict[str, FloatArray]:
    """SHOWN, leading axes as in `counts`: shape (..., genres, genres + 2). Recall has one axis more."""
    confusion = counts[..., :-2]
    scores = scores_of(confusion, counts[..., -2])
    other = counts[..., -1].sum(axis=-1) / confusion.sum(axis=(-1, -2))
    found = (scores.accuracy, scores.macro_f1, scores.top2_accuracy, scores.recall, scores.accuracy - other)
    return dict(zip(SHOWN, found, strict=True))


def pooled_weights(n_groups: int, resamples: int, rng: np.random.Generator) -> FloatArray:
    """All groups drawn with replacement, whatever their genre."""
    return rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=resamples).astype(np.float64)


def plain_interval(samples: FloatArray) -> Interval:
    low, high = np.quantile(samples[~np.isnan(samples)], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high), "")


def intervals(
    resampled: dict[str, FloatArray], answers: FloatArray, units: Units | None
) -> Iterator[tuple[str, int, Interval]]:
    """Score, genre (0 where there is none) and interval; the pooled ones where `units` is None."""
    for score, samples in resampled.items():
        of = percentile_interval if score == "paired difference" else share_interval
        for k, column in enumerate(np.atleast_2d(samples.T)):
            bearing = answers[:, k, :-2].sum(axis=1) > 0 if score == "recall of a genre" else None
            if bearing is not None and bearing.sum() < 2:
                continue
            yield score, k, plain_interval(column) if units is None else of(column, LEVEL, units, bearing)


def simulate(shape: Shape, rounds: int, resamples: int, seed: int) -> dict[tuple[str, str], list[tuple[bool, float]]]:
    """By way and score: whether each interval held the truth, and its width."""
    rng = np.random.default_rng(seed)
    clips = np.bincount(shape.genre, weights=shape.n, minlength=len(shape.answers))
    aims = counted(shape.answers) * clips[:, None]
    aims[:, -2] += np.diagonal(aims)
    truth = scored(aims)
    units = shape.units
    found: dict[tuple[str, str], list[tuple[bool, float]]] = defaultdict(list)
    for _ in range(rounds):
        answers = drawn(shape, rng)
        weights = {
            "pooled": pooled_weights(units.n_groups, resamples, rng),
            "within genres": group_weights(units, resamples, rng),
        }
        for way, each in weights.items():
            resampled = scored(resampled_counts(each, answers))
            for score, k, interval in intervals(resampled, answers, None if way == "pooled" else units):
                if interval.low is not None and interval.high is not None:
                    held = interval.low <= np.atleast_1d(truth[score])[k] <= interval.high
                    found[way, score].append((bool(held), interval.high - interval.low))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="*", default=["demo", "gtzan_mini", "gtzan_published"])
    parser.add_argument("--root", type=Path, default=Path(), help="the repository, or a copy with another run")
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    print("| corpus, protocol | clips, groups | clips alike | score | pooled: holds, width | within genres |")
    print("|---|---|---|---|---|---|")
    for corpus in chosen.corpora:
        shape = shape_of(corpus, chosen.root)
        found = simulate(shape, chosen.rounds, chosen.resamples, chosen.seed)
        for score in SHOWN:
            cells = []
            for way in ("pooled", "within genres"):
                held, width = np.array(found[way, score], dtype=float).mean(axis=0)
                cells.append(f"{held:.3f}, {width:.3f}")
            sizes = f"{shape.n.sum()}, {shape.group.max() + 1}"
            print(f"| {shape.name} | {sizes} | {shape.alike:.2f} | {score} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
