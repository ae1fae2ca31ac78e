"""The comparators: grids searched without the test rows, groups kept whole, genres that are absent."""

import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from classically_punk.contracts.classifier import Training
from classically_punk.contracts.models import MODELS
from classically_punk.foundation.params import Comparators, Inner, Ols, read_params
from classically_punk.models.comparators import comparator_methods, comparator_suite
from classically_punk.models.methods import Size
from classically_punk.validation.inner import inner_folds

Settings = Callable[..., Ols]
REPOSITORY = Path(__file__).resolve().parents[2]
INNER = Inner(folds=3, seed=4)


@pytest.fixture
def grids() -> Comparators:
    """Those of params.yaml, with small forests and few rounds."""
    settings = read_params(REPOSITORY / "params.yaml").comparators
    forest = settings.forest.model_copy(update={"trees": 20})
    boosting = settings.boosting.model_copy(update={"rounds": [10]})
    return settings.model_copy(update={"forest": forest, "boosting": boosting})


def test_all_of_them_beat_the_most_frequent_genre(
    training: Training, grids: Comparators, ols_settings: Settings
) -> None:
    odd = np.arange(120) // 4 % 2 == 1
    fitted = comparator_suite(grids, ols_settings(), INNER)(training.part(odd))
    assert list(fitted) == [name for name, entry in MODELS.items() if entry.method and entry.everywhere]
    rest = training.part(~odd)
    share = {name: (each.scores(rest.values).argmax(axis=1) == rest.index).mean() for name, each in fitted.items()}
    assert all(value > share["majority"] + 0.15 for name, value in share.items() if name != "majority"), share
    for name, each in fitted.items():
        values = each.scores(rest.values)
        assert np.isfinite(values).all(), name
        assert values.shape == (60, 4)
        assert each.inverse_temperature > 0


def test_ridge_and_logistic_regression_are_scikit_learns(
    training: Training, grids: Comparators, ols_settings: Settings
) -> None:
    one = grids.model_copy(
        update={
            "ridge": grids.ridge.model_copy(update={"alpha": [7.0]}),
            "logistic": grids.logistic.model_copy(update={"c": [0.2]}),
        }
    )
    fitted = comparator_suite(one, ols_settings(), INNER)(training)
    standardised = StandardScaler().fit_transform(training.values)
    indicators = (training.labels[:, None] == np.array(training.genres, dtype=object)).astype(float)
    ridge = Ridge(7.0).fit(standardised, indicators)
    np.testing.assert_allclose(fitted["ridge"].scores(training.values), ridge.predict(standardised), atol=1e-9)
    logistic = LogisticRegression(C=0.2, max_iter=2000).fit(standardised, training.labels.astype(str))
    np.testing.assert_allclose(
        fitted["logistic"].scores(training.values), logistic.decision_function(standardised), atol=1e-9
    )
    assert "alpha 7" in fitted["ridge"].notes[0]


def test_a_genre_absent_in_training_is_never_predicted(
    training: Training, grids: Comparators, ols_settings: Settings
) -> None:
    part = training.part(training.labels != "pop")
    for name, each in comparator_suite(grids, ols_settings(), INNER)(part).items():
        values = each.scores(training.values)
        assert np.isfinite(values).all()
        if name != "ridge":
            assert "pop" not in {training.genres[k] for k in values.argmax(axis=1)}, name
    pop = training.genres.index("pop")
    ridge = comparator_suite(grids, ols_settings(), INNER, only="ridge")(part)["ridge"]
    np.testing.assert_allclose(ridge.scores(training.values)[:, pop], 0.0, atol=1e-12)


def test_a_genre_of_one_clip_says_nothing_to_the_screen(
    training: Training, grids: Comparators, ols_settings: Settings
) -> None:
    """scikit-learn's shrunken covariance warns of it, and would have the table reshaped."""
    one = np.flatnonzero(training.labels == "pop")[0]
    part = training.part((training.labels != "pop") | (np.arange(120) == one))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted = comparator_suite(grids, ols_settings(), INNER)(part)
    assert all(np.isfinite(each.scores(training.values)).all() for each in fitted.values())


@pytest.mark.parametrize("rows", [2, 3])
def test_as_few_clips_as_a_protocol_takes(
    training: Training, grids: Comparators, ols_settings: Settings, rows: int
) -> None:
    """Their inner folds train on one clip of each genre: where a method cannot be fitted to that, it gives shares."""
    of_both = np.concatenate([np.flatnonzero(training.labels == genre)[:rows] for genre in ("blues", "jazz")])
    part = replace(training.part(np.isin(np.arange(120), of_both)), genres=("blues", "jazz"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted = comparator_suite(grids, ols_settings(), INNER)(part)
    for name, each in fitted.items():
        assert np.isfinite(each.scores(part.values)).all(), name
        assert 0 < each.inverse_temperature < np.inf, name


def test_two_genres(training: Training, grids: Comparators, ols_settings: Settings) -> None:
    """scikit-learn's decision functions have one column there."""
    part = replace(training.part(np.isin(training.labels, ["blues", "jazz"])), genres=("blues", "jazz"))
    for name, each in comparator_suite(grids, ols_settings(), INNER)(part).items():
        found = each.scores(part.values)
        assert found.shape == (60, 2), name
        if name != "majority":
            assert (found.argmax(axis=1) == part.index).mean() > 0.8, name


def test_the_grid_is_searched_without_splitting_groups(
    training: Training, grids: Comparators, ols_settings: Settings
) -> None:
    """Labels that are random but for artists, whose clips are alike: one neighbour is right by the artist alone. Folds
    that split artists would choose it; folds that do not see no difference, and take the first of the grid."""
    rng = np.random.default_rng(5)
    artist = np.repeat(np.arange(30), 4)
    values = rng.normal(size=(30, 8))[artist] + 0.01 * rng.normal(size=(120, 8))
    labels = np.array(training.genres, dtype=object)[(np.arange(30) % 4)[artist]]
    groups = np.array([f"artist{k}" for k in artist], dtype=object)
    only = grids.model_copy(update={"knn": grids.knn.model_copy(update={"neighbours": [1]})})
    part = Training(values, labels, groups, training.genres)
    assert loss_in(comparator_suite(only, ols_settings(), INNER, only="knn")(part)["knn"].notes) > np.log(4) - 0.1
    split = replace(part, groups=np.array([f"row{k}" for k in range(120)], dtype=object))
    assert loss_in(comparator_suite(only, ols_settings(), INNER, only="knn")(split)["knn"].notes) < 0.2


def loss_in(notes: tuple[str, ...]) -> float:
    """Of the notes of a comparator, which say how its setting was chosen."""
    (found,) = [re.search(r"inner log loss ([\d.]+)", note) for note in notes if note.startswith("inner log loss")]
    assert found is not None
    return float(found[1])


def test_no_choice_hangs_on_a_last_bit(training: Training, grids: Comparators, ols_settings: Settings) -> None:
    """Every value moved by one last bit, up or down: the settings stay, of all that are searched."""
    rng = np.random.default_rng(3)
    moved = np.nextafter(training.values, np.where(rng.random(training.values.shape) < 0.5, np.inf, -np.inf))
    for name in ("ridge", "lda", "logistic", "knn", "svm"):
        fit = comparator_suite(grids, ols_settings(), INNER, only=name)
        assert fit(training)[name].notes == fit(replace(training, values=moved))[name].notes


def test_of_equal_settings_the_first_is_taken(training: Training, grids: Comparators, ols_settings: Settings) -> None:
    """No row has so many neighbours: both settings ask them all."""
    same = grids.model_copy(update={"knn": grids.knn.model_copy(update={"neighbours": [900, 500]})})
    assert comparator_suite(same, ols_settings(), INNER, only="knn")(training)["knn"].notes[0] == "neighbours 900"


def test_large_training_parts_are_thinned_by_whole_groups(
    training: Training, grids: Comparators, ols_settings: Settings
) -> None:
    groups = np.array([f"artist{k // 3}" for k in range(120)], dtype=object)
    few = grids.model_copy(update={"search_rows": 60})
    ridge = comparator_suite(few, ols_settings(), INNER, only="ridge")(replace(training, groups=groups))["ridge"]
    assert "searched on 60 of 120 rows" in ridge.notes


@pytest.mark.parametrize(
    ("groups", "note"), [(["one"] * 120, "split groups"), ([f"a{k % 4}" for k in range(120)], "absent from some")]
)
def test_groups_that_allow_no_folds_are_noted(training: Training, groups: list[str], note: str) -> None:
    """One artist for all; one artist for each genre."""
    folds = inner_folds(replace(training, groups=np.array(groups, dtype=object)), INNER)
    assert note in folds.note
    assert set(folds.numbers) == {1, 2, 3}


def test_every_comparator_of_the_registry_has_its_method() -> None:
    methods = set(comparator_methods(read_params(REPOSITORY / "params.yaml").comparators))
    assert methods == {name for name, entry in MODELS.items() if entry.method and entry.everywhere}


@pytest.mark.parametrize("n_genres", [2, 4])
def test_fewer_rounds_of_boosting_are_the_first_of_more(training: Training, grids: Comparators, n_genres: int) -> None:
    """One fit answers for the whole grid, in the order of the grid, to the last bit."""
    part = training.part(np.isin(training.labels, training.genres[:n_genres]))
    labels = part.labels.astype(str)
    boosting = grids.boosting.model_copy(update={"rounds": [7, 3, 12]})
    method = comparator_methods(grids.model_copy(update={"boosting": boosting}))["boosting"]
    size = Size(len(labels), part.values.shape[1], n_genres)
    assert method.path is not None
    longest = method.make(method.path.longest, size).fit(part.values, labels)
    passed = method.path.scores(longest, part.values)
    for choice, found in zip(method.grid, passed, strict=True):
        alone = method.scores(method.make(choice, size).fit(part.values, labels), part.values)
        np.testing.assert_array_equal(found, alone)
