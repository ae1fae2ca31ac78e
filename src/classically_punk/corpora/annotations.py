"""What others wrote about the clips: artists, artist folds, and the split that leaves out faulty clips.

GTZAN's artists are those of Foleis & Tavares 2020: 412 ids over 948 clips in three folds, no id in two folds. An id
is called by the artist that B. L. Sturm's index names for its clips, where they agree, with the id behind it, because
some artists have several ids and those stand in different folds: `Bob Marley (352)`, `Bob Marley (374)`. Joining them
would break the published folds; they are kept as published. Of the 52 clips outside the folds, those by an artist
whom the index names get the id that most clips of that artist have, or, where none has one, the bare name.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.tables.corpora import ANNOTATIONS
from classically_punk.corpora import assets
from classically_punk.corpora.archives import ANNOTATIONS_FOLDER
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Corpus

GTZAN = "gtzan"
LEFT_OUT = "left_out"
LEFT_OUT_FAULT = "left out by the fault-filtered lists"
ARTIST_COLUMNS = ["clip", "artist"]
FAULT_COLUMN = "known_fault"


@dataclass(frozen=True)
class Annotations:
    """What is known of clips beyond their sound; the default is nothing.

    artist         : clip -> artist
    artist_fold    : clip -> published fold, 1..k; an artist is in one fold only
    fault_filtered : clip -> train, valid or test; every other clip is `left_out`. None where there is no such split
    known_fault    : clip -> what is wrong with it; only measures of how well faults are found use it. Clips that a
                     fault-filtered split leaves out have that as their fault
    source         : the file whose clips must all be clips of the corpus; None where the corpus may be a part
    """

    artist: Mapping[str, str] = field(default_factory=dict)
    artist_fold: Mapping[str, int] = field(default_factory=dict)
    fault_filtered: Mapping[str, str] | None = None
    known_fault: Mapping[str, str] = field(default_factory=dict)
    source: Path | None = None

    def table(self, clips: Sequence[str]) -> pd.DataFrame:
        """annotations.csv for `clips`, in their order. Raises PunkError for annotated clips that are not among them."""
        if self.source is not None and (unknown := sorted(set(self.artist) - set(clips))):
            raise PunkError(
                f"{self.source}: {len(unknown)} clip(s) that the corpus does not have, the first is {unknown[0]!r}; "
                f"clips are called as in clips.csv, for example {clips[0]!r}"
            )
        split = self.fault_filtered
        rows = (
            {
                "clip": clip,
                "artist": self.artist.get(clip, ""),
                "artist_fold": self.artist_fold.get(clip),
                "fault_filtered": "" if split is None else split.get(clip, LEFT_OUT),
                "known_fault": self.known_fault.get(clip, "" if split is None or clip in split else LEFT_OUT_FAULT),
            }
            for clip in clips
        )
        return tables.frame(ANNOTATIONS, rows)


def read(corpus: Corpus, raw: Path) -> Annotations:
    """The annotations that params.yaml names for the corpus in `raw`: GTZAN's, a file `clip,artist`, or none.

    Raises PunkError when a file is missing or cannot be understood.
    """
    if corpus.annotations is None:
        return Annotations()
    if corpus.annotations == GTZAN:
        return read_gtzan(raw / ANNOTATIONS_FOLDER)
    return read_artists(raw / corpus.annotations)


def read_artists(path: Path) -> Annotations:
    """A table of `clip,artist` or `clip,artist,known_fault`; blank artists are unknown ones.

    Raises PunkError when the file is missing, has other columns, no clip in a row, or a clip twice.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.reader(handle, strict=True))
    except OSError as error:
        raise PunkError(
            f"{path}: cannot be read ({error.strerror}); put a file `clip,artist` there, or set `annotations: null` "
            "for this corpus in params.yaml"
        ) from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise PunkError(f"{path}: not a table in UTF-8 with the columns clip,artist: {error}") from error
    header = rows[0] if rows else []
    if header not in (ARTIST_COLUMNS, [*ARTIST_COLUMNS, FAULT_COLUMN]):
        found = ",".join(header) or "nothing"
        raise PunkError(f"{path}: expected the columns clip,artist (and known_fault if you like), found {found}")
    artists: dict[str, str] = {}
    faults: dict[str, str] = {}
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header) or not row[0].strip():
            shape = "a clip, a comma and an artist" if header == ARTIST_COLUMNS else "a clip, an artist and a fault"
            raise PunkError(f"{path}: row {number} is {','.join(row)!r}, expected {shape}")
        clip, artist, *fault = (cell.strip() for cell in row)
        if clip in artists:
            raise PunkError(f"{path}: {clip!r} is listed twice; every clip has one artist, keep one of the lines")
        artists[clip] = artist
        if fault and fault[0]:
            faults[clip] = fault[0]
    known = {clip: artist for clip, artist in artists.items() if artist}
    return Annotations(artist=known, known_fault=faults, source=path)


def read_gtzan(folder: Path) -> Annotations:
    """GTZAN's artists, artist folds and fault-filtered split, of all 1000 clips.

    Sources: Sturm 2013 (arXiv:1306.1461); Foleis & Tavares 2020 (Applied Soft Computing 89); Kereliuk, Sturm & Larsen
    2015. Raises PunkError when a file is missing or the folds contradict each other.
    """
    ids: dict[str, str] = {}
    folds: dict[str, int] = {}
    for fold, name in assets.GTZAN_ARTIST_FOLDS.items():
        for clip, artist_id in _artist_ids(folder / name).items():
            if clip in folds:
                raise PunkError(f"{folder / name}: {clip} is in fold {folds[clip]} too; fetch the file again")
            ids[clip], folds[clip] = artist_id, fold
    names = _artist_names(folder / assets.GTZAN_INDEX_OF_NAMES)
    split = {clip: part for part, name in assets.GTZAN_FAULT_FILTERED.items() for clip in _listed_clips(folder / name)}
    return Annotations(artist=_artists(ids, names), artist_fold=folds, fault_filtered=split)


def _artists(ids: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """clip -> artist from `ids`, clip -> published id, and `names`, clip -> name where one is known."""
    called: dict[str, Counter[str]] = defaultdict(Counter)
    for clip in sorted(ids):
        called[ids[clip]][names.get(clip, "")] += 1
    artists = {artist_id: _artist(artist_id, counts) for artist_id, counts in called.items()}
    ids_of_name: dict[str, Counter[str]] = defaultdict(Counter)
    for artist_id, counts in called.items():
        name, count = counts.most_common(1)[0]
        if name and 2 * count > counts.total():
            ids_of_name[name.casefold()][artist_id] += counts.total()
    found = {clip: artists[artist_id] for clip, artist_id in ids.items()}
    for clip in sorted(set(names) - set(ids)):
        candidates = ids_of_name.get(names[clip].casefold())
        if candidates is None:
            found[clip] = names[clip]
        else:
            found[clip] = artists[min(candidates, key=lambda one: (-candidates[one], int(one)))]
    return found


def _artist(artist_id: str, counts: Counter[str]) -> str:
    agreed = len({name.casefold() for name in counts}) == 1
    name = counts.most_common(1)[0][0]
    return f"{name} ({artist_id})" if agreed and name else f"artist {artist_id}"


def _artist_names(path: Path) -> dict[str, str]:
    """Clip -> artist, of the clips whose artist is known. Lines are `<clip>.wav ::: <artist> ::: <title>`."""
    names = {}
    for line in _lines(path):
        if line.startswith("##"):
            continue
        clip, *rest = (part.strip() for part in line.split(":::"))
        if len(rest) != 2:
            raise PunkError(f"{path}: expected `clip ::: artist ::: title`, found {line!r}; fetch the file again")
        if rest[0]:
            names[PurePosixPath(clip).stem] = rest[0]
    return names


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
