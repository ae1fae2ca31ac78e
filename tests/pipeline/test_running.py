"""How a stage ends when it cannot go on: one line that says what to do, and no traceback."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from classically_punk.audio.canonical import canonical_bytes
from classically_punk.contracts.tables.corpora import ANNOTATIONS

REPOSITORY = Path(__file__).resolve().parents[2]


def command(stage: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"classically_punk.stages.{stage}", *arguments]


def stage(name: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(name, *arguments), cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with nothing but params.yaml and dvc.yaml."""
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    return tmp_path


def test_the_usage_names_the_module_that_was_run(folder: Path) -> None:
    run = stage("clean", folder=folder)
    assert run.returncode == 1
    assert run.stderr.strip() == "usage: python -m classically_punk.stages.clean CORPUS"


@pytest.mark.parametrize(("present", "missing"), [((), "features.parquet"), (("features",), "clips.csv")])
def test_a_missing_input_is_named(folder: Path, present: tuple[str, ...], missing: str) -> None:
    (folder / "data" / "demo").mkdir(parents=True)
    for name in present:
        whole = pd.DataFrame({"clip": ["x"], "window": -1, "start": 0.0, "duration": 1.0})
        whole.to_parquet(folder / "data" / "demo" / f"{name}.parquet")
    run = stage("clean", "demo", folder=folder)
    assert run.returncode == 1
    assert run.stderr.startswith("error: ")
    assert missing in run.stderr
    assert "dvc repro" in run.stderr
    assert "Traceback" not in run.stderr


def write_clips(folder: Path, labels: list[str]) -> None:
    """What the stage `folds` reads: each clip a recording of its own, and no artists."""
    (folder / "data" / "demo").mkdir(parents=True)
    clips = pd.DataFrame({"clip": [f"clip{k}" for k in range(len(labels))], "label": labels, "window": -1})
    clips = clips.assign(group=clips["clip"], song=clips["clip"], recording=clips["clip"])
    clips.to_parquet(folder / "data" / "demo" / "table.parquet")
    blank = clips[["clip"]].assign(**dict.fromkeys(ANNOTATIONS.names[1:], ""))
    blank.to_csv(folder / "data" / "demo" / "annotations.csv", index=False)


def test_a_parameter_that_is_not_declared_stops_the_stage_that_reads_it(folder: Path) -> None:
    write_clips(folder, ["jazz", "jazz", "rock", "rock"])
    graph = (folder / "dvc.yaml").read_text(encoding="utf-8")
    assert graph.count("      - folds\n    outs:") == 1
    undeclared = graph.replace("      - folds\n    outs:", "      - folds.seed\n    outs:")
    (folder / "dvc.yaml").write_text(undeclared, encoding="utf-8")
    run = stage("folds", "demo", folder=folder)
    assert run.returncode == 1
    assert "stage folds reads folds.strict of params.yaml, which dvc.yaml does not declare" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_file_that_nobody_knows_stops_the_first_stage(folder: Path) -> None:
    text = (folder / "params.yaml").read_text(encoding="utf-8").replace("annotations: gtzan\n", "annotations: gtzn\n")
    (folder / "params.yaml").write_text(text, encoding="utf-8")
    for name, corpus in (("ingest", "gtzan"), ("import_table", "gtzan_published")):
        run = stage(name, corpus, folder=folder)
        assert run.returncode == 1
        assert f"corpus.{corpus}.annotations: 'gtzn'" in run.stderr
        assert "did you mean gtzan?" in run.stderr
        assert "Traceback" not in run.stderr


def test_a_corpus_that_cannot_be_judged_stops_at_its_folds_and_says_why(folder: Path) -> None:
    write_clips(folder, ["jazz", "jazz", "rock"])
    run = stage("folds", "demo", folder=folder)
    assert run.returncode == 1
    for part in (
        "reports/demo/tables/protocols.csv",
        "clip: fewer than two genres have 2 songs",
        "folds.strict",
        "artist: ",
    ):
        assert part in run.stderr
    assert "Traceback" not in run.stderr
    assert (folder / "reports" / "demo" / "tables" / "protocols.csv").exists()


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_is_one_line_and_130(folder: Path, jobs: int) -> None:
    """The signal reaches the workers too, as it does from a terminal."""
    text = (folder / "params.yaml").read_text(encoding="utf-8").replace("annotations: artists.csv", "annotations: null")
    (folder / "params.yaml").write_text(text, encoding="utf-8")
    raw = folder / "data" / "raw" / "demo" / "rock"
    raw.mkdir(parents=True)
    one = folder / "one.wav"
    one.write_bytes(canonical_bytes(np.random.default_rng(1).integers(-9000, 9000, 22050 * 20).astype(np.int16)))
    for number in range(400):
        os.link(one, raw / f"{number}.wav")
    process = subprocess.Popen(
        command("ingest", "demo"),
        cwd=folder,
        env={**os.environ, "PUNK_JOBS": str(jobs)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    work = folder / "data" / "demo" / ".audio.partial"
    deadline = time.monotonic() + 60
    while not (work.exists() and list(work.iterdir())) and time.monotonic() < deadline:
        assert process.poll() is None, "the stage ended before it could be interrupted"
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert said.strip().splitlines()[-1] == "interrupted; nothing half-written was kept"
    assert not list((folder / "data" / "demo").glob("*"))
