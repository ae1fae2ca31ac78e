"""Multi-variable linear regression as a classifier: one least-squares fit per genre, all on one design.

Fold fits solve all genres in one least squares, which gives the coefficients of the separate fits exactly. The fit
on the whole table is done by statsmodels, genre by genre, and carries the inference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.regression.linear_model import RegressionResults

from classically_punk.contracts.classifier import Classifier, FloatArray, Suite, Training
from classically_punk.contracts.models import OPTIMAL_SCORING, REGRESSION
from classically_punk.foundation.params import Inner, Ols
from classically_punk.models.calibration import fit_inverse_temperature
from classically_punk.models.columns import Reduction, choose_columns
from classically_punk.models.covariance import RobustCovariance, robust_covariance
from classically_punk.models.leave_out import leave_one_group_out
from classically_punk.models.optimal_scoring import FittedSpaceRule, OptimalScoring
from classically_punk.models.planning import ColumnPlan
from classically_punk.models.regression import GenreRegression, Spread, responses
from classically_punk.models.selection import Search
from classically_punk.models.transforms import ColumnTransform
from classically_punk.validation.inner import inner_folds


@dataclass(frozen=True)
class OlsFit:
    """The fit on a whole table, with what inference and diagnostics need.

    model    : predicts; equal to statsmodels' predictions
    results  : one statsmodels result per genre, in the order of `model.genres`, with classical covariance
    design   : shape (n, m + 1), intercept first, then the regression columns
    indicators : shape (n, n_genres), 1 where a row has the genre; residuals : same shape, indicators less fitted
               values
    robust   : robust covariance of every genre's coefficients
    families : family of each column of the design table
    standardised : shape (n, p), the columns of the design table, transformed
    """

    model: GenreRegression
    results: tuple[RegressionResults, ...]
    design: FloatArray
    indicators: FloatArray
    residuals: FloatArray
    robust: RobustCovariance
    families: Mapping[str, str]
    standardised: FloatArray

    def to_json(self) -> dict[str, Any]:
        """The model, with the robust standard errors of its coefficients (intercept first, a list per genre). Their
        classical covariance is residual_variance times inverse_gram of the spread."""
        matrices = self.robust.matrices
        errors = None if matrices is None else [np.sqrt(np.maximum(np.diag(each), 0)).tolist() for each in matrices]
        covariance = {
            "kind": self.robust.kind,
            "freedom": self.robust.freedom,
            "n_groups": self.robust.n_groups,
            "reason": self.robust.reason,
            "standard_errors": errors,
        }
        return self.model.to_json() | {"robust_covariance": covariance}


def fit_regression(
    training: Training,
    columns: Sequence[str],
    families: Mapping[str, str],
    settings: Ols,
    inner: Inner | None = None,
    most: int | None = None,
) -> GenreRegression:
    """All genres in one least squares on the training rows.

    columns : the p names of `training.values`
    inner   : folds inside the training rows, by which `forward` chooses columns
    most    : regression columns at most, as in `columns.choose_columns`
    Probabilities are calibrated on fitted values of rows whose group was left out (`training.groups`).
    A genre without training rows gets the fit of a response that is always 0: slopes and intercept 0. Since fitted
    values sum to 1 over the genres, it is never predicted.
    """
    return _fit_both(training, columns, families, settings, inner, most)[0]


@dataclass(frozen=True)
class WithLeftOut:
    """model : the regression; left_out : shape (n, n_genres), fitted values of each training row without its group."""

    model: GenreRegression
    left_out: FloatArray


def fit_with_left_out(
    training: Training,
    columns: Sequence[str],
    families: Mapping[str, str],
    settings: Ols,
    inner: Inner | None = None,
    most: int | None = None,
) -> WithLeftOut:
    """As `fit_regression`, with what its probabilities are calibrated on."""
    prepared = _prepare(training, columns, families, settings, inner, most)
    return WithLeftOut(_solved(prepared, training, columns)[0], prepared.left_out)


def ols_suite(
    columns: Sequence[str], families: Mapping[str, str], settings: Ols, inner: Inner, most: int | None = None
) -> Suite:
    """The regressions by both decision rules: the largest fitted value, and the nearest class mean in fitted space."""

    def fit(training: Training) -> Mapping[str, Classifier]:
        regression, nearest = _fit_both(training, columns, families, settings, inner, most)
        return {REGRESSION: regression, OPTIMAL_SCORING: nearest}

    return fit


def planned_suite(columns: Sequence[str], families: Mapping[str, str], plan: ColumnPlan, inner: Inner) -> Suite:
    """As `ols_suite`, by the plan of the corpus."""
    return ols_suite(columns, families, plan.settings, inner, plan.most)


def fit_rules(
    training: Training, columns: Sequence[str], families: Mapping[str, str], plan: ColumnPlan, inner: Inner
) -> tuple[GenreRegression, OptimalScoring]:
    """The regressions and their other rule, fitted to the same rows: what is kept as the model of the corpus."""
    return _fit_both(training, columns, families, plan.settings, inner, plan.most)


def _fit_both(
    training: Training,
    columns: Sequence[str],
    families: Mapping[str, str],
    settings: Ols,
    inner: Inner | None,
    most: int | None,
) -> tuple[GenreRegression, OptimalScoring]:
    prepared = _prepare(training, columns, families, settings, inner, most)
    model, fitted = _solved(prepared, training, columns)
    rule = FittedSpaceRule.fit(fitted, prepared.indicators)
    b = fit_inverse_temperature(rule.scores(prepared.left_out), training.index)
    return model, OptimalScoring(model, rule, b)


def _solved(prepared: "_Prepared", training: Training, columns: Sequence[str]) -> tuple[GenreRegression, FloatArray]:
    """All genres in one least squares; the fitted values of the training rows beside it."""
    design, indicators = prepared.design, prepared.indicators
    found: FloatArray = np.asarray(np.linalg.lstsq(design, indicators, rcond=None)[0], dtype=np.float64)
    fitted = design @ found
    inverse_gram: FloatArray = np.asarray(np.linalg.pinv(design.T @ design, hermitian=True), dtype=np.float64)
    return _model(prepared, training, columns, found, _spread(inverse_gram, indicators - fitted, design)), fitted


def fit_ols(
    training: Training,
    columns: Sequence[str],
    families: Mapping[str, str],
    settings: Ols,
    inner: Inner | None = None,
    most: int | None = None,
) -> OlsFit:
    """One statsmodels OLS per genre on the whole table, with robust covariance.

    training.groups : rows of one group (artist, recording) are not independent of each other
    """
    prepared = _prepare(training, columns, families, settings, inner, most)
    design, indicators = prepared.design, prepared.indicators
    results = tuple(sm.OLS(indicators[:, k], design).fit() for k in range(indicators.shape[1]))
    found = np.column_stack([result.params for result in results])
    residuals = np.column_stack([result.resid for result in results])
    spread = _spread(np.asarray(results[0].normalized_cov_params), residuals, design)
    model = _model(prepared, training, columns, found, spread)
    robust = robust_covariance(design, residuals, spread.inverse_gram, training.groups)
    return OlsFit(model, results, design, indicators, residuals, robust, families, prepared.standardised)


def training_rows(table: pd.DataFrame, columns: Sequence[str]) -> Training:
    """The whole-clip rows of a design table, all of them, for the fit that is kept."""
    whole = table[table["window"] == -1]
    return Training(
        whole[list(columns)].to_numpy(dtype=float),
        whole["label"].to_numpy(dtype=object),
        whole["group"].to_numpy(dtype=object),
        tuple(sorted(whole["label"].unique())),
    )


@dataclass(frozen=True)
class _Prepared:
    """What the training rows become before least squares.

    design : shape (n, m + 1), intercept first; indicators : shape (n, n_genres); left_out : same shape, fitted values
    of rows whose group was not fitted on. The columns are those of the whole training part: what `forward` chose there
    has seen the rows, which makes its probabilities a little too sure.
    """

    transform: ColumnTransform
    reduction: Reduction
    standardised: FloatArray
    design: FloatArray
    indicators: FloatArray
    left_out: FloatArray
    inverse_temperature: float
    notes: tuple[str, ...]


def _prepare(
    training: Training,
    columns: Sequence[str],
    families: Mapping[str, str],
    settings: Ols,
    inner: Inner | None,
    most: int | None,
) -> _Prepared:
    if len(columns) != training.values.shape[1]:
        raise ValueError(f"{len(columns)} column names for {training.values.shape[1]} columns of values")
    transform = ColumnTransform.fit(training.values, settings)
    standardised = transform.apply(training.values)
    indicators = responses(training.labels, training.genres)
    search: Search | None = None
    notes: tuple[str, ...] = ()
    if settings.columns == "forward":
        if inner is None:
            raise ValueError("columns chosen by forward selection need inner folds")
        folds = inner_folds(training, inner)
        search, notes = Search(indicators, folds.fold), (folds.note,) if folds.note else ()
    reduction = choose_columns(standardised, columns, families, settings, search, most)
    design = np.column_stack([np.ones(len(standardised)), standardised @ reduction.weights])
    left_out = leave_one_group_out(design, indicators, training.groups)
    b = fit_inverse_temperature(left_out, training.index)
    notes = (*reduction.notes, *notes)
    return _Prepared(transform, reduction, standardised, design, indicators, left_out, b, notes)


def _spread(inverse_gram: FloatArray, residuals: FloatArray, design: FloatArray) -> Spread:
    freedom = len(design) - design.shape[1]
    return Spread(inverse_gram, (residuals**2).sum(axis=0) / max(freedom, 1), len(design))


def _model(
    prepared: _Prepared, training: Training, columns: Sequence[str], found: FloatArray, spread: Spread
) -> GenreRegression:
    return GenreRegression(
        training.genres,
        tuple(columns),
        prepared.transform,
        replace(prepared.reduction, notes=prepared.notes),
        found[0],
        found[1:],
        spread,
        prepared.inverse_temperature,
    )
