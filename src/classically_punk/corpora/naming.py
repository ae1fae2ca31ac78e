"""Names: which files claim to be clips, what a clip's genre and id are, and what the other files are."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

AUDIO_SUFFIXES = frozenset(
    (
        *(".aac", ".ac3", ".aif", ".aifc", ".aiff", ".alac", ".amr", ".ape", ".au", ".caf", ".flac"),
        *(".m4a", ".m4b", ".mka", ".mp1", ".mp2", ".mp3", ".mp4", ".mpc", ".mpga", ".oga", ".ogg", ".opus"),
        *(".ra", ".rf64", ".snd", ".spx", ".tta", ".w64", ".wav", ".wave", ".weba", ".wma", ".wv"),
    )
)
"""Suffixes by which a file claims to be a clip; whether it is one is for the decoder to say."""

ARCHIVE_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".zip")
UNREADABLE_ARCHIVE_SUFFIXES = (".7z", ".rar", ".zst", ".lz4", ".dmg", ".iso")

LONGEST_ID = 160
"""Bytes of UTF-8 in a clip id: with a suffix and a temporary name it stays below the 255 that file systems allow."""

_SYSTEM_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".directory", "icon\r"})
_IMAGE_SUFFIXES = frozenset({".bmp", ".gif", ".ico", ".jpeg", ".jpg", ".png", ".svg", ".tif", ".tiff", ".webp"})


def claims_audio(path: str) -> bool:
    """Whether the last part of `path` says that it is a clip; `._x.wav`, which macOS adds beside `x.wav`, does not."""
    name = PurePosixPath(path).name
    return PurePosixPath(name).suffix.lower() in AUDIO_SUFFIXES and not _is_apple_double(path)


def is_archive(name: str) -> bool:
    return name.lower().endswith(ARCHIVE_SUFFIXES) and not name.startswith(".")


def kind_of(path: str) -> str:
    """What a file that does not claim to be a clip is, in a word.

    `apple_double` (the `._x` of macOS), `system` (.DS_Store, Thumbs.db, ...), `readme`, `image`, `archive` (an archive
    inside an archive), else its suffix, or `other` when that is none or odd.
    """
    name = PurePosixPath(path).name.lower()
    suffix = PurePosixPath(name).suffix
    if _is_apple_double(path):
        return "apple_double"
    if name in _SYSTEM_NAMES:
        return "system"
    if PurePosixPath(name).stem == "readme":
        return "readme"
    if suffix in _IMAGE_SUFFIXES:
        return "image"
    if name.endswith((*ARCHIVE_SUFFIXES, *UNREADABLE_ARCHIVE_SUFFIXES)):
        return "archive"
    plain = suffix.removeprefix(".")
    return plain if plain.isascii() and plain.isalnum() and len(plain) <= 8 else "other"


def is_unsafe(path: str) -> bool:
    """Whether a member's path is absolute (also by a Windows drive) or climbs with `..`."""
    parts = path.replace("\\", "/").split("/")
    drive = len(parts[0]) == 2 and parts[0][1] == ":" and parts[0][0].isalpha()
    return path.startswith(("/", "\\")) or drive or ".." in parts


def printable(text: str) -> str:
    """`text` in NFC, without control characters and without what is no Unicode: fit for a table."""
    composed = unicodedata.normalize("NFC", text)
    return "".join("\ufffd" if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in composed)


def label_of(path: str) -> str | None:
    """The folder that holds the clip, spelt as it is; None for a clip in no folder."""
    folder = PurePosixPath(path.lstrip("/")).parent.name
    return printable(folder) if folder not in ("", ".", "..") else None


def clip_id(label: str | None, path: str) -> str:
    """The name of a clip: its stem, with `label.` before it unless it starts so; safe as a file name.

    What two names lose in being made safe, a clash of ids brings to light: see `distinct`.
    """
    stem = printable(PurePosixPath(path).stem)
    full = stem if label is None or stem.startswith(f"{label}.") else f"{label}.{stem}"
    safe = full.replace("/", "_").replace("\\", "_").replace("\ufffd", "_")
    if safe[:1] in ("", ".", "-"):
        safe = f"_{safe}"
    return _shortened(safe)


def distinct(ids: Sequence[str]) -> list[str]:
    """`ids` with `~2`, `~3`, ... after all but the first of those that are one file name on some file system.

    File systems that ignore case are among them, so `Rock.a` and `rock.a` count as one.
    """
    taken: set[str] = set()
    result = []
    for name in ids:
        candidate, number = name, 1
        while file_name_key(candidate) in taken:
            number += 1
            candidate = f"{name}~{number}"
        taken.add(file_name_key(candidate))
        result.append(candidate)
    return result


def counted(kinds: Iterable[str]) -> dict[str, int]:
    """How often each kind occurs, sorted by kind."""
    counts: dict[str, int] = {}
    for kind in kinds:
        counts[kind] = counts.get(kind, 0) + 1
    return dict(sorted(counts.items()))


def _is_apple_double(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return "__MACOSX" in parts or PurePosixPath(path).name.startswith("._")


def file_name_key(name: str) -> str:
    """What two names have in common that are one file on a file system that ignores case."""
    return unicodedata.normalize("NFC", name.casefold())


def _shortened(name: str) -> str:
    """`name`, or, when it is too long, its beginning and a hash of the whole."""
    encoded = name.encode()
    if len(encoded) <= LONGEST_ID:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:12]
    return f"{encoded[: LONGEST_ID - 13].decode(errors='ignore')}-{digest}"
