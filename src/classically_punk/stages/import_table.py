"""A published table in `data/raw/C/` -> what `ingest` and `features` write for audio."""

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.tables.corpora import ANNOTATIONS, CLIPS
from classically_punk.contracts.tables.design import FEATURES
from classically_punk.corpora import clip_index, fetch, inventory, loaders
from classically_punk.corpora.described import require_files_known
from classically_punk.corpora.published import import_table
from classically_punk.foundation.writing import write_csv, write_json, write_parquet
from classically_punk.stages.running import Places, StageParams, main

PARAMS = ("corpus",)
NO_ROBUSTNESS = "the corpus is a table of features: it has no audio that could be altered, and so no robustness stage"
NO_ANATOMY = "the corpus is a table of features: it has no audio that could be taken apart"


def run(params: StageParams, places: Places) -> None:
    """Fetches what is not there yet, and reads the one table that the corpus names."""
    corpus = params.corpus
    require_files_known(places.corpus, corpus, places.raw, "tables")
    fetch.fetch_corpus(places.corpus, corpus, places.raw)
    (name,) = corpus.archives
    known = loaders.read(corpus, places.raw)
    found = import_table(places.raw / name, known, clip_index.read(corpus, places.raw))
    tables.write(CLIPS, inventory.with_share(found.clips, corpus), places.data)
    tables.write(ANNOTATIONS, found.annotations, places.data)
    tables.write(FEATURES, found.features, places.data)
    write_json(inventory.summary(found, corpus), places.metrics / "corpus.json")
    write_csv(pd.DataFrame([{"reason": NO_ROBUSTNESS}]), places.tables / "robustness.csv")
    write_csv(pd.DataFrame([{"reason": NO_ANATOMY}]), places.tables / "anatomy.csv")
    write_parquet(pd.DataFrame({"genre": pd.Series([], dtype=object)}), places.models / "anatomy.parquet")


if __name__ == "__main__":
    main(run, PARAMS, among="tables")
