"""Audio fingerprints: the same recording at another gain, offset or encoding."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classically_punk.audio.canonical import Samples

Fingerprint = NDArray[np.uint32]
"""One 32-bit word per step of `HOP` samples, shape (n_frames,)."""


@dataclass(frozen=True)
class NearReplica:
    """Two clips that hold the same recording.

    offset_s  : s; what `first` plays at time t, `second` plays at t - offset_s
    bit_error : share of fingerprint bits that differ where the two overlap
    """

    first: str
    second: str
    offset_s: float
    bit_error: float


def fingerprint(samples: Samples) -> Fingerprint:
    """The fingerprint of `samples`, shape (n,)."""
    raise NotImplementedError


def near_replicas(
    fingerprints: Mapping[str, Fingerprint], bit_error: float, overlap_s: float
) -> list[NearReplica]:
    """Every pair of clips that share a recording, sorted by names."""
    raise NotImplementedError
