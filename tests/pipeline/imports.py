"""The local imports of the package, read from its sources."""

import ast
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = REPOSITORY / "src"
PACKAGE = "classically_punk"


def module_file(name: str) -> Path | None:
    """The source file of a dotted name, None when it names no module of ours."""
    stem = SOURCES.joinpath(*name.split("."))
    for candidate in (stem / "__init__.py", stem.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


@cache
def direct_imports(file: Path) -> frozenset[Path]:
    """Files of ours that `file` imports, anywhere in it, with the packages that Python runs on the way."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            raise AssertionError(f"{file}: relative import; the package uses absolute ones throughout")
    found = set()
    for name in names:
        parts = name.split(".")
        if parts[0] == PACKAGE:
            found |= {module_file(".".join(parts[: count + 1])) for count in range(len(parts))}
    return frozenset(path for path in found if path is not None)


def all_imports(file: Path) -> set[Path]:
    """Files of ours that running `file` may load, itself included."""
    seen: set[Path] = set()
    waiting = [file]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting += direct_imports(current)
    return seen


def room(file: Path) -> str:
    """The folder of the package that `file` stands in; the package's own files stand in none."""
    parts = file.relative_to(SOURCES / PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""
