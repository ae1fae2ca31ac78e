"""The graph at full size, from an archive of 1000 clips in GTZAN's layout: seconds and memory of every stage.

The real archive is not needed: the archive is made from the clips of GTZAN mini, each mixed from two clips of one
genre, played a little faster or slower, shifted and filtered, so that no two are replicas.

    python benchmarks/rehearse.py [--clips-per-genre 100] [--jobs 2] data/raw/gtzan_mini/gtzan_mini.zip

Works in a temporary copy of the checkout; prints a markdown table.
"""

import argparse
import io
import os
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

REPOSITORY = Path(__file__).resolve().parents[1]
STAGES = ("ingest", "features", "clean", "folds", "ols", "evaluate", "report")
RATE = 22050
LENGTH = 661_794  # samples, the commonest length in GTZAN
MEBI = 2**20


@dataclass(frozen=True)
class Cost:
    """Wall clock in s; the largest resident memory of one process, and of all together, in MiB."""

    seconds: float
    largest_process: float
    all_processes: float


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


def measured(command: list[str], folder: Path, environment: dict[str, str]) -> Cost:
    """Runs `command` to its end and watches it and all its children, 20 times a second."""
    largest, together, done = 0, 0, threading.Event()

    def watch() -> None:
        nonlocal largest, together
        while not done.wait(0.05):
            sizes = []
            with suppress(psutil.NoSuchProcess):  # the command has ended
                for process in (root, *root.children(recursive=True)):
                    with suppress(psutil.NoSuchProcess):  # a worker has ended
                        sizes.append(process.memory_info().rss)
            largest, together = max([largest, *sizes]), max(together, sum(sizes))

    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, env=environment) as running:
        root = psutil.Process(running.pid)
        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            running.wait()
        finally:
            done.set()
            watcher.join()
    if running.returncode:
        sys.exit(f"{' '.join(command)}: exit status {running.returncode}")
    return Cost(time.perf_counter() - begun, largest / MEBI, together / MEBI)


def copy_checkout(folder: Path) -> None:
    """The tracked and new files of this checkout, as they are now, with their history."""
    subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(folder)], check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)


def print_row(name: str, cost: Cost) -> None:
    print(f"| {name} | {cost.seconds:.1f} | {cost.largest_process:.0f} | {cost.all_processes:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mini", type=Path, help="the archive of GTZAN mini")
    parser.add_argument("--clips-per-genre", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "checkout"
        copy_checkout(folder)
        clips = real_clips(options.mini)
        archive = folder / "data" / "raw" / "gtzan" / "rehearsal.tar.gz"
        write_archive(archive, clips, options.clips_per_genre)
        environment = {
            **os.environ,
            **({"PUNK_MIRROR": str(Path(mirror).resolve())} if (mirror := os.environ.get("PUNK_MIRROR")) else {}),
            "PUNK_JOBS": str(options.jobs),
            "PUNK_CACHE": str(Path(name) / "cache"),
            "PYTHONPATH": str(folder / "src"),
        }
        count = options.clips_per_genre * len(clips)
        print(f"{count} clips, archive of {archive.stat().st_size / MEBI:.0f} MiB, {options.jobs} workers\n")
        print("| stage | wall clock, s | largest process, MiB | all processes, MiB |\n|---|---|---|---|")
        for stage in STAGES:
            command = ["dvc", "repro", "--quiet", "--single-item", f"{stage}@gtzan"]
            print_row(stage, measured(command, folder, environment))
        print_row("again, nothing changed", measured(["dvc", "repro", "--quiet", "report@gtzan"], folder, environment))
        extra = folder / "data" / "raw" / "gtzan" / "one_more"
        (extra / "blues").mkdir(parents=True)
        rng = np.random.default_rng(1)
        soundfile.write(extra / "blues" / "blues.90000.wav", varied(clips["blues"], rng), RATE, subtype="PCM_16")
        for stage in ("ingest", "features"):
            command = ["dvc", "repro", "--quiet", "--single-item", f"{stage}@gtzan"]
            print_row(f"one more clip: {stage}", measured(command, folder, environment))


if __name__ == "__main__":
    main()
