"""Rows of a clip: windows, degenerate clips, repeatability, memory."""

import tracemalloc

import librosa
import numpy as np
import pytest
from fixtures.extraction import KAGGLE57, STANDARD, features_of

from classically_punk.catalogue.sets import recipe
from classically_punk.features.extract import warm_up
from classically_punk.foundation.params import Features

RATE = 22050
SAMPLE_COLUMNS = ("harmony_mean", "harmony_var", "perceptr_mean", "perceptr_var", "crest_factor", "onset_rate")


def test_rows_are_the_clip_and_its_windows(signals, settings):
    features = features_of(signals.as_int16(signals.music(10.0)), settings)
    np.testing.assert_array_equal(features.window, [-1, 0, 1, 2])
    np.testing.assert_array_equal(features.start, [0, 0, 3, 6])
    np.testing.assert_array_equal(features.duration, [10, 3, 3, 3])
    assert features.values.shape == (4, len(features.columns))
    assert features.values.dtype == np.float32


def test_a_window_that_spans_the_clip_equals_the_clip(signals, settings):
    """A clip one sample longer than a window has the same frames as the window; what is taken from samples, or per
    second, feels that sample."""
    features = features_of(signals.music(3.5)[: 3 * RATE + 1], settings)
    whole, window = features.values
    of_frames = [place for place, name in enumerate(features.columns) if name not in SAMPLE_COLUMNS]
    np.testing.assert_array_equal(whole[of_frames], window[of_frames])
    np.testing.assert_allclose(whole, window, rtol=1e-3, atol=1e-5)


def test_windows_average_to_the_clip(signals, settings):
    """Means over windows that share the frames of the clip equally add up to its mean."""
    window = 160 * 512 / RATE
    settings = settings.model_copy(update={"window": window, "window_hop": window})
    features = features_of(signals.music(17.0)[: 4 * 160 * 512 - 1], settings)
    means = [place for place, name in enumerate(features.columns) if name.endswith("_mean")]
    means = [place for place in means if features.columns[place] not in SAMPLE_COLUMNS]
    assert list(features.window) == [-1, 0, 1, 2]
    last = features_of(signals.music(17.0)[: 4 * 160 * 512 + 511], settings)
    np.testing.assert_allclose(last.values[1:, means].mean(axis=0), last.values[0, means], rtol=0.02, atol=0.02)


def test_windows_summarise_librosas_frames_that_are_centred_in_them(signals, settings):
    """Windows that overlap and do not begin on a frame."""
    signal = signals.music(9.0)
    found = features_of(signal, settings.model_copy(update={"window": 2.5, "window_hop": 1.1}))
    centres = librosa.frames_to_time(np.arange(1 + signal.size // 512))
    tracks = {
        "spectral_centroid": librosa.feature.spectral_centroid(y=signal)[0],
        "rms": librosa.feature.rms(y=signal)[0],
        "mfcc3": librosa.feature.mfcc(y=signal)[2],
    }
    assert len(found.window) == 1 + 6
    for values, start, duration in zip(found.values[1:], found.start[1:], found.duration[1:], strict=True):
        inside = (centres >= start) & (centres < start + duration)
        for name, track in tracks.items():
            mean, variance = (values[found.columns.index(f"{name}_{statistic}")] for statistic in ("mean", "var"))
            assert mean == pytest.approx(track[inside].mean(dtype=np.float64), rel=1e-4)
            assert variance == pytest.approx(track[inside].var(dtype=np.float64), rel=1e-4)


def test_integers_and_floats_give_the_same(signals, settings):
    samples = signals.as_int16(signals.music(4.0))
    np.testing.assert_array_equal(
        features_of(samples, settings).values, features_of(samples.astype(np.float32) / 32768, settings).values
    )


def test_same_bytes_every_time(signals, settings):
    samples = signals.as_int16(signals.music(7.0))
    first, second = (features_of(samples.copy(), settings).values.tobytes() for _ in range(2))
    assert first == second


def test_sets_do_not_influence_each_other(signals, settings):
    samples = signals.as_int16(signals.music(4.0))
    both = features_of(samples, settings)
    for name, columns in (("kaggle57", KAGGLE57), ("standard", STANDARD)):
        alone = features_of(samples, settings.model_copy(update={"sets": [name]}))
        places = [both.columns.index(column) for column in columns]
        np.testing.assert_array_equal(alone.values, both.values[:, places])


DEGENERATE = {
    "silence": np.zeros(4 * RATE, dtype=np.int16),
    "constant": np.full(4 * RATE, 12000, dtype=np.int16),
    "full scale": np.full(4 * RATE, -32768, dtype=np.int16),
    "one sample": np.array([1000], dtype=np.int16),
    "one silent sample": np.array([0], dtype=np.int16),
    "shorter than a frame": np.arange(-700, 700, dtype=np.int16),
    "a single click": np.eye(1, 4 * RATE, 2 * RATE, dtype=np.int16)[0] * 32767,
    "silence, then noise": np.concatenate(
        [np.zeros(4 * RATE, dtype=np.int16), np.random.default_rng(0).integers(-9999, 9999, 4 * RATE, dtype=np.int16)]
    ),
    "square wave": np.where(np.arange(4 * RATE) // 20 % 2, 32767, -32768).astype(np.int16),
    "faintest noise": np.random.default_rng(0).integers(-1, 2, 4 * RATE, dtype=np.int16),
    "beyond hearing": np.full(4 * RATE, 1e-30, dtype=np.float32),
    "far beyond full scale": np.full(4 * RATE, 1e6, dtype=np.float32),
}


@pytest.mark.parametrize("n_fft", [1024, 2048, 4096])
@pytest.mark.parametrize("name", DEGENERATE)
def test_every_column_is_finite(name, n_fft, settings):
    features = features_of(DEGENERATE[name], settings.model_copy(update={"n_fft": n_fft}))
    assert np.isfinite(features.values).all()
    assert (np.abs(features.values[:, -len(STANDARD) :]) < 1e4).all() or name == "far beyond full scale"


@pytest.mark.parametrize(("n_fft", "hop_length"), [(1024, 64), (1024, 512), (4096, 64), (4096, 2048)])
def test_the_shortest_clip_and_the_shortest_windows_that_params_allow(n_fft, hop_length, rng):
    """clip_features raises where a value is not finite; 0.1 s is the least that `ingest.shortest` may be."""
    for window, window_hop in ((0.5, 0.1), (600.0, 600.0)):
        settings = Features(
            sets=["standard", "kaggle57"], n_fft=n_fft, hop_length=hop_length, window=window, window_hop=window_hop
        )
        for seconds in (0.1, 0.7):
            sound = rng.integers(-9000, 9000, round(seconds * RATE)).astype(np.int16)
            for samples in (sound, np.zeros_like(sound)):
                assert len(features_of(samples, settings).window) >= 1


def test_conventions_of_silence(settings):
    features = features_of(DEGENERATE["silence"], settings)
    values = dict(zip(features.columns, features.values[0], strict=True))
    expected = {
        "rms_mean": 0,
        "spectral_centroid_mean": 0,
        "rolloff_mean": 0,
        "chroma_stft_mean": 0,
        "harmony_var": 0,
        "tempo": 0,
        "log_tempo": np.log2(120),
        "log_centroid_mean": np.log2(20),
        "flatness_mean": 0,
        "level_mean": -100,
        "flux_mean": -120,
        "modulation1": -90,
        "chroma_above0": 0,
        "pulse_clarity": 0,
        "onset_rate": 0,
        "crest_factor": 0,
        "dynamic_range": 0,
    }
    for name, value in expected.items():
        assert values[name] == pytest.approx(value, abs=1e-4), name
    assert all(values[name] == 0 for name in values if name.endswith(("_std", "_skew", "_var")))


def test_level_does_not_change_what_is_relative(signals, settings):
    """Half the amplitude is 6.02 dB less level and the same timbre, harmony and rhythm."""
    signal = signals.music(5.0)
    loud, soft = (features_of(scale * signal, settings) for scale in (np.float32(1), np.float32(0.5)))
    loud, soft = (dict(zip(found.columns, found.values[0], strict=True)) for found in (loud, soft))
    assert loud["level_mean"] - soft["level_mean"] == pytest.approx(20 * np.log10(2), abs=0.01)
    for name in ("log_centroid_mean", "mfcc2_mean", "chroma_above7", "log_tempo", "crest_factor", "flux_mean"):
        assert loud[name] == pytest.approx(soft[name], rel=1e-3, abs=1e-4), name


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, dtype=np.int16),
        np.zeros((2, 100), dtype=np.int16),
        np.array([0, np.nan], dtype=np.float32),
        np.array([0, np.inf], dtype=np.float32),
    ],
)
def test_what_is_no_clip_is_refused(samples, settings):
    with pytest.raises(ValueError, match=r"sample|channel"):
        features_of(samples, settings)


def test_warm_up_leaves_nothing_to_compile(signals, settings):
    from classically_punk.features import kernels, median, separation

    warm_up(recipe(["kaggle57", "standard"]).steps)
    kernel_sizes = {
        name: len(kernel.signatures)
        for module in (kernels, median, separation)
        for name, kernel in vars(module).items()
        if hasattr(kernel, "signatures")
    }
    features_of(signals.as_int16(signals.music(4.0)), settings)
    for module in (kernels, median, separation):
        for name, kernel in vars(module).items():
            if hasattr(kernel, "signatures"):
                assert len(kernel.signatures) == kernel_sizes[name], name


def test_memory_grows_by_little_more_than_the_spectrum(settings):
    """A complex and a real spectrum of 1025 bins, 43 frames a second, are 0.5 MiB a second: all else together is not
    more than that again, so that a clip of 30 s needs some 30 MiB."""
    samples = np.random.default_rng(0).integers(-9999, 9999, 120 * RATE, dtype=np.int16)
    warm_up(recipe(["kaggle57", "standard"]).steps)
    tracemalloc.start()
    features_of(samples, settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.05 * 120 * 2**20
