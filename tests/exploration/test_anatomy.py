"""What is in an audio file: tones, clicks, noise and silence whose pictures are known on paper."""

import numpy as np
import pandas as pd
import pytest

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.exploration.anatomy import (
    Anatomy,
    anatomy,
    envelope,
    narrowed,
    number_row,
    picture_table,
)
from classically_punk.foundation.pictures import packed, unpacked
from classically_punk.reporting.figures.anatomy import mel_centres, note_frequencies

SECONDS = 6


def tone(frequency: float, seconds: float = SECONDS, amplitude: float = 0.5) -> np.ndarray:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def clicks(tempo: float) -> np.ndarray:
    signal = np.zeros(SECONDS * SAMPLE_RATE, dtype=np.float32)
    burst = np.random.default_rng(0).uniform(-0.8, 0.8, 220).astype(np.float32)
    for beat in np.arange(0.25, SECONDS - 0.1, 60 / tempo):
        begin = round(beat * SAMPLE_RATE)
        signal[begin : begin + burst.size] = burst
    return signal


@pytest.fixture(scope="module")
def pitch() -> Anatomy:
    return anatomy(tone(440.0), 2048, 512)


@pytest.fixture(scope="module")
def pulse() -> Anatomy:
    return anatomy(clicks(120.0), 2048, 512)


def test_a_tone_at_440_hz_is_an_a_in_every_picture(pitch: Anatomy) -> None:
    assert pitch.pitch_class == "A"
    assert pitch.chroma.mean(axis=1).argmax() == 9  # C is 0
    middle = pitch.notes[:, 50:-50].mean(axis=1)
    assert middle.argmax() == 45  # three octaves and nine semitones above C1
    assert note_frequencies()[45] == pytest.approx(440.0)
    band = pitch.mel.mean(axis=1).argmax()
    assert abs(mel_centres(96)[band] - 440.0) < 40.0


def test_a_tone_is_harmonic_steady_and_as_loud_as_its_amplitude_says(pitch: Anatomy) -> None:
    assert pitch.harmonic_share > 0.99
    assert pitch.loudness == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.01)
    assert pitch.centroid == pytest.approx(440.0, abs=15.0)
    assert pitch.waveform[1, 1:-1] == pytest.approx(0.5, abs=0.01)
    assert pitch.waveform[0, 1:-1] == pytest.approx(-0.5, abs=0.01)


def test_clicks_at_120_bpm_are_percussive_and_their_beats_half_a_second_apart(pulse: Anatomy) -> None:
    assert pulse.tempo == pytest.approx(120.0, abs=4.0)
    assert pulse.harmonic_share < 0.05
    assert np.diff(pulse.beats) == pytest.approx(0.5, abs=0.05)
    nearest = np.abs(pulse.beats[:, None] - np.arange(0.25, SECONDS, 0.5)).min(axis=1)
    assert (nearest < 0.07).all()


def test_silence_has_pictures_and_a_reason_instead_of_numbers() -> None:
    found = anatomy(np.zeros(3 * SAMPLE_RATE, dtype=np.int16), 2048, 512)
    row = number_row("quiet", "q", found)
    assert row["reason"] == "silent"
    assert len(found.beats) == 0
    assert all(np.isfinite(picture).all() for picture in found.pictures.values())
    assert np.isnan([row["tempo"], row["harmonic_share"], row["percussive_share"], row["centroid"]]).all()


@pytest.mark.parametrize("seconds", [0.05, 1.0])
def test_a_clip_shorter_than_a_filter_is_shown_as_far_as_it_goes(seconds: float) -> None:
    found = anatomy(tone(1000.0, seconds), 2048, 512)
    assert found.seconds == pytest.approx(seconds, abs=1e-4)
    assert all(np.isfinite(picture).all() for picture in found.pictures.values())


def test_ten_seconds_are_looked_at_and_no_picture_is_too_large() -> None:
    found = anatomy((3000 * np.sin(np.arange(14 * SAMPLE_RATE) / 7)).astype(np.int16), 2048, 512)
    assert found.seconds == 10.0
    assert all(picture.shape[0] <= 96 and picture.shape[1] <= 400 for picture in found.pictures.values())


def test_pictures_come_back_to_half_a_step_and_are_the_same_bytes_every_time(pulse: Anatomy) -> None:
    first, second = (picture_table("g", "c", anatomy(clicks(120.0), 2048, 512)) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    for name, picture in pulse.pictures.items():
        step = (picture.max() - picture.min()) / 255
        assert np.abs(unpacked(first, "g", name) - picture).max() <= step / 2 + 1e-6
    assert unpacked(first, "g", "beats") == pytest.approx(pulse.beats, abs=1e-5)
    with pytest.raises(KeyError, match="picture mel of genre 'other'"):
        unpacked(first, "other", "mel")


def test_a_picture_of_one_value_comes_back_as_it_was() -> None:
    assert packed(np.full((2, 3), -7.5, dtype=np.float32)).low == -7.5


def test_frames_put_together_are_averaged_and_extremes_kept() -> None:
    ramp = np.arange(800, dtype=np.float32)
    assert narrowed(ramp[None, :])[0, :3].tolist() == [0.5, 2.5, 4.5]
    assert narrowed(ramp[None, :], highest=True)[0, :3].tolist() == [1.0, 3.0, 5.0]
    assert envelope(ramp)[:, 0].tolist() == [0.0, 1.0]
