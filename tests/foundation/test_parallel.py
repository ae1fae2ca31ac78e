"""Worker processes: in order, and what becomes of one that is killed."""

import os
import signal

import pytest

from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.parallel import ordered_map


def square(number: int) -> int:
    return number * number


def killed_at_three(number: int) -> int:
    """As the kernel does it when memory runs out."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    assert list(ordered_map(square, range(20), jobs=jobs)) == [k * k for k in range(20)]


def test_a_killed_worker_is_an_error_that_names_memory_and_what_to_do() -> None:
    with pytest.raises(PunkError, match=r"killed.*memory.*PUNK_JOBS=1"):
        list(ordered_map(killed_at_three, range(20), jobs=2))
    assert list(ordered_map(square, range(4), jobs=2)) == [0, 1, 4, 9], "the next run has workers again"
