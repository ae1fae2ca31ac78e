"""The corpus as one raw archive, with the tables that say what was planted and who plays."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
import pandas as pd

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.contracts import tables
from classically_punk.contracts.label_search import WRONG_LABEL
from classically_punk.contracts.tables.corpora import ARTISTS, PLANTED_FAULTS, WRONG_LABELS
from classically_punk.corpora.demo.encode import encode
from classically_punk.corpora.demo.faults import EXPECTED, HOW, faulty_file
from classically_punk.corpora.demo.genres import GENRES
from classically_punk.corpora.demo.performances import artist_of, perform
from classically_punk.corpora.demo.plan import Member, members
from classically_punk.foundation.parallel import ordered_map
from classically_punk.foundation.params import Demo
from classically_punk.foundation.writing import atomic_path

FAULT_STREAM = 4
"""Tells the random numbers of the faults from all others."""

LONG_AGO = (2002, 7, 10, 0, 0, 0)
"""Modification time of every member: the month of GTZAN's paper."""
PLAIN_FILE = 0o100644 << 16
UNIX = 3

README = (
    "Demonstration corpus: synthesised music in ten genres.\nOne folder a genre; some files are faulty on purpose.\n"
)


def write_demo(settings: Demo, archive: Path, planted: Path) -> None:
    """Writes the demonstration corpus: the same bytes on every run and for any number of worker processes.

    archive : a zip file, `genres/<genre>/<genre>.000NN.<suffix>` and a few files that are no clips
    planted : folder for the table of the planted faults; tables of artists and of wrong labels stand beside the archive
    Raises ValueError when `archive` is not named `.zip`.
    """
    if archive.suffix != ".zip":
        raise ValueError(f"{archive}: the demonstration corpus is a zip file and has to be named so")
    listed = members(settings)
    contents = ordered_map(partial(content, settings), listed, expected=len(listed), label="synthesise")
    clips = zip((member.path for member in listed), contents, strict=True)
    with atomic_path(archive) as temporary:
        _write_zip(temporary, chain(_other_files(listed), clips))
    tables.write(PLANTED_FAULTS, planted_table(listed), planted)
    tables.write(ARTISTS, artist_table(settings, listed), archive.parent)
    tables.write(WRONG_LABELS, wrong_label_table(listed), archive.parent)


def content(settings: Demo, member: Member) -> bytes:
    """The bytes of one member."""
    if member.planted is None:
        return encode(perform(settings, member.take), SAMPLE_RATE, member.form)
    genre, number = member.clip.split(".")
    rng = np.random.default_rng([settings.seed, FAULT_STREAM, list(GENRES).index(genre), int(number)])
    return faulty_file(member.planted, lambda: perform(settings, member.take), rng)


def planted_table(listed: Iterable[Member]) -> pd.DataFrame:
    """PLANTED_FAULTS, sorted by clip."""
    rows = []
    for member in sorted(listed, key=_clip):
        if member.planted is None:
            continue
        expected = EXPECTED[member.planted.fault]
        rows.append(
            {
                "fault": member.planted.fault,
                "member": member.path,
                "clip": member.clip,
                "partner": member.partner,
                "genre": member.planted.genre,
                "how": HOW[member.planted.fault],
                "expected_status": expected.status,
                "expected_reasons": ";".join(reason.value for reason in expected.reasons),
            }
        )
    return tables.frame(PLANTED_FAULTS, rows)


def artist_table(settings: Demo, listed: Iterable[Member]) -> pd.DataFrame:
    """ARTISTS of every clip that `ingest` can use, sorted by clip; clips of one recording have one artist."""
    rows = [
        {"clip": member.clip, "artist": artist_of(settings, member.take).name}
        for member in sorted(listed, key=_clip)
        if member.planted is None or EXPECTED[member.planted.fault].status != "rejected"
    ]
    return tables.frame(ARTISTS, rows)


def wrong_label_table(listed: Iterable[Member]) -> pd.DataFrame:
    """WRONG_LABELS, sorted by clip: told as a list may tell of them in real collections, for the file itself does not
    give them away."""
    rows = [
        {"clip": member.clip, "right": member.planted.genre}
        for member in sorted(listed, key=_clip)
        if member.planted is not None and member.planted.fault == WRONG_LABEL
    ]
    return tables.frame(WRONG_LABELS, rows)


def _clip(member: Member) -> str:
    return member.clip


def _other_files(listed: Iterable[Member]) -> Iterator[tuple[str, bytes]]:
    """What real archives hold beside clips: it is counted, never rejected."""
    finder = b"\x00\x00\x00\x01Bud1" + bytes(248)
    resource_fork = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + bytes(96)
    listing = "".join(f"{member.path}\t{member.label}\n" for member in listed)
    yield "README.txt", README.encode()
    yield "__MACOSX/genres/._rock", resource_fork
    yield "__MACOSX/genres/rock/._rock.00000.au", resource_fork
    yield "genres/.DS_Store", finder
    yield "genres/bextract_single.mf", listing.encode()
    yield "genres/metal/.DS_Store", finder


def _write_zip(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Members are stored, not deflated: sound hardly shrinks, and zlib's builds differ in what they make of it."""
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for name, data in files:
            archive.writestr(_entry(name), data)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, LONG_AGO)
    entry.create_system = UNIX
    entry.external_attr = PLAIN_FILE
    return entry
