"""YAML as params.yaml needs it: mappings, lists and plain values, each with its line, in bounded time and memory.

YAML can do more than a file of parameters needs, and each of these things can hang or mislead its reader: aliases
multiply, tags and dates stand for objects, of two equal keys one is dropped. Here they are refused, with the line. DVC
reads the same file by YAML 1.2, so values are told apart as there: `yes` is text and `1e3` is a number.
"""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from classically_punk.foundation.errors import PunkError, first_few, shortened

LARGEST = 2**16
"""Bytes of a file. It takes less than a second to read, whatever stands in it."""

LONGEST_VALUE = 1000
"""Characters."""

LONGEST_KEY = 100
"""Characters."""

MOST_DIGITS = 18
"""Of an integer: what fits 64 bits."""

MOST_VALUES = 5000
DEEPEST = 10

Place = tuple[str | int, ...]
"""The keys and positions that lead to a value."""

_NO_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# What a plain value is: YAML 1.2, section 10.3.2, and `_` between digits, which both readers take.
_NULL = re.compile(r"(?:~|null|Null|NULL)?")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9][0-9_]*")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\s].*)?", re.DOTALL)  # 1.2 has none, DVC builds them anyway


@dataclass(frozen=True)
class Document:
    """What a file holds, and where.

    content : of dict, list, str, int, float, bool and None
    lines   : the line, from 1, in which each value's key (in lists: the value) stands
    """

    content: Any
    lines: Mapping[Place, int]

    def line_of(self, place: Place) -> int | None:
        """The line of the value at `place`, or, when it is not there, of what should hold it."""
        for n in range(len(place), 0, -1):
            if place[:n] in self.lines:
                return self.lines[place[:n]]
        return None


def read_yaml(path: Path) -> Document:
    """The one document of a file.

    Raises PunkError that names file, line and key and says what is allowed there; FileNotFoundError without a file.
    """
    return _Reader(path, _text(path)).document()


def read_yaml_text(content: str, path: Path) -> Document:
    """The same of what a file held elsewhere, in another revision say. path : what messages call it."""
    return _Reader(path, _decoded(content.encode("utf-8"), path)).document()


def _text(path: Path) -> str:
    if not stat.S_ISREG(path.stat().st_mode):
        raise PunkError(f"{path}: a folder, a pipe or a device; a text file is expected")
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    return _decoded(data, path)


def _decoded(data: bytes, path: Path) -> str:
    if len(data) > LARGEST:
        raise PunkError(f"{path}: larger than {LARGEST // 1024} KiB, which no file of parameters is")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{data[error.start]:02x}"
        raise PunkError(f"{path}, line {line}: {byte} is no UTF-8; save the file as UTF-8") from error
    if odd := _NO_TEXT.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise PunkError(f"{path}, line {line}: {_no_text(odd)}")
    return text


class _Reader:
    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._events = yaml.parse(text, yaml.SafeLoader)
        self._line = 1
        self._values = 0
        self._lines: dict[Place, int] = {}
        self._repeated: list[str] = []

    def document(self) -> Document:
        try:
            content = self._whole()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self._line = mark.line + 1 if mark is not None else self._line
            problem = ", ".join(filter(None, (error.context, error.problem)))
            raise self._refused((), f"not valid YAML: {shortened(problem, 200)}") from error
        except (ValueError, OverflowError) as error:  # escapes and versions that are out of range
            raise self._refused((), f"not valid YAML: {shortened(str(error), 200)}") from error
        if self._repeated:
            count = len(self._repeated)
            raise PunkError(f"{self._path}: {count} key(s) given more than once{first_few(self._repeated)}")
        return Document(content, self._lines)

    def _next(self) -> yaml.Event:
        event: yaml.Event = next(self._events)
        if event.start_mark is not None:
            self._line = event.start_mark.line + 1
        return event

    def _whole(self) -> Any:
        self._next()  # the stream begins
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None
        content = self._value((), self._next())
        self._next()  # the document ends
        if not isinstance(self._next(), yaml.StreamEndEvent):
            raise self._refused((), "a second document begins; one is expected")
        return content

    def _value(self, place: Place, event: yaml.Event) -> Any:
        self._values += 1
        self._lines.setdefault(place, self._line)
        if isinstance(event, yaml.AliasEvent):
            raise self._refused(place, "aliases (`*name`) are not read; write the value out")
        if not isinstance(event, yaml.ScalarEvent | yaml.SequenceStartEvent | yaml.MappingStartEvent):
            raise TypeError(f"{event} begins no value")
        if event.anchor is not None:
            raise self._refused(place, "anchors (`&name`) are not read; leave it out, or put text in quotes")
        if event.tag is not None:
            raise self._refused(place, "tags (`!name`) are not read; leave it out, or put text in quotes")
        if self._values > MOST_VALUES:
            raise self._refused(place, f"more than {MOST_VALUES} values, which no file of parameters has")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(place, event)
        if len(place) >= DEEPEST:
            raise self._refused(place, f"nested more than {DEEPEST} levels deep")
        return self._list(place) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(place)

    def _list(self, place: Place) -> list[Any]:
        entries: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            entries.append(self._value((*place, len(entries)), event))
        return entries

    def _mapping(self, place: Place) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            inner = (*place, self._key(place, event))
            line, key = self._line, inner[-1]
            if key in entries:
                name, first = _dotted(inner), self._lines[inner]
                self._repeated.append(f"{name}: given in line {first} and again in line {line}; keep one of them")
            self._lines.setdefault(inner, line)
            entries[str(key)] = self._value(inner, self._next())
        return entries

    def _key(self, place: Place, event: yaml.Event) -> str:
        key = None
        if isinstance(event, yaml.ScalarEvent) and event.anchor is None and event.tag is None:
            key = self._scalar(place, event)
        if not isinstance(key, str):
            raise self._refused(place, "a key that is no name; keys are plain text")
        if len(key) > LONGEST_KEY:
            raise self._refused(place, f"a key of {len(key)} characters; at most {LONGEST_KEY} are read")
        return key

    def _scalar(self, place: Place, event: yaml.ScalarEvent) -> str | int | float | bool | None:
        text: str = event.value
        if len(text) > LONGEST_VALUE:
            raise self._refused(place, f"a value of {len(text)} characters; at most {LONGEST_VALUE} are read")
        if odd := _NO_TEXT.search(text):
            raise self._refused(place, _no_text(odd))
        plain = event.implicit[0]
        if not plain:
            return text
        if _NULL.fullmatch(text):
            return None
        if _BOOL.fullmatch(text):
            return text.lower() == "true"
        if _INT.fullmatch(text):
            digits = sum(letter.isdigit() for letter in text)
            if digits > MOST_DIGITS:
                raise self._refused(place, f"an integer of {digits} digits; at most {MOST_DIGITS} are read")
            return int(text.replace("_", ""))
        if _FLOAT.fullmatch(text):
            return float(text.replace("_", ""))
        if _NO_NUMBER.fullmatch(text):
            return float(text.replace(".", ""))
        if _DATE.fullmatch(text):
            raise self._refused(place, f"{shortened(text)} reads as a date, which no value is; put text in quotes")
        return text

    def _refused(self, place: Place, what: str) -> PunkError:
        key = f"{_dotted(place)}: " if place else ""
        return PunkError(f"{self._path}, line {self._line}: {key}{what}")


def _dotted(place: Place) -> str:
    return shortened(".".join(map(str, place)), 120)


def _no_text(odd: re.Match[str]) -> str:
    return f"holds the character U+{ord(odd[0]):04X}, which is no text; remove it"
