"""Environment variables: settings that must not change a result.

`PUNK_JOBS`    worker processes (default: as many as processors and memory are enough for)
`PUNK_CACHE`   folder of the content-addressed cache (default: `.punk_cache`)
`PUNK_MIRROR`  folder that is searched before anything is downloaded (default: none)
"""

import os
from pathlib import Path

from classically_punk.foundation import machine
from classically_punk.foundation.errors import PunkError

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def pin_threads() -> None:
    """One thread per process, for every numerical library that reads its count from the environment."""
    for variable in THREAD_VARIABLES:
        os.environ[variable] = "1"
    os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_dir() / "numba"))


def jobs() -> int:
    """Worker processes to use, at least 1. Raises PunkError when `PUNK_JOBS` is no positive whole number."""
    stated = os.environ.get("PUNK_JOBS", "").strip()
    if not stated:
        return machine.workers()
    if not stated.isdecimal() or int(stated) < 1:
        raise PunkError(f"PUNK_JOBS={stated!r}: expected a whole number of worker processes, 1 or more")
    return int(stated)


def cache_dir() -> Path:
    """Folder of cached work, outside every output of the graph; deleting it costs time, never a result."""
    return Path(os.environ.get("PUNK_CACHE") or ".punk_cache").absolute()


def mirror() -> Path | None:
    """Folder searched by file name before anything is downloaded. Raises PunkError when it does not exist."""
    stated = os.environ.get("PUNK_MIRROR", "").strip()
    if not stated:
        return None
    folder = Path(stated)
    if not folder.is_dir():
        raise PunkError(f"PUNK_MIRROR={stated}: no such folder; unset it, or name a folder that holds the files")
    return folder
