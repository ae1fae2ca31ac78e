"""Fingerprints: a recording is found at another gain, offset and encoding, and other music is not."""

import itertools

import numpy as np
import pytest

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.audio.decode import DecodingLimits, decode
from classically_punk.audio.fingerprint import STEP, WINDOW, fingerprint, near_replicas

BIT_ERROR, OVERLAP = 0.2, 3.0


def found(clips: dict, bit_error: float = BIT_ERROR, overlap: float = OVERLAP) -> list:
    return near_replicas({name: fingerprint(samples) for name, samples in clips.items()}, bit_error, overlap)


def at_gain(samples: np.ndarray, decibels: float) -> np.ndarray:
    return np.clip(np.rint(samples * 10 ** (decibels / 20)), -32768, 32767).astype(np.int16)


def test_one_word_per_step():
    seconds = 10
    words = fingerprint(np.random.default_rng(0).integers(-9999, 9999, seconds * SAMPLE_RATE).astype(np.int16))
    assert words.dtype == np.uint32
    assert words.size == pytest.approx((seconds - WINDOW) / STEP, abs=1.5)


def test_unrelated_noise_differs_in_half_of_the_bits(rng):
    first, second = (fingerprint(rng.integers(-9999, 9999, 20 * SAMPLE_RATE).astype(np.int16)) for _ in range(2))
    assert np.bitwise_count(first ^ second).mean() / 32 == pytest.approx(0.5, abs=0.02)


def test_the_rising_band_sets_its_bit():
    """A sine of 1 kHz that fades in lifts its band above the next (bit 1) and not the one before above it (bit 0)."""
    band = int(33 * np.log(1000 / 300) / np.log(2000 / 300))
    time = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE
    words = fingerprint(np.rint(8000 * time / 4 * np.sin(2 * np.pi * 1000 * time)).astype(np.int16))
    assert np.all(words >> np.uint32(band) & 1 == 1)
    assert np.all(words >> np.uint32(band - 1) & 1 == 0)


def test_silence_carries_no_information():
    silence = np.zeros(10 * SAMPLE_RATE, np.int16)
    assert not fingerprint(silence).any()
    assert found({"a": silence, "b": silence.copy()}) == []


def test_shared_silence_makes_no_replica(music):
    rest = np.zeros(6 * SAMPLE_RATE, np.int16)
    assert found({"a": np.concatenate((music(1, 5), rest)), "b": np.concatenate((music(2, 5), rest))}) == []


@pytest.mark.parametrize("samples", [0, 1, 5000, 8440])
def test_a_clip_shorter_than_a_word_has_none(samples):
    assert fingerprint(np.ones(samples, np.int16)).size == 0
    assert found({"a": np.ones(samples, np.int16)}) == []


def test_no_clips():
    assert near_replicas({}, BIT_ERROR, OVERLAP) == []


@pytest.mark.parametrize("decibels", [-24, -12, -4.4, 6])
def test_gain_changes_nothing(music, decibels):
    original = music(5, 9)
    (pair,) = found({"a": original, "b": at_gain(original, decibels), "c": music(6, 9)})
    assert (pair.first, pair.second, pair.offset_s) == ("a", "b", 0.0)
    assert pair.bit_error < 0.03


@pytest.mark.parametrize("cut", [0.003, 0.37, 4.0])
def test_an_offset_is_found_and_told(music, cut):
    original = music(7, 9)
    later = original[int(cut * SAMPLE_RATE) :]
    (pair,) = found({"whole": original, "cut": later})
    assert (pair.first, pair.second) == ("cut", "whole")
    assert pair.offset_s == pytest.approx(-cut, abs=STEP)  # what `cut` plays at 0, `whole` plays at +cut
    (mirrored,) = found({"a": original, "b": later})
    assert mirrored.offset_s == pytest.approx(cut, abs=STEP)


@pytest.mark.parametrize(
    ("container", "codec", "level"),
    [("OGG", "VORBIS", 0.5), ("MP3", "MPEG_LAYER_III", 0.6), ("MP3", "MPEG_LAYER_III", 0.9), ("FLAC", "PCM_S8", None)],
)
def test_another_encoding_is_found(music, encode, container, codec, level):
    original = music(8, 9)
    again = decode(encode(original, container, codec, level=level), "again", DecodingLimits(1, 60)).samples
    (pair,) = found({"a": original, "b": again, "c": music(9, 9)})
    assert (pair.first, pair.second) == ("a", "b")
    assert abs(pair.offset_s) < 0.1


def test_an_overlap_below_the_required_is_no_replica(music):
    original = music(10, 9)
    head, tail = original[: 6 * SAMPLE_RATE], original[int(3.5 * SAMPLE_RATE) :]  # 2.5 s in common
    assert found({"a": head, "b": tail}, overlap=3.0) == []
    assert len(found({"a": head, "b": tail}, overlap=2.0)) == 1


def test_other_music_is_not_found(music):
    assert found({str(seed): music(seed, 9) for seed in range(20, 32)}, bit_error=0.35) == []


def test_songs_over_one_drum_loop_are_not_found(music):
    """The same drum samples at the same tempo under different melodies."""
    rng = np.random.default_rng(4)
    hit = rng.standard_normal(4000) * np.exp(-np.arange(4000) / 800)
    loop = np.zeros(9 * SAMPLE_RATE)
    for start in range(0, loop.size - hit.size, SAMPLE_RATE // 2):
        loop[start : start + hit.size] += hit
    clips = {str(seed): at_gain(music(seed, 9) + 3000 * loop, 0) for seed in range(40, 48)}
    assert found(clips) == []


def test_an_exact_loop_is_one_recording_with_its_copy(music):
    """Music that repeats to the sample, four times, at another gain: every word of it occurs again and again."""
    bar = music(11, 2.0)[: 128 * 256]
    original = np.tile(bar, 6)
    (pair,) = found({"a": original, "b": at_gain(original, -6)})
    assert pair.bit_error < 0.03


def test_all_copies_of_a_recording_are_connected(music):
    original = music(12, 6)
    clips = {f"{number:02}": at_gain(original, -number / 4) for number in range(40)}
    reached, pairs = {"00"}, found(clips)
    for _ in pairs:
        reached |= set(
            itertools.chain.from_iterable((p.first, p.second) for p in pairs if {p.first, p.second} & reached)
        )
    assert reached == set(clips)


def test_pairs_come_sorted_whatever_the_order_of_the_clips(music):
    original, other = music(13, 6), music(14, 6)
    clips = {"d": other, "b": original, "c": at_gain(other, -3), "a": at_gain(original, -3)}
    pairs = found(clips)
    assert [(pair.first, pair.second) for pair in pairs] == [("a", "b"), ("c", "d")]
    assert found(dict(sorted(clips.items()))) == pairs


def test_real_music(real_data, encode):
    """Twenty clips of ten genres: no pair among them, and each is found again as a 24 kbit/s MP3 of 6 s of it."""
    clips = {}
    for genre in ["blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"]:
        for number in (1, 6):
            name = f"{genre}/{genre}.{number:05}"
            clips[name] = np.frombuffer(real_data.clip(f"genres/{name}.wav")[44:], "<i2")
    assert found(clips, bit_error=0.35) == []
    for name in list(clips)[::4]:
        excerpt = clips[name][100_000 : 100_000 + 6 * SAMPLE_RATE]
        coded = encode(excerpt, "MP3", "MPEG_LAYER_III", level=0.9)
        clips[f"{name} again"] = decode(coded, "again", DecodingLimits(1, 60)).samples
    pairs = found(clips)
    assert [(pair.first, pair.second) for pair in pairs] == [
        (name, f"{name} again") for name in sorted(clips)[::1] if f"{name} again" in clips
    ]
    assert all(pair.offset_s == pytest.approx(100_000 / SAMPLE_RATE, abs=0.1) for pair in pairs)
