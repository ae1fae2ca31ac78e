"""The stages themselves on corpora unlike the committed ones, from the design table to every page.

`two`: two genres with names that are no names, no artists, no audio. `forty`: forty genres of a few clips, by artists.
`pieces`: pieces of songs that nobody names, so that every split leaks.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from classically_punk.catalogue.sets import described, recipe
from classically_punk.contracts import tables
from classically_punk.contracts.columns import columns_table
from classically_punk.contracts.tables.corpora import ANNOTATIONS, CLIPS
from classically_punk.contracts.tables.design import COLUMNS, FEATURES, RECIPE
from classically_punk.foundation.params import Params, read_params
from classically_punk.foundation.reads import Reader, readable
from classically_punk.foundation.writing import write_json
from classically_punk.reporting.card.page import build_card
from classically_punk.reporting.pages.index import build_index
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.written import write_pages
from classically_punk.reporting.sources import _content, _table
from classically_punk.stages import clean, columns, comparators, decide, diagnose, evaluate, explore, folds, ols, report
from classically_punk.stages.running import Places, declared_for
from tests.reporting.pages.checking import faults, taken_apart

REPOSITORY = Path(__file__).resolve().parents[3]
ODD = ("<b>\"R&B\"</b>, 'ü' 🎸", "a genre of sixty characters, " + "x" * 31)
FORTY = tuple(f"genre {number:02d}" for number in range(40))
STAGES = (clean, folds, ols, comparators, diagnose, columns, evaluate, decide, explore, report)
PAGES = {"report.html", "slides.html", "slides.pptx", "model_card.html", "model_card.md"}
LARGEST = 3_000_000
SMALL = {
    "folds": {"strict": 2, "repeats": 2},
    "inner": {"folds": 2},
    "evaluate": {"resamples": 100},
    "label_issues": {"repeats": 3},
    "explore": {"resamples": 20, "columns": 3},
    "comparators": {
        "ridge": {"alpha": [100.0]}, "lda": {"shrinkage": [0.5]}, "logistic": {"c": [0.01]},
        "knn": {"neighbours": [3]}, "svm": {"c": [1.0], "gamma": [1.0]},
        "forest": {"trees": 3, "smallest_leaf": [3]},
        "boosting": {"learning_rate": 0.1, "rounds": [1], "leaves": 2, "bins": 7, "column_share": 0.1},
    },
}  # fmt: skip


def write_params(name: str) -> Params:
    content = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    for section, values in SMALL.items():
        content[section].update(values)
    content["corpora"] = {"synthesised": [], "audio": [], "tables": [name], "all": [name], "reference": []}
    content["external"]["pairs"] = {}
    described = {"title": f"Made up: {name}", "expected_clips": None, "archives": [], "clip_index": None}
    content["corpus"] = {name: {**described, "annotations": None}}
    Path("params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    shutil.copy(REPOSITORY / "requirements.txt", "requirements.txt")
    return read_params()


def write_corpus(places: Places, genres: tuple[str, ...], per_genre: int, artists: bool, songs: bool = True) -> None:
    """What `import_table` writes, for made-up features in which every genre has a mean of its own."""
    rng = np.random.default_rng(1)
    labels = np.repeat(np.array(genres, dtype=object), per_genre)
    n = len(labels)
    clips = [f"clip{k:04d}" for k in range(n)]
    artist = [f"artist {k % 3} of {label}" if artists else "" for k, label in enumerate(labels)]
    names = list(described(["kaggle57"]))
    means = 1.5 * rng.normal(size=(len(genres), len(names)))
    values = np.repeat(means, per_genre, axis=0) + rng.normal(size=(n, len(names)))
    features = pd.DataFrame({"clip": clips, "window": -1, "start": 0.0, "duration": 30.0})
    features = pd.concat([features, pd.DataFrame(values.astype(np.float32), columns=list(names))], axis=1)
    known = {"clip": clips, "label": labels, "group": artist if artists else clips, "recording": clips}
    known["song"] = clips if songs else ""
    listed = pd.DataFrame({**known, "member": clips, "duration": 30.0, "status": "ok", "collection": str(n)})
    annotated = pd.DataFrame({"clip": clips, "artist": artist})
    tables.write(FEATURES, features, places.data)
    tables.write(RECIPE, recipe(["kaggle57"]).table(), places.data)
    tables.write(COLUMNS, columns_table(described(["kaggle57"])), places.data)
    tables.write(CLIPS, tables.frame(CLIPS, listed.to_dict("records")), places.data)
    tables.write(ANNOTATIONS, tables.frame(ANNOTATIONS, annotated.to_dict("records")), places.data)
    counts = {"clips_found": n, "clips_usable": n, "flagged": 0, "ok": n, "rejected": 0, "recordings": n, "reasons": {}}
    counts["genres"] = dict.fromkeys(genres, per_genre)
    grouped = (
        {"grouped_by": "artist", "clips_with_artist": n}
        if artists
        else {"grouped_by": "recording" if songs else "piece"}
    )
    write_json({**counts, **grouped, "groups": len(set(known["group"]))}, places.metrics / "corpus.json")


@pytest.fixture(scope="module", params=["two", "forty", "pieces"])
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    name: str = request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp(name))
        patch.setenv("PUNK_JOBS", "1")
        params, places = write_params(name), Places(name)
        genres, per_genre, artists = (FORTY, 6, True) if name == "forty" else (ODD, 14, False)
        write_corpus(places, genres, per_genre, artists, songs=name != "pieces")
        for stage in STAGES:
            stem = stage.__name__.rpartition(".")[2]
            declared = declared_for(stem, name, REPOSITORY / "dvc.yaml")
            given = readable(params, Reader(stem, declared.params))
            if name == "forty" and stage is report:  # figures of forty genres are drawn in test_figures*.py
                write_pages(Results(name, Path(), given), places.pages)
            else:
                stage.run(given, places)
        for kept in (_content, _table):  # of paths that mean another corpus in another folder
            kept.cache_clear()
        yield Results(name, Path())
    for kept in (_content, _table):
        kept.cache_clear()


def test_every_page_is_there_and_none_is_large(results: Results) -> None:
    folder = Path("reports") / results.corpus
    assert {path.name for path in folder.iterdir() if path.is_file()} == PAGES
    assert all((folder / name).stat().st_size < LARGEST for name in PAGES)
    assert not list(Path().rglob("*.partial"))


@pytest.mark.parametrize("page", sorted(name for name in PAGES if name.endswith(".html")))
def test_pages_have_a_source_for_every_number_and_nothing_undefined(results: Results, page: str) -> None:
    path = Path("reports") / results.corpus / page
    html = path.read_text(encoding="utf-8")
    assert faults(html, Path(), path.parent) == []
    names = [name for name in (ODD if results.corpus != "forty" else FORTY) if name in html]
    assert [name for name in names if "<b>" in name] == [], "a name stands unescaped in the page"


def test_the_reason_why_something_is_missing_is_on_the_page(results: Results) -> None:
    html = (Path("reports") / results.corpus / "report.html").read_text(encoding="utf-8")
    assert "no audio" in html
    for row in results.rows("protocols", ("protocol",)):
        if row["possible"] == "no":
            assert row["reason"] in html


def test_a_headline_that_leaks_is_called_a_warning(results: Results) -> None:
    assert (results.headline == "piece_random") == (results.corpus == "pieces")
    for page in ("report.html", "slides.html", "model_card.html"):
        html = (Path("reports") / results.corpus / page).read_text(encoding="utf-8")
        assert ("a warning, not a result" in html) == (results.corpus == "pieces"), page
    report_page = (Path("reports") / results.corpus / "report.html").read_text(encoding="utf-8")
    assert ("are too narrow" in report_page) == (results.corpus == "pieces")


def test_the_card_says_the_same_in_both_forms(results: Results) -> None:
    card = build_card(results)
    plain = card.markdown.replace("\\", "")
    for number, address in taken_apart(card.html).numbers:
        assert number in plain, address
    assert (Path("reports") / results.corpus / "model_card.md").read_text(encoding="utf-8") == card.markdown


def test_a_name_cannot_break_out_of_markdown(results: Results) -> None:
    if results.corpus == "forty":
        return
    lines = build_card(results).markdown.splitlines()
    assert not [line for line in lines if "<b>" in line]
    rows = [line for line in lines if line.startswith("|")]
    assert rows
    assert all(line.endswith("|") for line in rows)


def test_no_cell_says_nan(results: Results) -> None:
    for path in [*Path().rglob("*.csv"), *Path().rglob("*.json")]:
        cells = path.read_text(encoding="utf-8").lower().replace(",", "\n").splitlines()
        assert not {"nan", "inf", "-inf"} & {cell.strip() for cell in cells}, path


def test_the_index_links_what_is_there(results: Results) -> None:
    html = build_index(Path())
    assert faults(html, Path(), Path("reports")) == []
    assert f'href="{results.corpus}/report.html"' in html
    (Path("reports") / results.corpus / "slides.html").rename("slides.html")
    try:
        assert f'href="{results.corpus}/slides.html"' not in build_index(Path())
    finally:
        Path("slides.html").rename(Path("reports") / results.corpus / "slides.html")
