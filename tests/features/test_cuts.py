"""Cuts out of the middle of clips: what is cut, what has a row, and what is kept."""

from pathlib import Path

import numpy as np
import pytest
from joblib.externals.loky import get_reusable_executor

from classically_punk.audio.canonical import SAMPLE_RATE, write_canonical
from classically_punk.catalogue.sets import recipe
from classically_punk.features.cached import feature_table
from classically_punk.features.cuts import cuts_table, middle
from classically_punk.foundation.params import Features

SETTINGS = Features(sets=["kaggle57"], n_fft=1024, hop_length=512, window=1.0, window_hop=1.0)
STEPS = recipe(["kaggle57"]).steps


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator) -> dict[str, Path]:
    monkeypatch.setenv("PUNK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PUNK_JOBS", "1")
    get_reusable_executor().shutdown(wait=True)  # workers of an earlier test know an earlier cache
    found = {}
    for name, seconds in (("a", 3), ("b", 2)):
        found[name] = tmp_path / f"{name}.wav"
        write_canonical((3000 * rng.standard_normal(seconds * SAMPLE_RATE)).astype(np.int16), found[name])
    return found


def test_the_middle_has_as_much_before_it_as_behind() -> None:
    samples = np.arange(3 * SAMPLE_RATE).astype(np.int16)
    cut = middle(samples, 1.0)
    assert cut is not None
    np.testing.assert_array_equal(cut, samples[SAMPLE_RATE : 2 * SAMPLE_RATE])
    whole = middle(samples[: round(0.99 * len(samples))], 3.0)
    assert whole is not None
    assert len(whole) == round(0.99 * len(samples))
    assert middle(samples[: round(0.74 * len(samples))], 3.0) is None


def test_every_cut_and_each_of_its_windows_has_a_row(files: dict[str, Path]) -> None:
    table = cuts_table(files, [1.0, 2.0, 3.0], SETTINGS, STEPS)
    rows = sorted(table.groupby(["clip", "length"])["window"].apply(list).items())
    longer = {(clip, length): windows for (clip, length), windows in rows if length > 1}
    assert [key for key, _ in rows] == [("a", 1.0), ("a", 2.0), ("a", 3.0), ("b", 1.0), ("b", 2.0)]
    assert longer == {("a", 2.0): [-1, 0, 1], ("a", 3.0): [-1, 0, 1, 2], ("b", 2.0): [-1, 0, 1]}


def test_a_cut_of_the_whole_clip_has_its_features(files: dict[str, Path]) -> None:
    columns = [step.column for step in STEPS]
    table = cuts_table(files, [3.0], SETTINGS, STEPS)
    plain = feature_table({"a": files["a"]}, SETTINGS, STEPS)
    np.testing.assert_array_equal(table[columns], plain[columns])


def test_what_is_kept_is_not_computed_again(files: dict[str, Path], tmp_path: Path) -> None:
    first = cuts_table(files, [1.0], SETTINGS, STEPS)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.npz")}
    again = cuts_table(files, [1.0, 2.0], SETTINGS, STEPS)
    assert again[again["length"] == 1.0].reset_index(drop=True).equals(first)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len(list((tmp_path / "cache").rglob("*.npz"))) == 2 * len(kept)
