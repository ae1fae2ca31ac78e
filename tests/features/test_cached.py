"""Features of files: the same with and without the cache, and for any number of workers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from joblib.externals.loky import get_reusable_executor

from classically_punk.audio.canonical import SAMPLE_RATE, write_canonical
from classically_punk.features.cached import feature_table
from classically_punk.features.extract import clip_features
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Features

SETTINGS = Features(sets=["kaggle57"], n_fft=1024, hop_length=512, window=0.5, window_hop=0.5)


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
    table = feature_table(files, SETTINGS)
    assert list(table["clip"]) == ["a"] * 3 + ["b"] * 3 + ["c"] * 3
    assert list(table["window"]) == [-1, 0, 1] * 3
    samples = np.frombuffer(files["b"].read_bytes()[44:], dtype="<i2")
    np.testing.assert_array_equal(table.iloc[3:6, 4:], clip_features(samples, SETTINGS).values)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_workers_and_cache_do_not_change_a_bit(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    expected = feature_table(files, SETTINGS)
    kept = entries(files["a"].parent)
    assert len(kept) == 3
    kept[0].unlink()
    kept[1].write_bytes(b"damaged")
    monkeypatch.setenv("PUNK_JOBS", workers)
    pd.testing.assert_frame_equal(feature_table(files, SETTINGS), expected, check_exact=True)


def test_another_parameter_is_another_entry(files: dict[str, Path]) -> None:
    feature_table(files, SETTINGS)
    feature_table(files, SETTINGS.model_copy(update={"window": 0.6}))
    assert len(entries(files["a"].parent)) == 6


def test_the_same_audio_is_measured_once(files: dict[str, Path]) -> None:
    feature_table({"one": files["a"]}, SETTINGS)
    feature_table({"another": files["a"]}, SETTINGS)
    assert len(entries(files["a"].parent)) == 1


def test_a_file_that_is_not_canonical_is_named(files: dict[str, Path]) -> None:
    files["b"].write_bytes(b"RIFF, or not")
    with pytest.raises(PunkError, match=r"b\.wav: not a canonical clip"):
        feature_table(files, SETTINGS)
