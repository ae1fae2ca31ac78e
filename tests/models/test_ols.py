"""The regressions: identities on paper, statsmodels, JSON, and data that least squares cannot take as they are."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from classically_punk.contracts.classifier import Training
from classically_punk.foundation.params import Ols
from classically_punk.models.ols import fit_ols, fit_regression, training_rows
from classically_punk.models.regression import GenreRegression, responses

Settings = Callable[..., Ols]
Columns = tuple[str, ...]
KINDS = [
    {"transform": "none"},
    {"transform": "yeo_johnson", "winsorise": 3.0},
    {"transform": "normal_scores", "columns": "components", "rows_per_column": 20.0},
]


@pytest.mark.parametrize("changed", KINDS)
def test_slopes_sum_to_zero_and_intercepts_to_one(
    training: Training,
    columns: Columns,
    families: Mapping[str, str],
    ols_settings: Settings,
    changed: dict[str, object],
) -> None:
    model = fit_regression(training, columns, families, ols_settings(**changed))
    np.testing.assert_allclose(model.slopes.sum(axis=1), 0.0, atol=1e-12)
    np.testing.assert_allclose(model.column_slopes.sum(axis=1), 0.0, atol=1e-12)
    assert model.intercepts.sum() == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(model.fitted_values(training.values).sum(axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(model.intercepts, 0.25, atol=1e-12)  # standardised columns: the share of each genre


@pytest.mark.parametrize("changed", KINDS)
def test_one_multi_response_fit_equals_statsmodels_genre_by_genre(
    training: Training,
    columns: Columns,
    families: Mapping[str, str],
    ols_settings: Settings,
    changed: dict[str, object],
) -> None:
    model = fit_regression(training, columns, families, ols_settings(**changed))
    design = sm.add_constant(model.design(training.values))
    indicators = responses(training.labels, training.genres)
    for k in range(4):
        result = sm.OLS(indicators[:, k], design).fit()
        np.testing.assert_allclose(np.r_[model.intercepts[k], model.slopes[:, k]], result.params, rtol=0, atol=1e-10)
        np.testing.assert_allclose(model.fitted_values(training.values)[:, k], result.fittedvalues, rtol=0, atol=1e-10)


@pytest.mark.parametrize("changed", KINDS)
def test_reloaded_model_predicts_what_statsmodels_predicts(
    training: Training,
    columns: Columns,
    families: Mapping[str, str],
    ols_settings: Settings,
    changed: dict[str, object],
    rng: np.random.Generator,
) -> None:
    fit = fit_ols(training, columns, families, ols_settings(**changed))
    text = json.dumps(fit.model.to_json(), allow_nan=False)
    read = GenreRegression.from_json(json.loads(text))
    new = training.values[rng.permutation(120)[:40]] * rng.uniform(0.8, 1.2, size=(40, 8))
    design = np.column_stack([np.ones(40), fit.model.design(new)])
    expected = np.column_stack([result.predict(design) for result in fit.results])
    np.testing.assert_allclose(read.fitted_values(new), expected, rtol=0, atol=1e-12)
    assert list(read.predict(new)) == [training.genres[k] for k in expected.argmax(axis=1)]
    assert json.dumps(read.to_json()) == text


def test_final_fit_equals_fold_fit(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    settings = ols_settings(transform="yeo_johnson")
    one = fit_regression(training, columns, families, settings)
    other = fit_ols(training, columns, families, settings).model
    np.testing.assert_allclose(one.slopes, other.slopes, rtol=0, atol=1e-10)


def test_contributions_and_intercepts_add_up(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    model = fit_regression(training, columns, families, ols_settings(columns="components", rows_per_column=30.0))
    total = model.intercepts + model.contributions(training.values).sum(axis=1)
    np.testing.assert_allclose(total, model.fitted_values(training.values), rtol=0, atol=1e-12)


def test_leverage_is_the_diagonal_of_the_hat_matrix(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    fit = fit_ols(training, columns, families, ols_settings())
    hat = fit.design @ np.linalg.pinv(fit.design)
    read = GenreRegression.from_json(fit.model.to_json())
    np.testing.assert_allclose(read.leverage(training.values), np.diag(hat), atol=1e-10)
    assert read.leverage(training.values).sum() == pytest.approx(9.0)
    of_fold = fit_regression(training, columns, families, ols_settings())
    np.testing.assert_allclose(of_fold.leverage(training.values), np.diag(hat), atol=1e-10)
    with pytest.raises(ValueError, match="inverse Gram"):
        replace(of_fold, spread=None).leverage(training.values)


def test_genre_absent_in_training_is_never_predicted(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    seen = training.labels != "pop"
    part = Training(training.values[seen], training.labels[seen], training.groups[seen], training.genres)
    model = fit_regression(part, columns, families, ols_settings(transform="yeo_johnson"))
    fitted = model.fitted_values(training.values)
    np.testing.assert_allclose(fitted[:, training.genres.index("pop")], 0.0, atol=1e-12)
    assert "pop" not in set(model.predict(training.values))
    np.testing.assert_allclose(fitted.sum(axis=1), 1.0, atol=1e-12)


@pytest.mark.parametrize("n_rows", [4, 6, 9, 10])
@pytest.mark.parametrize("choice", ["all", "components"])
def test_fewer_rows_than_columns_still_gives_numbers(
    training: Training,
    columns: Columns,
    families: Mapping[str, str],
    ols_settings: Settings,
    n_rows: int,
    choice: str,
) -> None:
    part = Training(training.values[:n_rows], training.labels[:n_rows], training.groups[:n_rows], training.genres)
    settings = ols_settings(transform="yeo_johnson", columns=choice, rows_per_column=1.1)
    fit = fit_ols(part, columns, families, settings)
    assert np.isfinite(fit.model.fitted_values(training.values)).all()
    assert fit.model.n_columns <= n_rows - 2
    if choice == "all" and n_rows < 10:
        assert "too many" in fit.model.notes[0]
    json.dumps(fit.model.to_json(), allow_nan=False)


def test_constant_and_repeated_columns_are_left_out_by_name(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    values = training.values.copy()
    values[:, 1] = 3.0
    values[:, 6] = 2.0 * values[:, 0] + 1e-5
    model = fit_regression(replace(training, values=values), columns, families, ols_settings())
    assert model.reduction.aliased == ("column1", "column6")
    plain = fit_regression(
        replace(training, values=np.delete(values, [1, 6], axis=1)),
        tuple(np.delete(np.array(columns), [1, 6])),
        families,
        ols_settings(),
    )
    np.testing.assert_allclose(
        model.fitted_values(values), plain.fitted_values(np.delete(values, [1, 6], axis=1)), atol=1e-10
    )


def test_a_column_that_separates_a_genre_perfectly(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    values = training.values.copy()
    values[:, 0] = training.labels == "jazz"
    fit = fit_ols(replace(training, values=values), columns, families, ols_settings())
    jazz = training.genres.index("jazz")
    np.testing.assert_allclose(fit.model.fitted_values(values)[:, jazz], values[:, 0], atol=1e-10)


def test_units_do_not_matter(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    settings = ols_settings(transform="yeo_johnson", winsorise=4.0)
    one = fit_regression(training, columns, families, settings)
    scaled = replace(training, values=training.values * 60.0)
    other = fit_regression(scaled, columns, families, settings)
    np.testing.assert_allclose(one.fitted_values(training.values), other.fitted_values(scaled.values), atol=1e-6)


def test_training_rows_are_the_whole_clips() -> None:
    table = pd.DataFrame(
        {"clip": ["a", "a", "b"], "window": [-1, 0, -1], "label": ["x", "x", "y"], "group": ["g", "g", "h"]}
    ).assign(recording="r", one=[1.0, 2.0, 3.0])
    training = training_rows(table, ["one"])
    assert training.values.tolist() == [[1.0], [3.0]]
    assert training.genres == ("x", "y")
    assert list(training.groups) == ["g", "h"]


def test_errors_name_what_is_wrong(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    with pytest.raises(ValueError, match="7 column names for 8 columns"):
        fit_regression(training, columns[:7], families, ols_settings())
    with pytest.raises(ValueError, match="label 'rock'"):
        fit_regression(replace(training, genres=("blues", "jazz", "pop")), columns, families, ols_settings())
    with pytest.raises(ValueError, match="format 99"):
        GenreRegression.from_json({"format": 99})
