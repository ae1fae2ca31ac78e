"""`data/raw/C/` -> `data/C/audio/`, `clips.csv`, `annotations.csv` and `metrics/C/corpus.json`."""

from classically_punk.corpora import annotations, clip_index, fetch, inventory
from classically_punk.corpora.collect import collect
from classically_punk.corpora.described import require_files_known
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_csv, write_json
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Fetches what is not there yet, then decodes, checks and compares every member."""
    corpus = params.corpus[places.corpus]
    require_files_known(places.corpus, corpus, places.raw, "audio")
    if corpus.archives:
        fetch.fetch_corpus(places.corpus, corpus, places.raw)
    known = annotations.read(corpus, places.raw)
    index = clip_index.read(corpus, places.raw)
    found = collect(places.raw, places.data / "audio", params.ingest, known, index)
    write_csv(inventory.with_share(found.clips, corpus), places.data / "clips.csv")
    write_csv(found.annotations, places.data / "annotations.csv")
    write_json(inventory.summary(found, corpus), places.metrics / "corpus.json")


if __name__ == "__main__":
    main(run)
