"""Features of many files, in worker processes, each clip's kept by content.

The key of an entry is the clip's bytes, the parameters, the code (this room, the reading of audio, the numerical
libraries) and the arithmetic: one more clip costs one more clip, and a changed parameter or line of code recomputes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

import classically_punk.audio
import classically_punk.features
from classically_punk.audio.canonical import read_canonical
from classically_punk.features.extract import ClipFeatures, clip_features, warm_up
from classically_punk.foundation import content_cache
from classically_punk.foundation.parallel import ordered_map
from classically_punk.foundation.params import Features

ROOM = "features"
LIBRARIES = ("librosa", "numba", "numpy", "scipy", "soundfile", "soxr")


@dataclass(frozen=True)
class NamedFile:
    """A canonical clip on disk and its id."""

    clip: str
    path: Path


def feature_table(files: Mapping[str, Path], settings: Features) -> pd.DataFrame:
    """The columns clip, window, start (s), duration (s) and the features, a row per clip and window, float32.

    files : clip id -> canonical WAV, in the order of the rows
    Raises PunkError when one of them is not canonical.
    """
    warm_up()
    work = partial(_of_file, settings=settings, code=code_key())
    named = [NamedFile(clip, path) for clip, path in files.items()]
    found = list(ordered_map(work, named, expected=len(named), label="features"))
    head = {
        "clip": np.repeat(list(files), [len(features.window) for features in found]),
        "window": np.concatenate([features.window for features in found]),
        "start": np.concatenate([features.start for features in found]),
        "duration": np.concatenate([features.duration for features in found]),
    }
    values = np.concatenate([features.values for features in found])
    return pd.concat([pd.DataFrame(head), pd.DataFrame(values, columns=list(found[0].columns))], axis=1)


def _of_file(item: NamedFile, settings: Features, code: str) -> ClipFeatures:
    key = content_cache.content_key(item.path.read_bytes(), json.dumps(settings.model_dump(), sort_keys=True), code)
    stored = content_cache.load(ROOM, key)
    if stored is not None:
        return ClipFeatures(
            columns=tuple(str(name) for name in stored["columns"]),
            window=stored["window"].astype(np.int64),
            start=stored["start"].astype(np.float64),
            duration=stored["duration"].astype(np.float64),
            values=stored["values"].astype(np.float32),
        )
    features = clip_features(read_canonical(item.path), settings)
    arrays = {
        "columns": np.array(features.columns),
        "window": features.window,
        "start": features.start,
        "duration": features.duration,
        "values": features.values,
    }
    content_cache.store(ROOM, key, arrays)
    return features


def code_key() -> str:
    """A hash of all code, libraries and arithmetic that features come from."""
    rooms = (Path(room.__path__[0]) for room in (classically_punk.audio, classically_punk.features))
    return content_cache.code_key(rooms, LIBRARIES)
