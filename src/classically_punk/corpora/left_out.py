"""What was left out when a folder was brought in: a list beside it, so that nothing is lost without a word.

`data/raw/mine/music.left_out.csv` belongs to `data/raw/mine/music`: the columns `path` (below the folder, spelt as
`spelling.spelt` does) and `reason` (`link` or `not_a_file`). Ingest makes of each path what it makes of such a member
of an archive, and DVC sees when the list changes.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

from classically_punk.contracts.faults import Fault
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.writing import atomic_path

COLUMNS = ["path", "reason"]
REASONS = (Fault.LINK, Fault.NOT_A_FILE)


def list_of(folder: Path) -> Path:
    """Where the list that belongs to `folder` stands."""
    return folder.with_name(f"{folder.name}.left_out.csv")


def write(left_out: Mapping[str, Fault], folder: Path) -> None:
    """path -> reason, sorted by path; no list where nothing was left out."""
    if not left_out:
        list_of(folder).unlink(missing_ok=True)
        return
    with atomic_path(list_of(folder)) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        table.writerows([COLUMNS, *([path, reason.value] for path, reason in sorted(left_out.items()))])


def read(folder: Path) -> dict[str, Fault]:
    """path -> reason; empty without a list. Raises PunkError for a list that `write` cannot have written."""
    path = list_of(folder)
    if not path.is_file():
        return {}
    advice = f"delete it and bring the folder in again: punk data {folder.parent.name} --from PATH"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file, strict=True)
        if head != COLUMNS:
            raise ValueError(f"the columns {COLUMNS} expected, {head} found")
        known = {reason.value: reason for reason in REASONS}
        return {name: known[reason] for name, reason in rows}
    except (ValueError, KeyError, csv.Error) as error:
        raise PunkError(f"{path}: not a list of what was left out ({str(error)[:80]}); {advice}") from error
