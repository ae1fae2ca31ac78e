"""Cleaning: nothing disappears without a row in the log."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from classically_punk.cleaning.design_table import NO_FAULTS, Cleaned, design_table
from classically_punk.contracts.design import KEYS
from classically_punk.contracts.faults import REJECTING, Fault
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Clean

SETS = {"standard": ["flatness", "contrast", "tempo"], "kaggle57": ["contrast", "zero"]}
Settings = Callable[..., Clean]


@pytest.fixture
def clips() -> pd.DataFrame:
    names = [f"{genre}.{k}" for genre in ("jazz", "rock") for k in range(4)]
    return pd.DataFrame(
        {
            "clip": names,
            "label": [name.split(".")[0] for name in names],
            "group": [f"artist of {name}" for name in names],
            "song": [f"song of {name}" for name in names],
            "recording": names,
            "status": "ok",
            "reasons": "",
        }
    )


@pytest.fixture
def features(clips: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Two windows beside each whole clip; `zero` never changes."""
    rows = [(clip, window) for clip in clips["clip"] for window in (-1, 0, 1)]
    table = pd.DataFrame(rows, columns=["clip", "window"]).assign(start=0.0, duration=3.0)
    for column in ("flatness", "contrast", "tempo"):
        table[column] = rng.normal(100.0, 5.0, len(table)).astype(np.float32)
    return table.assign(zero=np.float32(7.0))


def entries(cleaned: Cleaned, step: str) -> dict[str, tuple[str, str]]:
    log = cleaned.log[cleaned.log["step"] == step]
    return {row.subject: (row.action, row.reason) for row in log.itertuples()}


def test_clean_input_passes_through_unchanged(
    features: pd.DataFrame, clips: pd.DataFrame, clean_settings: Settings
) -> None:
    cleaned = design_table(features.sample(frac=1.0, random_state=1), clips, clean_settings(), SETS, ["yeo_johnson"])
    assert list(cleaned.table.columns) == [*KEYS, *SETS["standard"]]
    assert len(cleaned.table) == 24
    assert (cleaned.table["song"] == "song of " + cleaned.table["clip"]).all()
    assert cleaned.table[["clip", "window"]].equals(cleaned.table[["clip", "window"]].sort_values(["clip", "window"]))
    assert (cleaned.table[SETS["standard"]].dtypes == np.float64).all()
    np.testing.assert_array_equal(cleaned.table["tempo"], features["tempo"].astype(float))
    assert entries(cleaned, "transform") == {"yeo_johnson": ("declared", "fitted inside training folds by ols")}
    assert entries(cleaned, "result").keys() == {"clips", "windows", "columns"}


def test_rejected_and_flagged_clips(features: pd.DataFrame, clips: pd.DataFrame, clean_settings: Settings) -> None:
    clips.loc[0, ["status", "reasons"]] = ["rejected", "silent"]
    clips.loc[5, ["status", "reasons"]] = ["flagged", "clipped"]
    features = features[features["clip"] != "jazz.0"]
    kept = design_table(features, clips, clean_settings(), SETS)
    assert entries(kept, "status") == {
        "jazz.0": ("left out", "rejected: silent"),
        "rock.1": ("kept", "flagged: clipped"),
    }
    assert set(kept.table["clip"]) == set(clips["clip"]) - {"jazz.0"}
    dropped = design_table(features, clips, clean_settings(flagged="drop"), SETS)
    assert entries(dropped, "status")["rock.1"] == ("left out", "flagged: clipped")
    assert set(dropped.table["clip"]) == set(clips["clip"]) - {"jazz.0", "rock.1"}


@pytest.mark.parametrize(
    ("reasons", "dropped"),
    [
        ("resampled;downmixed;requantised", False),
        ("replica", False),
        ("near_replica;same_name", False),
        ("dc_offset", True),
        ("truncated;resampled", True),
        ("checksum_differs", True),
        ("", True),
    ],
)
def test_only_a_fault_drops_a_flagged_clip(
    features: pd.DataFrame, clips: pd.DataFrame, clean_settings: Settings, reasons: str, dropped: bool
) -> None:
    """A clip that ingest brought into form is as good as another; `clean.replicas` decides on replicas."""
    clips.loc[5, ["status", "reasons"]] = ["flagged", reasons]
    cleaned = design_table(features, clips, clean_settings(flagged="drop"), SETS)
    assert entries(cleaned, "status")["rock.1"][0] == ("left out" if dropped else "kept")
    assert ("rock.1" not in set(cleaned.table["clip"])) == dropped


def test_every_flag_of_the_vocabulary_is_a_fault_or_none() -> None:
    """The design's list: what is wrong with the sound or the file, against what was done to it or with it."""
    flags = {fault.value for fault in Fault if fault not in REJECTING}
    assert flags - NO_FAULTS == {"truncated", "clipped", "dc_offset", "checksum_differs"}
    assert flags >= NO_FAULTS


def test_clip_without_features_is_logged(features: pd.DataFrame, clips: pd.DataFrame, clean_settings: Settings) -> None:
    cleaned = design_table(features[features["clip"] != "rock.2"], clips, clean_settings(), SETS)
    assert entries(cleaned, "features")["rock.2"][0] == "left out"


def test_constant_column_is_left_out_with_its_deviation(
    features: pd.DataFrame, clips: pd.DataFrame, clean_settings: Settings
) -> None:
    cleaned = design_table(features, clips, clean_settings(feature_set="kaggle57"), SETS)
    assert "zero" not in cleaned.table
    row = cleaned.log[cleaned.log["step"] == "constant"].iloc[0]
    assert (row["subject"], row["action"], row["value"]) == ("zero", "column left out", 0.0)


def test_column_that_varies_between_windows_only_is_constant(
    features: pd.DataFrame, clips: pd.DataFrame, clean_settings: Settings
) -> None:
    features.loc[features["window"] == -1, "tempo"] = 120.0
    assert "tempo" in entries(design_table(features, clips, clean_settings(), SETS), "constant")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_missing_value_takes_its_clip_or_its_window_out(
    features: pd.DataFrame, clips: pd.DataFrame, clean_settings: Settings, value: float
) -> None:
    features.loc[(features["clip"] == "jazz.1") & (features["window"] == -1), "tempo"] = value
    features.loc[(features["clip"] == "rock.3") & (features["window"] == 1), "flatness"] = value
    cleaned = design_table(features, clips, clean_settings(), SETS)
    assert entries(cleaned, "missing").keys() == {"jazz.1", "rock.3 window 1"}
    assert "jazz.1" not in set(cleaned.table["clip"])
    assert list(cleaned.table.loc[cleaned.table["clip"] == "rock.3", "window"]) == [-1, 0]
    assert np.isfinite(cleaned.table[SETS["standard"]].to_numpy()).all()


def test_column_missing_in_most_clips_goes_instead_of_the_clips(
    features: pd.DataFrame, clips: pd.DataFrame, clean_settings: Settings
) -> None:
    features.loc[features["clip"] != "jazz.0", "tempo"] = np.nan
    cleaned = design_table(features, clips, clean_settings(), SETS)
    assert entries(cleaned, "missing").keys() == {"tempo"}
    assert cleaned.table["clip"].nunique() == 8
    assert "tempo" not in cleaned.table


def test_replicas_by_policy(features: pd.DataFrame, clips: pd.DataFrame, clean_settings: Settings) -> None:
    clips.loc[clips["clip"].isin(["jazz.3", "rock.0"]), "recording"] = "jazz.1"
    kept = design_table(features, clips, clean_settings(), SETS)
    assert {action for action, _ in entries(kept, "replicas").values()} == {"kept"}
    assert kept.table["clip"].nunique() == 8
    merged = design_table(features, clips, clean_settings(replicas="first_only"), SETS)
    assert entries(merged, "replicas") == {
        "jazz.3": ("merged", "same recording as jazz.1"),
        "rock.0": ("merged", "same recording as jazz.1, which is labelled jazz and this one rock"),
    }
    assert set(merged.table["clip"]) == set(clips["clip"]) - {"jazz.3", "rock.0"}


def test_a_replica_stands_in_when_the_first_is_rejected(
    features: pd.DataFrame, clips: pd.DataFrame, clean_settings: Settings
) -> None:
    clips.loc[clips["clip"].isin(["jazz.2", "jazz.3"]), "recording"] = "jazz.1"
    clips.loc[clips["clip"] == "jazz.1", "status"] = "rejected"
    cleaned = design_table(features, clips, clean_settings(replicas="first_only"), SETS)
    assert "jazz.2" in set(cleaned.table["clip"])
    assert "jazz.3" not in set(cleaned.table["clip"])


def test_table_corpus_uses_the_set_it_has(
    features: pd.DataFrame, clips: pd.DataFrame, clean_settings: Settings
) -> None:
    published = features.loc[features["window"] == -1].drop(columns=["flatness", "tempo"])
    cleaned = design_table(published.assign(zero=np.arange(8.0)), clips, clean_settings(), SETS)
    assert list(cleaned.table.columns) == [*KEYS, *SETS["kaggle57"]]
    assert entries(cleaned, "feature_set")["standard"][0] == "not available"
    assert entries(cleaned, "feature_set")["kaggle57"] == ("used", "in place of standard")


def test_errors_name_what_is_wrong(features: pd.DataFrame, clips: pd.DataFrame, clean_settings: Settings) -> None:
    with pytest.raises(PunkError, match=r"jazz\.0 .*not in clips\.csv"):
        design_table(features, clips[1:], clean_settings(), SETS)
    with pytest.raises(PunkError, match="flatness"):
        design_table(features.drop(columns=["flatness", "zero"]), clips, clean_settings(), SETS)
    with pytest.raises(PunkError, match=r"1 genre\(s\) left \(jazz\).*no clips were left out"):
        design_table(features, clips.assign(label="jazz"), clean_settings(), SETS)
    silent = clips.assign(**{column: np.where(clips["label"] == "rock", value, clips[column]) for column, value in
                             (("status", "rejected"), ("reasons", "silent"))})  # fmt: skip
    with pytest.raises(PunkError, match=r"left out: 4 clips such as rock\.0 \(rejected: silent\)$"):
        design_table(features, silent, clean_settings(), SETS)
    with pytest.raises(PunkError, match="listed twice"):
        design_table(features, pd.concat([clips, clips[:1]]), clean_settings(), SETS)
    with pytest.raises(PunkError, match=r"constant or missing.*2 columns such as contrast \(deviation"):
        design_table(features.assign(contrast=1.0), clips, clean_settings(feature_set="kaggle57"), SETS)
