"""Files that other people's tools read: the citation, the hooks, the workflows."""

import ast
import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from classically_punk.foundation.params import read_params

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MAY = {"comment": {"actions": "read", "pull-requests": "write"}}
"""What a workflow may do that needs more than reading what is here: the comment, which runs nobody's code."""
WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))


def loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_citation_is_valid_and_of_this_version() -> None:
    """Required by the Citation File Format 1.2.0: these four keys; of an author, a name or parts of one."""
    citation = loaded(REPOSITORY / "CITATION.cff")
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0"
    assert all({"name", "family-names", "given-names", "alias"} & author.keys() for author in citation["authors"])
    for reference in citation["references"]:
        assert {"authors", "title", "type"} <= reference.keys()
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in PROJECT["authors"]]


def test_the_licence_is_the_one_that_is_stated() -> None:
    (name,) = PROJECT["license-files"]
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    assert text.startswith(f"{PROJECT['license']} License\n")
    assert PROJECT["authors"][0]["name"] in text


def test_the_hooks_run_what_make_lint_runs() -> None:
    command = ["make", "-n", "--no-print-directory", "--old-file=.venv/dev", "lint"]
    printed = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    hooks = [hook for of in loaded(REPOSITORY / ".pre-commit-config.yaml")["repos"] for hook in of["hooks"]]
    assert [hook["entry"] for hook in hooks] == [f".venv/bin/{command}" for command in printed.splitlines()]
    for hook in hooks:
        assert hook["language"] == "system"
        assert not hook["pass_filenames"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_and_may_only_read(workflow: Path) -> None:
    """A tag can be moved to other code, a commit cannot; Dependabot reads the version from the comment."""
    used = re.findall(r"uses: *(\S+)(.*)", workflow.read_text(encoding="utf-8"))
    assert used or workflow.stem in MAY, "what may write runs no action at all"
    for action, comment in used:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", action)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment)
    content = loaded(workflow)
    assert content["permissions"] == {}
    for job in content["jobs"].values():
        assert job["permissions"] == MAY.get(workflow.stem, {"contents": "read"})
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_an_action_has_one_commit_everywhere() -> None:
    used = {line for path in WORKFLOWS for line in re.findall(r"uses: *(\S+@\S+)", path.read_text(encoding="utf-8"))}
    assert len(used) == len({action.partition("@")[0] for action in used})


@pytest.mark.parametrize("script", sorted((REPOSITORY / "benchmarks").glob("*.py")), ids=lambda path: path.stem)
def test_what_a_benchmark_imports_from_the_package_is_there(script: Path) -> None:
    """Benchmarks run by hand, and for minutes: a name that has moved would be found late."""
    tree = ast.parse(script.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    for node in found:
        if (node.module or "").startswith("classically_punk"):
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                assert hasattr(module, alias.name) or importlib.util.find_spec(f"{node.module}.{alias.name}"), (
                    alias.name
                )


def test_an_experiment_changes_one_value_and_leaves_params_that_can_be_read(tmp_path: Path) -> None:
    """What `dvc exp run -S ols.transform=normal_scores`, queued or not, does to the file before the stages read it."""
    from dvc.utils.hydra import apply_overrides

    path = tmp_path / "params.yaml"
    path.write_bytes((REPOSITORY / "params.yaml").read_bytes())
    before = read_params(path)
    apply_overrides(path, ["ols.transform=normal_scores"])
    after = read_params(path)
    assert after.ols.transform == "normal_scores" != before.ols.transform
    assert after.model_copy(update={"ols": before.ols}) == before
    words = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert len(words) > 20, "every value is still explained"


def test_dvc_finds_the_metrics_of_what_was_run_and_misses_none_that_was_not() -> None:
    """`dvc metrics diff` complains of each file that a stage is to write and that is not there, as of `gtzan`."""
    from dvc.repo import Repo

    with Repo(str(REPOSITORY)) as repo:
        (shown,) = repo.metrics.show().values()
    assert "error" not in shown
    assert {path for path, of in shown["data"].items() if "error" in of} == set()
    summaries = {path: of["data"] for path, of in shown["data"].items() if path.endswith("/summary.json")}
    assert len(summaries) >= 3
    for path, content in summaries.items():
        assert list(content["headline"]) == ["protocol"], f"{path}: the headline repeats what stands elsewhere"
        assert isinstance(content[content["headline"]["protocol"]]["accuracy_interval"], str)
