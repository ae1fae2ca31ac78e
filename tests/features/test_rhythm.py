"""Tempo of trains of clicks, and librosa as the oracle."""

import librosa
import numpy as np
import pytest

from classically_punk.features import rhythm
from classically_punk.features.summaries import spans


def whole(clip):
    return spans(clip.samples.size, clip.n_frames, clip.hop_length, 600.0, 600.0)[0]


@pytest.mark.parametrize("beats_per_minute", [60, 90, 100, 120, 150])
def test_tempo_of_clicks(beats_per_minute, signals, measure):
    """Within half a frame of lag: the tempo is read off a lag of whole frames."""
    clip = measure(signals.clicks(beats_per_minute, 12.0))
    lag, found = 60 / beats_per_minute, 60 / clip.tempo(whole(clip))
    assert abs(lag - found) <= 0.51 * 512 / 22050


@pytest.mark.parametrize("beats_per_minute", [70, 90, 120, 150])
def test_tempo_of_clicks_is_librosas(beats_per_minute, signals, measure):
    signal = signals.clicks(beats_per_minute, 12.0)
    clip = measure(signal)
    assert clip.tempo(whole(clip)) == pytest.approx(float(np.squeeze(librosa.beat.beat_track(y=signal)[0])))


def test_level_does_not_change_tempo_and_pulse(signals, measure):
    signal = signals.music(12.0, seed=4)
    loud, soft = measure(signal), measure(signal / 4)
    tempi = loud.tempogram.tempi()
    assert loud.tempo(whole(loud)) == soft.tempo(whole(soft))
    clarity = [rhythm.pulse_clarity(clip.correlation(whole(clip)), tempi) for clip in (loud, soft)]
    assert clarity[0] == pytest.approx(clarity[1], rel=1e-3)


@pytest.mark.parametrize("beats_per_minute", [60, 120, 150])
def test_clicks_have_a_clear_pulse_in_their_band(beats_per_minute, signals, measure):
    clip = measure(signals.clicks(beats_per_minute, 12.0))
    correlation, tempi = clip.correlation(whole(clip)), clip.tempogram.tempi()
    assert rhythm.pulse_clarity(correlation, tempi) > 0.75
    edges = np.geomspace(rhythm.LOWEST_BAND, rhythm.HIGHEST_BAND, rhythm.TEMPO_BANDS + 1)
    band = np.searchsorted(edges, 0.99 * beats_per_minute) - 1
    bands = rhythm.tempo_bands(correlation, tempi)
    assert max(bands[band], bands[min(band + 1, 11)]) == pytest.approx(bands.max(), rel=0.2)


def test_noise_has_no_clear_pulse(rng, signals, measure):
    noise = measure(rng.normal(0, 0.1, 12 * 22050).astype(np.float32))
    train = measure(signals.clicks(120, 12.0))
    clarity = [rhythm.pulse_clarity(clip.correlation(whole(clip)), clip.tempogram.tempi()) for clip in (noise, train)]
    assert clarity[0] < 0.8 * clarity[1]


@pytest.mark.parametrize("rate", [0.7, 2.0, 5.0, 9.0])
def test_swing_of_a_known_rate_lies_in_its_band(rate):
    """An envelope that swings `rate` times a second has its largest modulation in the band that holds the rate."""
    frames = np.arange(1290)
    envelope = (1 + np.sin(2 * np.pi * rate * frames * 512 / 22050)).astype(np.float32)
    bands = rhythm.modulation_bands(envelope, 512)
    edges = np.geomspace(rhythm.SLOWEST_MODULATION, rhythm.FASTEST_MODULATION, rhythm.MODULATION_BANDS + 1)
    assert edges[bands.argmax()] <= rate < edges[bands.argmax() + 1]


def test_modulation_does_not_depend_on_scale(rng):
    envelope = rng.random(500, dtype=np.float32)
    np.testing.assert_allclose(rhythm.modulation_bands(envelope, 512), rhythm.modulation_bands(8 * envelope, 512))


@pytest.mark.parametrize("beats_per_minute", [60, 120, 150])
def test_onsets_are_counted(beats_per_minute, signals, measure):
    clip = measure(signals.clicks(beats_per_minute, 12.0))
    rate = rhythm.onset_rate(clip.onsets.mean, 12.0, 512)
    assert rate == pytest.approx(beats_per_minute / 60, abs=0.1)


@pytest.mark.parametrize(("n_fft", "hop_length"), [(2048, 512), (1024, 256), (4096, 512)])
def test_librosa_agrees(n_fft, hop_length, signals, measure):
    signal = signals.music(12.0, seed=5)
    clip = measure(signal, n_fft, hop_length)
    mel = librosa.feature.melspectrogram(y=signal, n_fft=n_fft, hop_length=hop_length)
    decibels = librosa.power_to_db(mel)
    for aggregate, ours in ((np.mean, clip.onsets.mean), (np.median, clip.onsets.median)):
        expected = librosa.onset.onset_strength(S=decibels, n_fft=n_fft, hop_length=hop_length, aggregate=aggregate)
        np.testing.assert_allclose(ours, expected, atol=2e-3)
    median = librosa.onset.onset_strength(S=decibels, n_fft=n_fft, hop_length=hop_length, aggregate=np.median)
    expected = librosa.feature.tempo(onset_envelope=median, hop_length=hop_length)[0]
    assert clip.tempo(whole(clip)) == pytest.approx(expected)


def test_mean_autocorrelation_equals_librosa(signals, measure):
    """For the whole clip and for a part of it."""
    clip = measure(signals.music(12.0, seed=2))
    length = clip.tempogram.length
    expected = librosa.feature.tempogram(onset_envelope=clip.onsets.median, win_length=length)
    for part in (slice(None), slice(100, 229)):
        np.testing.assert_allclose(clip.tempogram.mean(part), expected[:, part].mean(axis=1), atol=1e-5)


@pytest.mark.parametrize("seconds", [0.01, 0.5, 3.0])
def test_short_clips_have_librosas_tempo(seconds, signals, measure):
    signal = signals.music(4.0)[: round(seconds * 22050)]
    clip = measure(signal)
    expected = float(np.squeeze(librosa.beat.beat_track(y=signal)[0]))
    assert clip.tempo(whole(clip)) == pytest.approx(expected)


def test_silence_has_tempo_zero_and_no_pulse(measure):
    clip = measure(np.zeros(5 * 22050, dtype=np.float32))
    correlation, tempi = clip.correlation(whole(clip)), clip.tempogram.tempi()
    assert clip.tempo(whole(clip)) == 0
    assert rhythm.pulse_clarity(correlation, tempi) == 0
    assert rhythm.onset_rate(clip.onsets.mean, 5.0, 512) == 0
    assert (rhythm.modulation_bands(clip.onsets.mean, 512) == 10 * np.log10(rhythm.SMALLEST_MODULATION)).all()
