"""What the linear regressions are measured against: scikit-learn's classifiers on the same rows and columns.

Each searches its small grid in inner folds that keep groups whole, takes the value with the lowest log loss (of those
as good the first, see `simplest`) and is fitted again to the whole training part. Its scores for the genres are what
its probabilities are made from: logarithms of probabilities, decision values, or, for ridge, fitted values.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from classically_punk.contracts.classifier import FloatArray, Suite, Training
from classically_punk.contracts.models import MODELS
from classically_punk.foundation.params import Comparators, Inner, Ols
from classically_punk.models.regression import responses
from classically_punk.models.simplest import judged, simplest_as_good
from classically_punk.models.transforms import ColumnTransform
from classically_punk.validation.inner import InnerFolds, inner_folds, inner_held_out

FAR_BELOW = 20.0  # how far below its lowest genre a model puts one that it was not trained on

Choice = Mapping[str, Any]
Estimator = Any  # scikit-learn's estimators share no type


@dataclass(frozen=True)
class Method:
    """make : an unfitted estimator for a choice, given (choice, training columns); scores : its scores for the
    genres of `estimator.classes_`, shape (n, n_classes); grid : choices in the order of preference"""

    name: str
    make: Callable[[Choice, int], Estimator]
    scores: Callable[[Estimator, FloatArray], FloatArray]
    grid: tuple[Choice, ...]


@dataclass(frozen=True)
class Comparator:
    """A fitted comparator."""

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

    def fitted_values(self, values: FloatArray) -> FloatArray:
        """values: shape (n, p), in the units of the design table. Returns shape (n, n_genres)."""
        return _scores(self.method, self.estimator, self.transform.apply(values), self.genres)


def comparator_suite(settings: Comparators, columns: Ols, inner: Inner, only: str | None = None) -> Suite:
    """All comparators, or `only` one, on columns transformed as the regressions' are (`ols.transform`,
    `ols.winsorise`)."""
    methods = tuple(method for method in comparator_methods(settings) if only in (None, method.name))

    def fit(training: Training) -> dict[str, Comparator]:
        transform = ColumnTransform.fit(training.values, columns)
        prepared = Training(transform.apply(training.values), training.labels, training.groups, training.genres)
        folds = inner_folds(prepared, inner)
        few = _thinned(prepared, folds, settings)
        return {method.name: _searched(method, transform, prepared, *few) for method in methods}

    return fit


def comparator_methods(settings: Comparators) -> tuple[Method, ...]:
    """The comparators with their grids, in the order of TITLES."""
    forest, boosting = settings.forest, settings.boosting
    return (
        Method("majority", lambda choice, p: DummyClassifier(strategy="prior"), _log_probability, ({},)),
        Method("ridge", lambda choice, p: _OneHotRidge(choice["alpha"]), _decision, _grid(alpha=settings.ridge.alpha)),
        Method(
            "lda",
            lambda choice, p: LinearDiscriminantAnalysis(solver="lsqr", shrinkage=choice["shrinkage"]),
            _decision,
            _grid(shrinkage=settings.lda.shrinkage),
        ),
        Method(
            "logistic",
            lambda choice, p: LogisticRegression(C=choice["c"], max_iter=2000),
            _decision,
            _grid(c=settings.logistic.c),
        ),
        Method(
            "knn",
            lambda choice, p: KNeighborsClassifier(choice["neighbours"]),
            lambda estimator, values: _votes(estimator, values, estimator.n_neighbors),
            _grid(neighbours=settings.knn.neighbours),
        ),
        Method(
            "svm",
            lambda choice, p: SVC(C=choice["c"], gamma=choice["gamma"] / p),
            _decision,
            tuple({"c": c, "gamma": gamma} for c in settings.svm.c for gamma in settings.svm.gamma),
        ),
        Method(
            "forest",
            lambda choice, p: RandomForestClassifier(
                forest.trees, min_samples_leaf=choice["smallest_leaf"], random_state=settings.seed
            ),
            lambda estimator, values: _votes(estimator, values, forest.trees),
            _grid(smallest_leaf=forest.smallest_leaf),
        ),
        Method(
            "boosting",
            lambda choice, p: HistGradientBoostingClassifier(
                learning_rate=boosting.learning_rate,
                max_iter=choice["rounds"],
                max_leaf_nodes=boosting.leaves,
                max_bins=boosting.bins,
                max_features=boosting.column_share,
                early_stopping=False,
                random_state=settings.seed,
            ),
            _decision,
            _grid(rounds=boosting.rounds),
        ),
    )


class _OneHotRidge:
    """Ridge regression of each genre's 0/1 response: least squares with a penalty, otherwise as the project's own."""

    def __init__(self, alpha: float) -> None:
        self.regression = Ridge(alpha)
        self.classes_ = np.array([], dtype=str)

    def fit(self, values: FloatArray, labels: Any) -> "_OneHotRidge":
        self.classes_ = np.unique(labels)
        indicators = responses(np.asarray(labels, dtype=object), tuple(str(name) for name in self.classes_))
        self.regression.fit(values, indicators)
        return self

    def decision_function(self, values: FloatArray) -> FloatArray:
        return np.asarray(self.regression.predict(values), dtype=float).reshape(len(values), -1)


def _searched(
    method: Method, transform: ColumnTransform, training: Training, few: Training, folds: InnerFolds
) -> Comparator:
    """`few` and its inner folds are what the grid is searched on; `training` what the chosen method is fitted to."""
    found = []
    for choice in method.grid:

        def fit_and_score(part: Training, values: FloatArray, choice: Choice = choice) -> FloatArray:
            return _scores(method, _fitted(method, choice, part), values, part.genres)

        found.append(judged(inner_held_out(few, folds, fit_and_score), few.index))
    place = simplest_as_good([each.loss for each in found])
    choice = method.grid[place]
    notes = []
    if choice:
        notes = [", ".join(f"{name} {value:g}" for name, value in choice.items())]
        notes.append(f"inner log loss {found[place].loss:.4f}, the lowest of {len(found)} or as good")
    if len(few.labels) < len(training.labels):
        notes.append(f"searched on {len(few.labels)} of {len(training.labels)} rows")
    if folds.note:
        notes.append(folds.note)
    return Comparator(
        training.genres,
        transform,
        method,
        _fitted(method, choice, training),
        found[place].inverse_temperature,
        tuple(notes),
    )


def _fitted(method: Method, choice: Choice, training: Training) -> Estimator:
    labels = training.labels.astype(str)
    if method.name == "knn":
        choice = {"neighbours": min(choice["neighbours"], len(labels))}
    known = len(np.unique(labels))
    if known < 2 or (method.name == "lda" and known == len(labels)):  # one row each: no genre has a covariance
        return DummyClassifier(strategy="prior").fit(training.values, labels)
    with warnings.catch_warnings():
        # what an unfinished optimisation costs shows in its score; it is no fault of the table
        warnings.filterwarnings("ignore", message="lbfgs failed to converge")
        # a genre of one clip adds nothing to the common covariance, as it should
        warnings.filterwarnings("ignore", message="Only one sample available", category=UserWarning)
        return method.make(choice, max(1, training.values.shape[1])).fit(training.values, labels)


def _scores(method: Method, estimator: Estimator, values: FloatArray, genres: tuple[str, ...]) -> FloatArray:
    """shape (n, n_genres); genres that were absent in training lie far below the others (for ridge: at 0)."""
    known = [genres.index(str(name)) for name in estimator.classes_]
    how = _log_probability if isinstance(estimator, DummyClassifier) else method.scores
    found = how(estimator, values)
    if MODELS[method.name].scores == "probability":
        lowest = np.zeros((len(values), 1))
    else:
        lowest = found.min(axis=1, keepdims=True) - FAR_BELOW
    scores: FloatArray = np.broadcast_to(lowest, (len(values), len(genres))).copy()
    scores[:, known] = found
    return scores


def _decision(estimator: Estimator, values: FloatArray) -> FloatArray:
    found = np.asarray(estimator.decision_function(values), dtype=float)
    if found.ndim == 1:  # two genres: one value, positive for the second
        return np.column_stack([-found, found]) / 2.0
    return found


def _log_probability(estimator: Estimator, values: FloatArray) -> FloatArray:
    logs: FloatArray = np.log(np.asarray(estimator.predict_proba(values), dtype=float))
    return logs


def _votes(estimator: Estimator, values: FloatArray, voters: int) -> FloatArray:
    """Logarithms of shares of votes, half a vote added to every genre (Jeffreys), so that none is impossible."""
    shares = np.asarray(estimator.predict_proba(values), dtype=float)
    logs: FloatArray = np.log((shares * voters + 0.5) / (voters + 0.5 * shares.shape[1]))
    return logs


def _grid(**choices: Any) -> tuple[Choice, ...]:
    ((name, values),) = choices.items()
    return tuple({name: value} for value in values)


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
