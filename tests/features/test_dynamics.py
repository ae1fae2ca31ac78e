"""Level of signals known on paper."""

import librosa
import numpy as np
import pytest

from classically_punk.features import dynamics

INNER = slice(5, -5)


def test_rms_of_a_sine_is_its_amplitude_over_root_two(signals, measure):
    rms = measure(signals.sine(1000, 2.0, 0.8)).rms[INNER]
    np.testing.assert_allclose(rms, 0.8 / np.sqrt(2), rtol=1e-3)


def test_level_of_full_scale_sine(signals, measure):
    level = dynamics.level(measure(signals.sine(1000, 2.0, 1.0)).rms[INNER])
    np.testing.assert_allclose(level, -3.01, atol=0.02)


def test_crest_factor_of_sine_and_square(signals):
    sine = signals.sine(1000, 2.0)
    assert dynamics.crest_factor(sine) == pytest.approx(3.01, abs=0.01)
    assert dynamics.crest_factor(np.sign(sine + 1e-6)) == pytest.approx(0, abs=0.01)


def test_dynamic_range_of_two_levels():
    levels = np.repeat([-40.0, -10.0], 100)
    assert dynamics.dynamic_range(levels) == pytest.approx(30)


def test_low_energy_share_counts_frames_below_the_mean():
    assert dynamics.low_energy_share(np.array([0.1, 0.1, 0.1, 0.9])) == 0.75
    assert dynamics.low_energy_share(np.full(10, 0.3)) == 0


@pytest.mark.parametrize(("n_fft", "hop_length"), [(2048, 512), (1024, 441), (4096, 1024)])
def test_librosa_agrees(n_fft, hop_length, signals, measure):
    signal = signals.music(2.0)
    expected = librosa.feature.rms(y=signal, frame_length=n_fft, hop_length=hop_length)[0]
    np.testing.assert_allclose(measure(signal, n_fft, hop_length).rms, expected, rtol=1e-4, atol=1e-8)


def test_silence(measure):
    silent = measure(np.zeros(22050, dtype=np.float32))
    assert not silent.rms.any()
    np.testing.assert_allclose(dynamics.level(silent.rms), dynamics.FLOOR)
    assert dynamics.crest_factor(silent.samples) == 0
