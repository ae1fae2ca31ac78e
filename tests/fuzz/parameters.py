"""params.yaml, as a person, a merge or a stranger may have left it."""

import math
import re
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from classically_punk.foundation.params import read_params

from .mutations import mutated
from .running import Unaccounted

SHIPPED = Path(__file__).resolve().parents[2] / "params.yaml"

_VALUES = (
    *("~", "null", "true", "yes", "0", "-1", "1", "2", "3.5", "-0.0", "1e3", "1e308", "1e999", "-.inf", ".nan", ".5"),
    *("0x10", "1_000", "1:30", "2020-10-10", "2020-13-45"),
    *("*nobody", "<<", "=", "[]", "{}", "[[[]]]", "'", "@x", "`x", "%x", "standard", "[standard]", "demo"),
    *("caf\u00e9", "\U0001f3b8", "\u0663", "\ufeff"),
    *("", '"', "&a [*a]", "&x 1", "[1, 1]", "{a: 1}", "{a: {b: {c: 1}}}", "!!int x", "!x y", "? a", "a: b: c", "\t1"),
    *("!!python/object/apply:os.system [ls]", "|\n  text", ">\n", "# nothing"),
    *("9" * 18, "9" * 19, "9" * 5000, "x" * 900, "x" * 5000, "[" * 2000, "{a: " * 2000, "- " * 2000),
    *('"\\ud800"', '"\\0"', '"\\e[2J"', '"\\u202e"', '"\\u2028"', '"\\x85"', '"a\\nb"'),
)
_KEYS = (
    *("unknown", "seed", "~", "1", "true", "<<", "[a]", "raw", "\u0663", "demo", "pairs", "__class__", "model_config"),
    *("", "? x", "{a: 1}", "&a b", "'a b'", "k" * 90, "k" * 500),
    *('"a\\rb"', '"x: 1\\n  y"', '"\\n"', '"\\e[2J"', '"\\u202e"'),
)
_LINE = re.compile(r"^(?P<indent>[ -]*)(?P<key>[a-z_0-9]+):(?P<value>.*)$")


@cache
def shipped() -> tuple[str, ...]:
    """The lines of the shipped file, without comments."""
    text = SHIPPED.read_text(encoding="utf-8")
    return tuple(line for raw in text.splitlines() if (line := raw.split(" #")[0].rstrip()) and line[0] != "#")


def make(rng: Random) -> bytes:
    lines = list(shipped())
    for _ in range(rng.choice((1, 1, 1, 2, 5, 20))):
        rng.choice(_EDITS)(rng, lines)
    data = "\n".join(lines).encode("utf-8", "surrogatepass") + b"\n"
    pieces = (data, b"&a [*a, *a]\n", b"\xff\xfe", b"\xef\xbb\xbf", b"---\n")
    return mutated(rng, data, pieces) if rng.random() < 0.2 else data


def judge(data: bytes, folder: Path) -> str:
    """Read as every stage reads it. What is accepted holds no number that is none."""
    path = folder / "params.yaml"
    path.write_bytes(data)
    try:
        params = read_params(path)
    finally:
        path.unlink()
    _require_finite(params.model_dump())
    return "accepted"


def _require_finite(value: Any) -> None:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for entry in value:
            _require_finite(entry)
    elif isinstance(value, float) and not math.isfinite(value):
        raise Unaccounted(f"{value} was accepted")
    elif isinstance(value, int) and abs(value) >= 2**63:
        raise Unaccounted("an integer of more than 64 bits was accepted")


def _any(rng: Random, lines: list[str]) -> tuple[int, re.Match[str]]:
    while True:
        number = rng.randrange(len(lines))
        if match := _LINE.match(lines[number]):
            return number, match


def _another_value(rng: Random, lines: list[str]) -> None:
    number, found = _any(rng, lines)
    lines[number] = f"{found['indent']}{found['key']}: {rng.choice(_VALUES)}"


def _a_number_nearby(rng: Random, lines: list[str]) -> None:
    number, found = _any(rng, lines)
    factor = rng.choice((0.9, 1.1, 2, 0.5, 100))
    value = re.sub(r"\d+(\.\d+)?", lambda old: f"{float(old[0]) * factor:{'.6f' if old[1] else '.0f'}}", found["value"])
    lines[number] = f"{found['indent']}{found['key']}:{value}"


def _a_value_moved(rng: Random, lines: list[str]) -> None:
    number, found = _any(rng, lines)
    lines[number] = f"{found['indent']}{found['key']}:{_any(rng, lines)[1]['value']}"


def _another_key(rng: Random, lines: list[str]) -> None:
    number, found = _any(rng, lines)
    lines[number] = f"{found['indent']}{rng.choice(_KEYS)}:{found['value']}"


def _one_more_key(rng: Random, lines: list[str]) -> None:
    number, found = _any(rng, lines)
    lines.insert(number, f"{found['indent']}{rng.choice(_KEYS)}: {rng.choice(_VALUES)}")


def _a_line_less(rng: Random, lines: list[str]) -> None:
    if len(lines) > 100:
        del lines[rng.randrange(len(lines))]


def _a_line_twice(rng: Random, lines: list[str]) -> None:
    number = rng.randrange(len(lines))
    lines[number:number] = [lines[number]] * rng.choice((1, 1, 1000))


def _another_indent(rng: Random, lines: list[str]) -> None:
    number = rng.randrange(len(lines))
    lines[number] = rng.choice((" ", "  ", "\t", "- ", "? ")) * rng.choice((1, 2, 300)) + lines[number].lstrip()


def _laughs(rng: Random, lines: list[str]) -> None:
    lines[:0] = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, rng.choice((2, 60))))]


_EDITS = (
    *(_a_number_nearby,) * 12,
    *(_another_value, _another_value, _another_value, _a_value_moved, _another_key, _one_more_key, _a_line_less),
    *(_a_line_twice, _another_indent, _laughs),
)
