"""One member, looked at in a worker process: decoded, measured, fingerprinted, its canonical file written."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from classically_punk.audio import isolated
from classically_punk.audio.canonical import file_md5, write_canonical
from classically_punk.audio.decode import DecodingLimits, Undecodable
from classically_punk.audio.fingerprint import Fingerprint
from classically_punk.audio.quality import Quality, faults
from classically_punk.contracts.faults import REJECTING, Fault
from classically_punk.corpora import naming
from classically_punk.corpora.facts import facts_of
from classically_punk.corpora.members import Member
from classically_punk.foundation.params import Ingest


@dataclass(frozen=True)
class Task:
    """A member to look at, and the temporary file for its samples. made_by: `facts.making_key` of the settings"""

    member: Member
    target: Path
    settings: Ingest
    made_by: str


@dataclass(frozen=True)
class Measured:
    """What is known of a usable clip. md5: of its canonical file, which equal samples have in common."""

    md5: str
    quality: Quality
    fingerprint: Fingerprint


@dataclass(frozen=True)
class Examined:
    """A member without its samples.

    digest   : of its content as it came; "" when it was not read
    label    : the folder it stands in; None for none
    target   : the temporary file that holds its samples when it is usable
    measured : None for a rejected member
    faults   : in the order they were found
    detail   : a sentence for each
    """

    source: str
    path: str
    digest: str
    label: str | None
    target: Path
    container: str
    codec: str
    source_rate: int | None
    source_channels: int | None
    measured: Measured | None
    faults: tuple[Fault, ...]
    detail: str


def examine(task: Task) -> Examined:
    """Everything about one member that no other member has a say in."""
    member = task.member
    label = naming.label_of(member.path)
    if member.data is None:
        return _rejected(task, label, (member.fault or Fault.CORRUPT,), member.detail)
    if label is None:
        detail = "The clip stands in no folder; the folder around a clip names its genre."
        return _rejected(task, label, (Fault.NO_LABEL,), detail)
    try:
        clip = isolated.decode(member.data, member.path, DecodingLimits.of(task.settings))
    except Undecodable as found:
        return _rejected(task, label, found.faults, found.detail, found)
    known = facts_of(clip.samples, task.settings, task.made_by)
    quality_faults = faults(known.quality, task.settings)
    details = [clip.detail, *(_quality_detail(fault, known.quality) for fault in quality_faults)]
    usable = REJECTING.isdisjoint((*clip.faults, *quality_faults))
    measured = None
    if usable:
        write_canonical(clip.samples, task.target)
        measured = Measured(file_md5(clip.samples), known.quality, known.fingerprint)
    return Examined(
        source=member.source,
        path=member.path,
        digest=_digest(member),
        label=label,
        target=task.target,
        container=clip.container,
        codec=clip.codec,
        source_rate=clip.source_rate,
        source_channels=clip.source_channels,
        measured=measured,
        faults=(*clip.faults, *quality_faults),
        detail=" ".join(filter(None, details)),
    )


def _rejected(
    task: Task, label: str | None, found: tuple[Fault, ...], detail: str, known: Undecodable | None = None
) -> Examined:
    return Examined(
        source=task.member.source,
        path=task.member.path,
        digest=_digest(task.member),
        label=label,
        target=task.target,
        container=known.container if known else "",
        codec=known.codec if known else "",
        source_rate=known.source_rate if known else None,
        source_channels=known.source_channels if known else None,
        measured=None,
        faults=found,
        detail=detail,
    )


def _quality_detail(fault: Fault, quality: Quality) -> str:
    if fault is Fault.SILENT:
        return f"{quality.silent_share:.0%} of the clip is silent."
    if fault is Fault.CLIPPED:
        return f"{quality.clipped_share:.1%} of the samples are clipped."
    return f"The mean of the samples is {quality.dc_offset:+.3f} of full scale."


def _digest(member: Member) -> str:
    return "" if member.data is None else hashlib.sha256(member.data).hexdigest()
