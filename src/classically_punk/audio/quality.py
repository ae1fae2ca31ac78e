"""Quality of a canonical clip: level, clipping, silence, offset."""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE, Samples
from classically_punk.contracts.faults import Fault

_FULL_SCALE = 32768
_FRAME = 1024  # samples, 46 ms: the frames that are silent or not
_SHORTEST_FLAT = 3  # samples; Audacity's Find Clipping starts at the same number
_PILED_UP = 4  # times
_FAINTEST = 64  # of 32768, -54 dBFS: below, 16 bits are too coarse to tell a flat top from a slow wave


class Thresholds(Protocol):
    """From where on a clip is silent, clipped or off zero, as the parameters of `ingest` of these names say."""

    @property
    def silence(self) -> float: ...

    @property
    def silent_share(self) -> float: ...

    @property
    def clipped_share(self) -> float: ...

    @property
    def dc_offset(self) -> float: ...


@dataclass(frozen=True)
class Quality:
    """What is measured on a clip.

    duration      : s
    peak_dbfs     : dB of full scale; None for digital silence
    rms_dbfs      : dB of full scale, where a full-scale square wave has 0 and a sine -3.01; None for digital silence
    clipped_share : share of samples on a flat top at the clip's own extremes, 0..1; see `clipped_share`
    silent_share  : share of the duration in frames of 46 ms whose RMS about their mean is below `ingest.silence`, 0..1
    dc_offset     : mean of the samples, of full scale, -1..1
    """

    duration: float
    peak_dbfs: float | None
    rms_dbfs: float | None
    clipped_share: float
    silent_share: float
    dc_offset: float


def measure(samples: Samples, settings: Thresholds) -> Quality:
    """Quality of `samples`, shape (n,). Raises ValueError when there are none."""
    if not samples.size:
        raise ValueError("a clip without samples has no quality")
    signal = samples.astype(np.float64) / _FULL_SCALE
    return Quality(
        duration=samples.size / SAMPLE_RATE,
        peak_dbfs=_decibels(max(int(samples.max()), -int(samples.min())) / _FULL_SCALE),
        rms_dbfs=_decibels(math.sqrt(float(signal @ signal) / samples.size)),
        clipped_share=clipped_share(samples),
        silent_share=silent_share(signal, settings.silence),
        dc_offset=float(signal.mean()),
    )


def faults(quality: Quality, settings: Thresholds) -> tuple[Fault, ...]:
    """What `quality` says is wrong, by the thresholds of `settings`: silent (rejects), clipped, dc_offset."""
    found = []
    if quality.silent_share >= settings.silent_share:
        found.append(Fault.SILENT)
    if quality.clipped_share >= settings.clipped_share:
        found.append(Fault.CLIPPED)
    if abs(quality.dc_offset) >= settings.dc_offset:
        found.append(Fault.DC_OFFSET)
    return tuple(found)


def clipped_share(samples: Samples) -> float:
    """Share of samples that lie on a flat top, 0..1.

    samples : shape (n,)
    A flat top is a run of 3 or more equal samples at the clip's largest or smallest value. That value need not be
    full scale, for a clipped recording may have been turned down later; but then at least 4 times as many samples
    must lie on it as on the value next to it, for only then was the wave cut: a sine has 2.4 times as many there, by
    arcsin's law. A square wave counts as clipped. Clipping that was smeared by a later resampling or lossy encoding
    is not seen.
    """
    top, bottom = int(samples.max()), int(samples.min())
    clipped = 0
    for extreme, faces_up in ((top, True), (bottom, False)):
        if top == bottom or abs(extreme) < _FAINTEST or (extreme > 0) != faces_up:
            continue
        at_extreme = samples == extreme
        at_full_scale = extreme >= _FULL_SCALE - 1 or extreme <= -_FULL_SCALE + 1
        if at_full_scale or _piled_up(samples, at_extreme, faces_up):
            clipped += _in_runs(at_extreme)
    return clipped / samples.size


def silent_share(signal: NDArray[np.float64], threshold: float) -> float:
    """Share of `signal`, shape (n,), in frames of 46 ms whose RMS is below `threshold` dB of full scale, 0..1.

    The RMS is that about the frame's own mean: an offset, however large, is not heard.
    """
    starts = np.arange(0, signal.size, _FRAME)
    lengths = np.diff(np.append(starts, signal.size))
    power = np.add.reduceat(signal**2, starts) / lengths - (np.add.reduceat(signal, starts) / lengths) ** 2
    return float(lengths[power < 10 ** (threshold / 10)].sum() / signal.size)


def _piled_up(samples: Samples, at_extreme: NDArray[np.bool_], faces_up: bool) -> bool:
    others = samples[~at_extreme]
    neighbour = others.max() if faces_up else others.min()
    return int(np.count_nonzero(at_extreme)) >= _PILED_UP * int(np.count_nonzero(others == neighbour))


def _in_runs(marked: NDArray[np.bool_]) -> int:
    """How many of `marked` stand in runs of `_SHORTEST_FLAT` or more."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], marked, [False])).astype(np.int8)))
    lengths = edges[1::2] - edges[::2]
    return int(lengths[lengths >= _SHORTEST_FLAT].sum())


def _decibels(amplitude: float) -> float | None:
    return 20 * math.log10(amplitude) if amplitude > 0 else None
