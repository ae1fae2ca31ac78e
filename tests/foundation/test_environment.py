"""Environment variables: what may not change a result, and what is said when one cannot be used."""

import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from classically_punk.foundation.environment import THREAD_VARIABLES, cache_dir, jobs, mirror
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
