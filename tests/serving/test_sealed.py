"""What a sealed process cannot do any more, and what it still can."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import classically_punk

EVERYWHERE = ("open", "listen", "copy", "pipe", "raise the limit")

# A process that seals itself, then does what only a process that was taken over would do; prints what was refused.
TAKEN_OVER = (
    f"EVERYWHERE = {EVERYWHERE}"
    + """
import json, os, resource, signal, socket, sys, threading
import numpy as np
from classically_punk.serving.sealed import Memory, seal

parent = int(sys.argv[1])
memory = Memory()
go, failed = threading.Event(), []

def connect():
    go.wait()
    try:
        socket.socket()
    except OSError as error:
        failed.append(error)

thread = threading.Thread(target=connect, daemon=True)
thread.start()
held = seal()

def writes():
    os.close(0)
    os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT)

def connects_in_a_thread():
    go.set()
    thread.join()
    raise failed[0]

deeds = {
    "open": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "listen": lambda: socket.socket(),
    "copy": lambda: os.dup(1),
    "pipe": lambda: os.pipe(),
    "raise the limit": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1000, 1000)),
    "fork": lambda: os.fork(),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "kill": lambda: os.kill(parent, signal.SIGTERM),
    "parent's limits": lambda: resource.prlimit(parent, resource.RLIMIT_CPU, (1, 1)),
    "remove": lambda: os.remove(sys.argv[3]),
    "list": lambda: os.listdir("/"),
    "look": lambda: os.stat("/etc/passwd"),
    "connect from a thread": connects_in_a_thread,
    "write after a close": writes,
}
refused = {}
if "calls" not in held:
    deeds = {name: deeds[name] for name in EVERYWHERE}
for name, deed in deeds.items():
    try:
        deed()
    except (OSError, ValueError) as error:
        refused[name] = type(error).__name__
allowed = float(np.linalg.norm(np.ones((300, 300)) @ np.ones((300, 300)))), memory.now() > 0
print(json.dumps({"held": held, "refused": refused, "done": sorted(set(deeds) - set(refused)), "allowed": allowed}))
"""
)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("sealed")
    kept = folder / "kept"
    kept.touch()
    done = subprocess.run(
        [sys.executable, "-c", TAKEN_OVER, str(os.getpid()), str(folder / "written"), str(kept)],
        env={**os.environ, "PYTHONPATH": str(Path(classically_punk.__path__[0]).parent)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    found = json.loads(done.stdout)
    assert kept.exists()
    return found


def test_nothing_can_be_opened(said: dict[str, object]) -> None:
    assert set(EVERYWHERE) <= set(said["refused"])  # type: ignore[call-overload]


def test_arithmetic_and_a_look_at_its_own_memory_go_on(said: dict[str, object]) -> None:
    assert said["allowed"] == [pytest.approx(300.0 * 300.0), True]


def test_under_linux_the_system_refuses_all_the_rest(said: dict[str, object]) -> None:
    if "calls" not in said["held"]:  # type: ignore[operator]
        pytest.skip(f"this system does not filter calls; what holds: {said['held']}")
    assert said["done"] == []
