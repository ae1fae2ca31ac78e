"""The descriptors of one clip, frame by frame, each computed when a set first asks for it."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from classically_punk.features import dynamics, harmony, rhythm, timbre
from classically_punk.features.separation import Separation, separate
from classically_punk.features.spectra import ClipSpectrum, FloatArray
from classically_punk.features.summaries import Span

LOWEST_FREQUENCY = 20.0
"""Hz; centroid, bandwidth and roll-off count as no lower before their logarithm is taken, silence included."""


MOST_HARMONIC = 60.0
"""dB; harmonic energy counts as at most this far above or below percussive energy."""


class Measured:
    """Descriptors of a clip, shared by the sets."""

    def __init__(self, spectrum: ClipSpectrum, *, separated_samples: bool) -> None:
        """separated_samples : whether the harmonic and percussive samples will be asked for, not only their energy"""
        self.spectrum = spectrum
        self._separated_samples = separated_samples
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
    def separation(self) -> Separation:
        return separate(self.spectrum, samples=self._separated_samples)

    @property
    def harmonic(self) -> FloatArray:
        """The harmonic part, shape (n_samples,). Raises ValueError when no separated samples were announced."""
        if self.separation.harmonic_samples is None:
            raise ValueError("separated samples were not announced when this clip was measured")
        return self.separation.harmonic_samples

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
        single = (self.rms, *self.shape, self.zero_crossing_rate)
        return np.column_stack([*single, self.mfcc]).astype(np.float64)

    @cached_property
    def standard_frames(self) -> NDArray[np.float64]:
        """The columns of `sets.FRAME_DESCRIPTORS`, shape (n_frames, n_descriptors)."""
        octaves = [np.log2(np.maximum(track, LOWEST_FREQUENCY)) for track in self.shape]
        return np.column_stack(
            [
                self.mfcc,
                timbre.spectral_contrast(self.spectrum),
                *octaves,
                timbre.spectral_flatness(self.spectrum),
                self.zero_crossing_rate,
                timbre.spectral_flux(self.spectrum),
                harmony.sorted_chroma(self.chroma),
                harmony.tonnetz(self.chroma),
                self._harmonic_level(),
                self.onsets.mean,
                dynamics.level(self.rms),
            ]
        ).astype(np.float64)

    def _harmonic_level(self) -> NDArray[np.float64]:
        """Harmonic less percussive energy, dB within +-60, shape (n_frames,); 0 for a silent frame."""
        both = np.stack([self.separation.harmonic_energy, self.separation.percussive_energy])
        level = 10 * np.log10(np.maximum(both, np.finfo(np.float32).tiny))
        return np.asarray(np.clip(level[0] - level[1], -MOST_HARMONIC, MOST_HARMONIC))
