"""Before the first line of work: Ctrl-C among the imports, and a system without semaphores."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from classically_punk.foundation.starting import is_program

# A library that is interrupted while it is imported, and makes of the interrupt what NumPy makes of it.
INTERRUPTED_LIBRARY = """
import os, signal, time
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)
except BaseException as error:
    raise ImportError("it cannot be imported, and says why at length") from error
"""


@pytest.mark.parametrize("command", [["-m", "classically_punk.stages.ingest", "demo"], ["punk", "check"]])
def test_ctrl_c_among_the_imports_is_one_line_and_130(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "pydantic.py").write_text(INTERRUPTED_LIBRARY)
    (tmp_path / "punk").write_text("from classically_punk.cli.app import main\nmain()\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    run = subprocess.run(
        [sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert (run.returncode, run.stderr) == (130, "interrupted; nothing half-written was kept\n")


def test_a_program_that_only_imports_the_package_keeps_its_signals() -> None:
    program = (
        "import signal, classically_punk\n"
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
        "assert signal.getsignal(signal.SIGXCPU) is signal.SIG_DFL\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    ("command", "ours"),
    [
        (["python", "-m", "classically_punk.stages.ingest", "demo"], True),
        (["python", "-X", "dev", "-m", "classically_punk.stages.ingest"], True),
        (["python", "-m", "classically_punk", "check"], True),
        (["python", "-m", "classically_punky"], False),
        (["/env/bin/python", "/env/bin/punk", "check"], True),
        (["python", "-m", "pytest", "tests/punk"], False),
        (["python", "-m"], False),
        (["python", "-c", "print()"], False),
        (["python"], False),
    ],
)
def test_programs_of_ours(command: list[str], ours: bool) -> None:
    assert is_program(command) is ours


@pytest.mark.parametrize("error", ["FileNotFoundError(2, 'No such file')", "OSError(28, 'No space left on device')"])
def test_without_semaphores_all_work_is_done_in_one_process_and_that_is_said_once(error: str) -> None:
    """As where /dev/shm is missing, or full."""
    program = (
        "import _multiprocessing\n"
        "class Refused(_multiprocessing.SemLock):\n"
        f"    def __new__(cls, *_, **__): raise {error}\n"
        "_multiprocessing.SemLock = Refused\n"
        "from classically_punk.foundation.parallel import ordered_map\n"
        "for _ in range(2):\n"
        "    assert list(ordered_map(abs, [-1, 2, -3], jobs=3)) == [1, 2, 3]\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    (said,) = run.stderr.splitlines()
    assert said.startswith("warning: all work is done in one process")
    assert "/dev/shm" in said
