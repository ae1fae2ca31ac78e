"""Untrusted bytes to canonical samples."""

from dataclasses import dataclass

from classically_punk.audio.canonical import Samples
from classically_punk.audio.faults import Fault
from classically_punk.foundation.params import Ingest


@dataclass(frozen=True)
class Limits:
    """Durations, in s, outside which a clip is not used."""

    shortest: float
    longest: float

    @classmethod
    def of(cls, settings: Ingest) -> "Limits":
        return cls(shortest=settings.shortest, longest=settings.longest)


@dataclass(frozen=True)
class Decoded:
    """A clip that can be used.

    samples         : int16, shape (n,), mono at 22050 Hz
    container       : wav, au, flac, ogg, mp3, aiff, ...
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


class Undecodable(Exception):
    """A file that cannot become a clip: `fault` says why, `detail` in a sentence.

    container, codec, source_rate, source_channels : what is known of the source, else "" and None
    """

    def __init__(
        self,
        fault: Fault,
        detail: str,
        *,
        container: str = "",
        codec: str = "",
        source_rate: int | None = None,
        source_channels: int | None = None,
    ) -> None:
        super().__init__(f"{fault.value}: {detail}")
        self.fault = fault
        self.detail = detail
        self.container = container
        self.codec = codec
        self.source_rate = source_rate
        self.source_channels = source_channels


def decode(data: bytes, name: str, limits: Limits) -> Decoded:
    """The clip in the file content `data`. Raises Undecodable when there is none that can be used."""
    raise NotImplementedError
