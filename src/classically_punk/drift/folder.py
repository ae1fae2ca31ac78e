"""A folder of audio as a batch: each file decoded where it can do no harm, described and answered by the bundle."""

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

from classically_punk.audio import isolated
from classically_punk.audio.decode import DecodingLimits, Undecodable
from classically_punk.bundle.reading import Loaded, read_bundle
from classically_punk.drift.batch import Batch, Clip, LeftOut
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.parallel import ordered_map
from classically_punk.serving.answer import PADDING, SHORTEST, Answerer, NoAnswer

LONGEST = 600.0
"""s; a longer file is left out."""

LARGEST = 256 * 2**20
"""Bytes; a larger file is left out unread."""


def read_folder(loaded: Loaded, bundle: Path, folder: Path) -> Batch:
    """Every file below `folder`, by its path; hidden ones are passed over, links are not followed.

    bundle : the file that `loaded` was read from, which worker processes read again
    """
    files = sorted(_files(folder))
    Answerer(loaded).warm_up()
    work = partial(_clip, str(bundle), loaded.bundle.sha256, folder)
    return Batch.of(list(ordered_map(work, files, expected=len(files), label="clips")))


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        else:
            yield path


@cache
def _answerer(bundle: str, sha256: str) -> Answerer:
    """One for each process."""
    loaded = read_bundle(Path(bundle))
    if loaded.bundle.sha256 != sha256:
        raise PunkError(f"{bundle}: was changed while it was read; run again")
    return Answerer(loaded)


def _clip(bundle: str, sha256: str, folder: Path, path: Path) -> Clip | LeftOut:
    name = path.relative_to(folder).as_posix()
    if path.is_symlink() or not path.is_file():
        return LeftOut(name, "It is a link, which is never followed, or no file.")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        return LeftOut(name, f"It cannot be read: {error.strerror}.")
    if len(data) > LARGEST:
        return LeftOut(name, f"It is larger than {LARGEST // 2**20} MiB.")
    try:
        decoded = isolated.decode(data, name, DecodingLimits(shortest=SHORTEST, longest=LONGEST + PADDING))
        answer = _answerer(bundle, sha256).answer(decoded.samples, decoded)
    except (Undecodable, NoAnswer) as unusable:
        return LeftOut(name, unusable.detail)
    return Clip(answer.columns, answer.whole.genre, answer.whole.sure, answer.quality.duration, answer.faults)
