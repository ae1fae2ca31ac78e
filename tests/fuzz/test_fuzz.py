"""A small part of what `make fuzz` does, what it has found so far, and that it finds what is planted."""

import io
import os
import struct
import sys
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from classically_punk.foundation.errors import PunkError
from fuzz.__main__ import main as program
from fuzz.archives import judge as judge_archive
from fuzz.entries import judge as judge_entry
from fuzz.entries import stored
from fuzz.parameters import SHIPPED
from fuzz.parameters import judge as judge_params
from fuzz.running import Target, judged, made, run
from fuzz.targets import TARGETS

INPUTS = {"audio": 60, "archives": 150, "params": 40, "requests": 60, "cache": 200}


@pytest.mark.parametrize("name", TARGETS)
def test_every_input_is_accounted_for(name: str, tmp_path: Path) -> None:
    tally = run(TARGETS[name], 1, tmp_path / "saved", inputs=INPUTS[name])
    assert not tally.failures, "\n".join(map(str, tally.failures))
    assert tally.inputs == INPUTS[name]
    assert len(tally.verdicts) > 1, "what always ends the same way tests one thing"
    assert list((tmp_path / "saved").iterdir()) == []


@pytest.mark.parametrize("name", TARGETS)
def test_the_same_seed_and_number_make_the_same_input(name: str) -> None:
    assert made(TARGETS[name], 1, 3) == made(TARGETS[name], 1, 3)
    assert len({made(TARGETS[name], seed, number) for seed in (1, 2) for number in range(5)}) > 5


def _refuses(data: bytes, folder: Path) -> str:
    raise PunkError(f"{data[:1].hex()}: what was expected, and what to do")


def _raises(data: bytes, folder: Path) -> str:
    raise ZeroDivisionError("ours")


def _leaves(data: bytes, folder: Path) -> str:
    (folder / "left").write_bytes(data)
    return "read"


def _prints(data: bytes, folder: Path) -> str:
    os.write(2, b"note")
    return "read"


def _warns(data: bytes, folder: Path) -> str:
    warnings.warn("overflow", RuntimeWarning, stacklevel=2)
    return "read"


def _ends(data: bytes, folder: Path) -> str:
    sys.exit("over")


def _loses(data: bytes, folder: Path) -> str:
    class Lost:
        def __del__(self) -> None:
            raise ZeroDivisionError("in a destructor")

    Lost()
    return "read"


def _chats(data: bytes, folder: Path) -> str:
    raise PunkError("x" * 5000)


def _moves_the_cursor(data: bytes, folder: Path) -> str:
    raise PunkError("a file \x1b[2J")


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (_raises, "ZeroDivisionError: ours"),
        (_leaves, "it left ['left'] behind"),
        (_prints, "it printed b'note'"),
        (_warns, "RuntimeWarning: overflow"),
        (_ends, "SystemExit: over"),
        (_loses, "an exception was lost: ZeroDivisionError('in a destructor')"),
        (_chats, "a message of 5000 characters"),
        (_moves_the_cursor, "a message with what no printer prints"),
    ],
)
def test_a_planted_fault_is_found_and_its_input_saved(
    fault: Callable[[bytes, Path], str], named: str, tmp_path: Path
) -> None:
    target = Target("planted", "a fault", lambda rng: rng.randbytes(9), fault)
    (failure,) = run(target, 5, tmp_path, inputs=1).failures
    assert named in failure.reason
    assert f"planted, seed 5, number 0: {failure.reason.strip()}\n  saved as {failure.path}" == str(failure)
    assert failure.path
    assert failure.path.read_bytes() == made(target, 5, 0) == Random("5/planted/0").randbytes(9)


def test_an_error_of_the_project_is_an_account(tmp_path: Path) -> None:
    target = Target("planted", "an error", lambda rng: b"x", _refuses)
    assert judged(target, b"x", tmp_path) == ("error", None)


def test_open_files_that_grow_are_found(tmp_path: Path) -> None:
    kept = []

    def keeps(data: bytes, folder: Path) -> str:
        kept.append(os.open(os.devnull, os.O_RDONLY))
        return "read"

    (failure,) = run(Target("planted", "a leak", lambda rng: b"", keeps), 1, tmp_path, inputs=30).failures
    for handle in kept:
        os.close(handle)
    assert failure.reason == "after 30 inputs: 10 more open files than at its beginning"


def test_the_program_prints_a_table_and_has_an_input_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["fuzz", "--seconds", "0.5", "--target", "cache", "--seed", "3"])
    assert program() == 0
    head, _, row = capsys.readouterr().out.splitlines()
    assert head.startswith("| seed 3 |")
    assert row.startswith("| entries of the content cache |")
    (tmp_path / "entry").write_bytes(stored()[0])
    monkeypatch.setattr(sys, "argv", ["fuzz", "--target", "cache", "--input", "entry"])
    assert program() == 0
    assert capsys.readouterr().out == "read\n"


# What the fuzzer has found.


def tar_with(attribute: str, value: str) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("rock/a.wav")
        info.pax_headers = {attribute: value}
        archive.addfile(info)
    return target.getvalue()


def zip_with(name: str, change: Callable[[bytes], bytes] = bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"data")
    return change(target.getvalue())


def in_directory(offset: int, value: bytes) -> Callable[[bytes], bytes]:
    """Changes a field of the one entry in a zip archive's directory."""

    def change(content: bytes) -> bytes:
        start = content.index(b"PK\x01\x02") + offset
        return content[:start] + value + content[start + len(value) :]

    return change


def large_directory(content: bytes) -> bytes:
    """A directory that begins before the file does, as the record for large archives says."""
    end = content.index(b"PK\x05\x06")
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 2**40, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    return content[:end] + record + locator + content[end : end + 8] + b"\xff" * 12 + bytes(2)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (tar_with("GNU.sparse.map", "BINARY"), "damaged before its first member (a header makes no sense"),
        (zip_with("rock/a.wav", in_directory(6, b"\xff\x00")), "packed in a way that is not known here (zip file vers"),
        (
            zip_with("rock/a.wav", in_directory(8, b"\x00\x08")).replace(b"rock/", b"roc\xff/"),
            "a header makes no sense",
        ),
        (zip_with("rock/a.wav", large_directory), "damaged before its first member"),
        (zip_with("rock/\x1b[2J.wav", in_directory(8, b"\x01")), "rock/\ufffd[2J.wav is encrypted"),
        (zip_with(f"rock/{'n' * 9000}.wav", in_directory(8, b"\x01")), "characters ...] nn"),
    ],
)
def test_archives_that_ended_in_a_traceback_or_in_a_message_without_end(
    data: bytes, named: str, tmp_path: Path
) -> None:
    with pytest.raises(PunkError) as caught:
        judge_archive(data, tmp_path)
    assert named in str(caught.value)
    assert judged(TARGETS["archives"], data, tmp_path) == ("error", None)


def test_a_zip_member_without_a_name_is_no_clip(tmp_path: Path) -> None:
    assert judge_archive(zip_with("", in_directory(28, b"\0\0")), tmp_path) in ("read", "read, some members refused")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("predicted: metal", "predictd: metal", "did you mean predicted? allowed here: actual, cost, predicted, why"),
        ("seed: 1 ", '"se\\red": 1 ', "folds.se\ufffded: unknown parameter"),
        ("seed: 1 ", '"x: 1\\n  y": 1 ', "folds.x: 1\ufffd  y: unknown parameter"),
    ],
)
def test_what_a_message_about_parameters_got_wrong(old: str, new: str, named: str, tmp_path: Path) -> None:
    """It listed a corpus' keys for those of a pair, and gave a key's own line breaks to the screen."""
    text = SHIPPED.read_text(encoding="utf-8").replace(f"{old.rstrip()}\n", f"{new.rstrip()}\n", 1)
    with pytest.raises(PunkError) as caught:
        judge_params(text.encode(), tmp_path)
    assert named in str(caught.value)


NPY = b"\x93NUMPY\x01\x00"


@pytest.mark.parametrize(
    "data",
    [
        stored()[1],
        NPY + struct.pack("<H", 10) + b"{'descr': ",
        NPY + struct.pack("<H", 60) + b"{'descr': '<f8', 'fortran_order': False, 'shape': (2**50,)}".ljust(60),
        stored()[0][:-1] + bytes([stored()[0][-1] ^ 1]),
    ],
    ids=["another's", "a header without an end", "an array larger than any memory", "a wrong seal"],
)
def test_entries_that_were_read_or_ended_in_a_traceback(data: bytes, tmp_path: Path) -> None:
    assert judge_entry(data, tmp_path) == "absent"
    assert judge_entry(stored()[0], tmp_path) == "read"
