"""Harmonic and percussive parts of a clip, by median filters over its spectrum.

A tone is a line along time, a hit a line along frequency. The median over 31 frames of a bin keeps the one, the median
over 31 bins of a frame the other, and their squares make two soft masks that add up to 1. So the percussive samples
are the clip less the harmonic ones, and one inverse transform serves both. The medians are taken of the power: they
are the squares of the medians of the magnitude.

Source: Fitzgerald 2010; Driedger, Mueller & Disch 2014; `librosa.effects.hpss` with its defaults.
"""

import numpy as np
import scipy.fft

from classically_punk.features.compiled import compiled
from classically_punk.features.median import median_31
from classically_punk.features.spectra import ClipSpectrum, FloatArray, blocks, hann

FRAMES_AT_ONCE = 240
"""No power of two: rows a power of two apart would compete for the same lines of the processor's cache."""
_TINY = np.finfo(np.float32).tiny


def harmonic_samples(clip: ClipSpectrum) -> FloatArray:
    """The harmonic part of a clip, shape (n_samples,); the percussive part is what it leaves of the clip.

    Works some frames at a time: no second spectrum is held in memory.
    """
    overlapped = np.zeros(clip.n_fft + (clip.n_frames - 1) * clip.hop_length, dtype=np.float32)
    window = hann(clip.n_fft)
    for block in blocks(clip.n_frames, FRAMES_AT_ONCE):
        lasting = median_31(clip.power, block.start, block.stop)
        broad = median_31(np.ascontiguousarray(clip.power[block].T))
        _mask(lasting, np.ascontiguousarray(broad.T))
        for part in blocks(block.stop - block.start):
            begin = block.start + part.start
            masked = clip.spectrum[begin : begin + part.stop - part.start] * lasting[part]
            frames = scipy.fft.irfft(masked, n=clip.n_fft, axis=1, overwrite_x=True)
            _overlap_add(frames, window, clip.hop_length, overlapped[begin * clip.hop_length :])
    return _unwindowed(overlapped, clip)


def _unwindowed(overlapped: FloatArray, clip: ClipSpectrum) -> FloatArray:
    """The samples of the clip from overlapped windowed frames: divided by the sum of the squared windows."""
    hop = clip.hop_length
    reach = -(-clip.n_fft // hop)
    squares = np.pad(np.square(hann(clip.n_fft)), (0, reach * hop - clip.n_fft)).reshape(reach, hop)
    weight = np.zeros((clip.n_frames + reach - 1, hop), dtype=np.float32)
    for offset in range(reach):
        weight[offset : offset + clip.n_frames] += squares[offset]
    centre = slice(clip.n_fft // 2, clip.n_fft // 2 + clip.samples.size)
    total, weights = overlapped[centre], weight.reshape(-1)[centre]
    return np.divide(total, weights, out=total, where=weights > _TINY)


@compiled()
def _mask(lasting: FloatArray, broad: FloatArray) -> None:
    """Puts the harmonic mask into `lasting`; where both medians are 0 it is one half. All (n_frames, n_bins)."""
    for t in range(lasting.shape[0]):
        for k in range(lasting.shape[1]):
            both = lasting[t, k] + broad[t, k]
            lasting[t, k] = lasting[t, k] / both if both >= _TINY else np.float32(0.5)


@compiled()
def _overlap_add(frames: FloatArray, window: FloatArray, hop: int, total: FloatArray) -> None:
    for t in range(frames.shape[0]):
        row = frames[t]
        target = total[t * hop : t * hop + window.size]
        for n in range(window.size):
            target[n] += row[n] * window[n]
