"""Once a process has loaded all it needs: no file, no connection, no other process, whatever its code is made to do.

Everywhere: no number is left for a file or a socket to be opened under (RLIMIT_NOFILE), and the limit cannot be raised
again. Under Linux on x86-64 and arm64 also: no new privileges, and of the system's calls only those in the list below;
others fail with "operation not permitted" (seccomp, a filter of Berkeley packets: `man 2 seccomp`). On macOS a process
that was taken over could close a file of its own and open another under that number; a container keeps it from harm.
"""

import ctypes
import os
import platform
import resource
import struct
import sys
from pathlib import Path

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_* of linux/audit.h
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_FILTER, _ALL_THREADS = 1, 1  # SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC
_NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS

# reading and writing what is open, memory, threads that are there, time, its own end: numbers on x86-64 and arm64,
# from unistd.h; None where there is no such call
_CALLS = {
    **{"read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67)},
    **{"close": (3, 57), "lseek": (8, 62), "fstat": (5, 80), "poll": (7, None), "ppoll": (271, 73)},
    **{"brk": (12, 214), "mmap": (9, 222), "munmap": (11, 215), "mprotect": (10, 226), "mremap": (25, 216)},
    **{"madvise": (28, 233), "futex": (202, 98), "membarrier": (324, 283), "rseq": (334, 293)},
    **{"rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132)},
    **{"exit": (60, 93), "exit_group": (231, 94), "restart_syscall": (219, 128), "sched_yield": (24, 124)},
    **{"getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getrusage": (98, 165)},
    **{"clock_gettime": (228, 113), "clock_nanosleep": (230, 115), "gettimeofday": (96, 169), "getrandom": (318, 278)},
}
_LIMIT, _KILL = (302, 261), (62, 129)
"""prlimit64 and kill, for this process only: they take a number of a process first."""

_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO with EPERM
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF_LD | BPF_W | BPF_ABS, BPF_JMP | BPF_JEQ | BPF_K, BPF_RET | BPF_K
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  # of struct seccomp_data; both are little-endian


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


class Memory:
    """The memory of this process, also when it is sealed."""

    def __init__(self) -> None:
        place = Path("/proc/self/statm")
        self._file = os.open(place, os.O_RDONLY) if place.exists() else None

    def now(self) -> int:
        """Bytes in use; where the system does not say, the most that ever were."""
        if self._file is None:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return int(os.pread(self._file, 200, 0).split()[1]) * resource.getpagesize()


def seal() -> list[str]:
    """From now on this process opens nothing. Returns what holds: `files`, and under Linux `privileges`, `calls`."""
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, lowest))
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _ARCHITECTURES:
        return ["files"]
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return ["files"]
    code = _filter(machine, os.getpid())
    program = _Program(len(code) // 8, code)
    done = library.syscall(_SECCOMP[machine], _SET_FILTER, _ALL_THREADS, ctypes.byref(program))
    return ["files", "privileges", "calls"] if done == 0 else ["files", "privileges"]


def _filter(machine: str, process: int) -> bytes:
    """Instructions of 8 bytes: one call after the other is compared; what is left over is refused."""
    column = list(_ARCHITECTURES).index(machine)
    found = [_do(_LOAD, _ARCHITECTURE_AT), _do(_EQUAL, _ARCHITECTURES[machine], 1, 0), _do(_RETURN, _REFUSE)]
    found.append(_do(_LOAD, _NUMBER_AT))
    for number in (numbers[column] for numbers in _CALLS.values()):
        if number is not None:
            found += [_do(_EQUAL, number, 0, 1), _do(_RETURN, _ALLOW)]
    for numbers, whose in ((_LIMIT, 0), (_KILL, process)):
        found += [_do(_EQUAL, numbers[column], 0, 4), _do(_LOAD, _FIRST_ARGUMENT_AT), _do(_EQUAL, whose, 0, 1)]
        found += [_do(_RETURN, _ALLOW), _do(_RETURN, _REFUSE)]
    return b"".join([*found, _do(_RETURN, _REFUSE)])


def _do(operation: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", operation, if_true, if_false, value)
