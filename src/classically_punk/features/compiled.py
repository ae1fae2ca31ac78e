"""numba's compiler, typed, with the options that every kernel of this room has.

Kernels are kept on disk (`NUMBA_CACHE_DIR`, which the package sets below `PUNK_CACHE`) and release the interpreter
lock. Division by zero gives what IEEE 754 says, not an exception: loops without exceptions become vector code.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from numba import njit
from numba.core import event

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

REORDERED = frozenset({"reassoc", "contract", "nsz", "nnan"})
"""Sums may be added up in another order, several lanes at a time, and no value is NaN; all else is as written."""


def compiled(*, reordered: bool = False, inline: bool = False) -> Callable[[Kernel], Kernel]:
    """Decorator: machine code for a function of arrays and numbers, compiled at its first call.

    reordered : floating-point sums may be reordered, see `REORDERED`
    inline    : the function's text is put where it is called
    """
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
    if reordered:
        options["fastmath"] = set(REORDERED)
    if inline:
        options["inline"] = "always"

    def compile_(function: Kernel) -> Kernel:
        return cast(Kernel, njit(**options)(function))

    return compile_


@contextmanager
def told_when_compiling() -> Iterator[None]:
    """On a terminal, the first kernel that is compiled in here, and not loaded from disk, is announced: all of them
    take a quarter of a minute."""
    with event.install_listener("numba:run_pass", _Teller()):  # a pass of the compiler; loading has none
        yield


class _Teller(event.Listener):  # type: ignore[misc]  # numba has no types
    def __init__(self) -> None:
        self.told = False

    def on_start(self, event: event.Event) -> None:
        if not self.told and sys.stderr.isatty():
            print("compiling the kernels of features, about 15 s; they are kept in PUNK_CACHE", file=sys.stderr)
        self.told = True

    def on_end(self, event: event.Event) -> None:
        """Of no interest, but a listener must hear it."""
