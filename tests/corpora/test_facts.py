"""What is kept of clips: one more clip costs that clip, and nothing kept stands in for something else."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import classically_punk
from classically_punk.audio.fingerprint import fingerprint
from classically_punk.audio.quality import Quality, measure
from classically_punk.corpora import facts as facts_module
from classically_punk.corpora.collect import collect
from classically_punk.corpora.facts import facts_of
from classically_punk.foundation.params import Ingest

ClipBytes = Callable[..., bytes]
WriteTar = Callable[..., Path]
SOURCES = Path(classically_punk.__file__).parent


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lengths of the clips that are measured, one after the other."""
    lengths: list[int] = []

    def counted(samples: np.ndarray, settings: Ingest) -> Quality:
        lengths.append(len(samples))
        return measure(samples, settings)

    monkeypatch.setenv("PUNK_JOBS", "1")
    monkeypatch.setattr(facts_module, "measure", counted)
    return lengths


def kept() -> list[Path]:
    return sorted(Path(os.environ["PUNK_CACHE"]).rglob("*.npz"))


def files(folder: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_one_more_clip_costs_that_clip(
    tmp_path: Path, settings: Ingest, clip_bytes: ClipBytes, write_tar: WriteTar, measured: list[int]
) -> None:
    content = {f"rock/{seed}.wav": clip_bytes(seed, 2.0) for seed in (1, 2, 3)}
    archive, audio = tmp_path / "raw" / "a.tar.gz", tmp_path / "audio"
    write_tar(archive, content)
    collect(archive.parent, audio, settings)
    assert len(measured) == len(kept()) == 3
    content = {"jazz/0.wav": clip_bytes(9, 2.5), "rock/a_copy.wav": content["rock/2.wav"], **content}
    write_tar(archive, content)
    found = collect(archive.parent, audio, settings)
    assert measured[3:] == [int(2.5 * 22050)]
    for entry in kept():
        entry.unlink()
    anew = collect(archive.parent, tmp_path / "again", settings)
    pd.testing.assert_frame_equal(found.clips, anew.clips, check_exact=True)
    assert files(audio) == files(tmp_path / "again")
    assert len(measured) == 4 + 4  # five members, two of them the same


@pytest.mark.parametrize("kind", ["noise", "silence", "too short for a fingerprint"])
def test_what_is_kept_is_what_was_measured(
    settings: Ingest, rng: np.random.Generator, measured: list[int], kind: str
) -> None:
    samples = (3000 * rng.standard_normal(100 if "short" in kind else 22050)).astype(np.int16)
    samples *= kind != "silence"
    first, second = (facts_of(samples, settings, "code") for _ in range(2))
    assert len(measured) == 1
    assert first.quality == second.quality == measure(samples, settings)
    assert (first.quality.peak_dbfs is None) == (kind == "silence")
    assert {type(value) for value in asdict(second.quality).values()} <= {float, type(None)}
    np.testing.assert_array_equal(second.fingerprint, fingerprint(samples))
    assert second.fingerprint.dtype == first.fingerprint.dtype


def test_an_entry_that_was_changed_or_belongs_to_another_clip_is_not_read(
    settings: Ingest, rng: np.random.Generator, measured: list[int]
) -> None:
    one, other = (3000 * rng.standard_normal((2, 22050))).astype(np.int16)
    expected = facts_of(one, settings, "code").quality
    (mine,) = kept()
    facts_of(other, settings, "code")
    (others,) = set(kept()) - {mine}
    shutil.copy(others, mine)
    assert facts_of(one, settings, "code").quality == expected
    mine.write_bytes(mine.read_bytes()[:-1] + b"?")
    assert facts_of(one, settings, "code").quality == expected
    facts_of(one, settings, "other code")
    assert len(measured) == 5


def test_the_key_follows_what_measures_and_nothing_else(tmp_path: Path, settings: Ingest) -> None:
    """An edited decoder, threshold or message costs no clip its facts; an edited measure or another silence does."""

    def key(*edits: tuple[str, str, str], silence: float = -60.0) -> str:
        copy = tmp_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(SOURCES, copy / "classically_punk", ignore=shutil.ignore_patterns("__pycache__"))
        for file, old, new in edits:
            path = copy / "classically_punk" / file
            assert old in path.read_text(encoding="utf-8"), file
            path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        chosen = settings.model_copy(update={"silence": silence, "clipped_share": 0.3})
        program = (
            "from classically_punk.corpora.facts import making_key\n"
            "from classically_punk.foundation.params import Ingest\n"
            f"print(making_key(Ingest.model_validate({chosen.model_dump()!r})))"
        )
        environment = {**os.environ, "PYTHONPATH": str(copy)}
        return subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        ).stdout

    plain = key()
    assert plain == facts_module.making_key(settings) + "\n"
    assert plain == key(("audio/decode.py", "import", "import "), ("corpora/examine.py", "The mean of", "A mean of"))
    changed = {
        key(silence=-50.0),
        key(("audio/quality.py", "_PILED_UP = 4", "_PILED_UP = 5")),
        key(("audio/fingerprint.py", "_HOP = 64", "_HOP = 32")),
    }
    assert len(changed | {plain}) == 4
