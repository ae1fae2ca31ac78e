"""Pitched instruments: additive synthesis from wavetables, a dark one that lasts and a bright one that fades."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.corpora.demo.harmony import frequency

Signal = NDArray[np.float64]
"""Samples of shape (n,) at `SAMPLE_RATE`."""

TABLE_LENGTH = 4096
HIGHEST_PARTIAL = 9500.0
"""Hz; below half the sample rate, so that vibrato cannot fold a partial over."""
MOST_PARTIALS = 80


@dataclass(frozen=True)
class Instrument:
    """
    rolloff      : partial k has amplitude k ** -rolloff
    even         : weight of the even partials, 0..1
    cutoff       : Hz above which partials fade with 12 dB per octave
    bright_decay : s in which the upper partials fade by 1/e
    attack       : s until full level
    decay        : s in which the level falls by 1/e toward `sustain`
    sustain      : share of the level that stays while the note is held
    release      : s until silence after the note ends
    vibrato      : cents
    detune       : cents between two voices; 0 is one voice
    breath       : noise against tone
    formants     : Hz of vocal resonances; empty for none
    drive        : distortion of all the notes of the instrument together; 0 is none
    """

    rolloff: float
    even: float = 1.0
    cutoff: float = 6000.0
    bright_decay: float = 0.4
    attack: float = 0.004
    decay: float = 0.6
    sustain: float = 0.0
    release: float = 0.06
    vibrato: float = 0.0
    detune: float = 0.0
    breath: float = 0.0
    formants: tuple[float, ...] = ()
    drive: float = 0.0


INSTRUMENTS: dict[str, Instrument] = {
    "piano": Instrument(1.3, cutoff=4500, bright_decay=0.25, decay=0.9, release=0.12, detune=2),
    "electric_piano": Instrument(1.8, even=0.4, cutoff=3500, bright_decay=0.15, decay=1.1, release=0.1),
    "harpsichord": Instrument(0.7, cutoff=7000, bright_decay=0.4, decay=0.5, release=0.08),
    "acoustic_guitar": Instrument(1.0, cutoff=6000, bright_decay=0.12, attack=0.002, decay=0.55, release=0.08),
    "clean_guitar": Instrument(1.2, cutoff=4200, bright_decay=0.15, attack=0.003, decay=0.4, release=0.05),
    "twang_guitar": Instrument(0.8, cutoff=7500, bright_decay=0.1, attack=0.002, decay=0.45, release=0.05),
    "muted_guitar": Instrument(1.1, cutoff=3800, bright_decay=0.04, attack=0.002, decay=0.09, release=0.03),
    "crunch_guitar": Instrument(1.0, cutoff=4500, bright_decay=0.5, decay=1.2, sustain=0.3, drive=4),
    "high_gain_guitar": Instrument(0.9, cutoff=5500, bright_decay=0.8, decay=1.5, sustain=0.4, drive=14),
    "solo_guitar": Instrument(1.0, cutoff=5000, bright_decay=0.8, decay=1.5, sustain=0.5, vibrato=25, drive=8),
    "blues_guitar": Instrument(1.1, cutoff=3800, bright_decay=0.3, decay=0.7, sustain=0.2, vibrato=30, drive=2.5),
    "steel_guitar": Instrument(
        1.2, cutoff=5500, bright_decay=0.5, attack=0.02, decay=1.2, sustain=0.3, vibrato=22, release=0.15
    ),
    "fiddle": Instrument(0.9, cutoff=6000, bright_decay=9, attack=0.04, sustain=0.8, vibrato=22, breath=0.03),
    "organ": Instrument(1.5, even=0.7, cutoff=4500, bright_decay=9, attack=0.008, sustain=1, release=0.03, vibrato=8),
    "strings": Instrument(
        1.2, cutoff=4200, bright_decay=9, attack=0.09, sustain=0.9, release=0.2, vibrato=14, detune=9, breath=0.02
    ),
    "flute": Instrument(2.2, cutoff=5000, bright_decay=9, attack=0.05, sustain=0.9, vibrato=16, breath=0.06),
    "brass": Instrument(0.9, cutoff=4000, bright_decay=1.5, attack=0.025, sustain=0.7, detune=4),
    "saxophone": Instrument(
        0.9, cutoff=4500, bright_decay=3, attack=0.03, sustain=0.75, vibrato=18, breath=0.05, formants=(600, 1700)
    ),
    "muted_trumpet": Instrument(
        0.6, cutoff=6500, bright_decay=3, attack=0.025, sustain=0.7, vibrato=12, formants=(1500, 2800)
    ),
    "harmonica": Instrument(
        0.7, even=0.6, cutoff=6000, bright_decay=9, attack=0.03, sustain=0.8, vibrato=20, formants=(900, 2200)
    ),
    "voice": Instrument(
        0.8, cutoff=6000, bright_decay=9, attack=0.05, sustain=0.85, vibrato=35, breath=0.04, formants=(650, 1150, 2700)
    ),
    "spoken_voice": Instrument(
        0.8, cutoff=5500, bright_decay=9, attack=0.015, decay=0.15, sustain=0.2, breath=0.12, formants=(550, 1500, 2500)
    ),
    "growl": Instrument(
        0.5, cutoff=5000, bright_decay=9, attack=0.02, sustain=0.8, breath=0.35, formants=(500, 1100), drive=6
    ),
    "synth_pad": Instrument(1.0, cutoff=3500, bright_decay=9, attack=0.12, sustain=0.9, release=0.25, detune=14),
    "synth_pluck": Instrument(0.8, cutoff=7500, bright_decay=0.12, decay=0.35, release=0.08, detune=7),
    "synth_lead": Instrument(0.8, even=0.3, cutoff=6500, bright_decay=2, attack=0.01, sustain=0.7, detune=8),
    "clavinet": Instrument(0.7, cutoff=5500, bright_decay=0.08, attack=0.002, decay=0.2, release=0.02),
    "upright_bass": Instrument(1.7, cutoff=1100, bright_decay=0.08, attack=0.008, decay=0.45, release=0.05),
    "finger_bass": Instrument(1.4, cutoff=1600, bright_decay=0.15, attack=0.005, decay=0.7, sustain=0.2),
    "pick_bass": Instrument(1.0, cutoff=2800, bright_decay=0.25, attack=0.003, decay=0.7, sustain=0.3, drive=1.5),
    "slap_bass": Instrument(0.8, cutoff=4500, bright_decay=0.08, attack=0.002, decay=0.35, sustain=0.1),
    "dub_bass": Instrument(2.6, cutoff=500, bright_decay=0.3, attack=0.01, decay=0.8, sustain=0.4),
    "sub_bass": Instrument(3.0, cutoff=300, bright_decay=0.3, attack=0.006, decay=0.9, sustain=0.3, drive=1.2),
    "cello": Instrument(1.1, cutoff=2800, bright_decay=9, attack=0.06, sustain=0.85, vibrato=12, release=0.15),
}


def partials(instrument: Instrument, f0: float) -> Signal:
    """Amplitudes of the partials of a note at `f0` Hz, shape (n_partials,), of unit total power."""
    count = int(np.clip(HIGHEST_PARTIAL // f0, 1, MOST_PARTIALS))
    order = np.arange(1, count + 1, dtype=np.float64)
    amplitude = order**-instrument.rolloff / (1.0 + (order * f0 / instrument.cutoff) ** 2)
    amplitude[1::2] *= instrument.even
    if instrument.formants:
        resonance = np.full(count, 0.12)
        for formant in instrument.formants:
            width = 80.0 + 0.12 * formant
            resonance += 1.0 / (1.0 + ((order * f0 - formant) / width) ** 2)
        amplitude *= resonance
    return np.asarray(amplitude / np.sqrt(np.sum(amplitude**2) / 2.0))


class Player:
    """One instrument in one performance: its notes share their waveforms, as those of one string or throat do."""

    def __init__(self, instrument: Instrument, rng: np.random.Generator) -> None:
        self.instrument = instrument
        self._rng = rng
        self._waveforms: dict[int, tuple[Signal, Signal]] = {}

    def tone(self, pitch: float, duration: float) -> Signal:
        """One note at `pitch` (MIDI number, fractions allowed), held for `duration` s and released; shape (n,)."""
        instrument, rng = self.instrument, self._rng
        f0 = frequency(pitch)
        length = max(int((duration + instrument.release) * SAMPLE_RATE), 16)
        time = np.arange(length) / SAMPLE_RATE
        waveform = self._waveform(round(pitch))
        cycles = f0 * time
        if instrument.vibrato:
            rate = 5.5 * (1.0 + 0.1 * rng.standard_normal())
            depth = f0 * (2.0 ** (instrument.vibrato / 1200.0) - 1.0)
            # a player lets vibrato grow; the integral of the frequency swing is the swing of the phase
            swing = depth / (2 * np.pi * rate) * np.minimum(time / 0.3, 1.0)
            cycles += swing * np.sin(2 * np.pi * (rate * time + rng.random()))
        brightness = np.exp(-time / instrument.bright_decay)
        sound = _read(*waveform, brightness, cycles)
        if instrument.detune:
            other = cycles * 2.0 ** (instrument.detune / 1200.0) + rng.random()
            sound = 0.7 * (sound + _read(*waveform, brightness, other))
        if instrument.breath:
            sound += instrument.breath * rng.standard_normal(length)
        return sound * _envelope(instrument, time, duration)

    def _waveform(self, pitch: int) -> tuple[Signal, Signal]:
        """One period of what lasts and one of what fades, shape (TABLE_LENGTH,) each."""
        if pitch not in self._waveforms:
            amplitude = partials(self.instrument, frequency(pitch))
            upper = 1.0 - np.exp(-np.arange(amplitude.size) / 3.0)
            turned = amplitude * np.exp(2j * np.pi * self._rng.random(amplitude.size))
            self._waveforms[pitch] = _period(turned * (1.0 - upper)), _period(turned * upper)
        return self._waveforms[pitch]


def _period(spectrum: NDArray[np.complex128]) -> Signal:
    """One period of a tone with these partials, shape (TABLE_LENGTH,)."""
    bins = np.zeros(TABLE_LENGTH // 2 + 1, dtype=np.complex128)
    bins[1 : spectrum.size + 1] = spectrum * (TABLE_LENGTH / 2)
    return np.asarray(irfft(bins, TABLE_LENGTH))


def _read(lasting: Signal, fading: Signal, brightness: Signal, cycles: Signal) -> Signal:
    index = (cycles * TABLE_LENGTH).astype(np.int64) & (TABLE_LENGTH - 1)
    return np.asarray(lasting[index] + fading[index] * brightness)


def _envelope(instrument: Instrument, time: Signal, duration: float) -> Signal:
    level = instrument.sustain + (1.0 - instrument.sustain) * np.exp(-time / instrument.decay)
    level *= np.minimum(time / instrument.attack, 1.0)
    level *= np.clip(1.0 - (time - duration) / instrument.release, 0.0, 1.0)
    return level
