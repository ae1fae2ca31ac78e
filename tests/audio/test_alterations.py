"""Alterations: known frequencies, tempi, levels and spectra; codecs that do not shift; nothing random but the seed."""

import io

import numpy as np
import pytest
import scipy.signal
import soundfile

from classically_punk.audio.alterations import ALTERATIONS, CROPS, aligned, mp3_level, shelf_filter
from classically_punk.audio.stretching import stretched

RATE = 22050
BY_NAME = {alteration.name: alteration for alteration in ALTERATIONS}


def int16(signal):
    return np.rint(np.clip(signal, -1, 1) * 32767).astype(np.int16)


def sine(frequency, seconds=4.0, amplitude=0.4):
    return amplitude * np.sin(2 * np.pi * frequency * np.arange(int(seconds * RATE)) / RATE)


def frequency_of(samples):
    """Of the strongest partial, by a parabola through the logarithms of a windowed spectrum's peak."""
    signal = samples[RATE // 2 : -RATE // 2].astype(float)
    power = np.log(np.abs(np.fft.rfft(signal * np.hanning(len(signal)))) + 1e-9)
    k = int(power.argmax())
    left, peak, right = power[k - 1 : k + 2]
    return (k + 0.5 * (left - right) / (left - 2 * peak + right)) * RATE / len(signal)


@pytest.fixture
def music():
    """A chord that swells, a click twice a second, a little noise."""
    time = np.arange(4 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * f * time) for f in (220.0, 277.2, 329.6, 1318.5)) * (1.2 + np.sin(3 * time))
    clicks = np.zeros(4 * RATE)
    clicks[1000 :: RATE // 2] = 1.0
    noise = np.random.default_rng(3).normal(size=4 * RATE)
    return int16(0.06 * chord + 0.2 * scipy.signal.lfilter([1], [1, -0.95], clicks) + 0.005 * noise)


def test_every_alteration_of_the_list_is_there():
    kinds = {kind: [a.amount for a in ALTERATIONS if a.kind == kind] for kind in {a.kind for a in ALTERATIONS}}
    assert kinds["gain"] == [-20, -10, 6]
    assert kinds["codec"][:2] == [128, 64]
    assert sorted(kinds["band limit"]) == [8000, 16000]
    assert kinds["noise"] == [30, 20, 10]
    assert sorted(kinds["pitch"]) == [-2, -1, 1, 2]
    assert sorted(kinds["tempo"]) == [-6, 6]
    assert tuple(kinds["crop"]) == CROPS == (1, 2, 3, 5, 10, 20)
    assert sorted(kinds["equaliser"]) == [-6, -6, 6, 6]
    assert len(BY_NAME) == len(ALTERATIONS)


@pytest.mark.parametrize("semitones", [-2, -1, 1, 2])
def test_pitch_moves_a_tone_by_semitones_and_keeps_its_length(semitones):
    tone = int16(sine(440))
    found = BY_NAME[f"pitch_{semitones:+d}"].apply(tone, 0)
    cents = 1200 * np.log2(frequency_of(found) / 440)
    assert cents == pytest.approx(100 * semitones, abs=3)
    assert len(found) == len(tone)


@pytest.mark.parametrize("percent", [-6, 6])
def test_tempo_moves_clicks_and_keeps_the_tone(percent):
    clicks = np.zeros(8 * RATE)
    clicks[RATE // 4 :: RATE // 2] = 0.9
    clicks = scipy.signal.lfilter(np.hanning(64), [1], clicks)
    found = BY_NAME[f"tempo_{percent:+d}"].apply(int16(clicks / np.abs(clicks).max() * 0.9), 0)
    assert len(found) == pytest.approx(8 * RATE / (1 + percent / 100), abs=2)
    envelope = scipy.signal.convolve(np.abs(found.astype(float)), np.hanning(2000), "same")
    peaks, _ = scipy.signal.find_peaks(envelope, height=envelope.max() / 3, distance=RATE // 4)
    assert np.median(np.diff(peaks)) / RATE == pytest.approx(0.5 / (1 + percent / 100), rel=0.01)
    tone = BY_NAME[f"tempo_{percent:+d}"].apply(int16(sine(440)), 0)
    assert 1200 * np.log2(frequency_of(tone) / 440) == pytest.approx(0, abs=3)


def test_no_stretch_gives_the_clip_back(music):
    signal = music / 32768
    found = stretched(signal, 1.0)
    inner = slice(2048, len(signal) - 4096)
    np.testing.assert_allclose(found[inner], signal[inner], atol=2e-3)


@pytest.mark.parametrize(("side", "corner"), [("low", 200.0), ("high", 4000.0)])
@pytest.mark.parametrize("decibels", [-6.0, 6.0])
def test_shelf_has_its_gain_on_its_side_and_none_on_the_other(side, corner, decibels):
    _, response = scipy.signal.sosfreqz(shelf_filter(side, decibels), worN=[0, 2 * np.pi * corner / RATE, np.pi])
    levels = 20 * np.log10(np.abs(response))
    expected = [decibels, decibels / 2, 0.0] if side == "low" else [0.0, decibels / 2, decibels]
    np.testing.assert_allclose(levels, expected, atol=1e-6)


@pytest.mark.parametrize("ratio", [30, 20, 10])
def test_noise_has_its_level_and_falls_by_ten_decibels_a_decade(ratio):
    tone = int16(sine(440, seconds=20, amplitude=0.1))
    noise = (BY_NAME[f"noise_{ratio}"].apply(tone, 5).astype(float) - tone) / 32768
    found = 10 * np.log10((tone / 32768.0).var() / noise.var())
    assert found == pytest.approx(ratio, abs=0.05)
    frequency, power = scipy.signal.welch(noise, RATE, nperseg=8192)
    inside = (frequency > 50) & (frequency < 5000)
    slope = np.polyfit(np.log10(frequency[inside]), 10 * np.log10(power[inside]), 1)[0]
    assert slope == pytest.approx(-10, abs=0.7)


@pytest.mark.parametrize(("rate", "lost"), [(16000, 9500), (8000, 5000)])
def test_band_limit_takes_what_is_above_and_leaves_what_is_below(rate, lost):
    below, above = (int16(sine(f, amplitude=0.3)) for f in (1000, lost))
    kept, gone = (BY_NAME[f"band_{rate}"].apply(x, 0)[RATE:-RATE].astype(float) for x in (below, above))
    assert kept.std() == pytest.approx(below[RATE:-RATE].std(), rel=0.01)
    assert gone.std() < 0.01 * above.std()


@pytest.mark.parametrize("name", ["mp3_128", "mp3_64", "ogg"])
def test_codecs_keep_length_and_place(name, music):
    found = BY_NAME[name].apply(music, 0)
    assert len(found) == len(music)
    assert np.corrcoef(found, music)[0, 1] > 0.97
    assert (found != music).any()
    np.testing.assert_array_equal(found, BY_NAME[name].apply(music, 0))  # whatever serial number the stream had


@pytest.mark.parametrize("kilobits", [128, 64])
def test_mp3_has_the_stated_rate(kilobits):
    noise = np.random.default_rng(1).normal(0, 0.1, 20 * RATE)
    buffer = io.BytesIO()
    soundfile.write(
        buffer, noise, RATE, format="MP3", subtype="MPEG_LAYER_III", bitrate_mode="CONSTANT", **mp3_level(kilobits)
    )
    assert 8 * len(buffer.getvalue()) / 20 / 1000 == pytest.approx(kilobits, rel=0.02)


def test_gain_is_exact_and_saturates():
    tone = int16(sine(440, amplitude=0.8))
    quiet = BY_NAME["gain_-20"].apply(tone, 0)
    np.testing.assert_allclose(quiet, tone / 10.0, atol=0.5)
    loud = BY_NAME["gain_+6"].apply(tone, 0)
    assert loud.max() == 32767
    assert loud.min() == -32768
    soft = np.abs(tone) < 16000
    np.testing.assert_allclose(loud[soft], tone[soft] * 10 ** (6 / 20), atol=0.51)


def test_clipping_cuts_the_stated_share(music):
    found = BY_NAME["clipping"].apply(music, 0)
    limit = np.abs(found.astype(int)).max()
    assert (np.abs(music.astype(int)) > limit).mean() == pytest.approx(0.05, abs=0.002)
    inside = np.abs(music.astype(int)) < limit
    np.testing.assert_array_equal(found[inside], music[inside])


def test_crop_is_a_stretch_of_the_clip_at_a_place_that_the_seed_decides(music):
    crop = BY_NAME["crop_2"]
    places = set()
    for seed in range(5):
        found = crop.apply(music, seed)
        assert len(found) == 2 * RATE
        starts = np.flatnonzero(music[: len(music) - len(found) + 1] == found[0])
        (place,) = (s for s in starts if np.array_equal(music[s : s + len(found)], found))
        places.add(int(place))
    assert len(places) > 1
    np.testing.assert_array_equal(crop.apply(music, 1), crop.apply(music, 1))


def test_a_clip_too_short_for_a_crop_is_not_taken_for_cropped(music):
    crop = BY_NAME["crop_5"]
    assert not crop.applies(len(music))
    assert not crop.applies(5 * RATE)
    with pytest.raises(ValueError, match="crop_5: 88200 samples, more than 5 s"):
        crop.apply(music, 0)


@pytest.mark.parametrize("name", [name for name in BY_NAME if not name.startswith("crop")])
@pytest.mark.parametrize("samples", [np.zeros(30000, np.int16), np.full(3, 9, np.int16), np.ones(1, np.int16)])
def test_silence_stays_silent_and_short_clips_stay_clips(name, samples):
    found = BY_NAME[name].apply(samples, 0)
    assert found.dtype == np.int16
    assert len(found) >= 1
    if not samples.any():
        assert not found.any()


@pytest.mark.parametrize("length", [1, 4000, 13_078, 13_079, 60_000])
@pytest.mark.parametrize("delay", [0, 1, 1105, 3306])
def test_a_delay_is_found_and_taken_out(length, delay):
    """Of any clip, however many blocks it is compared in; up to the 0.15 s that are searched."""
    x = np.random.default_rng(length).standard_normal(length)
    late = np.concatenate([np.zeros(delay), 0.5 * x, np.zeros(100)])
    np.testing.assert_array_equal(aligned(late, x)[:length], 0.5 * x)
    cut = late[: delay + length // 2 + 1]
    np.testing.assert_array_equal(aligned(cut, x), cut[delay:])


@pytest.mark.parametrize("rate", [0.94, 1.06])
def test_multiplied_phases_are_added_angles(rate, music):
    """The phase vocoder as its source writes it, with angles that are added up."""
    samples = music / 32768
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, (1024, 2048)), 2048)[::512]
    spectrum = np.fft.rfft(frames * window, axis=1)
    steps = np.arange(0, len(spectrum) - 1, rate)
    here, share = steps.astype(int), (steps % 1)[:, None]
    advances = np.angle(spectrum[here + 1]) - np.angle(spectrum[here])
    phases = np.angle(spectrum[0]) + np.vstack([np.zeros(1025), np.cumsum(advances[:-1], axis=0)])
    magnitudes = (1 - share) * np.abs(spectrum[here]) + share * np.abs(spectrum[here + 1])
    turned = np.fft.irfft(magnitudes * np.exp(1j * phases), axis=1) * window
    total, weight = np.zeros((2, 512 * len(steps) + 2048))
    for step, frame in enumerate(turned):
        total[512 * step : 512 * step + 2048] += frame
        weight[512 * step : 512 * step + 2048] += window**2
    found = stretched(samples, rate)
    expected = (total / np.maximum(weight, 1e-3))[1024 : 1024 + len(found)]
    np.testing.assert_allclose(found, expected, atol=2e-4)
