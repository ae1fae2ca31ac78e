"""The published table of features."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts.tables.corpora import CLIPS
from classically_punk.corpora import clip_index
from classically_punk.corpora.inventory import summary
from classically_punk.corpora.loaders.gtzan import read as read_gtzan
from classically_punk.corpora.published import import_table
from classically_punk.corpora.published_tables.gtzan import FEATURE_COLUMNS
from classically_punk.corpora.published_tables.gtzan import read as read_table
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Corpus


def test_the_published_table(real_data) -> None:  # type: ignore[no-untyped-def]
    """1000 clips, 10 x 100, 57 columns as in the file; 14 pairs are equal to the bit by mirdata's index."""
    path = real_data.file("features_30_sec.csv")
    index = clip_index.read_file(real_data.file("gtzan_md5_mirdata.json"))
    table = import_table(read_table(path), read_gtzan(real_data.annotations()), index)
    assert tuple(table.clips.columns) == CLIPS.names
    assert table.clips["label"].value_counts().to_dict() == dict.fromkeys(table.clips["label"].unique(), 100)
    assert len(table.clips) == len(table.features) == 1000
    assert list(table.clips["clip"]) == list(table.features["clip"]) == sorted(table.clips["clip"])
    assert (table.clips["reasons"] == "replica").sum() == 14
    assert table.clips["recording"].nunique() == 986
    assert (table.clips.groupby("recording")["group"].nunique() == 1).all()
    published = pd.read_csv(path).assign(clip=lambda frame: frame["filename"].str.removesuffix(".wav"))
    published = published.sort_values("clip", ignore_index=True)
    assert list(table.features.columns) == ["clip", "window", "start", "duration", *published.columns[2:-2]]
    assert list(FEATURE_COLUMNS) == list(published.columns[2:-2])
    np.testing.assert_allclose(
        table.features[list(FEATURE_COLUMNS)], published[list(FEATURE_COLUMNS)].astype("float32"), rtol=0
    )
    np.testing.assert_allclose(table.clips["duration"], published["length"] / 22050, rtol=1e-12)
    gtzan = Corpus(title="GTZAN", expected_clips=1000, archives=[], clip_index="x", annotations="gtzan")
    counts = summary(table, gtzan)
    assert (counts["clips_found"], counts["share_held"], counts["grouped_by"]) == (1000, 1.0, "artist")
    assert "verified_by_index" not in counts


@pytest.fixture
def write_table(tmp_path: Path) -> Callable[..., Path]:
    """A table of three clips in the published layout, with `changes`: column -> values."""

    def write(**changes: list[str]) -> Path:
        frame = pd.DataFrame({"filename": ["rock.2.wav", "rock.1.wav", "pop.1.wav"], "length": ["22050"] * 3})
        for number, column in enumerate(FEATURE_COLUMNS):
            frame[column] = [str(number), "0.5", "-1e3"]
        frame["label"] = ["rock", "rock", "pop"]
        for column, values in changes.items():
            frame[column] = values
        frame.to_csv(tmp_path / "table.csv", index=False)
        return tmp_path / "table.csv"

    return write


def test_rows_are_sorted_and_described(write_table: Callable[..., Path]) -> None:
    table = import_table(read_table(write_table()))
    assert list(table.clips["clip"]) == list(table.features["clip"]) == ["pop.1", "rock.1", "rock.2"]
    assert list(table.clips["duration"]) == [1.0] * 3
    assert (table.features["window"] == -1).all()
    assert list(table.features["mfcc1_mean"]) == [-1000.0, 0.5, FEATURE_COLUMNS.index("mfcc1_mean")]
    assert set(table.features.dtypes[4:]) == {np.dtype("float32")}
    assert list(table.clips["group"]) == list(table.clips["clip"])


@pytest.mark.parametrize("value", ["", "nan", "inf", "1,5", "n/a"])
def test_a_value_that_is_no_finite_number_rejects_its_row(write_table: Callable[..., Path], value: str) -> None:
    table = import_table(read_table(write_table(tempo=["120", value, "90"])))
    assert list(table.clips["status"]) == ["ok", "rejected", "ok"]
    assert table.clips["detail"][1] == "No finite number in tempo."
    assert list(table.features["clip"]) == ["pop.1", "rock.2"]


@pytest.mark.parametrize("value", ["0", "-5", ""])
def test_a_length_that_is_none_rejects_its_row(write_table: Callable[..., Path], value: str) -> None:
    assert list(import_table(read_table(write_table(length=["1", value, "1"]))).clips["status"]) == [
        "ok",
        "rejected",
        "ok",
    ]


def test_replicas_come_from_the_index(write_table: Callable[..., Path]) -> None:
    table = import_table(read_table(write_table()), index={"rock.1": "a", "rock.2": "a", "pop.1": "b"})
    assert list(table.clips["recording"]) == ["pop.1", "rock.1", "rock.1"]
    assert list(table.clips["md5"]) == ["b", "a", "a"]
    assert list(table.clips["reasons"]) == ["", "", "replica"]


def test_tables_that_cannot_be_used(tmp_path: Path, write_table: Callable[..., Path]) -> None:
    with pytest.raises(PunkError, match=r"'rock\.2' is listed twice"):
        import_table(read_table(write_table(filename=["rock.2.wav", "rock.2.au", "pop.1.wav"])))
    with pytest.raises(PunkError, match="line 3 has no label"):
        import_table(read_table(write_table(label=["rock", "", "pop"])))
    frame = pd.read_csv(write_table()).drop(columns=["tempo", "length"])
    frame.to_csv(tmp_path / "short.csv", index=False)
    with pytest.raises(PunkError, match=r"short\.csv: lacks 2 of 60 columns: length, tempo"):
        import_table(read_table(tmp_path / "short.csv"))
    pd.read_csv(write_table()).iloc[:0].to_csv(tmp_path / "empty.csv", index=False)
    with pytest.raises(PunkError, match="holds no rows"):
        import_table(read_table(tmp_path / "empty.csv"))
    with pytest.raises(PunkError, match=r"absent\.csv: cannot be read.*make data"):
        import_table(read_table(tmp_path / "absent.csv"))
    lines = write_table().read_text().splitlines()
    (tmp_path / "wide.csv").write_text("\n".join([lines[0], *(f"{line},x" for line in lines[1:])]))
    with pytest.raises(PunkError, match=r"wide\.csv: its rows have more cells"):
        import_table(read_table(tmp_path / "wide.csv"))
    (tmp_path / "page.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PunkError, match=r"page\.csv: not a table"):
        import_table(read_table(tmp_path / "page.csv"))
