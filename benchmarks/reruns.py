"""What an edit reruns: how many stages of the demonstration's row DVC would run again, and what they cost.

    python benchmarks/reruns.py [--checkout FOLDER] [--time]

Prints a markdown table: a row for an edit in each room of the package, for each section of params.yaml, and for the
pinned version of a tool and of a library. The edits are made in a temporary copy of the checkout, and `dvc status` says
which stages each has outdated. Nothing is run for that: in the copy every output is a stand-in, and dvc.lock says that
all is up to date, for DVC compares hashes and never looks into a file.

"At once" are the stages that DVC runs for the edit itself. "Behind them" are those that read their outputs: DVC runs
one of these only if an output that it reads has changed, which an edit that changes no number does not do.

--time runs every stage of the row once, in another copy, with one worker and empty caches, and keeps the processor time
of each in benchmarks/stage_seconds.csv, from where the table has its costs: other work adds little to it.
"""

import argparse
import csv
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from graph import Stage, before, row

REPOSITORY = Path(__file__).resolve().parents[1]
SECONDS = REPOSITORY / "benchmarks" / "stage_seconds.csv"
PACKAGE = Path("src/classically_punk")
CORPUS = "demo"
TOOL, LIBRARY = "ruff", "numpy"
LISTED = 4  # names that a cell lists; of more it gives the number


@dataclass(frozen=True)
class Edit:
    """What is changed, in words, and the address of it: a path, or a section as `params.yaml/ols`."""

    words: str
    address: str


def copied(checkout: Path, folder: Path) -> None:
    """The files of the checkout that git knows, as they stand there now, under a git of their own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (checkout / name).is_file() and not name.startswith(("metrics/", "reports/")) and name != "dvc.lock":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(checkout / name, folder / name)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)


def behind(names: set[str], stages: list[Stage]) -> set[str]:
    """The stages that read outputs of these, directly or not, themselves left out."""
    reached = set(names)
    for stage in stages:  # in their order
        if {each.name for each in before(stage, stages)} & reached:
            reached.add(stage.name)
    return reached - names


def make_up_to_date(folder: Path, stages: list[Stage]) -> None:
    """Stand-ins for all outputs, and a dvc.lock that knows them."""
    for out in sorted(out for stage in stages for out in stage.writes):
        path = folder / out if Path(out).suffix else folder / out / "stand-in"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(out, encoding="utf-8")
    dvc(folder, "commit", "--force", "--with-deps", f"report@{CORPUS}")
    left = outdated(folder)
    if left:
        raise SystemExit(f"error: before any edit DVC finds outdated: {', '.join(sorted(left))}")


def outdated(folder: Path) -> dict[str, set[str]]:
    """The stages of the row that DVC would run, and what has changed for each: addresses as an Edit has them."""
    found: dict[str, set[str]] = {}
    for name, reasons in json.loads(dvc(folder, "status", "--json", "--with-deps", f"report@{CORPUS}")).items():
        changed = found.setdefault(name.split("@")[0], set())
        for reason in reasons:
            for dep, how in reason["changed deps"].items():
                changed |= {f"{dep}/{key.replace('.', '/')}" for key in how} if isinstance(how, dict) else {dep}
    return found


def outdated_by(edit: Edit, changes: dict[str, set[str]]) -> set[str]:
    """The stages for which something has changed that the edit is in, or that is in what it edits."""
    return {
        stage for stage, changed in changes.items()
        if any(f"{one}/".startswith(f"{other}/") for each in changed
               for one, other in ((each, edit.address), (edit.address, each)))
    }  # fmt: skip


def dvc(folder: Path, *arguments: str) -> str:
    run = subprocess.run([sys.executable, "-m", "dvc", *arguments], cwd=folder, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"error: dvc {' '.join(arguments)}\n{run.stdout}{run.stderr}")
    return run.stdout


def edit_everything(folder: Path) -> Iterator[Edit]:
    """Changes every source, parameter and pinned version; DVC says which of it each stage depends on."""
    sources = sorted((folder / PACKAGE).rglob("*.py"))
    for source in sources:
        with source.open("a", encoding="utf-8") as file:
            file.write("\n# an edit\n")
    rooms = sorted({source.relative_to(folder / PACKAGE).parts[0] for source in sources} - {"stages"})
    yield from (Edit(f"`{room}`", (PACKAGE / room).as_posix()) for room in rooms)
    for name in ("stages/running.py", "stages/ols.py"):
        yield Edit(f"`{name}`", (PACKAGE / name).as_posix())
    content: dict[str, Any] = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
    for section in [name for name in content if name not in ("corpora", "corpus")]:
        content[section] = _other(content[section])
        yield Edit(f"`params.yaml: {section}`", f"params.yaml/{section}")
    content["corpus"] = _other(content["corpus"])
    yield Edit(f"`params.yaml: corpus.{CORPUS}`", f"params.yaml/corpus/{CORPUS}")
    yield Edit("`params.yaml: corpus.gtzan`", "params.yaml/corpus/gtzan")
    for rows in ("audio", "all"):
        content["corpora"][rows].append("mine")
    yield Edit("`params.yaml: corpora`, one more", "params.yaml/corpora")
    (folder / "params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    for package, what in ((TOOL, "a tool"), (LIBRARY, "a library")):
        yield Edit(f"version of {what}, {package}", _another_version(folder, package))


def _other(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _other(held) for key, held in value.items()}
    return f"not {value}"


def _another_version(folder: Path, package: str) -> str:
    """The file that pins `package`, where it is now another version."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (folder / name).read_text(encoding="utf-8") if (folder / name).exists() else ""
        other, found = re.subn(rf"^{package}==\S+", f"{package}==99", text, flags=re.MULTILINE)
        if found:
            (folder / name).write_text(other, encoding="utf-8")
            return name
    raise SystemExit(f"error: no requirements file pins {package}")


def timed(checkout: Path, folder: Path) -> dict[str, float]:
    """Processor seconds of every stage of the row, run one after the other in `folder`."""
    copied(checkout, folder)
    caches = {"PUNK_CACHE": str(folder / ".punk_cache"), "NUMBA_CACHE_DIR": str(folder / ".punk_cache" / "numba")}
    environment = {**os.environ, **caches, "PUNK_JOBS": "1", "PYTHONPATH": str(folder / "src")}
    seconds = {}
    for stage in row(folder, CORPUS):
        start = processor_seconds()
        command = [sys.executable, *stage.command.split()[1:]]
        subprocess.run(command, cwd=folder, env=environment, check=True, stderr=subprocess.DEVNULL)
        seconds[stage.name] = round(processor_seconds() - start, 1)
        print(f"{stage.name}: {seconds[stage.name]} s", file=sys.stderr)
    return seconds


def processor_seconds() -> float:
    """Of all programs that this one has run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def told(names: set[str], stages: list[Stage], seconds: dict[str, float]) -> str:
    """Two cells: how many stages, with their names where they are few, and their seconds."""
    listed = [stage.name for stage in stages if stage.name in names]
    named = f"{len(listed)}: {', '.join(listed)}" if 0 < len(listed) <= LISTED else str(len(listed))
    known = sum(seconds.get(name, 0.0) for name in names)
    return f"{named} | {known:.0f}" if all(name in seconds for name in names) else f"{named} | not measured"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkout", type=Path, default=REPOSITORY, help="whose graph; this one by default")
    parser.add_argument("--time", action="store_true", help="measure every stage first (minutes)")
    chosen = parser.parse_args()
    checkout = chosen.checkout.resolve()
    if chosen.time:
        with tempfile.TemporaryDirectory() as place:
            measured = timed(checkout, Path(place))
        with SECONDS.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([("stage", "seconds"), *measured.items()])
    seconds: dict[str, float] = {}
    if SECONDS.exists():
        with SECONDS.open(encoding="utf-8") as file:
            seconds = {line["stage"]: float(line["seconds"]) for line in csv.DictReader(file)}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        copied(checkout, folder)
        stages = row(folder, CORPUS)
        make_up_to_date(folder, stages)
        listed = list(edit_everything(folder))
        changes = outdated(folder)
    print(f"| an edit in | of {len(stages)} stages, at once | CPU s | behind them, if numbers change | CPU s |")
    print("|---|---|---|---|---|")
    for edit in listed:
        names = outdated_by(edit, changes)
        cells = (told(names, stages, seconds), told(behind(names, stages), stages, seconds))
        print(f"| {edit.words} | {cells[0]} | {cells[1]} |")


if __name__ == "__main__":
    main()
