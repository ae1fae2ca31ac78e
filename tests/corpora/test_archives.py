"""Archives and folders, well-meant and hostile, as streams of members."""

import gzip
import os
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from classically_punk.contracts.faults import Fault
from classically_punk.corpora.archives import archive_members, members, sources
from classically_punk.corpora.members import ArchiveLimits, Member, OtherFile
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Ingest

WriteZip = Callable[[Path, Mapping[str, bytes]], Path]
WriteTar = Callable[..., Path]

CONTENT = {
    "genres/.DS_Store": b"x",
    "genres/bl.mf": b"list",
    "genres/blues/blues.00000.au": b"first",
    "genres/blues/blues.00001.au": b"second" * 1000,
    "genres/README": b"read me",
    "genres/rock/rock.00000.au": b"",
}
CLIPS = {path: data for path, data in CONTENT.items() if path.endswith(".au")}


def listed(raw: Path, settings: Ingest) -> tuple[dict[str, bytes | None], list[str]]:
    """Content of the members by path, and the sorted kinds of the other files."""
    found = list(members(raw, settings))
    clips = {entry.path: entry.data for entry in found if isinstance(entry, Member)}
    return clips, sorted(entry.kind for entry in found if isinstance(entry, OtherFile))


def refusals(raw: Path, settings: Ingest) -> dict[str, Fault | None]:
    found = [entry for entry in members(raw, settings) if isinstance(entry, Member)]
    assert all((entry.data is None) == (entry.fault is not None) for entry in found)
    return {entry.path: entry.fault for entry in found}


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar.bz2", "w:bz2"), ("a.tar.xz", "w:xz")],
)
def test_tar_archives(tmp_path: Path, settings: Ingest, write_tar: WriteTar, name: str, mode: str) -> None:
    write_tar(tmp_path / name, CONTENT, mode)
    assert listed(tmp_path, settings) == (CLIPS, ["mf", "readme", "system"])


def test_compression_is_told_by_content_not_by_name(tmp_path: Path, settings: Ingest, write_tar: WriteTar) -> None:
    write_tar(tmp_path / "really_gzip.tar", CONTENT, "w:gz")
    assert listed(tmp_path, settings)[0] == CLIPS


def test_zip_archives(tmp_path: Path, settings: Ingest, write_zip: WriteZip) -> None:
    write_zip(tmp_path / "a.zip", CONTENT)
    assert listed(tmp_path, settings) == (CLIPS, ["mf", "readme", "system"])


def test_zip_with_backslashes_between_folders(tmp_path: Path, settings: Ingest, write_zip: WriteZip) -> None:
    write_zip(tmp_path / "a.zip", {"genres\\rock\\x.wav": b"data"})
    assert listed(tmp_path, settings)[0] == {"genres/rock/x.wav": b"data"}


def test_folders_loose_clips_and_archives_inside_folders(tmp_path: Path, settings: Ingest, write_zip: WriteZip) -> None:
    for path, data in CONTENT.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    (tmp_path / "loose.wav").write_bytes(b"loose")
    write_zip(tmp_path / "genres" / "more.zip", {"pop/x.wav": b"more"})
    clips, kinds = listed(tmp_path, settings)
    assert clips == {**CLIPS, "loose.wav": b"loose", "pop/x.wav": b"more"}
    assert kinds == ["mf", "readme", "system"]


def test_what_stands_beside_the_collection_is_no_part_of_it(tmp_path: Path, settings: Ingest) -> None:
    (tmp_path / "README.md").write_text("about")
    (tmp_path / "artists.csv").write_text("clip,artist")
    (tmp_path / ".genres.tar.gz.1.partial").write_bytes(b"half")
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "x.wav").write_bytes(b"x")
    assert listed(tmp_path, settings) == ({}, [])
    assert sources(tmp_path / "absent") == []


def test_archive_of_a_kind_that_cannot_be_read(tmp_path: Path, settings: Ingest) -> None:
    (tmp_path / "music.rar").write_bytes(b"Rar!")
    with pytest.raises(PunkError, match=r"music\.rar.*unpack it"):
        list(members(tmp_path, settings))


def header(kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo()
    info.type, info.linkname = kind, link
    return info


def test_hostile_tar_members_are_refused_and_the_others_read(
    tmp_path: Path, settings: Ingest, write_tar: WriteTar
) -> None:
    write_tar(
        tmp_path / "a.tar",
        {
            "/etc/rock/absolute.wav": b"x",
            "../../rock/climbing.wav": b"x",
            "rock/a/../../../inside.wav": b"x",
            "rock/symbolic.wav": header(tarfile.SYMTYPE, "/etc/passwd"),
            "rock/hard.wav": header(tarfile.LNKTYPE, "rock/good.wav"),
            "rock/device.wav": header(tarfile.CHRTYPE),
            "rock/block.wav": header(tarfile.BLKTYPE),
            "rock/pipe.wav": header(tarfile.FIFOTYPE),
            "rock/link_to_nothing": header(tarfile.SYMTYPE, "/etc"),
            "rock/large.wav": b"0" * (8 * 2**20 + 1),
            "rock/good.wav": b"good",
        },
        "w",
    )
    assert refusals(tmp_path, settings) == {
        "/etc/rock/absolute.wav": Fault.UNSAFE_PATH,
        "../../rock/climbing.wav": Fault.UNSAFE_PATH,
        "rock/a/../../../inside.wav": Fault.UNSAFE_PATH,
        "rock/symbolic.wav": Fault.LINK,
        "rock/hard.wav": Fault.LINK,
        "rock/device.wav": Fault.NOT_A_FILE,
        "rock/block.wav": Fault.NOT_A_FILE,
        "rock/pipe.wav": Fault.NOT_A_FILE,
        "rock/large.wav": Fault.TOO_LARGE,
        "rock/good.wav": None,
    }
    assert listed(tmp_path, settings)[1] == ["link"]


def test_hostile_zip_members(tmp_path: Path, settings: Ingest) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("/rock/absolute.wav", "../rock/climbing.wav", "rock/good.wav"):
            archive.writestr(name, b"good")
        link = zipfile.ZipInfo("rock/symbolic.wav")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("rock/large.wav", bytes(8 * 2**20 + 1))
    assert refusals(tmp_path, settings) == {
        "/rock/absolute.wav": Fault.UNSAFE_PATH,
        "../rock/climbing.wav": Fault.UNSAFE_PATH,
        "rock/good.wav": None,
        "rock/symbolic.wav": Fault.LINK,
        "rock/large.wav": Fault.TOO_LARGE,
    }


def test_zip_bomb_whose_header_lies_is_never_unpacked(tmp_path: Path, settings: Ingest, write_zip: WriteZip) -> None:
    path = write_zip(tmp_path / "a.zip", {"rock/a.wav": b"good", "rock/bomb.wav": bytes(65_432_101)})
    content = bytearray(path.read_bytes())
    stated = struct.pack("<I", 65_432_101)
    assert content.count(stated) == 2  # local header and directory
    path.write_bytes(bytes(content).replace(stated, struct.pack("<I", 1000)))
    tracemalloc.start()
    try:
        with pytest.raises(PunkError, match=r"a\.zip: damaged after its member rock/a\.wav"):
            list(members(tmp_path, settings))
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


def test_archives_beyond_the_limits(tmp_path: Path, write_tar: WriteTar, write_zip: WriteZip) -> None:
    limits = ArchiveLimits(member_bytes=100, archive_bytes=100_000, members=20)
    many = {f"rock/{number}.txt": b"" for number in range(21)}
    large = {f"rock/{number}.txt": bytes(20_000) for number in range(6)}
    for content, key in ((many, "most_members"), (large, "largest_archive")):
        for path in (write_tar(tmp_path / "a.tgz", content), write_zip(tmp_path / "a.zip", content)):
            with pytest.raises(PunkError, match=rf"{path.name}.*ingest\.{key}"):
                list(archive_members(path, path.name, limits))


def test_tar_header_that_claims_exabytes(tmp_path: Path, settings: Ingest) -> None:
    info = tarfile.TarInfo("rock/x.wav")
    info.size = 2**62
    (tmp_path / "a.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    with pytest.raises(PunkError, match="largest_archive"):
        list(members(tmp_path, settings))


def test_tar_header_that_claims_an_enormous_name(tmp_path: Path, settings: Ingest) -> None:
    info = tarfile.TarInfo("@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2**27
    (tmp_path / "a.tar").write_bytes(info.tobuf() + bytes(1024))
    with pytest.raises(PunkError, match=r"a\.tar: damaged"):
        list(members(tmp_path, settings))


def test_endless_zeros_after_the_end_mark_are_not_read_to_their_end(tmp_path: Path, write_tar: WriteTar) -> None:
    tar = write_tar(tmp_path / "a.tar", {"rock/x.wav": b"x"}, "w").read_bytes()
    path = tmp_path / "b.tar.gz"
    path.write_bytes(gzip.compress(tar + bytes(10 * 2**20)))
    with pytest.raises(PunkError, match="largest_archive"):
        list(archive_members(path, path.name, ArchiveLimits(100, 2**20, 20)))


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz", "a.zip"])
def test_truncated_archives_are_named_with_the_last_good_member(
    tmp_path: Path, settings: Ingest, write_tar: WriteTar, write_zip: WriteZip, name: str, share: float
) -> None:
    content = {f"rock/{number}.wav": os.urandom(20_000) for number in range(5)}
    mode = {"a.tar": "w", "a.tar.gz": "w:gz", "a.tar.bz2": "w:bz2", "a.tar.xz": "w:xz"}.get(name)
    path = write_tar(tmp_path / name, content, mode) if mode else write_zip(tmp_path / name, content)
    whole = path.read_bytes().rstrip(b"\0") if name == "a.tar" else path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(PunkError, match=rf"{name}: damaged (before its first|after its) member") as error:
        list(members(tmp_path, settings))
    if name in ("a.tar", "a.tar.gz", "a.tar.xz") and share > 0.3:  # bzip2 is unpacked in blocks of 900 kB
        assert "after its member rock/" in str(error.value)


def test_tar_cut_between_two_members(tmp_path: Path, settings: Ingest, write_tar: WriteTar) -> None:
    """Python's tarfile takes this for a whole archive of one clip."""
    path = write_tar(tmp_path / "a.tar", {"rock/0.wav": bytes(512), "rock/1.wav": bytes(512)}, "w")
    path.write_bytes(path.read_bytes()[:1024])
    with pytest.raises(PunkError, match=r"damaged after its member rock/0\.wav"):
        list(members(tmp_path, settings))


def test_tar_with_a_damaged_header_in_the_middle(tmp_path: Path, settings: Ingest, write_tar: WriteTar) -> None:
    """Python's tarfile takes this for a whole archive of one clip, too."""
    path = write_tar(tmp_path / "a.tar", {"rock/0.wav": bytes(512), "rock/1.wav": bytes(512)}, "w")
    content = bytearray(path.read_bytes())
    content[1024:1034] = b"\xff" * 10
    path.write_bytes(content)
    with pytest.raises(PunkError, match=r"damaged after its member rock/0\.wav"):
        list(members(tmp_path, settings))


def test_two_archives_in_one_file(tmp_path: Path, settings: Ingest, write_tar: WriteTar) -> None:
    """Readers stop at the first end mark; the clips behind it must not be lost without a word."""
    path = write_tar(tmp_path / "a.tar", {"rock/0.wav": b"x"}, "w")
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(PunkError, match="several archives in one file"):
        list(members(tmp_path, settings))


def test_flipped_bit_in_a_zip_and_in_a_gzip(
    tmp_path: Path, settings: Ingest, write_tar: WriteTar, write_zip: WriteZip
) -> None:
    content = {"rock/0.wav": os.urandom(20_000), "rock/1.wav": os.urandom(20_000)}
    for path in (write_zip(tmp_path / "zip" / "a.zip", content), write_tar(tmp_path / "tar" / "a.tar.gz", content)):
        damaged = bytearray(path.read_bytes())
        damaged[30_000] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(PunkError, match=rf"{path.name}: damaged after its member rock/"):
            list(members(path.parent, settings))


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>" * 100, b"PK\x03\x04 and no more"])
@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.zip"])
def test_files_that_are_no_archives(tmp_path: Path, settings: Ingest, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PunkError, match=f"{name}: damaged before its first member"):
        list(members(tmp_path, settings))


def test_encrypted_zip(tmp_path: Path, settings: Ingest, write_zip: WriteZip) -> None:
    path = write_zip(tmp_path / "a.zip", {"rock/x.wav": b"secret"})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(PunkError, match=r"a\.zip: rock/x\.wav is encrypted"):
        list(members(tmp_path, settings))


def test_links_and_pipes_in_folders(tmp_path: Path, settings: Ingest) -> None:
    (tmp_path / "outside.wav").write_bytes(b"secret")
    raw = tmp_path / "raw"
    (raw / "music" / "rock").mkdir(parents=True)
    (raw / "music" / "rock" / "good.wav").write_bytes(b"good")
    (raw / "music" / "rock" / "leaving.wav").symlink_to(tmp_path / "outside.wav")
    (raw / "music" / "rock" / "dangling.wav").symlink_to("nowhere.wav")
    (raw / "music" / "rock" / "loop").symlink_to(raw / "music")
    os.mkfifo(raw / "music" / "rock" / "pipe.wav")
    assert refusals(raw, settings) == {
        "music/rock/dangling.wav": Fault.LINK,
        "music/rock/good.wav": None,
        "music/rock/leaving.wav": Fault.LINK,
        "music/rock/pipe.wav": Fault.NOT_A_FILE,
    }
    assert listed(raw, settings)[1] == ["link"]


def test_a_link_to_a_folder_elsewhere_would_hide_clips(tmp_path: Path, settings: Ingest) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "raw" / "music").mkdir(parents=True)
    (tmp_path / "raw" / "music" / "rock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PunkError, match="music/rock: a link to a folder outside"):
        list(members(tmp_path / "raw", settings))


def test_links_to_archives_at_the_top_are_followed(tmp_path: Path, settings: Ingest, write_zip: WriteZip) -> None:
    write_zip(tmp_path / "other.zip", {"pop/y.wav": b"y"})
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "other.zip").symlink_to(tmp_path / "other.zip")
    assert listed(raw, settings)[0] == {"pop/y.wav": b"y"}


def test_a_link_to_a_folder_is_refused_since_dvc_does_not_look_behind_it(tmp_path: Path, settings: Ingest) -> None:
    (tmp_path / "mine" / "rock").mkdir(parents=True)
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "mine").symlink_to(tmp_path / "mine")
    with pytest.raises(PunkError, match=r"a link to a folder; DVC does not see .* punk data raw --from"):
        list(members(tmp_path / "raw", settings))


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip"])
def test_memory_holds_one_member(
    tmp_path: Path, settings: Ingest, write_tar: WriteTar, write_zip: WriteZip, name: str
) -> None:
    """Thirty members of 1 MiB: what is held at once stays near one of them."""
    content = {f"rock/{number}.wav": os.urandom(2**20) for number in range(30)}
    path = tmp_path / name
    write_zip(path, content) if name.endswith("zip") else write_tar(path, content)
    del content
    tracemalloc.start()
    try:
        total = sum(len(entry.data or b"") for entry in members(tmp_path, settings) if isinstance(entry, Member))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total == 30 * 2**20
    assert peak < 6 * 2**20


@pytest.mark.parametrize(
    ("name", "linked", "advice"),
    [
        ("genres.tar.gz", False, "delete it and fetch it again"),
        ("my music.tar.gz", False, "a file of yours: put a whole copy in its place"),
        ("my music.tar.gz", True, "put a whole copy there, or remove the link"),
        ("genres.tar.gz", True, "put a whole copy there, or remove the link"),
    ],
)
def test_nobody_is_told_to_delete_what_cannot_be_fetched(
    tmp_path: Path, settings: Ingest, write_tar: WriteTar, name: str, linked: bool, advice: str
) -> None:
    mine = write_tar(tmp_path / ("home" if linked else "raw") / name, CONTENT)
    mine.write_bytes(mine.read_bytes()[:-20])
    if linked:
        (tmp_path / "raw").mkdir()
        (tmp_path / "raw" / name).symlink_to(mine)
    with pytest.raises(PunkError) as caught:
        list(members(tmp_path / "raw", settings))
    assert advice in str(caught.value)
    assert ("delete it" in str(caught.value)) == ("delete it" in advice)
    assert (str(mine) in str(caught.value)) or not linked
