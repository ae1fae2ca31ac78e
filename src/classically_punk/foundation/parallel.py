"""Maps over clips in worker processes, in order, with a bounded number of items in memory."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from joblib import Parallel, delayed
from tqdm import tqdm

from classically_punk.foundation.environment import jobs as jobs_from_environment

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
    pool = Parallel(n_jobs=workers, return_as="generator", pre_dispatch="2*n_jobs", batch_size=1)
    yield from pool(delayed(function)(item) for item in items)
