"""Principal components: scikit-learn, planted directions, words."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from classically_punk.catalogue.sets import SETS, described
from classically_punk.exploration.clip_matrix import ClipMatrix
from classically_punk.exploration.components import in_words, loading_table, principal_components, variance_table

KNOWN = described(SETS)


def test_variance_shares_and_scores_are_those_of_scikit_learn(rng: np.random.Generator) -> None:
    values = rng.normal(size=(80, 6)) @ rng.normal(size=(6, 6))
    standardised = (values - values.mean(axis=0)) / values.std(axis=0)
    found, reference = principal_components(standardised), PCA().fit(standardised)
    assert found.shares == pytest.approx(reference.explained_variance_ratio_, abs=1e-12)
    assert np.abs(found.scores) == pytest.approx(np.abs(reference.transform(standardised)), abs=1e-9)


def test_loadings_are_correlations_of_columns_with_components(rng: np.random.Generator) -> None:
    values = rng.normal(size=(50, 5)) @ rng.normal(size=(5, 5))
    standardised = (values - values.mean(axis=0)) / values.std(axis=0)
    found = principal_components(standardised)
    related = np.corrcoef(standardised.T, found.scores.T)[:5, 5:]
    assert found.loadings == pytest.approx(related, abs=1e-10)


def test_the_first_component_lies_along_planted_blobs(design, settings) -> None:
    rng = np.random.default_rng(1)
    far = np.repeat([0.0, 20.0], 30)[:, None]
    values = np.hstack([far + rng.normal(size=(60, 3)), rng.normal(size=(60, 2))])  # three columns of one direction
    matrix = ClipMatrix.of(design(values, ["a"] * 30 + ["b"] * 30), settings)
    found = principal_components(matrix.standardised)
    assert (found.loadings[:3, 0] > 0.99).all()
    assert (np.abs(found.loadings[3:, 0]) < 0.4).all()
    assert found.scores[30:, 0].min() > found.scores[:30, 0].max()


def test_columns_of_rank_one_have_one_component(rng: np.random.Generator) -> None:
    column = rng.normal(size=40)
    column = (column - column.mean()) / column.std()
    found = principal_components(np.column_stack([column, column, -column]))
    table = variance_table(found)
    assert table["share"].tolist() == [pytest.approx(1.0)]
    assert found.explaining().shape == (40, 1)
    assert not found.score(2).any()


def test_a_component_is_put_into_words_with_titles_of_the_catalogue(blobs: ClipMatrix) -> None:
    table = loading_table(principal_components(blobs.standardised), blobs.columns, KNOWN)
    assert table["words"].str.contains(r"MFCC \d \(mean\)").all()
    assert in_words([("flatness_mean", 0.9), ("level_std", -0.2)], KNOWN) == (
        "more Noisiness (mean), less Level (deviation)"
    )
