"""The demonstration corpus as it is written: counts, names, the planted faults, the same bytes on every run."""

import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from classically_punk.contracts.faults import Fault, joined
from classically_punk.corpora.collect import collect
from classically_punk.corpora.demo import write_demo
from classically_punk.corpora.demo.faults import EXPECTED, NEAR_REPLICA_GAIN, PLANTINGS
from classically_punk.corpora.demo.genres import GENRES
from classically_punk.corpora.demo.plan import FORM_SHARES, members
from classically_punk.corpora.loaders import wrong_labels
from classically_punk.foundation.params import Demo, Ingest

SMALL = Demo(seed=7, clips_per_genre=2, artists_per_genre=1, shortest=4.0, longest=4.5, overlap=0.5)

WRITE_IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from classically_punk.corpora.collect import collect
from classically_punk.corpora.demo import write_demo
from classically_punk.foundation.params import Demo
folder = Path(sys.argv[1])
settings = Demo.model_validate_json(sys.argv[2])
write_demo(settings, folder / "demo.zip", folder)
"""


@dataclass(frozen=True)
class Written:
    """A corpus on disk."""

    folder: Path

    @property
    def planted(self) -> pd.DataFrame:
        return pd.read_csv(self.folder / "planted_faults.csv", keep_default_na=False)

    @property
    def artists(self) -> dict[str, str]:
        table = pd.read_csv(self.folder / "artists.csv")
        return dict(zip(table["clip"], table["artist"], strict=True))

    def names(self) -> list[str]:
        with zipfile.ZipFile(self.folder / "demo.zip") as archive:
            return archive.namelist()

    def content(self, member: str) -> bytes:
        with zipfile.ZipFile(self.folder / "demo.zip") as archive:
            return archive.read(member)

    def fault(self, name: str) -> bytes:
        """The first member with this fault."""
        rows = self.planted
        return self.content(rows.loc[rows["fault"] == name, "member"].iloc[0])

    def partner(self, name: str) -> bytes:
        """The good clip that the first member with this fault repeats."""
        rows = self.planted
        clip = rows.loc[rows["fault"] == name, "partner"].iloc[0]
        return self.content(next(member for member in self.names() if f"/{clip}." in member))


def written(settings: Demo, folder: Path) -> Written:
    write_demo(settings, folder / "demo.zip", folder)
    return Written(folder)


def pcm(content: bytes) -> np.ndarray:
    return soundfile.read(io.BytesIO(content), dtype="int16")[0]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Written:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PUNK_JOBS", "1")
        return written(SMALL, tmp_path_factory.mktemp("demo"))


def test_another_process_with_two_workers_writes_the_same_bytes(corpus: Written, tmp_path: Path) -> None:
    environment = {"PUNK_JOBS": "2", "PYTHONHASHSEED": "99", "PATH": "", "HOME": str(tmp_path)}
    command = [sys.executable, "-c", WRITE_IN_ANOTHER_PROCESS, str(tmp_path), SMALL.model_dump_json()]
    subprocess.run(command, env=environment, check=True, cwd=tmp_path)
    files = ("artists.csv", "demo.zip", "planted_faults.csv", "wrong_labels.csv")
    assert [(tmp_path / name).read_bytes() for name in files] == [(corpus.folder / name).read_bytes() for name in files]


def test_another_seed_is_another_corpus(corpus: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNK_JOBS", "1")
    other = written(SMALL.model_copy(update={"seed": 8, "clips_per_genre": 3}), tmp_path)
    clips = [name for name in corpus.names() if name.startswith("genres/") and "blues.0000" in name]
    same_name = [name for name in clips if name in other.names()]
    assert same_name
    assert all(corpus.content(name) != other.content(name) for name in same_name if corpus.content(name)[:4] != b"Trac")


def test_members_are_laid_out_as_in_gtzan(corpus: Written) -> None:
    clips = [member.path for member in members(SMALL)]
    assert len(clips) == 10 * 2 + len(PLANTINGS)
    assert set(clips) <= set(corpus.names())
    assert len(set(corpus.names())) == len(corpus.names())
    for path in clips:
        top, genre, name = path.split("/")
        assert (top, genre in GENRES, name.startswith(f"{genre}.000")) == ("genres", True, True)
    others = set(corpus.names()) - set(clips)
    assert {Path(name).name for name in others} >= {".DS_Store", "README.txt", "bextract_single.mf"}


def test_the_default_corpus_has_every_container_and_few_lossy_clips() -> None:
    listed = members(Demo(seed=20020710, clips_per_genre=22, artists_per_genre=6, shortest=8, longest=10, overlap=0.5))
    assert len(listed) == 235
    assert {Path(member.path).suffix for member in listed} == {".au", ".wav", ".flac", ".ogg", ".mp3"}
    assert {member.form for member in listed} == set(FORM_SHARES)
    lossy = sum(member.path.endswith((".ogg", ".mp3")) for member in listed)
    assert 0.05 < lossy / len(listed) < 0.2
    assert len({member.clip for member in listed}) == len(listed)


def test_times_and_owners_of_members_are_fixed(corpus: Written) -> None:
    with zipfile.ZipFile(corpus.folder / "demo.zip") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2002, 7, 10, 0, 0, 0)}
        assert {entry.create_system for entry in archive.infolist()} == {3}
        assert archive.testzip() is None


def test_good_clips_are_whole_mono_22050_hz_and_neither_silent_nor_clipped(corpus: Written) -> None:
    faulty = set(corpus.planted["member"])
    good = [member for member in members(SMALL) if member.path not in faulty]
    assert len(good) == 20
    for member in good:
        samples, rate = soundfile.read(io.BytesIO(corpus.content(member.path)))
        assert (rate, samples.ndim) == (22050, 1)
        assert 4.0 <= samples.size / rate <= 4.5 + 0.1  # MP3 may pad its last frame
        assert -32 < 20 * np.log10(np.std(samples)) < -6
        assert np.max(np.abs(samples)) < 0.99
        assert abs(np.mean(samples)) < 0.01


def test_clips_of_one_artist_are_different_recordings(corpus: Written) -> None:
    first, second = (
        pcm(corpus.content(member.path)) for member in members(SMALL) if member.clip in ("pop.00000", "pop.00001")
    )
    length = min(first.size, second.size)
    assert abs(np.corrcoef(first[:length], second[:length])[0, 1]) < 0.3


def test_every_clip_that_can_be_used_has_an_artist(corpus: Written) -> None:
    unusable = set(corpus.planted.loc[corpus.planted["expected_status"] == "rejected", "clip"])
    assert set(corpus.artists) == {member.clip for member in members(SMALL)} - unusable
    for row in corpus.planted.itertuples():
        if row.partner:
            assert corpus.artists[row.clip] == corpus.artists[row.partner]
    assert len(set(corpus.artists.values())) == 10


def test_blocks_of_clips_belong_to_artists() -> None:
    listed = members(SMALL.model_copy(update={"clips_per_genre": 22, "artists_per_genre": 6}))
    played = [member.take.artist for member in listed if member.label == "jazz" and member.planted is None]
    assert played == sorted(played)
    assert set(np.bincount(played)) == {3, 4}
    assert len(np.bincount(played)) == 6


def test_more_artists_than_clips_is_no_error() -> None:
    listed = members(SMALL.model_copy(update={"artists_per_genre": 50}))
    assert max(member.take.artist for member in listed) < 50


def test_planted_faults_are_listed_in_the_vocabulary_of_ingest(corpus: Written) -> None:
    assert list(corpus.planted["clip"]) == sorted(corpus.planted["clip"])
    assert set(corpus.planted["fault"]) == set(EXPECTED)
    for row in corpus.planted.itertuples():
        reasons = [reason for reason in row.expected_reasons.split(";") if reason]
        assert row.expected_reasons == joined(Fault(reason) for reason in reasons)
        assert row.expected_status in {"ok", "flagged", "rejected"}
        assert row.how


def test_an_exact_replica_has_the_same_samples_in_another_container(corpus: Written) -> None:
    replica, original = corpus.fault("replica"), corpus.partner("replica")
    assert replica[:4] != original[:4]
    np.testing.assert_array_equal(pcm(replica), pcm(original))


def test_a_near_replica_is_the_recording_at_another_gain(corpus: Written) -> None:
    replica, original = pcm(corpus.fault("near_replica")), pcm(corpus.partner("near_replica"))
    assert np.max(np.abs(replica - NEAR_REPLICA_GAIN * original)) <= 0.5
    assert not np.array_equal(replica, original)


def test_the_truncated_file_ends_before_its_header_says(corpus: Written) -> None:
    content = corpus.fault("truncated")
    assert content[:4] == b".snd"
    offset, promised = (int.from_bytes(content[at : at + 4], "big") for at in (4, 8))
    assert 0.5 * promised < len(content) - offset < 0.6 * promised


def test_the_empty_file_is_empty_and_the_text_is_text(corpus: Written) -> None:
    assert corpus.fault("empty_file") == b""
    assert corpus.fault("not_audio").decode("ascii").replace("\n", " ").isprintable()
    with pytest.raises(soundfile.LibsndfileError):
        soundfile.read(io.BytesIO(corpus.fault("not_audio")))


def test_the_silent_clip_never_leaves_the_lowest_bit(corpus: Written) -> None:
    samples = pcm(corpus.fault("silent"))
    assert samples.size == 8 * 22050
    assert set(np.unique(samples)) == {-1, 0, 1}


def test_the_clipped_clip_stays_at_full_scale_for_runs_of_samples(corpus: Written) -> None:
    samples = pcm(corpus.fault("clipped"))
    at_top = (samples == 32767) | (samples == -32768)
    assert 0.01 < at_top.mean() < 0.3
    assert (at_top[1:] & at_top[:-1]).mean() > 0.005


def test_the_stereo_clip_has_two_different_channels_at_44100_hz(corpus: Written) -> None:
    samples, rate = soundfile.read(io.BytesIO(corpus.fault("stereo_44100")))
    assert (rate, samples.shape[1]) == (44100, 2)
    assert 4.0 <= len(samples) / rate <= 4.5
    left, right = samples.T
    assert np.std(left - right) > 0.1 * np.std(left + right)


def test_the_short_clip_lasts_less_than_half_a_second(corpus: Written) -> None:
    assert pcm(corpus.fault("too_short")).size == int(0.4 * 22050)


def test_wrong_labels_are_recordings_of_artists_of_another_genre(corpus: Written) -> None:
    wrong = corpus.planted[corpus.planted["fault"] == "wrong_label"]
    assert len(wrong) >= 3
    assert wrong["clip"].str.split(".").str[0].nunique() == len(wrong)
    for row in wrong.itertuples():
        label = row.clip.split(".")[0]
        assert row.genre != label
        assert row.member.startswith(f"genres/{label}/")
        assert corpus.artists[row.clip].startswith(f"{row.genre}.")
    assert wrong_labels.read(corpus.folder) == dict(zip(wrong["clip"], wrong["genre"], strict=True))


def test_ingest_finds_every_planted_fault_and_calls_it_by_its_name(
    corpus: Written, settings: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUNK_JOBS", "1")
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "demo.zip").write_bytes((corpus.folder / "demo.zip").read_bytes())
    found = collect(raw, tmp_path / "audio", settings).clips.set_index("clip")
    assert len(found) == len(members(SMALL))
    for row in corpus.planted.itertuples():
        assert found.loc[row.clip, "status"] == row.expected_status, row.fault
        assert set(filter(None, row.expected_reasons.split(";"))) <= set(found.loc[row.clip, "reasons"].split(";"))
        assert found.loc[row.clip, "recording"] == (row.partner or row.clip)
    good = found.drop(index=corpus.planted["clip"])
    assert set(good["status"]) <= {"ok", "flagged"}
    assert list(good["recording"]) == list(good.index)


def test_the_archive_must_be_named_zip(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zip"):
        write_demo(SMALL, tmp_path / "demo.tar.gz", tmp_path)
    assert list(tmp_path.iterdir()) == []
