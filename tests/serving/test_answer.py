"""Answers of a small bundle: exact explanations, any length, and what cannot be answered."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from classically_punk.audio import isolated
from classically_punk.audio.canonical import SAMPLE_RATE, write_canonical
from classically_punk.audio.decode import Decoded, DecodingLimits
from classically_punk.bundle.reading import Loaded
from classically_punk.contracts.faults import Fault
from classically_punk.features.cached import feature_table
from classically_punk.features.extract import clip_features
from classically_punk.foundation.params import Features
from classically_punk.serving.answer import Answerer, NoAnswer, cut, share_below
from classically_punk.serving.described import answer_json

Sound = Callable[..., NDArray[np.int16]]


@pytest.fixture(scope="module")
def answerer(small_model: Loaded) -> Answerer:
    return Answerer(small_model)


@pytest.mark.parametrize("kind", ["hum", "noise", "pulses"])
@pytest.mark.parametrize("seconds", [0.5, 1.0, 3.0, 8.0, 20.0])
def test_terms_and_intercept_add_up_to_the_margin(
    answerer: Answerer, make_sound: Sound, kind: str, seconds: float
) -> None:
    answer = answerer.answer(make_sound(kind, 99, seconds))
    found = answer.explanation
    assert found.intercept + sum(term.contribution for term in found.terms) == pytest.approx(found.margin, abs=1e-9)
    assert sum(found.families.values()) == pytest.approx(sum(t.contribution for t in found.terms), abs=1e-9)
    assert found.margin >= 0
    assert answer.whole.probabilities.sum() == pytest.approx(1.0)
    if seconds >= 1.0:
        assert answer.whole.genre == kind == found.winner


def test_the_scores_are_those_of_the_models_themselves(answerer: Answerer, make_sound: Sound) -> None:
    """By another way: the clip's columns, as the graph extracts them, given to the fitted models."""
    samples = make_sound("hum", 5)
    loaded = answerer.loaded
    settings = Features(sets=["graph"], **loaded.content.extraction.model_dump())
    values = clip_features(samples, settings, loaded.steps).values[:1].astype(float)
    answer = answerer.answer(samples)
    assert answer.columns.tobytes() == values[0].tobytes()
    scores = loaded.fits["clips"].optimal_scoring.scores(values)[0]
    b = answer.basis.inverse_temperature
    odds = np.exp(b * (scores - scores.max()))
    np.testing.assert_allclose(answer.whole.probabilities, odds / odds.sum(), rtol=1e-9)
    assert answer.novelty == pytest.approx(loaded.fits["clips"].regression.leverage(values)[0])


def test_the_graph_and_an_answer_describe_a_file_with_the_same_bytes(
    answerer: Answerer, make_sound: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The graph: from canonical files, in the stage `features`. An answer: from the bytes of a stranger's file."""
    monkeypatch.setenv("PUNK_CACHE", str(tmp_path / "cache"))
    clip = tmp_path / "clip.wav"
    write_canonical(make_sound("pulses", 12), clip)
    settings = Features(sets=["graph"], **answerer.loaded.content.extraction.model_dump())
    table = feature_table({"clip": clip}, settings, answerer.loaded.steps)
    decoded = isolated.decode(clip.read_bytes(), "clip.wav", DecodingLimits(0.5, 60.0))
    answer = answerer.answer(decoded.samples, decoded)
    names = [step.column for step in answerer.loaded.steps]
    graph = table.loc[table["window"] == -1, names].to_numpy()[0]
    assert answer.columns.astype(np.float32).tobytes() == graph.astype(np.float32).tobytes()
    assert (table["window"] >= 0).sum() == len(answer.timeline)


def test_the_basis_is_the_nearest_measured_length(answerer: Answerer, make_sound: Sound) -> None:
    assert [answerer.basis(seconds).length for seconds in (0.5, 1.0, 1.6, 1.9, 3.0, 600.0)] == [1, 1, 1, 3, 3, 3]


def test_a_long_clip_says_its_parts_and_changes_with_what_is_played(answerer: Answerer, make_sound: Sound) -> None:
    """Six seconds of noise, then six of hum: each part says its own, and so do the windows."""
    samples = np.concatenate([make_sound("noise", 7, 6.0), make_sound("hum", 7, 6.0)])
    answer = answerer.answer(samples)
    assert [part.genre for part in answer.parts] == ["noise", "noise", "hum", "hum"]
    assert [part.start for part in answer.parts] == [0.0, 3.0, 6.0, 9.0]
    assert len(answer.timeline) == 12
    assert {window.genre for window in answer.timeline[:5]} == {"noise"}
    assert {window.genre for window in answer.timeline[-5:]} == {"hum"}
    assert answer.timeline[-1].start == pytest.approx(11.0)


def test_stretches_cover_every_sample_once() -> None:
    for seconds in (0.5, 2.9, 3.0, 4.4, 4.6, 100.0, 601.3):
        n = round(seconds * SAMPLE_RATE)
        stretches = cut(n, 3.0)
        assert stretches[0][0] == 0
        assert sum(length for _, length in stretches) == n
        assert all(a + b == c for (a, b), (c, _) in pairwise(stretches))


@pytest.mark.parametrize(
    ("samples", "fault"),
    [
        (np.zeros(SAMPLE_RATE, np.int16), Fault.SILENT),
        (np.full(SAMPLE_RATE, 12_000, np.int16), Fault.SILENT),  # an offset is no sound
        (np.ones(100, np.int16), Fault.TOO_SHORT),
        (np.zeros(0, np.int16), Fault.TOO_SHORT),
    ],
)
def test_what_holds_no_music_gets_no_answer(answerer: Answerer, samples: NDArray[np.int16], fault: Fault) -> None:
    with pytest.raises(NoAnswer) as refused:
        answerer.answer(samples)
    assert refused.value.fault is fault
    assert refused.value.detail.endswith(".")


def test_unlike_music_is_called_so(answerer: Answerer, make_sound: Sound) -> None:
    """A tone that sweeps from end to end is none of the three sounds; a new clip of one of them is no stranger."""
    time = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    sweep = (12_000 * np.sin(2 * np.pi * (50 * time + 1500 * time**2))).astype(np.int16)
    assert answerer.answer(sweep).unlike
    assert not answerer.answer(make_sound("noise", 50)).unlike


def test_not_sure_where_asking_a_person_costs_less(answerer: Answerer, make_sound: Sound) -> None:
    """A half and half of two sounds costs .5 on average, asking .4."""
    costs = 1.0 - np.eye(3)
    for part in answerer.answer(make_sound("pulses", 3)).timeline:
        expected = (part.probabilities @ costs).min()
        assert part.sure == (expected <= 0.4)


def test_json_is_finite_complete_and_says_what_is_wrong_with_the_file(answerer: Answerer, make_sound: Sound) -> None:
    samples = make_sound("hum", 8)
    loud = np.clip(samples.astype(int) * 20, -32768, 32767).astype(np.int16)
    source = Decoded(loud, "mp3", "MPEG_LAYER_III", 44100, 2, (Fault.RESAMPLED, Fault.DOWNMIXED), "")
    said = answer_json(answerer.answer(loud, source), answerer.loaded, "all")
    text = json.dumps(said, allow_nan=False)
    assert json.loads(text) == said
    assert [each["fault"] for each in said["clip"]["faults"]] == ["clipped", "resampled", "downmixed"]
    assert said["clip"]["source_rate"] == 44100
    assert len(said["explanation"]["columns"]) == len(answerer.loaded.content.columns)
    assert said["genre"] == (said["best"] if said["sure"] else None)
    brief = answer_json(answerer.answer(loud, source), answerer.loaded, "brief")
    assert brief["explanation"]["columns"] == []
    assert brief["probabilities"] == said["probabilities"]


def test_words_name_the_side_that_a_term_speaks_for(answerer: Answerer, make_sound: Sound) -> None:
    found = answerer.answer(make_sound("pulses", 21)).explanation
    for term, words in zip(found.terms, found.words, strict=False):
        assert words.endswith(found.winner if term.contribution >= 0 else found.runner_up)
        side = "higher" if term.farther_than >= 0.5 else "lower"
        assert side in words
        assert term.column.title in words


def test_a_share_below_runs_from_nothing_to_all() -> None:
    assert [share_below([1.0, 2.0, 4.0], value) for value in (0.0, 1.0, 2.0, 3.0, 4.0, 9.0)] == [0, 0, 0.5, 0.75, 1, 1]
