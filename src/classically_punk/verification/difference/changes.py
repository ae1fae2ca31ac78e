"""What was changed between two revisions: parameters, code, libraries, data; and which stages were run again."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from classically_punk.foundation.errors import PunkError, shortened
from classically_punk.foundation.yaml_reading import read_yaml_text
from classically_punk.verification.difference.revision import Revision

PARAMS, LOCK, PINS, GRAPH = "params.yaml", "dvc.lock", "requirements.txt", "dvc.yaml"
CODE = "src/classically_punk/"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
ABSENT = "(absent)"


@dataclass(frozen=True)
class Changed:
    """One thing that is another: its name, what it was and what it is; ABSENT on the side that lacks it."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """params : by key. rooms : folder of the package -> files that differ. versions : of pinned libraries. graph :
    whether dvc.yaml is another."""

    params: tuple[Changed, ...]
    rooms: Mapping[str, int]
    versions: tuple[Changed, ...]
    graph: bool


def changes_between(before: Revision, after: Revision) -> Changes:
    """What was changed by hand. Raises PunkError where a file cannot be read."""
    return Changes(
        _compared(_params(before), _params(after)),
        dict(sorted(Counter(_room(path) for path in _differing(before, after, CODE)).items())),
        _compared(*(dict(PINNED.findall(side.text(PINS) or "")) for side in (before, after))),
        before.files.get(GRAPH) != after.files.get(GRAPH),
    )


@dataclass(frozen=True)
class Locked:
    """What dvc.lock says of one corpus. stages : those whose record differs; data : raw data that does."""

    stages: tuple[str, ...]
    data: tuple[Changed, ...]


def read_lock(revision: Revision) -> Mapping[str, Any]:
    """The stages of dvc.lock, by name; none where there is no such file. Raises PunkError where it is none of DVC's."""
    content = revision.text(LOCK)
    if content is None:
        return {}
    try:
        found = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise PunkError(f"{revision.place(LOCK)}: no YAML: {shortened(str(error), 120)}") from error
    stages = found.get("stages") if isinstance(found, dict) else None
    if not isinstance(stages, dict):
        raise PunkError(f"{revision.place(LOCK)}: no `stages`; DVC writes them")
    return {str(name): entry for name, entry in stages.items() if isinstance(entry, dict)}


def locked_of(before: Mapping[str, Any], after: Mapping[str, Any], corpus: str) -> Locked:
    """before, after : as `read_lock` gives them."""
    own = [name for name in {**before, **after} if name.partition("@")[2] == corpus]
    stages = tuple(name.partition("@")[0] for name in own if before.get(name) != after.get(name))
    raw = [{path: md5 for name in own for path, md5 in _raw(side.get(name, {}))} for side in (before, after)]
    return Locked(stages, _compared(*raw))


def _raw(stage: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Raw data that a stage read or wrote, with what identifies its content."""
    for kind in ("deps", "outs"):
        entries = stage.get(kind)
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and str(entry.get("path", "")).startswith("data/raw/"):
                count = f", {entry['nfiles']} files" if "nfiles" in entry else ""
                yield str(entry["path"]), f"md5 {str(entry.get('md5', '?'))[:12]}{count}"


def _params(revision: Revision) -> dict[str, str]:
    content = revision.text(PARAMS)
    if content is None:
        return {}
    return dict(_leaves(read_yaml_text(content, Path(revision.place(PARAMS))).content, ""))


def _leaves(content: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(content, dict) and content:
        for key, value in content.items():
            yield from _leaves(value, f"{place}.{key}".lstrip("."))
    else:
        yield place, "null" if content is None else str(content)


def _compared(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Changed, ...]:
    keys = [*before, *(key for key in after if key not in before)]
    sides = ((key, before.get(key, ABSENT), after.get(key, ABSENT)) for key in keys)
    return tuple(Changed(*side) for side in sides if side[1] != side[2])


def _differing(before: Revision, after: Revision, start: str) -> list[str]:
    paths = {path for side in (before, after) for path in side.files if path.startswith(start)}
    return sorted(path for path in paths if before.files.get(path) != after.files.get(path))


def _room(path: str) -> str:
    room, slash, _ = path.removeprefix(CODE).partition("/")
    return room if slash else room.removesuffix(".py")
