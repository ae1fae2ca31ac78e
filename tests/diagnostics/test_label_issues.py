"""Labels that the music contradicts: planted ones come first, and a clip's own song has no say in it."""

import numpy as np
import pytest

from classically_punk.contracts.label_search import METHODS
from classically_punk.diagnostics.label_doubts import adjusted, by_chance, doubts, measures, neighbours
from classically_punk.diagnostics.label_issues import Rows, label_issue_table, margins, searched_rows, towards

GENRES = ("blues", "jazz", "rock")
COLUMNS = [f"column{j}" for j in range(5)]
WEIGHTS = np.eye(5)[:, :4] + 0.1
"""Four columns of the regression of five of the table."""


@pytest.fixture
def table(rng: np.random.Generator) -> tuple[Rows, np.ndarray]:
    """60 clips of three genres far apart, two of a song; jazz that bears the label rock: c31, and both clips of c37's
    song, c36 and c37. Returns the rows and their 5 standardised columns."""
    actual = np.repeat(np.arange(3), 20)
    values = 3 * rng.normal(size=(3, 5))[actual] + rng.normal(size=(60, 5))
    labels = np.array(GENRES, dtype=object)[actual]
    labels[[31, 36, 37]] = "rock"
    songs = np.array([f"s{k // 2:02d}" for k in range(60)], dtype=object)
    return searched_rows([f"c{k:02d}" for k in range(60)], labels, songs, values @ WEIGHTS), values


def test_wrong_labels_come_first_with_the_genre_that_is_played(table: tuple[Rows, np.ndarray]) -> None:
    rows, values = table
    issues = label_issue_table(rows, values, WEIGHTS, COLUMNS)
    assert set(issues["clip"][:3]) == {"c31", "c36", "c37"}
    assert (issues["suggested"][:3] == "jazz").all()
    assert (issues["predicted"][:3] == "jazz").all()
    assert issues["rank"].tolist() == list(range(1, 61))
    assert (issues["disagreement"].diff().dropna() <= 0).all()


def test_fitted_values_are_those_of_a_fit_without_the_song(table: tuple[Rows, np.ndarray]) -> None:
    rows, values = table
    issues = label_issue_table(rows, values, WEIGHTS, COLUMNS).set_index("clip")
    out = rows.songs == "s18"
    slopes = np.linalg.lstsq(rows.design[~out], rows.indicators(rows.actual)[~out], rcond=None)[0]
    (fitted,) = rows.design[rows.clips == "c36"] @ slopes
    assert issues.loc["c36", "fitted_label"] == pytest.approx(fitted[GENRES.index("rock")])
    assert issues.loc["c36", "disagreement"] == pytest.approx(fitted[1] - fitted[2])


def test_evidence_is_of_the_fit_without_the_song(table: tuple[Rows, np.ndarray]) -> None:
    """Its parts are those of an explicit refit, and with the intercepts they add up to the disagreement."""
    rows, values = table
    suggested = np.where(rows.actual == 1, 2, 1)
    parts = towards(rows, suggested, values, WEIGHTS)
    indicators = rows.indicators(rows.actual)
    for song in ("s00", "s15", "s18"):
        out = rows.songs == song
        found = np.linalg.lstsq(rows.design[~out], indicators[~out], rcond=None)[0]
        for row in np.flatnonzero(out):
            difference = found[:, suggested[row]] - found[:, rows.actual[row]]
            np.testing.assert_allclose(parts[row], values[row] * (WEIGHTS @ difference[1:]), atol=1e-10)
            expected = rows.fitted[row, suggested[row]] - rows.fitted[row, rows.actual[row]]
            assert parts[row].sum() + difference[0] == pytest.approx(expected)


def test_evidence_names_the_largest_parts(table: tuple[Rows, np.ndarray]) -> None:
    rows, values = table
    first = label_issue_table(rows, values, WEIGHTS, COLUMNS).iloc[0]
    row = list(rows.clips).index(first["clip"])
    (suggested,) = [k for k, name in enumerate(GENRES) if name == first["suggested"]]
    part = towards(rows, np.full(60, suggested), values, WEIGHTS)[row]
    expected = "; ".join(f"{COLUMNS[j]} {part[j]:+.3f}" for j in np.argsort(-part)[:3])
    assert first["evidence"] == expected


def test_a_genre_of_one_song_is_not_searched() -> None:
    """Without the song nothing would speak for the genre, and each of its clips would come first."""
    labels = np.array(["blues"] * 3 + ["jazz"] * 3 + ["rock"] * 2, dtype=object)
    songs = np.array(["a", "b", "c", "d", "e", "f", "g", "g"], dtype=object)
    rows = searched_rows(list("ABCDEFGH"), labels, songs, np.arange(8.0)[:, None])
    assert (rows.genres, "".join(rows.clips), rows.design.shape) == (("blues", "jazz"), "ABCDEF", (6, 2))
    with pytest.raises(ValueError, match="two genres or more"):
        searched_rows(list("FGH"), labels[5:], songs[5:], np.arange(3.0)[:, None])


def test_the_margin_is_positive_where_another_genre_fits_better() -> None:
    fitted = np.array([[0.9, 0.1, 0.0], [0.2, 0.3, 0.5]])
    np.testing.assert_allclose(margins(fitted, np.array([0, 1])), [-0.8, 0.2])


def test_every_method_but_chance_has_its_doubts(table: tuple[Rows, np.ndarray]) -> None:
    rows, _ = table
    found = doubts(rows.fitted, rows.actual, neighbours(rows))
    assert [*found, "chance"] == list(METHODS)
    for method, doubt in found.items():
        assert doubt[31] > np.median(doubt), method


def test_neighbours_are_the_nearest_of_other_songs(table: tuple[Rows, np.ndarray]) -> None:
    rows, _ = table
    distance = np.linalg.norm(rows.design[:, None] - rows.design[None], axis=2)
    for row, nearest in enumerate(neighbours(rows)):
        elsewhere = rows.songs != rows.songs[row]
        assert set(nearest) == set(np.flatnonzero(elsewhere)[np.argsort(distance[row, elsewhere])[:10]])


def test_confident_learning_doubts_a_label_below_the_mean_of_its_genre() -> None:
    """Thresholds by hand: .7 for the first genre, .6 for the second, and 2 for the third, which no row is labelled."""
    probabilities = np.array([[0.8, 0.2, 0.0], [0.6, 0.3, 0.1], [0.4, 0.6, 0.0]])
    found = adjusted(probabilities, np.array([0, 0, 1]))
    shifted = probabilities + 2.0 - [0.7, 0.6, 2.0]
    np.testing.assert_allclose(found, shifted / shifted.sum(axis=1, keepdims=True))


def test_chance_is_the_mean_of_all_orders() -> None:
    """Two wrong labels among five: each of the ten places that they can take in an order is as likely."""
    orders = [(one, two) for one in range(5) for two in range(one + 1, 5)]
    found = [measures(np.isin(np.arange(5), order), -np.arange(5.0)) for order in orders]
    for measure, value in by_chance(5, 2).items():
        assert np.mean([each[measure] for each in found]) == pytest.approx(value), measure


def test_chance_tends_to_the_share() -> None:
    assert by_chance(1_000_000, 50_000)["average_precision"] == pytest.approx(0.05, abs=1e-4)
    assert by_chance(100, 5)["precision_at_5"] == 0.05
    assert by_chance(3, 3) == pytest.approx({"average_precision": 1.0, "precision_at_3": 1.0})
