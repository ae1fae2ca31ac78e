"""Artists and published splits."""

from pathlib import Path

import pandas as pd
import pytest

from classically_punk.corpora import loaders
from classically_punk.corpora.annotations import Annotations
from classically_punk.corpora.loaders import gtzan as gtzan_loader
from classically_punk.corpora.loaders.gtzan import read as read_gtzan
from classically_punk.corpora.loaders.own_table import read_artists
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Corpus

ALL_CLIPS = [
    f"{genre}.{number:05d}"
    for genre in "blues classical country disco hiphop jazz metal pop reggae rock".split()  # noqa: SIM905
    for number in range(100)
]


@pytest.fixture(scope="module")
def gtzan(real_data) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    return read_gtzan(real_data.annotations()).table(ALL_CLIPS)


def test_the_fault_filtered_split_has_its_published_sizes(gtzan: pd.DataFrame) -> None:
    """Kereliuk, Sturm & Larsen 2015: 443, 197 and 290 clips; the 70 others have faults."""
    assert gtzan["fault_filtered"].value_counts().to_dict() == {
        "train": 443,
        "valid": 197,
        "test": 290,
        "left_out": 70,
    }


def test_the_artist_folds_have_their_published_sizes(gtzan: pd.DataFrame) -> None:
    """Foleis & Tavares 2020: 948 clips, 412 artist ids, three folds; no id stands in two of them."""
    inside = gtzan[gtzan["artist_fold"].notna()]
    assert len(inside) == 948
    assert inside["artist_id"].nunique() == 412
    assert inside["artist_fold"].value_counts().to_dict() == {1: 315, 2: 316, 3: 317}
    assert (inside.groupby("artist_id")["artist_fold"].nunique() == 1).all()


def test_the_training_parts_are_the_other_two_folds(real_data, gtzan: pd.DataFrame) -> None:  # type: ignore[no-untyped-def]
    for fold, name in gtzan_loader.ARTIST_TRAINING.items():
        lines = real_data.file(name).read_text().split()
        listed = {line.removeprefix("./").removesuffix(".wav").replace("_", ".") for line in lines[::2]}
        others = gtzan[gtzan["artist_fold"].notna() & (gtzan["artist_fold"] != fold)]
        assert listed == set(others["clip"])


def test_names_and_titles_are_those_of_the_index(gtzan: pd.DataFrame) -> None:
    """Sturm's index names 919 of the 1000 clips; every clip has a name or an identifier."""
    assert (gtzan["artist"] != "").sum() == 919
    assert ((gtzan["artist"] != "") | (gtzan["artist_id"] != "")).all()
    assert gtzan.set_index("clip").loc["blues.00000", ["artist", "title"]].tolist() == [
        "John Lee Hooker",
        "One Bourbon, One Scotch And One Beer",
    ]


def test_a_part_of_the_collection_keeps_its_names(real_data, gtzan: pd.DataFrame) -> None:  # type: ignore[no-untyped-def]
    part = read_gtzan(real_data.annotations()).table(ALL_CLIPS[::7])
    pd.testing.assert_frame_equal(part, gtzan.iloc[::7].reset_index(drop=True))


def test_missing_and_damaged_files_are_named(tmp_path: Path, real_data) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(PunkError, match=r"gtzan_artist_fold1_evaluate_groups\.txt.*make data"):
        read_gtzan(tmp_path)
    for name in gtzan_loader.LOADER.files:
        (tmp_path / name).write_bytes(real_data.file(name).read_bytes())
    (tmp_path / gtzan_loader.INDEX_OF_NAMES).write_text("blues.00000.wav - John Lee Hooker\n")
    with pytest.raises(PunkError, match=r"gtzan_index_sturm2012\.txt: expected"):
        read_gtzan(tmp_path)
    fold1, fold2 = (tmp_path / gtzan_loader.ARTIST_FOLDS[fold] for fold in (1, 2))
    fold2.write_bytes(fold1.read_bytes())
    with pytest.raises(PunkError, match=r"blues\.00012 is in fold 1 too"):
        read_gtzan(tmp_path)


def corpus(named: str | None) -> Corpus:
    return Corpus(title="x", expected_clips=None, archives=[], clip_index=None, annotations=named)


def test_a_table_of_artists(tmp_path: Path) -> None:
    (tmp_path / "artists.csv").write_text('clip,artist\nrock.1,"Earth, Wind & Fire"\nrock.2,\nrock.3,NA\n')
    table = loaders.read(corpus("artists.csv"), tmp_path).table(["rock.1", "rock.2", "rock.3", "rock.4"])
    assert list(table["artist"]) == ["Earth, Wind & Fire", "", "NA", ""]
    assert table["artist_fold"].isna().all()
    assert (table["fault_filtered"] == "").all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("clip,artist\nrock.1,A\nrock.1,B\n", "'rock.1' is listed twice"),
        ("clip,artist\n,A\n", "row 2 is ',A'"),
        ("name,artist\nrock.1,A\n", r"expected the columns clip,artist .*, found name,artist"),
        ("clip,artist,known_fault\nrock.1,A\n", "expected clip,artist,known_fault"),
        ("clip,artist,colour\nrock.1,A,red\n", "found clip,artist,colour"),
        ("", "found nothing"),
        ('clip,artist\nrock.1,"A\n', "not a table"),
        ("clip,artist\nrock.1,A,B,C\nrock.2,A\n", "row 2 is 'rock.1,A,B,C'"),
    ],
)
def test_a_table_of_artists_that_cannot_be_used(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "artists.csv").write_text(content)
    with pytest.raises(PunkError, match=rf"artists\.csv: .*({message})"):
        read_artists(tmp_path / "artists.csv").table(["rock.1", "rock.2"])


def test_a_table_of_artists_with_a_clip_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "artists.csv").write_text("clip,artist\nrock.9,A\n")
    with pytest.raises(PunkError, match=r"artists\.csv: 1 clip\(s\) that the corpus does not have.*'rock\.9'"):
        read_artists(tmp_path / "artists.csv").table(["rock.1"])


def test_a_corpus_without_annotations(tmp_path: Path) -> None:
    assert loaders.read(corpus(None), tmp_path) == Annotations()
    with pytest.raises(PunkError, match=r"artists\.csv: cannot be read .*annotations: null"):
        loaders.read(corpus("artists.csv"), tmp_path)


def test_a_list_of_wrong_labels_beside_the_archive(tmp_path: Path) -> None:
    (tmp_path / "wrong_labels.csv").write_text("clip,right\nrock.1,jazz\nrock.3,\n")
    table = loaders.read(corpus(None), tmp_path).table(["rock.1", "rock.2", "rock.3"])
    assert list(table["known_fault"]) == ["wrong_label", "", "wrong_label"]
    assert list(table["right_label"]) == ["jazz", "", ""]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("clip\nrock.1\n", "columns clip,right was expected, found clip"),
        ("", "found nothing"),
        ("clip,right\nrock.1,jazz\nrock.1,pop\n", "'rock.1' is listed twice"),
        ("clip,right\n,jazz\n", "row 2 is ',jazz'"),
        ('clip,right\nrock.1,"jazz\n', "was expected: "),
        ("clip,right\nrock.9,jazz\n", r"1 clip\(s\) that the corpus does not have.*'rock\.9'"),
    ],
)
def test_a_list_of_wrong_labels_that_cannot_be_used(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "wrong_labels.csv").write_text(content)
    with pytest.raises(PunkError, match=rf"wrong_labels\.csv: .*({message})"):
        loaders.read(corpus(None), tmp_path).table(["rock.1"])


def test_known_faults_come_from_the_table_of_the_user_alone(tmp_path: Path) -> None:
    """The fault-filtered lists say who is left out, and not for what."""
    (tmp_path / "artists.csv").write_text("clip,artist,known_fault\nrock.1,A,wrong_label\nrock.2,B,\n")
    stated = read_artists(tmp_path / "artists.csv").table(["rock.1", "rock.2"])
    assert list(stated["known_fault"]) == ["wrong_label", ""]
    filtered = Annotations(fault_filtered={"rock.1": "train"}).table(["rock.1", "rock.2"])
    assert list(filtered["known_fault"]) == ["", ""]
    assert list(filtered["fault_filtered"]) == ["train", "left_out"]
