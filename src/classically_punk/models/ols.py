"""Multi-variable linear regression as a classifier: one least-squares fit per genre, all on one design.

Fold fits solve all genres in one least squares, which gives the coefficients of the separate fits exactly. The fit
on the whole table is done by statsmodels, genre by genre, and carries the inference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.regression.linear_model import RegressionResults

from classically_punk.foundation.params import Ols
from classically_punk.models.classifier import ClassifierFactory, FloatArray, Training
from classically_punk.models.columns import choose_columns
from classically_punk.models.covariance import RobustCovariance, robust_covariance
from classically_punk.models.regression import GenreRegression, Spread, responses
from classically_punk.models.transforms import ColumnTransform


@dataclass(frozen=True)
class OlsFit:
    """The fit on a whole table, with what inference and diagnostics need.

    model    : predicts; equal to statsmodels' predictions
    results  : one statsmodels result per genre, in the order of `model.genres`, with classical covariance
    design   : shape (n, m + 1), intercept first, then the regression columns
    robust   : robust covariance of every genre's coefficients
    families : family of each column of the design table
    """

    model: GenreRegression
    results: tuple[RegressionResults, ...]
    design: FloatArray
    robust: RobustCovariance
    families: Mapping[str, str]


def fit_regression(
    training: Training, columns: Sequence[str], families: Mapping[str, str], settings: Ols
) -> GenreRegression:
    """All genres in one least squares on the training rows.

    columns : the p names of `training.values`
    A genre without training rows gets the fit of a response that is always 0: slopes and intercept 0. Since fitted
    values sum to 1 over the genres, it is never predicted.
    """
    transform, design, chosen = _design(training, columns, families, settings)
    found = np.linalg.lstsq(design, responses(training.labels, training.genres), rcond=None)[0]
    return GenreRegression(training.genres, tuple(columns), transform, chosen, found[0], found[1:])


def ols_factory(columns: Sequence[str], families: Mapping[str, str], settings: Ols) -> ClassifierFactory:
    """What `evaluation.held_out` calls in every fold."""

    def fit(training: Training) -> GenreRegression:
        return fit_regression(training, columns, families, settings)

    return fit


def fit_ols(training: Training, columns: Sequence[str], families: Mapping[str, str], settings: Ols) -> OlsFit:
    """One statsmodels OLS per genre on the whole table, with robust covariance.

    training.groups : rows of one group (artist, recording) are not independent of each other
    """
    transform, design, chosen = _design(training, columns, families, settings)
    hits = responses(training.labels, training.genres)
    results = tuple(sm.OLS(hits[:, k], design).fit() for k in range(hits.shape[1]))
    found = np.column_stack([result.params for result in results])
    residuals = np.column_stack([result.resid for result in results])
    inverse_gram = np.asarray(results[0].normalized_cov_params)
    freedom = len(design) - design.shape[1]
    spread = Spread(inverse_gram, (residuals**2).sum(axis=0) / max(freedom, 1), len(design))
    model = GenreRegression(training.genres, tuple(columns), transform, chosen, found[0], found[1:], spread)
    robust = robust_covariance(design, residuals, inverse_gram, training.groups)
    return OlsFit(model, results, design, robust, families)


def training_rows(table: pd.DataFrame, columns: Sequence[str]) -> Training:
    """The whole-clip rows of a design table, all of them, for the fit that is kept."""
    whole = table[table["window"] == -1]
    return Training(
        whole[list(columns)].to_numpy(dtype=float),
        whole["label"].to_numpy(dtype=object),
        whole["group"].to_numpy(dtype=object),
        tuple(sorted(whole["label"].unique())),
    )


def _design(training: Training, columns: Sequence[str], families: Mapping[str, str], settings: Ols) -> Any:
    if len(columns) != training.values.shape[1]:
        raise ValueError(f"{len(columns)} column names for {training.values.shape[1]} columns of values")
    transform = ColumnTransform.fit(training.values, settings)
    standardised = transform.apply(training.values)
    chosen = choose_columns(standardised, columns, families, settings)
    design = np.column_stack([np.ones(len(standardised)), standardised @ chosen.weights])
    return transform, design, chosen
