"""Two tables of the Free Music Archive: columns made with librosa, and MFCC statistics in the layout of features.csv.

Sources: github.com/mdeff/fma (layout, known faults); TuneSense (the 36 columns).
"""

import csv
from pathlib import Path

import pandas as pd

from classically_punk.catalogue.measured_elsewhere import table_columns
from classically_punk.contracts.faults import Fault
from classically_punk.corpora.csv_table import numbers, read_text
from classically_punk.corpora.loaders.fma import KNOWN_FAULTS, LIBROSA
from classically_punk.corpora.published_tables.interface import Listed, TableLoader
from classically_punk.foundation.errors import PunkError

SECONDS = 30.0
"""s; length of the clips that the numbers describe."""

MFCC = "fma_mfcc_2000.csv"
LIBROSA_COLUMNS, MFCC_COLUMNS = table_columns("librosa36"), table_columns("mfcc140")


def read_librosa(path: Path) -> Listed:
    """4,995 tracks in 36 columns. Raises PunkError as `csv_table.read_text`."""
    needed = (*LIBROSA_COLUMNS, "filename", "genre_top")
    text = read_text(path, needed, ("filename",), "the published table final_merged_with_extras.csv")
    clips = tuple(Path(name).stem for name in text["filename"])
    bare = text.assign(tempo=text["tempo"].str.removeprefix("[").str.removesuffix("]"))
    values = numbers(bare[list(LIBROSA_COLUMNS)])
    silent = {
        clip: (Fault.SILENT, "Its RMS amplitude is 0 throughout.")
        for clip, rms in zip(clips, values["rms"], strict=True)
        if rms == 0
    }
    return Listed(
        clips=clips,
        members=tuple(text["filename"]),
        labels=tuple(text["genre_top"]),
        seconds=(SECONDS,) * len(clips),
        values=values,
        faults={**silent, **_known_faults(clips)},
    )


def read_mfcc(path: Path) -> Listed:
    """2,000 tracks in 140 columns, without labels. Raises PunkError when the file is missing or has another layout."""
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.reader(handle, strict=True))
    except OSError as error:
        raise PunkError(f"{path}: cannot be read ({error.strerror}); `make data CORPUS=...` fetches it") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise PunkError(f"{path}: not a table in UTF-8: {error}") from error
    expected = f"{path}: expected the layout of the Free Music Archive's features.csv"
    heads = rows[:_HEADER]
    if len(rows) <= _HEADER or len({len(row) for row in heads}) > 1 or heads[-1][:1] != ["track_id"]:
        raise PunkError(f"{expected}, with {_HEADER} header rows of which the last begins with track_id")
    named = ["_".join(parts) for parts in zip(*(row[1:] for row in heads[:-1]), strict=True)]
    missing = [column for column in MFCC_COLUMNS if column not in named]
    if missing:
        raise PunkError(f"{expected}; it lacks {len(missing)} columns, the first is {missing[0]}")
    if odd := [number for number, row in enumerate(rows[_HEADER:], start=_HEADER + 1) if not _is_row(row, len(named))]:
        raise PunkError(f"{expected}; line {odd[0]} is no track id with {len(named)} cells behind it")
    text = pd.DataFrame([row[1:] for row in rows[_HEADER:]], columns=named)
    clips = tuple(f"{int(row[0]):06d}" for row in rows[_HEADER:])
    return Listed(
        clips=clips,
        members=tuple(row[0] for row in rows[_HEADER:]),
        labels=("",) * len(clips),
        seconds=(SECONDS,) * len(clips),
        values=numbers(text[list(MFCC_COLUMNS)]),
        faults=_known_faults(clips),
    )


_HEADER = 4


def _is_row(row: list[str], columns: int) -> bool:
    return len(row) == columns + 1 and row[0].isascii() and row[0].isdecimal()


def _known_faults(clips: tuple[str, ...]) -> dict[str, tuple[Fault, str]]:
    return {clip: (Fault.KNOWN_FAULT, KNOWN_FAULTS[clip]) for clip in clips if clip in KNOWN_FAULTS}


LIBROSA_TABLE = TableLoader(LIBROSA, "librosa36", read_librosa)
MFCC_TABLE = TableLoader(MFCC, "mfcc140", read_mfcc)
