"""Pitch: notes known by name, librosa as the oracle."""

import librosa
import numpy as np
import pytest

from classically_punk.features import harmony

INNER = slice(5, -5)
C, E, G, A = 0, 4, 7, 9


def test_a440_is_an_a(signals, measure):
    chroma = measure(signals.sine(440, 3.0)).chroma[INNER]
    assert (chroma.argmax(axis=1) == A).all()
    np.testing.assert_allclose(chroma[:, A], 1)
    assert (np.delete(chroma, [A - 1, A, A + 1], axis=1) < 0.01).all()


def test_octaves_are_one_pitch_class(signals, measure):
    chroma = measure(sum(signals.sine(octave, 3.0, 0.1) for octave in (220, 440, 880, 1760))).chroma[INNER]
    assert (chroma.argmax(axis=1) == A).all()


def test_c_major_chord(signals, measure):
    chord = sum(signals.sine(frequency, 3.0, 0.2) for frequency in (523.25, 659.26, 783.99))
    chroma = measure(chord).chroma[INNER].mean(axis=0)
    assert set(np.argsort(chroma)[-3:]) == {C, E, G}


@pytest.mark.parametrize(("n_fft", "hop_length"), [(2048, 512), (1024, 300), (4096, 1024)])
def test_librosa_agrees(n_fft, hop_length, signals, measure):
    signal = signals.music(4.0, seed=3)
    clip = measure(signal, n_fft, hop_length)
    power = np.abs(librosa.stft(signal, n_fft=n_fft, hop_length=hop_length)) ** 2
    assert harmony.tuning(clip) == pytest.approx(librosa.estimate_tuning(S=power, n_fft=n_fft), abs=1e-9)
    expected = librosa.feature.chroma_stft(y=signal, n_fft=n_fft, hop_length=hop_length)
    np.testing.assert_allclose(clip.chroma, expected.T, atol=1e-4)
    np.testing.assert_allclose(harmony.tonnetz(clip.chroma), librosa.feature.tonnetz(chroma=expected).T, atol=1e-4)


@pytest.mark.parametrize("name", ["blues.00000", "classical.00003", "metal.00005"])
def test_tuning_of_real_clips_equals_librosa(name, clip, measure):
    signal = clip(name).astype(np.float32) / 32768
    expected = librosa.estimate_tuning(S=np.abs(librosa.stft(signal)) ** 2)
    assert harmony.tuning(measure(signal)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("cents", [-30, -10, 0, 20, 40])
def test_tuning_of_detuned_notes(cents, signals, measure):
    """Notes of an instrument tuned to 440 * 2^(cents/1200) Hz. Interpolation between bins of 10.8 Hz errs by a few
    hundredths of a semitone on each note; over several notes, or with narrower bins, it finds the tuning."""
    reference = 440 * 2 ** (cents / 1200)
    notes = sum(signals.sine(reference * 2 ** (semitones / 12), 3.0, 0.1) for semitones in (0, 4, 7, 12, 16, 19))
    assert harmony.tuning(measure(notes)) == pytest.approx(cents / 100, abs=0.035)
    tone = signals.sine(2 * reference, 3.0)
    assert harmony.tuning(measure(tone, 8192)) == pytest.approx(cents / 100, abs=0.02)


def test_detuned_notes_keep_their_pitch_class(signals, measure):
    """40 cents too high is nearer to A than to A sharp, and the filters follow the tuning."""
    chroma = measure(signals.sine(440 * 2 ** (40 / 1200), 3.0)).chroma[INNER]
    assert (chroma.argmax(axis=1) == A).all()


def triad(signals, semitones):
    """C major with a strong root, `semitones` higher."""
    notes = ((523.25, 0.4), (659.26, 0.2), (783.99, 0.2))
    return sum(signals.sine(frequency * 2 ** (semitones / 12), 3.0, amplitude) for frequency, amplitude in notes)


@pytest.mark.parametrize("semitones", range(1, 12))
def test_transposed_chord_moves_chroma_and_leaves_what_is_relative(semitones, signals, measure):
    """In bins of 2.7 Hz: in wider ones it depends on where a note lies between two bins how much of it leaks into
    the pitch classes beside it, in librosa and here."""
    here, there = (
        measure(triad(signals, shift), 8192).chroma[INNER].mean(axis=0, dtype=np.float64) for shift in (0, semitones)
    )
    assert here.argmax() == C
    assert there.argmax() == semitones
    np.testing.assert_allclose(harmony.key_relative(here), harmony.key_relative(there), atol=0.05)
    assert set(np.argsort(harmony.key_relative(there))[-3:]) == {0, 4, 7}


def test_level_does_not_change_chroma(signals, measure):
    signal = signals.music(3.0)
    np.testing.assert_allclose(measure(signal).chroma, measure(signal / 8).chroma, atol=1e-5)


def test_key_does_not_matter_to_what_is_relative(rng):
    profile = rng.random(12)
    moved = np.roll(profile, 5)
    np.testing.assert_allclose(harmony.key_relative(profile), harmony.key_relative(moved))


def test_one_pitch_class_lies_on_the_rim_of_every_circle():
    place = harmony.tonnetz(np.eye(12, dtype=np.float32))
    radii = np.hypot(place[:, ::2], place[:, 1::2])
    np.testing.assert_allclose(radii, np.tile([1, 1, 0.5], (12, 1)), atol=1e-6)


def test_whole_circle_of_pitch_classes_lies_in_the_middle():
    place = harmony.tonnetz(np.ones((1, 12), dtype=np.float32))
    np.testing.assert_allclose(place, 0, atol=1e-6)


def test_silence_has_no_pitch(measure):
    silent = measure(np.zeros(22050, dtype=np.float32))
    assert harmony.tuning(silent) == 0
    assert not silent.chroma.any()
    assert not harmony.tonnetz(silent.chroma).any()
