"""A published table in `data/raw/C/` -> what `ingest` and `features` write for audio."""

from classically_punk.corpora import annotations, clip_index, fetch, inventory
from classically_punk.corpora.described import require_files_known
from classically_punk.corpora.published import import_table
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_csv, write_json, write_parquet
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Fetches what is not there yet, and reads the one table that the corpus names."""
    corpus = params.corpus[places.corpus]
    require_files_known(places.corpus, corpus, places.raw, "tables")
    fetch.fetch_corpus(places.corpus, corpus, places.raw)
    (name,) = corpus.archives
    known = annotations.read(corpus, places.raw)
    found = import_table(places.raw / name, known, clip_index.read(corpus, places.raw))
    write_csv(inventory.with_share(found.clips, corpus), places.data / "clips.csv")
    write_csv(found.annotations, places.data / "annotations.csv")
    write_parquet(found.features, places.data / "features.parquet")
    write_json(inventory.summary(found, corpus), places.metrics / "corpus.json")


if __name__ == "__main__":
    main(run)
