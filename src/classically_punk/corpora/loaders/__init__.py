"""Where annotations come from: one module a collection, with its loaders.

`annotations` of a corpus in params.yaml names a loader, or a table of the user's in data/raw/C, which the loader
`own_table` reads. A new collection is one module here and its line in LOADERS, addresses and checksums in assets.json,
and its entry in params.yaml; nothing else names it. Tables of features have loaders of their own: `published_tables`.
"""

from dataclasses import replace
from pathlib import Path

from classically_punk.corpora.annotations import Annotations
from classically_punk.corpora.loaders import fma, gtzan, own_table, wrong_labels
from classically_punk.corpora.loaders.interface import Loader
from classically_punk.foundation.params import Corpus

LOADERS: dict[str, Loader] = {loader.name: loader for loader in (gtzan.LOADER, fma.ARTISTS, fma.GENRES)}
"""By the name that params.yaml calls them."""


def loader_of(corpus: Corpus) -> Loader | None:
    """The loader of the corpus' annotations; None where it has none."""
    if corpus.annotations is None:
        return None
    return LOADERS.get(corpus.annotations, own_table.loader(corpus.annotations))


def read(corpus: Corpus, raw: Path) -> Annotations:
    """The annotations of the corpus in `raw`, with the wrong labels that a list there names, if there is one.

    Raises PunkError when a file is missing or cannot be understood.
    """
    loader = loader_of(corpus)
    known = Annotations() if loader is None else loader.read(raw)
    return replace(known, wrong_label=wrong_labels.read(raw))
