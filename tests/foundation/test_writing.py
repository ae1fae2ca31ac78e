"""The same content is the same bytes; what has no value does not get in; a killed run leaves nothing."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from classically_punk.foundation.reading import read_table
from classically_punk.foundation.writing import (
    atomic_path,
    remove_abandoned,
    round_significant,
    write_csv,
    write_json,
    write_parquet,
)


@pytest.mark.parametrize(
    ("value", "rounded"), [(0.123456789, 0.123457), (123456.789, 123457.0), (-0.0, 0.0), (1e-12 / 3, 3.33333e-13)]
)
def test_six_significant_digits(value: float, rounded: float) -> None:
    assert round_significant(value) == rounded
    assert str(round_significant(value)) == str(rounded)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_no_value_is_no_number(tmp_path: Path, value: float) -> None:
    with pytest.raises(ValueError, match="no place in an output"):
        write_json({"a": {"b": [value]}}, tmp_path / "m.json")
    assert list(tmp_path.iterdir()) == []


def test_json_is_sorted_and_rounded_at_every_depth(tmp_path: Path) -> None:
    write_json({"b": np.float64(1 / 3), "a": {"z": [np.int64(3), True, "ü"], "n": None}}, tmp_path / "m.json")
    text = (tmp_path / "m.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"a": {"n": None, "z": [3, True, "ü"]}, "b": 0.333333}
    assert text.index('"a"') < text.index('"b"')
    assert text.endswith("}\n")


def test_a_table_comes_back_as_it_was(tmp_path: Path) -> None:
    table = pd.DataFrame({"clip": ["NA", "1e5", 'a "b", c', ""], "value": [1.5, np.nan, -0.0, 1e9], "n": [1, 2, 3, 4]})
    write_csv(table, tmp_path / "t.csv")
    back = read_table(tmp_path / "t.csv")
    assert list(back["clip"]) == list(table["clip"])
    assert list(back["value"]) == ["1.5", "", "0.0", "1000000000.0"]
    assert list(back["n"]) == ["1", "2", "3", "4"]
    assert b"\r" not in (tmp_path / "t.csv").read_bytes()


def test_an_infinite_cell_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="column value holds an infinite value"):
        write_csv(pd.DataFrame({"value": [1.0, np.inf]}), tmp_path / "t.csv")


def test_parquet_is_the_same_bytes_and_names_no_writer(tmp_path: Path) -> None:
    table = pd.DataFrame({"clip": ["a", "b"], "x": np.array([1, 2], dtype=np.float32)})
    for name in ("one.parquet", "two.parquet"):
        write_parquet(table, tmp_path / name)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()
    assert pq.read_schema(tmp_path / "one.parquet").metadata is None
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "one.parquet"), table, check_dtype=False)


def test_an_exception_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), atomic_path(path) as temporary:
        temporary.write_text(f"half {temporary.write_bytes(b'half') / 0}", encoding="utf-8")
    assert [item.name for item in tmp_path.iterdir()] == ["t.txt"]
    assert path.read_text(encoding="utf-8") == "old"


def test_a_killed_writer_leaves_no_file_of_that_name(tmp_path: Path) -> None:
    program = (
        "import os, pathlib; from classically_punk.foundation.writing import atomic_path\n"
        f"with atomic_path(pathlib.Path({str(tmp_path / 't.txt')!r})) as temporary:\n"
        "    temporary.write_text('half'); os.kill(os.getpid(), 9)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], check=False)
    assert run.returncode == -9
    assert not (tmp_path / "t.txt").exists()
    assert [item.suffix for item in tmp_path.iterdir()] == [".partial"]
    remove_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_living_process_writes_and_what_is_not_ours_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / ".t.txt.partial").write_text("no process named", encoding="utf-8")
    with atomic_path(tmp_path / "t.txt") as temporary:
        temporary.write_text("half", encoding="utf-8")
        remove_abandoned(tmp_path)
        assert temporary.exists()
    assert sorted(item.name for item in tmp_path.iterdir()) == [".t.txt.partial", "t.txt"]
    remove_abandoned(tmp_path / "not there")
