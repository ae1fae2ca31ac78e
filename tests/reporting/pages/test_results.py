"""Every number of a page has an address, and what stands there is what the page says."""

import json
from pathlib import Path

import pytest
import yaml

from classically_punk.foundation.errors import PunkError
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Number, Text
from classically_punk.reporting.sources import shown

REPOSITORY = Path(__file__).resolve().parents[3]
HOSTILE = 'a,b=c:d "e" <f> 50%'


@pytest.fixture
def results(tmp_path: Path) -> Results:
    tables, metrics = tmp_path / "reports" / "toy" / "tables", tmp_path / "metrics" / "toy"
    tables.mkdir(parents=True)
    metrics.mkdir(parents=True)
    (tables / "recall.csv").write_text(
        "model,genre,recall,low,high,n,reason\n"
        "ols,jazz,0.25,0.125,0.5,8,\n"
        f'ols,"{HOSTILE.replace(chr(34), chr(34) * 2)}",0.75,,,4,one group\n'
        "ols,rock,,,,0,never tested\n",
        encoding="utf-8",
    )
    (tables / "robustness.csv").write_text("reason\nthere is no audio\n", encoding="utf-8")
    (tables / "reference.csv").write_text("model,ours,reason\n,,no figures of others\n", encoding="utf-8")
    (tables / "one.csv").write_text("model,ours,reason\nols,0.5,in one group\n", encoding="utf-8")
    (metrics / "summary.json").write_text(
        json.dumps({"headline": {"protocol": "clip"}, "clip": {"accuracy": 0.5,
                    "accuracy_interval": "[0.25, 0.75]", "macro_f1": -0.125}}), encoding="utf-8",
    )  # fmt: skip
    content = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    content["corpus"]["toy"] = {**content["corpus"]["demo"], "title": "Toy", "archives": []}
    content["ols"]["vif_limit"] = 12.0
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return Results("toy", tmp_path)


def numbers(words: Text | Number) -> list[Number]:
    return [words] if isinstance(words, Number) else [part for part in words if isinstance(part, Number)]


def test_addresses_lead_back_to_what_is_shown(results: Results) -> None:
    rows = results.rows("recall", ("model", "genre"))
    found = [number for row in rows if (said := row.interval(".2f", "recall")) for number in numbers(said)]
    found += numbers(results.metric_interval("summary", "clip.accuracy", ".0%"))
    found.append(results.param("ols.vif_limit", ".0f"))
    assert [number.shown for number in found] == ["0.25", "0.12", "0.50", "0.75", "50%", "25%", "75%", "12"]
    for number in found:
        assert shown(number.address, results.root) == number.shown


def test_an_interval_without_ends_is_the_value_alone(results: Results) -> None:
    row = results.row("recall", ("model", "genre"), genre=HOSTILE)
    assert row is not None
    assert str(row.interval(".2f", "recall")) == "0.75"


def test_an_empty_cell_has_no_number(results: Results) -> None:
    row = results.row("recall", ("model", "genre"), genre="rock")
    assert row is not None
    assert row.value("recall") is None
    assert row.number("recall", ".2f") is None
    assert row.interval(".2f", "recall") is None
    assert row.value("no such column") is None


def test_a_minus_is_printed_as_one(results: Results) -> None:
    assert results.metric("summary", "clip.macro_f1", ".3f").shown == "\N{MINUS SIGN}0.125"


def test_what_is_missing_is_an_error_that_names_it(results: Results) -> None:
    with pytest.raises(PunkError, match=r"summary\.json: has no artist\.accuracy"):
        results.metric("summary", "artist.accuracy", ".2f")
    with pytest.raises(PunkError, match=r"has no costs\.right"):
        results.param("costs.right", ".1f")
    assert not results.has("summary", "artist.accuracy")
    assert not results.has("no_such_file", "anything")


def test_a_table_that_holds_a_reason_alone_is_no_table(results: Results) -> None:
    assert not results.has_table("robustness")
    assert results.missing("robustness") == "there is no audio"
    assert not results.has_table("reference")
    assert results.missing("reference") == "no figures of others"


def test_a_table_of_one_row_with_a_reason_is_a_table(results: Results) -> None:
    assert results.has_table("one")
    assert results.missing("one") == ""


def test_a_table_that_was_never_written_is_no_table(results: Results) -> None:
    assert not results.has_table("never_written")


@pytest.mark.parametrize("table", ["anatomy", "robustness"])
def test_a_corpus_without_audio_has_no_such_table_and_says_why(results: Results, table: str) -> None:
    (results.root / "reports" / "toy" / "tables" / "robustness.csv").unlink()
    assert not results.has_table(table)
    assert "it has no audio" in results.missing(table)
    assert results.missing("never_written") == ""


def test_the_title_and_the_headline_are_this_corpus_own(results: Results) -> None:
    assert results.title == "Toy"
    assert not results.synthesised
    assert results.headline == "clip"
