"""A list of the user's in data/raw/C: clips whose label is wrong, by which the search for wrong labels is judged."""

import csv
from pathlib import Path

from classically_punk.contracts.tables.corpora import WRONG_LABELS
from classically_punk.foundation.errors import PunkError


def read(raw: Path) -> dict[str, str]:
    """clip -> right genre, blank where the list leaves it so; empty without a list in `raw`.

    Raises PunkError when the list cannot be read, has other columns than clip,right, no clip in a row, or a clip twice.
    """
    path = raw / WRONG_LABELS.file
    header = list(WRONG_LABELS.names)
    expected = f"{path}: a table in UTF-8 with the columns {','.join(header)} was expected"
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.reader(handle, strict=True))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise PunkError(f"{path}: cannot be read ({error.strerror}); mend it, or remove it") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise PunkError(f"{expected}: {error}") from error
    if not rows or rows[0] != header:
        raise PunkError(f"{expected}, found {','.join(rows[0]) if rows else 'nothing'}")
    found: dict[str, str] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if len(cells) != len(header) or not cells[0]:
            raise PunkError(f"{path}: row {number} is {','.join(row)!r}, expected {','.join(header)}")
        if cells[0] in found:
            raise PunkError(f"{path}: {cells[0]!r} is listed twice; every clip has one row, keep one of the lines")
        found[cells[0]] = cells[1]
    return found
