"""Audio fingerprints: the same recording at another gain, offset or encoding.

A fingerprint is a row of 32-bit words, one every 11.6 ms. Each bit says whether the difference between two
neighbouring bands of 300-2000 Hz grew or shrank since the frame before: gain drops out, an offset shifts the row, and
an encoder flips a bit here and there. Unrelated recordings differ in about half of the bits.

Words that two clips share vote for the offset between them; the winning offsets are then compared bit by bit. Music
repeats itself and synthesised music repeats itself exactly, so each clip enters a word once, a word that many clips
share is paired with its nearest neighbours only, and votes decide nothing but what is compared.

Source: Haitsma & Kalker 2002, "A Highly Robust Audio Fingerprinting System", ISMIR, for the words, the search by exact
words and the bit error as criterion; Wang 2003, "An Industrial-Strength Audio Search Algorithm", ISMIR, for the vote.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.fft
import soxr
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE, Samples

Fingerprint = NDArray[np.uint32]
"""One word per step, shape (n_frames,); the word 0 stands for a frame without information, such as silence."""

BITS = 32  # of a word

_DECIMATION = 4  # 22050 Hz to 5512.5 Hz: nothing above 2000 Hz is used
_RATE = SAMPLE_RATE / _DECIMATION
_N_FFT = 2048
_HOP = 64
STEP = _HOP / _RATE
"""s between words: 11.6 ms."""

WINDOW = _N_FFT / _RATE
"""s of audio behind each word: 0.37 s."""

_LOWEST, _HIGHEST = 300.0, 2000.0  # Hz
_BANDS = BITS + 1
_BLOCK = 64  # frames transformed at a time, which stay in the processor's cache

_NEIGHBOURS = 16  # clips that an occurrence of a word is paired with
_FEWEST_VOTES = 2  # for an offset to be compared
_OFFSETS = 4  # compared per pair of clips
_SLACK = 2  # steps around an offset that are compared with it: clips are not cut on steps


@dataclass(frozen=True)
class NearReplica:
    """Two clips that hold the same recording.

    first, second : names, `first` sorted before `second`
    offset_s      : s; what `first` plays at t, `second` plays at t - offset_s
    bit_error     : share of fingerprint bits that differ where the two overlap, 0..0.5
    """

    first: str
    second: str
    offset_s: float
    bit_error: float


def fingerprint(samples: Samples) -> Fingerprint:
    """The fingerprint of `samples`, shape (n,): shape (n_frames,), empty for clips below 0.39 s."""
    signal = soxr.resample(samples.astype(np.float32), SAMPLE_RATE, _RATE, quality="HQ")
    if signal.size < _N_FFT + _HOP:
        return np.zeros(0, np.uint32)
    frames = np.lib.stride_tricks.sliding_window_view(signal, _N_FFT)[::_HOP]
    energies = np.concatenate([_energies(frames[start : start + _BLOCK]) for start in range(0, len(frames), _BLOCK)])
    tilts = energies[:, :-1] - energies[:, 1:]
    return _packed(np.diff(tilts, axis=0) > 0)


def near_replicas(fingerprints: Mapping[str, Fingerprint], bit_error: float, overlap_s: float) -> list[NearReplica]:
    """Pairs of clips that share a recording, sorted by their names.

    fingerprints : by clip name
    bit_error    : share of bits that may differ over the overlap
    overlap_s    : s that the two must have in common, silence left out
    Of more than 17 clips that share a recording not every pair need be listed, but all are connected by pairs.
    """
    names = sorted(fingerprints)
    words = [fingerprints[name] for name in names]
    fewest = max(1, round((overlap_s - WINDOW) / STEP))
    best: dict[tuple[int, int], tuple[float, int]] = {}
    for first, second, offset in _candidates(words):
        for shifted in range(offset - _SLACK, offset + _SLACK + 1):
            error = _bit_error(words[first], words[second], shifted, fewest)
            if error is not None and error <= bit_error:
                pair = first, second
                best[pair] = min(best.get(pair, (error, shifted)), (error, shifted))
    return [
        NearReplica(names[first], names[second], shifted * STEP, error)
        for (first, second), (error, shifted) in sorted(best.items())
    ]


def _energies(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Energy per band, shape (n_frames, 33), of windowed frames, shape (n_frames, n_fft)."""
    first, starts, window = _layout()
    spectrum = scipy.fft.rfft(frames * window, axis=1, overwrite_x=True)[:, first : first + starts[-1]]
    power = spectrum.real**2 + spectrum.imag**2
    return np.asarray(np.add.reduceat(power, starts[:-1], axis=1))


@cache
def _layout() -> tuple[int, NDArray[np.intp], NDArray[np.float32]]:
    """First bin used, first bin of each band (and of what lies above) counted from there, and the Hann window."""
    edges = np.geomspace(_LOWEST, _HIGHEST, _BANDS + 1)
    bins = np.searchsorted(np.fft.rfftfreq(_N_FFT, 1 / _RATE), edges)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_N_FFT) / _N_FFT)
    return int(bins[0]), bins - bins[0], window.astype(np.float32)


def _packed(bits: NDArray[np.bool_]) -> Fingerprint:
    words = np.packbits(bits, axis=1, bitorder="little").view("<u4")
    return words[:, 0].astype(np.uint32)


def _bit_error(first: Fingerprint, second: Fingerprint, offset: int, fewest: int) -> float | None:
    """Share of bits that differ where `second` starts `offset` words into `first`.

    None when fewer than `fewest` words overlap that carry information in both.
    """
    ours = first[max(offset, 0) : second.size + offset]
    theirs = second[max(-offset, 0) : first.size - offset]
    if ours.size < fewest:
        return None
    informative = (ours != 0) & (theirs != 0)
    count = int(np.count_nonzero(informative))
    if count < fewest:
        return None
    differing = np.bitwise_count(ours ^ theirs)
    return int(differing[informative].sum()) / (BITS * count)


def _candidates(words: list[Fingerprint]) -> Iterator[tuple[int, int, int]]:
    """Pairs of clips, by number, and the offsets in words at which they share the most words."""
    if sum(row.size for row in words) == 0:
        return
    span = 2 * max(row.size for row in words) + 1
    votes: NDArray[np.int64] = np.zeros(0, np.int64)
    counts: NDArray[np.int64] = np.zeros(0, np.int64)
    word, clip, frame = _occurrences(words)
    for distance in range(1, _NEIGHBOURS + 1):
        shared = np.flatnonzero(word[distance:] == word[:-distance])
        pair = clip[shared] * len(words) + clip[shared + distance]
        offset = frame[shared] - frame[shared + distance]
        votes, counts = _added(votes, counts, pair * span + offset + span // 2)
    keep = counts >= _FEWEST_VOTES
    votes, counts = votes[keep], counts[keep]
    order = np.lexsort((votes, -counts, votes // span))
    pairs = votes[order] // span
    starts = np.flatnonzero(np.diff(pairs, prepend=-1))
    rank = np.arange(pairs.size) - np.repeat(starts, np.diff(np.append(starts, pairs.size)))
    for vote in votes[order][rank < _OFFSETS].tolist():
        pair, offset = divmod(vote, span)
        yield pair // len(words), pair % len(words), offset - span // 2


def _occurrences(words: list[Fingerprint]) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
    """The first occurrence of each word in each clip: word, clip, frame, sorted by word, then clip."""
    word, clip, frame = [], [], []
    for number, row in enumerate(words):
        distinct, first = np.unique(row, return_index=True)
        informative = distinct != 0
        word.append(distinct[informative])
        frame.append(first[informative].astype(np.int64))
        clip.append(np.full(np.count_nonzero(informative), number, np.int64))
    joined = np.concatenate(word)
    order = np.argsort(joined, kind="stable")
    return joined[order], np.concatenate(clip)[order], np.concatenate(frame)[order]


def _added(
    votes: NDArray[np.int64], counts: NDArray[np.int64], more: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The tally `votes`, `counts` with `more` votes counted in."""
    new, times = np.unique(more, return_counts=True)
    joined = np.concatenate((votes, new))
    distinct, where = np.unique(joined, return_inverse=True)
    tally = np.bincount(where, weights=np.concatenate((counts, times)), minlength=distinct.size)
    return distinct, tally.astype(np.int64)
