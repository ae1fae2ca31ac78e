"""Encoding without chance: Ogg pages keep valid checksums, and every container gives the same bytes later."""

import io
import time

import numpy as np
import pytest
import soundfile

from classically_punk.corpora.demo.encode import OGG_SERIAL, Form, encode, ogg_checksum, widened, with_ogg_serial


@pytest.fixture
def samples(rng: np.random.Generator) -> np.ndarray:
    seconds = np.arange(2 * 22050) / 22050
    tone = 0.3 * np.sin(2 * np.pi * 440 * seconds) + 0.02 * rng.standard_normal(seconds.size)
    return np.rint(tone * 32767).astype(np.int16)


@pytest.fixture
def vorbis(samples: np.ndarray) -> bytes:
    """As libsndfile writes it."""
    target = io.BytesIO()
    soundfile.write(target, samples, 22050, format="OGG", subtype="VORBIS")
    return target.getvalue()


def pages(content: bytes) -> list[bytes]:
    found = []
    while content:
        assert content[:4] == b"OggS"
        count = content[26]
        length = 27 + count + sum(content[27 : 27 + count])
        found.append(content[:length])
        content = content[length:]
    return found


def without_checksum(page: bytes) -> bytes:
    return page[:22] + bytes(4) + page[26:]


def stated_checksum(page: bytes) -> int:
    return int.from_bytes(page[22:26], "little")


def checksum_by_definition(data: bytes) -> int:
    """Long division, bit by bit, by the polynomial of RFC 3533."""
    register = 0
    for byte in data:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1) ^ (0x04C11DB7 if register & 0x80000000 else 0)
        register &= 0xFFFFFFFF
    return register


def test_checksum_is_that_of_the_definition_and_of_libogg(vorbis: bytes, rng: np.random.Generator) -> None:
    for length in (1, 2, 100, 1000):
        data = rng.bytes(length)
        assert ogg_checksum(data) == checksum_by_definition(data)
    for page in pages(vorbis):
        assert ogg_checksum(without_checksum(page)) == stated_checksum(page)


def test_a_new_serial_changes_serials_and_checksums_alone(vorbis: bytes) -> None:
    patched = with_ogg_serial(vorbis, 0xDEADBEEF)
    assert len(pages(patched)) == len(pages(vorbis)) >= 3
    for before, after in zip(pages(vorbis), pages(patched), strict=True):
        assert after[14:18] == bytes.fromhex("efbeadde")
        assert (after[:14], after[18:22], after[26:]) == (before[:14], before[18:22], before[26:])
        assert stated_checksum(after) == checksum_by_definition(without_checksum(after))
    for one, other in zip(soundfile.read(io.BytesIO(vorbis)), soundfile.read(io.BytesIO(patched)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_original_serial_gives_the_original_bytes(vorbis: bytes) -> None:
    assert with_ogg_serial(vorbis, int.from_bytes(vorbis[14:18], "little")) == vorbis


@pytest.mark.parametrize("spoilt", [b"OggS", b"RIFF" + bytes(40), b"OggS" + bytes(60)])
def test_what_is_no_ogg_stream_is_refused(spoilt: bytes) -> None:
    with pytest.raises(ValueError, match="no Ogg page"):
        with_ogg_serial(spoilt, 1)


def test_every_container_is_the_same_in_another_second(samples: np.ndarray) -> None:
    first = {form: encode(samples, 22050, form) for form in Form}
    time.sleep(1.1)  # libsndfile seeds its random numbers from the clock, in seconds
    assert {form: encode(samples, 22050, form) for form in Form} == first
    assert first[Form.OGG][14:18] == OGG_SERIAL.to_bytes(4, "little")


@pytest.mark.parametrize("form", [Form.AU, Form.WAV, Form.FLAC, Form.FLAC_24])
def test_lossless_containers_give_the_samples_back(samples: np.ndarray, form: Form) -> None:
    decoded, rate = soundfile.read(io.BytesIO(encode(samples, 22050, form)), dtype="int16")
    assert rate == 22050
    np.testing.assert_array_equal(decoded, samples)


@pytest.mark.parametrize("form", [Form.OGG, Form.MP3])
def test_lossy_containers_give_the_sound_back(samples: np.ndarray, form: Form) -> None:
    decoded, _ = soundfile.read(io.BytesIO(encode(samples, 22050, form)), dtype="int16")
    assert abs(decoded.size - samples.size) < 2 * 1152
    middle = slice(5000, 35000)
    assert np.corrcoef(decoded[middle], samples[middle])[0, 1] > 0.99


def test_the_mean_of_widened_channels_is_the_middle() -> None:
    middle, side = np.array([100, -20, 7], dtype=np.int16), np.array([5, -9, 0], dtype=np.int16)
    np.testing.assert_array_equal(widened(middle, side).mean(axis=1), middle)
    with pytest.raises(ValueError, match="16 bits"):
        widened(np.array([32000], dtype=np.int16), np.array([1000], dtype=np.int16))
