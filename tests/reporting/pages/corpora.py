"""Results of corpora that are unlike the committed ones, made of those of the demo corpus."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

from classically_punk.foundation.reading import read_table
from classically_punk.reporting.pages.captions import CAPTIONS, anatomies
from classically_punk.reporting.pages.results import Results

REPOSITORY = Path(__file__).resolve().parents[3]
HOSTILE = "<b>\"Rock\" & 'Roll'</b> \N{GUITAR} {{ x }} " + "y" * 24
NAMING = ("genre", "actual", "predicted", "label", "highest_genre", "lowest_genre", "suggested", "second")

STAND_INS = tempfile.TemporaryDirectory(prefix="figures-")
"""Pictures in the place of figures, which a fresh checkout has not: removed when the tests end."""


@dataclass(frozen=True)
class Drawn(Results):
    """Results all of whose figures are there, as white rectangles."""

    @property
    def figures(self) -> Path:
        folder = Path(STAND_INS.name) / self.corpus
        if not folder.exists():
            folder.mkdir()
            for stem in (*CAPTIONS, *anatomies(self).values()):
                Image.new("RGB", (1200, 800), "white").save(folder / f"{stem}.png")
        return folder


Tables = Callable[[pd.DataFrame], pd.DataFrame]
Metrics = Callable[[dict[str, Any]], dict[str, Any]]


def altered(
    folder: Path,
    tables: Tables = lambda table: table,
    corpus: Metrics = lambda counts: counts,
    summary: Metrics = lambda scores: scores,
    without: tuple[str, ...] = (),
) -> Results:
    """The demo corpus with every table and two metrics files changed, and the tables `without` saying only why.
    It has no figures.
    """
    shutil.copy(REPOSITORY / "params.yaml", folder)
    metrics = folder / "metrics" / "demo"
    shutil.copytree(REPOSITORY / "metrics" / "demo", metrics)
    for name, change in {"corpus": corpus, "summary": summary}.items():
        path = metrics / f"{name}.json"
        path.write_text(json.dumps(change(json.loads(path.read_text(encoding="utf-8")))), encoding="utf-8")
    written = folder / "reports" / "demo" / "tables"
    written.mkdir(parents=True)
    for path in sorted((REPOSITORY / "reports" / "demo" / "tables").glob("*.csv")):
        table = pd.DataFrame({"reason": ["fewer than 2 groups"]}) if path.stem in without else tables(read_table(path))
        table.to_csv(written / path.name, index=False)
    return Results("demo", folder)


def renamed(names: Mapping[str, str]) -> tuple[Tables, Metrics]:
    """Genres called otherwise."""

    def tables(table: pd.DataFrame) -> pd.DataFrame:
        return table.replace(dict(names))

    def corpus(counts: dict[str, Any]) -> dict[str, Any]:
        return {**counts, "genres": {names.get(name, name): n for name, n in counts["genres"].items()}}

    return tables, corpus


def only(genres: tuple[str, ...]) -> tuple[Tables, Metrics]:
    """No genres but these."""

    def tables(table: pd.DataFrame) -> pd.DataFrame:
        for column in NAMING:
            if column in table:
                table = table[table[column].isin([*genres, ""])]
        return table

    return tables, lambda counts: {**counts, "genres": {name: counts["genres"][name] for name in genres}}


def many(n: int) -> tuple[Tables, Metrics]:
    """`n` genres: the first ones several times, under other names."""

    def tables(table: pd.DataFrame) -> pd.DataFrame:
        if "genre" not in table:
            return table
        known = sorted(set(table["genre"]) - {""})
        copies = [
            table[table["genre"] == known[place % len(known)]].assign(genre=f"genre {place}") for place in range(n)
        ]
        return pd.concat(copies)

    return tables, lambda counts: {**counts, "genres": {f"genre {place}": 20 + place % 3 for place in range(n)}}


def without_artists(scores: dict[str, Any]) -> dict[str, Any]:
    """The summary of a corpus whose artists are not known."""
    kept = {name: value for name, value in scores.items() if name != "artist"}
    return {**kept, "clip": {**scores["artist"], **scores["clip"]}, "headline": {"protocol": "clip"}, "leak": {}}
