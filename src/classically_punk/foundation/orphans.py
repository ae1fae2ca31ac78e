"""Processes that end when the one that started them does, however that ends."""

import os
import select
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_EVERY = 1.0  # s between two looks, where the system cannot wake a process when another one ends


def end_with(parent: int) -> None:
    """From now on this process is killed as soon as its parent, process `parent`, has ended.

    A thread waits for it. Linux' own PR_SET_PDEATHSIG would be shorter, but it goes off when the *thread* that started
    the process ends, as the threads of executors and of servers do.
    """
    threading.Thread(target=_end_after, args=(parent,), name="parent's end", daemon=True).start()


def runs(process: int) -> bool:
    """Whether a process of this number is alive, as far as this process may know."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # another user's, or no number of a process: not ours to judge
        return True
    return True


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Processes started in this block never see Ctrl-C, which a terminal sends to all of them: who started them is
    asked to stop, and ends them. Here it comes when the block is left."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_after(parent: int) -> None:
    try:
        handle = os.pidfd_open(parent)
    except (AttributeError, OSError):  # no such call in this system, or no such process any more
        while os.getppid() == parent:
            time.sleep(_EVERY)
    else:
        ends = select.poll()
        ends.register(handle, select.POLLIN)
        while os.getppid() == parent and not ends.poll():
            pass
    os.kill(os.getpid(), signal.SIGKILL)
