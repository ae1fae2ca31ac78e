"""Clips and archives made for a test."""

import io
import tarfile
import wave
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from classically_punk.foundation.params import Ingest

RATE = 22050


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test, or the graph, has kept of a clip stands in for nothing that a test looks at."""
    monkeypatch.setenv("PUNK_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def settings() -> Ingest:
    return Ingest(
        shortest=1.0,
        longest=60.0,
        largest_member=8.0,
        largest_archive=0.25,
        most_members=1000,
        silence=-60.0,
        silent_share=0.95,
        clipped_share=0.005,
        dc_offset=0.02,
        replica_bit_error=0.2,
        replica_overlap=3.0,
    )


@pytest.fixture(scope="session")
def clip_bytes() -> Callable[..., bytes]:
    """A WAV file of seeded noise whose colour changes every half second: no two seeds sound alike."""

    def make(seed: int, seconds: float = 5.0, gain: float = 0.3) -> bytes:
        rng = np.random.default_rng(seed)
        n = int(seconds * RATE)
        time = np.arange(n) / RATE
        signal = 0.05 * rng.standard_normal(n)
        for start in range(0, n, RATE // 2):
            part = slice(start, start + RATE // 2)
            for frequency in rng.uniform(300, 2000, 4):
                signal[part] += np.sin(2 * np.pi * frequency * time[part])
        samples = np.round(32767 * gain * signal / np.abs(signal).max()).astype("<i2")
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples.tobytes())
        return buffer.getvalue()

    return make


@pytest.fixture(scope="session")
def write_zip() -> Callable[[Path, Mapping[str, bytes]], Path]:
    def write(path: Path, content: Mapping[str, bytes]) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in content.items():
                archive.writestr(name, data)
        return path

    return write


@pytest.fixture(scope="session")
def write_tar() -> Callable[..., Path]:
    def write(path: Path, content: Mapping[str, bytes | tarfile.TarInfo], mode: str = "w:gz") -> Path:
        """`content`: path in the archive -> its bytes, or the header of a member without any."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(path, mode) as archive:
            for name, data in content.items():
                info = data if isinstance(data, tarfile.TarInfo) else tarfile.TarInfo(name)
                info.name = name
                if isinstance(data, bytes):
                    info.size = len(data)
                    archive.addfile(info, io.BytesIO(data))
                else:
                    archive.addfile(info)
        return path

    return write
