"""What a batch holds, whichever way it came."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classically_punk.contracts.classifier import FloatArray, TextArray
from classically_punk.contracts.faults import Fault


@dataclass(frozen=True)
class Clip:
    """One clip of a batch. values : shape (p,), finite; best : the likeliest genre; sure : whether it was answered;
    duration : s, None where nobody knows; faults : what is wrong with the file"""

    values: FloatArray
    best: str
    sure: bool
    duration: float | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A file or line that cannot be compared. name : where it stands; reason : a sentence"""

    name: str
    reason: str


@dataclass(frozen=True)
class Batch:
    """clips : what is compared; left_out : the rest, in order"""

    clips: tuple[Clip, ...]
    left_out: tuple[LeftOut, ...] = field(default=())

    @classmethod
    def of(cls, found: Sequence[Clip | LeftOut]) -> "Batch":
        """The clips, and what is none."""
        return cls(
            tuple(each for each in found if isinstance(each, Clip)),
            tuple(each for each in found if isinstance(each, LeftOut)),
        )

    @property
    def values(self) -> FloatArray:
        """shape (m, p)"""
        return np.stack([clip.values for clip in self.clips])

    @property
    def predicted(self) -> TextArray:
        """shape (m,)"""
        return np.array([clip.best for clip in self.clips], dtype=object)

    @property
    def sure(self) -> NDArray[np.bool_]:
        """shape (m,)"""
        return np.array([clip.sure for clip in self.clips], dtype=bool)

    @property
    def median_duration(self) -> float | None:
        """s; None where no duration is known."""
        known = [clip.duration for clip in self.clips if clip.duration is not None]
        return float(np.median(known)) if known else None
