"""Signals and files that are made in memory."""

import io
from collections.abc import Callable

import numpy as np
import pytest
import soundfile

from classically_punk.audio.canonical import SAMPLE_RATE, Samples
from classically_punk.audio.decode import DecodingLimits
from classically_punk.foundation.params import Ingest

Encode = Callable[..., bytes]


@pytest.fixture
def limits() -> DecodingLimits:
    return DecodingLimits(shortest=1.0, longest=60.0)


@pytest.fixture
def settings() -> Ingest:
    return Ingest(
        shortest=1.0,
        longest=60.0,
        largest_member=64.0,
        largest_archive=1.0,
        most_members=1000,
        silence=-60.0,
        silent_share=0.95,
        clipped_share=0.005,
        dc_offset=0.02,
        replica_bit_error=0.2,
        replica_overlap=3.0,
    )


@pytest.fixture
def encode() -> Encode:
    """Writes samples, shape (n,) or (n, n_channels), to a file in memory with libsndfile, in blocks."""

    def written(
        samples: np.ndarray, container: str, codec: str, rate: int = SAMPLE_RATE, level: float | None = None
    ) -> bytes:
        target = io.BytesIO()
        channels = 1 if samples.ndim == 1 else samples.shape[1]
        with soundfile.SoundFile(target, "w", rate, channels, codec, format=container, compression_level=level) as file:
            for start in range(0, len(samples), 16384):
                file.write(samples[start : start + 16384])
        return target.getvalue()

    return written


@pytest.fixture
def music() -> Callable[[int, float], Samples]:
    """Melodies that differ by their seed: notes of random pitch and length, with harmonics and a noise floor."""

    def played(seed: int, duration: float) -> Samples:
        rng = np.random.default_rng(seed)
        n = int(duration * SAMPLE_RATE)
        sound = 0.003 * rng.standard_normal(n)
        for _ in range(2):
            start = 0
            while start < n:
                length = min(int(rng.uniform(0.1, 0.5) * SAMPLE_RATE), n - start)
                time = np.arange(length) / SAMPLE_RATE
                pitch = 110 * 2 ** (rng.integers(0, 36) / 12)
                tone = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 9))
                sound[start : start + length] += 0.1 * tone * np.exp(-4 * time)
                start += length
        return np.rint(sound * 32768).astype(np.int16)

    return played
