"""What a container and a shell allow: workers follow the control group, limits are named."""

import math
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from classically_punk.foundation import machine

GIB = 2**30
NONE_1 = "9223372036854771712\n"  # what version 1 writes for no limit
SANDBOX = "12:cpu,cpuacct:/docker/abc\n5:memory:/docker/abc\n1:name=systemd:/x\n"


@pytest.fixture
def root(tmp_path: Path) -> Callable[[str, Mapping[str, str]], Path]:
    """A root folder with a list of control groups and files below /sys/fs/cgroup."""

    def made(groups: str, files: Mapping[str, str]) -> Path:
        (tmp_path / "proc/self").mkdir(parents=True)
        (tmp_path / "proc/self/cgroup").write_text(groups)
        for name, content in files.items():
            path = tmp_path / "sys/fs/cgroup" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return tmp_path

    return made


@pytest.fixture(autouse=True)
def large_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host with 64 processors and 256 GiB."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(64)), raising=False)
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": 256 * GIB // 4096, "SC_PAGE_SIZE": 4096}.__getitem__)


@pytest.mark.parametrize(
    ("groups", "files", "processors", "memory"),
    [
        ("", {}, 64, 256 * GIB),
        ("0::/\n", {"cpu.max": "150000 100000\n", "memory.max": f"{4 * GIB}\n"}, 2, 4 * GIB),
        ("0::/\n", {"cpu.max": "max 100000\n", "memory.max": "max\n"}, 64, 256 * GIB),
        ("0::/\n", {"cpu.max": "5000 100000\n"}, 1, 256 * GIB),
        # a group within a group: the tighter limit holds, wherever it stands
        ("0::/a/b\n", {"a/cpu.max": "200000 100000", "a/b/cpu.max": "400000 100000"}, 2, 256 * GIB),
        ("0::/a/b\n", {"a/memory.max": "max", "a/b/memory.max": f"{GIB}"}, 64, GIB),
        # version 1, seen from the host, and from inside a container, where the named folder is not there
        (SANDBOX, {"cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "300000"}, 64, 256 * GIB),
        (
            SANDBOX,
            {
                "cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "300000",
                "cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000",
                "memory/docker/abc/memory.limit_in_bytes": f"{2 * GIB}\n",
                "memory/memory.limit_in_bytes": NONE_1,
            },
            3,
            2 * GIB,
        ),
        (
            SANDBOX,
            {
                "cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
                "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
                "memory/memory.limit_in_bytes": f"{2 * GIB}\n",
            },
            64,
            2 * GIB,
        ),
        # both versions at once
        ("1:cpu:/\n0::/x\n", {"cpu/cpu.max": "", "unified/x/cpu.max": "700000 100000"}, 7, 256 * GIB),
        # files that make no sense limit nothing
        ("nonsense\n0::/../..\n", {"cpu.max": "0 0\n", "memory.max": "lots\n"}, 64, 256 * GIB),
    ],
)
def test_processors_and_memory_are_those_of_the_control_group(
    root: Callable[[str, Mapping[str, str]], Path],
    groups: str,
    files: Mapping[str, str],
    processors: int,
    memory: int,
) -> None:
    folder = root(groups, files)
    assert (machine.processors(folder), machine.memory_bytes(folder)) == (processors, memory)
    assert 1 <= machine.workers(folder) <= processors
    assert machine.workers(folder) * machine.WORKER_MEMORY <= max(memory, machine.WORKER_MEMORY)


def test_an_affinity_mask_holds_as_well(
    root: Callable[[str, Mapping[str, str]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {3, 5}, raising=False)
    assert machine.processors(root("0::/\n", {"cpu.max": "800000 100000"})) == 2


def test_little_memory_means_few_workers_but_never_none(root: Callable[[str, Mapping[str, str]], Path]) -> None:
    folder = root("0::/\n", {"memory.max": f"{10 * machine.WORKER_MEMORY}"})
    assert 1 < machine.workers(folder) < 64
    (folder / "sys/fs/cgroup/memory.max").write_text("1000000")
    assert machine.workers(folder) == 1
    assert not math.isnan(machine.workers(folder))


@pytest.mark.parametrize(
    ("option", "kind", "value", "said"),
    [
        ("-t", resource.RLIMIT_CPU, 3, "ulimit -t lets a process use 3 s of processor time"),
        ("-v", resource.RLIMIT_AS, 800000 * 1024, "ulimit -v lets a process use 781 MiB of address space"),
        ("-n", resource.RLIMIT_NOFILE, 20, "ulimit -n lets a process use 20 open files"),
    ],
)
@pytest.mark.parametrize("command", [["-m", "classically_punk.stages.explore", "demo"], ["punk", "check"]])
def test_a_limit_too_small_is_one_line(
    option: str, kind: int, value: int, said: str, command: list[str], tmp_path: Path
) -> None:
    (tmp_path / "punk").write_text("from classically_punk.cli.app import main\nmain()\n")
    run = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(kind, (value, value)),
    )
    assert run.returncode == 1
    assert said in run.stderr
    assert f"`ulimit {option} " in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_a_limit_that_is_reached_at_work_is_one_line_too(tmp_path: Path) -> None:
    """The stage is replaced by one that uses up its time; what is needed to begin with, by 1 s."""
    program = (
        "import sys; sys.orig_argv = ['python', '-m', 'classically_punk.stages.folds', 'demo']\n"
        "import dataclasses, resource\n"
        "from classically_punk.foundation import machine\n"
        "wide = dataclasses.replace(machine._LIMITS[resource.RLIMIT_CPU], needed=1)\n"
        "machine._LIMITS[resource.RLIMIT_CPU] = wide\n"
        "used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (used + 6, used + 6))\n"
        "from classically_punk.stages import running\n"
        "sys.argv = ['folds', 'demo']\n"
        "def work():\n"
        "    while True: pass\n"
        "running.read_params = work\n"
        "running.main(None)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 1
    assert "s of processor time, and that is used up" in run.stderr
    assert "Traceback" not in run.stderr
