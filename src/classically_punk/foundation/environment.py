"""Environment variables: settings that must not change a result.

`PUNK_JOBS`    worker processes (default: as many as processors and memory are enough for)
`PUNK_CACHE`   folder of the content-addressed cache (default: `.punk_cache`)
`PUNK_MIRROR`  folder that is searched before anything is downloaded (default: none)
"""

import os
import platform
import sys
import warnings
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

ARITHMETIC_VARIABLES = {
    "OPENBLAS_CORETYPE": "Haswell",  # NumPy's OpenBLAS and SciPy's
    "NUMBA_CPU_NAME": "haswell",
    # the name alone leaves numba the host's features
    "NUMBA_CPU_FEATURES": "+cx16,+sahf,+sse3,+ssse3,+sse4.1,+sse4.2,+popcnt,+avx,+avx2,+fma,+bmi,+bmi2,+f16c,+lzcnt"
    ",+movbe",
    # of the code that NumPy keeps for several processors this, and none above. NPY_DISABLE_CPU_FEATURES would have to
    # name all that is above, know what a later NumPy adds, and warn where a processor has none of it
    "NPY_ENABLE_CPU_FEATURES": "X86_V3",
}
"""What every x86-64 processor with AVX2 can do and the last bit can depend on: x86-64-v3, Intel's Haswell of 2013."""

X86_64_V3 = frozenset({"abm", "avx", "avx2", "bmi1", "bmi2", "cx16", "f16c", "fma", "lahf_lm", "movbe", "popcnt"})
"""The flags of /proc/cpuinfo that stand for it; `abm` is lzcnt. What has them has all kinds of SSE as well."""

CPUINFO = Path("/proc/cpuinfo")
READ_WHEN_LOADED = ("numpy", "numba")

_loaded_before: list[str] = []
"""Which of them had read other values before this package could pin its own."""


def pin_threads() -> None:
    """One thread per process, for every numerical library that reads its count from the environment."""
    for variable in THREAD_VARIABLES:
        os.environ[variable] = "1"
    os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_dir() / "numba"))


def pin_arithmetic() -> None:
    """The same instructions on every x86-64 processor with AVX2, and so the same last bits; workers inherit them.

    A processor without AVX2, one that is not x86-64 and a system that is not Linux are left as they are. Warns when
    NumPy or numba was loaded before: what they have chosen stays.
    """
    if not _is_x86_64_v3():
        return
    if not _variables_are_set():
        _loaded_before[:] = [name for name in READ_WHEN_LOADED if name in sys.modules]
    os.environ.pop("NPY_DISABLE_CPU_FEATURES", None)  # NumPy bears only one of the two
    os.environ.update(ARITHMETIC_VARIABLES)
    if _loaded_before:
        warnings.warn(
            f"{' and '.join(_loaded_before)} loaded before classically_punk: last bits of this process may depend on "
            "the processor; import classically_punk first",
            RuntimeWarning,
            stacklevel=3,
        )


def arithmetic_is_pinned() -> bool:
    """Whether last bits of this process are those of every x86-64 processor with AVX2."""
    return _variables_are_set() and not _loaded_before


def _variables_are_set() -> bool:
    return all(os.environ.get(name) == value for name, value in ARITHMETIC_VARIABLES.items())


def arithmetic() -> str:
    """What last bits depend on beside code, parameters and libraries: processor and C library (its exp and log)."""
    processor = "x86-64-v3" if arithmetic_is_pinned() else f"{platform.machine()} {' '.join(sorted(_flags()))}"
    return f"{processor}, {' '.join(platform.libc_ver())}"


def arithmetic_in_words() -> str:
    """Whether results of this machine are the committed bytes, in one line."""
    if arithmetic_is_pinned():
        return "arithmetic: as on every x86-64 processor with AVX2 under Linux, to the last bit"
    return (
        "arithmetic: not Linux on an x86-64 processor with AVX2: last bits may differ from the committed ones; "
        "make verify says whether that is all"
    )


def _is_x86_64_v3() -> bool:
    return sys.platform == "linux" and platform.machine() == "x86_64" and _flags() >= X86_64_V3


def _flags() -> frozenset[str]:
    """What the first processor can do, in Linux' words; empty where there is no such list."""
    if not CPUINFO.is_file():
        return frozenset()
    for line in CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, words = line.partition(":")
        if name.strip() == "flags":
            return frozenset(words.split())
    return frozenset()


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
