"""The short-time spectrum against signals known on paper, scipy's window and librosa."""

import librosa
import numpy as np
import pytest
import scipy.signal

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.features.spectra import DYNAMIC_RANGE, N_MELS, ClipSpectrum, blocks, decibels, hann

SIZES = [(2048, 512), (1024, 256), (4096, 1000)]
LENGTHS = [1, 511, 512, 513, 2047, 2048, 20 * 512 - 1, 20 * 512, 20 * 512 + 1]
"""Shorter than a frame; one less than, equal to and one more than a multiple of the hop."""


@pytest.mark.parametrize("length", [64, 1024, 2048, 4096])
def test_window_is_scipys_periodic_hann(length):
    np.testing.assert_allclose(hann(length), scipy.signal.get_window("hann", length), atol=1e-7)


def test_window_cannot_be_changed_by_whoever_gets_it():
    with pytest.raises(ValueError, match="read-only"):
        hann(2048)[0] = 1


def test_sine_on_a_bin_is_a_quarter_of_the_frame_high(signals):
    """Half of the amplitude goes to positive frequencies, and a Hann window lets half of the samples through."""
    spectrum = ClipSpectrum(signals.sine(100 * SAMPLE_RATE / 2048, 2.0, 0.8), 2048, 512).spectrum[5:-5]
    assert (np.abs(spectrum).argmax(axis=1) == 100).all()
    np.testing.assert_allclose(np.abs(spectrum[:, 100]), 0.8 * 2048 / 4, rtol=1e-5)


def test_impulse_in_the_middle_of_a_frame_is_white():
    """The window is 1 there, so every bin is 1; half a frame away it is 0, and three quarters away nothing is seen."""
    impulse = np.zeros(8192, dtype=np.float32)
    impulse[8 * 512] = 1
    power = ClipSpectrum(impulse, 2048, 512).power
    np.testing.assert_allclose(power[8], 1, rtol=1e-5)
    np.testing.assert_allclose(power[[7, 9]], 0.25, rtol=1e-5)  # 0.5 (1 - cos(pi / 2)) = 1/2, squared
    assert power[[0, 5, 6, 10, 11]].max() < 1e-12


def test_energy_is_that_of_the_windowed_frame(rng):
    """Parseval: the sum over all bins, the mirrored ones included, is n_fft times the sum over the samples."""
    samples = rng.normal(0, 0.2, 6 * 1024).astype(np.float32)
    power = ClipSpectrum(samples, 2048, 512).power.astype(np.float64)
    frame = samples[4 * 512 - 1024 : 4 * 512 + 1024] * hann(2048)
    weight = np.full(1025, 2.0)
    weight[[0, -1]] = 1
    assert power[4] @ weight == pytest.approx(2048 * np.square(frame).sum(dtype=np.float64), rel=1e-5)


def test_bins_are_equally_spaced_up_to_half_the_rate():
    np.testing.assert_allclose(
        ClipSpectrum(np.zeros(1, dtype=np.float32), 2048, 512).frequencies, librosa.fft_frequencies(sr=SAMPLE_RATE)
    )


@pytest.mark.filterwarnings("ignore:n_fft=")
@pytest.mark.parametrize(("n_fft", "hop_length"), SIZES)
@pytest.mark.parametrize("length", LENGTHS)
def test_librosa_agrees_at_any_length(n_fft, hop_length, length, rng):
    samples = rng.uniform(-1, 1, length).astype(np.float32)
    clip = ClipSpectrum(samples, n_fft, hop_length)
    expected = librosa.stft(samples, n_fft=n_fft, hop_length=hop_length)
    assert clip.spectrum.shape == (clip.n_frames, clip.frequencies.size) == expected.T.shape
    np.testing.assert_allclose(clip.spectrum, expected.T, atol=1e-6 * n_fft)
    np.testing.assert_allclose(clip.power, np.abs(expected.T) ** 2, rtol=1e-4, atol=1e-6 * n_fft)


@pytest.mark.parametrize(("n_fft", "hop_length"), SIZES)
def test_mel_bands_are_librosas(n_fft, hop_length, signals):
    signal = signals.music(3.0)
    mel = librosa.feature.melspectrogram(y=signal, n_fft=n_fft, hop_length=hop_length, n_mels=N_MELS)
    found = ClipSpectrum(signal, n_fft, hop_length).mel_decibels
    np.testing.assert_allclose(found, librosa.power_to_db(mel).T, atol=1e-3)
    assert found.max() - found.min() <= DYNAMIC_RANGE + 1e-4


def test_decibels_of_known_powers():
    np.testing.assert_allclose(decibels(np.array([100.0, 1.0, 0.5, 1e-7], dtype=np.float32)), [20, 0, -3.0103, -60])
    np.testing.assert_allclose(decibels(np.array([0, 1e-30], dtype=np.float32)), -100)


def test_blocks_hold_every_frame_once():
    for frames in (0, 1, 31, 32, 33, 1292):
        found = [frame for block in blocks(frames) for frame in range(block.start, block.stop)]
        assert found == list(range(frames))


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros((2, 9)), np.array([0.0, np.nan]), np.array([np.inf])])
def test_what_is_no_clip_is_refused(samples):
    with pytest.raises(ValueError, match="samples"):
        ClipSpectrum(samples.astype(np.float32), 2048, 512)
