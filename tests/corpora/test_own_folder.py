"""A user's own folder, with all that an old disc may hold: what comes in, what is left out and said to be."""

import os
import socket
from pathlib import Path

import pytest

from classically_punk.contracts.faults import Fault
from classically_punk.corpora import fetch, left_out
from classically_punk.corpora.archives import members
from classically_punk.corpora.collect import collect
from classically_punk.corpora.folders import require_hashable
from classically_punk.corpora.members import Member, OtherFile
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Ingest

LATIN_1 = os.fsdecode(b"caf\xe9.wav")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder with one clip of each kind of name, and everything else that a folder can hold."""
    rock = tmp_path / "mine" / "rock"
    rock.mkdir(parents=True)
    (rock / "x.wav").write_bytes(b"x")
    (rock / LATIN_1).write_bytes(b"latin")
    (rock / "caf%E9.wav").write_bytes(b"percent")
    (rock / "café.wav").write_bytes(b"utf")
    (tmp_path / "outside.wav").write_bytes(b"secret")
    for name, target in {
        "inside.wav": "x.wav",
        "outside.wav": str(tmp_path / "outside.wav"),
        "zero.wav": "/dev/zero",
        "dangling.wav": "nowhere",
        "loop.wav": "loop.wav",
        "up": "..",
    }.items():
        (rock / name).symlink_to(target)
    os.mkfifo(rock / "pipe.wav")
    os.mkfifo(rock / "pipe")
    here = Path.cwd()
    os.chdir(rock)  # addresses of sockets are short
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket.wav")
    finally:
        os.chdir(here)
    return tmp_path / "mine"


LEFT_OUT = {
    **dict.fromkeys(("inside.wav", "outside.wav", "zero.wav", "dangling.wav", "loop.wav", "up"), Fault.LINK),
    **dict.fromkeys(("pipe.wav", "pipe", "socket.wav"), Fault.NOT_A_FILE),
}


def test_what_is_no_file_is_left_out_and_listed_and_names_become_utf8(mine: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    place = fetch.link(mine, raw)
    assert {path.name: path.read_bytes() for path in (place / "rock").iterdir()} == {
        "x.wav": b"x",
        "caf%E9.wav": b"latin",
        "caf%25E9.wav": b"percent",
        "café.wav": b"utf",
    }
    assert left_out.read(place) == {f"rock/{name}": reason for name, reason in LEFT_OUT.items()}
    require_hashable(raw)
    listing = left_out.list_of(place).read_bytes()
    assert fetch.link(mine, raw) == place
    assert left_out.list_of(place).read_bytes() == listing
    assert sorted(path.name for path in raw.iterdir()) == ["mine", "mine.left_out.csv"]


def test_what_was_left_out_comes_with_the_members(mine: Path, tmp_path: Path, settings: Ingest) -> None:
    fetch.link(mine, tmp_path / "raw")
    found = list(members(tmp_path / "raw", settings))
    refused = {entry.path: entry.fault for entry in found if isinstance(entry, Member) and entry.data is None}
    assert refused == {f"mine/rock/{name}": reason for name, reason in LEFT_OUT.items() if name.endswith(".wav")}
    assert sorted(entry.kind for entry in found if isinstance(entry, OtherFile)) == ["link", "not_a_file"]
    assert len([entry for entry in found if isinstance(entry, Member) and entry.data is not None]) == 4


def test_every_clip_has_its_row(mine: Path, tmp_path: Path, settings: Ingest, clip_bytes) -> None:  # type: ignore[no-untyped-def]
    (mine / "rock" / LATIN_1).write_bytes(clip_bytes(1))
    fetch.link(mine, tmp_path / "raw")
    clips = collect(tmp_path / "raw", tmp_path / "audio", settings).clips.set_index("member")
    row = clips.loc["mine/rock/caf%E9.wav"]
    assert (row["clip"], row["status"], row["label"]) == ("rock.caf%E9", "ok", "rock")
    for name, reason in LEFT_OUT.items():
        if name.endswith(".wav"):
            row = clips.loc[f"mine/rock/{name}"]
            assert (row["status"], row["reasons"]) == ("rejected", reason.value)
            assert row["detail"]


def test_a_list_that_was_not_written_here_is_an_error(mine: Path, tmp_path: Path) -> None:
    place = fetch.link(mine, tmp_path / "raw")
    for text in ("", "path\n", "path,reason\nx.wav,odd\n", "path,reason\nx.wav\n", 'path,reason\n"x', "\0", "a\udce9"):
        left_out.list_of(place).write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(PunkError, match=r"mine\.left_out\.csv: not a list .* punk data raw --from"):
            left_out.read(place)
    for name in LEFT_OUT:
        (mine / "rock" / name).unlink()
    fetch.link(mine, tmp_path / "raw")
    assert not left_out.list_of(place).exists()


def test_a_folder_comes_in_file_by_file_and_again_when_it_grows(tmp_path: Path) -> None:
    mine, raw = tmp_path / "mine", tmp_path / "raw"
    (mine / "rock").mkdir(parents=True)
    (mine / "rock" / "x.wav").write_bytes(b"x")
    long = "y" * 251 + ".wav"  # as long as names may be
    (mine / "rock" / long).write_bytes(b"long")
    place = fetch.link(mine, raw)
    assert not place.is_symlink()
    assert (place / "rock" / "x.wav").read_bytes() == b"x"
    assert (place / "rock" / long).read_bytes() == b"long"
    (mine / "jazz").mkdir()
    (mine / "jazz" / "y.wav").write_bytes(b"y")
    replaced = mine / "rock" / "new"
    replaced.write_bytes(b"another x")
    replaced.rename(mine / "rock" / "x.wav")
    (raw / ".bringing-in.99999999.partial").write_bytes(b"of a run that was killed")
    assert fetch.link(mine, raw) == place
    assert [path.name for path in raw.iterdir()] == ["mine"]
    assert (place / "jazz" / "y.wav").read_bytes() == b"y"
    assert (place / "rock" / "x.wav").read_bytes() == b"another x"
    (mine / "jazz" / "y.wav").unlink()
    with pytest.raises(PunkError, match=r"jazz.y\.wav: no longer a file in .*; delete it"):
        fetch.link(mine, raw)
    os.mkfifo(mine / "jazz" / "y.wav")
    with pytest.raises(PunkError, match=r"jazz.y\.wav: no longer a file in .*; delete it"):
        fetch.link(mine, raw)


def test_a_folder_on_another_file_system_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", refuse)
    (tmp_path / "mine" / "rock").mkdir(parents=True)
    (tmp_path / "mine" / "rock" / "x.wav").write_bytes(b"x")
    place = fetch.link(tmp_path / "mine", tmp_path / "raw") / "rock" / "x.wav"
    assert place.read_bytes() == b"x"
    assert place.stat().st_ino != (tmp_path / "mine" / "rock" / "x.wav").stat().st_ino


def test_a_name_that_gets_too_long_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / os.fsdecode(b"\xe9" * 90 + b".wav")).write_bytes(b"x")
    with pytest.raises(PunkError, match=r"%E9\.wav: the name gets too long .* rename"):
        fetch.link(tmp_path / "mine", tmp_path / "raw")


def test_a_link_to_a_folder_elsewhere_would_hide_clips(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "more").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PunkError, match=r"mine/more: a link to a folder outside .* punk data raw --from"):
        fetch.link(tmp_path / "mine", tmp_path / "raw")


def test_a_folder_that_holds_the_raw_folder_would_be_brought_into_itself(tmp_path: Path) -> None:
    (tmp_path / "raw" / "mine").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "raw", tmp_path / "raw" / "mine"):
        with pytest.raises(PunkError, match="hold one another"):
            fetch.link(folder, tmp_path / "raw")


@pytest.mark.parametrize("name", [*LEFT_OUT, LATIN_1])
def test_what_dvc_would_stop_at_is_named_with_the_way_out(mine: Path, name: str) -> None:
    """Put there by hand, in a folder below `raw`. Links to files and folders DVC can hash, or leaves alone."""
    for other in (mine / "rock").iterdir():
        if other.name not in (name, "x.wav"):
            other.unlink()
    if name in ("inside.wav", "outside.wav", "up"):
        require_hashable(mine)
        return
    with pytest.raises(PunkError) as caught:
        require_hashable(mine)
    assert f"rock/{name}: ".replace("\udce9", "%E9") in str(caught.value)
    assert "punk data mine --from PATH" in str(caught.value)


def test_hidden_folders_and_odd_raw_folders_are_seen_too(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    require_hashable(raw)
    for number in range(7):
        (raw / ".hidden" / os.fsdecode(b"\xe9")).mkdir(parents=True, exist_ok=True)
        os.mkfifo(raw / ".hidden" / f"{number}")
    (raw / ".hidden" / os.fsdecode(b"\xe9") / "x.wav").write_bytes(b"x")
    with pytest.raises(PunkError, match=r"(?s)8 thing.s.*and 3 more") as caught:
        require_hashable(raw)
    assert len(str(caught.value)) < 1500
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PunkError, match="pipe: no folder"):
        require_hashable(tmp_path / "pipe")
