"""The published table of GTZAN: how it was made, and how near to it ours is.

The table comes from a librosa of before 0.10. Two things have changed since, both at the ends of a clip. Frames that
reach beyond an end saw the clip mirrored there, where 0.11 sees silence. And the separated waveforms were inverted
without being told their length: what lies behind the last whole hop, up to 511 samples, was filled up with zeros.
"""

import csv

import librosa
import numpy as np
import pytest
from fixtures.extraction import KAGGLE57, features_of

from classically_punk.features import timbre

GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")
CLIPS = tuple(f"{genre}.{number:05}" for genre in GENRES for number in (0, 1))
WAVEFORMS = ("harmony_mean", "harmony_var", "perceptr_mean", "perceptr_var")
REACH = 2
"""Hops by which a frame of 2048 samples reaches beyond its centre."""


def as_it_was(signal):
    """The published columns in librosa 0.11, told to treat the ends as it once did."""
    feature = librosa.feature
    spectrum = librosa.stft(signal, pad_mode="reflect")
    magnitude = np.abs(spectrum)
    parts = (librosa.istft(part) for part in librosa.decompose.hpss(spectrum))
    harmonic, percussive = (librosa.util.fix_length(part, size=signal.size) for part in parts)
    mel = librosa.power_to_db(feature.melspectrogram(S=magnitude**2))
    tracks = {
        "chroma_stft": feature.chroma_stft(S=magnitude**2),
        "rms": feature.rms(y=signal, pad_mode="reflect"),
        "spectral_centroid": feature.spectral_centroid(S=magnitude),
        "spectral_bandwidth": feature.spectral_bandwidth(S=magnitude),
        "rolloff": feature.spectral_rolloff(S=magnitude),
        "zero_crossing_rate": feature.zero_crossing_rate(signal),
        "harmony": harmonic,
        "perceptr": percussive,
    }
    tracks |= {f"mfcc{number}": track for number, track in enumerate(feature.mfcc(S=mel), start=1)}
    values = {f"{name}_mean": np.mean(track) for name, track in tracks.items()}
    values |= {f"{name}_var": np.var(track) for name, track in tracks.items()}
    values["tempo"] = np.squeeze(librosa.beat.beat_track(y=signal)[0])
    return np.array([float(values[column]) for column in KAGGLE57])


@pytest.fixture
def spread(published):
    """Standard deviation of every column over the thousand clips."""
    return np.array(list(published.values())).std(axis=0)


def test_columns_are_the_published_ones(real_data):
    with real_data.file("features_30_sec.csv").open(encoding="utf-8", newline="") as handle:
        header = next(csv.reader(handle))
    assert tuple(name for name in header if name not in ("filename", "length", "label")) == KAGGLE57


@pytest.mark.parametrize("name", ["blues.00000", "pop.00005"])
def test_todays_librosa_makes_the_table_when_the_ends_are_treated_as_then(name, clip, published, spread):
    """blues.00000 ends 290 samples behind a whole hop, pop.00005 exactly on one."""
    distance = np.abs(as_it_was(clip(name).astype(np.float32) / 32768) - published[name])
    assert (distance <= 1e-5 * spread).all()


def test_our_frames_of_a_mirrored_clip_are_the_published_ones(clip, published, spread, measure):
    """A clip with its mirror image at both ends has the frames that the table was made from; to their means and
    variances nothing is left to explain. Zero crossings never saw the mirror."""
    names = ("rms", "spectral_centroid", "spectral_bandwidth", "rolloff")
    names += ("zero_crossing_rate", *(f"mfcc{number}" for number in range(1, 21)))
    for name in CLIPS:
        signal = clip(name).astype(np.float32) / 32768
        inner = slice(REACH, REACH + 1 + signal.size // 512)
        mirrored = measure(np.pad(signal, REACH * 512, mode="reflect"))
        shape = (mirrored.shape.centroid, mirrored.shape.bandwidth, mirrored.shape.rolloff)
        frames = np.column_stack([mirrored.rms, *shape, mirrored.rms, timbre.mfcc(mirrored)]).astype(np.float64)[inner]
        frames[:, names.index("zero_crossing_rate")] = timbre.zero_crossing_rate(measure(signal))
        for statistic, found in (("mean", frames.mean(axis=0)), ("var", frames.var(axis=0))):
            places = [KAGGLE57.index(f"{column}_{statistic}") for column in names]
            distance = np.abs(found - published[name][places]) / spread[places]
            assert distance.max() < 1e-4, (name, statistic, names[int(distance.argmax())])


@pytest.fixture
def ours_and_theirs(clip, published, settings):
    """Our values and the published ones, each of shape (20, 57)."""
    only = settings.model_copy(update={"sets": ["kaggle57"], "window": 600.0, "window_hop": 600.0})
    ours = np.array([features_of(clip(name), only).values[0] for name in CLIPS], dtype=np.float64)
    return ours, np.array([published[name] for name in CLIPS])


def test_the_ends_are_all_that_differs(ours_and_theirs, spread):
    """Two clips of each genre. Two of some 1292 frames at either end see silence instead of the mirror: that moves a
    column by at most a twentieth of its deviation over the clips, its order among clips by nothing to speak of."""
    ours, theirs = ours_and_theirs
    tempo = KAGGLE57.index("tempo")
    crossings = [KAGGLE57.index(f"zero_crossing_rate_{statistic}") for statistic in ("mean", "var")]
    distance = np.abs(ours - theirs) / spread
    assert (distance[:, np.arange(len(KAGGLE57)) != tempo] <= 0.05).all()
    assert (distance[:, crossings] <= 1e-6).all()
    correlation = [np.corrcoef(mine, published)[0, 1] for mine, published in zip(ours.T, theirs.T, strict=True)]
    assert min(np.delete(correlation, tempo)) > 0.9999
    assert (np.abs(ours - theirs)[:, tempo] < 1e-3).all()


def test_half_of_the_clips_differ_by_a_thousandth(ours_and_theirs):
    """The median relative deviation of a column, but for the means of waveforms: they hover around zero."""
    ours, theirs = ours_and_theirs
    median = np.median(np.abs(ours - theirs) / np.abs(theirs), axis=0)
    for name, deviation in zip(KAGGLE57, median, strict=True):
        assert deviation < 3e-3 or name in WAVEFORMS[::2], name
