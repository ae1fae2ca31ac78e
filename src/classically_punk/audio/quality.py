"""Quality of a canonical clip: level, clipping, silence, offset."""

from dataclasses import dataclass

from classically_punk.audio.canonical import Samples
from classically_punk.audio.faults import Fault
from classically_punk.foundation.params import Ingest


@dataclass(frozen=True)
class Quality:
    """
    duration      : s
    peak_dbfs     : dB of full scale; None for digital silence
    rms_dbfs      : dB of full scale (a full-scale square wave has 0); None for digital silence
    clipped_share : share of samples on a flat top, 0..1
    silent_share  : share of the duration in frames below `ingest.silence`, 0..1
    dc_offset     : mean of the samples, of full scale, -1..1
    """

    duration: float
    peak_dbfs: float | None
    rms_dbfs: float | None
    clipped_share: float
    silent_share: float
    dc_offset: float


def measure(samples: Samples, settings: Ingest) -> Quality:
    """Quality of `samples`, shape (n,), n >= 1."""
    raise NotImplementedError


def faults(quality: Quality, settings: Ingest) -> tuple[Fault, ...]:
    """What `quality` says is wrong, by the thresholds of `settings`: silent, clipped, dc_offset."""
    raise NotImplementedError
