"""numba's compiler, typed, with the options that every kernel of this room has.

Kernels are kept on disk (`NUMBA_CACHE_DIR`, which the package sets below `PUNK_CACHE`) and release the interpreter
lock. Division by zero gives what IEEE 754 says, not an exception: loops without exceptions become vector code.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

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
