"""A log of columns, none of whose lines is trusted."""

import json
from pathlib import Path
from typing import Any

import pytest

from classically_punk.bundle.reading import Loaded
from classically_punk.drift import log
from classically_punk.drift.comparison import CannotTell
from classically_punk.drift.log import read_log


@pytest.fixture
def entry(loaded: Loaded) -> dict[str, Any]:
    columns = {step.column: float(k) for k, step in enumerate(loaded.steps)}
    return {"columns": columns, "best": "jazz", "sure": True}


def written(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def test_a_line_is_a_clip_with_columns_in_the_bundles_order(
    loaded: Loaded, entry: dict[str, Any], tmp_path: Path
) -> None:
    shuffled = {**entry, "columns": dict(reversed(entry["columns"].items())), "duration": 3, "request_id": "x"}
    named = {**{key: value for key, value in entry.items() if key != "best"}, "genre": "pop", "sure": False}
    path = written(tmp_path / "log", json.dumps(shuffled).encode(), b"", json.dumps(named).encode())
    batch = read_log(loaded, path)
    assert batch.values.tolist() == [list(map(float, range(len(loaded.steps))))] * 2
    assert batch.predicted.tolist() == ["jazz", "pop"]
    assert batch.sure.tolist() == [True, False]
    assert [clip.duration for clip in batch.clips] == [3.0, None]
    assert not batch.left_out


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"columns": None}, "It has no `columns`."),
        ({"columns": {}}, "It has no value of "),
        ({"columns": "x" * 100}, "It has no `columns`."),
        ({"best": "polka"}, "`best` is none of the model's genres."),
        ({"best": ["jazz"]}, "`best` is none of the model's genres."),
        ({"best": None}, "`best` is none of the model's genres."),
        ({"sure": 1}, "`sure` is neither true nor false."),
        ({"duration": -1}, "`duration` is not above 0."),
        ({"duration": "long"}, "Duration is no number"),
    ],
)
def test_a_line_that_does_not_fit_is_left_out_with_its_reason(
    loaded: Loaded, entry: dict[str, Any], tmp_path: Path, changed: dict[str, Any], reason: str
) -> None:
    path = written(tmp_path / "log", json.dumps(entry).encode(), json.dumps({**entry, **changed}).encode())
    batch = read_log(loaded, path)
    assert len(batch.clips) == 1
    assert batch.left_out[0].name == "line 2"
    assert batch.left_out[0].reason.startswith(reason)


@pytest.mark.parametrize("value", [True, "1", None, [1.0], 1e39, -1e300, 10**400])
def test_a_value_that_no_column_can_be_is_left_out(
    loaded: Loaded, entry: dict[str, Any], tmp_path: Path, value: object
) -> None:
    name = loaded.steps[0].column
    line = json.dumps({**entry, "columns": {**entry["columns"], name: value}}).encode()
    assert (
        read_log(loaded, written(tmp_path / "log", line)).left_out[0].reason.startswith(f"{name[0].upper()}{name[1:]}")
    )


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"columns": ' * 50_000,
        b"[]",
        b"null",
        b'"text"',
        b'{"columns": {"level_mean": NaN}}',
        b'{"columns": {"level_mean": ' + b"9" * 10_000 + b"}}",
        b"x" * (log.LONGEST_LINE + 10),
        b"\x1b[2J",
    ],
    ids=["no UTF-8", "deep", "deep objects", "a list", "null", "text", "NaN", "long integer", "long line", "escape"],
)
def test_a_line_that_is_no_object_costs_one_line(
    loaded: Loaded, entry: dict[str, Any], tmp_path: Path, line: bytes
) -> None:
    batch = read_log(loaded, written(tmp_path / "log", line, json.dumps(entry).encode()))
    assert len(batch.clips) == 1
    assert [each.name for each in batch.left_out] == ["line 1"]


def test_a_log_without_end_is_refused(loaded: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_LINES", 3)
    with pytest.raises(CannotTell, match="more than 3 lines; compare a shorter time"):
        read_log(loaded, written(tmp_path / "log", b"1", b"2", b"3", b"4"))


def test_a_log_that_is_not_there_is_named(loaded: Loaded, tmp_path: Path) -> None:
    with pytest.raises(CannotTell, match=r"nowhere: cannot be read \(No such file or directory\)"):
        read_log(loaded, tmp_path / "nowhere")
