"""Canonical clips: Python's own `wave` reads them, mirdata's index knows them, and nothing else passes for one."""

import hashlib
import io
import json
import tarfile
import wave

import numpy as np
import pytest
import soundfile

from classically_punk.audio import canonical
from classically_punk.audio.decode import DecodingLimits, decode
from classically_punk.foundation.errors import PunkError

GENRES = ["blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"]


def test_wave_reads_what_is_written(tmp_path, rng):
    samples = rng.integers(-32768, 32768, 5000).astype(np.int16)
    canonical.write_canonical(samples, tmp_path / "clip.wav")
    with wave.open(str(tmp_path / "clip.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 22050, 2)
        assert np.array_equal(np.frombuffer(file.readframes(5000), "<i2"), samples)


def test_bytes_are_those_of_wave(rng):
    samples = rng.integers(-32768, 32768, 777).astype(np.int16)
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    assert canonical.canonical_bytes(samples) == target.getvalue()
    assert len(target.getvalue()) == 44 + 2 * 777


def test_what_is_written_is_read(tmp_path, rng):
    samples = rng.integers(-32768, 32768, 999).astype(np.int16)
    canonical.write_canonical(samples, tmp_path / "clip.wav")
    read = canonical.read_canonical(tmp_path / "clip.wav")
    assert read.dtype == np.int16
    assert np.array_equal(read, samples)


def test_md5_is_of_little_endian_samples_and_of_the_file():
    samples = np.array([0, 1, -1, 32767, -32768], np.int16)
    data = bytes.fromhex("0000 0100 ffff ff7f 0080")
    assert canonical.samples_md5(samples) == hashlib.md5(data).hexdigest()
    assert canonical.samples_md5(samples.astype(">i2")) == hashlib.md5(data).hexdigest()
    assert canonical.file_md5(samples) == hashlib.md5(canonical.canonical_bytes(samples)).hexdigest()


@pytest.mark.parametrize(
    ("rate", "channels", "codec"), [(44100, 1, "PCM_16"), (22050, 2, "PCM_16"), (22050, 1, "PCM_24")]
)
def test_other_wav_files_are_refused(tmp_path, rate, channels, codec):
    path = tmp_path / "other.wav"
    soundfile.write(path, np.zeros((100, channels)), rate, codec)
    with pytest.raises(PunkError, match=r"other\.wav: not a canonical clip"):
        canonical.read_canonical(path)


@pytest.mark.parametrize("keep", [0, 10, 44, 143])
def test_a_cut_file_is_refused(tmp_path, keep):
    path = tmp_path / "cut.wav"
    path.write_bytes(canonical.canonical_bytes(np.ones(50, np.int16))[:keep])
    with pytest.raises(PunkError, match=r"cut\.wav"):
        canonical.read_canonical(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PunkError, match=r"gone\.wav"):
        canonical.read_canonical(tmp_path / "gone.wav")


@pytest.mark.parametrize("samples", [np.zeros((10, 2), np.int16), np.zeros(10, np.float32)])
def test_only_mono_16_bit_is_written(samples):
    with pytest.raises(ValueError, match="int16"):
        canonical.canonical_bytes(samples)


@pytest.mark.parametrize("genre", GENRES)
def test_gtzan_mini_has_the_md5_that_mirdata_lists(real_data, genre):
    index = json.loads(real_data.file("gtzan_mini_md5_mirdata.json").read_text())["tracks"]
    clip = f"{genre}.00004"
    decoded = decode(real_data.clip(f"genres/{genre}/{clip}.wav"), clip, DecodingLimits(1, 60))
    assert canonical.file_md5(decoded.samples) == index[clip]["audio"][1]
    assert decoded.faults == ()


def test_gtzans_au_files_have_the_md5_of_the_wav_files_that_mirdata_lists(real_data):
    part = real_data.file("gtzan_four.tar.gz")
    index = json.loads(real_data.file("gtzan_md5_mirdata.json").read_text())["tracks"]
    checked = 0
    with tarfile.open(part) as archive:
        for member in archive:
            if checked == 5:
                break
            if member.name.endswith(".au"):
                content = archive.extractfile(member).read()
                clip = member.name.rsplit("/", 1)[1].removesuffix(".au")
                decoded = decode(content, member.name, DecodingLimits(1, 60))
                assert decoded.container == "au"
                assert canonical.file_md5(decoded.samples) == index[clip]["audio"][1]
                checked += 1
    assert checked == 5
