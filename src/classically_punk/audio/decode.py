"""Untrusted bytes to canonical samples.

libsndfile decodes from memory, block by block: nothing is allocated by what a header claims, and reading stops at
the longest clip allowed, or when it asks for far more pieces of the file than such a clip can need.
Several channels become their mean, other rates pass soxr's high-quality resampler as a stream, and the result is
rounded to 16 bits without dither and cut off at full scale. A mono 22050 Hz 16-bit source passes bit by bit.
"""

import io
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from classically_punk.audio import containers
from classically_punk.audio.canonical import SAMPLE_RATE, Samples
from classically_punk.contracts.faults import Fault, in_order

if TYPE_CHECKING:  # a process that decodes starts in a third of the time without it
    from classically_punk.foundation.params import Ingest

MOST_CHANNELS = 32
LOWEST_RATE, HIGHEST_RATE = 4000, 384_000
"""Hz; outside, a rate is taken for damage: at 1 Hz a small file would unpack to hours."""

_FULL_SCALE = 32768
_BLOCK = 16384  # frames
_FLAC_BLOCK = 4096  # frames; the block in which a cut FLAC stream breaks is lost, so blocks are short there
_LOUDEST = np.float32(2**20)
"""Of full scale, 120 dB above it: what a float sample is cut off at, so that no sum of samples overflows."""
_READS, _READS_PER_SECOND, _BYTES_PER_READ = 100_000, 1_000, 1024
"""How often libsndfile may ask for bytes: at all, for each second of the longest clip, and once for each so many bytes
of the file. An MP3 needs 250 a second at most; one filled with empty tags would need millions and give no sound."""
_LINEAR = frozenset({"PCM_S8", "PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"})
_FLOATING = frozenset({"FLOAT", "DOUBLE"})
_UNSUPPORTED_ENCODING = 4  # SF_ERR_UNSUPPORTED_ENCODING of sndfile.h
_ABOUT_FILES = (2, 7)  # SF_ERR_SYSTEM, SFE_BAD_FILE

Signal = NDArray[np.float32]


@dataclass(frozen=True)
class DecodingLimits:
    """Durations, in s, outside which a clip is not used."""

    shortest: float
    longest: float

    @classmethod
    def of(cls, settings: "Ingest") -> "DecodingLimits":
        """The limits that params.yaml sets."""
        return cls(shortest=settings.shortest, longest=settings.longest)


@dataclass(frozen=True)
class Decoded:
    """A clip that can be used.

    samples         : int16, shape (n,), mono at 22050 Hz
    container       : wav, w64, au, flac, ogg, mp3, aiff or caf
    codec           : libsndfile's name of it: PCM_16, VORBIS, MPEG_LAYER_III, ...
    source_rate     : Hz
    source_channels : 1 or more
    faults          : what flags the clip (truncated, resampled, downmixed, requantised), in the order of `Fault`
    detail          : a sentence for each fault; empty without any
    """

    samples: Samples
    container: str
    codec: str
    source_rate: int
    source_channels: int
    faults: tuple[Fault, ...]
    detail: str


class Undecodable(Exception):  # noqa: N818 - it describes a file, not a mistake of ours
    """A file that cannot become a clip.

    fault  : the one that rejects it, always of `faults.REJECTING`
    faults : all that were found, `fault` among them, in the order of `Fault`
    detail : what was found, in sentences
    container, codec, source_rate (Hz), source_channels : what is known of the source, else "" and None
    """

    def __init__(
        self,
        fault: Fault,
        detail: str,
        *,
        also: tuple[Fault, ...] = (),
        container: str = "",
        codec: str = "",
        source_rate: int | None = None,
        source_channels: int | None = None,
    ) -> None:
        super().__init__(f"{fault.value}: {detail}")
        self.fault = fault
        self.faults = in_order({fault, *also})
        self.detail = detail
        self.container = container
        self.codec = codec
        self.source_rate = source_rate
        self.source_channels = source_channels


def decode(data: bytes, name: str, limits: DecodingLimits) -> Decoded:
    """The clip in the file content `data`; `name` serves its messages only, the content decides what it is.

    Raises Undecodable when there is no clip that can be used.
    """
    if not data:
        raise Undecodable(Fault.EMPTY_FILE, _sentences("the file holds no bytes"))
    inspection = containers.inspect(data)
    if inspection is None:
        raise _no_container(data, name)
    memory = _Memory(containers.repaired(data, inspection), limits)
    try:
        with _interrupts_afterwards(), _Stream(memory) as stream:
            return _Reading(stream, memory, inspection, limits).decoded()
    except soundfile.LibsndfileError as error:
        if memory.exhausted:
            raise Undecodable(
                Fault.TOO_SLOW, _sentences(memory.exhaustion()), container=inspection.container
            ) from error
        raise _cannot_open(error, inspection) from error


@contextmanager
def _interrupts_afterwards() -> Iterator[None]:
    """Holds Ctrl-C back until the block ends: libsndfile reads through callbacks, where an exception is printed and
    lost, so that a clip would come out cut off and the run would go on."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Ctrl-C reaches the main thread only
        return
    held: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if held and callable(before):
            signal.raise_signal(signal.SIGINT)


class _Memory(io.BytesIO):
    """Bytes that libsndfile reads. A damaged header may seek before their start, as libsndfile lets it, without an
    exception; after more reads than a clip of the longest duration can need, there is nothing more to read."""

    def __init__(self, data: bytes, limits: DecodingLimits) -> None:
        super().__init__(data)
        self.most_reads = int(_READS + _READS_PER_SECOND * limits.longest + len(data) // _BYTES_PER_READ)
        self.reads = 0

    @property
    def exhausted(self) -> bool:
        return self.reads > self.most_reads

    def exhaustion(self) -> str:
        return (
            f"after {self.most_reads} reads from it no end is in sight, more than a clip of the longest duration "
            "can need"
        )

    def readinto(self, buffer: Any, /) -> int:
        self.reads += 1
        return 0 if self.exhausted else super().readinto(buffer)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return super().seek(max(offset, 0) if whence == io.SEEK_SET else offset, whence)


class _Stream(soundfile.SoundFile):  # type: ignore[misc]  # soundfile has no types
    """A file that is only read forwards: soundfile seeks around every read, which a cut FLAC stream does not bear."""

    def seekable(self) -> bool:
        return False


class _Reading:
    """One pass through an opened file."""

    def __init__(
        self, stream: _Stream, memory: _Memory, inspection: containers.Inspection, limits: DecodingLimits
    ) -> None:
        self.stream = stream
        self.memory = memory
        self.container = inspection.container
        self.claimed_frames = inspection.claimed_frames
        self.slack = inspection.slack
        self.lacks = inspection.lacks
        self.limits = limits
        self.rate = int(stream.samplerate)
        self.channels = int(stream.channels)
        self.codec = str(stream.subtype)
        self.frames = 0
        self.broken = False

    def decoded(self) -> Decoded:
        self._refuse_absurd_headers()
        samples = self._canonical()
        found = self._conversions()
        if self.frames < self.limits.shortest * self.rate:
            raise self._unusable(*self._too_little())
        return Decoded(
            samples, self.container, self.codec, self.rate, self.channels, tuple(found), _sentences(*found.values())
        )

    def _refuse_absurd_headers(self) -> None:
        if self.channels > MOST_CHANNELS:
            raise self._unusable(
                Fault.UNSUPPORTED, f"{self.channels} channels; at most {MOST_CHANNELS} can be read here"
            )
        if not LOWEST_RATE <= self.rate <= HIGHEST_RATE:
            raise self._unusable(
                Fault.UNSUPPORTED, f"a rate of {self.rate} Hz; {LOWEST_RATE} to {HIGHEST_RATE} Hz can be read here"
            )
        if self.claimed_frames is not None and self.claimed_frames > self.limits.longest * self.rate:
            raise self._too_long(f"claims to last {self.claimed_frames / self.rate:.0f} s")

    def _canonical(self) -> Samples:
        if self.rate == SAMPLE_RATE:
            parts = [_to_16_bit(block) for block in self._mono()]
        else:
            resampler = soxr.ResampleStream(self.rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
            parts = [_to_16_bit(resampler.resample_chunk(block)) for block in self._mono()]
            parts.append(_to_16_bit(resampler.resample_chunk(np.zeros(0, np.float32), last=True)))
        return np.concatenate(parts) if parts else np.zeros(0, np.int16)

    def _mono(self) -> Iterator[Signal]:
        """The mean of the channels, in blocks, full scale 1."""
        size = _FLAC_BLOCK if self.container == "flac" else _BLOCK
        while True:
            try:
                block = self.stream.read(size, dtype="float32", always_2d=True)
                self._refuse_endless_reading()
            except soundfile.LibsndfileError:
                self._refuse_endless_reading()
                self.broken = True
                self.lacks = self.lacks or f"the stream breaks off after {self.frames / self.rate:.2f} s"
                return
            if not len(block):
                return
            if not np.isfinite(block).all():
                raise self._unusable(Fault.NOT_FINITE, self._where_not_finite(block))
            self.frames += len(block)
            if self.frames > self.limits.longest * self.rate:
                raise self._too_long("goes on")
            if self.codec in _FLOATING:
                np.clip(block, -_LOUDEST, _LOUDEST, out=block)
            yield block.mean(axis=1) if self.channels > 1 else block[:, 0]

    def _refuse_endless_reading(self) -> None:
        if self.memory.exhausted:
            raise self._unusable(Fault.TOO_SLOW, self.memory.exhaustion())

    def _where_not_finite(self, block: Signal) -> str:
        first = self.frames + int(np.argmin(np.isfinite(block).all(axis=1)))
        return f"a sample at {first / self.rate:.3f} s is NaN or infinite"

    def _conversions(self) -> dict[Fault, str]:
        """What flags the clip, in the order of `Fault`, each with its phrase."""
        found = {}
        if self.claimed_frames is not None and self.frames < self.claimed_frames - self.slack:
            self.lacks = self.lacks or f"{self.claimed_frames} samples are promised, {self.frames} are there"
        if self.lacks:
            found[Fault.TRUNCATED] = self.lacks
        if self.rate != SAMPLE_RATE:
            found[Fault.RESAMPLED] = f"resampled from {self.rate} Hz"
        if self.channels > 1:
            found[Fault.DOWNMIXED] = f"mean of {self.channels} channels"
        if self.codec in _LINEAR:
            found[Fault.REQUANTISED] = f"rounded from {self.codec} to 16 bits"
        return found

    def _too_little(self) -> tuple[Fault, str]:
        if not self.frames and self.broken:
            return Fault.CORRUPT, "its samples cannot be decoded"
        if not self.frames:
            return Fault.EMPTY_FILE, "a header without samples"
        return Fault.TOO_SHORT, f"lasts {self.frames / self.rate:.3g} s, at least {self.limits.shortest:g} s are needed"

    def _too_long(self, what: str) -> Undecodable:
        return self._unusable(Fault.TOO_LONG, f"{what}; at most {self.limits.longest:g} s are used")

    def _unusable(self, fault: Fault, detail: str) -> Undecodable:
        return Undecodable(
            fault,
            _sentences(detail, self.lacks),
            also=(Fault.TRUNCATED,) if self.lacks else (),
            container=self.container,
            codec=self.codec,
            source_rate=self.rate,
            source_channels=self.channels,
        )


def _to_16_bit(signal: Signal) -> Samples:
    """Full scale 1 to 16 bits: rounded half to even, without dither, cut off at full scale."""
    scaled = np.rint(signal * np.float32(_FULL_SCALE))
    clipped: Samples = np.clip(scaled, -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)
    return clipped


def _no_container(data: bytes, name: str) -> Undecodable:
    known = containers.unreadable_kind(data)
    if known is not None:
        detail = f"{known} cannot be read here: convert it to WAV or FLAC"
        return Undecodable(Fault.UNSUPPORTED, _sentences(detail))
    suffix = PurePosixPath(name).suffix
    what = "holds text" if _is_text(data[:4096]) else "holds no audio container that is known here"
    return Undecodable(Fault.NOT_AUDIO, _sentences(f"named {suffix}, but {what}" if suffix else what))


def _is_text(head: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 32 for byte in head)


def _cannot_open(error: soundfile.LibsndfileError, inspection: containers.Inspection) -> Undecodable:
    unsupported = bool(inspection.foreign) or error.code == _UNSUPPORTED_ENCODING
    return Undecodable(
        Fault.UNSUPPORTED if unsupported else Fault.CORRUPT,
        _sentences(f"libsndfile cannot open it ({inspection.foreign or _message(error)})", inspection.lacks),
        also=(Fault.TRUNCATED,) if inspection.lacks else (),
        container=inspection.container,
    )


def _message(error: soundfile.LibsndfileError) -> str:
    """What libsndfile says of it, unless it speaks of the system's files, of which there are none here."""
    if error.code in _ABOUT_FILES:
        return f"error {error.code}"
    return str(error.error_string).strip().rstrip(".") or f"error {error.code}"


def _sentences(*phrases: str) -> str:
    return " ".join(f"{phrase[0].upper()}{phrase[1:]}." for phrase in phrases if phrase)
