"""Two branches that ran different things merge: by git itself, in a repository of its own."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from classically_punk.foundation.errors import PunkError
from classically_punk.verification.locks import merge_locks

REPOSITORY = Path(__file__).resolve().parents[2]
SCORES = "reports/demo/tables/scores.csv"


def entry(name: str, md5: str) -> str:
    return f"  {name}:\n    cmd: run {name}\n    outs:\n    - path: data/{name}\n      hash: md5\n      md5: {md5}\n"


def lock(**entries: str) -> str:
    stages = "".join(entry(name.replace("__", "@"), md5) for name, md5 in entries.items())
    return f"schema: '2.0'\nstages:\n{stages}"


def git(folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    return subprocess.run(command, cwd=folder, check=check, capture_output=True, text=True)


def commit(folder: Path, lock: str, **tables: str) -> None:
    (folder / "dvc.lock").write_text(lock)
    for corpus, content in tables.items():
        path = folder / "reports" / corpus / "tables" / "scores.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "a run")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    shutil.copy(REPOSITORY / ".gitattributes", folder)
    call = f"{shlex.quote(sys.executable)} -c 'from classically_punk.cli.app import main; main()'"
    git(folder, "config", "merge.dvc-lock.driver", f"{call} merge-lock %O %A %B")
    commit(folder, lock(ols__demo="aa", ols__mini="bb"), demo="1\n2\n3\n", mini="4\n5\n")
    return folder


def merged(repository: Path, theirs: tuple[str, dict[str, str]], ours: tuple[str, dict[str, str]]) -> int:
    git(repository, "checkout", "-qb", "branch")
    commit(repository, theirs[0], **theirs[1])
    git(repository, "checkout", "-q", "main")
    commit(repository, ours[0], **ours[1])
    return git(repository, "merge", "-q", "--no-edit", "branch", check=False).returncode


def md5s(repository: Path) -> dict[str, str]:
    stages = yaml.safe_load((repository / "dvc.lock").read_text())["stages"]
    return {name: stage["outs"][0]["md5"] for name, stage in stages.items()}


def test_branches_that_ran_different_corpora_merge(repository: Path) -> None:
    theirs = (lock(ols__demo="aa", ols__mini="b2"), {"mini": "4\n6\n"})
    ours = (lock(ols__demo="a2", ols__mini="bb"), {"demo": "1\n2\n7\n"})
    assert merged(repository, theirs, ours) == 0
    assert md5s(repository) == {"ols@demo": "a2", "ols@mini": "b2"}
    assert (repository / SCORES).read_text() == "1\n2\n7\n"
    assert (repository / SCORES.replace("demo", "mini")).read_text() == "4\n6\n"


def test_branches_that_each_ran_a_corpus_for_the_first_time_merge(repository: Path) -> None:
    """Both write at the end of the file, which is a conflict to git alone."""
    theirs = (lock(ols__demo="aa", ols__mini="bb", ols__mine="cc"), {"mine": "8\n"})
    ours = (lock(ols__demo="aa", ols__mini="bb", ols__gtzan="dd"), {"gtzan": "9\n"})
    assert merged(repository, theirs, ours) == 0
    assert md5s(repository) == {"ols@demo": "aa", "ols@mini": "bb", "ols@gtzan": "dd", "ols@mine": "cc"}


def test_what_both_ran_is_a_conflict_that_dvc_can_read_and_no_table_is_mixed(repository: Path) -> None:
    theirs = (lock(ols__demo="a1", ols__mini="b2"), {"demo": "0\n2\n3\n"})
    ours = (lock(ols__demo="a2", ols__mini="bb"), {"demo": "1\n2\n7\n"})
    assert merged(repository, theirs, ours) == 1
    assert md5s(repository) == {"ols@demo": "a2", "ols@mini": "b2"}
    assert (repository / SCORES).read_text() == "1\n2\n7\n", "0, 2, 7 is no run's"
    assert git(repository, "diff", "--name-only", "--diff-filter=U").stdout.split() == ["dvc.lock", SCORES]


def test_an_entry_that_one_side_removed_is_gone() -> None:
    both = lock(ols__demo="aa", ols__mini="bb")
    assert merge_locks(both, both, lock(ols__demo="aa")) == (lock(ols__demo="aa"), ())
    assert merge_locks(both, lock(ols__demo="aa"), lock(ols__demo="aa", ols__mini="cc")).both == ("ols@mini",)
    assert merge_locks("", lock(ols__demo="aa"), lock(ols__mini="bb")).text == both


def test_the_committed_lock_comes_back_to_the_letter() -> None:
    text = (REPOSITORY / "dvc.lock").read_text(encoding="utf-8")
    assert merge_locks(text, text, text) == (text, ())


def test_what_is_no_lock_is_refused() -> None:
    with pytest.raises(PunkError, match="no lock of DVC"):
        merge_locks("", f"<<<<<<< ours\n{lock()}", lock())
