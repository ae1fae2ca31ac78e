"""Are results the same bytes on every x86-64 processor with AVX2? Run, not believed.

    python benchmarks/same_bytes.py [--processors Haswell EPYC ...] [--cases PART ...]

The work of `same_bytes_cases.py` is done on this machine and again under emulated processors (`qemu-x86_64`, Debian and
Ubuntu: apt install qemu-user), each in processes of its own that get nothing but what the package pins. Printed as
Markdown: for each case whether the bytes are those of this machine. A processor without AVX2 runs two of the cases as
the control: it must work, and its last bits must differ, or else the comparison could not see a difference.

Exit status 1 where bytes differ, where a case failed, or where the control does not differ. Where qemu or AVX2 is
missing, what is left out is said, and the status is 0.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

# before NumPy, as in every process of ours
import classically_punk  # noqa: F401  isort: skip
from same_bytes_cases import COMPARATOR, MODELS, SOUND

from classically_punk.contracts.models import comparators
from classically_punk.foundation.environment import (
    ARITHMETIC_VARIABLES,
    arithmetic_in_words,
    arithmetic_is_pinned,
)
from classically_punk.foundation.machine import processors as available_processors

HERE = "this machine"
CONTROL = "Nehalem"  # 2008: no AVX at all
CONTROL_CASES = ("regression, inference, influence", f"{COMPARATOR}logistic")
WORK = Path(__file__).with_name("same_bytes_cases.py")
SORTS = (
    "import classically_punk, numpy as np; r = np.random.default_rng(0)\n"
    "for n in (60, 300, 3000):\n"
    "    for kind in ('f8', 'i8', 'f4', 'i4'):\n"
    "        a = r.permutation(n).astype(kind); assert (a[np.argsort(a)] == np.arange(n)).all()"
)


@dataclass
class Run:
    """hashes of cases by name; seconds of the processor; failures : last words of processes that ended early"""

    hashes: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """One process: what runs Python on the processor, and what it is to do there."""

    processor: str
    python: tuple[str, ...]
    cases: tuple[str, ...]
    options: tuple[str, ...]


def python_on(processor: str, emulator: str, folder: Path) -> tuple[str, ...]:
    """qemu shows programs the host's /proc/cpuinfo: the control gets one of its own."""
    if processor == HERE:
        return (sys.executable,)
    prefix = ("-L", str(folder / "without_avx2")) if processor == CONTROL else ()
    return (emulator, *prefix, "-cpu", processor, sys.executable)


def measured(job: Job, folder: Path) -> Run:
    """Runs the cases of one process, with nothing pinned from outside."""
    bare = {name: value for name, value in os.environ.items() if name not in ARITHMETIC_VARIABLES}
    work = [*job.python, str(WORK), "run", str(folder), *job.cases, *job.options]
    done = subprocess.run(work, env=bare, capture_output=True, text=True, check=False)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    found = Run({line[0]: line[1] for line in lines if len(line) == 3})
    found.seconds = max((float(line[2]) for line in lines if len(line) == 3), default=0.0)
    if done.returncode:
        at = lines[-1][1] if lines and lines[-1][0] == "begin" else "the beginning"
        said = [line for line in done.stderr.strip().splitlines() if "TCG doesn't support" not in line]
        found.failures = (f"{job.processor}, {at}: status {done.returncode}, {said[-1] if said else 'not a word'}",)
    print(f"{job.processor}: {len(found.hashes)} of {len(job.cases)} cases", file=sys.stderr)
    return found


def sorts(python: Sequence[str]) -> bool:
    """Whether NumPy's argsort is right there. It is not under qemu 7.2, and is under 10.0."""
    return subprocess.run([*python, "-c", SORTS], capture_output=True, check=False).returncode == 0


def without_avx2(folder: Path) -> None:
    path = folder / "without_avx2" / "proc" / "cpuinfo"
    path.parent.mkdir(parents=True)
    path.write_text("processor\t: 0\nflags\t\t: fpu sse sse2 ssse3 sse4_1 sse4_2 popcnt\n", encoding="utf-8")


def table(names: Sequence[str], processors: Sequence[str], runs: dict[str, Run]) -> tuple[list[str], bool]:
    """The rows, and whether all is as it has to be."""
    rows = [f"| | {' | '.join(processors)} |", f"|---|{'---|' * len(processors)}"]
    fine = True
    for name in names:
        own = runs[HERE].hashes.get(name)
        cells = []
        for processor in processors:
            found = runs[processor].hashes.get(name)
            if processor == CONTROL and name not in runs[CONTROL].hashes:
                cells.append("")
                continue
            same = found is not None and found == own
            fine &= same != (processor == CONTROL) and found is not None and own is not None
            cells.append("failed" if found is None else "same bytes" if same else "other bytes")
        rows.append(f"| {name} | {' | '.join(cells)} |")
    rows.append(f"| seconds of the processor | {' | '.join(f'{runs[name].seconds:.0f}' for name in processors)} |")
    return rows, fine


def jobs_on(processors: Sequence[str], emulator: str, folder: Path, parts: Sequence[str], plain: bool) -> list[Job]:
    """Sound and models in processes of their own; the longest, the emulated ones, first."""
    named = [COMPARATOR + name for name in comparators()]
    found = [Job(CONTROL, python_on(CONTROL, emulator, folder), CONTROL_CASES, ())]
    for group, options in ((SOUND, ()), ([*MODELS, *named], ("--plain-numpy",) if plain else ())):
        cases = tuple(name for name in group if not parts or any(part in name for part in parts))
        if cases:
            found += [Job(each, python_on(each, emulator, folder), cases, options) for each in (*processors, HERE)]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--processors", nargs="+", default=["Haswell", "EPYC"], help="see qemu-x86_64 -cpu help")
    parser.add_argument("--cases", nargs="+", default=[], help="only cases whose names hold one of these words")
    parser.add_argument("--emulator", default=shutil.which("qemu-x86_64") or shutil.which("qemu-x86_64-static"))
    asked = parser.parse_args()
    columns = [*asked.processors, CONTROL]
    if not arithmetic_is_pinned() or asked.emulator is None:
        why = "qemu-x86_64 is not installed (qemu-user)" if arithmetic_is_pinned() else arithmetic_in_words()
        print(f"same bytes: nothing was compared with {', '.join(columns)}: {why}")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        without_avx2(folder)
        subprocess.run([sys.executable, str(WORK), "prepare", str(folder)], check=True)
        plain = not all(sorts(python_on(each, asked.emulator, folder)) for each in asked.processors)
        jobs = jobs_on(asked.processors, asked.emulator, folder, asked.cases, plain)
        runs = {processor: Run() for processor in (HERE, *columns)}
        with ThreadPoolExecutor(available_processors()) as pool:
            for job, found in zip(jobs, pool.map(lambda job: measured(job, folder), jobs), strict=True):
                run = runs[job.processor]
                run.hashes |= found.hashes
                run.seconds += found.seconds
                run.failures += found.failures
    cases = dict.fromkeys(case for job in jobs[1:] for case in job.cases)
    rows, fine = table(list(cases), columns, runs)
    print("\n".join(rows))
    for run in runs.values():
        print("\n".join(run.failures))
    if plain:
        print("This qemu runs NumPy's argsort for AVX2 wrongly: models were compared without NumPy's code for AVX2.")
    print("The bytes do not follow the processor." if fine else "The bytes follow the processor, or a case failed.")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
