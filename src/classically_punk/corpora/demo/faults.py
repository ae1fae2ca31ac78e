"""Faults on purpose: what is done to a recording, and what `ingest` must say about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.signal import resample_poly

from classically_punk.audio.canonical import SAMPLE_RATE, Samples
from classically_punk.contracts.faults import Fault, Status
from classically_punk.corpora.demo.encode import Form, encode, widened

FaultName = Literal[
    "replica",
    "near_replica",
    "truncated",
    "empty_file",
    "not_audio",
    "silent",
    "clipped",
    "stereo_44100",
    "too_short",
    "wrong_label",
]

NEAR_REPLICA_GAIN = 0.6
TRUNCATED_SHARE = 0.55
"""Of the bytes of a file, that are left."""
CLIPPED_ABOVE = 1.6
"""RMS levels of the recording, above which the clipped clip has a flat top."""
SHORT_DURATION = 0.4
"""s"""
SILENT_DURATION = 8.0
"""s"""
STEREO_RATE = 2 * SAMPLE_RATE
SIDE_DELAY = 0.009
"""s between the channels' difference and their mean."""
FULL_SCALE = 32767


@dataclass(frozen=True)
class Expected:
    """What `ingest` has to say: the status, and reasons that must be among those it gives."""

    status: Status
    reasons: tuple[Fault, ...]


@dataclass(frozen=True)
class Planting:
    """One fault to plant.

    label : the folder it goes to
    genre : what is played, which differs from `label` for a wrong label alone
    form  : of the faulty file
    """

    fault: FaultName
    label: str
    genre: str
    form: Form


EXPECTED: Mapping[FaultName, Expected] = {
    "replica": Expected("flagged", (Fault.REPLICA,)),
    "near_replica": Expected("flagged", (Fault.NEAR_REPLICA,)),
    "truncated": Expected("flagged", (Fault.TRUNCATED,)),
    "empty_file": Expected("rejected", (Fault.EMPTY_FILE,)),
    "not_audio": Expected("rejected", (Fault.NOT_AUDIO,)),
    "silent": Expected("rejected", (Fault.SILENT,)),
    "clipped": Expected("flagged", (Fault.CLIPPED,)),
    "stereo_44100": Expected("flagged", (Fault.RESAMPLED, Fault.DOWNMIXED)),
    "too_short": Expected("rejected", (Fault.TOO_SHORT,)),
    "wrong_label": Expected("ok", ()),
}

HOW: Mapping[FaultName, str] = {
    "replica": "the partner's samples in another lossless container",
    "near_replica": f"the partner's samples times {NEAR_REPLICA_GAIN:g}",
    "truncated": f"the file breaks off after {TRUNCATED_SHARE:.0%} of its bytes; its header promises all of them",
    "empty_file": "a file of 0 bytes",
    "not_audio": "a page of text under the name of a clip",
    "silent": f"{SILENT_DURATION:g} s of noise in the lowest bit",
    "clipped": f"driven until everything above {CLIPPED_ABOVE:g} times its RMS is cut off at full scale",
    "stereo_44100": f"two different channels at {STEREO_RATE} Hz, whose mean is the recording",
    "too_short": f"the first {SHORT_DURATION:g} s of a recording",
    "wrong_label": "a recording of another genre in this genre's folder; no property of the file gives it away",
}

PLANTINGS: tuple[Planting, ...] = (
    Planting("not_audio", "blues", "blues", Form.WAV),
    Planting("silent", "classical", "classical", Form.FLAC),
    Planting("replica", "country", "country", Form.FLAC),
    Planting("near_replica", "disco", "disco", Form.WAV),
    Planting("truncated", "jazz", "jazz", Form.AU),
    Planting("clipped", "metal", "metal", Form.WAV),
    Planting("too_short", "pop", "pop", Form.WAV),
    Planting("stereo_44100", "reggae", "reggae", Form.WAV),
    Planting("empty_file", "rock", "rock", Form.AU),
    Planting("wrong_label", "blues", "disco", Form.AU),
    Planting("wrong_label", "classical", "metal", Form.WAV),
    Planting("wrong_label", "country", "hiphop", Form.FLAC),
    Planting("wrong_label", "hiphop", "classical", Form.AU),
    Planting("wrong_label", "jazz", "rock", Form.WAV),
    Planting("wrong_label", "pop", "reggae", Form.AU),
)

TEXT = (
    "Track list\n\n"
    "This file was saved under the wrong name when the collection was put together.\n"
    "It lists what was meant to be here, and holds no sound at all.\n"
)


def faulty_file(planting: Planting, recording: Callable[[], Samples], rng: np.random.Generator) -> bytes:
    """The bytes of a faulty member.

    recording : gives the take it is made from; not called where none is needed
    rng       : of what noise there is
    """
    match planting.fault:
        case "empty_file":
            return b""
        case "not_audio":
            return TEXT.encode()
        case "silent":
            noise = rng.integers(-1, 2, int(SILENT_DURATION * SAMPLE_RATE)).astype(np.int16)
            return encode(noise, SAMPLE_RATE, planting.form)
        case "truncated":
            whole = encode(recording(), SAMPLE_RATE, planting.form)
            return whole[: int(TRUNCATED_SHARE * len(whole)) // 2 * 2]
        case "stereo_44100":
            return encode(in_stereo(recording()), STEREO_RATE, planting.form)
        case "near_replica":
            return encode(scaled(recording(), NEAR_REPLICA_GAIN), SAMPLE_RATE, planting.form)
        case "clipped":
            return encode(clipped(recording()), SAMPLE_RATE, planting.form)
        case "too_short":
            return encode(recording()[: int(SHORT_DURATION * SAMPLE_RATE)], SAMPLE_RATE, planting.form)
        case "replica" | "wrong_label":
            return encode(recording(), SAMPLE_RATE, planting.form)


def scaled(samples: Samples, gain: float) -> Samples:
    """`samples` times `gain`, rounded, and cut off at full scale."""
    louder = np.clip(np.rint(samples * gain), -FULL_SCALE - 1, FULL_SCALE)
    return np.asarray(louder, dtype=np.int16)


def clipped(samples: Samples) -> Samples:
    """`samples` so loud that all above `CLIPPED_ABOVE` times their RMS is cut off."""
    rms = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))
    return scaled(samples, FULL_SCALE / (CLIPPED_ABOVE * rms)) if rms else samples


def in_stereo(samples: Samples) -> Samples:
    """`samples` at twice the rate, shape (2 * n, 2): their mean, plus and minus a softer, delayed copy of it."""
    louder = resample_poly(samples.astype(np.float64), 2, 1)
    middle = np.clip(np.rint(louder), -24000, 24000).astype(np.int16)
    delay = int(SIDE_DELAY * STEREO_RATE)
    side = np.zeros_like(middle)
    side[delay:] = middle[:-delay] // 4
    return widened(middle, side)
