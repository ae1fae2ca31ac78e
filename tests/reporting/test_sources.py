"""Every number of README.md comes from `metrics/`, `reports/*/tables/` or params.yaml."""

import re
from pathlib import Path

import pytest

from classically_punk.foundation.errors import PunkError
from classically_punk.reporting.sources import CITED, refresh, shown

REPOSITORY = Path(__file__).resolve().parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")

FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK_TARGET = re.compile(r"\]\([^)]*\)")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# Numbers that are names: versions, years of publications, formats. Everything else is a result or a parameter.
NAME = re.compile(r"Python 3\.\d+(?:(?:-|, | or )3\.\d+)*|\b(?:19|20)\d\d\b|\b44-byte\b|DVC 3|HC3|16-bit|UTF-8|x86-64")
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*\b")


@pytest.mark.parametrize("match", list(CITED.finditer(README)), ids=lambda match: match["address"])
def test_a_cited_number_is_what_its_source_says(match: re.Match[str]) -> None:
    assert match["shown"] == shown(match["address"], REPOSITORY)


def test_readme_cites_results_of_every_committed_corpus() -> None:
    cited = {match["address"].split("/")[1] for match in CITED.finditer(README) if "/" in match["address"]}
    assert {"demo", "gtzan_mini", "gtzan_published"} <= cited


def test_readme_has_no_number_without_a_source() -> None:
    text = README
    for pattern in (FENCED, CITED, COMMENT, CODE, LINK_TARGET, NAME):
        text = pattern.sub(" ", text)
    found = [text[max(0, m.start() - 30) : m.end() + 10].replace("\n", " ") for m in NUMBER.finditer(text)]
    assert not found, f"numbers without a source: {found}"


def test_the_reader_of_numbers_sees_a_planted_one() -> None:
    assert NUMBER.findall("it scores 0.83 on 1,000 clips of v2 and x3") == ["0.83", "1,000"]


def test_refresh_writes_what_the_source_says(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{"a": {"b": 0.12345}}', encoding="utf-8")
    (tmp_path / "t.csv").write_text("protocol,genre,recall\nclip,jazz,0.5\nclip,rock,0.25\n", encoding="utf-8")
    text = "x <!--@m.json:a.b:.2f-->9<!--@--> y <!--@t.csv:protocol=clip,genre=rock:recall:.0%-->9<!--@-->"
    assert COMMENT.sub("", refresh(text, tmp_path)) == "x 0.12 y 25%"


@pytest.mark.parametrize(
    "address", ["m.json:a.c:.2f", "t.csv:genre=rock:recall:.2f", "t.csv:genre=jazz:none:.2f", "gone.json:a:d", "m.json"]
)
def test_an_address_that_leads_nowhere_is_an_error(tmp_path: Path, address: str) -> None:
    (tmp_path / "m.json").write_text('{"a": {"b": 0.12345}}', encoding="utf-8")
    (tmp_path / "t.csv").write_text("genre,recall\nrock,1\nrock,2\njazz,3\n", encoding="utf-8")
    with pytest.raises(PunkError, match=re.escape(address.split(":")[0])):
        shown(address, tmp_path)
