"""Features of files: the same with and without the cache, and for any number of workers."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fixtures.extraction import features_of
from joblib.externals.loky import get_reusable_executor

import classically_punk
from classically_punk.audio.canonical import SAMPLE_RATE, write_canonical
from classically_punk.catalogue.sets import recipe
from classically_punk.features.cached import feature_table, making_key
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Features

SOURCES = Path(classically_punk.__file__).parent
SETTINGS = Features(sets=["kaggle57"], n_fft=1024, hop_length=512, window=0.5, window_hop=0.5)
STEPS = recipe(["kaggle57"]).steps


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator) -> dict[str, Path]:
    monkeypatch.setenv("PUNK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PUNK_JOBS", "1")
    get_reusable_executor().shutdown(wait=True)  # workers of an earlier test know an earlier cache
    found = {}
    for name in ("a", "b", "c"):
        samples = (3000 * rng.standard_normal(SAMPLE_RATE + 7)).astype(np.int16)
        found[name] = tmp_path / f"{name}.wav"
        write_canonical(samples, found[name])
    return found


def entries(folder: Path) -> list[Path]:
    return sorted((folder / "cache" / "features").rglob("*.npz"))


def test_rows_are_the_clip_and_its_windows(files: dict[str, Path]) -> None:
    table = feature_table(files, SETTINGS, STEPS)
    assert list(table["clip"]) == ["a"] * 3 + ["b"] * 3 + ["c"] * 3
    assert list(table["window"]) == [-1, 0, 1] * 3
    samples = np.frombuffer(files["b"].read_bytes()[44:], dtype="<i2")
    np.testing.assert_array_equal(table.iloc[3:6, 4:], features_of(samples, SETTINGS).values)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_workers_and_cache_do_not_change_a_bit(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    expected = feature_table(files, SETTINGS, STEPS)
    kept = entries(files["a"].parent)
    assert len(kept) == 3
    kept[0].unlink()
    kept[1].write_bytes(b"damaged")
    monkeypatch.setenv("PUNK_JOBS", workers)
    pd.testing.assert_frame_equal(feature_table(files, SETTINGS, STEPS), expected, check_exact=True)


def test_another_parameter_is_another_entry(files: dict[str, Path]) -> None:
    feature_table(files, SETTINGS, STEPS)
    feature_table(files, SETTINGS.model_copy(update={"window": 0.6}), STEPS)
    assert len(entries(files["a"].parent)) == 6


def test_the_same_audio_is_measured_once(files: dict[str, Path]) -> None:
    feature_table({"one": files["a"]}, SETTINGS, STEPS)
    feature_table({"another": files["a"]}, SETTINGS, STEPS)
    assert len(entries(files["a"].parent)) == 1


def test_a_file_that_is_not_canonical_is_named(files: dict[str, Path]) -> None:
    files["b"].write_bytes(b"RIFF, or not")
    with pytest.raises(PunkError, match=r"b\.wav: not a canonical clip"):
        feature_table(files, SETTINGS, STEPS)


Edit = tuple[str, str, str]
"""A file of the package, what stands in it, and what shall."""


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., str]:
    """The key that a clip's features would have with the package edited, in a copy of it."""

    def key_with(*edits: Edit) -> str:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(SOURCES, copy / "classically_punk", ignore=shutil.ignore_patterns("__pycache__"))
        for file, old, new in edits:
            path = copy / "classically_punk" / file
            text = path.read_text(encoding="utf-8")
            assert old in text, file
            path.write_text(text.replace(old, new), encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(copy)}
        run = subprocess.run([sys.executable, "-c", KEY], env=environment, capture_output=True, text=True, check=True)
        return run.stdout

    return key_with


KEY = """
from classically_punk.audio import alterations
from classically_punk.catalogue.sets import recipe
from classically_punk.features.cached import making_key
from classically_punk.foundation.params import Features
settings = Features(sets=["kaggle57"], n_fft=1024, hop_length=512, window=0.5, window_hop=0.5)
steps = recipe(["kaggle57"]).steps
print(making_key(settings, steps), making_key(settings, steps, [alterations.__name__]))
"""


def test_only_what_computes_a_number_is_part_of_the_key(edited: Callable[..., str]) -> None:
    """An edited title, decoder or figure costs no clip its features; an edited kernel, reader or entry does. What
    alters clips matters to altered clips alone."""
    plain, altered = edited().split()
    words = (
        ("catalogue/timbre.py", "Spectral centroid", "Brightness in Hz"),
        ("catalogue/entries.py", "Mean over {}.", "Mean of all {}."),
        ("catalogue/rhythm.py", 'family="rhythm"', 'family="timbre"'),
        ("audio/decode.py", "import", "import "),
        ("foundation/params.py", "Which sets", "What sets"),
    )
    assert edited(*words).split() == [plain, altered]
    for edit in (
        ("features/kernels.py", "+=", "-="),
        ("features/timbre.py", "ortho", "backward"),
        ("audio/canonical.py", "<i2", ">i2"),
        ("contracts/bands.py", "N_MFCC = 20", "N_MFCC = 19"),
        ("catalogue/timbre.py", "output=number - 1", "output=number"),
    ):
        assert not set(edited(edit).split()) & {plain, altered}, edit
    one, other = edited(("audio/stretching.py", "import", "import ")).split()
    assert one == plain
    assert other != altered


def test_the_key_follows_what_is_computed() -> None:
    other_sets = SETTINGS.model_copy(update={"sets": ["standard", "kaggle57"]})
    assert making_key(other_sets, STEPS) == making_key(SETTINGS, STEPS)
    keys = {making_key(SETTINGS, STEPS), making_key(SETTINGS, STEPS[1:]), making_key(SETTINGS, STEPS[::-1])}
    keys |= {making_key(SETTINGS.model_copy(update={"hop_length": 256}), STEPS)}
    keys |= {making_key(SETTINGS, [replace(STEPS[0], statistic="var"), *STEPS[1:]])}
    assert len(keys) == 5
