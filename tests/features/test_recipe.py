"""Computed columns are those that the recipe names; a feature is added by a function and its entry, in one place."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fixtures.extraction import features_of

import classically_punk.features
from classically_punk.audio.canonical import SAMPLE_RATE, write_canonical
from classically_punk.catalogue import sets
from classically_punk.catalogue.entries import DEVIATION, MEAN, Feature, Member, feature_by_feature
from classically_punk.catalogue.sets import SETS, columns_of, recipe
from classically_punk.contracts import tables
from classically_punk.contracts.recipe import Step
from classically_punk.contracts.tables.corpora import CLIPS
from classically_punk.features.extract import clip_features, function_of
from classically_punk.foundation.params import read_params
from classically_punk.foundation.writing import write_csv
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.report.data import features as page_of_features
from classically_punk.stages import features as stage
from classically_punk.stages.running import Places

REPOSITORY = Path(__file__).resolve().parents[2]
TOY = Feature(
    name="loudest_sample",
    function="toy:loudest_sample",
    over="span",
    unit="1",
    family="dynamics",
    title="Loudest sample",
    sentence="Largest magnitude of a sample.",
    source="This test",
)
TOY_FRAMES = Feature(
    name="place_in_clip",
    function="toy:place_in_clip",
    over="frames",
    unit="1",
    family="rhythm",
    title="Place in the clip",
    sentence="Number of the frame.",
    source="This test",
)
TOY_CODE = """
import numpy as np
def loudest_sample(clip, span):
    return np.abs(clip.samples[span.samples]).max()
def place_in_clip(clip):
    return np.arange(clip.n_frames)
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two features of a set of their own: a module of functions, and entries. Nothing else is told of them."""
    (tmp_path / "toy.py").write_text(TOY_CODE, encoding="utf-8")
    monkeypatch.setattr(classically_punk.features, "__path__", [*classically_punk.features.__path__, str(tmp_path)])
    members = (Member(TOY), *feature_by_feature([TOY_FRAMES], (MEAN, DEVIATION)))
    monkeypatch.setattr(sets, "SETS", {**SETS, "toys": members})
    monkeypatch.setenv("PUNK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PUNK_JOBS", "1")
    return tmp_path


@pytest.mark.parametrize("chosen", [["kaggle57"], ["standard"], ["slope"], ["slope", "standard", "kaggle57"]])
def test_computed_columns_are_the_columns_of_the_sets(signals, settings, chosen: list[str]) -> None:
    found = features_of(signals.music(1.0), settings.model_copy(update={"sets": chosen}))
    assert found.columns == columns_of(chosen)


@pytest.mark.parametrize("step", [step for step in recipe(SETS).steps if step.over == "frames"][::7])
def test_a_column_alone_has_the_value_that_it_has_beside_others(signals, settings, step: Step) -> None:
    signal = signals.music(4.0)
    together = features_of(signal, settings.model_copy(update={"sets": sorted(SETS)}))
    alone = clip_features(signal, settings, [step])
    np.testing.assert_array_equal(alone.values[:, 0], together.values[:, together.columns.index(step.column)])


def test_every_entry_names_a_function_of_the_room() -> None:
    for name in {step.function for step in recipe(SETS).steps}:
        assert callable(function_of(name))
        assert function_of(name).__doc__


@pytest.mark.parametrize("name", ["timbre:loudness", "nothing:mfcc", "os:remove", "..audio.canonical:file_md5"])
def test_a_recipe_reaches_no_function_but_those_of_the_room(name: str) -> None:
    with pytest.raises(LookupError, match="has no such function"):
        function_of(name)


def test_a_feature_is_added_in_one_place(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its columns are computed, described and shown, by the stage as it is."""
    monkeypatch.chdir(toy)
    places = Places("demo")
    samples = np.linspace(-9000, 16384, 2 * SAMPLE_RATE).astype(np.int16)
    write_canonical(samples, places.data / "audio" / "ramp.wav")
    listed = dict.fromkeys(("clip", "label", "group", "song", "recording", "member"), "ramp") | {"status": "ok"}
    tables.write(CLIPS, tables.frame(CLIPS, [listed]), places.data)
    params = read_params(REPOSITORY / "params.yaml")
    params = params.model_copy(update={"features": params.features.model_copy(update={"sets": ["toys"]})})
    stage.run(params, places)

    table = pd.read_parquet(places.data / "features.parquet").iloc[0]
    assert table["loudest_sample"] == 0.5
    n_frames = 1 + samples.size // params.features.hop_length
    assert table["place_in_clip_mean"] == (n_frames - 1) / 2
    assert table["place_in_clip_std"] == pytest.approx(np.sqrt((n_frames**2 - 1) / 12))

    results = Results("demo", toy)
    assert results.columns["loudest_sample"].sets == ("toys",)
    assert str(results.called("place_in_clip_mean").shown) == "Place in the clip, mean"
    write_csv(pd.DataFrame({"genre": "a", "column": list(results.columns)}), places.tables / "coefficients.csv")
    said = str(page_of_features(results))
    for words in ("Loudest sample", "Largest magnitude of a sample.", "Number of the frame. Mean over frames."):
        assert words in said
