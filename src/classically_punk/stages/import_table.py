"""A published table in `data/raw/C/` -> what `ingest` and `features` write for audio."""

from classically_punk.catalogue.measured_elsewhere import table_described, table_recipe
from classically_punk.contracts import tables
from classically_punk.contracts.columns import columns_table
from classically_punk.contracts.tables.corpora import ANNOTATIONS, CLIPS
from classically_punk.contracts.tables.design import COLUMNS, FEATURES, RECIPE
from classically_punk.corpora import clip_index, fetch, inventory, loaders
from classically_punk.corpora.described import require_files_known
from classically_punk.corpora.published import import_table
from classically_punk.corpora.published_tables import TABLES
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_json
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Fetches what is not there yet, and reads the one table that the corpus names."""
    corpus = params.corpus[places.corpus]
    require_files_known(places.corpus, corpus, places.raw, "tables")
    fetch.fetch_corpus(places.corpus, corpus, places.raw)
    (name,) = corpus.archives
    known = loaders.read(corpus, places.raw)
    loader = TABLES[name]
    index = clip_index.read(corpus, places.raw)
    found = import_table(loader.read(places.raw / name), known, index, corpus.fewest_artists)
    tables.write(CLIPS, inventory.with_share(found.clips, corpus), places.data)
    tables.write(ANNOTATIONS, found.annotations, places.data)
    tables.write(FEATURES, found.features, places.data)
    tables.write(RECIPE, table_recipe(loader.columns).table(), places.data)
    tables.write(COLUMNS, columns_table(table_described(loader.columns)), places.data)
    write_json(inventory.summary(found, corpus), places.metrics / "corpus.json")


if __name__ == "__main__":
    main(run)
