"""What the tests that need other people's files find, and what they say where there is none."""

import subprocess
from pathlib import Path

import pytest

from classically_punk.corpora import assets
from classically_punk.corpora.fetch import fetch_corpus
from classically_punk.corpora.loaders.gtzan import read as read_gtzan
from classically_punk.foundation.params import read_params

REPOSITORY = Path(__file__).resolve().parents[2]


def test_one_command_fetches_every_file_but_gtzan_itself(real_data) -> None:  # type: ignore[no-untyped-def]
    assert set(assets.catalogue()) - real_data.fetched() == {"genres.tar.gz"}
    command = ["make", "-n", "--no-print-directory", "--old-file=.venv/installed", "testdata"]
    printed = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    assert [line.split() for line in printed.splitlines()] == [
        ["punk", "data", corpus]
        for corpus in ("gtzan_mini", "gtzan_published", "duel_published", "fma_librosa", "fma_mfcc")
    ]


def test_what_was_fetched_is_found_without_a_mirror(  # type: ignore[no-untyped-def]
    tmp_path: Path, real_data, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fetched from a folder of links, into a clone that has nothing beside it."""
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    for name in real_data.fetched():
        (mirror / name).symlink_to(real_data.file(name))
    monkeypatch.setenv("PUNK_MIRROR", str(mirror))
    params = read_params(REPOSITORY / "params.yaml")
    for corpus in ("gtzan_mini", "gtzan_published", "duel_published", "fma_librosa", "fma_mfcc"):
        fetch_corpus(corpus, params.corpus[corpus], tmp_path / "data" / "raw" / corpus)
    fetched = type(real_data).located(tmp_path, tmp_path / "nothing")
    for name in real_data.fetched():
        assert fetched.file(name).read_bytes() == real_data.file(name).read_bytes()
    assert len(read_gtzan(fetched.annotations()).artist) == len(read_gtzan(real_data.annotations()).artist)


def test_a_missing_file_is_named_with_the_command_that_fetches_it(tmp_path: Path, real_data) -> None:  # type: ignore[no-untyped-def]
    empty = type(real_data).located(tmp_path, tmp_path / "nothing")
    with pytest.raises(pytest.skip.Exception, match=r"gtzan_mini\.zip: make testdata"):
        empty.clip("genres/pop/pop.00001.wav")
    with pytest.raises(pytest.skip.Exception, match=r"gtzan_four\.tar\.gz, which no corpus fetches.*PUNK_MIRROR"):
        empty.file("gtzan_four.tar.gz")
