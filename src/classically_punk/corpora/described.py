"""Whether the files that params.yaml names for a corpus can be had: from `assets.json`, or as files of the user's."""

from pathlib import Path
from typing import Literal

from classically_punk.corpora import assets
from classically_punk.corpora.archives import ANNOTATIONS_FOLDER
from classically_punk.corpora.loaders import LOADERS
from classically_punk.foundation.errors import PunkError, first_few
from classically_punk.foundation.params import Corpus, Params, near_name

Way = Literal["audio", "tables"]


def require_files_known(name: str, corpus: Corpus, raw: Path, way: Way) -> None:
    """Raises PunkError that names every key of `corpus.<name>` whose file nobody knows, and the name that is near."""
    _require_none(_faults(name, corpus, raw, way))


def require_all_files_known(params: Params, data_raw: Path) -> None:
    """As `require_files_known`, for every corpus of the graph; `data_raw` holds a raw folder for each."""
    found: list[str] = []
    for name in params.corpora.all:
        way: Way = "tables" if name in params.corpora.tables else "audio"
        found += _faults(name, params.corpus[name], data_raw / name, way)
    _require_none(found)


def _require_none(faults: list[str]) -> None:
    if faults:
        raise PunkError(f"params.yaml: {len(faults)} value(s) cannot be used{first_few(faults)}")


def _faults(name: str, corpus: Corpus, raw: Path, way: Way) -> list[str]:
    """One line for each value that leads nowhere, in the order of the keys."""
    key = f"corpus.{name}"
    kind: assets.Kind = "audio" if way == "audio" else "table"
    found = [_unknown_asset(f"{key}.archives.{k}", file, kind) for k, file in enumerate(corpus.archives)]
    if way == "tables" and len(corpus.archives) != 1:
        found.append(f"{key}.archives: a corpus of corpora.tables is one table, found {len(corpus.archives)}")
    if corpus.clip_index is not None:
        found.append(_unknown_index(f"{key}.clip_index", corpus.clip_index, raw / ANNOTATIONS_FOLDER))
    if corpus.annotations is not None and corpus.annotations not in LOADERS:
        found.append(_unknown_annotations(f"{key}.annotations", str(corpus.annotations), raw))
    return [fault for fault in found if fault]


def _unknown_asset(key: str, file: str, kind: assets.Kind) -> str:
    known = assets.catalogue()
    if file in known and known[file].kind == kind:
        return ""
    what = f"is no {kind} but the {known[file].kind}" if file in known else "is not in corpora/assets.json"
    names = [asset.name for asset in known.values() if asset.kind == kind]
    own = "; files of your own need no name: leave the list empty and put them into data/raw" if kind == "audio" else ""
    return f"{key}: {file!r} {what}; {near_name(file, names)}known are {', '.join(names)}{own}"


def _unknown_index(key: str, file: str, folder: Path) -> str:
    if not _is_plain(file):
        return f"{key}: {file!r} is no plain file name; the file stands in {folder}"
    if (folder / file).is_file() and file not in assets.catalogue():
        return ""
    unknown = _unknown_asset(key, file, "index")
    return f"{unknown}; an index of your own stands in {folder}" if unknown else ""


def _unknown_annotations(key: str, file: str, raw: Path) -> str:
    """A table of artists may come later (`synthesise` writes one), so a name that looks like a file's is enough."""
    if not _is_plain(file):
        return f"{key}: {file!r} is no plain file name; the file stands in {raw}"
    if Path(file).suffix or (raw / file).is_file():
        return ""
    return (
        f"{key}: {file!r} is neither {' nor '.join(LOADERS)} nor a file such as artists.csv in {raw}; "
        f"{near_name(file, LOADERS)}null stands for none"
    )


def _is_plain(file: str) -> bool:
    return file not in ("", ".", "..") and not {"/", "\\", "\0"} & set(file)
