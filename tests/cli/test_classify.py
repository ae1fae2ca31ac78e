"""`punk classify` and `punk bundle` on files that a person has, in a folder that is no checkout."""

import csv
import io
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from typer.testing import CliRunner

from classically_punk.audio.canonical import SAMPLE_RATE, write_canonical
from classically_punk.cli import classify as classifying
from classically_punk.cli.app import app
from classically_punk.foundation.errors import PunkError

Sound = Callable[..., NDArray[np.int16]]


@pytest.fixture
def music(tmp_path: Path, make_sound: Sound) -> Path:
    """A folder with a clip of each kind, one of them as a stereo FLAC at another rate, a text, and a hidden file."""
    folder = tmp_path / "music"
    (folder / "deeper").mkdir(parents=True)
    write_canonical(make_sound("hum", 31), folder / "hum.wav")
    write_canonical(make_sound("noise", 31), folder / "deeper" / "noise.wav")
    pulses = np.repeat(make_sound("pulses", 31), 2)
    soundfile.write(folder / "pulses.flac", np.column_stack([pulses, pulses]), 2 * SAMPLE_RATE)
    (folder / "notes.txt").write_text("no music\n")
    (folder / ".hidden").write_bytes(b"x")
    return folder


def run(*arguments: object, data: bytes | None = None) -> tuple[int, str]:
    found = CliRunner().invoke(app, [str(each) for each in arguments], input=data)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.exit_code, found.stdout


def test_a_folder_is_answered_file_by_file_and_what_is_no_music_has_its_reason(music: Path, small_bundle: Path) -> None:
    status, said = run("classify", music, "--model", small_bundle, "--json")
    lines = [json.loads(line) for line in said.splitlines()]
    by_name = {Path(line["file"]).name: line for line in lines}
    assert list(by_name) == ["noise.wav", "hum.wav", "notes.txt", "pulses.flac"]
    assert [by_name[f"{kind}.wav"]["best"] for kind in ("hum", "noise")] == ["hum", "noise"]
    assert by_name["pulses.flac"]["best"] == "pulses"
    assert by_name["pulses.flac"]["clip"]["source_rate"] == 2 * SAMPLE_RATE
    assert by_name["notes.txt"]["error"].startswith("not_audio: ")
    assert status == 4


def test_csv_and_table_say_the_same(music: Path, small_bundle: Path) -> None:
    status, said = run("classify", music / "hum.wav", music / "pulses.flac", "--model", small_bundle, "--csv")
    rows = list(csv.DictReader(io.StringIO(said)))
    assert [row["best"] for row in rows] == ["hum", "pulses"]
    assert rows[1]["note"].startswith("resampled, downmixed")
    assert status == (0 if all(row["genre"] for row in rows) else 3)
    _, table = run("classify", music / "hum.wav", "--model", small_bundle)
    assert "why hum and not" in table
    assert "It knows three kinds of sound" in table


HOSTILE = b"a\x1b[31mred\x07\xe2\x80\xaegpj\xe9.wav"
"""Colours the terminal, rings its bell, writes backwards, and is no UTF-8."""


def test_no_name_of_a_file_moves_a_cursor_or_is_a_formula(
    music: Path, small_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["=1+1.wav", os.fsdecode(HOSTILE)]
    try:
        for name in names:
            shutil.copy(music / "hum.wav", music / name)
    except OSError:
        pytest.skip("this file system has no names that are no UTF-8")
    monkeypatch.chdir(music)
    for form in ([], ["--csv"], ["--json"]):
        _, said = run("classify", *names, "--model", small_bundle, *form)
        assert all(letter.isprintable() for letter in said.replace("\n", ""))
        if form == ["--csv"]:
            files = [row["file"] for row in csv.DictReader(io.StringIO(said))]
            assert files == ["./=1+1.wav", "a\ufffd[31mred\ufffd\ufffdgpj%E9.wav"]
        if form == ["--json"]:
            assert os.fsencode(json.loads(said.splitlines()[1])["file"]) == HOSTILE


def test_a_single_file_is_told_whole(make_sound: Sound, tmp_path: Path, small_bundle: Path) -> None:
    """Where what is heard, how far it is from the training music, and what is wrong with the file."""
    samples = np.concatenate([make_sound("hum", 31), make_sound("noise", 32)])
    loud = np.clip(samples.astype(np.float64) * 40, -32768, 32767).astype(np.int16)
    soundfile.write(tmp_path / "loud.wav", loud, SAMPLE_RATE)
    _, said = run("classify", tmp_path / "loud.wav", "--model", small_bundle)
    lines = said.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("which stretch says what"))
    assert lines[start + 1].startswith("     0.0 to ")
    assert len(lines[start + 1 : lines.index("", start)]) >= 2
    assert "lie on a flat top" in said
    assert "(leverage " in said
    assert "one channel" in said


def test_a_pipe_that_is_named_is_read_and_one_without_end_is_not(
    music: Path, small_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifying, "LARGEST", 2**22)
    there, into = os.pipe()
    threading.Thread(target=lambda: (os.write(into, (music / "hum.wav").read_bytes()), os.close(into))).start()
    status, said = run("classify", f"/dev/fd/{there}", "/dev/zero", "--model", small_bundle, "--json")
    os.close(there)
    heard, endless = (json.loads(line) for line in said.splitlines())
    assert heard["best"] == "hum"
    assert endless["error"].startswith("too_large: It has more than 4 MiB")
    assert status == 4


def test_standard_input_is_a_file_like_any_other(music: Path, small_bundle: Path) -> None:
    data = (music / "hum.wav").read_bytes()
    said = json.loads(run("classify", "-", "--model", small_bundle, "--json", "--all", data=data)[1])
    assert said["file"] == "-"
    assert said["best"] == "hum"
    found = said["explanation"]
    total = found["intercept"] + sum(column["contribution"] for column in found["columns"])
    assert total == pytest.approx(found["margin"], abs=1e-9)


def test_what_is_not_there_is_an_error_that_names_it(
    tmp_path: Path, small_bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PunkError, match=r"gone\.wav: no such file or folder"):
        run("classify", tmp_path / "gone.wav", "--model", small_bundle)
    with pytest.raises(PunkError, match="no file in it"):
        run("classify", tmp_path, "--model", small_bundle)
    with pytest.raises(PunkError, match=r"none\.json: cannot be read"):
        run("classify", tmp_path, "--model", tmp_path / "none.json")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PunkError, match="--model FILE"):
        run("classify", tmp_path)
    with pytest.raises(PunkError, match="one of them"):
        run("classify", tmp_path, "--json", "--csv")


def test_a_bundle_is_shown_checked_and_exported_with_its_commit(small_bundle: Path, tmp_path: Path) -> None:
    assert "Three kinds of sound" in run("bundle", "show", small_bundle)[1]
    assert "fine, sha256 " in run("bundle", "check", small_bundle)[1]
    copy = tmp_path / "copy.json"
    run("bundle", "export", small_bundle, copy)
    original, exported = (json.loads(path.read_text(encoding="utf-8")) for path in (small_bundle, copy))
    assert exported["content"] == original["content"]
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    assert exported["stamp"]["git_commit"] == commit
    copy.write_text(copy.read_text(encoding="utf-8").replace('"leave":0.4', '"leave":0.5'), encoding="utf-8")
    with pytest.raises(PunkError, match="checksum"):
        run("bundle", "check", copy)
