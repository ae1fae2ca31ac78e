"""`punk serve` before it serves: what is missing is named, with the way out."""

import sys
from pathlib import Path

import pytest

from classically_punk.bundle.reading import DEFAULT
from classically_punk.cli.serve import INSTALL, serve
from classically_punk.foundation.errors import PunkError
from classically_punk.serving.http import server
from classically_punk.serving.http.settings import Settings, read_settings


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("classically_punk.serving.http")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(PunkError) as caught:
        serve(Path("bundle.json"), None, None, None)
    assert "fastapi" in str(caught.value)
    assert INSTALL in str(caught.value)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Settings]:
    """Settings that a server was run with, in an empty folder."""
    found: list[Settings] = []
    monkeypatch.setattr(server, "run", found.append)
    monkeypatch.chdir(tmp_path)
    return found


def test_the_committed_bundle_answers_unless_one_is_named(
    served: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(None, None, None, None)
    assert served[-1].bundle == DEFAULT
    monkeypatch.setenv("PUNK_SERVE_BUNDLE", "mine.json")
    serve(None, None, 0, None)
    assert served[-1].bundle == Path("mine.json")
    serve(Path("named.json"), None, 0, 3)
    assert (served[-1].bundle, served[-1].workers) == (Path("named.json"), 3)


def test_nobody_else_is_listened_to_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings(bundle="b").host == "127.0.0.1"
    monkeypatch.setenv("PUNK_SERVE_HOST", "0.0.0.0")
    assert read_settings(bundle="b").host == "0.0.0.0"


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "70000"), ("BODY", "many"), ("WORKERS", "0"), ("LOG", "xml"), ("HEAD_TIME", "-1"), ("DURATION", "nan")],
)
def test_a_variable_that_makes_no_sense_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"PUNK_SERVE_{name}", value)
    with pytest.raises(PunkError, match=f"^PUNK_SERVE_{name}: "):
        read_settings(bundle="b")


def test_a_variable_that_is_misspelt_is_named_with_its_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNK_SERVE_BODDY", "1024")
    with pytest.raises(PunkError, match="PUNK_SERVE_BODDY: there is no such setting; did you mean PUNK_SERVE_BODY"):
        read_settings(bundle="b")


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())
