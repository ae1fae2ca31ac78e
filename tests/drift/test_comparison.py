"""What must alarm does, what must not does not, and the columns that moved are named the right way round."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from classically_punk.audio.alterations import Alteration, band_limit, clipping
from classically_punk.bundle.reading import Loaded
from classically_punk.drift.batch import Batch, Clip
from classically_punk.drift.comparison import CannotTell, Comparison, Reference, compare, require_enough
from classically_punk.drift.described import comparison_json, notes, verdict, words


@pytest.fixture
def compared(loaded: Loaded) -> Callable[[Any], Comparison]:
    """What is found of made music, whose clips the bundle's regression answers."""
    regression = loaded.fits["clips"].regression

    def compare_with(made: Any) -> Comparison:
        values = made.columns()
        sure = regression.probabilities(values).max(axis=1) >= 0.7
        return compare(Reference.of(loaded), values, regression.predict(values), sure)

    return compare_with


def altered(made: Any, alteration: Alteration) -> Any:
    return replace(made, samples=[alteration.apply(one, 0) for one in made.samples])


def moved_tests(found: Comparison) -> set[str]:
    return {test.name for test in found.tests if test.moved}


def test_the_same_music_by_other_artists_is_stable(compared: Callable[[Any], Comparison], stable: Any) -> None:
    found = compared(stable)
    assert not found.drifted
    assert not found.moved
    assert verdict(found).startswith("stable: ")


def test_a_low_pass_at_8_khz_is_found_and_lowers_what_lies_high(
    compared: Callable[[Any], Comparison], stable: Any
) -> None:
    found = compared(altered(stable, band_limit(16_000)))
    assert {"columns", "kernel"} <= moved_tests(found)
    first = {each.column.column: each for each in found.moved}
    assert "flatness_mean" in first
    assert "lower" in words(first["flatness_mean"])


def test_clipping_is_found(compared: Callable[[Any], Comparison], stable: Any) -> None:
    found = compared(altered(stable, clipping()))
    assert "columns" in moved_tests(found)
    crest = next(each for each in found.moved if each.column.column == "crest_factor")
    assert "lower" in words(crest)


def test_a_shift_of_genres_is_found(compared: Callable[[Any], Comparison], make_music: Callable[..., Any]) -> None:
    found = compared(make_music(2, 43, genres=("metal",)))
    assert "genres" in moved_tests(found)
    before, now = found.genres["metal"]
    assert now > 0.8 > before


def test_louder_music_is_said_to_be_louder_in_decibels(
    loaded: Loaded, compared: Callable[[Any], Comparison], stable: Any
) -> None:
    """The level of every clip is 6.02 dB down: the median moves by that, and the words give both."""
    found = compared(replace(stable, samples=[one // 2 for one in stable.samples]))
    level = next(each for each in found.columns if each.column.column == "level_mean")
    unchanged = next(each for each in compared(stable).columns if each.column.column == "level_mean")
    assert unchanged.now[1] - level.now[1] == pytest.approx(6.02, abs=0.05)
    assert level.p < found.level
    said = words(level)
    assert said.startswith("the level_mean: lower, median -")
    assert f"{level.now[1]:.4g} dB (training {level.before[1]:.4g} dB)" in said


def test_a_wider_spread_about_the_same_median_is_called_so(compared: Callable[[Any], Comparison], stable: Any) -> None:
    some = compared(stable).columns[0]
    same_median = replace(some, before=(-1.0, 0.0, 1.0), now=(-3.0, 0.1, 3.0))
    assert "spread wider, middle half -3 to 3" in words(same_median)
    assert "spread less" in words(replace(some, before=(-3.0, 0.0, 3.0), now=(-1.0, 0.1, 1.0)))


def test_199_clips_are_too_few_and_200_are_not() -> None:
    require_enough(200)
    with pytest.raises(CannotTell, match="199 clips can be compared; at least 200"):
        require_enough(199)


def test_a_bundle_without_lines_cannot_tell(loaded: Loaded) -> None:
    content = loaded.content.model_copy(update={"stability": None})
    without = replace(loaded, bundle=loaded.bundle.model_copy(update={"content": content}))
    with pytest.raises(CannotTell, match="too few artists"):
        Reference.of(without)


def test_other_lengths_are_noted(loaded: Loaded, compared: Callable[[Any], Comparison], stable: Any) -> None:
    at = Clip(np.zeros(len(loaded.steps)), "pop", True, duration=0.6)
    assert not notes(Batch((at,)), loaded)
    assert "move with the length alone" in notes(Batch((replace(at, duration=30.0),)), loaded)[0]
    said = comparison_json(compared(stable), Batch((at,)), loaded)
    assert [test["test"] for test in said["tests"]] == ["columns", "kernel", "genres", "unsure"]
    assert sum(each["share"] for each in said["genres"]) == pytest.approx(1.0, abs=1e-5)
