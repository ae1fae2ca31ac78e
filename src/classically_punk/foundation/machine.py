"""What the machine lets this program use: processors, memory, and the limits of the shell it was started from.

In a container the host's processors and memory are what a program sees first, and a share of them is what it may use:
that share stands in the files of its control group.

Sources: Linux' Documentation/admin-guide/cgroup-v2.rst (`cpu.max`, `memory.max`) and cgroup-v1 (`cpu.cfs_quota_us`,
`memory.limit_in_bytes`); getrlimit(2).
"""

import math
import os
import resource
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

WORKER_MEMORY = 512 * 2**20
"""Bytes that a worker process may need: 377 MiB at most were seen in one, and it has a decoder beside it."""

WARNING_TIME = 3
"""Seconds of processor time that are left when a process is told that the rest is used up."""

_MOUNTED = Path("sys/fs/cgroup")
_MIB = 2**20


@dataclass(frozen=True)
class _Limit:
    """A limit of getrlimit. option: of `ulimit`; unit: bytes or s in one of `what`; needed: below, nothing starts;
    enough: a value of `ulimit` that is"""

    option: str
    unit: int
    what: str
    needed: int
    enough: str = "unlimited"


_LIMITS = {
    resource.RLIMIT_CPU: _Limit("-t", 1, "s of processor time", 10),
    resource.RLIMIT_AS: _Limit("-v", _MIB, "MiB of address space", 2048 * _MIB),
    resource.RLIMIT_NOFILE: _Limit("-n", 1, "open files", 64, "1024"),
}


def workers(root: Path = Path("/")) -> int:
    """Worker processes that processors and memory are enough for, at least 1.

    root : where /proc and /sys are looked for
    """
    memory = memory_bytes(root)
    enough_for = math.inf if memory is None else memory // WORKER_MEMORY - 1  # the program itself takes as much
    return int(max(1, min(processors(root), enough_for)))


def processors(root: Path = Path("/")) -> int:
    """Processors this process may run on: fewer than the machine has where an affinity mask or a control group's share
    of their time says so; a part of one counts as one."""
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    shares = [quota / period for quota, period in _processor_quotas(root) if quota > 0 and period > 0]
    return min([own, *(math.ceil(share) for share in shares)])


def memory_bytes(root: Path = Path("/")) -> int | None:
    """Memory this process may use, in bytes: the machine's, or its control group's if that is less; None when neither
    is known."""
    found = [*_memory_limits(root)]
    with suppress(ValueError, OSError):  # a system that does not tell
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min(found, default=None)


def too_small() -> str | None:
    """A sentence about a limit under which nothing of this program can run; None when all are wide enough."""
    for kind, limit in _LIMITS.items():
        allowed_here = allowed(kind)
        if allowed_here is not None and allowed_here < limit.needed:
            return f"{_described(kind)}; at least {limit.needed // limit.unit} are needed. {_way_out(kind)}"
    return None


def used_up(kind: int) -> str:
    """A sentence about a limit, RLIMIT_CPU, RLIMIT_AS or RLIMIT_NOFILE, that was wide enough to begin with."""
    return f"{_described(kind)}, and that is used up. {_way_out(kind)}. Nothing half-written was kept"


def out_of_memory() -> str:
    """A sentence about a request for memory that failed."""
    if allowed(resource.RLIMIT_AS) is not None:
        return used_up(resource.RLIMIT_AS)
    return (
        "the machine has no memory left; run again with fewer workers, each of which needs its own: PUNK_JOBS=1. "
        "Nothing half-written was kept"
    )


def allowed(kind: int) -> int | None:
    """A limit of this process in the kernel's unit; None for none."""
    soft = resource.getrlimit(kind)[0]
    return None if soft == resource.RLIM_INFINITY else soft


def _described(kind: int) -> str:
    limit = _LIMITS[kind]
    soft, hard = resource.getrlimit(kind)
    lowered = kind == resource.RLIMIT_CPU and hard - soft == WARNING_TIME  # by `starting`
    return f"ulimit {limit.option} lets a process use {(hard if lowered else soft) // limit.unit} {limit.what}"


def _way_out(kind: int) -> str:
    return f"Raise it, for example with `ulimit {_LIMITS[kind].option} {_LIMITS[kind].enough}`, and run again"


def _processor_quotas(root: Path) -> Iterator[tuple[int, int]]:
    """Processor time in microseconds that each control group around this process may use in a period of so many."""
    for folder in _groups(root, "cpu"):
        quota, period = _numbers(folder / "cpu.cfs_quota_us"), _numbers(folder / "cpu.cfs_period_us")
        together = _numbers(folder / "cpu.max")
        if len(together) == 2:
            yield together[0], together[1]
        elif quota and period:
            yield quota[0], period[0]


def _memory_limits(root: Path) -> Iterator[int]:
    for folder in _groups(root, "memory"):
        yield from _numbers(folder / "memory.max") or _numbers(folder / "memory.limit_in_bytes")


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Folders of the control groups that this process is in, each within the next, as far as they can be seen."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # no such thing in this system
        return
    for line in lines:
        number, controllers, path = [*line.split(":", 2), "", ""][:3]
        if number == "0" and not controllers:
            places = [root / _MOUNTED, root / _MOUNTED / "unified"]
        elif controller in controllers.split(","):
            places = [root / _MOUNTED / controllers, root / _MOUNTED / controller]
        else:
            continue
        inside = [part for part in path.split("/") if part not in ("", "..")]
        for place in places:
            for depth in range(len(inside), -1, -1):
                yield place.joinpath(*inside[:depth])


def _numbers(path: Path) -> list[int]:
    """The whole numbers in a file; none when it is not there, or says `max`."""
    try:
        return [int(word) for word in path.read_text().split()]
    except (OSError, ValueError):
        return []
