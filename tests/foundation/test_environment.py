"""Environment variables: what may not change a result, and what is said when one cannot be used."""

import json
import math
import os
import platform
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from classically_punk.foundation import environment
from classically_punk.foundation.content_cache import code_key
from classically_punk.foundation.environment import (
    ARITHMETIC_VARIABLES,
    THREAD_VARIABLES,
    X86_64_V3,
    arithmetic,
    arithmetic_in_words,
    arithmetic_is_pinned,
    cache_dir,
    jobs,
    mirror,
    pin_arithmetic,
)
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.parallel import ordered_map


def test_threads_are_pinned_before_numpy_is_loaded() -> None:
    program = (
        "import sys, classically_punk, os; assert 'numpy' not in sys.modules;"
        "import numpy, threadpoolctl; print(max(pool['num_threads'] for pool in threadpoolctl.threadpool_info()))"
    )
    environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "2")}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "1"


needs_avx2 = pytest.mark.skipif(not arithmetic_is_pinned(), reason=f"needs AVX2 and Linux: {arithmetic_in_words()}")


@needs_avx2
def test_arithmetic_is_pinned_before_numpy_is_loaded() -> None:
    """What NumPy, OpenBLAS and numba say of themselves, whatever the shell had set and however strict warnings are."""
    program = (
        "import classically_punk, json, numpy, scipy.linalg, numba, threadpoolctl;"
        "from numba.core.codegen import JITCPUCodegen;"
        "found = numpy.show_config(mode='dicts')['SIMD Extensions']['found'];"
        "blas = sorted({pool['architecture'] for pool in threadpoolctl.threadpool_info() if 'architecture' in pool});"
        "print(json.dumps([found, blas, JITCPUCodegen('test').magic_tuple()[1:]]))"
    )
    stated = {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "X86_V3", "NUMBA_CPU_NAME": "generic"}
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={**os.environ, **stated},
        capture_output=True,
        text=True,
        check=True,
    )
    found, blas, (name, features) = json.loads(run.stdout)
    assert found == ["X86_V3"]
    assert blas == ["Haswell"]
    assert name == "haswell"
    assert {"+avx2", "+fma"} <= set(features.split(","))
    assert "avx512" not in features


@needs_avx2
def test_the_pinned_numpy_has_this_level_and_others_above_it() -> None:
    from numpy._core._multiarray_umath import __cpu_dispatch__

    assert ARITHMETIC_VARIABLES["NPY_ENABLE_CPU_FEATURES"] in __cpu_dispatch__


@needs_avx2
def test_workers_have_the_same_arithmetic() -> None:
    found = list(ordered_map(_arithmetic_of, range(4), jobs=2))
    assert {words for words, _ in found} == {arithmetic()}
    assert os.getpid() not in {pid for _, pid in found}


def _arithmetic_of(_: int) -> tuple[str, int]:
    return arithmetic(), os.getpid()


@needs_avx2
def test_numpy_loaded_first_is_said_and_is_another_arithmetic() -> None:
    program = (
        "import numpy, classically_punk.foundation.environment as environment;"
        "print(environment.arithmetic_is_pinned(), environment.arithmetic())"
    )
    bare = {name: value for name, value in os.environ.items() if name not in ARITHMETIC_VARIABLES}
    run = subprocess.run([sys.executable, "-c", program], env=bare, capture_output=True, text=True, check=True)
    assert "RuntimeWarning: numpy loaded before classically_punk" in run.stderr
    assert "import classically_punk first" in run.stderr
    assert run.stdout.startswith("False")
    assert arithmetic() not in run.stdout
    inherited = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (inherited.stderr, inherited.stdout.strip()) == ("", f"True {arithmetic()}")


@pytest.mark.parametrize("flags", ["flags\t\t: fpu sse sse2 avx", "Features\t: fp asimd", ""])
def test_a_processor_without_avx2_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flags: str) -> None:
    before = arithmetic(), code_key([], [])
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\n{flags}\n")
    monkeypatch.setattr(environment, "CPUINFO", tmp_path / "cpuinfo")
    for name in ARITHMETIC_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    pin_arithmetic()
    assert not set(ARITHMETIC_VARIABLES) & set(os.environ)
    assert "last bits may differ" in arithmetic_in_words()
    assert "make verify" in arithmetic_in_words()
    assert arithmetic() != before[0]
    assert code_key([], []) != before[1], "another arithmetic is another entry of the cache of features"


def test_flags_are_read_as_linux_writes_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(environment, "_loaded_before", [])
    (tmp_path / "cpuinfo").write_text(f"vendor_id\t: AuthenticAMD\nflags\t\t: fpu {' '.join(sorted(X86_64_V3))}\n")
    for name in ARITHMETIC_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NumPy is loaded
        pin_arithmetic()
    pinned = {name: os.environ.get(name) for name in ARITHMETIC_VARIABLES}
    linux = sys.platform == "linux" and platform.machine() == "x86_64"
    assert pinned == (ARITHMETIC_VARIABLES if linux else dict.fromkeys(ARITHMETIC_VARIABLES))


@pytest.mark.parametrize("stated", ["0", "-1", "two", "1.5"])
def test_a_wrong_number_of_jobs_is_named(monkeypatch: pytest.MonkeyPatch, stated: str) -> None:
    monkeypatch.setenv("PUNK_JOBS", stated)
    with pytest.raises(PunkError, match=f"PUNK_JOBS='{stated}'"):
        jobs()


def test_a_mirror_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PUNK_MIRROR", str(tmp_path / "nowhere"))
    with pytest.raises(PunkError, match="no such folder"):
        mirror()
    monkeypatch.setenv("PUNK_MIRROR", "")
    assert mirror() is None


def test_the_cache_stands_where_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PUNK_CACHE", str(tmp_path))
    assert cache_dir() == tmp_path


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order(workers: int) -> None:
    squares = [value * value for value in range(40)]
    assert list(ordered_map(math.isqrt, squares, jobs=workers)) == list(range(40))


@pytest.mark.parametrize("workers", [1, 2])
def test_items_are_pulled_only_as_workers_need_them(workers: int) -> None:
    pulled = []

    def items() -> Iterator[float]:
        for _ in range(40):
            pulled.append(0.05)
            yield 0.05

    results = ordered_map(time.sleep, items(), jobs=workers)
    next(results)
    assert len(pulled) < 20, "with items of 0.05 s, far fewer than all have begun when the first is done"
    assert len(list(results)) == 39


@pytest.mark.parametrize("workers", [1, 2])
def test_an_exception_in_a_worker_reaches_the_caller(workers: int) -> None:
    with pytest.raises(ValueError, match="nonnegative"):
        list(ordered_map(math.isqrt, [1, 4, -3, 9], jobs=workers))
