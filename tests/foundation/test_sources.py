"""Which files a module runs: what it imports, wherever it does, and what that imports."""

import sys
from pathlib import Path

import pytest

import classically_punk.features
from classically_punk.foundation.sources import sources_of


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules are modules of `features`."""
    monkeypatch.setattr(classically_punk.features, "__path__", [*classically_punk.features.__path__, str(tmp_path)])
    return tmp_path


def names(*modules: str) -> set[str]:
    return {path.name for path in sources_of([f"classically_punk.features.{module}" for module in modules])}


def test_imports_are_followed_also_within_functions_and_by_any_spelling(room: Path) -> None:
    (room / "one.py").write_text("def late():\n    from classically_punk.features import two\n", encoding="utf-8")
    (room / "two.py").write_text("import classically_punk.features.three\n", encoding="utf-8")
    (room / "three.py").write_text("from classically_punk.features.four import x\nimport os\n", encoding="utf-8")
    (room / "four.py").write_text("import classically_punk.features.one\nx = 1\n", encoding="utf-8")  # a circle
    assert names("one") == {"one.py", "two.py", "three.py", "four.py", "__init__.py"}


def test_the_room_that_computes_nothing_is_left_out(room: Path) -> None:
    (room / "one.py").write_text("from classically_punk.foundation.params import Features\n", encoding="utf-8")
    assert names("one") == {"one.py"}


def test_a_module_that_does_not_exist_is_named(room: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"features\.nothing"):
        names("nothing")
    assert "classically_punk.features.nothing" not in sys.modules
