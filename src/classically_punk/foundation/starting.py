"""From the first import to the first line of a program of ours: what ends it then is one sentence, not a traceback.

NumPy, pandas and their like take a second or two to import. Ctrl-C, or a limit of the shell, would come out of the
middle of one of them. A program that merely imports this package keeps its own signals.
"""

import os
import resource
import signal
import sys
import warnings
from collections.abc import Sequence
from pathlib import PurePath
from types import FrameType
from typing import NoReturn

from classically_punk.foundation import machine
from classically_punk.foundation.errors import PunkError

INTERRUPTED = 130
"""Exit status of a program that Ctrl-C ended, as shells have it: 128 and the number of the signal."""

_PACKAGE = __name__.partition(".")[0]
_COMMAND = "punk"


def is_program(command: Sequence[str]) -> bool:
    """Whether `command`, as it was given to Python, runs a module of this package, or `punk`."""
    if "-m" in command[:-1]:
        return command[list(command).index("-m") + 1].partition(".")[0] == _PACKAGE
    return any(PurePath(word).name == _COMMAND for word in command[:3])


def begin() -> None:
    """Called before anything large is imported. Exits with a message when a limit of the shell is too small."""
    # `parallel` says what it costs, once
    warnings.filterwarnings("ignore", message=".*joblib will operate in serial mode", category=UserWarning)
    if not is_program(sys.orig_argv):
        return
    problem = machine.too_small()
    if problem is not None:
        sys.exit(f"error: {problem}")
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    tell_when_time_is_up(_out_of_time)


def imported() -> None:
    """Called when everything is imported: from here on, Ctrl-C and the limits are exceptions."""
    if signal.getsignal(signal.SIGINT) is _interrupted:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    tell_when_time_is_up(_raise_out_of_time)


def tell_when_time_is_up(handler: "signal._HANDLER | None" = None) -> None:
    """Calls `handler`, which by default raises PunkError, shortly before the limit on processor time ends this process,
    which the system would do without a word."""
    if machine.allowed(resource.RLIMIT_CPU) is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, max(1, hard - machine.WARNING_TIME))
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
    signal.signal(signal.SIGXCPU, handler or _raise_out_of_time)


def _interrupted(_number: int, _frame: FrameType | None) -> NoReturn:
    _leave("interrupted; nothing half-written was kept", INTERRUPTED)


def _out_of_time(_number: int, _frame: FrameType | None) -> NoReturn:
    _leave(f"error: {machine.used_up(resource.RLIMIT_CPU)}", 1)


def _raise_out_of_time(_number: int, _frame: FrameType | None) -> NoReturn:
    raise PunkError(machine.used_up(resource.RLIMIT_CPU))


def _leave(message: str, status: int) -> NoReturn:
    """At once: an exception would pass through imports, some of which turn it into another or drop it."""
    os.write(2, f"{message}\n".encode())
    os._exit(status)
