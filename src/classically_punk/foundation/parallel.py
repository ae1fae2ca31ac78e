"""Maps over clips in worker processes, in order, with a bounded number of items in memory."""

import signal
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError
from tqdm import tqdm

from classically_punk.foundation.environment import jobs as jobs_from_environment
from classically_punk.foundation.errors import PunkError

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
        initializer=_leave_ctrl_c_to_the_caller,
    )
    try:
        yield from pool(delayed(function)(item) for item in items)
    except TerminatedWorkerError as error:
        raise PunkError(
            f"one of {workers} worker processes was killed, most likely because the machine ran out of memory; run "
            "again with fewer of them, each of which needs its own: PUNK_JOBS=1 dvc repro ... Nothing half-written "
            "was kept"
        ) from error


def _leave_ctrl_c_to_the_caller() -> None:
    """A terminal sends Ctrl-C to the workers as well; the caller, whom it stops, ends them without their tracebacks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
