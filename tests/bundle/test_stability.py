"""Lines for drift: artists stay whole, one batch in a hundred crosses any, and p values for clips do not hold."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ks_2samp

from classically_punk.bundle.form import Critical
from classically_punk.bundle.stability import (
    Music,
    calibrate,
    critical_for,
    jointly_critical,
    part,
    parted,
)
from classically_punk.bundle.two_samples import homogeneity

GENRES = ("jazz", "pop")


def artists(rng: np.random.Generator, count: int, clips: int = 5, alike: float = 0.8) -> Music:
    """Clips with 4 columns, whose artists account for `alike` of the variance; genre and sureness hang on columns."""
    values = np.sqrt(alike) * np.repeat(rng.normal(size=(count, 4)), clips, axis=0)
    values += np.sqrt(1 - alike) * rng.normal(size=values.shape)
    groups = np.repeat([f"artist{k}" for k in range(count)], clips).astype(object)
    predicted = np.where(values[:, 0] > 0, "jazz", "pop").astype(object)
    return Music(values, values[:, :2], groups, predicted, values[:, 1] > -1)


def joined(first: Music, second: Music) -> tuple[Music, np.ndarray]:
    parts = (getattr(first, name) for name in vars(first)), (getattr(second, name) for name in vars(second))
    both = Music(*(np.concatenate(pair) for pair in zip(*parts, strict=True)))
    return both, np.arange(len(both.groups)) >= len(first.groups)


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_parts_are_whole_artists_and_about_as_large_as_asked(rng: np.random.Generator, share: float) -> None:
    groups = np.repeat([f"a{k}" for k in range(60)], rng.integers(1, 8, 60)).astype(object)
    found = part(groups, share, 50, rng)
    for group in set(groups):
        assert np.ptp(found[:, groups == group].astype(int), axis=1).max() == 0
    assert np.abs(found.mean(axis=1) - share).max() < 0.06


def test_no_part_is_empty_or_everything(rng: np.random.Generator) -> None:
    groups = np.array(["large"] * 50 + ["small"], dtype=object)
    found = part(groups, 0.2, 20, rng).mean(axis=1)
    assert found.min() > 0
    assert found.max() < 1


def test_statistics_of_a_parting_are_scipys(rng: np.random.Generator) -> None:
    music = artists(rng, 12)
    music = replace(music, values=music.values.round(1))  # with ties
    sets = part(music.groups, 0.35, 3, rng)
    for found, inside in zip(parted(music, sets, GENRES)[:, 0], sets, strict=True):
        n, m = (~inside).sum(), inside.sum()
        largest = max(ks_2samp(column[inside], column[~inside]).statistic for column in music.values.T)
        assert found == pytest.approx(np.sqrt(n * m / (n + m)) * largest, rel=1e-5)


def test_one_row_in_a_hundred_crosses_any_line(rng: np.random.Generator) -> None:
    statistics = rng.normal(size=(5000, 4)) ** 2
    crossed = (statistics > jointly_critical(statistics, 0.01)).any(axis=1).mean()
    assert 0.009 <= crossed <= 0.01


def test_stable_batches_of_unheard_artists_stay_below_the_lines_and_clips_taken_for_independent_do_not() -> None:
    """30 rounds at a level of 1 in 100: four or more alarms would come once in 4000 such tests."""
    alarms = {"artists": 0, "clips": 0}
    for seed in range(30):
        rng = np.random.default_rng(seed)
        training, batch = artists(rng, 40, clips=6), artists(rng, 35, clips=6)
        both, inside = joined(training, batch)
        found = parted(both, inside[None, :], GENRES)[0]
        clips = replace(training, groups=np.arange(240).astype(str).astype(object))
        for kind, music in (("artists", training), ("clips", clips)):
            stability = calibrate(music, GENRES, seed, splits=250)
            assert stability is not None
            line = critical_for(stability, 240, 210)
            alarms[kind] += bool((found > [line.columns, line.kernel, line.genres, line.unsure]).any())
    assert alarms["artists"] < 4
    assert alarms["clips"] >= alarms["artists"] + 5


def test_a_genre_or_answer_that_never_came_does_not_make_one_clip_an_alarm(rng: np.random.Generator) -> None:
    music = artists(rng, 30)
    music = replace(music, predicted=np.full(150, "pop", dtype=object), sure=np.ones(150, dtype=bool))
    stability = calibrate(music, GENRES, 0, splits=50)
    assert stability is not None
    one_of_200 = homogeneity(np.array([150.0, 0.0]), np.array([199.0, 1.0]))
    assert all(one_of_200 < min(line.unsure, line.genres) for line in stability.critical)


def test_too_few_artists_give_no_line(rng: np.random.Generator) -> None:
    assert calibrate(artists(rng, 10), GENRES, 0, splits=50) is None


def test_a_prediction_that_is_no_genre_is_named(rng: np.random.Generator) -> None:
    with pytest.raises(ValueError, match="'pop' was predicted"):
        calibrate(artists(rng, 30), ["jazz"], 0, splits=50)


def test_a_line_lies_between_those_of_its_neighbours_and_sides_are_alike(rng: np.random.Generator) -> None:
    stability = calibrate(artists(rng, 30), GENRES, 0, splits=200)
    assert stability is not None
    low, _, high = (
        Critical(share=share, columns=k, kernel=k, genres=k, unsure=k)
        for share, k in [(0.2, 1.0), (0.3, 1.5), (0.4, 2.0)]
    )
    stability = stability.model_copy(update={"critical": [low, high]})
    assert critical_for(stability, 700, 300).columns == pytest.approx(1.5)
    assert critical_for(stability, 300, 700).columns == pytest.approx(1.5)
    assert critical_for(stability, 300, 100_000).columns == 1.0
    assert critical_for(stability, 500, 500).columns == 2.0
