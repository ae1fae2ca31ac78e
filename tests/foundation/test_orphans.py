"""A killed run: its workers end with it, and the next run removes the memory that it left."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from classically_punk.foundation import leftovers
from classically_punk.foundation.leftovers import remove_dead

WORKING = """
import os, sys, time
from classically_punk.foundation.leftovers import shared_folder
from classically_punk.foundation.parallel import ordered_map

def work(seconds):
    time.sleep(seconds)
    return os.getpid()

print(shared_folder(), flush=True)
for process in ordered_map(work, [0.2, 0.2, 0.2, 0.2] + [1000] * 20, jobs=2):
    print(process, flush=True)
"""


@pytest.fixture
def working(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A program that has two workers, which are in the middle of something."""
    environment = {**os.environ, "JOBLIB_TEMP_FOLDER": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", WORKING],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as program:
        yield program
        program.kill()


def lines(program: subprocess.Popen[str], count: int) -> list[str]:
    assert program.stdout
    return [program.stdout.readline().strip() for _ in range(count)]


def test_workers_end_with_a_program_that_is_killed(
    working: subprocess.Popen[str], wait_until_gone: Callable[[int], None]
) -> None:
    lines(working, 1)
    workers = {int(line) for line in lines(working, 4)}
    for worker in workers:
        os.kill(worker, 0)
    working.send_signal(signal.SIGKILL)
    working.wait()
    for worker in workers:
        wait_until_gone(worker)


def test_the_next_run_removes_what_a_killed_one_left_and_nothing_of_one_that_works(
    working: subprocess.Popen[str], tmp_path: Path
) -> None:
    (folder,) = (Path(line) for line in lines(working, 1))
    lines(working, 1)
    (folder / "array.pkl").write_bytes(bytes(1000))
    semaphores = list(leftovers.IN_MEMORY.glob(f"sem.loky-{working.pid}-*"))
    other = tmp_path / "classically_punk.1.mine"
    other.write_text("a file, whatever its name")
    strange = tmp_path / "joblib_memmapping_folder_1"
    strange.mkdir()
    remove_dead(tmp_path)
    assert (folder / "array.pkl").exists()
    assert all(path.exists() for path in semaphores)
    os.killpg(working.pid, signal.SIGKILL)  # the process that would clean up as well
    working.wait()
    assert folder.exists()
    remove_dead(tmp_path)
    assert not folder.exists()
    assert not any(path.exists() for path in semaphores)
    assert other.exists()
    assert strange.exists()


def test_a_run_that_ends_leaves_nothing(tmp_path: Path) -> None:
    program = WORKING.replace("+ [1000] * 20", "")
    environment = {**os.environ, "JOBLIB_TEMP_FOLDER": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert len(run.stdout.splitlines()) == 5
    assert list(tmp_path.iterdir()) == []
    assert run.stderr == ""
