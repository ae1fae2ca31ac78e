"""What is measured of a clip's samples, kept by content: quality and fingerprint.

The key of an entry is the samples themselves, what `ingest` calls silence, and the code, libraries and arithmetic that
measure. Samples are decoded anew from the file each time, and so is what they are: nothing kept stands for a file.
"""

import math
from dataclasses import asdict, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from classically_punk.audio import fingerprint as fingerprints
from classically_punk.audio import quality as qualities
from classically_punk.audio.canonical import Samples, canonical_bytes
from classically_punk.audio.fingerprint import Fingerprint, fingerprint
from classically_punk.audio.quality import Quality, measure
from classically_punk.foundation import content_cache
from classically_punk.foundation.params import Ingest
from classically_punk.foundation.sources import sources_of

ROOM = "facts"
LIBRARIES = ("numpy", "scipy", "soxr")


@dataclass(frozen=True)
class Facts:
    """Of the samples of one clip."""

    quality: Quality
    fingerprint: Fingerprint


def facts_of(samples: Samples, settings: Ingest, made_by: str) -> Facts:
    """What stands in the cache, or else is measured and kept.

    samples : shape (n,), n >= 1; made_by : `making_key` of `settings`
    """
    key = content_cache.content_key(canonical_bytes(samples), made_by)
    stored = content_cache.load(ROOM, key)
    if stored is not None:
        return Facts(_quality(stored["quality"].astype(np.float64)), stored["fingerprint"].astype(np.uint32))
    found = Facts(measure(samples, settings), fingerprint(samples))
    content_cache.store(ROOM, key, {"quality": _numbers(found.quality), "fingerprint": found.fingerprint})
    return found


def making_key(settings: Ingest) -> str:
    """A hash of all but the samples that facts come from."""
    code = content_cache.code_key(sources_of([qualities.__name__, fingerprints.__name__, __name__]), LIBRARIES)
    return content_cache.content_key(repr(settings.silence), code)


def _numbers(quality: Quality) -> NDArray[np.float64]:
    """Shape (n_fields,), NaN for what is None."""
    return np.array([math.nan if value is None else value for value in asdict(quality).values()])


def _quality(numbers: NDArray[np.float64]) -> Quality:
    known = (None if math.isnan(value) else float(value) for value in numbers)
    return Quality(**dict(zip((field.name for field in fields(Quality)), known, strict=True)))  # type: ignore[arg-type]
