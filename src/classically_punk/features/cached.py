"""Features of many files, in worker processes, each clip's kept by content.

The key of an entry is the clip's bytes, the parameters, the recipe, the code and libraries that compute it, and the
arithmetic: one more clip costs one more clip, and what changes a number recomputes. What only describes a column does
not.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from classically_punk.audio.canonical import read_canonical
from classically_punk.contracts.recipe import Step
from classically_punk.features import extract
from classically_punk.features.extract import ClipFeatures, clip_features, modules_of, warm_up
from classically_punk.foundation import content_cache
from classically_punk.foundation.parallel import ordered_map
from classically_punk.foundation.params import Features
from classically_punk.foundation.sources import sources_of

ROOM = "features"
LIBRARIES = ("librosa", "numba", "numpy", "scipy")


@dataclass(frozen=True)
class NamedFile:
    """A canonical clip on disk and its id."""

    clip: str
    path: Path


def feature_table(files: Mapping[str, Path], settings: Features, steps: Sequence[Step]) -> pd.DataFrame:
    """The columns clip, window, start (s), duration (s) and those of `steps`, a row per clip and window, float32.

    files : clip id -> canonical WAV, in the order of the rows
    Raises PunkError when one of them is not canonical.
    """
    warm_up(steps)
    work = partial(_of_file, settings=settings, steps=tuple(steps), made_by=making_key(settings, steps))
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


def _of_file(item: NamedFile, settings: Features, steps: tuple[Step, ...], made_by: str) -> ClipFeatures:
    key = content_cache.content_key(item.path.read_bytes(), made_by)
    stored = content_cache.load(ROOM, key)
    if stored is not None:
        return ClipFeatures(
            columns=tuple(str(name) for name in stored["columns"]),
            window=stored["window"].astype(np.int64),
            start=stored["start"].astype(np.float64),
            duration=stored["duration"].astype(np.float64),
            values=stored["values"].astype(np.float32),
        )
    features = clip_features(read_canonical(item.path), settings, steps)
    arrays = {
        "columns": np.array(features.columns),
        "window": features.window,
        "start": features.start,
        "duration": features.duration,
        "values": features.values,
    }
    content_cache.store(ROOM, key, arrays)
    return features


def making_key(
    settings: Features, steps: Sequence[Step], modules: Sequence[str] = (), libraries: Sequence[str] = ()
) -> str:
    """A hash of all but the clip that its features come from: parameters, steps, code and libraries.

    modules, libraries : what else has a hand in it, beside what extraction imports and the steps name
    """
    used = settings.model_dump(exclude={"sets"})  # the steps say which columns
    computed = [[step.column, step.over, step.function, step.output, step.statistic] for step in steps]
    sources = sources_of([extract.__name__, read_canonical.__module__, *modules_of(steps), *modules])
    code = content_cache.code_key(sources, [*LIBRARIES, *libraries])
    return content_cache.content_key(json.dumps([used, computed], sort_keys=True), code)
