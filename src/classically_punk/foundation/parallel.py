"""Maps over clips in worker processes, in order, with a bounded number of items in memory."""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TypeVar

from joblib import Parallel, delayed
from joblib._multiprocessing_helpers import mp as joblib_semaphores
from joblib.externals.loky.process_executor import TerminatedWorkerError
from tqdm import tqdm

from classically_punk.foundation.environment import jobs as jobs_from_environment
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.leftovers import shared_folder
from classically_punk.foundation.orphans import end_with, interrupts_held
from classically_punk.foundation.starting import tell_when_time_is_up

Item = TypeVar("Item")
Result = TypeVar("Result")


def ordered_map(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    jobs: int | None = None,
    expected: int | None = None,
    label: str = "",
    unit: str = "clip",
) -> Iterator[Result]:
    """`function` of every item, in the order of `items`, which are pulled only as workers need them.

    jobs     : worker processes; by default what `PUNK_JOBS` or the machine says. With 1 all runs in this process.
    expected : how many items there will be, for the progress bar
    A bar is shown on a terminal only. An exception in a worker reaches the caller.
    Raises PunkError when a worker process is killed.
    """
    workers = jobs_from_environment() if jobs is None else jobs
    if workers > 1 and not _workers_possible():
        workers = 1
    bar = tqdm(total=expected, desc=label, unit=unit, disable=None, leave=False)
    with bar:
        for result in _results(function, items, workers):
            bar.update()
            yield result


def _results(function: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    if workers == 1:
        yield from map(function, items)
        return
    pool = Parallel(
        n_jobs=workers,
        return_as="generator",
        pre_dispatch="2*n_jobs",
        batch_size=1,
        temp_folder=str(shared_folder()),
        initializer=_begin_worker,
        initargs=(os.getpid(),),
    )
    try:
        with interrupts_held():
            results = pool(delayed(function)(item) for item in items)
        yield from results
    except TerminatedWorkerError as error:
        raise PunkError(
            f"one of {workers} worker processes was killed, most likely because the machine ran out of memory; run "
            "again with fewer of them, each of which needs its own: PUNK_JOBS=1 dvc repro ... Nothing half-written "
            "was kept"
        ) from error


def _begin_worker(parent: int) -> None:
    """A worker ends with the process it works for. A terminal sends Ctrl-C to it as well; the caller, whom it stops,
    ends it without a traceback of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with(parent)
    tell_when_time_is_up()


@cache
def _workers_possible() -> bool:
    """Whether this system has the semaphores by which worker processes are led; if not, says so, once."""
    if joblib_semaphores is not None:
        return True
    print(
        "warning: all work is done in one process, which takes as many times longer as there are processors: the "
        "system has no room for semaphores. Mount /dev/shm, or make room in it",
        file=sys.stderr,
    )
    return False
