"""Archive to canonical clips."""

import hashlib
import io
import os
import shutil
import wave
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from classically_punk.audio import isolated
from classically_punk.contracts import tables
from classically_punk.contracts.tables.corpora import ANNOTATIONS, CLIPS
from classically_punk.corpora import clip_index, inventory
from classically_punk.corpora import collect as collect_module
from classically_punk.corpora.annotations import Annotations
from classically_punk.corpora.collect import Collection, collect
from classically_punk.corpora.loaders.gtzan import read as read_gtzan
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Corpus, Ingest

ClipBytes = Callable[..., bytes]
WriteZip = Callable[[Path, Mapping[str, bytes]], Path]
WriteTar = Callable[..., Path]


@pytest.fixture(autouse=True)
def one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNK_JOBS", "1")


def row(collection: Collection, clip: str) -> pd.Series:
    rows = collection.clips[collection.clips["clip"] == clip]
    assert len(rows) == 1, f"{clip} is not in {list(collection.clips['clip'])}"
    return rows.iloc[0]


def bytes_of(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture
def mixed(clip_bytes: ClipBytes) -> dict[str, bytes]:
    """Two genres with what goes wrong in real archives; every member stands for one fault."""
    good = clip_bytes(1)
    samples, rate = soundfile.read(io.BytesIO(good), dtype="int16")
    flac = io.BytesIO()
    soundfile.write(flac, samples, rate, format="FLAC")
    quieter = io.BytesIO()
    later = np.round(samples[rate // 2 :] * 0.4).astype("int16")
    soundfile.write(quieter, later, rate, format="WAV")
    return {
        "top/rock/rock.00000.wav": good,
        "top/rock/copy.flac": flac.getvalue(),
        "top/rock/quieter.wav": quieter.getvalue(),
        "top/rock/rock.00001.wav": clip_bytes(2),
        "top/rock/00001.wav": clip_bytes(3),
        "top/rock/empty.wav": b"",
        "top/rock/text.wav": b"this is no music\n" * 100,
        "top/rock/.DS_Store": b"x",
        'top/"60s" \U0001f3b8/only.wav': clip_bytes(4),
        "loose.wav": clip_bytes(5),
    }


def test_every_member_becomes_a_row_with_its_reason(
    tmp_path: Path, settings: Ingest, write_zip: WriteZip, mixed: dict[str, bytes]
) -> None:
    write_zip(tmp_path / "raw" / "a.zip", mixed)
    found = collect(tmp_path / "raw", tmp_path / "data" / "audio", settings)
    assert tuple(found.clips.columns) == CLIPS.names
    assert list(found.clips["clip"]) == sorted(found.clips["clip"])
    reasons = dict(zip(found.clips["clip"], found.clips["reasons"], strict=True))
    assert reasons == {
        '"60s" \U0001f3b8.only': "",
        "loose": "no_label",
        "rock.00000": "",
        "rock.00001": "",
        "rock.00001~2": "same_name",
        "rock.copy": "replica",
        "rock.empty": "empty_file",
        "rock.quieter": "near_replica",
        "rock.text": "not_audio",
    }
    status = dict(zip(found.clips["clip"], found.clips["status"], strict=True))
    assert {clip for clip, value in status.items() if value == "rejected"} == {"loose", "rock.empty", "rock.text"}
    assert found.other_files == {"system": 1}
    assert found.verified is None
    usable = found.clips[found.clips["status"] != "rejected"]
    assert sorted(path.name for path in (tmp_path / "data" / "audio").iterdir()) == sorted(usable["clip"] + ".wav")
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["audio"]


def test_replicas_are_counted_under_the_first_by_name(
    tmp_path: Path, settings: Ingest, write_zip: WriteZip, mixed: dict[str, bytes]
) -> None:
    write_zip(tmp_path / "raw" / "a.zip", mixed)
    found = collect(tmp_path / "raw", tmp_path / "audio", settings)
    same = found.clips[found.clips["recording"] == "rock.00000"]
    assert dict(zip(same["clip"], same["reasons"], strict=True)) == {
        "rock.00000": "",
        "rock.copy": "replica",
        "rock.quieter": "near_replica",
    }
    assert "rock.00000" in row(found, "rock.copy")["detail"]
    assert "rock.00000, starting 0.5" in row(found, "rock.quieter")["detail"]
    assert set(same["group"]) == {"rock.00000"}
    assert row(found, "rock.copy")["md5"] == row(found, "rock.00000")["md5"]


def test_rejected_rows_have_no_measurements(
    tmp_path: Path, settings: Ingest, write_zip: WriteZip, mixed: dict[str, bytes]
) -> None:
    write_zip(tmp_path / "raw" / "a.zip", mixed)
    clips = collect(tmp_path / "raw", tmp_path / "audio", settings).clips
    measured = ["duration", "peak_dbfs", "rms_dbfs", "clipped_share", "silent_share", "dc_offset"]
    rejected = clips["status"] == "rejected"
    assert clips.loc[rejected, measured].isna().all(axis=None)
    assert (clips.loc[rejected, "md5"] == "").all()
    assert (clips.loc[rejected, "detail"] != "").all()
    assert clips.loc[~rejected, measured].notna().all(axis=None)


def test_canonical_files_have_a_44_byte_header_and_the_md5_of_the_table(
    tmp_path: Path, settings: Ingest, write_zip: WriteZip, mixed: dict[str, bytes]
) -> None:
    write_zip(tmp_path / "raw" / "a.zip", mixed)
    clips = collect(tmp_path / "raw", tmp_path / "audio", settings).clips
    for clip, md5 in zip(clips["clip"], clips["md5"], strict=True):
        if md5:
            content = (tmp_path / "audio" / f"{clip}.wav").read_bytes()
            assert hashlib.md5(content).hexdigest() == md5
            with wave.open(io.BytesIO(content)) as file:
                assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 22050, 2)
                assert len(content) == 44 + 2 * file.getnframes()


def test_same_bytes_for_any_order_container_and_number_of_workers(
    tmp_path: Path,
    settings: Ingest,
    write_zip: WriteZip,
    write_tar: WriteTar,
    mixed: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_zip(tmp_path / "zip" / "raw" / "a.zip", mixed)
    write_tar(tmp_path / "tar" / "raw" / "other_name.tar.gz", dict(reversed(mixed.items())))
    for path, data in mixed.items():
        target = tmp_path / "folder" / "raw" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    shutil.copytree(tmp_path / "zip", tmp_path / "two_workers")
    written = {}
    for case in ("zip", "tar", "folder", "two_workers"):
        monkeypatch.setenv("PUNK_JOBS", "2" if case == "two_workers" else "1")
        found = collect(tmp_path / case / "raw", tmp_path / case / "audio", settings)
        tables.write(CLIPS, found.clips, tmp_path / case)
        written[case] = ((tmp_path / case / "clips.csv").read_bytes(), bytes_of(tmp_path / case / "audio"))
    assert written["zip"] == written["tar"] == written["folder"] == written["two_workers"]


def test_a_file_that_its_decoder_does_not_survive_is_a_row_and_the_run_goes_on(
    clip_bytes: ClipBytes, write_zip: WriteZip, settings: Ingest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashing = (
        "import os, signal\n"
        "from classically_punk.audio import decoder\n"
        "whole = decoder.decode\n"
        "def decode(data, name, limits):\n"
        "    if name.endswith('bad.wav'): os.kill(os.getpid(), signal.SIGSEGV)\n"
        "    return whole(data, name, limits)\n"
        "decoder.decode = decode\n"
        "decoder.main()\n"
    )
    (tmp_path / "crashing_decoder.py").write_text(crashing)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(isolated, "PROGRAM", "crashing_decoder")
    monkeypatch.setattr(isolated, "_own", {})
    empty_tags = b"ID3\x04" + bytes(6)
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    content = {
        "rock/a.wav": clip_bytes(1),
        "rock/bad.wav": clip_bytes(2),
        "rock/busy.mp3": frame * 5 + empty_tags * 200_000,
        "rock/c.wav": clip_bytes(3),
    }
    write_zip(tmp_path / "raw" / "clips.zip", content)
    clips = collect(tmp_path / "raw", tmp_path / "audio", settings).clips.set_index("clip")
    assert clips["reasons"].to_dict() == {
        "rock.a": "",
        "rock.bad": "decoder_crashed",
        "rock.busy": "too_slow",
        "rock.c": "",
    }


def test_two_clips_of_one_name_are_both_kept(
    tmp_path: Path, settings: Ingest, write_zip: WriteZip, clip_bytes: ClipBytes
) -> None:
    """In one archive by suffix, in two archives by path; the table says which is which."""
    write_zip(tmp_path / "raw" / "a.zip", {"a/rock/1.wav": clip_bytes(1), "b/rock/1.wav": clip_bytes(2)})
    write_zip(tmp_path / "raw" / "b.zip", {"a/rock/1.wav": clip_bytes(3)})
    found = collect(tmp_path / "raw", tmp_path / "audio", settings)
    assert dict(zip(found.clips["clip"], found.clips["member"], strict=True)) == {
        "rock.1": "a.zip/a/rock/1.wav",
        "rock.1~2": "b.zip/a/rock/1.wav",
        "rock.1~3": "a.zip/b/rock/1.wav",
    }
    assert list(found.clips["status"]) == ["ok", "flagged", "flagged"]
    assert "a.zip/a/rock/1.wav" in row(found, "rock.1~2")["detail"]


def test_a_usable_clip_has_its_name_before_a_rejected_one(
    tmp_path: Path, settings: Ingest, write_zip: WriteZip, clip_bytes: ClipBytes
) -> None:
    write_zip(tmp_path / "raw" / "a.zip", {"rock/1.au": b"", "rock/1.wav": clip_bytes(1)})
    found = collect(tmp_path / "raw", tmp_path / "audio", settings)
    assert row(found, "rock.1")["status"] == "ok"
    assert row(found, "rock.1~2")["reasons"] == "empty_file;same_name"


def test_tables_come_back_as_they_were_written(
    tmp_path: Path, settings: Ingest, write_zip: WriteZip, clip_bytes: ClipBytes
) -> None:
    """Genres that table readers like to turn into something else."""
    labels = ["007", "NA", "null", "True", "1e5", 'so-called "rock", live', "r" * 60]
    write_zip(tmp_path / "raw" / "a.zip", {f"{label}/x.wav": clip_bytes(7) for label in labels})
    found = collect(tmp_path / "raw", tmp_path / "audio", settings)
    tables.write(CLIPS, found.clips, tmp_path)
    tables.write(ANNOTATIONS, found.annotations, tmp_path)
    read = tables.read(CLIPS, tmp_path)
    assert sorted(read["label"]) == sorted(labels)
    pd.testing.assert_frame_equal(read, found.clips, rtol=1e-5)
    pd.testing.assert_frame_equal(tables.read(ANNOTATIONS, tmp_path), found.annotations)


def test_a_checksum_that_differs_flags_the_clip(
    tmp_path: Path, settings: Ingest, write_zip: WriteZip, clip_bytes: ClipBytes
) -> None:
    first, second = clip_bytes(1), clip_bytes(2)
    write_zip(tmp_path / "raw" / "a.zip", {"rock/1.wav": first, "rock/2.wav": second, "rock/3.wav": clip_bytes(3)})
    index = {"rock.1": hashlib.md5(first).hexdigest(), "rock.2": hashlib.md5(first).hexdigest(), "pop.1": "0" * 32}
    found = collect(tmp_path / "raw", tmp_path / "audio", settings, index=index)
    assert list(found.clips["reasons"]) == ["", "checksum_differs", ""]
    assert found.verified == 1


def test_groups_are_artists_where_known_and_recordings_elsewhere(
    tmp_path: Path, settings: Ingest, write_zip: WriteZip, clip_bytes: ClipBytes
) -> None:
    content = {f"rock/{number}.wav": clip_bytes(number) for number in (1, 2, 3)}
    write_zip(tmp_path / "raw" / "a.zip", {**content, "rock/4.wav": clip_bytes(1), "rock/5.wav": clip_bytes(3)})
    annotations = Annotations(artist={"rock.2": "A", "rock.4": "B"})
    clips = collect(tmp_path / "raw", tmp_path / "audio", settings, annotations).clips
    assert dict(zip(clips["clip"], clips["group"], strict=True)) == {
        "rock.1": "B",  # the samples of rock.4
        "rock.2": "A",
        "rock.3": "rock.3",
        "rock.4": "B",
        "rock.5": "rock.3",
    }


def test_nothing_to_collect(tmp_path: Path, settings: Ingest, write_zip: WriteZip) -> None:
    with pytest.raises(PunkError, match=r"holds no clips .*punk data"):
        collect(tmp_path / "absent", tmp_path / "audio", settings)
    write_zip(tmp_path / "raw" / "a.zip", {"rock/1.wav": b"", "rock/2.wav": b"no music", "rock/x.png": b""})
    with pytest.raises(PunkError, match=r"none of 2 clips can be used \(1 empty_file, 1 not_audio\)"):
        collect(tmp_path / "raw", tmp_path / "audio", settings)
    assert not (tmp_path / "audio").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_an_interrupted_run_leaves_what_was_there_and_the_next_one_goes_on(
    tmp_path: Path,
    settings: Ingest,
    write_zip: WriteZip,
    mixed: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    write_zip(tmp_path / "raw" / "a.zip", mixed)
    audio = tmp_path / "data" / "audio"
    collect(tmp_path / "raw", audio, settings)
    before = bytes_of(audio)
    examine, seen = collect_module.examine, []

    def failing(task: object) -> object:
        seen.append(task)
        if len(seen) == 3:
            raise error
        return examine(task)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(collect_module, "examine", failing)
        with pytest.raises((KeyboardInterrupt, PunkError)) as raised:
            collect(tmp_path / "raw", audio, settings)
    if isinstance(error, OSError):
        assert "disk is full" in str(raised.value)
    assert bytes_of(audio) == before
    (audio.parent / ".audio.partial").mkdir()  # what a killed run leaves
    (audio.parent / ".audio.partial" / "junk").write_bytes(b"x")
    collect(tmp_path / "raw", audio, settings)
    assert bytes_of(audio) == before
    assert os.listdir(audio.parent) == ["audio"]


GTZAN = Corpus(title="GTZAN", expected_clips=1000, archives=[], clip_index=None, annotations="gtzan")
GENRES = {"blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"}


def test_gtzan_mini(tmp_path: Path, settings: Ingest, real_data, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """100 clips, 10 x 10, whose md5s are those of mirdata's index; no two of them are one recording."""
    monkeypatch.setenv("PUNK_JOBS", "2")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "gtzan_mini.zip").symlink_to(real_data.file("gtzan_mini.zip"))
    index = clip_index.read_file(real_data.file("gtzan_mini_md5_mirdata.json"))
    found = collect(tmp_path / "raw", tmp_path / "audio", settings, read_gtzan(real_data.annotations()), index)
    assert dict(zip(found.clips["clip"], found.clips["md5"], strict=True)) == index
    assert found.verified == 100
    assert found.clips["label"].value_counts().to_dict() == dict.fromkeys(GENRES, 10)
    assert set(found.clips["status"]) == {"ok"}
    assert (found.clips["recording"] == found.clips["clip"]).all()
    assert found.other_files == {"mf": 12, "readme": 2, "system": 11}
    assert found.clips["duration"].between(29.9, 30.7).all()


def test_an_incomplete_gtzan(tmp_path: Path, settings: Ingest, real_data) -> None:  # type: ignore[no-untyped-def]
    """50 of 1000 clips, .au and .wav; pop.00054 and pop.00060 are equal to the bit in GTZAN itself."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "any_name.tgz").symlink_to(real_data.file("gtzan_four.tar.gz"))
    index = clip_index.read_file(real_data.file("gtzan_md5_mirdata.json"))
    found = collect(tmp_path / "raw", tmp_path / "audio", settings, read_gtzan(real_data.annotations()), index)
    counts = inventory.summary(found, GTZAN)
    assert (counts["clips_found"], counts["verified_by_index"], counts["expected_clips"]) == (50, 50, 1000)
    assert counts["share_held"] == 0.05
    assert counts["genres"] == {"blues": 12, "classical": 12, "jazz": 12, "pop": 14}
    assert found.clips["container"].value_counts().to_dict() == {"au": 24, "wav": 26}
    flagged = found.clips[found.clips["reasons"] != ""]
    assert list(flagged["clip"]) == ["pop.00060"]
    assert list(flagged["recording"]) == ["pop.00054"]
    assert list(flagged["reasons"]) == ["replica"]
