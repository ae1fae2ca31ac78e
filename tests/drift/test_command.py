"""`punk drift` as a script calls it: anywhere, with an exit status."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.bundle.reading import Loaded, write_bundle
from classically_punk.cli.app import app


def punk(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "classically_punk", "drift", *map(str, arguments)]
    environment = {**os.environ, "PUNK_JOBS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def logged(loaded: Loaded, tmp_path: Path) -> Callable[[Any], Path]:
    """The log that a service would write of made music."""
    regression = loaded.fits["clips"].regression

    def write(made: Any) -> Path:
        values = made.columns()
        probabilities = regression.probabilities(values)
        lines = [
            {
                "columns": dict(zip((step.column for step in loaded.steps), row.tolist(), strict=True)),
                "best": regression.genres[int(p.argmax())],
                "sure": bool(p.max() >= 0.7),
            }
            for row, p in zip(values, probabilities, strict=True)
        ]
        path = tmp_path / "columns.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    return write


def test_a_folder_of_stable_music_with_files_that_are_none(bundle: Path, stable: Any, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    (folder / "deeper").mkdir(parents=True)
    for k, samples in enumerate(stable.samples):
        soundfile.write(folder / "deeper" / f"{k:03}.wav", samples, SAMPLE_RATE)
    (folder / "notes.txt").write_text("no music", encoding="utf-8")
    soundfile.write(folder / "silence.wav", np.zeros(SAMPLE_RATE, dtype=np.int16), SAMPLE_RATE)
    (folder / "link.wav").symlink_to(folder / "deeper" / "000.wav")
    run = punk(bundle, folder, "--json", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["verdict"] == "stable"
    assert found["clips"] == len(stable.samples)
    assert [each["name"] for each in found["left_out"]] == ["link.wav", "notes.txt", "silence.wav"]


def test_a_log_that_drifts_says_what_moved_most(
    bundle: Path, logged: Callable[[Any], Path], make_music: Callable[..., Any]
) -> None:
    path = logged(make_music(5, 42, genres=("metal",)))
    run = CliRunner().invoke(app, ["drift", str(bundle), str(path)])
    assert run.exit_code == 1, run.stderr
    assert run.stdout.startswith("drift: ")
    assert "shares of the predicted genres" in run.stdout.splitlines()[0]
    assert "what moved most:\n  the " in run.stdout


def test_too_few_clips_cannot_be_told(
    bundle: Path, logged: Callable[[Any], Path], make_music: Callable[..., Any]
) -> None:
    path = logged(make_music(6, 3))
    with path.open("a", encoding="utf-8") as file:
        file.write("{}\n")
    run = CliRunner().invoke(app, ["drift", str(bundle), str(path)])
    assert run.exit_code == 2
    assert "15 clips can be compared; at least 200 are needed" in run.stderr
    assert "line 16: It has no `columns`." in run.stderr
    told = CliRunner().invoke(app, ["drift", str(bundle), str(path), "--json"])
    assert told.exit_code == 2
    assert json.loads(told.stdout)["verdict"] == "cannot tell"


def test_what_is_no_bundle_cannot_be_told(trained: dict[str, Any], tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["drift", str(tmp_path / "none.json"), str(tmp_path)])
    assert run.exit_code == 2
    assert "none.json: cannot be read" in run.stderr
    write_bundle({**trained, "stability": None}, tmp_path / "without.json")
    run = CliRunner().invoke(app, ["drift", str(tmp_path / "without.json"), str(tmp_path)])
    assert run.exit_code == 2
    assert "does not say how far music moves" in run.stderr
