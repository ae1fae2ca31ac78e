"""The published tables of the Free Music Archive."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from classically_punk.catalogue.measured_elsewhere import (
    MEASURED_ELSEWHERE,
    table_columns,
    table_described,
    table_recipe,
)
from classically_punk.contracts.faults import Fault
from classically_punk.corpora import assets
from classically_punk.corpora.loaders import LOADERS, fma
from classically_punk.corpora.published import import_table
from classically_punk.corpora.published_tables import TABLES
from classically_punk.corpora.published_tables import fma as fma_tables
from classically_punk.corpora.published_tables.interface import Listed
from classically_punk.foundation.errors import PunkError


def test_every_published_table_has_a_loader_and_every_loader_a_file() -> None:
    assert set(TABLES) == {name for name, asset in assets.catalogue().items() if asset.kind == "table"}
    listed = {name for loader in LOADERS.values() for name in loader.files}
    assert listed <= set(assets.catalogue())
    assert all(table_columns(loader.columns) for loader in TABLES.values())


@pytest.mark.parametrize(("named", "columns"), [("duel9", 9), ("librosa36", 36), ("mfcc140", 140)])
def test_columns_measured_elsewhere_are_described_and_come_from_no_function(named: str, columns: int) -> None:
    described = table_described(named)
    assert list(described) == list(table_columns(named)) == [step.column for step in table_recipe(named).steps]
    assert len(described) == columns == len({column.title for column in described.values()})
    assert all(column.sentence.endswith(".") and column.sets == (named,) for column in described.values())
    assert {step.function for step in table_recipe(named).steps} == {""}
    assert table_recipe(named).families == {name: column.family for name, column in described.items()}
    assert set(MEASURED_ELSEWHERE) == {"duel9", "librosa36", "mfcc140"}


def test_a_set_that_no_table_has_is_named() -> None:
    with pytest.raises(PunkError, match="no set 'duel10' of a published table"):
        table_recipe("duel10")


def test_the_36_columns(real_data) -> None:  # type: ignore[no-untyped-def]
    """4,995 tracks, of which 3,968 have a genre; 1,818 of them are Rock; two genres are by one artist."""
    path = real_data.file(fma.LIBROSA)
    listed = fma_tables.read_librosa(path)
    assert len(listed.clips) == 4995
    assert sum(label != "" for label in listed.labels) == 3968
    assert listed.labels.count("Rock") == 1818
    assert listed.values["tempo"].iloc[0] == pytest.approx(161.49902344)
    table = import_table(listed, fma.read_artists(path.parent), fewest_artists=2)
    usable = table.clips[table.clips["status"] != "rejected"]
    small = table.clips[table.clips["reasons"].str.contains(Fault.SMALL_GENRE.value)]
    assert set(small["label"]) == {"Classical", "Soul-RnB"}
    assert len(small) == 44
    assert (usable.groupby("label")["group"].nunique() >= 2).all()
    assert usable["label"].nunique() == 12
    assert table.clips.set_index("clip").loc["001376", "reasons"] == "silent"
    assert (usable.groupby("recording")["group"].nunique() == 1).all()


def test_the_140_columns(real_data) -> None:  # type: ignore[no-untyped-def]
    """2,000 tracks of two roots; ten rows are empty, and theirs is a genre that the tree does not have."""
    listed = fma_tables.read_mfcc(real_data.file(fma_tables.MFCC))
    assert listed.clips[:2] == ("000002", "000005")
    assert listed.values.shape == (2000, 140)
    assert listed.values.isna().all(axis=1).sum() == 10
    folder = real_data.file(fma.GENRE_TREE).parent
    listed_below = folder.parent / folder.name
    known = read_below(listed_below)
    labels = pd.Series(known.label)
    assert labels.value_counts().to_dict() == {"Hip-Hop": 997, "Rock": 993}
    table = import_table(listed, known)
    rejected = table.clips[table.clips["status"] == "rejected"]
    assert (rejected["reasons"] == "not_finite;no_label").sum() == 10
    assert (rejected["reasons"] == "known_fault").sum() == 4
    assert set(rejected.loc[rejected["reasons"] == "known_fault", "clip"]) <= set(fma.KNOWN_FAULTS)


def read_below(folder: Path):  # type: ignore[no-untyped-def]
    """The genres, from `folder` itself, whatever a raw folder calls it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fma, "ANNOTATIONS_FOLDER", folder.name)
        return fma.read_genres(folder.parent)


@pytest.fixture
def features(tmp_path: Path) -> Callable[..., Path]:
    """A table of two tracks in the layout of features.csv, with `changes` to its text."""

    def write(*changes: tuple[str, str]) -> Path:
        parts = [name.split("_") for name in table_columns("mfcc140")]
        lines = [",".join(["head", *(part[place] for part in parts)]) for place in range(3)]
        lines += ["track_id" + "," * 140, "7" + ",0.5" * 140, "1486" + ",1.5" * 140]
        text = "\n".join(lines)
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "features.csv").write_text(text, encoding="utf-8")
        return tmp_path / "features.csv"

    return write


def test_three_headers_make_a_column(features: Callable[..., Path]) -> None:
    listed = fma_tables.read_mfcc(features())
    assert listed.clips == ("000007", "001486")
    assert list(listed.values.iloc[0]) == [0.5] * 140
    assert listed.faults["001486"][0] is Fault.KNOWN_FAULT


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("track_id", "track", "last begins with track_id"),
        ("kurtosis", "curtosis", "lacks 1 columns, the first is mfcc_kurtosis_01"),
        ("\n7,0.5", "\nseven,0.5", "line 5 is no track id with 140 cells"),
        ("\n7,0.5", "\n7,0.5,0.5", "line 5 is no track id with 140 cells"),
    ],
)
def test_another_layout_is_named(features: Callable[..., Path], old: str, new: str, said: str) -> None:
    with pytest.raises(PunkError, match=said):
        fma_tables.read_mfcc(features((old, new)))


def test_a_missing_file_says_how_to_have_it(tmp_path: Path) -> None:
    for read in (fma_tables.read_librosa, fma_tables.read_mfcc, fma.read_genres):
        with pytest.raises(PunkError, match="make data"):
            read(tmp_path / "absent.csv")


ROWS = Listed(
    clips=("a", "b", "c", "d", "e"),
    members=("a", "b", "c", "d", "e"),
    labels=("jazz", "jazz", "pop", "pop", ""),
    seconds=(30.0,) * 5,
    values=pd.DataFrame({"x": [1.0, 1.0, 2.0, 3.0, 4.0], "y": [0.0, 0.0, 2.0, 3.0, 4.0]}),
)


def test_rows_of_the_same_numbers_are_one_recording() -> None:
    table = import_table(ROWS).clips.set_index("clip")
    assert table.loc["b", "recording"] == "a"
    assert table.loc["b", "detail"] == "The same numbers in every column as a."
    assert table.loc[["a", "b"], "group"].nunique() == 1
    assert table.loc["e", "reasons"] == "no_label"


def test_a_genre_of_too_few_artists_is_left_out_and_says_so() -> None:
    """The two rows of jazz are one recording, and so one artist."""
    table = import_table(ROWS, fewest_artists=2).clips.set_index("clip")
    assert list(table["status"]) == ["rejected", "rejected", "ok", "ok", "rejected"]
    assert table.loc["a", "detail"] == "jazz has 1 artist(s) here."


def test_a_known_fault_rejects_a_row_with_its_reason() -> None:
    faulty = replace(ROWS, faults={"c": (Fault.KNOWN_FAULT, "It is known to be empty.")})
    table = import_table(faulty)
    assert table.clips.set_index("clip").loc["c", ["status", "detail"]].tolist() == [
        "rejected",
        "It is known to be empty.",
    ]
    assert "c" not in set(table.features["clip"])
