"""What `dvc plots` draws: the templates filled with committed tables, drawn by the Vega that `make plots` installs."""

import csv
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import vl_convert
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
PLOTS = {
    Path(path).stem: flags
    for stage in yaml.safe_load((REPOSITORY / "dvc.yaml").read_text("utf-8"))["stages"].values()
    for plot in stage.get("plots", [])
    for path, flags in plot.items()
}
Rows = list[dict[str, str]]
WIDEST = 1240
"""Pixels that `.dvc/plots/page.html` has for a plot."""


def rows(table: str, revision: str) -> Rows:
    path = REPOSITORY / "reports" / "demo" / "tables" / f"{table}.csv"
    with path.open(encoding="utf-8") as file:
        return [{**row, "rev": revision} for row in csv.DictReader(file)]


def drawn(table: str, values: Rows) -> str:
    """The plot of a table as SVG, its template filled as DVC fills it."""
    flags = PLOTS[table]
    spec: dict[str, Any] = json.loads((REPOSITORY / ".dvc/plots" / f"{flags['template']}.json").read_text("utf-8"))
    assert spec["data"]["values"] == "<DVC_METRIC_DATA>"
    spec["data"]["values"] = values
    spec["title"] = spec["title"].replace("<DVC_METRIC_TITLE>", flags["title"].replace("${item.corpus}", "demo"))
    return str(vl_convert.vegalite_to_svg(spec))


def words(svg: str) -> list[str]:
    return [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def changed(values: Rows, revision: str, cell: str, by: float, /, **where: str) -> Rows:
    """The rows as another revision has them, one of them moved by so much."""
    found = [{**row, "rev": revision} for row in values]
    (row,) = (row for row in found if all(row[name] == text for name, text in where.items()))
    row[cell] = str(float(row[cell]) + by)
    return found


@pytest.mark.parametrize("table", PLOTS)
def test_every_plot_names_its_corpus_and_fits_on_a_screen(table: str) -> None:
    assert PLOTS[table]["title"].startswith("${item.corpus}, ")
    for values in (rows(table, "workspace"), [*rows(table, "main"), *rows(table, "workspace")]):
        svg = drawn(table, values)
        assert any(text.startswith("demo, ") for text in words(svg))
        width = re.search(r'<svg[^>]* width="([\d.]+)"', svg)
        assert width is not None
        assert float(width[1]) <= WIDEST


def test_titles_tell_plots_apart() -> None:
    assert len({flags["title"] for flags in PLOTS.values()}) == len(PLOTS) == 4


@pytest.mark.parametrize("newest_first", [False, True], ids=["as revisions are named", "as DVC gives the workspace"])
def test_what_moved_by_five_points_says_so(newest_first: bool) -> None:
    """Whichever revision DVC lists first, the workspace is what came after."""
    before = rows("scores", "main")
    after = changed(before, "workspace", "value", 0.05, model="ols", protocol="artist", score="accuracy")
    said = words(drawn("scores", [*after, *before] if newest_first else [*before, *after]))
    assert said.count("+5.0") == 1
    assert "\N{MINUS SIGN}5.0" not in said


def test_a_clip_that_was_lost_is_a_loss_where_it_was_and_where_it_went() -> None:
    before = rows("confusion", "main")
    after = changed(before, "workspace", "count", -1, protocol="artist", actual="blues", predicted="blues")
    after = changed(after, "workspace", "count", 1, protocol="artist", actual="blues", predicted="rock")
    said = words(drawn("confusion", [*before, *after]))
    assert (said.count("+1"), said.count("\N{MINUS SIGN}1")) == (1, 1)


def test_the_coefficient_that_moved_stands_first() -> None:
    before = [row for row in rows("coefficients", "main") if row["coefficient"]]
    moved = before[17]
    where = {"genre": moved["genre"], "column": moved["column"]}
    after = changed(before, "workspace", "coefficient", 9.0, **where)
    named = [text for text in words(drawn("coefficients", [*before, *after])) if "\N{RIGHTWARDS ARROW}" in text]
    assert len(named) == 30
    assert re.split(r"\s+", named[0]) == [moved["column"], "\N{RIGHTWARDS ARROW}", moved["genre"]]


def test_a_score_without_an_upper_end_has_an_axis_that_holds_it() -> None:
    """A log loss of 7: on an axis from 0 to 1 its mark would stand outside of the plot."""
    values = [row for row in rows("scores", "workspace") if row["model"] == "ols"]
    loss = next(row for row in values if row["score"] == "log_loss")
    loss.update(value="7.0", low="6.0", high="8.0")
    assert any(text.startswith(("7", "8")) for text in words(drawn("scores", values)))


def test_nothing_of_the_page_comes_from_elsewhere() -> None:
    page = (REPOSITORY / ".dvc" / "plots" / "page.html").read_text("utf-8")
    assert not re.search(r"https?:|//cdn|@import", page)
    assert "{scripts}" not in page, "DVC's own, which load Vega from the net"
    assert "{plot_divs}" in page
    assert "plots/page.html" in (REPOSITORY / ".dvc" / "config").read_text("utf-8")
    bundle = vl_convert.javascript_bundle()
    assert "window.vegaEmbed=" in bundle
