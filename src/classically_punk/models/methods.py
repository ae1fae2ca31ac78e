"""The comparators' estimators and grids: one function each, which `contracts.models` names.

Grids run from the most regularised choice to the least, the order of preference among choices as good as each other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from classically_punk.contracts.classifier import FloatArray
from classically_punk.foundation.params import Comparators
from classically_punk.models.regression import responses

Choice = Mapping[str, Any]
Estimator = Any  # scikit-learn's estimators share no type


@dataclass(frozen=True)
class Size:
    """Of a training part: its rows, its columns after the transform, and the genres that it has."""

    rows: int
    columns: int
    genres: int


@dataclass(frozen=True)
class Path:
    """A grid whose choices lie on the way to one of them, so that one fit answers for all.

    longest : the choice to fit
    scores  : of that fit, for every choice of the grid in its order, each as `Method.scores` gives it of its own fit
    """

    longest: Choice
    scores: Callable[[Estimator, FloatArray], list[FloatArray]]


@dataclass(frozen=True)
class Method:
    """make : an unfitted estimator for a choice and the size of its training part; scores : its scores for the genres
    of `estimator.classes_`, shape (n, n_classes); grid : choices in the order of preference"""

    make: Callable[[Choice, Size], Estimator]
    scores: Callable[[Estimator, FloatArray], FloatArray]
    grid: tuple[Choice, ...]
    path: Path | None = None


def majority(settings: Comparators) -> Method:
    """The shares of the genres in training, whatever is heard."""
    return Method(lambda choice, size: prior(), log_probability, ({},))


def ridge(settings: Comparators) -> Method:
    """Least squares with a penalty."""
    return Method(lambda choice, size: _OneHotRidge(choice["alpha"]), _decision, _grid(alpha=settings.ridge.alpha))


def lda(settings: Comparators) -> Method:
    """Linear discriminant analysis, its covariance shrunken; of one row a genre, which have none, the prior."""

    def make(choice: Choice, size: Size) -> Estimator:
        if size.genres == size.rows:
            return prior()
        return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=choice["shrinkage"])

    return Method(make, _decision, _grid(shrinkage=settings.lda.shrinkage))


def logistic(settings: Comparators) -> Method:
    """Multinomial logistic regression."""
    return Method(
        lambda choice, size: LogisticRegression(C=choice["c"], max_iter=2000), _decision, _grid(c=settings.logistic.c)
    )


def knn(settings: Comparators) -> Method:
    """Nearest neighbours, all of them where a training part has fewer."""
    return Method(
        lambda choice, size: KNeighborsClassifier(min(choice["neighbours"], size.rows)),
        lambda estimator, values: _votes(estimator, values, estimator.n_neighbors),
        _grid(neighbours=settings.knn.neighbours),
    )


def svm(settings: Comparators) -> Method:
    """Support vector machine with a radial kernel, one genre against another."""
    return Method(
        lambda choice, size: SVC(C=choice["c"], gamma=choice["gamma"] / size.columns),
        _decision,
        tuple({"c": c, "gamma": gamma} for c in settings.svm.c for gamma in settings.svm.gamma),
    )


def forest(settings: Comparators) -> Method:
    """Random forest."""
    trees = settings.forest.trees
    return Method(
        lambda choice, size: RandomForestClassifier(
            trees, min_samples_leaf=choice["smallest_leaf"], random_state=settings.seed
        ),
        lambda estimator, values: _votes(estimator, values, trees),
        _grid(smallest_leaf=settings.forest.smallest_leaf),
    )


def boosting(settings: Comparators) -> Method:
    """Gradient boosting of histograms of columns. Fewer rounds are the first of more."""
    of = settings.boosting

    def staged(estimator: Estimator, values: FloatArray) -> list[FloatArray]:
        after = dict(enumerate(estimator.staged_decision_function(values), start=1))
        return [_two_sided(after[rounds]) for rounds in of.rounds]

    return Method(
        lambda choice, size: HistGradientBoostingClassifier(
            learning_rate=of.learning_rate,
            max_iter=choice["rounds"],
            max_leaf_nodes=of.leaves,
            max_bins=of.bins,
            max_features=of.column_share,
            early_stopping=False,
            random_state=settings.seed,
        ),
        _decision,
        _grid(rounds=of.rounds),
        Path({"rounds": max(of.rounds)}, staged),
    )


def naive_bayes(settings: Comparators) -> Method:
    """Gaussian naive Bayes: columns normal within a genre, and independent of each other."""
    return Method(lambda choice, size: GaussianNB(), log_probability, ({},))


def tree(settings: Comparators) -> Method:
    """One decision tree, grown until its leaves are pure."""
    return Method(
        lambda choice, size: DecisionTreeClassifier(random_state=settings.seed),
        lambda estimator, values: _votes(estimator, values, 1),
        ({},),
    )


NETWORK_UNITS = 100
"""Of the one hidden layer of the dense network."""


def network(settings: Comparators) -> Method:
    """A dense network of one hidden layer of rectified linear units (MLP)."""
    return Method(
        lambda choice, size: MLPClassifier((NETWORK_UNITS,), max_iter=200, random_state=settings.seed),
        log_probability,
        ({},),
    )


def prior() -> Estimator:
    """What knows nothing but how frequent the genres are; it stands in where a training part has one genre only."""
    return DummyClassifier(strategy="prior")


def log_probability(estimator: Estimator, values: FloatArray) -> FloatArray:
    """Logarithms of what the estimator gives as probabilities, none below that of the smallest positive number."""
    shares = np.asarray(estimator.predict_proba(values), dtype=float)
    logs: FloatArray = np.log(np.maximum(shares, np.finfo(float).tiny))
    return logs


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


def _decision(estimator: Estimator, values: FloatArray) -> FloatArray:
    return _two_sided(estimator.decision_function(values))


def _two_sided(decisions: FloatArray) -> FloatArray:
    found = np.asarray(decisions, dtype=float)
    if found.ndim == 1 or found.shape[1] == 1:  # two genres: one value, positive for the second
        return np.column_stack([-found, found]) / 2.0
    return found


def _votes(estimator: Estimator, values: FloatArray, voters: int) -> FloatArray:
    """Logarithms of shares of votes, half a vote added to every genre (Jeffreys), so that none is impossible."""
    shares = np.asarray(estimator.predict_proba(values), dtype=float)
    logs: FloatArray = np.log((shares * voters + 0.5) / (voters + 0.5 * shares.shape[1]))
    return logs


def _grid(**choices: Any) -> tuple[Choice, ...]:
    ((name, values),) = choices.items()
    return tuple({name: value} for value in values)
