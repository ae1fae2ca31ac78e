"""Small made-up corpora, and GTZAN's published table with its annotations."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from classically_punk.foundation.params import Evaluate, Folds


@pytest.fixture
def fold_settings() -> Folds:
    return Folds(seed=1, segment_random=4, clip=5, artist=3)


@pytest.fixture
def evaluate_settings() -> Callable[..., Evaluate]:
    """`Evaluate` with plain defaults; keywords change single values."""

    def make(**changed: object) -> Evaluate:
        return Evaluate.model_validate({"seed": 2, "resamples": 2000, "confidence": 0.95, **changed})

    return make


MakeRows = Callable[..., pd.DataFrame]


@pytest.fixture
def make_rows() -> MakeRows:
    """Keys of a design table: for each genre its number of clips, with so many windows each; every clip its own
    recording and group."""

    def make(sizes: dict[str, int], windows: int = 2) -> pd.DataFrame:
        rows = [
            (f"{genre}.{k:05d}", window, genre)
            for genre, size in sizes.items()
            for k in range(size)
            for window in range(-1, windows)
        ]
        table = pd.DataFrame(rows, columns=["clip", "window", "label"])
        return table.assign(group=table["clip"], recording=table["clip"])

    return make


@pytest.fixture
def annotate() -> Callable[..., pd.DataFrame]:
    """Annotations of all clips in `rows`; columns not given are blank."""

    def make(rows: pd.DataFrame, **columns: Sequence[object]) -> pd.DataFrame:
        table = rows[["clip"]].drop_duplicates(ignore_index=True)
        return table.assign(**{"artist": "", "artist_fold": "", "fault_filtered": "", **columns})

    return make


@dataclass(frozen=True)
class Published:
    """GTZAN's published table. values: clip and 57 columns; clips: clip, label, group, recording; annotations."""

    values: pd.DataFrame
    clips: pd.DataFrame
    annotations: pd.DataFrame
    columns: list[str]

    def table(self) -> pd.DataFrame:
        """The design table: whole clips only."""
        keys = self.clips.assign(window=-1)[["clip", "window", "label", "group", "recording"]]
        return keys.merge(self.values, on="clip")


@pytest.fixture(scope="session")
def published(real_data) -> Published:
    """Read here in a few lines of their own, so that nothing of the project's readers is needed to check it."""
    table = pd.read_csv(real_data.file("features_30_sec.csv")).sort_values("filename", ignore_index=True)
    names = table["filename"].str.removesuffix(".wav")
    artist: dict[str, str] = {}
    fold: dict[str, str] = {}
    for k in (1, 2, 3):
        for line in real_data.file(f"gtzan_artist_fold{k}_evaluate_groups.txt").read_text().split("\n"):
            if line.strip():
                path, number = line.split()
                clip = path.removeprefix("./").removesuffix(".wav").replace("_", ".")
                artist[clip], fold[clip] = f"artist {number}", str(k)
    role = {
        line.split("/")[1].removesuffix(".wav"): part
        for part in ("train", "valid", "test")
        for line in real_data.file(f"gtzan_{part}_filtered.txt").read_text().split()
    }
    md5 = {
        clip: track["audio"][1]
        for clip, track in json.loads(real_data.file("gtzan_md5_mirdata.json").read_text())["tracks"].items()
    }
    first: dict[str, str] = {}
    recording = [first.setdefault(md5[clip], clip) for clip in names]
    clips = pd.DataFrame({"clip": names, "label": table["label"], "recording": recording})
    clips["group"] = [artist.get(clip, of) for clip, of in zip(names, recording, strict=True)]
    annotations = pd.DataFrame(
        {
            "clip": names,
            "artist": [artist.get(clip, "") for clip in names],
            "artist_fold": [fold.get(clip, "") for clip in names],
            "fault_filtered": [role.get(clip, "left_out") for clip in names],
        }
    )
    columns = [column for column in table.columns if column not in ("filename", "length", "label")]
    values = table[columns].astype(np.float64).assign(clip=names)
    return Published(values, clips, annotations, columns)


@pytest.fixture(scope="session")
def mini_clips(real_data) -> set[str]:
    """The ids of the 100 clips of GTZAN mini."""
    index = json.loads(real_data.file("gtzan_mini_md5_mirdata.json").read_text())
    return set(index["tracks"])
