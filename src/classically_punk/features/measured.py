"""A clip, its spectrum, and what several features need of it, each computed when one first asks for it."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from classically_punk.features import dynamics, harmony, rhythm, timbre
from classically_punk.features.separation import harmonic_samples
from classically_punk.features.spectra import ClipSpectrum, FloatArray
from classically_punk.features.summaries import Span


class Measured(ClipSpectrum):
    """A clip of samples, `n_fft` and `hop_length`, as `ClipSpectrum` takes them, with what features share."""

    def __init__(self, samples: FloatArray, n_fft: int, hop_length: int) -> None:
        super().__init__(samples, n_fft, hop_length)
        self._tempi: dict[int, float] = {}
        self._correlations: dict[int, NDArray[np.float64]] = {}

    @cached_property
    def shape(self) -> timbre.SpectralShape:
        return timbre.spectral_shape(self)

    @cached_property
    def chroma(self) -> FloatArray:
        """Shape (n_frames, 12)."""
        return harmony.chroma(self)

    @cached_property
    def rms(self) -> FloatArray:
        """Shape (n_frames,)."""
        return dynamics.rms(self)

    @cached_property
    def onsets(self) -> rhythm.OnsetStrength:
        return rhythm.OnsetStrength(self)

    @cached_property
    def tempogram(self) -> rhythm.Tempogram:
        return rhythm.Tempogram(self.onsets.median, self.hop_length)

    @cached_property
    def harmonic(self) -> FloatArray:
        """The harmonic part, shape (n_samples,)."""
        return harmonic_samples(self)

    @cached_property
    def percussive(self) -> FloatArray:
        """The percussive part, shape (n_samples,): what the harmonic part leaves."""
        return self.samples - self.harmonic

    def correlation(self, span: Span) -> NDArray[np.float64]:
        """Mean local autocorrelation of onset strength over a span, by lag."""
        if span.window not in self._correlations:
            self._correlations[span.window] = self.tempogram.mean(span.frames)
        return self._correlations[span.window]

    def tempo(self, span: Span) -> float:
        """BPM; 0 where nothing begins, as librosa's beat tracker has it."""
        if span.window not in self._tempi:
            heard = self.onsets.median[span.frames].any()
            tempi = self.tempogram.tempi()
            self._tempi[span.window] = rhythm.tempo(self.correlation(span), tempi) if heard else 0.0
        return self._tempi[span.window]
