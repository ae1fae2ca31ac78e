"""Ways of doubting labels, as `contracts.label_search` lists them, and what an order of labels is worth."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.metrics import average_precision_score

from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.label_search import CONFIDENT, MARGIN, NEIGHBOURS, NORMALISED, SELF
from classically_punk.diagnostics.label_issues import Rows, margins
from classically_punk.models.calibration import fit_inverse_temperature

N_NEIGHBOURS = 10
BLOCK = 1000  # rows whose distances are held at once
NO_LABEL = 2.0  # threshold of a genre that no row is labelled with: above every probability, as in cleanlab
SMALLEST_THRESHOLD = 2e-6  # as in cleanlab


def doubts(fitted: FloatArray, labels: NDArray[np.intp], nearest: NDArray[np.intp]) -> Mapping[str, FloatArray]:
    """How much each way doubts each label, shape (n,) for each method.

    fitted  : shape (n, n_genres), of rows whose song was left out; labels : shape (n,), places of genres
    nearest : as `neighbours` gives them
    """
    index = np.arange(len(labels))
    probabilities = softmax(fit_inverse_temperature(fitted, labels) * fitted, axis=1)
    return {
        MARGIN: margins(fitted, labels),
        NORMALISED: margins(probabilities, labels),
        SELF: 1.0 - probabilities[index, labels],
        CONFIDENT: 1.0 - adjusted(probabilities, labels)[index, labels],
        NEIGHBOURS: (labels[nearest] != labels[:, None]).mean(axis=1),
    }


def adjusted(probabilities: FloatArray, labels: NDArray[np.intp]) -> FloatArray:
    """Probabilities less the threshold of each genre (its mean probability among the rows with its label), shifted and
    scaled so that rows sum to 1.

    Source: Northcutt, Jiang & Chuang 2021, Confident learning, JAIR 70, sec. 3.1; cleanlab 2.9,
    `rank.get_label_quality_scores(adjust_pred_probs=True)`, which `benchmarks/label_issues.py` compares it with.
    """
    genres = range(probabilities.shape[1])
    means = [probabilities[labels == k, k].mean() if (labels == k).any() else NO_LABEL for k in genres]
    thresholds = np.maximum(means, SMALLEST_THRESHOLD)
    shifted = probabilities - thresholds + thresholds.max()
    result: FloatArray = shifted / shifted.sum(axis=1, keepdims=True)
    return result


def neighbours(rows: Rows) -> NDArray[np.intp]:
    """shape (n, k): the nearest rows of other songs, by distance in the regression's columns."""
    columns = rows.design - rows.design.mean(axis=0)
    squares = (columns**2).sum(axis=1)
    _, song = np.unique(rows.songs.astype(str), return_inverse=True)
    k = min(N_NEIGHBOURS, len(columns) - int(np.bincount(song).max()))
    found = []
    for start in range(0, len(columns), BLOCK):
        part = slice(start, start + BLOCK)
        distance = squares[None, :] - 2.0 * columns[part] @ columns.T  # the row's own square changes no order
        distance[song[part, None] == song[None, :]] = np.inf
        found.append(np.argsort(distance, axis=1, kind="stable")[:, :k])
    return np.concatenate(found)


def measures(wrong: NDArray[np.bool_], doubt: FloatArray) -> dict[str, float]:
    """Average precision of the order by `doubt`, largest first, and the share of wrong labels among the first k.

    wrong : shape (n,); k is how many are, one at least
    """
    k = int(wrong.sum())
    first = np.argsort(-doubt, kind="stable")[:k]
    average = float(average_precision_score(wrong, doubt))
    return {"average_precision": average, f"precision_at_{k}": float(wrong[first].mean())}


def by_chance(n: int, k: int) -> dict[str, float]:
    """The expected values of these measures for a random order of n labels of which k are wrong.

    The average precision lies above the share k / n, the more so the fewer labels there are, and tends to it.
    Source: Bestgen 2015, Exact expected average precision of the random baseline for system evaluation, Prague
    Bulletin of Mathematical Linguistics 103.

    >>> {name: round(value, 6) for name, value in by_chance(2, 1).items()}
    {'average_precision': 0.75, 'precision_at_1': 0.5}
    """
    among_others = (k - 1) / (n - 1) if n > 1 else 0.0
    average = among_others + (1.0 - among_others) * float((1.0 / np.arange(1, n + 1)).mean())
    return {"average_precision": average, f"precision_at_{k}": k / n}
