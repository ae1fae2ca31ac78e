"""YAML as params.yaml needs it: what is read, and that whatever is not is one short message with its line."""

import math
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.yaml_reading import LARGEST, read_yaml

SHIPPED = Path(__file__).resolve().parents[2] / "params.yaml"


def read(tmp_path: Path, content: str | bytes) -> Any:
    path = tmp_path / "params.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_yaml(path).content


def test_the_shipped_file_is_read_as_pyyaml_reads_it_and_every_line_is_right() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    document = read_yaml(SHIPPED)
    assert document.content == yaml.safe_load(text)
    lines = text.splitlines()
    assert len(document.lines) > 100
    for place, line in document.lines.items():
        if place and isinstance(place[-1], str):
            assert lines[line - 1].lstrip(" -").startswith(f"{place[-1]}:")
    assert document.line_of(("folds", "no_such_key")) == document.line_of(("folds",))
    assert document.line_of(("nothing",)) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-1_000", -1000),
        ("010", 10),
        ("1e3", 1000.0),
        ("1.5E-3", 0.0015),
        (".5", 0.5),
        ("1e999", math.inf),
        ("-.inf", -math.inf),
        ("true", True),
        ("~", None),
        ("", None),
        ("yes", "yes"),
        ("1:30", "1:30"),
        ("=", "="),
        ("'2020-10-10'", "2020-10-10"),
        ("'12'", "12"),
        ('"caf\\u00e9"', "café"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_values_are_told_apart_as_yaml_1_2_does(tmp_path: Path, text: str, value: Any) -> None:
    """Its core schema, section 10.3.2; `_` and the quotes as both PyYAML and ruamel.yaml, DVC's reader, take them."""
    found = read(tmp_path, f"a: {text}")["a"]
    assert found == value
    assert type(found) is type(value)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfa: 1\n") == {"a": 1}


LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (LAUGHS, "line 1: a0: anchors (`&name`) are not read"),
        ("b: 1\na: *b\n", "line 2: a: aliases (`*name`) are not read"),
        ("a:\n  - b: &x\n", "line 2: a.0.b: anchors"),
        ("a: &x [*x]", "line 1: a: anchors"),
        ("[" * 10_000, "line 1: 0.0.0.0.0.0.0.0.0.0: nested more than 10 levels deep"),
        ("- " * 10_000, "nested more than 10 levels deep"),
        ("{a: " * 10_000, "a.a.a.a.a.a.a.a.a.a: nested more than"),
        ("? " * 10_000, "a key that is no name"),
        ("".join(f"{' ' * n}a:\n" for n in range(300)), "line 11: a.a.a.a.a.a.a.a.a.a: nested more than"),
        ("a: " + "1" * 5000, "line 1: a: a value of 5000 characters; at most 1000"),
        ("a: " + "1" * 900, "line 1: a: an integer of 900 digits; at most 18"),
        ("b: 1\na: !!int x", "line 2: a: tags (`!name`) are not read"),
        ("a: !!python/object/apply:os.system [ls]", "line 1: a: tags"),
        ("a: 2020-13-45", "line 1: a: 2020-13-45 reads as a date"),
        ("a: 2020-10-10", "line 1: a: 2020-10-10 reads as a date"),
        ("a: 2020-10-10 25:61:61", "reads as a date"),
        ("a:\n  b: " + "x" * 60_000, "line 2: a.b: a value of 60000 characters; at most 1000"),
        ("x" * 500 + ": 1", "a key of 500 characters; at most 100"),
        ("a: [" + "1," * 30_000 + "]", "line 1: a.4998: more than 5000 values"),
        ("#" * (LARGEST + 1), "larger than 64 KiB"),
        (b"a: 1\nb: \0", "line 2: holds the character U+0000"),
        ('a: 1\nb: "\\0"', "line 2: b: holds the character U+0000"),
        ('a: "\\ud800"', "line 1: a: holds the character U+D800"),
        ('a: "\\U00110000"', "line 1: not valid YAML"),
        (b"a: 1\nb: caf\xe9", "line 2: byte 0xe9 is no UTF-8"),
        ("a: 1".encode("utf-16"), "line 1: byte 0xff is no UTF-8"),
        ("a: 1\nb: 2\na: 3", "a: given in line 1 and again in line 3; keep one of them"),
        ("a:\n  - b: 1\n    b: 2", "a.0.b: given in line 2 and again in line 3"),
        ("1: x", "line 1: a key that is no name"),
        ("a:\n  [x]: y", "line 2: a: a key that is no name"),
        ("&a b: 1", "line 1: a key that is no name"),
        ("<<: 1\n<<: 2", "<<: given in line 1 and again in line 2"),
        ("a: 1\n--- \nb: 2", "line 2: a second document begins"),
        ("a: 1\n---\n" * 5000, "line 2: a second document begins"),
        ("a: [1", "line 1: not valid YAML: while parsing a flow sequence"),
        ("a: b: c", "line 1: not valid YAML: mapping values are not allowed here"),
        ("a: 1\n\tb: 2", "line 2: not valid YAML"),
        ("%YAML 1." + "9" * 5000 + "\n---\n", "not valid YAML"),
        ("%YAML 3.0\n---\na: 1", "not valid YAML"),
    ],
)
def test_what_is_not_read_is_one_short_message_with_its_line(tmp_path: Path, content: str | bytes, named: str) -> None:
    with pytest.raises(PunkError) as caught:
        read(tmp_path, content)
    message = str(caught.value).replace(str(tmp_path), "")
    assert named in message
    assert message.startswith("/params.yaml")
    assert len(message) < 400


def test_a_file_of_nothing_but_repeated_keys_is_still_a_short_message(tmp_path: Path) -> None:
    with pytest.raises(PunkError, match=r"1999 key.s. given more than once(?s:.*)and 1994 more") as caught:
        read(tmp_path, "a: 1\n" * 2000)
    assert len(str(caught.value)) < 500


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    """Opening a pipe that nobody writes to waits for ever."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(PunkError, match="a text file is expected"):
            read_yaml(path)
    with pytest.raises(FileNotFoundError):
        read_yaml(tmp_path / "absent")
