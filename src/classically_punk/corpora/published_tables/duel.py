"""The duel: windows of 2 s of two artists, who are what is told apart. No song, album or place in a song is given.

Source: Carey 2017, music_classification (`df_music.pkl`, a pickle: see `inert_pickle`).
"""

from pathlib import Path

from classically_punk.catalogue.measured_elsewhere import table_columns
from classically_punk.corpora.csv_table import numbers
from classically_punk.corpora.inert_pickle import read_table
from classically_punk.corpora.published_tables.interface import Listed, TableLoader
from classically_punk.foundation.errors import PunkError

COLUMNS = table_columns("duel9")
SECONDS = 2.0
"""s; length of every window, as the source says."""


def read(path: Path) -> Listed:
    """The windows in the order of the file, called after their artist and number.

    Raises PunkError as `inert_pickle.read_table`, and for a table without the artist and the nine columns.
    """
    table = read_table(path)
    missing = [name for name in ("Artist", *COLUMNS) if name not in table.columns]
    if missing:
        raise PunkError(f"{path}: lacks the columns {', '.join(missing)}; expected the published table df_music.pkl")
    artists = [str(name).strip() for name in table["Artist"]]
    names = tuple(f"{artist.lower().replace(' ', '_')}.{row:05d}" for row, artist in enumerate(artists))
    return Listed(
        clips=names,
        members=tuple(f"row {row}" for row in range(len(table))),
        labels=tuple(artists),
        seconds=(SECONDS,) * len(table),
        values=numbers(table[list(COLUMNS)]),
        pieces=True,
    )


LOADER = TableLoader("duel_windows.pkl", "duel9", read)
