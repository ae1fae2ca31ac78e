"""The examples in docstrings run, and give what they say."""

import doctest
import importlib
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[1] / "src"
WITH_EXAMPLES = sorted(path for path in SOURCES.rglob("*.py") if "\n    >>> " in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", WITH_EXAMPLES, ids=lambda path: path.relative_to(SOURCES).as_posix())
def test_examples_run(file: Path) -> None:
    module = importlib.import_module(".".join(file.relative_to(SOURCES).with_suffix("").parts))
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("room", ["features", "models", "diagnostics", "corpora"])
def test_rooms_that_people_import_from_have_examples(room: str) -> None:
    assert any(f"classically_punk/{room}/" in path.as_posix() for path in WITH_EXAMPLES)
