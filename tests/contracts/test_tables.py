"""One schema for each table: all of them walked, compared with what is committed, and shown what does not fit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from classically_punk.cli.dictionary import PAGE, dictionary
from classically_punk.contracts import tables
from classically_punk.contracts.design import KEYS
from classically_punk.contracts.tables import ROOMS, TABLES, UNITS, Table
from classically_punk.contracts.tables.corpora import ARTISTS, WRONG_LABELS
from classically_punk.contracts.tables.design import DESIGN
from classically_punk.contracts.tables.fits import INFLUENTIAL, ROWS
from classically_punk.contracts.tables.schema import number, text, whole
from classically_punk.foundation.errors import PunkError

REPOSITORY = Path(__file__).resolve().parents[2]
COMMITTED = sorted(REPOSITORY.glob("reports/*/tables/**/*.csv"))

SMALL = Table(
    "small.csv",
    "A genre.",
    (
        text("genre", "Its name."),
        whole("n", "count", "Clips."),
        whole("artists", "count", "Artists; blank where none is known.", blank=True),
        number("share", "share", "Of all clips.", blank=True),
        text("status", "How it is.", among=("ok", "rejected")),
        text("reason", "Why a value is missing.", blank=True),
    ),
    key=("genre",),
    sorted_by=("genre",),
)
GOOD = {"genre": "NA", "n": 3, "artists": None, "share": 0.25, "status": "ok", "reason": ""}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_table_is_described(table: Table) -> None:
    columns = [*table.columns, *([table.further] if table.further else [])]
    names = [column.name for column in columns]
    assert len(set(names)) == len(names)
    assert set(table.key) | set(table.sorted_by) <= set(table.names)
    assert table.sentence.endswith(".")
    for column in columns:
        assert column.sentence.endswith("."), column
        assert column.unit in UNITS, column
        assert (column.unit == "") == (column.type == "text"), column
        assert column.among is None or column.type == "text", column


def test_every_unit_is_used() -> None:
    used = {column.unit for table in TABLES.values() for column in (*table.columns, table.further) if column}
    assert used == set(UNITS)


def test_no_two_tables_have_one_file() -> None:
    assert sum(len(of_room) for of_room in ROOMS.values()) == len(TABLES)


def test_every_table_of_the_graph_has_a_schema_and_every_schema_a_writer() -> None:
    stages = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    written = [
        next(iter(out)) if isinstance(out, dict) else out
        for stage in stages.values()
        for kind in ("outs", "plots")
        for out in stage.get(kind, [])
    ]
    files = {Path(path).name for path in written if Path(path).suffix in (".csv", ".parquet")}
    files |= {table.file for table in ROOMS["Music from elsewhere"]}  # of a stage that declares no outs: see dvc.yaml
    raw = {ARTISTS.file, WRONG_LABELS.file}  # parts of the raw folder that `synthesise` writes
    assert files | raw == set(TABLES)


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_committed_tables_fit_their_schema_to_the_byte(path: Path, tmp_path: Path) -> None:
    table = TABLES[path.name]
    tables.write(table, tables.read(table, path.parent), tmp_path)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_tables_that_share_columns() -> None:
    assert [*INFLUENTIAL.names, "reason"] == list(ROWS.names)


def test_the_page_of_tables_is_current() -> None:
    written = (REPOSITORY / PAGE).read_text(encoding="utf-8")
    assert written == dictionary(), "run `punk tables`"
    assert all(f"### {file}\n" in written for file in TABLES)


def test_text_stays_text_and_blanks_stay_blank(tmp_path: Path) -> None:
    other = {**GOOD, "genre": "null", "n": 12, "artists": 2, "share": None, "reason": "1e5"}
    tables.write(SMALL, tables.frame(SMALL, [GOOD, other]), tmp_path)
    lines = (tmp_path / "small.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ["genre,n,artists,share,status,reason", "NA,3,,0.25,ok,", "null,12,2,,ok,1e5"]
    back = tables.read(SMALL, tmp_path)
    assert list(back["genre"]) == ["NA", "null"]
    assert list(back["reason"]) == ["", "1e5"]
    assert back["n"].dtype == np.int64
    assert np.isnan(back["artists"].iloc[0])
    assert list(back["artists"])[1] == 2
    assert np.isnan(back["share"].iloc[1])


def test_an_empty_table_keeps_its_columns_and_types(tmp_path: Path) -> None:
    tables.write(SMALL, tables.frame(SMALL, []), tmp_path)
    back = tables.read(SMALL, tmp_path)
    assert tuple(back.columns) == SMALL.names
    assert len(back) == 0
    assert back["n"].dtype == np.int64
    assert back["share"].dtype == np.float64


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n": None}, "column n: row 2 is blank"),
        ({"genre": ""}, "column genre: row 2 is blank"),
        ({"n": 1.5}, "column n: 1.5 is no whole number"),
        ({"share": "much"}, "column share"),
        ({"status": "fine"}, "column status: 'fine' is none of ok, rejected"),
        ({"genre": "NA"}, "two rows with genre=NA"),
        ({"genre": "A"}, "not sorted by genre"),
        ({"shares": 1.0}, "shares, which is no column"),
    ],
)
def test_rows_that_do_not_fit(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        tables.checked(SMALL, tables.frame(SMALL, [GOOD, {**GOOD, "genre": "jazz", **change}]))


@pytest.mark.parametrize(
    "header",
    ["genre,n,artists,share,status", "n,genre,artists,share,status,reason", "genre,n,artists,share,status,reason,x"],
)
def test_a_file_with_other_columns_is_named_with_the_way_out(tmp_path: Path, header: str) -> None:
    (tmp_path / "small.csv").write_text(f"{header}\n", encoding="utf-8")
    with pytest.raises(PunkError, match=r"small\.csv: .*column.*; delete it and run dvc repro"):
        tables.read(SMALL, tmp_path)


def test_a_missing_file_is_named_with_the_way_out(tmp_path: Path) -> None:
    for table in (SMALL, DESIGN):
        with pytest.raises(PunkError, match="no such file; dvc repro makes it"):
            tables.read(table, tmp_path)


def test_an_infinite_value_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="infinite"):
        tables.write(SMALL, tables.frame(SMALL, [{**GOOD, "share": np.inf}]), tmp_path)
    assert not (tmp_path / "small.csv").exists()


@pytest.mark.parametrize("content", ["reason\nno audio\n", "genre,n,artists,share,status,reason\n,,,,,no audio\n"])
def test_a_table_that_could_not_be_made_says_why(tmp_path: Path, content: str) -> None:
    (tmp_path / "small.csv").write_text(content, encoding="utf-8")
    found = tables.read(SMALL, tmp_path)
    assert tables.absence(found) == "no audio"
    (tmp_path / "again").mkdir()
    tables.write(SMALL, found, tmp_path / "again")
    assert (tmp_path / "again" / "small.csv").read_text(encoding="utf-8") == content
    assert tables.absence(tables.frame(SMALL, [{**GOOD, "reason": "odd"}])) == ""


def test_columns_that_depend_on_the_corpus(tmp_path: Path) -> None:
    keys = {"clip": ["a", "b"], "window": [-1, -1], "label": "jazz", "group": "x", "song": "s"}
    keys["recording"] = ["a", "b"]
    design = pd.DataFrame({**keys, "mfcc1_mean": [1.0, 2.0]})
    tables.write(DESIGN, design, tmp_path)
    pd.testing.assert_frame_equal(tables.read(DESIGN, tmp_path), design)
    assert tuple(tables.read(DESIGN, tmp_path, further=False).columns) == KEYS
    with pytest.raises(ValueError, match="column mfcc1_mean: row 2 is blank"):
        tables.checked(DESIGN, design.assign(mfcc1_mean=[1.0, None]))
    held_out = TABLES["ols_held_out.parquet"]
    assert held_out.column("fitted.hip.hop$").type == "number"
    with pytest.raises(KeyError, match="probability"):
        held_out.column("probability")
