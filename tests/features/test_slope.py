"""The slope of a spectrum: spectra whose slope is known on paper, and what must not change it."""

import numpy as np
import pytest
from fixtures.extraction import features_of
from scipy.stats import linregress

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.features import timbre
from classically_punk.features.spectra import ClipSpectrum

OCTAVE = 20 * np.log10(2)  # dB by which a magnitude proportional to 1 / frequency falls


def clip_with(power: np.ndarray, n_fft: int = 2048) -> ClipSpectrum:
    """A clip that has this power spectrum, shape (n_frames, n_bins)."""
    clip = ClipSpectrum(np.zeros(512 * (len(power) - 1) + 1, dtype=np.float32), n_fft, 512)
    clip.__dict__["power"] = power.astype(np.float32)
    return clip


def falling(exponent: float, n_fft: int = 2048) -> np.ndarray:
    """The power of a magnitude proportional to frequency ** -exponent, shape (1, n_bins)."""
    frequencies = np.maximum(np.arange(n_fft // 2 + 1), 1) / n_fft
    return 100 * frequencies[None, :] ** (-2 * exponent)


@pytest.mark.parametrize("n_fft", [1024, 2048, 4096])
@pytest.mark.parametrize("exponent", [-1.0, -0.5, 0.0, 0.5, 1.0])
def test_a_power_law_has_its_exponent_as_slope(exponent: float, n_fft: int) -> None:
    """1 / frequency is 6.02 dB per octave; the magnitude of pink noise, 1 / sqrt(frequency), is 3.01."""
    slope = timbre.spectral_slope(clip_with(falling(exponent, n_fft), n_fft))
    assert slope == pytest.approx([-exponent * OCTAVE], abs=1e-3)


def test_any_spectrum_has_the_slope_of_scipy_where_octaves_are_sampled_evenly(rng: np.random.Generator) -> None:
    """A weight of 1 / frequency is the same as points at equal steps of log frequency: levels that change slowly,
    interpolated at such points, have the same line."""
    frequencies = np.arange(1025) * SAMPLE_RATE / 2048
    wave = rng.uniform(1, 2)
    level = 6 * np.sin(wave * np.log2(np.maximum(frequencies, 1))) - 4 * np.log2(np.maximum(frequencies, 1))
    even = np.geomspace(timbre.SLOPE_LOWEST, SAMPLE_RATE / 2, 20000)
    expected = linregress(np.log2(even), np.interp(even, frequencies, level)).slope
    found = timbre.spectral_slope(clip_with(10 ** (level[None, :] / 10) * 1e6))
    assert found[0] == pytest.approx(expected, abs=0.1)


def test_one_click_is_flat_and_the_step_that_it_adds_up_to_falls_by_six_decibels(measure) -> None:
    """The step falls as 1 / sin(w / 2), which is 1 / frequency but for the top octaves."""
    click = np.zeros(2 * SAMPLE_RATE, dtype=np.float32)
    click[SAMPLE_RATE // 512 * 512] = 0.9
    frame = SAMPLE_RATE // 512
    assert timbre.spectral_slope(measure(click))[frame] == pytest.approx(0, abs=1e-3)
    frequencies = np.arange(1, 1025) / 2048
    step = np.concatenate([[1e9], 1 / (2 * np.sin(np.pi * frequencies)) ** 2])
    assert timbre.spectral_slope(clip_with(step[None, :]))[0] == pytest.approx(-OCTAVE, abs=0.5)


def test_noise_has_the_slope_of_its_colour(measure, rng: np.random.Generator) -> None:
    white = rng.normal(0, 0.05, 10 * SAMPLE_RATE)
    spectrum = np.fft.rfft(white)
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(spectrum.size), 1)), white.size)
    pink *= 0.05 / pink.std()
    assert timbre.spectral_slope(measure(white.astype(np.float32))).mean() == pytest.approx(0, abs=0.1)
    assert timbre.spectral_slope(measure(pink.astype(np.float32))).mean() == pytest.approx(-OCTAVE / 2, abs=0.1)


def test_a_gain_changes_nothing(measure, signals) -> None:
    signal = signals.music(4.0)
    loud, soft = (timbre.spectral_slope(measure(signal * np.float32(gain))) for gain in (1.0, 0.25))
    np.testing.assert_allclose(soft, loud, atol=1e-4)


def test_silence_has_no_slope_and_its_columns_are_zero(measure, settings) -> None:
    silence = np.zeros(4 * SAMPLE_RATE, dtype=np.float32)
    assert not timbre.spectral_slope(measure(silence)).any()
    found = features_of(silence, settings.model_copy(update={"sets": ["slope"]}))
    assert found.columns == tuple(f"spectral_slope_{name}" for name in ("mean", "std", "skew", "diff_std"))
    assert not found.values.any()


def test_a_darker_sound_slopes_more(measure, rng: np.random.Generator) -> None:
    """A running mean of two samples is a low-pass filter, of four a stronger one."""
    noise = rng.normal(0, 0.1, 4 * SAMPLE_RATE)
    slopes = [
        timbre.spectral_slope(measure(np.convolve(noise, np.ones(n) / n).astype(np.float32))).mean() for n in (1, 2, 4)
    ]
    assert slopes[0] > slopes[1] > slopes[2]
