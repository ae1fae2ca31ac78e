"""Signals whose descriptors are known, and ways to measure them."""

import csv
import io
import wave
from collections.abc import Callable

import numpy as np
import pytest
from fixtures.extraction import KAGGLE57
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.features.measured import Measured
from classically_punk.foundation.params import Features

Signal = NDArray[np.float32]
Measure = Callable[..., Measured]
Clip = Callable[[str], NDArray[np.int16]]


class Signals:
    """Mono float32 at 22050 Hz; lengths in s, frequencies in Hz."""

    @staticmethod
    def sine(frequency: float, seconds: float, amplitude: float = 0.5) -> Signal:
        """A sine of `frequency` Hz; amplitude 1 is full scale."""
        time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        return (amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32)

    @staticmethod
    def clicks(beats_per_minute: float, seconds: float) -> Signal:
        """A train of 10 ms bursts of noise."""
        signal = np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32)
        burst = np.random.default_rng(0).uniform(-0.8, 0.8, 220).astype(np.float32)
        for beat in np.arange(0.1, seconds - 0.1, 60 / beats_per_minute):
            begin = round(beat * SAMPLE_RATE)
            signal[begin : begin + burst.size] = burst
        return signal

    @staticmethod
    def music(seconds: float, seed: int = 0) -> Signal:
        """Changing chords, bursts on a beat and some noise, at levels that vary: a bit of everything."""
        rng = np.random.default_rng(seed)
        signal = Signals.clicks(rng.uniform(80, 160), seconds)
        note = SAMPLE_RATE // 2
        for begin in range(0, signal.size - note, note):
            root = 110 * 2 ** (rng.integers(0, 24) / 12)
            chord = sum(Signals.sine(root * ratio, note / SAMPLE_RATE, 0.1) for ratio in (1, 1.26, 1.5, 2, 3.02))
            signal[begin : begin + note] += np.float32(rng.uniform(0.2, 1)) * chord
        signal += rng.normal(0, 0.003, signal.size).astype(np.float32)
        return (signal / np.abs(signal).max() * 0.9).astype(np.float32)

    @staticmethod
    def as_int16(signal: Signal) -> NDArray[np.int16]:
        return np.round(signal * 32767).astype(np.int16)


@pytest.fixture(scope="session")
def signals() -> type[Signals]:
    return Signals


@pytest.fixture
def settings() -> Features:
    return Features(sets=["kaggle57", "standard"], n_fft=2048, hop_length=512, window=3.0, window_hop=3.0)


@pytest.fixture
def measure() -> Measure:
    """Descriptors of a signal, with frames of 2048 samples every 512."""

    def of(signal: Signal, n_fft: int = 2048, hop_length: int = 512) -> Measured:
        return Measured(signal, n_fft, hop_length)

    return of


@pytest.fixture
def clip(real_data) -> Clip:
    """Samples of a clip of GTZAN mini, named like blues.00000."""

    def samples(name: str) -> NDArray[np.int16]:
        content = real_data.clip(f"genres/{name.split('.')[0]}/{name}.wav")
        with wave.open(io.BytesIO(content)) as file:
            return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")

    return samples


@pytest.fixture
def published(real_data) -> dict[str, NDArray[np.float64]]:
    """Name of each of GTZAN's thousand clips -> its 57 published values."""
    with real_data.file("features_30_sec.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {row["filename"].removesuffix(".wav"): np.array([float(row[name]) for name in KAGGLE57]) for row in rows}
