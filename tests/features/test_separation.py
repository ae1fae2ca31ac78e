"""Tones and hits apart."""

import librosa
import numpy as np
import pytest


def test_tone_is_harmonic_and_click_percussive(signals, measure):
    tone, train = signals.sine(440, 4.0, 0.3), signals.clicks(120, 4.0)
    clip = measure(tone + train)
    assert np.corrcoef(clip.harmonic, tone)[0, 1] > 0.98
    assert np.corrcoef(clip.percussive, train)[0, 1] > 0.9


def share_of_harmonic(clip):
    """Of the energy of both parts."""
    harmonic, percussive = (np.square(part, dtype=np.float64).sum() for part in (clip.harmonic, clip.percussive))
    return harmonic / (harmonic + percussive)


def test_steady_tone_is_all_harmonic(signals, measure):
    assert share_of_harmonic(measure(signals.sine(440, 4.0, 0.3))) > 0.99


def test_single_samples_are_all_percussive(measure):
    impulses = np.zeros(4 * 22050, dtype=np.float32)
    impulses[5000::11025] = 0.8
    assert share_of_harmonic(measure(impulses)) < 1e-6


def test_level_scales_both_parts(signals, measure):
    signal = signals.music(2.0)
    np.testing.assert_allclose(measure(signal / 4).harmonic, measure(signal).harmonic / 4, atol=1e-6)


def test_noise_is_neither(rng, measure):
    """White noise looks alike along time and along frequency: both parts get the same energy."""
    noise = measure(rng.normal(0, 0.1, 6 * 22050).astype(np.float32))
    assert noise.harmonic.var() == pytest.approx(noise.percussive.var(), rel=0.05)


def test_parts_add_up_to_the_clip(signals, measure):
    clip = measure(signals.music(3.0))
    np.testing.assert_allclose(clip.harmonic + clip.percussive, clip.samples, atol=1e-6)


@pytest.mark.parametrize("seconds", [0.01, 0.3, 2.0, 12.0])
def test_librosa_agrees_at_any_length(seconds, signals, measure):
    """12 s are more frames than are worked on at once."""
    signal = signals.music(13.0)[: round(seconds * 22050)]
    harmonic, percussive = librosa.effects.hpss(signal)
    clip = measure(signal)
    np.testing.assert_allclose(clip.harmonic, harmonic, atol=2e-6)
    np.testing.assert_allclose(clip.percussive, percussive, atol=2e-6)


@pytest.mark.parametrize(("n_fft", "hop_length"), [(1024, 256), (4096, 1024), (2048, 700)])
def test_librosa_agrees_at_any_frame(n_fft, hop_length, signals, measure):
    signal = signals.music(2.0)
    spectrum = librosa.stft(signal, n_fft=n_fft, hop_length=hop_length)
    masked = librosa.decompose.hpss(spectrum)[0]
    expected = librosa.istft(masked, n_fft=n_fft, hop_length=hop_length, length=signal.size)
    np.testing.assert_allclose(measure(signal, n_fft, hop_length).harmonic, expected, atol=2e-6)


def test_silence_stays_silent(measure):
    clip = measure(np.zeros(22050, dtype=np.float32))
    assert not clip.harmonic.any()
    assert not clip.percussive.any()


def test_what_neither_median_hears_is_shared_equally(rng, measure):
    """Samples so faint that the squares of their spectrum are 0: there is nothing to tell tones from hits by."""
    faint = (1e-30 * rng.standard_normal(8192)).astype(np.float32)
    clip = measure(faint)
    assert not clip.power.any()
    np.testing.assert_allclose(clip.harmonic, faint / 2, rtol=1e-3, atol=1e-35)
    np.testing.assert_allclose(clip.percussive, faint / 2, rtol=1e-3, atol=1e-35)
