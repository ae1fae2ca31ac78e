"""Features of altered clips: computed once for each clip and alteration, and the same ever after."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from joblib.externals.loky import get_reusable_executor

from classically_punk.audio.alterations import ALTERATIONS
from classically_punk.audio.canonical import SAMPLE_RATE, write_canonical
from classically_punk.catalogue.sets import recipe
from classically_punk.features.altered import altered_table, altered_windows
from classically_punk.features.cached import feature_table
from classically_punk.foundation.params import Features

SETTINGS = Features(sets=["kaggle57"], n_fft=1024, hop_length=512, window=0.5, window_hop=0.5)
STEPS = recipe(["kaggle57"]).steps
FEW = tuple(a for a in ALTERATIONS if a.name in ("gain_-20", "noise_20", "crop_1", "crop_20"))


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator) -> dict[str, Path]:
    monkeypatch.setenv("PUNK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PUNK_JOBS", "1")
    get_reusable_executor().shutdown(wait=True)  # workers of an earlier test know an earlier cache
    found = {}
    for name in ("a", "b"):
        found[name] = tmp_path / f"{name}.wav"
        write_canonical((3000 * rng.standard_normal(2 * SAMPLE_RATE)).astype(np.int16), found[name])
    return found


def entries(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "cache").rglob("*.npz")}


def test_a_row_for_each_clip_and_each_alteration_that_applies(files: dict[str, Path]) -> None:
    table = altered_table(files, SETTINGS, STEPS, 5, FEW)
    assert sorted(zip(table["clip"], table["alteration"], strict=True)) == [
        (clip, name) for clip in "ab" for name in ("crop_1", "gain_-20", "noise_20")
    ]
    assert table.notna().all().all()


def test_a_gain_changes_the_level_and_leaves_the_zero_crossings(files: dict[str, Path]) -> None:
    plain = feature_table(files, SETTINGS, STEPS)
    plain = plain[plain["window"] == -1].set_index("clip")
    table = altered_table(files, SETTINGS, STEPS, 5, FEW)
    gained = table[table["alteration"] == "gain_-20"].set_index("clip")
    assert gained["rms_mean"].to_numpy() == pytest.approx(plain["rms_mean"].to_numpy() / 10, rel=2e-3)
    assert gained["zero_crossing_rate_mean"].to_numpy() == pytest.approx(
        plain["zero_crossing_rate_mean"].to_numpy(), rel=5e-3
    )


def test_what_is_kept_is_not_computed_again_and_one_more_clip_costs_one_more(
    files: dict[str, Path], tmp_path: Path, rng: np.random.Generator
) -> None:
    first = altered_table(files, SETTINGS, STEPS, 5, FEW)
    kept = entries(tmp_path)
    assert len(kept) == 2 * 3
    pd.testing.assert_frame_equal(altered_table(files, SETTINGS, STEPS, 5, FEW), first)
    assert entries(tmp_path) == kept
    files["c"] = tmp_path / "c.wav"
    write_canonical((3000 * rng.standard_normal(2 * SAMPLE_RATE)).astype(np.int16), files["c"])
    more = altered_table(files, SETTINGS, STEPS, 5, FEW)
    assert len(entries(tmp_path)) == 3 * 3
    pd.testing.assert_frame_equal(more[more["clip"] != "c"].reset_index(drop=True), first)


def test_another_seed_is_another_noise(files: dict[str, Path]) -> None:
    one, other = (altered_table(files, SETTINGS, STEPS, seed, FEW).set_index(["clip", "alteration"]) for seed in (5, 6))
    assert (one.loc[("a", "gain_-20")] == other.loc[("a", "gain_-20")]).all()
    assert (one.loc[("a", "noise_20")] != other.loc[("a", "noise_20")]).any()


def test_windows_of_altered_clips_and_the_whole_of_them(files: dict[str, Path]) -> None:
    """The whole is what `altered_table` gives; a gain leaves every window's zero crossings."""
    columns = [step.column for step in STEPS]
    whole = altered_table(files, SETTINGS, STEPS, 5, FEW)
    found = altered_windows(files, SETTINGS, STEPS, 5, FEW)
    again = altered_windows(files, SETTINGS, STEPS, 5, FEW)
    pd.testing.assert_frame_equal(found, again)
    rows = found[found["window"] == -1].merge(whole[["clip", "alteration"]], on=["clip", "alteration"])
    np.testing.assert_array_equal(rows[columns], whole[columns])
    gained = found[found["alteration"] == "gain_-20"]
    plain = feature_table(files, SETTINGS, STEPS)
    assert list(gained["window"]) == list(plain["window"])
    crossings = "zero_crossing_rate_mean"
    assert gained[crossings].to_numpy() == pytest.approx(plain[crossings].to_numpy(), rel=5e-3)
