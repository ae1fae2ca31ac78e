"""Notes and strokes into sound: each group on a bus of its own, then the desk, the room and the final level."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import butter, sosfilt

from classically_punk.audio.canonical import SAMPLE_RATE, Samples
from classically_punk.corpora.demo.arrangement import Note, Piece, Stroke
from classically_punk.corpora.demo.artists import EQUALISER_BANDS, Artist
from classically_punk.corpora.demo.drums import drum
from classically_punk.corpora.demo.instruments import Instrument, Player, Signal
from classically_punk.corpora.demo.style import Kit, Production

FULL_SCALE = 32768.0
CEILING = 0.92
"""Of full scale; no clip of the corpus reaches it unless a fault was planted."""
LOWEST = 25.0
"""Hz; what lies below is not music, and takes the DC offset with it."""
LEVEL_SPREAD = 1.2
"""dB, standard deviation of a group's level between the clips of an artist."""


def record(piece: Piece, artist: Artist, rng: np.random.Generator) -> Samples:
    """The sound of `piece`, int16 of shape (n,) at `SAMPLE_RATE`."""
    length = round(piece.duration * SAMPLE_RATE)
    production = artist.production
    groups = (
        (_drum_bus(piece.strokes, artist.kit, length, rng), production.drums),
        (_bus(piece.bass, artist.bass, length, rng), production.bass),
        (_bus(piece.chords, artist.chords, length, rng), production.chords),
        (_bus(piece.lead, piece.lead_instrument, length, rng), production.lead),
    )
    mix = np.zeros(length)
    for bus, level in groups:
        mix += _levelled(bus, level + LEVEL_SPREAD * float(rng.standard_normal()))
    mix = _levelled(mix, 0.0)
    if production.drive:
        mix = np.tanh(production.drive * mix) / production.drive
    mix = _levelled(_desk_and_room(mix, artist), 0.0)
    mix *= _swell(production, length, rng)
    mix += _gain(production.hiss) * rng.standard_normal(length)
    return quantised(_finished(mix, production.loudness + 0.8 * float(rng.standard_normal())))


def quantised(sound: Signal) -> Samples:
    """Samples in -1..1 as int16. Raises ValueError when one lies outside."""
    scaled = np.rint(sound * FULL_SCALE)
    if scaled.size and (scaled.min() < -FULL_SCALE or scaled.max() > FULL_SCALE - 1):
        raise ValueError("a sample lies outside full scale")
    return scaled.astype(np.int16)


def _bus(notes: Iterable[Note], instrument: Instrument, length: int, rng: np.random.Generator) -> Signal:
    bus = np.zeros(length)
    player = Player(instrument, rng)
    for note in notes:
        _add(bus, player.tone(note.pitch, note.duration), note.start, note.velocity)
    if instrument.drive:
        bus = _distorted(_levelled(bus, 0.0), instrument.drive)
    return bus


def _drum_bus(strokes: Iterable[Stroke], kit: Kit, length: int, rng: np.random.Generator) -> Signal:
    """Each voice has three recorded strokes, which are played in random order."""
    bus = np.zeros(length)
    recorded: dict[str, list[Signal]] = {}
    for stroke in strokes:
        if stroke.voice not in recorded:
            recorded[stroke.voice] = [drum(stroke.voice, kit, rng) for _ in range(3)]
        sound = recorded[stroke.voice][int(rng.integers(3))]
        _add(bus, sound, stroke.start, stroke.velocity)
    return bus


def _add(bus: Signal, sound: Signal, start: float, gain: float) -> None:
    """Adds what of `sound`, beginning at `start` s, lies inside the bus."""
    first = round(start * SAMPLE_RATE)
    begin, end = max(first, 0), min(first + sound.size, bus.size)
    if begin < end:
        bus[begin:end] += gain * sound[begin - first : end - first]


def _distorted(bus: Signal, drive: float) -> Signal:
    """An overdriven amplifier and the loudspeaker behind it."""
    cabinet = butter(2, (80.0, 4500.0), "bandpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(sosfilt(cabinet, np.tanh(drive * bus)))


def _desk_and_room(mix: Signal, artist: Artist) -> Signal:
    """Equaliser, band limit and reverberation, as one filter in the frequency domain."""
    production = artist.production
    response = _room(production, artist.room_seed)
    size = next_fast_len(mix.size + response.size, real=True)
    frequencies = np.arange(size // 2 + 1) * (SAMPLE_RATE / size)
    spectrum = rfft(mix, size)
    spectrum *= (1.0 + rfft(response, size)) * _equaliser(frequencies, artist)
    return np.asarray(irfft(spectrum, size)[: mix.size])


def _equaliser(frequencies: NDArray[np.float64], artist: Artist) -> NDArray[np.float64]:
    """Gain at each frequency (Hz), without any shift of phase."""
    production = artist.production
    known = np.geomspace(LOWEST / 4, SAMPLE_RATE / 2, 400)
    octaves = np.log2(known / 1000.0)
    decibels = production.tilt * np.clip(octaves, -4.0, 3.4)
    for centre, boost in zip(EQUALISER_BANDS, artist.equaliser, strict=True):
        decibels += boost * np.exp(-0.5 * ((octaves - np.log2(centre / 1000.0)) / 0.6) ** 2)
    gain = 10.0 ** (decibels / 20.0)
    gain /= np.sqrt(1.0 + (known / production.cutoff) ** 8)
    gain *= known**2 / (known**2 + LOWEST**2)
    return np.interp(frequencies, known, gain, left=0.0)


def _room(production: Production, seed: int) -> Signal:
    """Reflections of a room: noise that falls by 60 dB in `production.room` s, after a gap of 12 ms."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(min(production.room, 1.5) * SAMPLE_RATE)) / SAMPLE_RATE
    tail = rng.standard_normal(time.size) * 10.0 ** (-3.0 * time / production.room)
    tail[: int(0.012 * SAMPLE_RATE)] = 0.0
    energy = float(np.sum(tail**2))
    return np.asarray(tail * (_gain(production.wet) / np.sqrt(energy)))


def _swell(production: Production, length: int, rng: np.random.Generator) -> Signal:
    """Slow changes of level, as a player makes them."""
    time = np.arange(0.0, length / SAMPLE_RATE + 0.1, 0.05)
    decibels = np.sin(2 * np.pi * (time / rng.uniform(4.0, 9.0) + rng.random()))
    gain = 10.0 ** (0.5 * production.swell * decibels / 20.0)
    return np.interp(np.arange(length), time * SAMPLE_RATE, gain)


def _finished(mix: Signal, loudness: float) -> Signal:
    """`mix` at `loudness` dBFS or below, with peaks bent, not cut, under the ceiling."""
    levelled = _levelled(mix, loudness)
    return np.asarray(CEILING * levelled / np.sqrt(CEILING**2 + levelled**2))


def _levelled(sound: Signal, level: float) -> Signal:
    """`sound` at an RMS of `level` dB; silence stays silent."""
    power = float(np.mean(sound**2))
    return sound * (_gain(level) / np.sqrt(power)) if power > 0.0 else sound


def _gain(decibels: float) -> float:
    return float(10.0 ** (decibels / 20.0))
