"""docs/operating.md against what it describes."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined

from classically_punk.bundle.reading import DEFAULT
from classically_punk.serving.http.settings import MIB, PREFIX, Settings

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "docs" / "operating.md").read_text(encoding="utf-8")


def worded(value: Any) -> str:
    """A default as the page has it."""
    if value is PydanticUndefined:
        return "as many as processors and memory are enough for"
    if value is None:
        return "none"
    if isinstance(value, int) and value >= MIB:
        return f"{value // MIB} MiB"
    return f"{value:g}" if isinstance(value, float) else str(value)


def settings_table() -> str:
    lines = ["| variable | what it is | default |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = DEFAULT if field.is_required() else worded(field.default)  # `punk serve` names the bundle
        lines.append(f"| `{PREFIX}{name.upper()}` | {field.description or ''} | {default} |")
    return "\n".join(lines)


def test_the_settings_are_those_of_the_service() -> None:
    """When a setting has changed: put what this test expected between the two comments."""
    written = re.search(r"<!-- settings:[^\n]*\n(.*)\n<!-- /settings -->", PAGE, flags=re.DOTALL)
    assert written is not None
    assert written[1].strip() == settings_table()


@pytest.mark.parametrize("name", sorted(set(re.findall(rf"{PREFIX}([A-Z_]+)", PAGE))))
def test_settings_in_the_text_exist(name: str) -> None:
    assert name.lower() in Settings.model_fields


@pytest.mark.parametrize(
    "path",
    sorted(set(re.findall(r"(?:\(\.\./|`)((?:deploy/|docs/|benchmarks/)?[\w./-]+\.(?:md|ya?ml|json|txt))", PAGE))),
)
def test_files_that_it_names_are_there(path: str) -> None:
    assert (REPOSITORY / path).is_file()


def test_modules_that_security_md_names_are_there() -> None:
    text = (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+\.py)`", text)
    assert len(named) > 10
    for name in named:
        assert (REPOSITORY / "src" / "classically_punk" / name).is_file(), name


def test_every_code_of_a_refusal_is_in_its_table() -> None:
    """Those that a sender can cause; the others say that it was somebody else's doing."""
    folder = REPOSITORY / "src" / "classically_punk" / "serving" / "http"
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    given = {(int(status), code) for status, code in re.findall(r"\(\s*(4\d\d|5\d\d), \"(\w+)\"", text)}
    given -= {(status, code) for status, code in given if status in (400, 403, 404, 499, 500)}
    table = {
        (int(status), code)
        for status, codes in re.findall(r"\| (4\d\d|5\d\d) \| ([^|\n]+) \|", PAGE)
        for code in re.findall(r"`([a-z_]+)`", codes)
    }
    assert given <= table
