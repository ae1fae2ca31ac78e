"""A published table in `data/raw/C/` -> what `ingest` and `features` write for audio."""

import pandas as pd

from classically_punk.catalogue.sets import PUBLISHED, described, recipe
from classically_punk.contracts.columns import columns_table
from classically_punk.corpora import annotations, clip_index, fetch, inventory
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
    known = annotations.read(corpus, places.raw)
    found = import_table(places.raw / name, known, clip_index.read(corpus, places.raw))
    write_csv(inventory.with_share(found.clips, corpus), places.data / "clips.csv")
    write_csv(found.annotations, places.data / "annotations.csv")
    write_parquet(found.features, places.data / "features.parquet")
    write_csv(recipe([PUBLISHED]).table(), places.data / "recipe.csv")
    write_csv(columns_table(described([PUBLISHED])), places.data / "columns.csv")
    write_json(inventory.summary(found, corpus), places.metrics / "corpus.json")
    write_csv(pd.DataFrame([{"reason": NO_ROBUSTNESS}]), places.tables / "robustness.csv")
    write_csv(pd.DataFrame([{"reason": NO_ANATOMY}]), places.tables / "anatomy.csv")
    write_parquet(pd.DataFrame({"genre": pd.Series([], dtype=object)}), places.models / "anatomy.parquet")


if __name__ == "__main__":
    main(run, PARAMS, among="tables")
