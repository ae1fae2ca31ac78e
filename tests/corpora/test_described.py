"""Files that params.yaml names: what leads nowhere is named with its key, and with the name that is near."""

from pathlib import Path
from typing import Any

import pytest

from classically_punk.corpora.described import Way, require_all_files_known, require_files_known
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Corpus, read_params

REPOSITORY = Path(__file__).resolve().parents[2]


def corpus(**values: Any) -> Corpus:
    return Corpus(
        **{"title": "x", "expected_clips": None, "archives": [], "clip_index": None, "annotations": None} | values
    )


def test_the_shipped_corpora_are_known_before_anything_is_fetched(tmp_path: Path) -> None:
    require_all_files_known(read_params(REPOSITORY / "params.yaml"), tmp_path)


@pytest.mark.parametrize(
    ("values", "way", "named"),
    [
        (
            {"archives": ["genre.tar.gz"]},
            "audio",
            "archives.0: 'genre.tar.gz' is not in corpora/assets.json; did you mean genres.tar.gz?",
        ),
        ({"archives": ["features_30_sec.csv"]}, "audio", "corpus.mine.archives.0: 'features_30_sec.csv' is no audio"),
        ({"archives": ["features_3_sec.csv"]}, "tables", "did you mean features_30_sec.csv?"),
        ({"archives": []}, "tables", "corpus.mine.archives: a corpus of corpora.tables is one table, found 0"),
        (
            {"clip_index": "gtzan_md5_mirdta.json"},
            "audio",
            "corpus.mine.clip_index: 'gtzan_md5_mirdta.json' is not in "
            "corpora/assets.json; did you mean gtzan_md5_mirdata.json?",
        ),
        ({"clip_index": "../index.json"}, "audio", "corpus.mine.clip_index: '../index.json' is no plain file name"),
        (
            {"annotations": "gtzn"},
            "audio",
            "corpus.mine.annotations: 'gtzn' is neither gtzan nor fma_librosa nor fma_mfcc nor a file",
        ),
        ({"annotations": "gtzn"}, "audio", "did you mean gtzan?"),
        ({"annotations": "/etc/passwd"}, "audio", "corpus.mine.annotations: '/etc/passwd' is no plain file name"),
        ({"annotations": ""}, "audio", "corpus.mine.annotations: '' is no plain file name"),
    ],
)
def test_a_file_that_nobody_knows_is_named(tmp_path: Path, values: dict[str, Any], way: Way, named: str) -> None:
    with pytest.raises(PunkError) as caught:
        require_files_known("mine", corpus(**values), tmp_path, way)
    assert named in str(caught.value)


def test_files_of_the_users_own_are_known_by_standing_there(tmp_path: Path) -> None:
    require_files_known("mine", corpus(annotations="artists.csv"), tmp_path, "audio")
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "index.json").write_text("{}")
    (tmp_path / "artists").write_text("clip,artist\n")
    require_files_known("mine", corpus(clip_index="index.json", annotations="artists"), tmp_path, "audio")


def test_all_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(PunkError) as caught:
        require_files_known("mine", corpus(archives=["x.zip"], clip_index="y.json", annotations="z"), tmp_path, "audio")
    for key in ("archives.0", "clip_index", "annotations"):
        assert f"corpus.mine.{key}: " in str(caught.value)
