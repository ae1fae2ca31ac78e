"""Work kept by what it was made from, so that one more clip costs one more clip.

A key is a hash of everything a result depends on. Entries stand in `PUNK_CACHE`, outside every output of the graph:
deleting them costs time and never a result. Each ends with a hash of its key and of what it holds, and is read only
when that is right: what a disk, a copy or a mistake has changed counts as absent, and is never parsed.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classically_punk.foundation.environment import arithmetic, cache_dir
from classically_punk.foundation.writing import atomic_path

Arrays = Mapping[str, NDArray[np.generic]]

_SEAL_BYTES = hashlib.sha256().digest_size


def content_key(*parts: bytes | str) -> str:
    """A hash of `parts` in order; no part can run into its neighbour."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def code_key(folders: Iterable[Path], libraries: Iterable[str]) -> str:
    """A hash of every Python source file below `folders`, some of which may be such files themselves, of the installed
    versions of `libraries` and of the arithmetic of this process."""
    parts: list[bytes | str] = []
    for folder in folders:
        for source in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]:
            parts += [source.relative_to(folder).as_posix(), source.read_bytes()]
    parts += [f"{library} {version(library)}" for library in sorted(libraries)]
    parts.append(arithmetic())
    return content_key(*parts)


def load(room: str, key: str) -> dict[str, NDArray[np.generic]] | None:
    """The arrays stored under `key`, or None. An entry that is not what was stored under it, or cannot be read, is
    removed and counts as absent."""
    path = _path(room, key)
    try:
        entry = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        entry = b""
    content, seal = entry[:-_SEAL_BYTES], entry[-_SEAL_BYTES:]
    if seal != _seal(key, content):
        path.unlink(missing_ok=True)
        return None
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def store(room: str, key: str, arrays: Arrays) -> None:
    """Keeps `arrays` under `key`; a killed writer leaves no entry."""
    written = io.BytesIO()
    np.savez(written, allow_pickle=False, **arrays)
    content = written.getvalue()
    with atomic_path(_path(room, key)) as temporary:
        temporary.write_bytes(content + _seal(key, content))


def _seal(key: str, content: bytes) -> bytes:
    return bytes.fromhex(content_key(key, content))


def _path(room: str, key: str) -> Path:
    return cache_dir() / room / key[:2] / f"{key}.npz"
