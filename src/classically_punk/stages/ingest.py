"""`data/raw/C/` -> `data/C/audio/`, `clips.csv`, `annotations.csv` and `metrics/C/corpus.json`."""

from classically_punk.contracts import tables
from classically_punk.contracts.tables.corpora import ANNOTATIONS, CLIPS
from classically_punk.corpora import clip_index, fetch, inventory, loaders
from classically_punk.corpora.collect import collect
from classically_punk.corpora.described import require_files_known
from classically_punk.foundation.params import Params
from classically_punk.foundation.writing import write_json
from classically_punk.stages.running import Places, main


def run(params: Params, places: Places) -> None:
    """Fetches what is not there yet, then decodes, checks and compares every member."""
    corpus = params.corpus[places.corpus]
    require_files_known(places.corpus, corpus, places.raw, "audio")
    if corpus.archives:
        fetch.fetch_corpus(places.corpus, corpus, places.raw)
    known = loaders.read(corpus, places.raw)
    index = clip_index.read(corpus, places.raw)
    found = collect(places.raw, places.data / "audio", params.ingest, known, index)
    tables.write(CLIPS, inventory.with_share(found.clips, corpus), places.data)
    tables.write(ANNOTATIONS, found.annotations, places.data)
    write_json(inventory.summary(found, corpus), places.metrics / "corpus.json")


if __name__ == "__main__":
    main(run)
