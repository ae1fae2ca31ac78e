"""Features of cuts out of the middle of clips, each kept by content: what a model hears that is given less.

The key of an entry is the clip's bytes, the length of the cut, and what its features are made by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE, Samples, read_canonical
from classically_punk.contracts.recipe import Step
from classically_punk.features.cached import NamedFile, making_key
from classically_punk.features.extract import clip_features, warm_up
from classically_punk.foundation import content_cache
from classically_punk.foundation.parallel import ordered_map
from classically_punk.foundation.params import Features

ROOM = "cuts"
NEARLY = 0.75
"""Of the length that a clip must have to count as one of that length: collections cut theirs a little short, or their
longest clips are all that there is of a length."""


@dataclass(frozen=True)
class _Work:
    settings: Features
    steps: tuple[Step, ...]
    lengths: tuple[float, ...]
    made_by: str


def middle(samples: Samples, length: float) -> Samples | None:
    """The `length` s in the middle of a clip; all of a clip that is a little shorter, None of one that is
    much shorter.

    samples : shape (n,), at SAMPLE_RATE
    """
    wanted = round(length * SAMPLE_RATE)
    if len(samples) < NEARLY * wanted:
        return None
    start = max(0, (len(samples) - wanted) // 2)
    return samples[start : start + wanted]


def cuts_table(
    files: Mapping[str, Path], lengths: Sequence[float], settings: Features, steps: Sequence[Step]
) -> pd.DataFrame:
    """The columns clip, length (s), window and those of `steps`: a row for the whole of each cut (window -1) and for
    each window of it. A clip that is too short for a length has no row of it.

    files : clip -> canonical WAV
    Raises PunkError when one of them is not canonical.
    """
    warm_up(steps)
    made_by = making_key(settings, steps, [__name__])
    work = partial(_of_file, _Work(settings, tuple(steps), tuple(lengths), made_by))
    named = [NamedFile(clip, path) for clip, path in files.items()]
    found = [cut for cuts in ordered_map(work, named, expected=len(named), label="cuts") for cut in cuts]
    head = pd.DataFrame(
        {
            "clip": np.repeat([cut.clip for cut in found], [len(cut.window) for cut in found]),
            "length": np.repeat([cut.length for cut in found], [len(cut.window) for cut in found]),
            "window": np.concatenate([cut.window for cut in found]) if found else np.zeros(0, np.int64),
        }
    )
    columns = [step.column for step in steps]
    values = np.concatenate([cut.values for cut in found]) if found else np.zeros((0, len(columns)), np.float32)
    return pd.concat([head, pd.DataFrame(values, columns=columns)], axis=1)


@dataclass(frozen=True)
class _Cut:
    clip: str
    length: float
    window: NDArray[np.int64]
    values: NDArray[np.float32]


def _of_file(work: _Work, item: NamedFile) -> list[_Cut]:
    content = item.path.read_bytes()
    samples = read_canonical(item.path)
    found = []
    for length in work.lengths:
        cut = middle(samples, length)
        if cut is None:
            continue
        key = content_cache.content_key(content, f"{length:g}", work.made_by)
        stored = content_cache.load(ROOM, key)
        if stored is None:
            features = clip_features(cut, work.settings, work.steps)
            stored = {"window": features.window, "values": features.values}
            content_cache.store(ROOM, key, stored)
        found.append(_Cut(item.clip, length, stored["window"].astype(np.int64), stored["values"].astype(np.float32)))
    return found
