"""Are committed results older than what they were made from?

`dvc repro --dry --allow-missing` names the stages that it would run, and exits with 0 whether it names any or none (DVC
#9861); at the first of them whose data are not here it ends with an error instead (#9818). And in a fresh clone every
stage that reads an archive "would run", for want of the archive alone. So the dry run says whether there is anything to
ask about, and `dvc status`, which says of every stage what is another, whether that makes the results old: what is not
here makes nothing old.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from classically_punk.foundation.errors import PunkError

LOCK = "dvc.lock"
SOURCES = "src/classically_punk/"
EMPTIED = ("data/raw/", "models/")
LEFT_BY_GIT = {"README.md", ".gitignore", "bundle.json"}
"""What stands in the folders of EMPTIED, one for each corpus, in a fresh clone."""

WOULD_RUN = re.compile(r"^Running stage '([^']+)'|failed to reproduce '([^']+)'", re.MULTILINE)
ABSENT = {"deleted", "not in cache"}
SHOWN = 4


class Answer(NamedTuple):
    """One row of results: `name` as in "gtzan_mini" or, of a pair, "gtzan_mini-gtzan"; `older_than` says what moved
    since, empty where nothing did; `again` is the command that makes it anew."""

    name: str
    older_than: tuple[str, ...]
    again: str

    def __str__(self) -> str:
        if not self.older_than:
            return f"{self.name}: up to date"
        named = [*self.older_than[:SHOWN], *([f"{len(self.older_than) - SHOWN} more"] * (len(self.older_than) > SHOWN))]
        return f"{self.name} is older than {', '.join(named)}: run {self.again}"


def stale(root: Path) -> list[Answer]:
    """What is known of every row and pair of which dvc.lock holds results, in the order of their names.

    Raises PunkError when there is no dvc.lock, or DVC cannot read the graph.
    """
    path = root / LOCK
    try:
        lock = yaml.safe_load(path.read_text(encoding="utf-8"))["stages"]
    except FileNotFoundError as error:
        raise PunkError(f"{path}: no such file; dvc repro writes it") from error
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise PunkError(f"{path}: no lock of DVC; a merge may have left its marks in it: {error}") from error
    found = []
    for name, target in targets(lock):
        row = f"{target}@{name}"
        pairs = target != "report"
        would = would_run(_dvc(root, "repro", "--dry", "--allow-missing", *(["-s"] if pairs else []), row))
        status = json.loads(_dvc(root, "status", "--json", *([] if pairs else ["--with-deps"]), row).stdout or "{}")
        older = reasons(status, root) if would or status else []
        older += [f"{path}, which {maker} wrote anew" for path, maker in torn(lock, would) if not older]
        again = f"make external PAIR={name}" if pairs else f"make repro CORPUS={name}"
        found.append(Answer(name, tuple(dict.fromkeys(older)), again))
    return found


def targets(lock: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(row, stage to ask for) of everything that `lock` holds results of: of a corpus its report, of a pair itself."""
    rows = {(name, stage) for stage, _, name in (entry.partition("@") for entry in lock) if name}
    pairs = {(name, stage) for name, stage in rows if f"report@{name}" not in lock and f"evaluate@{name}" not in lock}
    return sorted(pairs | {(name, "report") for name, _ in rows - pairs})


def would_run(dry: subprocess.CompletedProcess[str]) -> list[str]:
    """The stages that a dry run says it would run, the one at which it stopped for want of data included.

    Raises PunkError when it failed for anything else.
    """
    found = list(dict.fromkeys(first or second for first, second in WOULD_RUN.findall(dry.stdout + dry.stderr)))
    if dry.returncode and not found:
        raise PunkError(f"dvc repro --dry: {dry.stderr.strip() or dry.stdout.strip()}")
    return found


def reasons(status: Mapping[str, Any], root: Path) -> list[str]:
    """What moved since the results were made, in words, from `dvc status --json`; what is not here is no reason."""
    found: list[str] = []
    for stage, changes in status.items():
        for change in changes:
            if change == "changed command":
                found.append(f"the command of {stage.partition('@')[0]} in dvc.yaml")
                continue
            for path, how in (change.get("changed deps") or {}).items():
                found += _dependency(path, how, root)
            for path, how in (change.get("changed outs") or {}).items():
                if how not in ABSENT and (root / path).exists() and how != "new":
                    found.append(f"the edit of {path}")
    return sorted(dict.fromkeys(found), key=lambda words: (not words.endswith("/"), words))


def torn(lock: Mapping[str, Any], stages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What one of `stages` read, by the lock, and another stage has written anew since: (path, the stage's name)."""
    written = {out["path"]: (out.get("md5"), stage) for stage, entry in lock.items() for out in entry.get("outs", [])}
    for stage in stages:
        for dep in lock.get(stage, {}).get("deps", []):
            md5, maker = written.get(dep["path"], (dep.get("md5"), ""))
            if md5 != dep.get("md5"):
                yield dep["path"], maker.partition("@")[0]


def _dependency(path: str, how: Any, root: Path) -> list[str]:
    if isinstance(how, Mapping):  # a file of parameters
        return [f"{path} ({name})" for name, state in how.items() if state != "deleted"]
    if how in ABSENT or (path.startswith(EMPTIED) and _only_what_git_keeps(root / path)):
        return []
    if path.startswith(SOURCES):
        inner = path.removeprefix(SOURCES)
        return [inner if inner.endswith(".py") else f"{inner}/"]
    return [path]


def _only_what_git_keeps(folder: Path) -> bool:
    return not folder.is_dir() or {path.name for path in folder.iterdir()} <= LEFT_BY_GIT


def _dvc(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dvc", *arguments]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)
    if run.returncode and arguments[0] != "repro":
        raise PunkError(f"dvc {' '.join(arguments)}: {run.stderr.strip()}")
    return run
