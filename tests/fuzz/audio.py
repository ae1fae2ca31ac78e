"""Audio files through what `ingest` does with each: decoding in a process of its own, quality, fingerprint, file."""

import io
import math
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import soundfile

from classically_punk.audio.canonical import SAMPLE_RATE, file_md5, read_canonical
from classically_punk.contracts import tables
from classically_punk.contracts.faults import REJECTING, Fault, in_order, joined, status
from classically_punk.contracts.tables.corpora import CLIPS
from classically_punk.corpora.demo.encode import OGG_SERIAL, with_ogg_serial
from classically_punk.corpora.examine import Examined, Measured, Task, examine
from classically_punk.corpora.members import Member
from classically_punk.foundation.params import Ingest

from .entries import cache_in
from .mutations import mutated
from .running import Unaccounted

SETTINGS = Ingest(
    shortest=0.1,
    longest=4.0,
    largest_member=4.0,
    largest_archive=1.0,
    most_members=1000,
    silence=-60.0,
    silent_share=0.95,
    clipped_share=0.005,
    dc_offset=0.02,
    replica_bit_error=0.2,
    replica_overlap=3.0,
)

FORMS = (
    *(("WAV", codec) for codec in ("PCM_16", "PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "IMA_ADPCM")),
    *(("WAVEX", codec) for codec in ("PCM_16", "FLOAT")),
    *(("RF64", "PCM_16"), ("W64", "PCM_16"), ("AIFF", "PCM_16"), ("CAF", "PCM_16"), ("CAF", "ALAC_16")),
    *(("AU", codec) for codec in ("PCM_16", "FLOAT", "ULAW")),
    *(("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")),
)
RATES = (8000, SAMPLE_RATE, 48000)


@cache
def whole_files(seconds: float = 0.25) -> tuple[bytes, ...]:
    """Noise in every form that the installed libsndfile can write, one channel and two."""
    rng = np.random.default_rng(7)
    found = []
    for number, (container, codec) in enumerate(FORMS):
        rate = 48000 if codec == "OPUS" else RATES[number % len(RATES)]
        if soundfile.check_format(container, codec):
            for channels in (1, 2):
                signal = 0.1 * rng.standard_normal((int(rate * seconds), channels)) + 0.3
                found.append(_file(signal, rate, container, codec))
    return tuple(found)


def make(rng: Random, seconds: float = 0.25) -> bytes:
    """A file with a few changes, or one that never gets to its first sample."""
    files = whole_files(seconds)
    if rng.random() < 0.05:
        return _endless(rng, files)
    return mutated(rng, rng.choice(files), files)


def judge(data: bytes, folder: Path) -> str:
    """What `ingest` would say of the file: its status, and the fault that rejects it; and of a clip, again by what is
    kept of it."""
    target, cached = folder / "clip.wav", folder / "cache"
    task = Task(Member("fuzz.tar", "rock/fuzz.wav", data), target, SETTINGS, "this code")
    try:
        with cache_in(cached):
            found = examine(task)
            _require_sense(found)
            if found.measured is None:
                return _rejected(found)
            _require_same(found.measured, examine(task).measured)
        return _accepted(found)
    finally:
        target.unlink(missing_ok=True)
        shutil.rmtree(cached, ignore_errors=True)


def _file(signal: np.ndarray, rate: int, container: str, codec: str) -> bytes:
    target = io.BytesIO()
    with soundfile.SoundFile(target, "w", rate, signal.shape[1], codec, format=container) as file:
        file.write(signal)
    content = target.getvalue()
    return with_ogg_serial(content, OGG_SERIAL) if container == "OGG" else content


def _endless(rng: Random, files: Sequence[bytes]) -> bytes:
    """Sync words, empty tags and blocks without end, of which a decoder makes no sound."""
    head = rng.choice((b"", rng.choice(files)[: rng.randrange(200)]))
    unit = rng.choice(
        (
            b"\xff",
            b"\xff\xfb",
            b"\xff\xfb\x90\x00",
            b"ID3\x04\x00\x00\x00\x00\x00\x00",
            b"TAG" + bytes(125),
            b"OggS" + bytes(23),
            b"\xff\xf8\xc9\x18",
            b"LIST\0\0\0\0",
            b"\0",
        )
    )
    return head + unit * (2 ** rng.randrange(8, 20) // len(unit))


def _require_same(measured: Measured, again: Measured | None) -> None:
    same = again is not None and (again.md5, again.quality) == (measured.md5, measured.quality)
    if again is None or not same or not np.array_equal(again.fingerprint, measured.fingerprint):
        raise Unaccounted(f"{measured}, and {again} by what was kept")


def _require_sense(found: Examined) -> None:
    if not all(isinstance(fault, Fault) for fault in found.faults) or len(set(found.faults)) != len(found.faults):
        raise Unaccounted(f"no list of reasons: {found.faults}")
    if (found.measured is None) != bool(REJECTING & set(found.faults)):
        raise Unaccounted(f"{found.faults}, and it is {'not ' if found.measured is None else ''}measured")
    if bool(found.faults) != found.detail.endswith("."):
        raise Unaccounted(f"{found.faults} said as {found.detail!r}")
    if not found.detail.isprintable() or len(found.detail) > 1000:
        raise Unaccounted(f"a detail that is no line of text: {found.detail!r}")


def _accepted(found: Examined) -> str:
    assert found.measured is not None
    samples = read_canonical(found.target)
    quality = asdict(found.measured.quality)
    if not SETTINGS.shortest * 0.99 <= quality["duration"] <= SETTINGS.longest * 1.01:
        raise Unaccounted(f"it lasts {quality['duration']} s")
    if not all(value is None or math.isfinite(value) for value in quality.values()):
        raise Unaccounted(f"a quality that is no number: {quality}")
    if file_md5(samples) != found.measured.md5 or samples.size != round(quality["duration"] * SAMPLE_RATE):
        raise Unaccounted("the file that was written is not the clip that was measured")
    row = {
        **{"clip": "rock.fuzz", "label": "rock", "group": "rock.fuzz", "song": "rock.fuzz", "recording": "rock.fuzz"},
        **{"member": "rock/fuzz.wav", "container": found.container, "codec": found.codec, "md5": found.measured.md5},
        **{"source_rate": found.source_rate, "source_channels": found.source_channels, **quality},
        **{"status": status(found.faults), "reasons": joined(found.faults), "detail": found.detail},
    }
    tables.frame(CLIPS, [row])
    return status(found.faults)


def _rejected(found: Examined) -> str:
    if found.target.exists():
        raise Unaccounted("it is rejected, and its samples were written")
    return next(fault.value for fault in in_order(found.faults) if fault in REJECTING)
