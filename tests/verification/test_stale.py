"""Which committed results are old, asked of DVC itself: a graph of three small stages, cloned without its data."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from classically_punk.foundation.errors import PunkError
from classically_punk.verification.stale import Answer, reasons, stale, targets, torn, would_run

GRAPH = """
stages:
  features:
    matrix: {corpus: [toy]}
    cmd: cp data/raw/${item.corpus}/clips data/${item.corpus}
    deps: ['data/raw/${item.corpus}', src/classically_punk/features]
    outs: ['data/${item.corpus}']
  evaluate:
    matrix: {corpus: [toy]}
    cmd: mkdir -p metrics/${item.corpus} && cp data/${item.corpus} metrics/${item.corpus}/summary.json
    deps: ['data/${item.corpus}', src/classically_punk/scoring]
    params: [evaluate]
    outs:
      - metrics/${item.corpus}/summary.json: {cache: false}
  report:
    matrix: {corpus: [toy]}
    cmd: cp metrics/${item.corpus}/summary.json ${item.corpus}.html
    deps: ['metrics/${item.corpus}']
    outs: ['${item.corpus}.html']
"""


def run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose results are committed, and whose data are not."""
    folder = tmp_path_factory.mktemp("published") / "repository"
    for room in ("features", "scoring"):
        (folder / "src" / "classically_punk" / room).mkdir(parents=True)
        (folder / "src" / "classically_punk" / room / "code.py").write_text(f"# {room}\n")
    (folder / "data" / "raw" / "toy").mkdir(parents=True)
    (folder / "data" / "raw" / "toy" / "README.md").write_text("where it comes from\n")
    (folder / "data" / "raw" / "toy" / "clips").write_text("toy")
    (folder / "dvc.yaml").write_text(GRAPH)
    (folder / "params.yaml").write_text("evaluate: {seed: 1}\n")
    (folder / ".gitignore").write_text("/data/toy\n/*.html\nclips\n")
    run(folder, "git", "init", "-q")
    run(folder, sys.executable, "-m", "dvc", "init", "-q")
    run(folder, sys.executable, "-m", "dvc", "config", "core.analytics", "false")
    run(folder, sys.executable, "-m", "dvc", "repro", "-q")
    run(folder, "git", "add", ".")
    run(folder, "git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "results")
    return folder


@pytest.fixture
def clone(published: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    run(tmp_path, "git", "clone", "-q", str(published), str(folder))
    assert not (folder / "data" / "toy").exists()
    assert (folder / "data" / "raw" / "toy" / "README.md").exists()
    return folder


def said(folder: Path) -> list[str]:
    return [str(answer) for answer in stale(folder)]


def test_a_fresh_clone_is_up_to_date_although_it_has_no_data(clone: Path) -> None:
    """The stage that reads the archive would run, says DVC, since there is no archive."""
    assert said(clone) == ["toy: up to date"]


def test_code_that_moved_is_named_with_what_to_run(clone: Path) -> None:
    """The features are not here, so that the dry run fails at the stage after them (DVC #9818)."""
    (clone / "src" / "classically_punk" / "features" / "code.py").write_text("# other features\n")
    assert said(clone) == ["toy is older than features/: run make repro CORPUS=toy"]


def test_parameters_and_an_edited_result_are_told_apart(clone: Path) -> None:
    (clone / "params.yaml").write_text("evaluate: {seed: 2}\n")
    (clone / "metrics" / "toy" / "summary.json").write_text("better")
    (toy,) = stale(clone)
    assert {"params.yaml (evaluate)", "the edit of metrics/toy/summary.json"} <= set(toy.older_than)


def test_a_lock_of_which_half_was_committed_is_old(clone: Path) -> None:
    """Nothing that is here differs from the lock: only the lock from itself."""
    lock = clone / "dvc.lock"
    lines = lock.read_text().splitlines()
    (place,) = (k for k, line in enumerate(lines) if line == "  features@toy:")
    md5 = next(k for k in range(place, len(lines)) if "outs:" in lines[k]) + 3
    lines[md5] = f"      md5: {'a' * 32}"
    lock.write_text("\n".join(lines) + "\n")
    assert said(clone)[0] == "toy is older than data/toy, which features wrote anew: run make repro CORPUS=toy"


def test_a_stage_that_was_added_makes_results_old(clone: Path) -> None:
    graph = clone / "dvc.yaml"
    added = "  decide:\n    matrix: {corpus: [toy]}\n    cmd: cp metrics/toy/summary.json metrics/toy/costs\n"
    added += "    deps: [metrics/toy/summary.json]\n    outs: [metrics/toy/costs: {cache: false}]\n"
    graph.write_text(graph.read_text() + added)
    assert stale(clone)[0].older_than != ()


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(PunkError, match=r"dvc\.lock: no such file"):
        stale(tmp_path)
    (tmp_path / "dvc.lock").write_text("<<<<<<< HEAD\nstages: {}\n")
    with pytest.raises(PunkError, match=r"a merge may have left its marks"):
        stale(tmp_path)
    shutil.rmtree(tmp_path)


def test_a_pair_is_asked_for_itself() -> None:
    names = ("report@demo", "clean@demo", "clean@half", "evaluate@half", "external@demo-mini")
    assert targets({name: {} for name in names}) == [("demo", "report"), ("demo-mini", "external"), ("half", "report")]


def test_a_dry_run_that_fails_for_another_reason_is_an_error() -> None:
    failed = subprocess.CompletedProcess([], 255, "", "ERROR: unexpected error - no such graph\n")
    with pytest.raises(PunkError, match="no such graph"):
        would_run(failed)
    stopped = "ERROR: failed to reproduce 'features@toy': [Errno 2] No such file or directory: '/x/data/toy'\n"
    first = "Running stage 'ingest@toy':\n> python -m x\n"
    assert would_run(subprocess.CompletedProcess([], 255, first, stopped)) == ["ingest@toy", "features@toy"]


def test_what_is_not_here_is_no_reason(tmp_path: Path) -> None:
    status = {"report@toy": [{"changed deps": {"data/x": "deleted"}, "changed outs": {"x.html": "not in cache"}}]}
    assert reasons(status, tmp_path) == []
    assert reasons({"report@toy": ["changed command"]}, tmp_path) == ["the command of report in dvc.yaml"]
    assert list(torn({"a": {}}, ["a", "b"])) == []


def test_a_long_list_is_cut() -> None:
    answer = Answer("toy", ("a/", "b/", "c/", "d/", "e/", "f/"), "make repro CORPUS=toy")
    assert str(answer) == "toy is older than a/, b/, c/, d/, 2 more: run make repro CORPUS=toy"


def test_a_folder_of_models_that_holds_but_the_committed_bundle_is_not_here(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "toy"
    folder.mkdir(parents=True)
    (folder / "bundle.json").write_text("{}")
    status = {"report@toy": [{"changed deps": {"models/toy": "modified"}}]}
    assert reasons(status, tmp_path) == []
    (folder / "ols.json").write_text("{}")
    assert reasons(status, tmp_path) == ["models/toy"]
