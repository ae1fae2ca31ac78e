"""The fuzzer as a program: targets in turn, then a table of what became of their inputs."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import classically_punk  # noqa: F401  # before NumPy: it pins threads and arithmetic

from .running import Failure, Tally, judged, made, run
from .targets import TARGETS

SAVED = Path(".punk_cache/fuzz")


def main() -> int:
    """Returns 1 when an input is not accounted for."""
    options = _options()
    chosen = [TARGETS[name] for name in options.target or TARGETS]
    if options.input is not None or options.number is not None:
        return _replayed(options)
    tallies = []
    for target in chosen:
        tallies.append(run(target, options.seed, SAVED, seconds=options.seconds / len(chosen)))
        for failure in tallies[-1].failures:
            print(failure, flush=True)
    print(table(tallies, options.seed))
    return 1 if any(tally.failures for tally in tallies) else 0


def table(tallies: Sequence[Tally], seed: int) -> str:
    """A Markdown table: what was tried, how it was accounted for, what it took."""
    rows = [
        f"| {tally.target.title} | {tally.inputs} | {_counts(tally)} | {1000 * tally.slowest:.0f} "
        f"(number {tally.slowest_number}) | {_memory(tally)} |"
        for tally in tallies
    ]
    head = f"| seed {seed} | inputs | accounted for as | slowest, ms | memory at first and at the end, MiB |"
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def _counts(tally: Tally) -> str:
    return ", ".join(f"{verdict} {count}" for verdict, count in tally.verdicts.most_common())


def _memory(tally: Tally) -> str:
    if tally.memory_first is None or tally.memory_last is None:
        return "not known"
    return f"{tally.memory_first / 2**20:.0f}, {tally.memory_last / 2**20:.0f}"


def _replayed(options: argparse.Namespace) -> int:
    """One input again, from a file or from its seed and number."""
    (name,) = options.target
    target = TARGETS[name]
    data = made(target, options.seed, options.number) if options.input is None else options.input.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        verdict, reason = judged(target, data, Path(folder))
    print(verdict if reason is None else Failure(name, options.seed, options.number, reason))
    return 0 if reason is None else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="in all; every target gets the same share")
    parser.add_argument("--seed", type=int, default=1, help="another one makes other inputs")
    parser.add_argument("--target", action="append", choices=TARGETS, help="only this one; may be given again")
    parser.add_argument("--number", type=int, help="only this input of the one --target, again")
    parser.add_argument("--input", type=Path, help="only this file, as an input of the one --target")
    options = parser.parse_args()
    if (options.number is not None or options.input is not None) and len(options.target or ()) != 1:
        parser.error("--number and --input need one --target")
    return options


if __name__ == "__main__":
    sys.exit(main())
