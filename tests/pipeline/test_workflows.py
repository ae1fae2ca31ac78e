"""The workflows' own shell steps, run here with stand-ins for the commands that they call."""

import importlib.util
import os
import re
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from classically_punk.cli.app import app

REPOSITORY = Path(__file__).resolve().parents[2]
GITHUB = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (REPOSITORY / ".github/workflows").glob("*.yml")
}
GITLAB = yaml.safe_load((REPOSITORY / ".gitlab-ci.yml").read_text("utf-8"))
JOBS = {name: job for name, job in GITLAB.items() if isinstance(job, dict) and "script" in job}

Calls = list[str]


def steps() -> dict[str, str]:
    """Every piece of shell, by workflow, job and step."""
    found = {
        f"{workflow}, {job}, {step.get('name', step['run'])}": str(step["run"])
        for workflow, content in GITHUB.items()
        for job, held in content["jobs"].items()
        for step in held["steps"]
        if "run" in step
    }
    return found | {f"gitlab, {name}": "\n".join(job["script"]) for name, job in JOBS.items()}


def step(workflow: str, name: str) -> str:
    (found,) = (shell for of, shell in steps().items() if of.startswith(f"{workflow}, ") and of.endswith(f", {name}"))
    return found


def stand_in(folder: Path, name: str, answers: str = "") -> None:
    """A command that notes how it was called, and answers by what `answers`, shell with `$*`, says."""
    path = folder / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "{name} $*" >> "{folder}/calls"\n{answers}\n', encoding="utf-8")
    path.chmod(0o755)


def run(shell: str, folder: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """As GitHub runs a step: bash with -e and pipefail."""
    for name in ("calls", "summary", "output"):
        (folder / name).touch()
    environment = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "GITHUB_OUTPUT": str(folder / "output"),
        **given,
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", shell]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def calls(folder: Path) -> Calls:
    return (folder / "calls").read_text(encoding="utf-8").splitlines()


def venv(folder: Path, **answers: str) -> None:
    """A folder with `.venv/bin`, in which commands are stand-ins, and with `.github`."""
    for name, answer in answers.items():
        stand_in(folder, name, answer)
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(folder / "bin")
    (folder / ".github").symlink_to(REPOSITORY / ".github")


@pytest.fixture
def review() -> ModuleType:
    spec = importlib.util.spec_from_file_location("review", REPOSITORY / ".github" / "review.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", steps())
def test_a_step_is_shell_into_which_nothing_is_pasted(name: str) -> None:
    """What an author of a pull request chose, such as the name of a branch, arrives as a variable, never as code."""
    shell = steps()[name]
    subprocess.run(["bash", "-n"], input=shell, text=True, check=True)
    assert "${{" not in shell


@pytest.mark.parametrize("name", steps())
def test_what_a_step_calls_is_there(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    known = {command.name or str(command.callback.__name__) for command in app.registered_commands if command.callback}
    shell = steps()[name]
    assert set(re.findall(r"\bmake ([a-z-]+)", shell)) <= targets
    assert set(re.findall(r"\bpunk ([a-z-]+)", shell)) <= known | {"diff"}


def test_both_services_run_the_same_commands() -> None:
    def commands(texts: list[str]) -> set[str]:
        return set(re.findall(r"\b(?:make [a-z-]+|punk [a-z-]+|bash \.ci/run)", "\n".join(texts)))

    on_github = [shell for name, shell in steps().items() if name.startswith("ci, ")]
    on_gitlab = [shell for name, shell in steps().items() if name.startswith("gitlab, ")]
    assert commands(on_github) == commands(on_gitlab)
    assert "bash .ci/run" in commands(on_github)


@pytest.mark.parametrize(("exits", "old"), [(0, "false"), (1, "true")])
def test_old_results_are_told_to_the_steps_that_follow(tmp_path: Path, exits: int, old: str) -> None:
    said = "toy is older than features/: run make repro CORPUS=toy" if exits else "toy: up to date"
    venv(tmp_path, make="", punk=f"echo '{said}'; exit {exits}")
    assert run(step("ci", "Which committed results are old"), tmp_path).returncode == 0
    assert (tmp_path / "output").read_text() == f"old={old}\n"
    assert (tmp_path / "stale.txt").read_text() == f"{said}\n"


def test_a_command_that_broke_is_no_answer(tmp_path: Path) -> None:
    venv(tmp_path, make="", punk="echo 'error: no lock'; exit 1")
    assert run(step("ci", "Which committed results are old"), tmp_path).returncode != 0


@pytest.mark.parametrize(
    ("weekly", "rerun"), [("false", ["gtzan_mini"]), ("true", ["demo", "gtzan_mini", "gtzan_published"])]
)
def test_what_is_old_is_run_again_and_everything_once_a_week(tmp_path: Path, weekly: str, rerun: list[str]) -> None:
    stand_in(tmp_path, "make")
    (tmp_path / "stale.txt").write_text("demo: up to date\ngtzan_mini is older than features/: run ...\n")
    again = run(step("ci", "Run again what is old, and everything once a week"), tmp_path, WEEKLY=weekly)
    assert again.returncode == 0, again.stderr
    assert [call for call in calls(tmp_path) if "repro" in call] == [f"make repro CORPUS={name}" for name in rerun]
    assert "make data CORPUS=demo" not in calls(tmp_path)


@pytest.mark.parametrize("exits", [0, 1, 3], ids=["not worse", "an error", "worse"])
def test_the_verdict_reaches_the_summary_and_the_artifact(tmp_path: Path, exits: int) -> None:
    venv(tmp_path, punk=f"echo '**demo: verdict**'; exit {exits}", dvc="echo '| Path | Metric |'")
    (tmp_path / "stale.txt").write_text("demo is older than features/: run make repro CORPUS=demo\n")
    made = run(step("ci", "What moved, and is it noise"), tmp_path, BASE="origin/main", RUN="https://example.org/run/1")
    assert made.returncode == 0, made.stderr
    summary, comment = ((tmp_path / name).read_text(encoding="utf-8") for name in ("summary", "review.md"))
    said = "No verdict" if exits == 1 else "**demo: verdict**"
    assert (tmp_path / "output").read_text() == ("worse=true\n" if exits == 3 else "")
    for text in (summary, comment):
        assert said in text
        assert "- demo is older than features/" in text
    assert "## Metrics against `origin/main`" in summary
    assert "punk diff --against origin/main --md --fail-on worse" in calls(tmp_path)


def comment(folder: Path, pulls: str, comments: str, download: int = 0) -> Calls:
    answers = f"""case "$*" in
      "api --method GET"*) echo "{pulls}";;
      "api --paginate"*) echo "{comments}";;
      "run download"*) mkdir -p review; echo text > review/review.md; exit {download};;
    esac"""
    stand_in(folder, "gh", answers)
    given = {"REPOSITORY": "we/punk", "RUN": "7", "SHA": "abc", "OWNER": "they", "BRANCH": "$(touch hacked)"}
    posted = run(step("comment", "Post"), folder, **given)
    assert posted.returncode == 0, posted.stderr
    assert not (folder / "hacked").exists()
    return [call for call in calls(folder) if "POST" in call or "PATCH" in call]


def test_a_first_review_is_posted_and_a_later_one_takes_its_place(tmp_path: Path) -> None:
    body = "-F body=@review/review.md"
    for name in ("first", "later"):
        (tmp_path / name).mkdir()
    assert comment(tmp_path / "first", "12", "") == [
        f"gh api --silent --method POST repos/we/punk/issues/12/comments {body}"
    ]
    later = f"gh api --silent --method PATCH repos/we/punk/issues/comments/99 {body}"
    assert comment(tmp_path / "later", "12", "99\n100") == [later]


def test_no_pull_request_and_no_review_are_no_failure(tmp_path: Path) -> None:
    for name in ("closed", "without"):
        (tmp_path / name).mkdir()
    assert comment(tmp_path / "closed", "", "") == []
    assert comment(tmp_path / "without", "12", "", download=1) == []


def test_a_comment_is_never_longer_than_github_takes(review: ModuleType) -> None:
    long = "".join(f"| clip {k} | jazz \N{RIGHTWARDS ARROW} blues |\n" for k in range(9000))
    text = review.review(long, "demo is older than features/: run it\n", "https://example.org/run/1")
    assert 65_000 < len(text) <= 65_536
    assert text.startswith(review.MARK)
    assert "the whole text stands in the [summary of the run](https://example.org/run/1)" in text
    assert "blues |\n\n... cut here" in text, "at the end of a line"
    assert text.rstrip().endswith("#artifacts).")
    short = review.review("**equivalent**\n", "", "https://example.org/run/1")
    assert "cut here" not in short
    assert "old" not in short


def test_gitlab_has_one_note_that_is_updated(review: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY / ".github"))
    note = importlib.import_module("note")
    asked: list[tuple[Any, ...]] = []
    notes: list[dict[str, Any]] = []

    def answer(method: str, address: str, token: str, content: dict[str, str] | None = None) -> Any:
        asked.append((method, address, content))
        return notes

    monkeypatch.setattr(note, "_asked", answer)
    given = {"CI_API_V4_URL": "https://x/api", "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "5", "REVIEW_TOKEN": "t"}
    assert note.post("text", given) == "posted"
    notes.append({"id": 8, "body": f"{review.MARK}\nold"})
    assert note.post("text", given) == "updated"
    changed = [(method, address) for method, address, content in asked if content]
    at = "https://x/api/projects/3/merge_requests/5/notes"
    assert changed == [("POST", at), ("PUT", f"{at}/8")]


def test_only_a_job_that_fetches_the_data_keeps_them() -> None:
    """A job that may have fetched nothing would keep empty folders under the key of the data, and nobody writes over a
    key. What is kept is what was fetched, without what git holds beside it."""
    paths = set()
    for name, job in GITHUB["ci"]["jobs"].items():
        for held in job["steps"]:
            if held.get("uses", "").startswith("actions/cache"):
                paths.add(held["with"]["path"])
                fetches = any("make testdata" in step.get("run", "") for step in job["steps"])
                assert held["uses"].startswith("actions/cache@") == fetches, name
    (kept,) = paths
    assert "!data/raw/*/README.md" in kept.split()
    assert all("*" in pattern for pattern in kept.split()), "a folder is kept whole, whatever is left out of it"
    for name, job in JOBS.items():
        for cache in job.get("cache", []):
            data = any(path.startswith("data/raw") for path in cache["paths"])
            fetches = any("make testdata" in line for line in job["script"])
            assert not data or fetches or cache.get("policy") == "pull", name
