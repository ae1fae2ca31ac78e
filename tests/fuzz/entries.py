"""Entries of the content cache, damaged, exchanged or put there by another hand."""

import io
import os
import pickle
import sys
import tempfile
from collections.abc import Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from classically_punk.foundation import content_cache

from .mutations import extreme, mutated
from .running import Unaccounted

ROOM = "features"
KEY, OTHER_KEY = content_cache.content_key("this clip"), content_cache.content_key("another")


class _Program:
    """A pickle that ends whoever loads it."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return sys.exit, ("a pickle was run",)


def arrays(seed: int) -> dict[str, np.ndarray]:
    """What is kept of a clip."""
    rng = np.random.default_rng(seed)
    return {
        "columns": np.array(["centroid_mean", "tempo", "mfcc1_var"]),
        "window": np.arange(-1, 4),
        "start": rng.random(5),
        "values": rng.standard_normal((5, 3)).astype(np.float32),
    }


@cache
def stored() -> tuple[bytes, bytes]:
    """Two entries as they are stored, the first under `KEY`."""
    with tempfile.TemporaryDirectory() as folder, cache_in(Path(folder)):
        for key, seed in ((KEY, 1), (OTHER_KEY, 2)):
            content_cache.store(ROOM, key, arrays(seed))
        found = [_entry(Path(folder), key).read_bytes() for key in (KEY, OTHER_KEY)]
    return found[0], found[1]


def make(rng: Random) -> bytes:
    mine, other = stored()
    return rng.choice(
        (
            lambda: mutated(rng, mine, stored()),
            lambda: mutated(rng, mine, stored()),
            lambda: mine,
            lambda: other,
            lambda: mine[: rng.randrange(len(mine))],
            lambda: _archive({"values": np.full((5, 3), np.nan)}),
            lambda: _archive(arrays(1) | {"values": np.zeros((rng.randrange(3), 7))}),
            lambda: _archive({"values": np.array([_Program()], dtype=object)}),
            lambda: _array(np.array([_Program()], dtype=object)),
            lambda: _array(arrays(1)["values"]),
            lambda: mutated(rng, _array(arrays(1)["values"]), stored()),
            lambda: _with_header(rng),
            lambda: pickle.dumps(_Program()),
            lambda: b"",
        )
    )()


def judge(data: bytes, folder: Path) -> str:
    """What was stored under the key, to the last bit, or nothing; and what is no entry is gone."""
    with cache_in(folder):
        path = _entry(folder, KEY)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        try:
            found = content_cache.load(ROOM, KEY)
            if found is None and path.exists():
                raise Unaccounted("an entry that cannot be read was left where it is")
        finally:
            path.unlink(missing_ok=True)
    if found is None:
        return "absent"
    _require_same(found)
    return "read"


def _require_same(found: Mapping[str, np.ndarray]) -> None:
    for name, array in arrays(1).items():
        if name not in found or found[name].dtype != array.dtype or not np.array_equal(found[name], array):
            raise Unaccounted(f"{name} is not what was stored under this key")
    if len(found) != len(arrays(1)):
        raise Unaccounted(f"{sorted(found)} were not stored under this key")


def _entry(folder: Path, key: str) -> Path:
    return folder / ROOM / key[:2] / f"{key}.npz"


@contextmanager
def cache_in(folder: Path) -> Any:
    """The content cache stands in `folder` meanwhile."""
    before = os.environ.get("PUNK_CACHE")
    os.environ["PUNK_CACHE"] = str(folder)
    try:
        yield
    finally:
        del os.environ["PUNK_CACHE"]
        os.environ |= {} if before is None else {"PUNK_CACHE": before}


def _archive(content: Mapping[str, np.ndarray]) -> bytes:
    target = io.BytesIO()
    np.savez(target, **content)
    return target.getvalue()


def _array(array: np.ndarray) -> bytes:
    target = io.BytesIO()
    np.save(target, array)
    return target.getvalue()


def _with_header(rng: Random) -> bytes:
    """An array whose header claims more than there is, or says nothing that can be read."""
    shape = int.from_bytes(extreme(rng, 8), "little")
    header = rng.choice(
        (
            f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape},), }}",
            "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
            "{" * 500,
            "{'descr': [('a', 'b'",
            "(" * 5000 + ")" * 5000,
        )
    ).encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(40)
