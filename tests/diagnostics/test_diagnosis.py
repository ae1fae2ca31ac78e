"""Tables of diagnosis against statsmodels' own figures of the same fit."""

from collections.abc import Callable

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.outliers_influence import variance_inflation_factor

from classically_punk.contracts.classifier import Training
from classically_punk.diagnostics.diagnosis import (
    MOST_INFLUENTIAL,
    assumption_table,
    inflation_table,
    influential_table,
    partial_regressions,
    row_table,
)
from classically_punk.foundation.params import Inner, Ols
from classically_punk.models.ols import OlsFit, fit_ols

CLIPS = [f"c{k:03d}" for k in range(120)]


@pytest.fixture
def fit(
    training: Training, columns: tuple[str, ...], families: dict[str, str], ols_settings: Callable[..., Ols]
) -> OlsFit:
    return fit_ols(training, columns, families, ols_settings(), Inner(folds=2, seed=1))


def test_rows_are_statsmodels_influence(fit: OlsFit, training: Training) -> None:
    table = row_table(fit, CLIPS, training.labels)
    assert len(table) == 4 * 120
    for k, genre in enumerate(fit.model.genres):
        rows = table[table["genre"] == genre].reset_index(drop=True)
        oracle = fit.results[k].get_influence()
        assert rows["leverage"].to_numpy() == pytest.approx(oracle.hat_matrix_diag, rel=1e-10)
        assert rows["cooks_distance"].to_numpy() == pytest.approx(oracle.cooks_distance[0], rel=1e-9)
        assert rows["external"].to_numpy() == pytest.approx(oracle.resid_studentized_external, rel=1e-9)
        largest = np.abs(oracle.dfbetas[:, 1:]).max(axis=1)  # of the columns, not the intercept
        assert np.abs(rows["largest_dfbetas"].to_numpy()) == pytest.approx(largest, rel=1e-9)
        hit = (training.labels == genre).astype(float)
        assert (rows["fitted"] + rows["residual"]).to_numpy() == pytest.approx(hit, abs=1e-12)


def test_the_most_influential_come_first(fit: OlsFit, training: Training) -> None:
    rows = row_table(fit, CLIPS, training.labels)
    table = influential_table(rows)
    assert len(table) == MOST_INFLUENTIAL
    assert table["cooks_distance"].tolist() == sorted(rows["cooks_distance"], reverse=True)[:MOST_INFLUENTIAL]


def test_a_planted_clip_is_the_most_influential(
    training: Training, columns: tuple[str, ...], families: dict[str, str], ols_settings: Callable[..., Ols]
) -> None:
    values = training.values.copy()
    values[17] = values.mean(axis=0) + 12 * values.std(axis=0) * np.where(np.arange(8) % 2, 1, -1)
    odd = Training(values, training.labels, training.groups, training.genres)
    fit = fit_ols(odd, columns, families, ols_settings(), Inner(folds=2, seed=1))
    assert influential_table(row_table(fit, CLIPS, odd.labels))["clip"].iloc[0] == "c017"


def test_inflation_is_statsmodels(fit: OlsFit, training: Training, columns: tuple[str, ...]) -> None:
    design = sm.add_constant((training.values - training.values.mean(axis=0)) / training.values.std(axis=0))
    expected = [variance_inflation_factor(design, j) for j in range(1, 9)]
    table = inflation_table(fit, 1e9).set_index("column")
    assert table.loc[list(columns), "vif"].to_numpy() == pytest.approx(expected, rel=1e-8)
    assert (table["removed"].isna() | (table["removed"] == "")).all()


def test_every_genre_has_every_test_or_a_reason(fit: OlsFit) -> None:
    table = assumption_table(fit)
    assert table.groupby("genre")["test"].nunique().tolist() == [4] * 4
    without = table[table["p"].isna()]
    assert (without["reason"] != "").all()


def test_the_slope_of_a_partial_regression_is_the_coefficient(fit: OlsFit) -> None:
    table = partial_regressions(fit, CLIPS)
    for k, genre in enumerate(fit.model.genres):
        part = table[table["genre"] == genre]
        x, y = part["column_rest"].to_numpy(), part["response_rest"].to_numpy()
        place = [*fit.model.reduction.names].index(part["column"].iloc[0]) + 1
        assert x @ y / (x @ x) == pytest.approx(fit.results[k].params[place], rel=1e-8)
