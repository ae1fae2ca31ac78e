"""Spans of a clip, and statistics against numpy and scipy."""

from itertools import pairwise

import numpy as np
import scipy.stats

from classically_punk.features.summaries import WHOLE, spans, statistics

RATE = 22050


def test_windows_of_ten_seconds():
    found = spans(10 * RATE, 1 + 10 * RATE // 512, 512, 3.0, 3.0)
    assert [span.window for span in found] == [WHOLE, 0, 1, 2]
    assert [span.start for span in found] == [0.0, 0.0, 3.0, 6.0]
    assert [span.duration for span in found] == [10.0, 3.0, 3.0, 3.0]


def test_windows_may_overlap():
    found = spans(10 * RATE, 1 + 10 * RATE // 512, 512, 4.0, 1.5)
    assert [span.start for span in found[1:]] == [0.0, 1.5, 3.0, 4.5, 6.0]


def test_a_short_clip_has_no_windows():
    assert len(spans(2 * RATE, 1 + 2 * RATE // 512, 512, 3.0, 3.0)) == 1


def test_frames_of_a_window_are_those_centred_in_it():
    for span in spans(10 * RATE, 1 + 10 * RATE // 512, 512, 3.0, 2.0)[1:]:
        centres = 512 * np.arange(1 + 10 * RATE // 512)
        inside = (centres >= span.start * RATE) & (centres < (span.start + span.duration) * RATE)
        np.testing.assert_array_equal(np.flatnonzero(inside), np.arange(span.frames.start, span.frames.stop))


def test_neighbouring_windows_share_no_frame_and_miss_none():
    found = spans(12 * RATE, 1 + 12 * RATE // 512, 512, 3.0, 3.0)[1:]
    for before, after in pairwise(found):
        assert before.frames.stop == after.frames.start
        assert before.samples.stop == after.samples.start


def test_statistics_equal_scipy(rng):
    frames = rng.gamma(2.0, size=(300, 7)) * 10.0 ** rng.integers(-4, 4, 7) + 5
    found = statistics(frames)
    np.testing.assert_allclose(found.mean, frames.mean(axis=0))
    np.testing.assert_allclose(found.std, frames.std(axis=0))
    np.testing.assert_allclose(found.skew, scipy.stats.skew(frames, axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.diff_std, np.diff(frames, axis=0).std(axis=0), rtol=1e-6)


def test_constant_columns_have_no_skew_and_no_deviation():
    found = statistics(np.full((50, 3), 0.1))
    assert not found.skew.any()
    np.testing.assert_allclose(found.std, 0, atol=1e-12)
    np.testing.assert_allclose(found.diff_std, 0, atol=1e-12)


def test_one_frame():
    found = statistics(np.array([[3.0, -1.0]]))
    np.testing.assert_array_equal(found.mean, [3, -1])
    for statistic in (found.std, found.skew, found.diff_std):
        assert not statistic.any()
