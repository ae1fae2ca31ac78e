"""Decoding: every form round trips, a sine stays a sine, and each bad input is called by its name."""

import os
import signal
import struct
import subprocess
import sys

import numpy as np
import pytest

from classically_punk.audio import containers
from classically_punk.audio.canonical import SAMPLE_RATE, canonical_bytes
from classically_punk.audio.decode import Decoded, DecodingLimits, Undecodable, _Memory, decode
from classically_punk.contracts.faults import REJECTING, Fault

LOSSLESS = [
    ("WAV", "PCM_16"),
    ("AU", "PCM_16"),
    ("FLAC", "PCM_16"),
    ("AIFF", "PCM_16"),
    ("CAF", "PCM_16"),
    ("WAVEX", "PCM_16"),
    ("RF64", "PCM_16"),
    ("W64", "PCM_16"),
]
LINEAR = [
    # container, codec, a quantisation step of full scale (for u-law and A-law: of the largest values)
    ("WAV", "PCM_U8", 1 / 128),
    ("WAV", "PCM_24", 0.0),
    ("WAV", "PCM_32", 0.0),
    ("WAV", "FLOAT", 0.0),
    ("WAV", "DOUBLE", 0.0),
    ("WAV", "ULAW", 1 / 32),
    ("WAV", "ALAW", 1 / 32),
    ("AU", "PCM_S8", 1 / 128),
    ("AU", "PCM_24", 0.0),
    ("AU", "FLOAT", 0.0),
    ("AU", "ULAW", 1 / 32),
    ("FLAC", "PCM_S8", 1 / 128),
    ("FLAC", "PCM_24", 0.0),
    ("AIFF", "PCM_24", 0.0),
    ("W64", "FLOAT", 0.0),
]
LOSSY = [("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")]


def sine(frequency: float, rate: int, seconds: float, amplitude: float = 0.5) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)


def noise(rng, seconds: float = 2.0) -> np.ndarray:
    return rng.integers(-20000, 20000, int(seconds * SAMPLE_RATE)).astype(np.int16)


def fault_of(data: bytes, limits: DecodingLimits, name: str = "clip.wav") -> Undecodable:
    with pytest.raises(Undecodable) as caught:
        decode(data, name, limits)
    assert caught.value.fault in REJECTING
    assert caught.value.fault in caught.value.faults
    assert caught.value.detail.endswith(".")
    return caught.value


def outcome_of(data: bytes, limits: DecodingLimits) -> Decoded | Undecodable:
    try:
        return decode(data, "clip", limits)
    except Undecodable as found:
        return found


@pytest.mark.parametrize(("container", "codec"), LOSSLESS)
def test_16_bit_mono_at_22050_hz_passes_bit_by_bit(encode, limits, rng, container, codec):
    samples = noise(rng)
    samples[:2] = -32768, 32767
    decoded = decode(encode(samples, container, codec), "clip", limits)
    assert np.array_equal(decoded.samples, samples)
    assert decoded.samples.dtype == np.int16
    assert decoded.container == {"WAVEX": "wav", "RF64": "wav"}.get(container, container.lower())
    assert (decoded.codec, decoded.source_rate, decoded.source_channels) == (codec, 22050, 1)
    assert decoded.faults == ()
    assert decoded.detail == ""


@pytest.mark.parametrize(("container", "codec", "step"), LINEAR)
def test_other_depths_are_rounded_to_16_bits(encode, limits, container, codec, step):
    signal = sine(440, SAMPLE_RATE, 2)
    decoded = decode(encode(signal, container, codec), "clip", limits)
    assert np.abs(decoded.samples / 32768 - signal).max() <= step + 1.01 / 65536
    assert decoded.codec == codec
    assert decoded.faults == (Fault.REQUANTISED,)


@pytest.mark.parametrize(("container", "codec"), LOSSY)
def test_lossy_forms_keep_the_sound(encode, limits, container, codec):
    signal = sine(440, SAMPLE_RATE, 2)
    decoded = decode(encode(signal, container, codec), "clip", limits)
    middle = slice(SAMPLE_RATE // 2, 3 * SAMPLE_RATE // 2)
    assert np.abs(decoded.samples[middle] / 32768 - signal[middle]).max() < 0.02
    assert (decoded.container, decoded.codec, decoded.faults) == (container.lower(), codec, ())


def test_float_samples_beyond_full_scale_are_cut_off(encode, limits):
    decoded = decode(encode(sine(100, SAMPLE_RATE, 1, amplitude=2.0), "WAV", "FLOAT"), "clip", limits)
    assert (decoded.samples.min(), decoded.samples.max()) == (-32768, 32767)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100, 48000, 96000, 192000])
def test_a_sine_keeps_frequency_level_and_length_at_any_rate(encode, limits, rate):
    frequency, amplitude = 1000.0, 0.5
    decoded = decode(encode(sine(frequency, rate, 3, amplitude), "WAV", "PCM_16", rate), "clip", limits)
    assert decoded.source_rate == rate
    assert decoded.faults == (Fault.RESAMPLED,)
    assert abs(decoded.samples.size - 3 * SAMPLE_RATE) <= 1
    middle = decoded.samples[SAMPLE_RATE : 2 * SAMPLE_RATE] / 32768  # one second: bins of 1 Hz
    spectrum = np.abs(np.fft.rfft(middle)) * 2 / SAMPLE_RATE
    assert np.argmax(spectrum) == frequency
    assert spectrum[1000] == pytest.approx(amplitude, rel=0.001)
    expected = sine(frequency, SAMPLE_RATE, 3, amplitude)[SAMPLE_RATE : 2 * SAMPLE_RATE]
    assert np.abs(middle - expected).max() < 0.001  # and its phase


def test_what_22050_hz_cannot_carry_is_gone(encode, limits):
    decoded = decode(encode(sine(15000, 44100, 2), "WAV", "PCM_16", 44100), "clip", limits)
    assert np.abs(decoded.samples[2000:-2000]).max() <= 2


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("rate", [SAMPLE_RATE, 44100])
@pytest.mark.parametrize("n_channels", [1, 2])
def test_float_samples_far_beyond_full_scale_are_cut_off_without_a_word(encode, limits, rate, n_channels):
    """The largest numbers that 32 bits hold: times 32768, or with a second channel added, they are infinite."""
    square = np.where(np.arange(2 * rate) // (rate // 10) % 2, np.float32(3.4e38), np.float32(-3.4e38))
    data = encode(np.tile(square[:, None], n_channels), "WAV", "FLOAT", rate)
    samples = decode(data, "clip", limits).samples
    assert (samples.min(), samples.max()) == (-32768, 32767)
    assert np.mean(np.abs(samples.astype(float)) > 32000) > 0.99


@pytest.mark.parametrize("channels", [2, 3, 6, 8])
def test_channels_become_their_mean(encode, limits, rng, channels):
    samples = rng.integers(-20000, 20000, (2 * SAMPLE_RATE, channels)).astype(np.int16)
    decoded = decode(encode(samples, "WAV", "PCM_16"), "clip", limits)
    assert np.abs(decoded.samples - samples.mean(axis=1)).max() <= 0.51
    assert decoded.source_channels == channels
    assert decoded.faults == (Fault.DOWNMIXED,)


def test_stereo_at_44100_hz_is_called_by_both_names(encode, limits):
    signal = np.stack([sine(440, 44100, 2), sine(660, 44100, 2)], axis=1)
    decoded = decode(encode(signal, "WAV", "PCM_16", 44100), "clip", limits)
    assert decoded.faults == (Fault.RESAMPLED, Fault.DOWNMIXED)
    assert decoded.detail == "Resampled from 44100 Hz. Mean of 2 channels."


def test_a_long_clip_is_decoded_in_blocks_without_a_seam(encode, rng):
    samples = noise(rng, 30)
    assert np.array_equal(decode(encode(samples, "FLAC", "PCM_16"), "clip", DecodingLimits(1, 31)).samples, samples)


def test_the_name_does_not_matter(encode, limits, rng):
    assert decode(encode(noise(rng), "FLAC", "PCM_16"), "clip.mp3", limits).container == "flac"


# ---- bad input -------------------------------------------------------------------------------------------------


def test_empty(limits):
    assert fault_of(b"", limits).fault is Fault.EMPTY_FILE


@pytest.mark.parametrize(("container", "codec"), [("WAV", "PCM_16"), ("AU", "PCM_16"), ("AIFF", "PCM_16")])
def test_a_header_without_samples(encode, limits, container, codec):
    assert fault_of(encode(np.zeros(0, np.int16), container, codec), limits).fault is Fault.EMPTY_FILE


@pytest.mark.parametrize(
    "content",
    [
        b"This is a shopping list: eggs, flour, butter.\n" * 500,
        b"\x00" * 5000,
        b"\xff" * 5000,
        b"%PDF-1.4 " + b"x" * 5000,
        b"RIFF\x00\x00\x00\x00AVI LIST",
        bytes(np.random.default_rng(3).integers(0, 256, 100_000, dtype=np.uint8)),
    ],
    ids=["text", "zeros", "ones", "pdf", "avi", "noise"],
)
def test_no_audio_under_the_name_of_a_clip(limits, content):
    assert fault_of(content, limits, "clip.wav").fault is Fault.NOT_AUDIO


def test_text_is_called_text(limits):
    assert fault_of(b"eggs, flour\n", limits, "jazz/jazz.1.wav").detail == "Named .wav, but holds text."


def test_known_forms_that_cannot_be_read(limits):
    assert fault_of(b"\x00\x00\x00\x20ftypM4A " + bytes(5000), limits, "a.m4a").fault is Fault.UNSUPPORTED
    assert fault_of(b"MThd" + bytes(5000), limits, "a.mid").fault is Fault.UNSUPPORTED


def test_too_short_and_too_long(encode, rng):
    data = encode(noise(rng, 2), "WAV", "PCM_16")
    assert fault_of(data, DecodingLimits(2.5, 60)).fault is Fault.TOO_SHORT
    assert fault_of(data, DecodingLimits(0.5, 1.5)).fault is Fault.TOO_LONG
    assert decode(data, "clip", DecodingLimits(2, 2)).faults == ()


@pytest.mark.parametrize(("container", "codec"), [("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III"), ("FLAC", "PCM_16")])
def test_too_long_in_any_container(encode, rng, container, codec):
    assert fault_of(encode(noise(rng, 3), container, codec), DecodingLimits(0.5, 1.5)).fault is Fault.TOO_LONG


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("codec", ["FLOAT", "DOUBLE"])
def test_samples_that_are_no_numbers(encode, limits, codec, value):
    signal = sine(440, SAMPLE_RATE, 2)
    signal[SAMPLE_RATE] = value
    found = fault_of(encode(signal, "WAV", codec), limits)
    assert found.fault is Fault.NOT_FINITE
    assert "1.000 s" in found.detail


@pytest.mark.parametrize("rate", [1, 100, 2_000_000_000])
def test_absurd_rates(rng, limits, rate):
    data = bytearray(canonical_bytes(noise(rng)))
    data[24:28] = struct.pack("<I", rate)
    assert fault_of(bytes(data), limits).fault in (Fault.UNSUPPORTED, Fault.CORRUPT)


def test_a_thousand_channels(limits, rng):
    data = bytearray(canonical_bytes(noise(rng)))
    data[22:24] = struct.pack("<H", 1000)
    data[32:34] = struct.pack("<H", 2000)
    assert fault_of(bytes(data), limits).fault in (Fault.UNSUPPORTED, Fault.CORRUPT)


def test_an_unknown_codec(limits, rng):
    data = bytearray(canonical_bytes(noise(rng)))
    data[20:22] = struct.pack("<H", 0x2222)
    assert fault_of(bytes(data), limits).fault is Fault.UNSUPPORTED


def test_a_damaged_header_is_corrupt(limits, rng):
    data = bytearray(canonical_bytes(noise(rng)))
    data[16:20] = struct.pack("<I", 3)  # a format chunk of three bytes
    assert fault_of(bytes(data), limits).fault is Fault.CORRUPT


def test_damaged_samples_are_no_empty_file(encode, limits, rng):
    data = bytearray(encode(noise(rng), "FLAC", "PCM_16"))
    data[8000:8100] = bytes(100)  # in the first frame
    assert fault_of(bytes(data), limits).fault is Fault.CORRUPT


def test_an_absurd_length_is_too_long_whatever_is_there(limits, rng):
    data = bytearray(canonical_bytes(noise(rng)))
    data[40:44] = struct.pack("<I", 0xFFFFFF00)
    found = fault_of(bytes(data), limits)
    assert found.faults == (Fault.TRUNCATED, Fault.TOO_LONG)


@pytest.mark.parametrize("unknown", [0xFFFFFFFF])
def test_an_au_file_of_unknown_length_is_whole(encode, limits, rng, unknown):
    samples = noise(rng)
    data = bytearray(encode(samples, "AU", "PCM_16"))
    data[8:12] = struct.pack(">I", unknown)
    decoded = decode(bytes(data), "clip.au", limits)
    assert np.array_equal(decoded.samples, samples)
    assert decoded.faults == ()


@pytest.mark.parametrize("riff", [0, 8, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("length", [0, 0xFFFFFFFF])
@pytest.mark.parametrize("before", [b"", b"LIST\x04\x00\x00\x00INFO"], ids=["", "list"])
def test_a_wav_file_that_was_written_into_a_pipe_is_whole(limits, rng, riff, length, before):
    """Writers that cannot go back to the header leave its lengths at 0 or, as ffmpeg does, at the largest number."""
    samples = noise(rng)
    whole = canonical_bytes(samples)
    data = b"RIFF" + struct.pack("<I", riff) + whole[8:36] + before + b"data" + struct.pack("<I", length) + whole[44:]
    decoded = decode(data, "clip.wav", limits)
    assert np.array_equal(decoded.samples, samples)
    assert (decoded.container, decoded.faults) == ("wav", ())


def test_a_big_endian_wav_file_of_open_length_is_whole(limits, rng):
    samples = noise(rng)
    header = b"RIFX" + bytes(4) + b"WAVEfmt " + struct.pack(">IHHIIHH", 16, 1, 1, 22050, 44100, 2, 16) + b"data"
    decoded = decode(header + bytes(4) + samples.astype(">i2").tobytes(), "clip.wav", limits)
    assert np.array_equal(decoded.samples, samples)


@pytest.mark.parametrize("behind", [b"", b"LIST\x04\x00\x00\x00INFO", b"id3 \x03\x00\x00\x00abc", b"\0"])
def test_a_wav_file_that_says_it_has_no_samples_and_has_none_is_empty(limits, behind):
    data = canonical_bytes(np.zeros(0, np.int16)) + behind
    assert fault_of(data, limits).fault is Fault.EMPTY_FILE


def test_an_open_length_is_cut_at_the_longest_clip(rng):
    data = bytearray(canonical_bytes(noise(rng, 3)))
    data[40:44] = bytes(4)
    assert fault_of(bytes(data), DecodingLimits(0.5, 1.5)).fault is Fault.TOO_LONG


def test_a_flac_stream_of_unknown_length_is_whole(encode, limits, rng):
    samples = noise(rng)
    data = bytearray(encode(samples, "FLAC", "PCM_16"))
    data[21] &= 0xF0  # the 36 bits of STREAMINFO that count samples: 0 is "unknown" (RFC 9639)
    data[22:26] = bytes(4)
    decoded = decode(bytes(data), "clip.flac", limits)
    assert np.array_equal(decoded.samples, samples)
    assert decoded.faults == ()


HOSTILE = """
import resource, struct, sys
from classically_punk.audio.decode import DecodingLimits, Undecodable, decode
def hostile(kind):
    if kind == "wav":
        return (b"RIFF" + struct.pack("<I", 0xFFFFFFF0) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 32, 8000,
                8000 * 128, 128, 32) + b"data" + struct.pack("<I", 0xFFFFFFF0) + bytes(4096))
    if kind == "channels":
        return (b"RIFF" + struct.pack("<I", 0xFFFFFFF0) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1000, 22050,
                22050 * 2000, 2000, 16) + b"data" + struct.pack("<I", 0xFFFFFFF0) + bytes(4096))
    if kind == "au":
        return b".snd" + struct.pack(">5I", 24, 0xFFFFFFF0, 3, 22050, 1) + bytes(4096)
    if kind == "aiff":
        return (b"FORM" + struct.pack(">I", 0x7FFFFFF0) + b"AIFFCOMM" + struct.pack(">IHIH", 18, 1, 0xFFFFFFF0, 16)
                + bytes.fromhex("400dac44000000000000") + b"SSND" + struct.pack(">III", 0x7FFFFF00, 0, 0) + bytes(4096))
    if kind == "id3":
        return b"ID3\\x04\\x00\\x00\\x7f\\x7f\\x7f\\x7f" + bytes(4096)
    info = struct.pack(">HH", 4096, 4096) + bytes(6) + (22050 << 44 | 15 << 36 | 0xFFFFFFFFF).to_bytes(8, "big")
    return b"fLaC\\x80\\x00\\x00\\x22" + info + bytes(16) + bytes(4096)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for kind in ("wav", "channels", "au", "aiff", "id3", "flac"):
    try:
        decode(hostile(kind), kind, DecodingLimits(1, 600))
    except Undecodable as error:
        print(kind, error.fault)
    else:
        print(kind, "decoded")
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print("grown", grown // (1024 * 1024 if sys.platform == "darwin" else 1024))
"""


def test_a_hostile_header_allocates_nothing():
    """In a process of its own, whose peak memory may grow by no more than 64 MiB."""
    done = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, check=True)
    found = dict(line.split() for line in done.stdout.splitlines())
    assert int(found.pop("grown")) <= 64
    assert found["wav"] == found["au"] == found["flac"] == "too_long"
    assert set(found.values()) <= {fault.value for fault in REJECTING}


# ---- truncation ------------------------------------------------------------------------------------------------

CUT = [
    ("WAV", "PCM_16"),
    ("WAV", "PCM_24"),
    ("AU", "PCM_16"),
    ("AIFF", "PCM_16"),
    ("W64", "PCM_16"),
    ("FLAC", "PCM_16"),
    ("CAF", "PCM_16"),
    *LOSSY,
]


@pytest.mark.parametrize(("container", "codec"), CUT)
def test_a_cut_file_is_flagged_or_rejected_at_every_length(encode, limits, rng, container, codec):
    data = encode(noise(rng, 4), container, codec)
    kept = 0
    for length in [0, 1, 4, 11, 12, 30, 43, 44, 45, *rng.integers(46, len(data) - 1, 40), len(data) - 2]:
        outcome = outcome_of(data[:length], limits)
        if isinstance(outcome, Undecodable):
            assert outcome.fault in REJECTING
        else:
            kept += 1
            assert Fault.TRUNCATED in outcome.faults, length
            assert limits.shortest * SAMPLE_RATE <= outcome.samples.size <= 4.1 * SAMPLE_RATE
    assert kept or container == "CAF"  # libsndfile opens no cut CAF file


@pytest.mark.parametrize(("container", "codec"), [pair for pair in CUT if pair[0] != "CAF"])
def test_what_is_left_of_a_cut_file_is_kept(encode, limits, rng, container, codec):
    data = encode(noise(rng, 20), container, codec)
    decoded = decode(data[: len(data) * 6 // 10], "clip", limits)
    assert decoded.samples.size / SAMPLE_RATE == pytest.approx(12, abs=1)


def test_samples_of_a_cut_file_are_those_before_the_cut(encode, limits, rng):
    samples = noise(rng, 4)
    for container in ("WAV", "AU", "AIFF", "FLAC"):
        data = encode(samples, container, "PCM_16")
        left = decode(data[: len(data) * 6 // 10], "clip", limits).samples
        assert np.array_equal(left, samples[: left.size])


def test_a_short_rest_is_called_by_both_names(encode, limits, rng):
    data = encode(noise(rng, 4), "WAV", "PCM_16")
    found = fault_of(data[:20000], limits)
    assert found.fault is Fault.TOO_SHORT
    assert found.faults == (Fault.TRUNCATED, Fault.TOO_SHORT)


def test_a_whole_file_with_chunks_behind_its_samples_is_whole(limits, rng):
    samples = noise(rng)
    data = canonical_bytes(samples) + b"LIST\x04\x00\x00\x00INFO"
    assert decode(data, "clip", limits).faults == ()
    assert np.array_equal(decode(data, "clip", limits).samples, samples)


def test_a_whole_mp3_with_tags_around_it_is_whole(encode, limits, rng):
    data = encode(noise(rng), "MP3", "MPEG_LAYER_III")
    tagged = b"ID3\x03\x00\x00\x00\x00\x01\x00" + bytes(128) + data + b"TAG" + bytes(125)
    decoded = decode(tagged, "clip", limits)
    assert (decoded.container, decoded.faults) == ("mp3", ())


# ---- damage ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("container", "codec"), CUT)
def test_flipped_bytes_raise_nothing_but_undecodable(encode, limits, rng, container, codec):
    data = np.frombuffer(encode(noise(rng, 1.5), container, codec), np.uint8)
    for trial in range(60):
        damaged = data.copy()
        where = rng.integers(0, 80 if trial % 2 else data.size, 1 + trial % 7)
        damaged[where] = rng.integers(0, 256, where.size)
        outcome = outcome_of(damaged.tobytes(), limits)
        if isinstance(outcome, Undecodable):
            assert outcome.fault in REJECTING
        else:
            assert outcome.samples.dtype == np.int16
            assert outcome.samples.ndim == 1


def test_a_real_mp3_is_whole_and_flagged_for_its_conversions(real_data):
    path = real_data.file("fma_small_000002.mp3")
    decoded = decode(path.read_bytes(), path.name, DecodingLimits(1, 60))
    assert (decoded.container, decoded.codec, decoded.source_rate) == ("mp3", "MPEG_LAYER_III", 44100)
    assert decoded.faults == (Fault.RESAMPLED, Fault.DOWNMIXED)
    assert decoded.samples.size / SAMPLE_RATE == pytest.approx(30, abs=0.1)


def test_ctrl_c_in_the_middle_of_a_clip_is_not_lost(encode, limits, rng, monkeypatch):
    """It comes while libsndfile reads, where an exception would be printed, dropped, and taken for the file's end."""
    read = _Memory.readinto

    def interrupted(memory, buffer):
        os.kill(os.getpid(), signal.SIGINT)
        return read(memory, buffer)

    data = encode(noise(rng), "FLAC", "PCM_16")
    monkeypatch.setattr(_Memory, "readinto", interrupted, raising=False)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        decode(data, "clip", limits)
    assert signal.getsignal(signal.SIGINT) is before
    monkeypatch.undo()
    assert decode(data, "clip", limits).faults == ()


MPEG_FRAME = b"\xff\xfb\x90\x00" + bytes(413)  # layer III, 128 kbit/s, 44100 Hz


@pytest.mark.parametrize("junk", [b"\xff", b"\xff\xfb", b"\xff\xfe\x00", b"\x00"])
def test_frames_behind_bytes_that_look_like_frames_are_counted(junk):
    """An encoder's tag promises ten frames; they are there, on both sides of the junk."""
    tag = bytearray(MPEG_FRAME)
    tag[36:48] = b"Info" + struct.pack(">II", 1, 10)
    between = junk * (2**20 // len(junk)) + b"\x00"
    whole = containers.inspect(bytes(tag) + MPEG_FRAME * 5 + between + MPEG_FRAME * 5)
    assert (whole.claimed_frames, whole.lacks) == (10 * 1152, "")
    cut = containers.inspect(bytes(tag) + MPEG_FRAME * 5 + between + MPEG_FRAME * 4)
    assert cut.lacks == "10 frames are promised, 9 are there"


def test_what_is_a_frame_is_one_question_with_one_answer(rng):
    data = rng.integers(0, 256, 60000).astype(np.uint8).tobytes().replace(b"\x01", b"\xff\xfb")
    found = [match.start() for match in containers._MPEG_HEADER.finditer(data)]
    assert found
    assert all(containers._mpeg_frame(data, position) for position in found)
    assert sum(containers._mpeg_frame(data, k) is not None for k in range(len(data))) >= len(found)


@pytest.mark.parametrize(
    "filled_with", [b"ID3\x04" + bytes(6), b"\xff\xfb" * 450 + MPEG_FRAME], ids=["empty tags", "sync bytes"]
)
def test_an_mp3_that_gives_little_sound_for_much_reading_is_too_slow(filled_with):
    limits = DecodingLimits(1, 5)
    data = MPEG_FRAME * 5 + filled_with * (2**21 // len(filled_with))
    found = fault_of(data, limits)
    assert found.fault is Fault.TOO_SLOW
    assert "reads" in found.detail
    assert (found.container, found.source_rate) == ("mp3", 44100)


@pytest.mark.parametrize(
    "filled",
    [
        b"RIFF\0\0\0\0WAVE" + b"JUNK\0\0\0\0" * 600_000,
        b"FORM\0\0\0\0AIFF" + b"JUNK\0\0\0\0" * 600_000,
        b"caff\0\1\0\0" + (b"JUNK" + bytes(8)) * 600_000,
        (b"OggS" + bytes(23)) * 600_000,
        (b"ID3\x04" + bytes(6)) * 600_000,
    ],
    ids=["wav", "aiff", "caf", "ogg", "mp3"],
)
def test_half_a_million_empty_headers_are_no_clip(limits, filled):
    assert fault_of(filled, limits).fault in (Fault.CORRUPT, Fault.NOT_AUDIO)
