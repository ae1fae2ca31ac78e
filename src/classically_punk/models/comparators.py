"""What the linear regressions are measured against: scikit-learn's classifiers on the same rows and columns.

Each searches its small grid in inner folds that keep groups whole, takes the value with the lowest log loss (of those
as good the first, see `simplest`) and is fitted again to the whole training part. Its scores for the genres are what
its probabilities are made from: logarithms of probabilities, decision values, or, for ridge, fitted values.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.dummy import DummyClassifier

from classically_punk.contracts.classifier import FloatArray, Suite, Training
from classically_punk.contracts.models import MODELS
from classically_punk.foundation.params import Comparators, Inner, Ols
from classically_punk.models.methods import Choice, Estimator, Method, Size, log_probability, prior
from classically_punk.models.simplest import judged, simplest_as_good
from classically_punk.models.transforms import ColumnTransform
from classically_punk.validation.inner import InnerFolds, inner_folds, inner_held_out

FAR_BELOW = 20.0  # how far below its lowest genre a model puts one that it was not trained on


@dataclass(frozen=True)
class Comparator:
    """A fitted comparator."""

    name: str
    genres: tuple[str, ...]
    transform: ColumnTransform
    method: Method
    estimator: Estimator
    inverse_temperature: float
    notes: tuple[str, ...]

    @property
    def n_columns(self) -> int:
        """Columns that vary in the training rows: a comparator is given them all."""
        return int((~self.transform.constant).sum())

    def scores(self, values: FloatArray) -> FloatArray:
        """values: shape (n, p), in the units of the design table. Returns shape (n, n_genres)."""
        return _scores(self.name, self.method, self.estimator, self.transform.apply(values), self.genres)


def comparator_suite(settings: Comparators, columns: Ols, inner: Inner, only: str | None = None) -> Suite:
    """All comparators that are fitted everywhere, or `only` one, whichever.

    They are given columns transformed as the regressions' are (`ols.transform`, `ols.winsorise`).
    """
    if only is None:
        methods = comparator_methods(settings)
    else:
        methods = {only: MODELS[only].load_method()(settings)} if MODELS[only].method else {}

    def fit(training: Training) -> dict[str, Comparator]:
        transform = ColumnTransform.fit(training.values, columns)
        prepared = Training(transform.apply(training.values), training.labels, training.groups, training.genres)
        folds = inner_folds(prepared, inner)
        few = _thinned(prepared, folds, settings)
        return {name: _searched(name, method, transform, prepared, *few) for name, method in methods.items()}

    return fit


def comparator_methods(settings: Comparators) -> dict[str, Method]:
    """The registry's comparators that are fitted everywhere, by name, in its order."""
    return {name: entry.load_method()(settings) for name, entry in MODELS.items() if entry.method and entry.everywhere}


def _searched(
    name: str, method: Method, transform: ColumnTransform, training: Training, few: Training, folds: InnerFolds
) -> Comparator:
    """`few` and its inner folds are what the grid is searched on; `training` what the chosen method is fitted to."""

    def fit_and_score(part: Training, values: FloatArray) -> FloatArray:
        return np.stack(_grid_scores(name, method, part, values), axis=1)

    by_choice = np.moveaxis(inner_held_out(few, folds, fit_and_score), 1, 0)
    found = [judged(scores, few.index) for scores in by_choice]
    place = simplest_as_good([each.loss for each in found])
    choice = method.grid[place]
    notes = []
    if choice:
        notes = [", ".join(f"{what} {value:g}" for what, value in choice.items())]
        notes.append(f"inner log loss {found[place].loss:.4f}, the lowest of {len(found)} or as good")
    if len(few.labels) < len(training.labels):
        notes.append(f"searched on {len(few.labels)} of {len(training.labels)} rows")
    if folds.note:
        notes.append(folds.note)
    return Comparator(
        name,
        training.genres,
        transform,
        method,
        _fitted(method, choice, training),
        found[place].inverse_temperature,
        tuple(notes),
    )


def _grid_scores(name: str, method: Method, part: Training, values: FloatArray) -> list[FloatArray]:
    """Scores of `values` for every choice of the grid, fitted to `part`, each of shape (n, n_genres)."""
    if method.path is None:
        fits = (_fitted(method, choice, part) for choice in method.grid)
        return [_scores(name, method, estimator, values, part.genres) for estimator in fits]
    estimator = _fitted(method, method.path.longest, part)
    if isinstance(estimator, DummyClassifier):
        return [_scores(name, method, estimator, values, part.genres)] * len(method.grid)
    return [_in_place(name, found, estimator, part.genres) for found in method.path.scores(estimator, values)]


def _fitted(method: Method, choice: Choice, training: Training) -> Estimator:
    labels = training.labels.astype(str)
    size = Size(len(labels), max(1, training.values.shape[1]), len(np.unique(labels)))
    if size.genres < 2:
        return prior().fit(training.values, labels)
    with warnings.catch_warnings():
        # what an unfinished optimisation costs shows in its score; it is no fault of the table
        warnings.filterwarnings("ignore", message="lbfgs failed to converge")
        warnings.filterwarnings("ignore", message="Stochastic Optimizer: Maximum iterations")
        # a genre of one clip adds nothing to the common covariance, as it should
        warnings.filterwarnings("ignore", message="Only one sample available", category=UserWarning)
        # many genres of few clips are what they are
        warnings.filterwarnings("ignore", message="The number of unique classes is greater", category=UserWarning)
        return method.make(choice, size).fit(training.values, labels)


def _scores(name: str, method: Method, estimator: Estimator, values: FloatArray, genres: tuple[str, ...]) -> FloatArray:
    """shape (n, n_genres), of the columns that `_in_place` says"""
    how = log_probability if isinstance(estimator, DummyClassifier) else method.scores
    return _in_place(name, how(estimator, values), estimator, genres)


def _in_place(name: str, found: FloatArray, estimator: Estimator, genres: tuple[str, ...]) -> FloatArray:
    """`found`, of the estimator's classes, as one column for each of `genres`, shape (n, n_genres); those that were
    absent in training lie far below the others (for ridge: at 0)."""
    known = [genres.index(str(genre)) for genre in estimator.classes_]
    if MODELS[name].scores == "probability":
        lowest = np.zeros((len(found), 1))
    else:
        lowest = found.min(axis=1, keepdims=True) - FAR_BELOW
    scores: FloatArray = np.broadcast_to(lowest, (len(found), len(genres))).copy()
    scores[:, known] = found
    return scores


def _thinned(training: Training, folds: InnerFolds, settings: Comparators) -> tuple[Training, InnerFolds]:
    """Whole groups drawn until `search_rows` rows are reached; all of a small training part."""
    if len(training.labels) <= settings.search_rows:
        return training, folds
    names, index = np.unique(training.groups.astype(str), return_inverse=True)
    order = np.random.default_rng(settings.seed).permutation(len(names))
    sizes = np.bincount(index)[order]
    chosen = order[: int(np.searchsorted(np.cumsum(sizes), settings.search_rows)) + 1]
    rows = np.isin(index, chosen)
    return training.part(rows), InnerFolds(folds.fold[rows], folds.note)
