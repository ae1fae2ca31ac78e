"""Level, clipping, silence and offset of signals whose answer is known on paper."""

import dataclasses

import numpy as np
import pytest

from classically_punk.audio.quality import clipped_share, faults, measure
from classically_punk.contracts.faults import Fault

SECOND = 22050


def sine(amplitude: float, frequency: float = 440.0, seconds: int = 2) -> np.ndarray:
    time = np.arange(seconds * SECOND) / SECOND
    return np.rint(amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.int16)


def test_a_full_scale_sine(settings):
    quality = measure(sine(32767), settings)
    assert quality.duration == 2.0
    assert quality.peak_dbfs == pytest.approx(0, abs=0.001)
    assert quality.rms_dbfs == pytest.approx(-3.0103, abs=0.001)
    assert quality.dc_offset == pytest.approx(0, abs=1e-6)
    assert quality.silent_share == 0
    assert quality.clipped_share == 0
    assert faults(quality, settings) == ()


def test_half_the_amplitude_is_six_decibels_less(settings):
    assert measure(sine(16384), settings).peak_dbfs == pytest.approx(-6.0206, abs=0.001)


def test_the_most_negative_sample_is_full_scale(settings):
    quality = measure(np.full(SECOND, -32768, np.int16), settings)
    assert quality.peak_dbfs == 0
    assert quality.rms_dbfs == 0
    assert quality.dc_offset == -1


def test_digital_silence_has_no_level(settings):
    quality = measure(np.zeros(SECOND, np.int16), settings)
    assert quality.peak_dbfs is None
    assert quality.rms_dbfs is None
    assert quality.silent_share == 1
    assert quality.clipped_share == 0
    assert faults(quality, settings) == (Fault.SILENT,)


@pytest.mark.parametrize("offset", [1, 400, -16384, 32767])
def test_a_constant_offset_is_silent(settings, offset):
    """It moves no air, however large it is; its level is that of the offset."""
    quality = measure(np.full(2 * SECOND, offset, np.int16), settings)
    assert quality.silent_share == 1
    assert Fault.SILENT in faults(quality, settings)
    assert (Fault.DC_OFFSET in faults(quality, settings)) == (abs(offset) / 32768 >= settings.dc_offset)


def test_an_offset_hides_no_silence_and_no_sound(settings):
    """Half silence, half sine, all of it shifted."""
    samples = np.concatenate((np.zeros(1024 * 20, np.int16), sine(10000)[: 1024 * 20])) + 2000
    assert measure(samples.astype(np.int16), settings).silent_share == pytest.approx(0.5)


def test_share_of_silence(settings):
    samples = np.concatenate((np.zeros(1024 * 30, np.int16), sine(10000)[: 1024 * 10]))
    assert measure(samples, settings).silent_share == pytest.approx(0.75)


def test_a_short_last_frame_counts_by_its_length(settings):
    samples = np.concatenate((sine(10000)[:1024], np.zeros(256, np.int16)))
    assert measure(samples, settings).silent_share == pytest.approx(256 / 1280)


def test_dc_offset(settings):
    quality = measure((sine(10000) + 983).astype(np.int16), settings)
    assert quality.dc_offset == pytest.approx(0.03, abs=1e-4)
    assert faults(quality, settings) == (Fault.DC_OFFSET,)


@pytest.mark.parametrize("gain", [1.0, 0.7, 0.25])
def test_a_clipped_sine_is_clipped_at_any_gain_after_it(settings, gain):
    """A sine cut at half its amplitude lies above the cut for 2/3 of its period."""
    cut = np.clip(2.0 * sine(32767, 100.0).astype(float), -32768, 32767)
    samples = np.rint(cut * gain).astype(np.int16)
    assert clipped_share(samples) == pytest.approx(2 / 3, abs=0.02)
    assert faults(measure(samples, settings), settings) == (Fault.CLIPPED,)


@pytest.mark.parametrize("amplitude", [100, 1000, 10000, 32000, 32767])
@pytest.mark.parametrize("frequency", [27.5, 110.0, 440.0, 3000.0])
def test_no_sine_is_clipped_however_slow_or_quiet(amplitude, frequency):
    assert clipped_share(sine(amplitude, frequency)) < 0.005


def test_one_sided_clipping_is_found():
    samples = np.minimum(sine(20000, 200.0), 10000).astype(np.int16)
    assert clipped_share(samples) == pytest.approx(1 / 3, abs=0.02)


def test_noise_is_not_clipped(rng):
    assert clipped_share(np.rint(3000 * rng.standard_normal(SECOND)).astype(np.int16)) == 0


def test_no_samples_have_no_quality(settings):
    with pytest.raises(ValueError, match="without samples"):
        measure(np.zeros(0, np.int16), settings)


def test_thresholds_are_those_of_the_settings(settings):
    quality = measure(sine(10000), settings)
    at_threshold = dataclasses.replace(quality, clipped_share=0.005, dc_offset=-0.02, silent_share=0.95)
    assert faults(at_threshold, settings) == (Fault.SILENT, Fault.CLIPPED, Fault.DC_OFFSET)


def test_real_music_is_not_flagged(real_data, settings):
    for clip in ("genres/pop/pop.00003.wav", "genres/classical/classical.00001.wav", "genres/metal/metal.00002.wav"):
        samples = np.frombuffer(real_data.clip(clip)[44:], "<i2")
        assert faults(measure(samples, settings), settings) == ()
