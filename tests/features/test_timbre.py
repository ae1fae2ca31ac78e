"""Timbre of signals known on paper, and librosa as the oracle of each descriptor."""

import librosa
import numpy as np
import pytest

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.features import timbre

INNER = slice(5, -5)
"""Frames that lie wholly within a signal."""
SIZES = [(2048, 512), (1024, 256), (4096, 1000)]


def test_sine_on_a_bin_has_its_centroid_there(signals, measure):
    frequency = 100 * SAMPLE_RATE / 2048
    shape = measure(signals.sine(frequency, 2.0)).shape
    np.testing.assert_allclose(shape.centroid[INNER], frequency, rtol=1e-4)


def test_sine_on_a_bin_has_the_bandwidth_of_the_window(signals, measure):
    """A Hann window spreads a sine over three bins with magnitudes 1/2, 1, 1/2: a deviation of 1/sqrt(2) bins."""
    bin_width = SAMPLE_RATE / 2048
    shape = measure(signals.sine(100 * bin_width, 2.0)).shape
    np.testing.assert_allclose(shape.bandwidth[INNER], bin_width / np.sqrt(2), rtol=0.3)
    magnitudes = measure(signals.sine(100 * bin_width, 2.0)).power[20, 99:102] ** 0.5
    np.testing.assert_allclose(magnitudes / magnitudes[1], [0.5, 1, 0.5], atol=1e-3)


def test_sine_has_its_rolloff_beside_it(signals, measure):
    bin_width = SAMPLE_RATE / 2048
    rolloff = measure(signals.sine(100 * bin_width, 2.0)).shape.rolloff[INNER]
    np.testing.assert_allclose(rolloff, 101 * bin_width, rtol=1e-6)  # half, one, half: 75 % are not enough


def test_white_noise_is_flat(rng, measure):
    """Every frequency alike: the centroid in the middle, 85 % of the way up the roll-off, and the mean logarithm of
    an exponential variable, -10 gamma / ln 10 = -2.507 dB, as the flatness."""
    noise = measure(rng.normal(0, 0.1, 10 * SAMPLE_RATE).astype(np.float32))
    top = SAMPLE_RATE / 2
    assert noise.shape.centroid[INNER].mean() == pytest.approx(top / 2, rel=0.01)
    assert noise.shape.bandwidth[INNER].mean() == pytest.approx(top / np.sqrt(12), rel=0.01)
    assert noise.shape.rolloff[INNER].mean() == pytest.approx(0.85 * top, rel=0.01)
    flatness = timbre.spectral_flatness(noise)[INNER].mean()
    assert flatness == pytest.approx(-10 * np.euler_gamma / np.log(10), abs=0.05)
    assert timbre.zero_crossing_rate(noise)[INNER].mean() == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize("frequency", [110.0, 1000.0, 5000.0])
def test_sine_crosses_zero_twice_a_period(frequency, signals, measure):
    rate = timbre.zero_crossing_rate(measure(signals.sine(frequency, 2.0)))[INNER]
    np.testing.assert_allclose(rate, 2 * frequency / SAMPLE_RATE, atol=1.5 / 2048)


def test_tone_is_far_from_flat_and_does_not_flow(signals, measure):
    tone = measure(signals.sine(100 * SAMPLE_RATE / 2048, 2.0))
    assert (timbre.spectral_flatness(tone)[INNER] < -60).all()
    assert (timbre.spectral_flux(tone)[INNER] < -80).all()


def test_flux_between_two_tones_does_not_depend_on_their_levels(signals, measure):
    """Spectra are scaled to a sum of 1 and a Hann window spreads a tone over 1/4, 1/2, 1/4: two tones far apart are
    sqrt(2 (1/16 + 1/4 + 1/16)) from each other."""
    width = SAMPLE_RATE / 2048
    loud, soft = signals.sine(100 * width, 1.0, 0.8), signals.sine(300 * width, 1.0, 0.1)
    both = np.concatenate([loud[:20480], soft[:20480]])
    flux = timbre.spectral_flux(measure(both, hop_length=4096))
    # frame 5 is centred on the change and holds both; frames 4 and 6 hold one each
    assert flux[5:7].max() < 20 * np.log10(np.sqrt(0.75)) + 0.01
    apart = timbre.spectral_flux(measure(np.roll(both, 2048), hop_length=4096))
    assert apart.max() == pytest.approx(20 * np.log10(np.sqrt(0.75)), abs=0.02)


def test_level_does_not_change_the_shape(signals, measure):
    """A quarter of the amplitude: the same shape in Hz and dB, and 12.04 dB less in the first coefficient, whose
    basis function is 1/sqrt(128) on each of 128 bands."""
    signal = signals.music(3.0)
    loud, soft = measure(signal), measure(signal / 4)
    for mine, other in zip(loud.shape, soft.shape, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5)
    np.testing.assert_allclose(timbre.spectral_contrast(loud), timbre.spectral_contrast(soft), atol=1e-3)
    np.testing.assert_allclose(timbre.spectral_flux(loud), timbre.spectral_flux(soft), atol=1e-3)
    np.testing.assert_allclose(timbre.zero_crossing_rate(loud), timbre.zero_crossing_rate(soft))
    np.testing.assert_allclose(timbre.mfcc(loud)[:, 1:], timbre.mfcc(soft)[:, 1:], atol=2e-3)
    np.testing.assert_allclose(
        timbre.mfcc(loud)[:, 0] - timbre.mfcc(soft)[:, 0], 20 * np.log10(4) * np.sqrt(128), atol=0.02
    )


def test_tones_have_contrast_and_noise_has_little(rng, signals, measure):
    tones = sum(signals.sine(frequency, 3.0, 0.1) for frequency in (110, 300, 600, 1200, 2400, 4800, 9600))
    hum = rng.normal(0, 1e-3, tones.size).astype(np.float32)
    noise = rng.normal(0, 0.1, tones.size).astype(np.float32)
    sharp, flat = (timbre.spectral_contrast(measure(signal))[INNER].mean(axis=0) for signal in (tones + hum, noise))
    assert (sharp > flat + 10).all()


def test_flux_of_the_first_frame_is_that_of_the_second(signals, measure):
    flux = timbre.spectral_flux(measure(signals.music(1.0)))
    assert flux[0] == flux[1]


@pytest.mark.parametrize(("n_fft", "hop_length"), SIZES)
def test_librosa_agrees(n_fft, hop_length, signals, measure):
    signal = signals.music(3.0)
    clip = measure(signal, n_fft, hop_length)
    frames = {"y": signal, "n_fft": n_fft, "hop_length": hop_length}
    oracle = librosa.feature
    np.testing.assert_allclose(clip.shape.centroid, oracle.spectral_centroid(**frames)[0], rtol=1e-4)
    np.testing.assert_allclose(clip.shape.bandwidth, oracle.spectral_bandwidth(**frames)[0], rtol=1e-4)
    np.testing.assert_allclose(timbre.mfcc(clip), oracle.mfcc(**frames, n_mfcc=20).T, atol=5e-3)
    flatness = 10 * np.log10(oracle.spectral_flatness(**frames)[0])
    np.testing.assert_allclose(timbre.spectral_flatness(clip), flatness, atol=1e-3)
    contrast = oracle.spectral_contrast(**frames).T
    np.testing.assert_allclose(timbre.spectral_contrast(clip), contrast, atol=2e-2)
    crossings = oracle.zero_crossing_rate(signal, frame_length=n_fft, hop_length=hop_length)[0]
    np.testing.assert_allclose(timbre.zero_crossing_rate(clip), crossings, atol=1e-7)


@pytest.mark.parametrize(("n_fft", "hop_length"), SIZES)
@pytest.mark.parametrize(("name", "share"), [("low_rolloff", 0.25), ("rolloff", 0.85)])
def test_librosa_agrees_on_rolloff_but_for_a_bin_of_rounding(name, share, n_fft, hop_length, signals, measure):
    signal = signals.music(3.0)
    rolloff = getattr(measure(signal, n_fft, hop_length).shape, name)
    oracle = librosa.feature.spectral_rolloff
    expected = oracle(y=signal, n_fft=n_fft, hop_length=hop_length, roll_percent=share)[0]
    bins = np.abs(rolloff - expected) * n_fft / SAMPLE_RATE
    assert (bins < 1.01).all()
    assert (bins > 0.5).mean() < 0.02


def test_mfcc_of_real_clip_equal_librosa(clip, measure):
    signal = clip("jazz.00001").astype(np.float32) / 32768
    np.testing.assert_allclose(timbre.mfcc(measure(signal)), librosa.feature.mfcc(y=signal).T, atol=5e-3)


def test_silence(measure):
    silent = measure(np.zeros(SAMPLE_RATE, dtype=np.float32))
    for track in (*silent.shape, timbre.zero_crossing_rate(silent)):
        assert not track.any()
    np.testing.assert_allclose(timbre.spectral_flux(silent), -120, atol=1e-3)
    assert not timbre.spectral_contrast(silent).any()
    np.testing.assert_allclose(timbre.spectral_flatness(silent), 0, atol=1e-5)
