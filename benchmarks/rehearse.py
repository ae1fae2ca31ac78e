"""The graph at full size, from an archive of 1000 clips in GTZAN's layout: seconds, shares and memory of every stage.

The real archive is not needed: the archive is made from the clips of GTZAN mini, each mixed from two clips of one
genre, played a little faster or slower, shifted and filtered, so that no two are replicas.

    python benchmarks/rehearse.py [--clips-per-genre 100] [--jobs 2] [--against CHECKOUT] GTZAN_MINI_ZIP

Every stage of the row runs, as `dvc repro` has it, in a temporary copy of the checkout with empty caches; then again
with nothing changed, and with one more clip. Prints a markdown table. --against runs another checkout as well, before
this one: processor seconds can be compared on a machine that others use too.
"""

import argparse
import io
import os
import re
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zipfile
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import scipy.signal
import soundfile
import soxr
from graph import row

REPOSITORY = Path(__file__).resolve().parents[1]
CORPUS = "gtzan"
START = "DVC itself, at the start"
RATE = 22050
LENGTH = 661_794  # samples, the commonest length in GTZAN
MEBI = 2**20


@dataclass
class Cost:
    """Wall clock and processor time in s; the largest resident memory of one process, and of all together, in MiB."""

    seconds: float = 0.0
    processor: float = 0.0
    largest_process: float = 0.0
    all_processes: float = 0.0

    def add_memory(self, sizes: list[int]) -> None:
        """sizes : resident memory of the processes that run at one time, bytes"""
        self.largest_process = max([self.largest_process, *(size / MEBI for size in sizes)])
        self.all_processes = max(self.all_processes, sum(sizes) / MEBI)


def real_clips(mini: Path) -> dict[str, list[np.ndarray]]:
    """int16 samples by genre, from GTZAN mini."""
    clips: dict[str, list[np.ndarray]] = defaultdict(list)
    with zipfile.ZipFile(mini) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".wav"):
                samples, _ = soundfile.read(io.BytesIO(archive.read(name)), dtype="int16")
                clips[Path(name).parent.name].append(samples)
    return clips


def varied(clips: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """A new clip from two of `clips`."""
    mix = np.zeros(LENGTH)
    for index, gain in zip(rng.choice(len(clips), 2, replace=False), (1.0, 0.5), strict=True):
        speed = rng.uniform(0.92, 1.08)
        played = soxr.resample(clips[index].astype(np.float32), RATE * speed, RATE, "QQ")
        mix += gain * np.roll(np.resize(played, LENGTH), rng.integers(LENGTH))
    tilt = scipy.signal.lfilter([1, rng.uniform(-0.4, 0.4)], [1], mix)
    return np.clip(tilt / np.abs(tilt).max() * rng.uniform(12000, 32000), -32768, 32767).astype(np.int16)


def write_archive(path: Path, clips: dict[str, list[np.ndarray]], per_genre: int) -> None:
    """`genres/<genre>/<genre>.000NN.au` in a tar.gz, as GTZAN was published."""
    rng = np.random.default_rng(0)
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for genre in sorted(clips):
            for number in range(per_genre):
                content = io.BytesIO()
                soundfile.write(content, varied(clips[genre], rng), RATE, format="AU", subtype="PCM_16")
                member = tarfile.TarInfo(f"genres/{genre}/{genre}.{number:05}.au")
                member.size = content.tell()
                content.seek(0)
                archive.addfile(member, content)


def measured(folder: Path, environment: dict[str, str], target: str, *options: str) -> dict[str, Cost]:
    """Runs `dvc repro` to its end and watches it and all its children, 20 times a second.

    Returns what each stage that ran has cost, by its name, from the line by which DVC says that it begins to the next
    one's, with the hashing of what it read and wrote; before the first one, under START.
    """
    command = [sys.executable, "-m", "dvc", "repro", *options, target]
    found: dict[str, Cost] = {START: Cost()}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            sizes = []
            with suppress(psutil.NoSuchProcess):  # the command has ended
                for process in (root, *root.children(recursive=True)):
                    with suppress(psutil.NoSuchProcess):  # a worker has ended
                        sizes.append(process.memory_info().rss)
            list(found.values())[-1].add_memory(sizes)

    begun, used = time.perf_counter(), processor_seconds()
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as running:
        root = psutil.Process(running.pid)
        watcher = threading.Thread(target=watch)
        watcher.start()
        before, used_before = begun, 0.0
        try:
            assert running.stdout is not None
            for line in running.stdout:
                if stage := re.match(r"Running stage '(\w+)@", line):
                    now, used_now = time.perf_counter(), sum(root.cpu_times()[:4])  # of it and of ended children
                    last = list(found.values())[-1]
                    last.seconds, last.processor = now - before, used_now - used_before
                    before, used_before = now, used_now
                    found[stage[1]] = Cost()
                    print(stage[1], file=sys.stderr, flush=True)
            running.wait()
        finally:
            done.set()
            watcher.join()
    if running.returncode:
        sys.exit(f"{' '.join(command)}: exit status {running.returncode}")
    last = list(found.values())[-1]
    last.seconds, last.processor = time.perf_counter() - before, processor_seconds() - used - used_before
    return found


def processor_seconds() -> float:
    """Of all programs that this one has run so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def copy_checkout(checkout: Path, folder: Path) -> None:
    """The tracked and new files of a checkout, as they are now, with their history."""
    subprocess.run(["git", "clone", "--quiet", str(checkout), str(folder)], check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (checkout / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(checkout / name, folder / name)


def rehearsed(checkout: Path, archive: Path, more: np.ndarray, jobs: int) -> tuple[dict[str, Cost], dict[str, Cost]]:
    """What the stages of the row cost in a copy of `checkout`, caches empty, and what comes after: nothing changed,
    and one more clip, `more`."""
    with tempfile.TemporaryDirectory(dir=archive.parent) as name:
        folder = Path(name) / "checkout"
        copy_checkout(checkout, folder)
        raw = folder / "data" / "raw" / CORPUS
        os.link(archive, raw / archive.name)
        mirror = os.environ.get("PUNK_MIRROR")
        environment = {
            **os.environ,
            **({"PUNK_MIRROR": str(Path(mirror).resolve())} if mirror else {}),
            "PUNK_JOBS": str(jobs),
            "PUNK_CACHE": str(Path(name) / "cache"),
            "PYTHONPATH": str(folder / "src"),
            "PYTHONUNBUFFERED": "1",
        }
        whole = measured(folder, environment, f"report@{CORPUS}")
        missing = {stage.name for stage in row(folder, CORPUS)} - set(whole)
        if missing:
            sys.exit(f"stages of the row that did not run: {', '.join(sorted(missing))}")
        after = {"again, nothing changed": measured(folder, environment, f"report@{CORPUS}")[START]}
        (raw / "one_more" / "blues").mkdir(parents=True)
        soundfile.write(raw / "one_more" / "blues" / "blues.90000.wav", more, RATE, subtype="PCM_16")
        for stage in ("ingest", "features"):
            cost = measured(folder, environment, f"{stage}@{CORPUS}", "--single-item")
            after[f"one more clip: {stage}"] = cost[stage]
        return whole, after


def total(costs: dict[str, Cost]) -> Cost:
    """Of stages one after the other."""
    return Cost(
        sum(cost.seconds for cost in costs.values()),
        sum(cost.processor for cost in costs.values()),
        max(cost.largest_process for cost in costs.values()),
        max(cost.all_processes for cost in costs.values()),
    )


def print_table(whole: dict[str, Cost], after: dict[str, Cost], other: dict[str, Cost]) -> None:
    """whole, after : as `rehearsed` gives them; other : both of another checkout, or nothing"""
    everything = total(whole)
    print("| stage | wall clock, s | share | processor, s | largest process, MiB | all processes, MiB |", end="")
    print(" before: wall clock, s | processor, s | of it now |" if other else "")
    print("|---|---|---|---|---|---|" + ("---|---|---|" if other else ""))
    for name, cost in {**whole, "all": everything, **after}.items():
        share = f"{cost.seconds / everything.seconds:.0%}" if name in {*whole, "all"} else ""
        cells = [name, f"{cost.seconds:.1f}", share, f"{cost.processor:.1f}"]
        cells += [f"{cost.largest_process:.0f}", f"{cost.all_processes:.0f}"]
        if name in other:
            was = other[name]
            cells += [f"{was.seconds:.1f}", f"{was.processor:.1f}", f"{cost.processor / was.processor:.2f}"]
        print(f"| {' | '.join(cells)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mini", type=Path, help="the archive of GTZAN mini")
    parser.add_argument("--clips-per-genre", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--against", type=Path, help="another checkout, run as well, on the same archive")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as name:
        clips = real_clips(options.mini)
        archive = Path(name) / "rehearsal.tar.gz"
        write_archive(archive, clips, options.clips_per_genre)
        more = varied(clips["blues"], np.random.default_rng(1))
        other: dict[str, Cost] = {}
        if options.against:
            whole, after = rehearsed(options.against.resolve(), archive, more, options.jobs)
            other = {**whole, "all": total(whole), **after}
        found = rehearsed(REPOSITORY, archive, more, options.jobs)
        count = options.clips_per_genre * len(clips)
        print(f"{count} clips, archive of {archive.stat().st_size / MEBI:.0f} MiB, {options.jobs} workers\n")
        print_table(*found, other)


if __name__ == "__main__":
    main()
