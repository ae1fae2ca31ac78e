"""Decoding in processes of its own: the same clips, and whatever a file does to its decoder stays there."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from classically_punk.audio import isolated
from classically_punk.audio.canonical import canonical_bytes
from classically_punk.audio.decode import DecodingLimits, Undecodable, decode
from classically_punk.audio.isolated import Decoders
from classically_punk.contracts.faults import Fault
from classically_punk.foundation.errors import PunkError

FRAME = b"\xff\xfb\x90\x00" + bytes(413)  # MPEG-1 layer III, 128 kbit/s, 44100 Hz

# A decoder whose codec has the faults that codecs have, and does what a file's first word says.
HOSTILE = """
import os, signal, sys, time
from classically_punk.audio import decoder
from classically_punk.contracts.faults import Fault
whole = decoder.decode

def decode(data, name, limits):
    what = data[:8].strip()
    if what == b"crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == b"once" and not os.path.exists(name):
        os.mkdir(name)
        os.abort()
    if what == b"loop":
        while True:
            pass
    if what == b"sleep":
        time.sleep(1000)
    if what == b"eat":
        bytearray(2**35)
    if what == b"killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == b"print":
        os.write(1, b"note"); os.write(2, b"warning"); print("note"); sys.stderr.write("warning")
    if what == b"lie":
        for handle in range(3, 10):
            try:
                os.write(handle, bytes(1000))
            except OSError:
                pass
        time.sleep(1000)
    if what == b"leave":
        os._exit(0)
    if what == b"write":
        try:
            with open(name, "wb", buffering=0) as file:
                file.write(b"x")
        except OSError as error:
            raise decoder.Undecodable(Fault.UNSUPPORTED, error.strerror + ".")
    if what == b"mistake":
        raise ZeroDivisionError("ours")
    return whole(data[8:], name, limits)

decoder.decode = decode
decoder.main()
"""


@pytest.fixture
def clip(rng) -> bytes:
    return canonical_bytes(rng.integers(-9000, 9000, 40000).astype(np.int16))


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Processes that run `HOSTILE`."""
    (tmp_path / "hostile_decoder.py").write_text(HOSTILE, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(isolated, "PROGRAM", "hostile_decoder")
    decoders = Decoders(patience=100)
    yield decoders
    decoders.close()


def fault_of(decoders: Decoders, data: bytes, limits: DecodingLimits) -> Undecodable:
    with pytest.raises(Undecodable) as caught:
        decoders.decode(data, "clip", limits)
    assert caught.value.fault in caught.value.faults
    assert caught.value.detail.endswith(".")
    return caught.value


@pytest.mark.parametrize(("container", "codec"), [("WAV", "PCM_16"), ("FLAC", "PCM_24"), ("MP3", "MPEG_LAYER_III")])
def test_a_clip_is_the_same_as_without_a_process_of_its_own(encode, limits, rng, container, codec):
    data = encode(0.1 * rng.standard_normal((60000, 2)), container, codec, 44100)
    near, far = decode(data, "clip", limits), isolated.decode(data, "clip", limits)
    assert np.array_equal(near.samples, far.samples)
    assert far.samples.dtype == np.int16
    assert {**vars(near), "samples": None} == {**vars(far), "samples": None}


@pytest.mark.parametrize("name", ["clip.wav", "caf\udce9.wav", "a" * 5000])
@pytest.mark.parametrize("data", [b"", b"RIFF\0\0\0\0WAVEfmt ", b"some text", FRAME * 5])
def test_what_is_no_clip_is_called_the_same(limits, data, name):
    found = []
    for way in (decode, isolated.decode):
        with pytest.raises(Undecodable) as caught:
            way(data, name, limits)
        found.append(vars(caught.value))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("what", "fault", "said"),
    [
        (b"crash", Fault.DECODER_CRASHED, "SIGSEGV"),
        (b"eat", Fault.DECODER_CRASHED, "memory"),
        (b"leave", Fault.DECODER_CRASHED, "without an answer"),
        (b"lie", Fault.DECODER_CRASHED, "no answer that makes sense"),
    ],
)
def test_what_a_file_does_to_its_decoder_is_a_fault_and_the_next_clip_is_fine(hostile, limits, clip, what, fault, said):
    found = fault_of(hostile, what.ljust(8), limits)
    assert found.fault is fault
    assert said in found.detail
    assert np.array_equal(hostile.decode(bytes(8) + clip, "clip", limits).samples, decode(clip, "", limits).samples)


def test_a_file_that_takes_too_much_processor_time_is_too_slow(hostile, limits, clip, monkeypatch):
    monkeypatch.setattr(hostile, "_seconds", 0.2)
    found = fault_of(hostile, b"loop".ljust(8), limits)
    assert found.fault is Fault.TOO_SLOW
    assert "0.2 s of processor time" in found.detail
    assert hostile.decode(bytes(8) + clip, "clip", limits).faults == ()


def test_a_file_whose_decoder_waits_for_ever_is_too_slow(hostile, limits, clip, monkeypatch):
    monkeypatch.setattr(hostile, "_patience", 0.5)
    found = fault_of(hostile, b"sleep".ljust(8), limits)
    assert found.fault is Fault.TOO_SLOW
    assert "0.5 s by the clock" in found.detail
    monkeypatch.setattr(hostile, "_patience", 100)
    assert hostile.decode(bytes(8) + clip, "clip", limits).faults == ()


def test_a_crash_that_does_not_come_again_in_a_new_process_was_not_of_this_file(hostile, limits, clip, tmp_path):
    decoded = hostile.decode(b"once".ljust(8) + clip, str(tmp_path / "crashed"), limits)
    assert (tmp_path / "crashed").exists()
    assert decoded.faults == ()


def test_a_decoder_writes_no_file(hostile, limits, tmp_path):
    target = tmp_path / "written"
    with pytest.raises(Undecodable, match="File too large"):
        hostile.decode(b"write".ljust(8), str(target), limits)
    assert target.read_bytes() == b""


def test_what_a_codec_prints_goes_nowhere_and_disturbs_nothing(hostile, limits, clip, capfd):
    assert hostile.decode(b"print".ljust(8) + clip, "clip", limits).faults == ()
    assert capfd.readouterr() == ("", "")


def test_libmpg123_keeps_its_notes_to_itself(limits, capfd):
    damaged = FRAME * 60 + (FRAME + b"\xff" * 500) * 60
    decode(damaged, "clip", limits)
    assert "resync" in capfd.readouterr().err, "else there is nothing here to keep from the screen"
    isolated.decode(damaged, "clip", limits)
    assert capfd.readouterr() == ("", "")


def test_a_decoder_that_the_system_kills_is_no_fault_of_the_file(hostile, limits):
    with pytest.raises(PunkError, match=r"memory.*PUNK_JOBS=1"):
        hostile.decode(b"killed".ljust(8), "clip", limits)


def test_a_mistake_of_ours_keeps_its_traceback(hostile, limits):
    with pytest.raises(RuntimeError, match=r"(?s)Traceback.*hostile_decoder.*ZeroDivisionError: ours"):
        hostile.decode(b"mistake".ljust(8), "clip", limits)


def test_a_process_that_does_not_start_says_why(limits, monkeypatch):
    monkeypatch.setattr(isolated, "PROGRAM", "no_such_decoder")
    with pytest.raises(PunkError, match=r"does not start.*no_such_decoder"):
        Decoders().decode(b"", "clip", limits)


def test_threads_share_the_processes(clip, limits, rng):
    sent = [canonical_bytes(rng.integers(-9000, 9000, 30000 + k).astype(np.int16)) for k in range(24)]
    decoders = Decoders(size=2)
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda data: decoders.decode(data, "clip", limits).samples.size, sent))
    decoders.close()
    assert found == [30000 + k for k in range(24)]


def test_a_decoder_ends_when_its_program_is_killed(tmp_path, wait_until_gone):
    """In the middle of a file that never ends, where it does not look whether anybody still listens."""
    (tmp_path / "hostile_decoder.py").write_text(HOSTILE, encoding="utf-8")
    program = (
        "import threading, time\n"
        "from classically_punk.audio import isolated\n"
        "isolated.PROGRAM = 'hostile_decoder'\n"
        "child = isolated._Process()\n"
        "print(child._process.pid, flush=True)\n"
        "child.decode(b'sleep   ', '', isolated.DecodingLimits(1, 60), 100, 1000)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    with subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        parent.send_signal(signal.SIGKILL)
    wait_until_gone(child)
