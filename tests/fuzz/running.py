"""Inputs of a target, one after the other, and what must be true of each, whatever the target."""

import gc
import os
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from classically_punk.foundation.errors import PunkError

LONGEST = 60
"""s by the clock for one input, many times what the slowest takes."""

LONGEST_MESSAGE = 2000
"""Characters of an error: five faults of at most 300 each, and what they are found in."""

MOST_GROWTH = 64 * 2**20
"""Bytes by which this process and its children may grow over a run, after its first tenth."""

_WARM_UP = 20  # inputs at least


@dataclass(frozen=True)
class Target:
    """Something that reads untrusted bytes.

    title : what is made and who reads it, for the table
    make  : an input out of a generator: the same from the same seed and number, with the same libsndfile and zlib
    judge : reads the input in an empty folder, which it leaves empty, and returns a word for what became of it. Raises
            Unaccounted when something is not as it must be; PunkError is an account too, of whatever input
    """

    name: str
    title: str
    make: Callable[[Random], bytes]
    judge: Callable[[bytes, Path], str]


class Unaccounted(Exception):  # noqa: N818 - it is the input that is
    """Something that must be true of every input was not of this one."""


class _TookTooLong(BaseException):
    """Not an exception that what is tested could take for one of its own."""


@dataclass(frozen=True)
class Failure:
    """An input that was not accounted for. number: None when it came from a file"""

    target: str
    seed: int
    number: int | None
    reason: str
    path: Path | None = None

    def __str__(self) -> str:
        origin = "" if self.number is None else f", seed {self.seed}, number {self.number}"
        saved = "" if self.path is None else f"\n  saved as {self.path}"
        return f"{self.target}{origin}: {self.reason.strip()}{saved}"


@dataclass
class Tally:
    """What a run of a target saw. memory, in bytes: at first (after the warm-up) and last; None where it is not told"""

    target: Target
    verdicts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_number: int = 0
    memory_first: int | None = None
    memory_last: int | None = None
    failures: list[Failure] = field(default_factory=list)

    @property
    def inputs(self) -> int:
        return sum(self.verdicts.values())


def made(target: Target, seed: int, number: int) -> bytes:
    """Input `number` of a run with `seed`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile's, of names that are there twice
        return target.make(Random(f"{seed}/{target.name}/{number}"))


def run(target: Target, seed: int, saved: Path, *, inputs: int | None = None, seconds: float | None = None) -> Tally:
    """So many inputs of a target, or as many as there is time for; the inputs that fail are put into `saved`."""
    tally = Tally(target)
    end = None if seconds is None else time.monotonic() + seconds
    started, opened, number = time.monotonic(), None, 0
    with _private_folder() as folder:
        while (inputs is None or number < inputs) and (end is None or time.monotonic() < end):
            data = made(target, seed, number)
            under_way = _saved(saved, target, seed, number, data)  # what kills this process is there as well
            begun = time.perf_counter()
            verdict, reason = judged(target, data, folder)
            took = time.perf_counter() - begun
            if reason is None:
                under_way.unlink()
            else:
                tally.failures.append(Failure(target.name, seed, number, reason, under_way))
            tally.verdicts[verdict] += 1
            if took > tally.slowest:
                tally.slowest, tally.slowest_number = took, number
            number += 1
            share_done = (number / inputs) if inputs else (time.monotonic() - started) / (seconds or 1)
            if opened is None and number >= _WARM_UP and share_done >= 0.1:
                opened, tally.memory_first = _measured()
        if opened is not None:
            left_open, tally.memory_last = _measured()
            tally.failures += _grown(tally, seed, left_open - opened)
    return tally


def judged(target: Target, data: bytes, folder: Path) -> tuple[str, str | None]:
    """What became of an input, in a word, and, when it is not accounted for, why."""
    try:
        with _watched(folder):
            try:
                verdict = target.judge(data, folder)
            except PunkError as error:
                _require_plain(str(error))
                verdict = "error"
    except KeyboardInterrupt:
        raise
    except Unaccounted as error:
        return "failed", str(error)
    except BaseException:  # SystemExit as well: nothing that is read may end the program
        return "failed", traceback.format_exc()
    return verdict, None


def _require_plain(message: str) -> None:
    """A message is short, moves no cursor, and what it shows begins no line."""
    if len(message) > LONGEST_MESSAGE:
        raise Unaccounted(f"a message of {len(message)} characters: {message[:200]!r} ...")
    first, *others = message.split("\n")
    if not all(line.isprintable() for line in (first, *others)) or not all(line.startswith("  ") for line in others):
        raise Unaccounted(f"a message with what no printer prints: {message!r}")


@contextmanager
def _watched(folder: Path) -> Iterator[None]:
    """Raises Unaccounted when the block prints, warns, loses an exception or leaves a file behind."""
    lost: list[str] = []
    with ExitStack() as stack:
        printed = stack.enter_context(tempfile.TemporaryFile())
        with _output_to(printed.fileno()), warnings.catch_warnings(), _alarm(), _unraisable_to(lost):
            warnings.simplefilter("error")
            yield
        printed.seek(0)
        if output := printed.read(1000):
            raise Unaccounted(f"it printed {output!r}")
    if lost:
        raise Unaccounted(f"an exception was lost: {lost[0]}")
    if left := sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()):
        raise Unaccounted(f"it left {left} behind")


@contextmanager
def _output_to(handle: int) -> Iterator[None]:
    """Whatever is written to standard output and error, by this process or a child of it, goes to `handle`."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [(number, os.dup(number)) for number in (1, 2)]
    with os.fdopen(os.dup(handle), "w", encoding="utf-8") as stream:
        try:
            for number, _ in kept:
                os.dup2(handle, number)
            with redirect_stdout(stream), redirect_stderr(stream):
                yield
        finally:
            for number, copy in kept:
                os.dup2(copy, number)
                os.close(copy)


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise _TookTooLong(f"not done after {LONGEST} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _unraisable_to(lost: list[str]) -> Iterator[None]:
    """Exceptions in callbacks and destructors, which Python prints and drops."""
    before = sys.unraisablehook
    sys.unraisablehook = lambda found: lost.append(f"{found.exc_value!r} in {found.object!r}")
    try:
        yield
    finally:
        sys.unraisablehook = before


@contextmanager
def _private_folder() -> Iterator[Path]:
    """An empty folder for what targets write, in which their temporary files are as well."""
    with tempfile.TemporaryDirectory(prefix="fuzz.") as folder:
        before = tempfile.tempdir
        tempfile.tempdir = folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = before


def _saved(folder: Path, target: Target, seed: int, number: int, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{target.name}-{seed}-{number}"
    path.write_bytes(data)
    return path


def _grown(tally: Tally, seed: int, files: int) -> list[Failure]:
    found = []
    if files > 0:
        found.append(f"{files} more open files than at its beginning")
    if tally.memory_first is not None and tally.memory_last is not None:
        growth = tally.memory_last - tally.memory_first
        if growth > MOST_GROWTH:
            found.append(f"{growth / 2**20:.0f} MiB more than at its beginning")
    return [Failure(tally.target.name, seed, None, f"after {tally.inputs} inputs: {reason}") for reason in found]


def _measured() -> tuple[int, int | None]:
    """Open files of this process, and the memory of it and its children in bytes, where the system tells."""
    gc.collect()
    files = len(os.listdir("/proc/self/fd" if Path("/proc/self/fd").is_dir() else "/dev/fd"))
    if not Path("/proc/self/statm").is_file():
        return files, None
    children = " ".join(path.read_text() for path in Path("/proc/self/task").glob("*/children"))
    processes = ["self", *children.split()]
    pages = sum(int(Path(f"/proc/{process}/statm").read_text().split()[1]) for process in processes)
    return files, pages * os.sysconf("SC_PAGE_SIZE")
