"""The descriptors of one clip, frame by frame, each computed when a set first asks for it."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from classically_punk.features import dynamics, harmony, rhythm, timbre
from classically_punk.features.separation import harmonic_samples
from classically_punk.features.spectra import ClipSpectrum, FloatArray
from classically_punk.features.summaries import Span

LOWEST_FREQUENCY = 20.0
"""Hz; centroid, bandwidth and roll-off count as no lower before their logarithm is taken, silence included."""


class Measured:
    """Descriptors of a clip, shared by the sets."""

    def __init__(self, spectrum: ClipSpectrum) -> None:
        self.spectrum = spectrum
        self._tempi: dict[int, float] = {}
        self._correlations: dict[int, NDArray[np.float64]] = {}

    @cached_property
    def mfcc(self) -> FloatArray:
        return timbre.mfcc(self.spectrum)

    @cached_property
    def shape(self) -> timbre.SpectralShape:
        return timbre.spectral_shape(self.spectrum)

    @cached_property
    def zero_crossing_rate(self) -> FloatArray:
        return timbre.zero_crossing_rate(self.spectrum)

    @cached_property
    def chroma(self) -> FloatArray:
        return harmony.chroma(self.spectrum)

    @cached_property
    def rms(self) -> FloatArray:
        return dynamics.rms(self.spectrum)

    @cached_property
    def onsets(self) -> rhythm.OnsetStrength:
        return rhythm.OnsetStrength(self.spectrum)

    @cached_property
    def tempogram(self) -> rhythm.Tempogram:
        return rhythm.Tempogram(self.onsets.median, self.spectrum.hop_length)

    @cached_property
    def harmonic(self) -> FloatArray:
        """The harmonic part, shape (n_samples,)."""
        return harmonic_samples(self.spectrum)

    @cached_property
    def percussive(self) -> FloatArray:
        """The percussive part, shape (n_samples,): what the harmonic part leaves."""
        return self.spectrum.samples - self.harmonic

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

    @cached_property
    def kaggle_frames(self) -> NDArray[np.float64]:
        """rms, centroid, bandwidth, roll-off, zero-crossing rate and 20 MFCC, shape (n_frames, 25)."""
        shape = self.shape
        single = (self.rms, shape.centroid, shape.bandwidth, shape.rolloff, self.zero_crossing_rate)
        return np.column_stack([*single, self.mfcc]).astype(np.float64)

    @cached_property
    def standard_frames(self) -> NDArray[np.float64]:
        """The columns of `sets.FRAME_DESCRIPTORS`, shape (n_frames, n_descriptors)."""
        octaves = [
            np.log2(np.maximum(track, LOWEST_FREQUENCY), dtype=np.float64).astype(np.float32) for track in self.shape
        ]
        return np.column_stack(
            [
                self.mfcc,
                timbre.spectral_contrast(self.spectrum),
                *octaves,
                timbre.spectral_flatness(self.spectrum),
                timbre.spectral_flux(self.spectrum),
                self.zero_crossing_rate,
                self.onsets.mean,
                dynamics.level(self.rms),
            ]
        ).astype(np.float64)

    @cached_property
    def tonnetz(self) -> NDArray[np.float64]:
        """Shape (n_frames, 6)."""
        return harmony.tonnetz(self.chroma).astype(np.float64)
