"""The models, one entry each: what tables and figures call them, in which order, and what their scores are."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

Scores = Literal["probability", "log_probability", "distance"]


@dataclass(frozen=True)
class Model:
    """One model.

    name   : as in tables of predictions and scores
    title  : what a reader calls it
    scores : what it gives for each genre: `probability`, meant as one though it may leave [0, 1] (fitted values of a
             linear probability model); `log_probability`, up to a constant; or `distance`, no probability before
             calibration
    method : `module:function` that makes the comparator from its parameters; empty for what is no comparator
    rule   : what the regressions answer with, for a decision rule on their fitted values; else empty
    everywhere : whether it is fitted in the folds of every corpus; else only where others measured it, in the stage
             `reference`
    """

    name: str
    title: str
    scores: Scores
    method: str = ""
    rule: str = ""
    everywhere: bool = True

    def load_method(self) -> Any:
        """The function that `method` names."""
        module, _, function = self.method.partition(":")
        return getattr(import_module(module), function)


REGRESSION = "ols"
"""The project's own regression, by its plain decision rule."""

OPTIMAL_SCORING = "optimal_scoring"
"""The same fits by another decision rule."""

WITH_WINDOWS = "ols_windows"
"""The regression of whole clips and one of their windows, by the mean of their fitted values; needs windows."""

MAJORITY = "majority"
"""The model that hears nothing: what any other must beat."""

_METHODS = "classically_punk.models.methods"

MODELS: dict[str, Model] = {
    entry.name: entry
    for entry in (
        Model(MAJORITY, "most frequent genre", "log_probability", f"{_METHODS}:majority"),
        Model(REGRESSION, "linear regression (OLS)", "probability", rule="the largest fitted value"),
        Model(
            OPTIMAL_SCORING,
            "OLS, optimal scoring",
            "log_probability",
            rule="the nearest class mean in fitted space (optimal scoring)",
        ),
        Model(WITH_WINDOWS, "OLS, whole clip and windows", "probability"),
        Model("ridge", "ridge regression", "probability", f"{_METHODS}:ridge"),
        Model("lda", "LDA (shrinkage)", "log_probability", f"{_METHODS}:lda"),
        Model("logistic", "logistic regression", "log_probability", f"{_METHODS}:logistic"),
        Model("knn", "k-nearest neighbours", "log_probability", f"{_METHODS}:knn"),
        Model("svm", "SVM (RBF kernel)", "distance", f"{_METHODS}:svm"),
        Model("forest", "random forest", "log_probability", f"{_METHODS}:forest"),
        Model("boosting", "gradient boosting", "log_probability", f"{_METHODS}:boosting"),
        Model("naive_bayes", "Gaussian naive Bayes", "log_probability", f"{_METHODS}:naive_bayes", everywhere=False),
        Model("tree", "decision tree", "log_probability", f"{_METHODS}:tree", everywhere=False),
        Model("network", "dense network (MLP)", "log_probability", f"{_METHODS}:network", everywhere=False),
    )
}
"""By name, in the order in which tables and figures list them."""


RULES: tuple[str, ...] = tuple(name for name, entry in MODELS.items() if entry.rule)
"""Decision rules on the regressions' fitted values; which of them is a corpus' default, `scoring` decides."""


def title(name: str) -> str:
    """What a reader calls the model; the name itself where none of that name is known."""
    return MODELS[name].title if name in MODELS else name


def titles() -> dict[str, str]:
    """name -> what a reader calls it, in the order in which models are listed."""
    return {name: entry.title for name, entry in MODELS.items()}


def comparators() -> tuple[str, ...]:
    """Models that the regression is measured against, the one that hears nothing left out."""
    return tuple(name for name, entry in MODELS.items() if entry.method and entry.everywhere and name != MAJORITY)
