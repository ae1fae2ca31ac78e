"""Files by name and checksum: from where they already are, from a mirror folder, or from the network."""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pooch
import requests

from classically_punk.corpora import assets
from classically_punk.corpora.archives import ANNOTATIONS_FOLDER, require_whole, sources, usable_source
from classically_punk.corpora.assets import Asset
from classically_punk.corpora.loaders import loader_of
from classically_punk.corpora.members import ArchiveLimits
from classically_punk.corpora.naming import ARCHIVE_SUFFIXES
from classically_punk.corpora.own_folder import bring_in
from classically_punk.corpora.spelling import spelt
from classically_punk.foundation.environment import mirror
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Corpus
from classically_punk.foundation.writing import atomic_path

RETRIES = 2
"""Further attempts at one address before the next one; pooch waits 1 s, 2 s, ... between them."""

TIMEOUT = 30
"""s without a byte from the server."""

_MIRROR_FOLDERS = ("", "raw", "mirror")
_CHUNK = 2**18
_SANE = ArchiveLimits(member_bytes=2**28, archive_bytes=2**36, members=10**6)


class UnreachableError(PunkError):
    """A file that is neither here nor in the mirror, and that no address gives."""


def fetch_corpus(name: str, corpus: Corpus, raw: Path) -> list[Path]:
    """Fills `raw` with the archives of the corpus, and `raw`/annotations with its index and annotations.

    Where `raw` already holds an archive, a folder or clips, under whatever name, no archive is fetched: what the user
    put there is the collection. Returns what is there now of the files that have an address.
    Raises PunkError when a file is damaged or can be had nowhere; the message lists all that is missing.
    """
    raw.mkdir(parents=True, exist_ok=True)
    present = sources(raw)
    if not present and not corpus.archives:
        raise PunkError(
            f"{raw}: empty, and params.yaml names no archive for {name}; put an archive "
            f"({', '.join(ARCHIVE_SUFFIXES)}) or a folder of <genre>/<clip> there, or link yours: "
            f"punk data {name} --from PATH"
        )
    wanted = [(asset, raw) for asset in map(assets.asset, corpus.archives) if not (asset.kind == "audio" and present)]
    wanted += [(assets.asset(file), raw / ANNOTATIONS_FOLDER) for file in _annotation_files(corpus, raw)]
    found = []
    for position, (asset, folder) in enumerate(wanted):
        try:
            found.append(fetch(asset, folder))
        except UnreachableError as error:
            rest = "".join(
                f"\n  {other.name} into {place}, from {other.urls[0]}"
                for other, place in wanted[position + 1 :]
                if not (place / other.name).exists() and not list(_in_mirror(other.name))
            )
            also = f"\nThe corpus also needs:{rest}" if rest else ""
            raise UnreachableError(
                f"{error}{also}\nAn archive or folder of clips that you have elsewhere: punk data {name} --from PATH. "
                "Without any download: make demo"
            ) from error
    return found


def fetch(asset: Asset, folder: Path) -> Path:
    """The file `asset` in `folder`, verified: as it stands there, else from `PUNK_MIRROR`, else from its addresses.

    What is downloaded or copied stands under a temporary name until it is whole and verified.
    Raises PunkError when a file that is here or in the mirror is not what it should be; UnreachableError when no
    address gives the file.
    """
    target = folder / asset.name
    if target.exists():
        advice = f"delete it and run again, or put the right {asset.name} in its place"
        _require_right(target, asset, assets.how_to_replace(target) if target.is_symlink() else advice)
        return target
    for candidate in _in_mirror(asset.name):
        advice = f"replace it, remove it from the mirror, or unset PUNK_MIRROR to fetch {asset.name} from the network"
        _require_right(candidate, asset, advice)
        with atomic_path(target) as temporary:
            shutil.copyfile(candidate, temporary)
        return target
    return _download(asset, folder)


def link(path: Path, raw: Path) -> Path:
    """Makes `path`, an archive or folder of the user's, part of the corpus in `raw`. Returns its place there.

    An archive is linked. A folder is brought in file by file, see `own_folder`: DVC hashes what a link to a file leads
    to, but does not look behind a link to a folder, and would call a changed collection unchanged. To be called again
    when files came to the folder; each is brought in once.
    Raises PunkError when there is no such archive or folder, when its name is taken, or as `own_folder.bring_in` does.
    """
    if not path.exists():
        raise PunkError(f"{path}: no such file or folder; give an archive or a folder of <genre>/<clip>")
    target = raw / spelt(path.resolve().name)
    if not usable_source(path):
        raise PunkError(
            f"{spelt(str(path))}: neither a folder (of a name other than {ANNOTATIONS_FOLDER}, and not hidden) nor "
            f"an archive ({', '.join(ARCHIVE_SUFFIXES)})"
        )
    raw.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        bring_in(path.resolve(), raw)
    elif target.is_symlink() or target.exists():
        if not (target.exists() and target.samefile(path)):
            raise PunkError(f"{target}: already there and something else; remove it, or give {path} another name")
    else:
        target.symlink_to(path.resolve())
    return target


def _annotation_files(corpus: Corpus, raw: Path) -> Iterator[str]:
    """Names of the index and the annotations, but for an index that the user wrote and put there."""
    if corpus.clip_index is not None:
        own = corpus.clip_index not in assets.catalogue()
        if not (own and (raw / ANNOTATIONS_FOLDER / corpus.clip_index).exists()):
            yield corpus.clip_index
    loader = loader_of(corpus)
    if loader is not None:
        yield from loader.files


def _in_mirror(name: str) -> Iterator[Path]:
    folder = mirror()
    if folder is not None:
        candidates = (folder / inner / name for inner in _MIRROR_FOLDERS)
        yield from (candidate for candidate in candidates if candidate.is_file())


def _require_right(path: Path, asset: Asset, advice: str) -> None:
    """Raises PunkError when `path` is not `asset`.

    An audio archive need not have the checksum of the one that is known, only be whole: its clips are verified.
    """
    found = _sha256(path) if asset.sha256 is not None else None
    if found is not None and found == asset.sha256:
        return
    if asset.kind == "audio":
        if require_whole(path, _SANE) == 0:
            raise PunkError(f"{path}: an archive without clips; {advice}")
        return
    raise PunkError(
        f"{path}: sha256 {asset.sha256} expected, {found} found: the file is damaged or another one; {advice}"
    )


def _download(asset: Asset, folder: Path) -> Path:
    work = folder / ".fetching"
    shutil.rmtree(work, ignore_errors=True)  # what an interrupted run left
    failures = []
    try:
        for url in asset.urls:
            try:
                path = _downloaded(asset, url, work)
            except requests.exceptions.RequestException as error:
                failures.append(f"{url}: {_cause(error)}")
            except (ValueError, PunkError) as error:
                failures.append(f"{url}: gives something else ({str(error).replace(str(work), '').lstrip('/')})")
            else:
                os.replace(path, folder / asset.name)
                return folder / asset.name
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tried = "".join(f"\n  {failure}" for failure in failures)
    raise UnreachableError(
        f"{folder / asset.name}: missing, and no address gives it:{tried}\n"
        f"It is: {asset.about}.\nFetch it where there is a network and put it into {folder} as {asset.name}, or name a "
        "folder that holds it in PUNK_MIRROR."
    )


def _downloaded(asset: Asset, url: str, work: Path) -> Path:
    """The verified file in `work`. Raises ValueError or PunkError when `url` gives something else."""
    known = f"sha256:{asset.sha256}" if asset.kind != "audio" else None
    fetcher = pooch.create(
        path=work, base_url="", registry={asset.name: known}, urls={asset.name: url}, retry_if_failed=RETRIES
    )
    # `identity`: with the bytes as they are, a connection that ends early is seen from Content-Length.
    downloader = pooch.HTTPDownloader(
        progressbar=sys.stderr.isatty(), chunk_size=_CHUNK, timeout=TIMEOUT, headers={"Accept-Encoding": "identity"}
    )
    path = Path(fetcher.fetch(asset.name, downloader=downloader))
    try:
        _require_right(path, asset, "the address gives no archive of clips")
    except PunkError:
        path.unlink()
        raise
    return path


def _cause(error: requests.exceptions.RequestException) -> str:
    if error.response is not None:
        return f"the server answers {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.exceptions.Timeout):
        return f"no answer within {TIMEOUT} s"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection ended before the file did"
    return "no connection"


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
