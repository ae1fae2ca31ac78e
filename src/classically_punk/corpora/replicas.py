"""Which clips are one recording: the same samples, or the same music at another gain, offset or encoding."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from classically_punk.audio.fingerprint import Fingerprint, NearReplica, near_replicas
from classically_punk.contracts.faults import Fault
from classically_punk.foundation.params import Ingest


@dataclass(frozen=True)
class Replication:
    """A clip that repeats another one. `recording` is the first clip, by name, of all that repeat each other."""

    recording: str
    fault: Fault
    detail: str


def exact_replicas(md5s: Mapping[str, str]) -> dict[str, str]:
    """For every clip that has the md5 of another one, the first of those by name; the first itself is left out."""
    first: dict[str, str] = {}
    repeated = {}
    for clip in sorted(md5s):
        original = first.setdefault(md5s[clip], clip)
        if original != clip:
            repeated[clip] = original
    return repeated


def replications(
    md5s: Mapping[str, str], fingerprints: Mapping[str, Fingerprint], settings: Ingest
) -> dict[str, Replication]:
    """Every clip that repeats another one, exactly (`md5s` of samples) or nearly (`fingerprints`).

    A clip stands for all that are reached from it through pairs of either kind.
    """
    exact = exact_replicas(md5s)
    compared = {clip: fingerprints[clip] for clip in sorted(fingerprints) if clip not in exact}
    pairs = near_replicas(compared, settings.replica_bit_error, settings.replica_overlap)
    recordings = clusters(md5s, [*exact.items(), *((pair.first, pair.second) for pair in pairs)])
    found = {}
    for clip, recording in recordings.items():
        if clip in exact:
            detail = f"The same samples as {exact[clip]}."
            found[clip] = Replication(recording, Fault.REPLICA, detail)
        elif clip != recording:
            detail = _near_detail(clip, recording, pairs)
            found[clip] = Replication(recording, Fault.NEAR_REPLICA, detail)
    return found


def clusters(clips: Iterable[str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For every clip the first, by name, of those that pairs connect it with, however many it takes."""
    first = {clip: clip for clip in clips}

    def root(clip: str) -> str:
        while first[clip] != clip:
            first[clip] = first[first[clip]]
            clip = first[clip]
        return clip

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        first[high] = low
    return {clip: root(clip) for clip in sorted(first)}


def _near_detail(clip: str, recording: str, pairs: Iterable[NearReplica]) -> str:
    """The closest pair of the clip, one with the recording it is counted under before any other."""
    own = [pair for pair in pairs if clip in (pair.first, pair.second)]
    best = min(own, key=lambda pair: (recording not in (pair.first, pair.second), pair.bit_error, pair.first))
    if clip == best.second:
        partner, offset = best.first, best.offset_s
    else:
        partner, offset = best.second, -best.offset_s
    when = f"starting {abs(offset):.2f} s {'later' if offset > 0 else 'earlier'}" if round(offset, 2) else "aligned"
    return f"The recording of {partner}, {when} ({best.bit_error:.1%} of fingerprint bits differ)."
