"""The stages of one corpus' row, as dvc.yaml has them: for the scripts that measure the graph."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Stage:
    """A stage in the row of a corpus: what it reads and writes, and its command."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    command: str


def row(folder: Path, corpus: str) -> list[Stage]:
    """The stages of `corpus` in the checkout `folder`, each behind those whose outputs it reads."""
    corpora = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))["corpora"]
    stages = []
    for name, entry in yaml.safe_load((folder / "dvc.yaml").read_text(encoding="utf-8"))["stages"].items():
        rows = re.fullmatch(r"\$\{corpora\.(\w+)\}", entry.get("matrix", {}).get("corpus", ""))  # none over pairs
        if rows and corpus in corpora[rows[1]]:
            written = [out for kind in ("outs", "metrics", "plots") for out in entry.get(kind, [])]
            paths = [next(iter(out)) if isinstance(out, dict) else out for out in written]
            reads, writes, commands = (_of(corpus, texts) for texts in (entry["deps"], paths, [entry["cmd"]]))
            stages.append(Stage(name, reads, writes, commands[0]))
    ordered: list[Stage] = []
    while len(ordered) < len(stages):
        ordered += [each for each in stages if each not in ordered and before(each, stages) <= set(ordered)][:1]
    return ordered


def _of(corpus: str, addresses: list[str]) -> tuple[str, ...]:
    return tuple(address.replace("${item.corpus}", corpus) for address in addresses)


def before(stage: Stage, stages: list[Stage]) -> set[Stage]:
    """The stages whose outputs `stage` reads: a file, a folder, or a file in a folder that it depends on."""
    return {
        other for other in stages for out in other.writes
        if any(out == dep or out.startswith(f"{dep}/") or dep.startswith(f"{out}/") for dep in stage.reads)
    }  # fmt: skip
