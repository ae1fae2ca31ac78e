"""Drum sounds from sine sweeps and shaped noise."""

import numpy as np
from scipy.signal import butter, sosfilt

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.corpora.demo.instruments import Signal
from classically_punk.corpora.demo.style import Kit, KitVoice


def drum(voice: KitVoice, kit: Kit, rng: np.random.Generator) -> Signal:
    """One stroke of a drum, shape (n,), with a peak near 1. Strokes of one kit differ in their noise alone."""
    match voice:
        case "kick":
            return _kick(kit, rng)
        case "snare":
            return _snare(kit, rng)
        case "rim":
            return _rim(kit, rng)
        case "clap":
            return _clap(kit, rng)
        case "hat":
            return _noise(kit.cymbal_cutoff, kit.cymbal_decay, rng)
        case "open":
            return _noise(kit.cymbal_cutoff * 0.9, kit.cymbal_decay * 5, rng)
        case "ride":
            return _ride(kit, rng)
        case "tom":
            return _swept(kit.kick_pitch * 1.9, 0.4, 0.05, kit.kick_decay * 1.3)


def _kick(kit: Kit, rng: np.random.Generator) -> Signal:
    body = _swept(kit.kick_pitch, 2.5, 0.018, kit.kick_decay)
    click = 0.25 * _noise(2500.0, 0.004, rng)
    body[: click.size] += click
    return body


def _snare(kit: Kit, rng: np.random.Generator) -> Signal:
    wires = _noise(900.0, kit.snare_decay, rng) * kit.wires
    shell = _swept(kit.snare_pitch, 0.6, 0.02, kit.snare_decay * 0.5) * (1.0 - kit.wires)
    wires[: shell.size] += shell[: wires.size]
    return wires * 1.4


def _rim(kit: Kit, rng: np.random.Generator) -> Signal:
    stick = _struck(kit.snare_pitch * 4.2, 0.018, rng)
    click = 0.3 * _noise(1500.0, 0.01, rng)
    stick[: click.size] += click
    return stick


def _clap(kit: Kit, rng: np.random.Generator) -> Signal:
    burst = _noise(1000.0, kit.snare_decay, rng)
    clap = np.zeros(burst.size + int(0.03 * SAMPLE_RATE))
    for delay in (0.0, 0.011, 0.022):
        start = int(delay * SAMPLE_RATE)
        clap[start : start + burst.size] += burst * (0.5 if delay < 0.02 else 1.0)
    return clap * 0.8


def _ride(kit: Kit, rng: np.random.Generator) -> Signal:
    wash = 0.5 * _noise(kit.cymbal_cutoff * 0.7, kit.cymbal_decay * 6, rng)
    ping = _struck(kit.cymbal_cutoff * 0.55, 0.05, rng)
    wash[: ping.size] += 0.35 * ping
    return wash


def _swept(pitch: float, sweep: float, sweep_decay: float, decay: float) -> Signal:
    """A sine that falls from `(1 + sweep) * pitch` to `pitch` Hz; decays in s."""
    time = np.arange(int(5 * decay * SAMPLE_RATE)) / SAMPLE_RATE
    falling = pitch * (time + sweep * sweep_decay * (1.0 - np.exp(-time / sweep_decay)))
    return np.asarray(np.sin(2 * np.pi * falling) * np.exp(-time / decay))


def _struck(pitch: float, decay: float, rng: np.random.Generator) -> Signal:
    """Three inharmonic partials of a struck bar over `pitch` Hz."""
    time = np.arange(int(5 * decay * SAMPLE_RATE)) / SAMPLE_RATE
    sound = np.zeros(time.size)
    for ratio in (1.0, 1.34, 1.79):
        sound += np.sin(2 * np.pi * (min(ratio * pitch, 9500.0) * time + rng.random()))
    return np.asarray(0.4 * sound * np.exp(-time / decay))


def _noise(cutoff: float, decay: float, rng: np.random.Generator) -> Signal:
    """Noise above `cutoff` Hz that fades in `decay` s, with a peak near 1."""
    length = int(5 * decay * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    highpass = butter(2, min(cutoff, 9500.0), "highpass", fs=SAMPLE_RATE, output="sos")
    noise = sosfilt(highpass, rng.standard_normal(length))
    # white noise loses power with what the filter takes away; give the level back
    passed = 1.0 - min(cutoff, 9500.0) / (SAMPLE_RATE / 2)
    return np.asarray(noise * np.exp(-time / decay) * (0.35 / np.sqrt(passed)))
