"""The report of any corpus: every number has its source, nothing is undefined, nothing is loaded from elsewhere."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest
from markupsafe import escape

from classically_punk.foundation.reading import read_table
from classically_punk.reporting.pages.captions import CAPTIONS
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.report.page import SECTIONS, build_report, summary
from tests.reporting.pages.checking import faults, taken_apart

REPOSITORY = Path(__file__).resolve().parents[3]
CORPORA = ("demo", "gtzan_mini", "gtzan_published")
LARGEST = 3_000_000
HOSTILE = '"><script>alert(1)</script> &amp; \'rock, "n=roll": 100 % 🎸'
LONG = "x" * 60
GENRE_COLUMNS = (
    "genre", "label", "actual", "predicted", "suggested", "fitted", "highest_genre", "lowest_genre", "second",
)  # fmt: skip


def copied(corpus: str, root: Path) -> Path:
    """Metrics, tables and parameters of a committed corpus below `root`, without figures."""
    for folder in (f"metrics/{corpus}", f"reports/{corpus}/tables"):
        shutil.copytree(REPOSITORY / folder, root / folder)
    shutil.copy(REPOSITORY / "params.yaml", root / "params.yaml")
    return root


def rewritten(root: Path, corpus: str, change: Callable[[str, pd.DataFrame], pd.DataFrame]) -> None:
    for path in sorted((root / "reports" / corpus / "tables").glob("*.csv")):
        change(path.stem, read_table(path)).to_csv(path, index=False)


def page(root: Path, corpus: str) -> str:
    html = build_report(Results(corpus, root))
    assert faults(html, root, root / "reports" / corpus) == []
    return html


@pytest.mark.parametrize("corpus", CORPORA)
def test_committed_results_make_a_page_without_faults(corpus: str, tmp_path: Path) -> None:
    html = page(copied(corpus, tmp_path), corpus)
    found = taken_apart(html)
    assert len(found.numbers) > 300
    inside = [link[1:] for link in found.links if link.startswith("#")]
    assert len(inside) == len(SECTIONS) + 1
    assert set(inside) <= set(found.ids)


@pytest.mark.parametrize("corpus", ["gtzan_published"])
def test_a_page_with_its_figures_is_small_and_needs_no_other_file(corpus: str) -> None:
    figures = REPOSITORY / "reports" / corpus / "figures"
    if not figures.is_dir():
        pytest.skip(f"needs figures: dvc repro report@{corpus} draws them")
    html = page(REPOSITORY, corpus)
    shown = taken_apart(html).images
    assert len(shown) >= len([path for path in figures.glob("*.png") if path.stem in CAPTIONS])
    assert len(html.encode()) < LARGEST
    assert not re.search(r"<script[^>]+src=|<link[^>]+href=|@import|url\((?!\s*['\"]?data:)", html)


def test_every_score_of_the_headline_stands_with_its_interval_and_count() -> None:
    results = Results("gtzan_published", REPOSITORY)
    html = "".join(str(escape(block)) for block in summary(results).present)
    for key in ("n_clips", "n_genres"):
        assert f"summary.json:headline.{key}:" in html
    row = f"scores.csv:model=ols,protocol={results.headline},score=accuracy"
    for column in ("value", "low", "high", "n", "n_groups"):
        assert f"{row}:{column}:" in html


def test_names_that_would_break_a_page_are_only_names(tmp_path: Path) -> None:
    names = {"blues": HOSTILE, "rock": LONG, "jazz": "1999; {{ 7 }} {% raw %}", "metal": "None"}
    root = copied("demo", tmp_path)
    rewritten(root, "demo", lambda name, table: renamed(name, table, names))
    metrics = root / "metrics" / "demo" / "corpus.json"
    counts = json.loads(metrics.read_text(encoding="utf-8"))
    counts["genres"] = {names.get(genre, genre): count for genre, count in counts["genres"].items()}
    metrics.write_text(json.dumps(counts), encoding="utf-8")
    html = page(root, "demo")
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert LONG in html
    assert "🎸" in html


def renamed(name: str, table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Genres and the clips of genres under other names."""
    table = table.copy()
    for column in table.columns.intersection([*GENRE_COLUMNS, "clip", "group", "largest_group"]):
        table[column] = [
            names.get(cell) or (names[stem] + cell[len(stem) :] if (stem := cell.split(".")[0]) in names else cell)
            for cell in table[column]
        ]
    for column in ("left", "right", "members") if name == "neighbours" else ():
        table[column] = [json.dumps([names.get(genre, genre) for genre in json.loads(cell)]) for cell in table[column]]
    return table


def test_two_genres_are_enough(tmp_path: Path) -> None:
    two = {"classical", "metal"}

    def kept(name: str, table: pd.DataFrame) -> pd.DataFrame:
        for column in table.columns.intersection(["genre", "label", "actual", "predicted", "suggested"]):
            table = table[table[column].isin({*two, ""})]
        return table.iloc[:0] if name == "neighbours" else table

    root = copied("gtzan_published", tmp_path)
    rewritten(root, "gtzan_published", kept)
    assert "classical" in page(root, "gtzan_published")


def test_forty_genres_are_not_too_many(tmp_path: Path) -> None:
    more = [f"rock of kind {number}" for number in range(1, 31)]

    def multiplied(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if "genre" not in table:
            return table
        rock = table[table["genre"] == "rock"]
        return pd.concat([table, *(rock.assign(genre=genre) for genre in more)])

    root = copied("gtzan_published", tmp_path)
    rewritten(root, "gtzan_published", multiplied)
    html = page(root, "gtzan_published")
    assert len(html.encode()) < LARGEST
    assert all(genre in html for genre in more)


def test_no_artists_and_no_more_than_one_protocol(tmp_path: Path) -> None:
    root = copied("gtzan_mini", tmp_path)

    def strict(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "optimism":
            return table.iloc[:0]
        return table[table["protocol"] != "segment_random"] if "protocol" in table and name != "protocols" else table

    rewritten(root, "gtzan_mini", strict)
    counts = root / "metrics" / "gtzan_mini" / "corpus.json"
    content = json.loads(counts.read_text(encoding="utf-8")) | {"grouped_by": "recording"}
    counts.write_text(json.dumps(content), encoding="utf-8")
    assert "No artists are known" in page(root, "gtzan_mini")


def test_a_table_that_could_not_be_made_gives_its_reason(tmp_path: Path) -> None:
    reasons = {
        name: f"{name}: the dog ate it" for name in ("anatomy", "robustness", "discriminative", "reference_figures")
    }
    root = copied("demo", tmp_path)
    for name, reason in reasons.items():
        path = root / "reports" / "demo" / "tables" / f"{name}.csv"
        path.write_text(f"reason\n{reason}\n", encoding="utf-8")
    html = page(root, "demo")
    assert [name for name, reason in reasons.items() if reason not in html] in ([], ["reference_figures"])


def test_columns_that_could_not_be_tested_are_not_said_to_have_no_effect(tmp_path: Path) -> None:
    """Few artists give no joint test, whatever column stands first; tested columns of which none is found are another
    finding."""
    why = "groups of these sizes count as 3.8 equal ones"

    def said(root: Path, values: dict[str, object]) -> str:
        copied("demo", root)
        rewritten(root, "demo", lambda name, table: table.assign(**values) if name == "joint_tests" else table)
        return page(root, "demo")

    rows = len(pd.read_csv(REPOSITORY / "reports" / "demo" / "tables" / "joint_tests.csv"))
    reasons = ["not in the regression", *[f"no test: {why}"] * (rows - 1)]
    untested = said(
        tmp_path / "few", {**dict.fromkeys(("wald", "df1", "df2", "p", "p_holm", "p_by"), ""), "reason": reasons}
    )
    assert f"not tested over all genres at once: {why}." in re.sub(r"<[^>]+>", "", untested)
    assert "No column has a joint effect" not in untested
    assert "No column has a joint effect" in said(tmp_path / "none", {"p_holm": "1.0"})


GOOD = '<p>Accuracy <span data-source="metrics/demo/corpus.json:clips_found:d">235</span>.</p>'


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        (GOOD + "<p>of 12 clips</p>", "number without a source: 'of 12 clips'"),
        (GOOD.replace("235", "236"), "the page says '236'"),
        (GOOD + '<img src="data:image/png;base64,AA==">', "image without alternative text"),
        (GOOD + '<img alt="x" src="https://example.org/x.png">', "loaded from elsewhere"),
        (GOOD + '<script src="https://example.org/x.js"></script>', "loaded from elsewhere"),
        (GOOD + "<p>it is nan</p>", "undefined value: nan"),
        (GOOD + "<p>it is None</p>", "undefined value: None"),
        (GOOD + "<p>{{ left }}</p>", "undefined value: {{"),
        (GOOD + '<a href="#nowhere">there</a>', "broken link: #nowhere"),
        (GOOD + '<a href="no_such_file.html">there</a>', "broken link: no_such_file.html"),
        (GOOD + '<p id="a">x</p><p id="a">y</p>', "id twice: a"),
        (GOOD + "<p>not closed", "not closed"),
    ],
)
def test_planted_faults_are_found(html: str, fault: str) -> None:
    found = faults(html, REPOSITORY, REPOSITORY / "reports" / "demo")
    assert any(fault in one for one in found), found


def test_a_page_without_faults_has_none() -> None:
    found = json.loads((REPOSITORY / "metrics" / "demo" / "corpus.json").read_text(encoding="utf-8"))["clips_found"]
    assert faults(GOOD.replace("235", str(found)), REPOSITORY, REPOSITORY / "reports" / "demo") == []
