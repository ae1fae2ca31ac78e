"""The 57 published columns against librosa 0.11, one call per feature."""

import librosa
import numpy as np
import pytest
import scipy.signal
from fixtures.extraction import KAGGLE57, features_of

from classically_punk.foundation.params import Features

TOLERANCE = 1e-4
"""Relative, or in units of a column's standard deviation over the published clips."""

SYNTHETIC_SPREAD = np.array([1e-2 if column in ("harmony_mean", "perceptr_mean") else 0 for column in KAGGLE57])
"""Of synthetic signals the deviation over clips is unknown, and all is relative; but what hovers around zero is
compared with the size of what it averages."""

RATE = 22050
SETTINGS = Features(sets=["kaggle57"], n_fft=2048, hop_length=512, window=600.0, window_hop=600.0)


def straightforward(signal):
    """The published columns as a notebook computes them."""
    feature = librosa.feature
    harmonic, percussive = librosa.effects.hpss(signal)
    tracks = {
        "chroma_stft": feature.chroma_stft(y=signal),
        "rms": feature.rms(y=signal),
        "spectral_centroid": feature.spectral_centroid(y=signal),
        "spectral_bandwidth": feature.spectral_bandwidth(y=signal),
        "rolloff": feature.spectral_rolloff(y=signal),
        "zero_crossing_rate": feature.zero_crossing_rate(signal),
        "harmony": harmonic,
        "perceptr": percussive,
    }
    tracks |= {f"mfcc{number}": track for number, track in enumerate(feature.mfcc(y=signal, n_mfcc=20), start=1)}
    values = {f"{name}_mean": np.mean(track) for name, track in tracks.items()}
    values |= {f"{name}_var": np.var(track) for name, track in tracks.items()}
    values["tempo"] = np.squeeze(librosa.beat.beat_track(y=signal)[0])
    return np.array([float(values[column]) for column in KAGGLE57])


def assert_agrees(samples, spread):
    signal = samples.astype(np.float32) / 32768
    ours, theirs = features_of(samples, SETTINGS).values[0], straightforward(signal)
    distance = np.abs(ours - theirs)
    allowed = TOLERANCE * np.maximum(np.abs(theirs), spread)
    wrong = [KAGGLE57[place] for place in np.flatnonzero(distance > allowed)]
    assert not wrong
    place = KAGGLE57.index("tempo")
    assert ours[place] == np.float32(theirs[place])


@pytest.mark.parametrize("seed", [0, 1])
def test_librosa_agrees_on_synthetic_music(seed, signals):
    samples = signals.as_int16(signals.music(6.0, seed=seed))
    assert_agrees(samples, SYNTHETIC_SPREAD)


LENGTHS = {"a multiple of the hop": 60 * 512, "one less": 60 * 512 - 1, "one more": 60 * 512 + 1, "one frame": 2048}
LENGTHS |= {"less than a frame": 1500, "less than a hop": 300}


@pytest.mark.filterwarnings("ignore:n_fft=")
@pytest.mark.parametrize("length", LENGTHS.values(), ids=LENGTHS)
def test_librosa_agrees_at_any_length(length, signals):
    assert_agrees(signals.as_int16(signals.music(4.0, seed=2))[4410 : 4410 + length], SYNTHETIC_SPREAD)


def chirp():
    return 0.6 * scipy.signal.chirp(np.arange(4 * RATE) / RATE, 60, 4, 9000, method="logarithmic")


def noise_bursts():
    """Noise that dies away twice a second."""
    decay = np.exp(-np.arange(RATE // 2) / 1500)
    return 0.2 * np.tile(decay, 8) * np.random.default_rng(7).standard_normal(4 * RATE)


def tones_with_a_beat():
    """A tone with 12 overtones that swings from silence to full level 2.5 times a second."""
    time = np.arange(4 * RATE) / RATE
    tone = sum(np.sin(2 * np.pi * 196 * number * time) / number for number in range(1, 13))
    return 0.15 * tone * (1 + np.sin(2 * np.pi * 2.5 * time))


@pytest.mark.parametrize("signal", [chirp, noise_bursts, tones_with_a_beat])
def test_librosa_agrees_on_one_kind_of_sound(signal):
    assert_agrees((32767 * np.clip(signal(), -1, 1)).astype(np.int16), SYNTHETIC_SPREAD)


@pytest.mark.parametrize("name", ["blues.00000", "classical.00003", "hiphop.00001"])
def test_librosa_agrees_on_real_clips(name, clip, published):
    assert_agrees(clip(name), np.array(list(published.values())).std(axis=0))
