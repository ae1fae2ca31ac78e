"""GTZAN (Tzanetakis and Cook, 2002): who plays what, the published artist folds and the fault-filtered split.

Names and titles are those of B. L. Sturm's index, identifiers and folds those of Foleis & Tavares. An artist may have
several identifiers, and those may stand in different folds: `corpora.groups` links what is known to be the same, and
tables count what crosses a published split.
Sources: Sturm 2013 (arXiv:1306.1461); Foleis & Tavares 2020 (Applied Soft Computing 89); Kereliuk, Sturm & Larsen 2015.
"""

from pathlib import Path, PurePosixPath

from classically_punk.corpora.annotations import Annotations
from classically_punk.corpora.archives import ANNOTATIONS_FOLDER
from classically_punk.corpora.loaders.interface import Loader
from classically_punk.foundation.errors import PunkError

INDEX_OF_NAMES = "gtzan_index_sturm2012.txt"
ARTIST_FOLDS = {fold: f"gtzan_artist_fold{fold}_evaluate_groups.txt" for fold in (1, 2, 3)}
ARTIST_TRAINING = {fold: f"gtzan_artist_fold{fold}_train_groups.txt" for fold in (1, 2, 3)}
FAULT_FILTERED = {part: f"gtzan_{part}_filtered.txt" for part in ("train", "valid", "test")}


def read(folder: Path) -> Annotations:
    """What the files in `folder` say of all 1000 clips.

    The fault-filtered lists leave out replicas, repeats and distorted clips; none is left out for a wrong label, and
    they do not say which clip is left out for what.
    Raises PunkError when a file is missing or the folds contradict each other.
    """
    ids: dict[str, str] = {}
    folds: dict[str, int] = {}
    for fold, name in ARTIST_FOLDS.items():
        for clip, artist_id in _artist_ids(folder / name).items():
            if clip in folds:
                raise PunkError(f"{folder / name}: {clip} is in fold {folds[clip]} too; fetch the file again")
            ids[clip], folds[clip] = artist_id, fold
    named = _index(folder / INDEX_OF_NAMES)
    split = {clip: part for part, name in FAULT_FILTERED.items() for clip in _listed_clips(folder / name)}
    return Annotations(
        artist={clip: artist for clip, (artist, _) in named.items() if artist},
        artist_id=ids,
        title={clip: title for clip, (_, title) in named.items() if title},
        artist_fold=folds,
        fault_filtered=split,
    )


def _read_below(raw: Path) -> Annotations:
    return read(raw / ANNOTATIONS_FOLDER)


LOADER = Loader(
    name="gtzan",
    files=(INDEX_OF_NAMES, *ARTIST_FOLDS.values(), *ARTIST_TRAINING.values(), *FAULT_FILTERED.values()),
    read=_read_below,
    cite="Sturm 2013; Foleis & Tavares 2020; Kereliuk, Sturm & Larsen 2015",
)


def _index(path: Path) -> dict[str, tuple[str, str]]:
    """Clip -> artist and title, blank where unknown. Lines are `<clip>.wav ::: <artist> ::: <title>`."""
    named = {}
    for line in _lines(path):
        if line.startswith("##"):
            continue
        clip, *rest = (part.strip() for part in line.split(":::"))
        if len(rest) != 2:
            raise PunkError(f"{path}: expected `clip ::: artist ::: title`, found {line!r}; fetch the file again")
        named[PurePosixPath(clip).stem] = (rest[0], rest[1])
    return named


def _artist_ids(path: Path) -> dict[str, str]:
    """Clip -> artist id. Lines are `./<genre>_<number>.wav`, a tab, the id."""
    ids = {}
    for line in _lines(path):
        clip, separator, artist_id = line.partition("\t")
        if not separator or not artist_id.isdecimal():
            raise PunkError(f"{path}: expected a clip, a tab and a number, found {line!r}; fetch the file again")
        ids[PurePosixPath(clip).stem.replace("_", ".")] = artist_id
    return ids


def _listed_clips(path: Path) -> list[str]:
    """Clips. Lines are `<genre>/<clip>.wav`."""
    return [PurePosixPath(line).stem for line in _lines(path)]


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PunkError(
            f"{path}: cannot be read ({error.strerror}); `make data CORPUS=...` fetches it, or set `annotations: null` "
            "for this corpus in params.yaml and do without artists"
        ) from error
    except UnicodeDecodeError as error:
        raise PunkError(f"{path}: not UTF-8 text ({error}); delete it and fetch it again") from error
    return [line.strip() for line in text.splitlines() if line.strip()]
