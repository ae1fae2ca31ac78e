"""Tests and shares over several coefficients: identities, a refit, and columns known to matter or not."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import f as fisher
from statsmodels.stats.multivariate import test_mvmean as hotelling_test

from classically_punk.contracts.classifier import Training
from classically_punk.diagnostics.coefficients import coefficient_table
from classically_punk.diagnostics.joint import effective_groups, family_table, joint_table, reference
from classically_punk.foundation.params import Ols
from classically_punk.models.ols import fit_ols
from classically_punk.models.planning import plan_columns

Settings = Callable[..., Ols]
Columns = tuple[str, ...]


@pytest.fixture(params=[1, 4])
def two_genres(training: Training, request: pytest.FixtureRequest) -> Training:
    """Two genres; every row by itself, or four rows by each artist."""
    labels = np.where(np.isin(training.labels, ["blues", "jazz"]), "blues", "pop").astype(object)
    groups = np.array([f"artist{i // request.param}" for i in range(120)], dtype=object)
    return Training(training.values, labels, groups, ("blues", "pop"))


def test_with_two_genres_the_joint_test_is_the_square_of_t(
    two_genres: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    """Their slopes are each other's negative: nothing is left to test jointly."""
    fit = fit_ols(two_genres, columns, families, ols_settings())
    joint = joint_table(fit, two_genres.groups)
    single = coefficient_table(fit)
    single = single[single["genre"] == "pop"]
    np.testing.assert_allclose(joint["wald"], single["t"] ** 2, rtol=1e-8)
    np.testing.assert_allclose(joint["p"], single["p"], rtol=1e-7)
    assert set(joint["df1"]) == {1.0}


def test_joint_test_of_many_genres(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    """Against the 3 x 3 block of the HC3 covariance of all coefficients stacked, one genre left out."""
    fit = fit_ols(training, columns, families, ols_settings())
    joint = joint_table(fit, training.groups)
    hat = fit.design @ np.linalg.pinv(fit.design)
    inflated = fit.residuals / (1 - np.diag(hat))[:, None]
    for j in range(len(columns)):
        pull = np.linalg.pinv(fit.design)[j + 1]
        covariance = (pull[:, None] * inflated).T @ (pull[:, None] * inflated)
        slopes = fit.model.slopes[j]
        wald = slopes[1:] @ np.linalg.solve(covariance[1:, 1:], slopes[1:])
        assert joint["wald"].iloc[j] == pytest.approx(wald / 3, rel=1e-8)
    assert set(joint["df1"]) == {3.0}
    assert set(joint["df2"]) == {111.0}


def test_a_column_of_noise_and_one_that_tells(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings, rng: np.random.Generator
) -> None:
    values = training.values.copy()
    values[:, 5] = rng.normal(size=120)
    values[:, 6] = (training.labels == "jazz") + 0.3 * rng.normal(size=120)
    fit = fit_ols(replace(training, values=values), columns, families, ols_settings())
    joint = joint_table(fit, training.groups).set_index("column")
    assert joint.loc["column6", "p_holm"] < 1e-6
    assert joint.loc["column5", "p"] > 0.01


def test_family_shares_are_those_of_a_refit(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    settings = ols_settings()
    fit = fit_ols(training, columns, families, settings)
    table = family_table(fit, plan_columns(len(columns), len(training.labels), settings)).set_index(["family", "genre"])
    for family in set(families.values()):
        places = [0, *(j + 1 for j, name in enumerate(columns) if families[name] != family)]
        for k, genre in enumerate(training.genres):
            without = sm.OLS(fit.indicators[:, k], fit.design[:, places]).fit()
            lost = (without.ssr - fit.results[k].ssr) / without.ssr
            assert table.loc[(family, genre), "partial_r2"] == pytest.approx(lost, abs=1e-10)
    assert set(table["nested"]) == {"yes"}


@pytest.mark.parametrize("choice", ["components", "vif_pruned", "family_components"])
def test_every_share_has_a_value_or_a_reason(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings, choice: str
) -> None:
    settings = ols_settings(columns=choice, rows_per_column=30.0, vif_limit=1.05)
    fit = fit_ols(training, columns, families, settings)
    table = family_table(fit, plan_columns(len(columns), len(training.labels), settings))
    assert ((table["partial_r2"].notna()) | (table["reason"] != "")).all()
    assert set(table["nested"]) == {"yes" if choice == "vif_pruned" else "no"}
    one = dict.fromkeys(columns, "timbre")
    alone = family_table(fit_ols(training, columns, one, settings), plan_columns(8, 120, settings))
    assert set(alone["reason"]) == {"the table has no other family"}


def test_leverage_one_leaves_the_joint_test_out(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    values = training.values.copy()
    values[:, 0] = 0.0
    values[17, 0] = 1.0
    fit = fit_ols(replace(training, values=values), columns, families, ols_settings())
    joint = joint_table(fit, training.groups)
    assert joint["p"].isna().all()
    assert joint["reason"].str.contains("leverage 1").all()


def test_means_of_groups_give_hotellings_test(rng: np.random.Generator) -> None:
    """Four slopes that are the means of 20 independent vectors: statsmodels' one-sample test of Hotelling."""
    vectors = rng.normal(size=(20, 4)) + 0.2
    mean = vectors.mean(axis=0)
    covariance = np.cov(vectors.T) / 20
    found = reference(float(mean @ np.linalg.solve(covariance, mean)), 4, "cluster-crv3", 19, 20.0)
    hotelling = hotelling_test(vectors)
    assert found.statistic == pytest.approx(hotelling.statistic)
    assert found.freedom == hotelling.df[1] == 16
    assert fisher.sf(found.statistic, 4, found.freedom) == pytest.approx(hotelling.pvalue)


def test_the_covariance_is_that_of_fits_without_one_group(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    """30 groups of four rows, of two genres each; one group after another left out and refitted."""
    groups = np.array([f"artist{k // 4}" for k in range(120)], dtype=object)
    grouped = replace(training, groups=groups)
    fit = fit_ols(grouped, columns, families, ols_settings())
    joint = joint_table(fit, groups)
    without = []
    for group in np.unique(groups):
        kept = groups != group
        without.append(np.linalg.lstsq(fit.design[kept], fit.indicators[kept], rcond=None)[0][1:])
    moves = np.array(without) - fit.model.slopes
    for j in range(len(columns)):
        covariance = 29 / 30 * moves[:, j].T @ moves[:, j]
        slopes = fit.model.slopes[j]
        wald = slopes[1:] @ np.linalg.solve(covariance[1:, 1:], slopes[1:])
        assert joint["wald"].iloc[j] == pytest.approx(wald * 27 / (29 * 3), rel=1e-8)
    assert set(joint["df2"]) == {27.0}


def test_effective_groups_by_hand() -> None:
    """Sizes 3, 2, 1: 36 / 14; equal groups count as they are."""
    assert effective_groups(np.array(list("aaabbc"), dtype=object)) == pytest.approx(36 / 14)
    assert effective_groups(np.array(list("aabbcc"), dtype=object)) == pytest.approx(3)


def test_groups_that_count_as_few_get_no_test(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    """60 groups, but one has half of the rows: they count as 14400 / (61 ** 2 + 59) = 3.8, too few for 3 slopes."""
    groups = np.array([f"artist{max(k - 60, 0)}" for k in range(120)], dtype=object)
    fit = fit_ols(replace(training, groups=groups), columns, families, ols_settings())
    joint = joint_table(fit, groups)
    assert joint["p"].isna().all()
    assert joint["reason"].str.startswith("no test: groups of these sizes count as 3.8 equal ones").all()
    assert (joint["family_size"] == 0).all()


def test_dependent_rows_taken_as_independent_get_no_test(
    training: Training, columns: Columns, families: Mapping[str, str], ols_settings: Settings
) -> None:
    """Six groups for nine coefficients, none of which can be left out: standard errors are HC3's, said to be small."""
    groups = np.array([f"artist{k // 20}" for k in range(120)], dtype=object)
    values = training.values.copy()
    values[:, 0] = groups == "artist0"
    fit = fit_ols(replace(training, values=values, groups=groups), columns, families, ols_settings())
    assert fit.robust.kind == "HC3"
    joint = joint_table(fit, groups)
    assert joint["p"].isna().all()
    assert joint["reason"].str.contains("too few for 9 coefficients").all()
