"""Published tables of features: one module a collection. `archives` of a corpus that is a table names the file, by
which its loader is found. A new table is one module here and its line in TABLES, its columns in
catalogue/measured_elsewhere.py, address and checksum in assets.json, and its entry in params.yaml.
"""

from classically_punk.corpora.published_tables import duel, fma, gtzan
from classically_punk.corpora.published_tables.interface import TableLoader

TABLES: dict[str, TableLoader] = {
    loader.file: loader for loader in (gtzan.LOADER, duel.LOADER, fma.LIBROSA_TABLE, fma.MFCC_TABLE)
}
"""By the name of the file, which assets.json lists."""
