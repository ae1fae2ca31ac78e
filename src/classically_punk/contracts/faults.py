"""The closed vocabulary of what can be wrong with a clip: the `reasons` of clips.csv."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal


class Fault(StrEnum):
    """One thing that is wrong with, or was done to, a clip. `DESCRIPTIONS` says what each means."""

    EMPTY_FILE = "empty_file"
    NOT_AUDIO = "not_audio"
    UNSUPPORTED = "unsupported"
    CORRUPT = "corrupt"
    TRUNCATED = "truncated"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    DECODER_CRASHED = "decoder_crashed"
    SILENT = "silent"
    NOT_FINITE = "not_finite"
    CLIPPED = "clipped"
    DC_OFFSET = "dc_offset"
    RESAMPLED = "resampled"
    DOWNMIXED = "downmixed"
    REQUANTISED = "requantised"
    REPLICA = "replica"
    NEAR_REPLICA = "near_replica"
    SAME_NAME = "same_name"
    NO_LABEL = "no_label"
    SMALL_GENRE = "small_genre"
    KNOWN_FAULT = "known_fault"
    UNSAFE_PATH = "unsafe_path"
    LINK = "link"
    NOT_A_FILE = "not_a_file"
    CHECKSUM_DIFFERS = "checksum_differs"


DESCRIPTIONS: dict[Fault, str] = {
    Fault.EMPTY_FILE: "The file holds no bytes, or a header and no samples.",
    Fault.NOT_AUDIO: "The content is no audio container that is known here, whatever the name says.",
    Fault.UNSUPPORTED: "The container is known, but its codec, rate or number of channels cannot be read here.",
    Fault.CORRUPT: "The container is known, but its header or stream is damaged and no clip can be read from it.",
    Fault.TRUNCATED: "The file holds less audio than it promises, or its stream has no end; what is there is kept.",
    Fault.TOO_SHORT: "The clip is shorter than `ingest.shortest`.",
    Fault.TOO_LONG: "The clip is longer than `ingest.longest`.",
    Fault.TOO_LARGE: "The archive member unpacks to more than `ingest.largest_member` and was left unread.",
    Fault.TOO_SLOW: "Decoding asks for more work than a clip of `ingest.longest` can need, and was given up.",
    Fault.DECODER_CRASHED: "The decoder crashed on the file, or asked for more memory than a clip can need.",
    Fault.SILENT: "At least `ingest.silent_share` of the clip lies below `ingest.silence`, whatever offset it has.",
    Fault.NOT_FINITE: "The file holds samples that are NaN or infinite.",
    Fault.CLIPPED: "At least `ingest.clipped_share` of the samples lie on a flat top: it was driven too hard.",
    Fault.DC_OFFSET: "The mean of the samples is off zero by at least `ingest.dc_offset` of full scale.",
    Fault.RESAMPLED: "The source had another rate than 22050 Hz and was converted.",
    Fault.DOWNMIXED: "The source had several channels; the clip is their mean.",
    Fault.REQUANTISED: "The source was not 16-bit linear PCM; the samples were rounded to 16 bits.",
    Fault.REPLICA: "Another clip of the corpus has the same samples, or, in a table, the same numbers throughout.",
    Fault.NEAR_REPLICA: "Another clip of the corpus has the same recording at another gain, offset or encoding.",
    Fault.SAME_NAME: "An earlier member of the corpus has the same clip name.",
    Fault.NO_LABEL: "No folder around the clip, and no table, names its genre.",
    Fault.SMALL_GENRE: "Its genre has fewer artists than `fewest_artists` of the corpus asks for.",
    Fault.KNOWN_FAULT: "Others found that the collection's file of the clip cannot be used.",
    Fault.UNSAFE_PATH: "The member's path is absolute or climbs out of the archive.",
    Fault.LINK: "The member is a link, which is never followed.",
    Fault.NOT_A_FILE: "The member is a device, a pipe or a socket, which is never opened.",
    Fault.CHECKSUM_DIFFERS: "The samples differ from those that the published index of the collection lists.",
}

REJECTING: frozenset[Fault] = frozenset(
    {
        Fault.EMPTY_FILE,
        Fault.NOT_AUDIO,
        Fault.UNSUPPORTED,
        Fault.CORRUPT,
        Fault.TOO_SHORT,
        Fault.TOO_LONG,
        Fault.TOO_LARGE,
        Fault.TOO_SLOW,
        Fault.DECODER_CRASHED,
        Fault.SILENT,
        Fault.NOT_FINITE,
        Fault.NO_LABEL,
        Fault.SMALL_GENRE,
        Fault.KNOWN_FAULT,
        Fault.UNSAFE_PATH,
        Fault.LINK,
        Fault.NOT_A_FILE,
    }
)
"""Faults that make a clip unusable. The others flag it: it stays in the corpus and carries its reason."""

Status = Literal["ok", "flagged", "rejected"]


def status(faults: Iterable[Fault]) -> Status:
    """`rejected` when any fault rejects, `flagged` when there is any fault, else `ok`."""
    found = set(faults)
    if found & REJECTING:
        return "rejected"
    return "flagged" if found else "ok"


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The faults, each once, in the order of the vocabulary."""
    found = set(faults)
    return tuple(fault for fault in Fault if fault in found)


def joined(faults: Iterable[Fault]) -> str:
    """The faults as one cell of clips.csv: each once, in the order of the vocabulary, joined by `;`."""
    return ";".join(in_order(faults))
