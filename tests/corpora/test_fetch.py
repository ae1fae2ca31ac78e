"""Downloads, against a real server on this machine that does what servers do on bad days."""

import hashlib
import http.server
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from classically_punk.corpora import assets, fetch
from classically_punk.corpora.assets import Asset
from classically_punk.corpora.loaders import gtzan
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Corpus

CONTENT = b"clip,artist\n" * 5000
WriteTar = Callable[..., Path]


@dataclass
class Server:
    """address : of the server; files : path -> content; requests : paths asked for, in order

    `/half/x` ends after half of x, `/once-half/x` only on the first request, `/wrong/x` gives a page instead.
    """

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests.append(self.path)
            _, way, name = self.path.split("/", 2)
            content = b"<html>please log in</html>" if way == "wrong" else state.files.get(name)
            if content is None or way == "absent":
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            cut = way == "half" or (way == "once-half" and len(state.requests) == 1)
            self.wfile.write(content[: len(content) // 2] if cut else content)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        state.address = f"http://127.0.0.1:{running.server_address[1]}"
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield state
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_mirror_and_no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUNK_MIRROR", raising=False)
    monkeypatch.setattr(fetch, "RETRIES", 0)
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)


def table(*urls: str) -> Asset:
    return Asset(
        name="table.csv",
        kind="table",
        urls=urls,
        bytes=len(CONTENT),
        md5=None,
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        about="a table",
        cite="nobody",
        licence="none",
    )


def only_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_download_is_verified_and_moved_into_place(tmp_path: Path, server: Server) -> None:
    server.files["table.csv"] = CONTENT
    path = fetch.fetch(table(f"{server.address}/good/table.csv"), tmp_path / "deep" / "folder")
    assert path.read_bytes() == CONTENT
    assert only_files(path.parent) == ["table.csv"]


def test_what_is_there_and_right_is_not_fetched_again(tmp_path: Path, server: Server) -> None:
    (tmp_path / "table.csv").write_bytes(CONTENT)
    assert fetch.fetch(table(f"{server.address}/good/table.csv"), tmp_path) == tmp_path / "table.csv"
    assert server.requests == []


@pytest.mark.parametrize("way", ["absent", "half", "wrong"])
def test_the_next_address_is_tried(tmp_path: Path, server: Server, way: str) -> None:
    server.files["table.csv"] = CONTENT
    path = fetch.fetch(table(f"{server.address}/{way}/table.csv", f"{server.address}/good/table.csv"), tmp_path)
    assert path.read_bytes() == CONTENT
    assert server.requests == [f"/{way}/table.csv", "/good/table.csv"]


def test_an_address_is_tried_again(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "RETRIES", 1)
    server.files["table.csv"] = CONTENT
    assert fetch.fetch(table(f"{server.address}/once-half/table.csv"), tmp_path).read_bytes() == CONTENT
    assert server.requests == ["/once-half/table.csv"] * 2


@pytest.mark.parametrize(
    ("way", "cause"), [("absent", "answers 404"), ("half", "ended before the file"), ("wrong", "something else")]
)
def test_a_file_that_no_address_gives_leaves_nothing(tmp_path: Path, server: Server, way: str, cause: str) -> None:
    server.files["table.csv"] = CONTENT
    with pytest.raises(fetch.UnreachableError, match=cause) as error:
        fetch.fetch(table(f"{server.address}/{way}/table.csv"), tmp_path)
    assert "PUNK_MIRROR" in str(error.value)
    assert only_files(tmp_path) == []


def test_leftovers_of_a_killed_run_are_neither_taken_nor_kept(tmp_path: Path, server: Server) -> None:
    server.files["table.csv"] = CONTENT
    (tmp_path / ".fetching").mkdir()
    (tmp_path / ".fetching" / "table.csv").write_bytes(CONTENT[:100])
    assert fetch.fetch(table(f"{server.address}/good/table.csv"), tmp_path).read_bytes() == CONTENT
    assert only_files(tmp_path) == ["table.csv"]


@pytest.mark.parametrize("inner", ["", "raw", "mirror"])
def test_the_mirror_is_searched_first(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, inner: str
) -> None:
    monkeypatch.setenv("PUNK_MIRROR", str(tmp_path / "mirror"))
    (tmp_path / "mirror" / inner).mkdir(parents=True)
    (tmp_path / "mirror" / inner / "table.csv").write_bytes(CONTENT)
    path = fetch.fetch(table(f"{server.address}/good/table.csv"), tmp_path / "raw")
    assert path.read_bytes() == CONTENT
    assert not path.is_symlink()
    assert server.requests == []


def test_a_wrong_checksum_names_file_and_both_sums(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = table(f"{server.address}/good/table.csv")
    found = hashlib.sha256(b"other").hexdigest()
    monkeypatch.setenv("PUNK_MIRROR", str(tmp_path / "mirror"))
    for folder, advice in (("mirror", "unset PUNK_MIRROR"), ("raw", "delete it")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "table.csv").write_bytes(b"other")
        with pytest.raises(PunkError) as error:
            fetch.fetch(wanted, tmp_path / "raw")
        for part in (f"{folder}/table.csv", f"{wanted.sha256} expected", f"{found} found", advice):
            assert part in str(error.value)
    assert server.requests == []


def test_an_audio_archive_need_not_be_the_known_one_but_whole(
    tmp_path: Path, server: Server, write_tar: WriteTar
) -> None:
    archive = write_tar(tmp_path / "made.tar.gz", {"genres/rock/x.wav": b"0" * 5000}).read_bytes()
    server.files = {"a.tar.gz": archive, "cut.tar.gz": archive[:-20]}
    server.files["no_clips.tar.gz"] = write_tar(tmp_path / "none.tar.gz", {"README": b"x"}).read_bytes()
    urls = [f"{server.address}/{path}" for path in ("wrong/a.tar.gz", "good/cut.tar.gz", "good/no_clips.tar.gz")]
    asset = replace(table(*urls, f"{server.address}/good/a.tar.gz"), name="a.tar.gz", kind="audio")
    assert fetch.fetch(asset, tmp_path / "raw").read_bytes() == archive
    assert len(server.requests) == 4
    assert fetch.fetch(replace(asset, sha256=None), tmp_path / "raw").exists()
    (tmp_path / "raw" / "a.tar.gz").write_bytes(archive[:-20])
    with pytest.raises(PunkError, match=r"raw/a\.tar\.gz: damaged"):
        fetch.fetch(asset, tmp_path / "raw")


@pytest.fixture
def catalogue(
    server: Server, monkeypatch: pytest.MonkeyPatch, write_tar: WriteTar, tmp_path: Path
) -> Mapping[str, Asset]:
    """One archive and one index, served by `server`."""
    server.files["a.tar.gz"] = write_tar(tmp_path / "made.tar.gz", {"rock/x.wav": b"x"}).read_bytes()
    server.files["index.json"] = CONTENT
    known = {
        "a.tar.gz": replace(
            table(f"{server.address}/good/a.tar.gz"), name="a.tar.gz", kind="audio", sha256=None, about="an archive"
        ),
        "index.json": replace(table(f"{server.address}/good/index.json"), name="index.json", kind="index"),
    }
    monkeypatch.setattr(assets, "catalogue", lambda: known)
    return known


CORPUS = Corpus(title="x", expected_clips=None, archives=["a.tar.gz"], clip_index="index.json", annotations=None)


@pytest.mark.usefixtures("catalogue")
def test_a_corpus_is_fetched_once(tmp_path: Path, server: Server) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "README.md").write_text("tracked by git")
    assert fetch.fetch_corpus("mine", CORPUS, raw) == [raw / "a.tar.gz", raw / "annotations" / "index.json"]
    fetch.fetch_corpus("mine", CORPUS, raw)
    assert server.requests == ["/good/a.tar.gz", "/good/index.json"]


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("kind", ["archive", "folder", "link"])
def test_what_the_user_put_there_is_the_collection(
    tmp_path: Path, server: Server, write_tar: WriteTar, kind: str
) -> None:
    raw, mine = tmp_path / "raw", tmp_path / "mine"
    if kind == "archive":
        write_tar(raw / "my_music.tgz", {"rock/x.wav": b"x"})
    elif kind == "folder":
        (raw / "my_music" / "rock").mkdir(parents=True)
    else:
        (mine / "rock").mkdir(parents=True)
        (mine / "rock" / "x.wav").write_bytes(b"x")
        assert fetch.link(mine, raw) == raw / "mine"
    fetch.fetch_corpus("mine", CORPUS, raw)
    assert server.requests == ["/good/index.json"]


@pytest.mark.usefixtures("catalogue")
def test_without_network_the_error_says_what_to_get_from_where_and_where_to_put_it(
    tmp_path: Path, server: Server
) -> None:
    address = server.address
    server.files.clear()
    raw = tmp_path / "raw"
    with pytest.raises(PunkError) as error:
        fetch.fetch_corpus("mine", CORPUS, raw)
    for part in (
        f"{address}/good/a.tar.gz",
        f"{address}/good/index.json",
        f"index.json into {raw / 'annotations'}",
        f"into {raw} as a.tar.gz",
        "an archive",
        "PUNK_MIRROR",
        "punk data mine --from PATH",
        "make demo",
    ):
        assert part in str(error.value)


def test_no_connection(tmp_path: Path) -> None:
    with pytest.raises(fetch.UnreachableError, match="no connection"):
        fetch.fetch(table("http://127.0.0.1:9/table.csv"), tmp_path)


def test_a_corpus_that_has_no_address_and_no_files(tmp_path: Path) -> None:
    own = Corpus(title="x", expected_clips=None, archives=[], clip_index=None, annotations=None)
    with pytest.raises(PunkError, match=r"raw: empty.*punk data mine --from PATH"):
        fetch.fetch_corpus("mine", own, tmp_path / "raw")
    (tmp_path / "raw" / "music").mkdir()
    assert fetch.fetch_corpus("mine", own, tmp_path / "raw") == []


def test_links_to_archives_and_folders_of_the_user(tmp_path: Path, write_tar: WriteTar) -> None:
    archive = write_tar(tmp_path / "home" / "my music.tar", {"rock/x.wav": b"x"}, "w")
    raw = tmp_path / "raw"
    link = fetch.link(archive, raw)
    assert link.samefile(archive)
    assert fetch.link(archive, raw) == link
    other = write_tar(tmp_path / "other" / "my music.tar", {"rock/y.wav": b"y"}, "w")
    with pytest.raises(PunkError, match="already there and something else"):
        fetch.link(other, raw)
    with pytest.raises(PunkError, match="no such file or folder"):
        fetch.link(tmp_path / "absent", raw)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "music.rar").write_text("x")
    os.mkfifo(tmp_path / "pipe.zip")
    for name in ("notes.txt", "music.rar", "pipe.zip"):
        with pytest.raises(PunkError, match=name):
            fetch.link(tmp_path / name, raw)
    assert only_files(raw) == ["my music.tar"]


def test_every_asset_can_be_fetched_and_credited() -> None:
    listed = assets.catalogue()
    for asset in listed.values():
        assert asset.urls
        assert all(url.startswith(("https://", "http://")) for url in asset.urls)
        assert asset.about
        assert asset.cite
        assert asset.licence
        assert asset.sha256 is not None or asset.kind == "audio"
        assert asset.sha256 is None or len(bytes.fromhex(asset.sha256)) == 32
    assert set(gtzan.LOADER.files) <= set(listed)
    with pytest.raises(PunkError, match=r"genre\.tar\.gz: no address.*did you mean genres\.tar\.gz"):
        assets.asset("genre.tar.gz")


def test_real_data_is_what_the_assets_say(real_data) -> None:  # type: ignore[no-untyped-def]
    """Size, md5 and sha256 of every table and annotation."""
    for asset in assets.catalogue().values():
        if asset.kind != "audio":
            content = real_data.file(asset.name).read_bytes()
            assert len(content) == asset.bytes
            assert hashlib.md5(content).hexdigest() == asset.md5
            assert hashlib.sha256(content).hexdigest() == asset.sha256
