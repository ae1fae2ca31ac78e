"""Kernels compile for a quarter of a minute: a terminal is told so, once, and nothing else is."""

import sys

import pytest
from numba import njit

from classically_punk.features.compiled import told_when_compiling


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_is_told_of_compiling_and_not_of_running(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    one, other = njit(lambda x: x + 1), njit(lambda x: x - 1)
    with told_when_compiling():
        assert one(1) == 2
        assert other(1) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("compiling") == said.err.count("\n") == int(terminal)
    with told_when_compiling():
        assert one(2) == 3
    assert capsys.readouterr() == ("", "")
    assert other(1.5) == 0.5  # compiled anew, for another type, outside
    assert capsys.readouterr() == ("", "")
