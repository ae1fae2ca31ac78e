"""A pickle of a pandas table, read without running anything that the pickle names.

A pickle is a program. Here it runs on stand-ins: every class and function that a pickled table needs is replaced by one
of this module, which keeps what it is given and does nothing else; any other name is refused, and so is every
instruction that such a table does without. Neither pandas nor NumPy sees the file until its columns stand there as
lists of strings and as bytes whose length fits their shape.

Source of the layout: pandas.core.internals, `BlockManager.__getstate__` of pandas 0.14 to 1.x; NumPy,
`ndarray.__reduce__`; CPython, `pickletools`.
"""

import io
import math
import pickle
import pickletools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from classically_punk.foundation.errors import PunkError

LARGEST = 2**24
"""Bytes of a pickle that is read at all."""

_INSTRUCTIONS = frozenset(
    (
        *("PROTO", "GLOBAL", "MARK", "STOP", "BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET"),
        *("EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_LIST", "APPEND", "APPENDS"),
        *("EMPTY_DICT", "SETITEM", "SETITEMS", "BINUNICODE", "BININT", "BININT1", "BININT2", "BINFLOAT"),
        *("BINBYTES", "SHORT_BINBYTES", "NONE", "NEWTRUE", "NEWFALSE", "NEWOBJ", "REDUCE", "BUILD"),
    )
)

_NUMBERS = {"f8": 8, "f4": 4, "i8": 8, "i4": 4}
_FAULTS = (
    *(pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, KeyError, TypeError, ValueError),
    *(OverflowError, RecursionError, MemoryError),
)


class _Kept:
    """What stands in for an object: the arguments that would have made it, and the state that it would have taken."""

    __slots__ = ("arguments", "state")
    arguments: tuple[Any, ...]
    state: Any

    def __new__(cls, *arguments: Any) -> "_Kept":
        made = super().__new__(cls)
        made.arguments, made.state = arguments, None
        return made

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Frame(_Kept):
    __slots__ = ()


class _Manager(_Kept):
    __slots__ = ()


class _Index(_Kept):
    __slots__ = ()


class _Range(_Kept):
    __slots__ = ()


class _Array(_Kept):
    __slots__ = ()


class _ArrayClass(_Kept):
    __slots__ = ()


class _Dtype(_Kept):
    __slots__ = ()


class _Slice(_Kept):
    __slots__ = ()


class _NewIndex(_Kept):
    __slots__ = ()


_STAND_INS: dict[tuple[str, str], type[_Kept]] = {
    ("pandas.core.frame", "DataFrame"): _Frame,
    ("pandas.core.internals", "BlockManager"): _Manager,
    ("pandas.core.internals.managers", "BlockManager"): _Manager,
    ("pandas.core.indexes.base", "_new_Index"): _NewIndex,
    ("pandas.core.indexes.base", "Index"): _Index,
    ("pandas.core.indexes.range", "RangeIndex"): _Range,
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy", "ndarray"): _ArrayClass,
    ("numpy", "dtype"): _Dtype,
    ("builtins", "slice"): _Slice,
}


class _Unpickler(pickle._Unpickler):
    """Python's own, written in Python: its memo is a dictionary, so that a large number in a file costs no memory."""

    def find_class(self, module: str, name: str, /) -> Any:
        stand_in = _STAND_INS.get((module, name))
        if stand_in is None:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which a table of numbers does not need")
        return stand_in


def read_table(path: Path) -> pd.DataFrame:
    """The pickled table at `path`: text in columns of str, numbers in columns of float64.

    Raises PunkError when the file is missing, too large, damaged, no such table, or asks for anything else.
    """
    try:
        with path.open("rb") as handle:
            content = handle.read(LARGEST + 1)
    except OSError as error:
        raise PunkError(f"{path}: cannot be read ({error.strerror}); `make data CORPUS=...` fetches it") from error
    if len(content) > LARGEST:
        raise PunkError(
            f"{path}: larger than {LARGEST} bytes, the most that is read of a pickle; expected a small table"
        )
    try:
        _require_plain(content)
        kept = _Unpickler(io.BytesIO(content)).load()
        return _table(kept)
    except _FAULTS as error:
        raise PunkError(
            f"{path}: no pickled table of numbers and text alone: {error}. Nothing of it was run; delete it and fetch "
            "it again, or do not trust it"
        ) from error


def _require_plain(content: bytes) -> None:
    """Raises pickle.UnpicklingError, or ValueError where the file breaks off, for other instructions than listed."""
    for instruction, _, place in pickletools.genops(content):
        if instruction.name not in _INSTRUCTIONS:
            raise pickle.UnpicklingError(f"instruction {instruction.name} at byte {place} is not one of a plain table")


def _table(frame: Any) -> pd.DataFrame:
    if not isinstance(frame, _Frame):
        raise ValueError("it holds something other than a table")
    _, _, _, extra = _of(frame.state["_data"], _Manager).state
    ((_, state),) = extra.items()
    names, rows = _labels(state["axes"][0]), _length(state["axes"][1])
    columns: dict[str, Any] = {}
    for block in state["blocks"]:
        held = [names[place] for place in _places(block["mgr_locs"], len(names))]
        for name, column in zip(held, _values(block["values"]), strict=True):
            if name in columns or len(column) != rows:
                raise ValueError(f"column {name!r} is there twice, or has not as many rows as the table")
            columns[name] = column
    if set(columns) != set(names) or len(set(names)) < len(names):
        raise ValueError("its columns are not those that it names")
    return pd.DataFrame({name: columns[name] for name in names})


def _of(kept: Any, kind: type[_Kept]) -> Any:
    if not isinstance(kept, kind):
        raise ValueError(f"{kind.__name__.strip('_')} expected")
    return kept


def _labels(index: Any) -> list[str]:
    """Names of an index of strings."""
    cls, content = _of(index, _NewIndex).arguments
    if cls is not _Index:
        raise ValueError("its columns have no names")
    (names,) = _values(content["data"], dimensions=1)
    return [str(name) for name in names]


def _length(index: Any) -> int:
    cls, content = _of(index, _NewIndex).arguments
    if cls is not _Range or (content["start"], content["step"]) != (0, 1):
        raise ValueError("its rows are not numbered from 0 on")
    return int(content["stop"])


def _places(where: Any, count: int) -> list[int]:
    """Numbers of the columns that a block holds."""
    if isinstance(where, _Slice):
        start, stop, step = (int(value) for value in where.arguments)
        if not (0 <= start <= stop <= count and step >= 1):
            raise ValueError("a block of columns lies outside the table")
        return list(range(start, stop, step))
    (found,) = _values(where, dimensions=1)
    return [int(place) for place in found]


def _values(array: Any, dimensions: int = 2) -> list[Any]:
    """Rows of a pickled array: lists of str, or float64 arrays."""
    _, shape, dtype, columns_first, content = _of(array, _Array).state
    shape = tuple(int(size) for size in shape)
    if len(shape) != dimensions or min(shape) < 1:
        raise ValueError(f"an array of {dimensions} dimension(s) was expected, found the shape {shape}")
    (code, *_), size = _of(dtype, _Dtype).arguments, math.prod(shape)
    lines = (1, shape[0]) if dimensions == 1 else shape
    if code == "O8":
        if len(content) != size or not all(type(cell) is str for cell in content):
            raise ValueError("a column of text holds something else, or too much or too little of it")
        if columns_first and min(lines) > 1:
            raise ValueError("columns of text lie across each other")
        return [content[line * lines[1] : (line + 1) * lines[1]] for line in range(lines[0])]
    if code not in _NUMBERS or dtype.state[1] != "<":
        raise ValueError(f"numbers of type {code!r} are not read")
    if len(content) != size * _NUMBERS[code]:
        raise ValueError(f"{size * _NUMBERS[code]} bytes of numbers were expected, found {len(content)}")
    flat = np.frombuffer(content, dtype=f"<{code}").astype("float64")
    return list(flat.reshape(lines, order="F" if columns_first else "C"))
