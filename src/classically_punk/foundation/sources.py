"""Which source files of ours a module runs: read from its imports, so that a key can hold code and nothing more."""

import ast
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "classically_punk"
NO_NUMBERS = f"{PACKAGE}.foundation"
"""The room that reads, writes and checks: no number comes from it, and its imports are not followed."""


def sources_of(modules: Iterable[str]) -> list[Path]:
    """Files of `modules` and of every module of ours that running one of them may import, sorted by module.

    modules : full names. Imports anywhere in a file count; those of the room `foundation` do not, which computes
    nothing (what it pins of the arithmetic is for the caller to name).
    Raises ModuleNotFoundError when one of `modules` does not exist.
    """
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in found or name == NO_NUMBERS or name.startswith(f"{NO_NUMBERS}."):
            continue
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(f"no module {name}")
        found[name] = Path(spec.origin)
        waiting += [each for each in _imported(found[name]) if each != name]
    return [found[name] for name in sorted(found)]


def _imported(file: Path) -> Iterator[str]:
    """Full names of the modules of ours that `file` imports."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _ours(alias.name))
        elif isinstance(node, ast.ImportFrom) and node.module and _ours(node.module):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if _is_module(node.module, alias.name))


def _ours(name: str) -> bool:
    return name == PACKAGE or name.startswith(f"{PACKAGE}.")


def _is_module(package: str, name: str) -> bool:
    """Whether `name` is a module of `package`, and not something defined in it. Packages are loaded, modules not."""
    spec = find_spec(package)
    within = spec is not None and spec.submodule_search_locations is not None
    return within and find_spec(f"{package}.{name}") is not None
