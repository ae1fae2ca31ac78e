"""Features of clips that were changed in ways that leave their genre as it is, each kept by content.

The key of an entry is the clip's bytes, the alteration, its seed, and what its features are made by: a clip that stays
in the corpus is altered once.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from classically_punk.audio import alterations as alteration_module
from classically_punk.audio.alterations import ALTERATIONS, Alteration
from classically_punk.audio.canonical import read_canonical
from classically_punk.contracts.recipe import Step
from classically_punk.features.cached import making_key
from classically_punk.features.extract import clip_features, warm_up
from classically_punk.foundation import content_cache
from classically_punk.foundation.parallel import ordered_map
from classically_punk.foundation.params import Features

ROOM = "altered"
WINDOWS_ROOM = "altered_windows"
LIBRARIES = ("soundfile", "soxr")  # that alterations use, beside those of features
WHOLE_CLIP = 600.0  # s; a window as long as clips may be: features of the whole clip only


@dataclass(frozen=True)
class _Task:
    clip: str
    path: Path


@dataclass(frozen=True)
class _Work:
    settings: Features
    steps: tuple[Step, ...]
    seed: int
    alterations: tuple[Alteration, ...]
    made_by: str


def altered_table(
    files: Mapping[str, Path],
    settings: Features,
    steps: Sequence[Step],
    seed: int,
    alterations: Sequence[Alteration] = ALTERATIONS,
) -> pd.DataFrame:
    """The columns clip, alteration and those of `steps` of the whole altered clip, float32; a row for each clip and
    each alteration that applies to it (a clip can be too short for a crop).

    files : clip id -> canonical WAV; settings : how to compute, windows are not
    seed  : of everything random; each clip gets its own from it and its name, whatever the other clips are
    """
    warm_up(steps)
    whole = settings.model_copy(update={"window": WHOLE_CLIP, "window_hop": WHOLE_CLIP})
    made_by = making_key(whole, steps, [alteration_module.__name__], LIBRARIES)
    work = partial(_of_clip, _Work(whole, tuple(steps), seed, tuple(alterations), made_by))
    tasks = [_Task(clip, path) for clip, path in files.items()]
    rows = [row for rows in ordered_map(work, tasks, expected=len(tasks), label="alterations") for row in rows]
    head = pd.DataFrame({"clip": [row[0] for row in rows], "alteration": [row[1] for row in rows]})
    columns = rows[0][2] if rows else ()
    values = np.stack([row[3] for row in rows]) if rows else np.zeros((0, 0))
    return pd.concat([head, pd.DataFrame(values, columns=list(columns))], axis=1)


def altered_windows(
    files: Mapping[str, Path],
    settings: Features,
    steps: Sequence[Step],
    seed: int,
    alterations: Sequence[Alteration],
) -> pd.DataFrame:
    """The columns clip, alteration, window and those of `steps`, float32: a row for the whole of each altered clip
    (window -1) and for each window of it. Else as `altered_table`."""
    warm_up(steps)
    made_by = making_key(settings, steps, [alteration_module.__name__], LIBRARIES)
    work = partial(_windows_of_clip, _Work(settings, tuple(steps), seed, tuple(alterations), made_by))
    tasks = [_Task(clip, path) for clip, path in files.items()]
    found = [part for parts in ordered_map(work, tasks, expected=len(tasks), label="alterations") for part in parts]
    columns = ["clip", "alteration", "window", *(step.column for step in steps)]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def _windows_of_clip(work: _Work, task: _Task) -> list[pd.DataFrame]:
    content = task.path.read_bytes()
    samples = read_canonical(task.path)
    own_seed = zlib.crc32(f"{work.seed} {task.clip}".encode())
    found = []
    for alteration in work.alterations:
        if not alteration.applies(len(samples)):
            continue
        key = content_cache.content_key(content, alteration.name, str(own_seed), work.made_by)
        stored = content_cache.load(WINDOWS_ROOM, key)
        if stored is None:
            features = clip_features(alteration.apply(samples, own_seed), work.settings, work.steps)
            stored = {"window": features.window, "values": features.values}
            content_cache.store(WINDOWS_ROOM, key, stored)
        part = pd.DataFrame(stored["values"].astype(np.float32), columns=[step.column for step in work.steps])
        named = part.assign(clip=task.clip, alteration=alteration.name, window=stored["window"].astype(np.int64))
        found.append(named)
    return found


_Row = tuple[str, str, tuple[str, ...], "np.typing.NDArray[np.float32]"]


def _of_clip(work: _Work, task: _Task) -> list[_Row]:
    return list(_rows(work, task))


def _rows(work: _Work, task: _Task) -> Iterator[_Row]:
    content = task.path.read_bytes()
    samples = read_canonical(task.path)
    own_seed = zlib.crc32(f"{work.seed} {task.clip}".encode())
    for alteration in work.alterations:
        if not alteration.applies(len(samples)):
            continue
        key = content_cache.content_key(content, alteration.name, str(own_seed), work.made_by)
        stored = content_cache.load(ROOM, key)
        if stored is None:
            found = clip_features(alteration.apply(samples, own_seed), work.settings, work.steps)
            stored = {"columns": np.array(found.columns), "values": found.values[0]}
            content_cache.store(ROOM, key, stored)
        columns = tuple(str(name) for name in stored["columns"])
        yield task.clip, alteration.name, columns, stored["values"].astype(np.float32)
