"""The music of the demonstration corpus: pitches, tempo and drums are heard as they were designed."""

from itertools import pairwise

import numpy as np
import pytest

from classically_punk.corpora.demo.arrangement import compose
from classically_punk.corpora.demo.artists import artist
from classically_punk.corpora.demo.drums import drum
from classically_punk.corpora.demo.genres import GENRES
from classically_punk.corpora.demo.harmony import SCALES, chord, frequency, ladder, progression, voicing
from classically_punk.corpora.demo.instruments import INSTRUMENTS, Player
from classically_punk.corpora.demo.mixing import quantised
from classically_punk.corpora.demo.performances import perform, piece_of, take
from classically_punk.corpora.demo.style import STEPS_PER_BAR, Kit
from classically_punk.foundation.params import Demo

RATE = 22050
PURE = Demo(seed=3, clips_per_genre=3, artists_per_genre=3, shortest=8.0, longest=9.0, overlap=0.0)
KIT = Kit(60, 0.12, 185, 0.12, 0.7, 6500, 0.04)


def power_spectrum(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz and power, of the windowed whole."""
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size))) ** 2
    return np.fft.rfftfreq(sound.size, 1 / RATE), power


def onset_strength(sound: np.ndarray, hop: int = 128) -> np.ndarray:
    """Rise of log energy in frequency bands, one value every `hop` samples."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, 1024)[::hop] * np.hanning(1024)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    edges = np.unique(np.geomspace(1, 512, 13).astype(int))
    bands = np.log(np.stack([power[:, a:b].sum(axis=1) for a, b in pairwise(edges)]) + 1e-2)
    return np.maximum(np.diff(bands, axis=1), 0).sum(axis=0)


def agreement(onsets: np.ndarray, seconds: float, hop: int = 128) -> float:
    """Autocorrelation of onsets, the greatest within 1 % of a lag of `seconds`."""
    centred = onsets - onsets.mean()
    lags = range(int(0.99 * seconds * RATE / hop), int(1.01 * seconds * RATE / hop) + 2)
    return max(float(np.mean(centred[:-lag] * centred[lag:]) / np.mean(centred**2)) for lag in lags)


def test_concert_pitch_and_the_octave() -> None:
    assert frequency(69) == 440.0
    assert frequency(81) == pytest.approx(880.0)
    assert frequency(60) == pytest.approx(261.6256, abs=1e-4)


def test_chords_are_those_of_the_textbook() -> None:
    c_major, b_flat_seven = chord("C"), chord("Bb7")
    assert (c_major.root, c_major.intervals) == (0, (0, 4, 7))
    assert (b_flat_seven.root, b_flat_seven.intervals) == (10, (0, 4, 7, 10))
    assert {pitch % 12 for pitch in voicing(chord("Am"), 0, 60)} == {9, 0, 4}
    assert {pitch % 12 for pitch in voicing(chord("Am"), 2, 60)} == {11, 2, 6}  # a tone higher: B minor
    power_chord = voicing(chord("E5"), 0, 44)
    assert [pitch - power_chord[0] for pitch in power_chord] == [0, 7, 12]
    with pytest.raises(ValueError, match="Hm"):
        chord("Hm")


def test_ladders_hold_the_notes_of_the_scale() -> None:
    assert ladder("major", 0, 60, 72) == (60, 62, 64, 65, 67, 69, 71, 72)
    assert all(len(ladder(scale, 5, 60, 71)) == len(steps) for scale, steps in SCALES.items())


@pytest.mark.parametrize("name", [name for name, kind in INSTRUMENTS.items() if not kind.breath])
def test_a_note_is_in_tune(name: str, rng: np.random.Generator) -> None:
    frequencies, power = power_spectrum(Player(INSTRUMENTS[name], rng).tone(57, 1.0))
    partial = np.maximum(np.rint(frequencies / 220.0), 1)
    near = np.abs(frequencies / (220.0 * partial) - 1) < 0.03  # half a semitone
    assert power[near].sum() > 0.97 * power.sum()
    shift = np.average(frequencies[near] / (220.0 * partial[near]), weights=power[near])
    assert abs(1200 * np.log2(shift)) < 15  # cents; detuned pairs of voices lie half their distance off


def test_a_chord_is_heard_as_its_pitch_classes(rng: np.random.Generator) -> None:
    player = Player(INSTRUMENTS["piano"], rng)
    pitches = voicing(chord("Fm"), 0, 62)
    sound = np.sum([player.tone(pitch, 1.0) for pitch in pitches], axis=0)
    frequencies, power = power_spectrum(sound)
    heard = (frequencies > 60) & (frequencies < 1200)
    classes = np.rint(69 + 12 * np.log2(frequencies[heard] / 440)).astype(int) % 12
    energy = np.bincount(classes, weights=power[heard], minlength=12)
    assert set(np.argsort(energy)[-3:]) == {5, 8, 0}  # F, A flat, C
    assert np.sort(energy)[-3] > 3 * np.sort(energy)[-4]


def test_drums_lie_where_drums_lie(rng: np.random.Generator) -> None:
    centroids = {}
    for voice in ("kick", "tom", "snare", "hat"):
        frequencies, power = power_spectrum(np.append(np.zeros(500), drum(voice, KIT, rng)))
        centroids[voice] = np.average(frequencies, weights=power)
    assert centroids["kick"] < 250
    assert centroids["tom"] < 400
    assert 400 < centroids["snare"] < centroids["hat"]
    assert centroids["hat"] > 5000


@pytest.mark.parametrize("genre", [name for name in GENRES if name != "classical"])
def test_the_bar_is_heard_at_the_designed_tempo(genre: str) -> None:
    right = wrong = 0.0
    for number in range(3):
        planned = take(PURE, genre, number)
        onsets = onset_strength(perform(PURE, planned) / 32768)
        bar = 4 * 60 / piece_of(PURE, planned).tempo
        right += agreement(onsets, bar)
        wrong += max(agreement(onsets, bar * factor) for factor in (0.9, 0.955, 1.045, 1.1))
    assert right > 2 * max(wrong, 0.1)


def test_four_on_the_floor_is_heard_as_its_beat() -> None:
    planned = take(PURE, "disco", 0)
    sound = perform(PURE, planned) / 32768
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(sound.size, 1 / RATE) > 120] = 0  # the kick and nothing else
    onsets = onset_strength(np.fft.irfft(spectrum, sound.size))
    beat = 60 / piece_of(PURE, planned).tempo
    periods = np.linspace(0.75 * beat, 1.3 * beat, 80)
    best = periods[np.argmax([agreement(onsets, period) for period in periods])]
    assert best == pytest.approx(beat, rel=0.03)


def test_tempos_of_pure_genres_keep_their_order() -> None:
    tempo = {name: np.mean([artist(1, name, number, 0.0).rhythm.tempo for number in range(20)]) for name in GENRES}
    assert tempo["reggae"] < tempo["hiphop"] < tempo["disco"] < tempo["jazz"] < tempo["metal"]


def test_overlap_moves_genres_together_and_one_leaves_nothing_of_them() -> None:
    def spread(overlap: float) -> float:
        means = [np.mean([artist(1, name, n, overlap).production.loudness for n in range(30)]) for name in GENRES]
        return float(np.std(means))

    assert spread(0.0) > 1.5 * spread(0.5) > 1.5 * spread(1.0)
    assert spread(1.0) < 3 * 1.8 / np.sqrt(30)  # what the artists' own spread of 1.8 dB leaves of a mean over 30


def test_the_harmony_of_a_piece_is_a_run_of_its_form(rng: np.random.Generator) -> None:
    player = artist(1, "blues", 0, 0.0)
    piece = compose(player, 4, 9.0, rng)
    forms = [progression(symbols) for symbols in player.harmony.progressions]
    doubled = [form * 4 for form in forms]
    length = len(piece.harmony)
    assert any(form[at : at + length] == piece.harmony for form in doubled for at in range(len(form) - length))
    assert {chord_.intervals for chord_ in piece.harmony} == {(0, 4, 7, 10)}


def test_classical_pieces_have_no_drums_and_others_do() -> None:
    for name in GENRES:
        assert (len(piece_of(PURE, take(PURE, name, 0)).strokes) == 0) == (name == "classical")


def test_neighbouring_takes_are_in_different_keys_and_of_different_length() -> None:
    pieces = [
        piece_of(PURE.model_copy(update={"clips_per_genre": 12}), take(PURE, "pop", number)) for number in range(12)
    ]
    assert len({piece.tonic for piece in pieces[:4]}) == 4
    assert len({piece.duration for piece in pieces}) == 12
    assert all(8.0 <= piece.duration <= 9.0 for piece in pieces)


def test_patterns_fill_a_bar() -> None:
    for genre in GENRES.values():
        hits = [pattern for drums in genre.rhythm.drums for pattern in drums.values()]
        hits += [part.hits for part in (*genre.rhythm.comping, *genre.rhythm.bass)]
        assert {len(pattern) for pattern in hits} == {STEPS_PER_BAR}
        assert {mark for pattern in hits for mark in pattern} <= set("Xxo.")
        assert all(
            name in INSTRUMENTS for names in (genre.band.chords, genre.band.bass, genre.band.lead) for name in names
        )
        assert genre.harmony.scale in SCALES
        assert all(progression(symbols) for symbols in genre.harmony.progressions)


def test_samples_beyond_full_scale_are_refused() -> None:
    np.testing.assert_array_equal(quantised(np.array([0.0, 0.5, -1.0])), [0, 16384, -32768])
    with pytest.raises(ValueError, match="full scale"):
        quantised(np.array([1.1]))
