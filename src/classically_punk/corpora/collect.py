"""Archive to canonical clips: every member examined in worker processes, named, compared and put in its place."""

import errno
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.faults import Fault, joined, status
from classically_punk.contracts.tables.corpora import CLIPS
from classically_punk.corpora import naming
from classically_punk.corpora.annotations import Annotations
from classically_punk.corpora.archives import members
from classically_punk.corpora.examine import Examined, Task, examine
from classically_punk.corpora.facts import making_key
from classically_punk.corpora.groups import groups
from classically_punk.corpora.members import OtherFile
from classically_punk.corpora.replicas import Replication, replications
from classically_punk.foundation.errors import PunkError, shortened
from classically_punk.foundation.parallel import ordered_map
from classically_punk.foundation.params import Ingest


@dataclass(frozen=True)
class Collection:
    """What a raw folder holds.

    clips       : CLIPS, one row per member that claims to be a clip, rejected ones too, by `clip`
    annotations : ANNOTATIONS, one row per row of `clips`
    other_files : files that are no clips and do not claim to be: kind -> count
    verified    : clips whose md5 is the one the collection's index lists; None without an index
    """

    clips: pd.DataFrame
    annotations: pd.DataFrame
    other_files: dict[str, int]
    verified: int | None


def collect(
    raw: Path,
    audio_folder: Path,
    settings: Ingest,
    annotations: Annotations | None = None,
    index: Mapping[str, str] | None = None,
) -> Collection:
    """Decodes every member of what stands in `raw` and fills `audio_folder` with `<clip>.wav` of the usable ones.

    index : clip -> md5 of its canonical file, of the whole collection
    The result depends on the members alone: neither on their order, nor on the number of workers. Whatever is in
    `audio_folder` is replaced, at once and at the end; an interrupted run leaves it as it was.
    Raises PunkError when there is no usable clip, an archive is damaged or beyond the limits, or the disk is full.
    """
    work = audio_folder.with_name(f".{audio_folder.name}.partial")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        examined, other_files = _examined(raw, work, settings)
        _require_usable(examined, other_files, raw)
        named = _named(examined)
        measured = {clip: item.measured for clip, item in named.items() if item.measured}
        repeated = replications(
            {clip: found.md5 for clip, found in measured.items()},
            {clip: found.fingerprint for clip, found in measured.items()},
            settings,
        )
        annotated = (annotations or Annotations()).table(list(named))
        verdicts = {clip: _verdict(item, index) for clip, item in named.items()}
        clips = _table(named, verdicts, repeated, annotated)
        for clip in measured:
            os.replace(named[clip].target, work / f"{clip}.wav")
        shutil.rmtree(audio_folder, ignore_errors=True)
        os.replace(work, audio_folder)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise PunkError(
                f"{audio_folder}: the disk is full; 30 s of sound take 1.3 MB here. Make room and run again: "
                "nothing half-written was kept"
            ) from error
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    verified = sum(verdict is True for verdict in verdicts.values()) if index is not None else None
    return Collection(clips, annotated, other_files, verified)


def _examined(raw: Path, work: Path, settings: Ingest) -> tuple[list[Examined], dict[str, int]]:
    """Every member that claims to be a clip, and the count of the others by kind, as they are streamed by."""
    kinds: list[str] = []
    made_by = making_key(settings)

    def tasks() -> Iterator[Task]:
        number = 0
        for entry in members(raw, settings):
            if isinstance(entry, OtherFile):
                kinds.append(entry.kind)
            else:
                yield Task(entry, work / f"{number:06d}.samples", settings, made_by)
                number += 1

    found = list(ordered_map(examine, tasks(), label="ingest"))
    return found, naming.counted(kinds)


def _require_usable(examined: Sequence[Examined], other_files: Mapping[str, int], raw: Path) -> None:
    if any(item.measured for item in examined):
        return
    if not examined:
        others = ", ".join(f"{count} {kind}" for kind, count in other_files.items()) or "nothing else either"
        raise PunkError(
            f"{raw}: holds no clips ({others}); put an archive ({', '.join(naming.ARCHIVE_SUFFIXES)}) or a folder of "
            "<genre>/<clip> there: `punk data CORPUS` fetches one, `punk data CORPUS --from PATH` links yours"
        )
    reasons = naming.counted(fault.value for item in examined for fault in item.faults)
    first = examined[0]
    raise PunkError(
        f"{raw}: none of {len(examined)} clips can be used ("
        + ", ".join(f"{count} {reason}" for reason, count in reasons.items())
        + f"); the first is {shortened(first.path, 120)}: {first.detail}"
    )


def _named(examined: Sequence[Examined]) -> dict[str, Examined]:
    """clip -> member, sorted by clip. Of members with one name, a usable one has it before one that is rejected."""
    ordered = sorted(examined, key=lambda item: (item.measured is None, _sortable(item.path), item.source, item.digest))
    ids = naming.distinct([naming.clip_id(item.label, item.path) for item in ordered])
    return dict(sorted(zip(ids, ordered, strict=True)))


def _sortable(path: str) -> bytes:
    """File names may hold what is no Unicode; sorting must not depend on how Python carries it."""
    return path.encode("utf-8", "surrogateescape")


def _table(
    named: Mapping[str, Examined],
    verdicts: Mapping[str, bool | None],
    repeated: Mapping[str, Replication],
    annotations: pd.DataFrame,
) -> pd.DataFrame:
    """clips.csv of the `named` members."""
    several = len({item.source for item in named.values()}) > 1
    owners = {naming.file_name_key(clip): item for clip, item in named.items()}
    recordings = {clip: repeated[clip].recording if clip in repeated else clip for clip in named}
    found_groups = groups(list(named), recordings.values(), annotations)
    grouped = dict(zip(named, found_groups.group, strict=True))
    songs = dict(zip(named, found_groups.song, strict=True))
    rows = []
    for clip, item in named.items():
        found, details = list(item.faults), [item.detail]
        wanted = naming.clip_id(item.label, item.path)
        if clip != wanted:
            found.append(Fault.SAME_NAME)
            owner = _place(owners[naming.file_name_key(wanted)], several)
            details.append(f"Another clip is called {wanted} too: {owner}.")
        if verdicts[clip] is False:
            found.append(Fault.CHECKSUM_DIFFERS)
            details.append("The index of the collection lists another md5 for this clip.")
        if clip in repeated:
            found.append(repeated[clip].fault)
            details.append(repeated[clip].detail)
        rows.append(
            {
                "clip": clip,
                "label": item.label or "",
                "group": grouped[clip],
                "song": songs[clip],
                "recording": recordings[clip],
                "member": _place(item, several),
                "container": item.container,
                "codec": item.codec,
                "source_rate": item.source_rate,
                "source_channels": item.source_channels,
                "md5": item.measured.md5 if item.measured else "",
                **(asdict(item.measured.quality) if item.measured else {}),
                "status": status(found),
                "reasons": joined(found),
                "detail": " ".join(filter(None, details)),
            }
        )
    return tables.frame(CLIPS, rows)


def _verdict(clip: Examined, index: Mapping[str, str] | None) -> bool | None:
    """Whether a clip has the md5 that the index lists for its name; None when there is nothing to compare."""
    listed = (index or {}).get(naming.clip_id(clip.label, clip.path))
    return None if listed is None or clip.measured is None else listed == clip.measured.md5


def _place(item: Examined, several: bool) -> str:
    """Where a member stands; the archive's own name, which is the user's choice, only where it tells two apart."""
    path = f"{item.source}/{item.path}" if several and item.source else item.path
    return naming.printable(path)
