"""Another tempo in the same key, by a phase vocoder.

Each frame's phase advances by what the input's phase advanced over the same bin, so that tones go on without a break.
Phases are kept as complex numbers of magnitude 1: to advance is to multiply, without an angle or a sine.
Source: Flanagan & Golden 1966, Phase vocoder, Bell System Technical Journal 45; Laroche & Dolson 1999.
"""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

N_FFT = 2048
HOP = 512


def stretched(samples: FloatArray, rate: float) -> FloatArray:
    """samples : shape (n,), rate > 0: 1.06 is 6 % faster. Returns about n / rate samples, at least one.

    Frames of the output are read off the input's at steps of `rate` frames: magnitudes interpolated, phases advanced
    by what two neighbouring input frames say.
    Raises ValueError when `rate` is not above 0.
    """
    if not rate > 0:
        raise ValueError(f"rate {rate}: expected a factor above 0")
    length = max(1, round(len(samples) / rate))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT).astype(np.float32)
    padded = np.pad(samples.astype(np.float32), (N_FFT // 2, N_FFT // 2 + 2 * HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
    spectrum = scipy.fft.rfft(frames * window, axis=1)
    steps = np.arange(0, len(spectrum) - 1, rate)
    here = steps.astype(np.intp)
    share = (steps - here).astype(np.float32)[:, None]
    magnitude = np.abs(spectrum)
    mixed = (1 - share) * magnitude[here] + share * magnitude[here + 1]
    advance = _phases((spectrum[1:] * np.conj(spectrum[:-1])).astype(np.complex128))  # from each frame to the next
    phase = _phases(spectrum[0].astype(np.complex128))
    turned = np.empty(mixed.shape, dtype=np.complex64)
    for step, frame in enumerate(here):
        turned[step] = mixed[step] * phase.astype(np.complex64)
        phase = phase * advance[frame]
    return _overlapped(scipy.fft.irfft(turned, n=N_FFT, axis=1) * window, window)[:length].astype(np.float64)


def _phases(numbers: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Each divided by its magnitude; where that is 0, 1 or -1 by the sign of the real part, as its angle has it."""
    magnitude = np.sqrt(numbers.real**2 + numbers.imag**2)
    silent = magnitude == 0
    return np.asarray(np.where(silent, np.copysign(1.0, numbers.real), numbers) / np.where(silent, 1.0, magnitude))


def _overlapped(frames: NDArray[np.float32], window: NDArray[np.float32]) -> NDArray[np.float32]:
    """Windowed frames added up, divided by the sum of the squared windows, from the first frame's centre on."""
    reach = N_FFT // HOP
    total = np.zeros((len(frames) + reach, HOP), dtype=np.float32)
    weight = np.zeros_like(total)
    squares = (window**2).reshape(reach, HOP)
    parts = frames.reshape(len(frames), reach, HOP)
    for offset in range(reach):
        total[offset : offset + len(frames)] += parts[:, offset]
        weight[offset : offset + len(frames)] += squares[offset]
    found = total / np.maximum(weight, 1e-3)
    return np.asarray(found.reshape(-1)[N_FFT // 2 :])
