"""How fast the service answers: `python benchmarks/serving.py [--bundle FILE] [CLIP.wav]`.

Prints a markdown table: what was aimed at, what a client waited, and what processors spent on it, of the service itself
and of its processes. The client is a process of its own. Where other programs run as well, waiting says more about them
than about the service; processor time says what is left of that. Linux only, whose /proc says what processes use.
"""

import argparse
import asyncio
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import classically_punk  # noqa: F401  isort: skip  # before NumPy
import numpy as np
import soundfile
from service import Client, Running, running

from classically_punk.audio.canonical import SAMPLE_RATE, canonical_bytes
from classically_punk.audio.decode import DecodingLimits, decode

FIRST_ANSWER = (
    "import sys; from pathlib import Path\n"
    "from classically_punk.audio.isolated import decode\n"
    "from classically_punk.audio.decode import DecodingLimits\n"
    "from classically_punk.bundle.reading import read_bundle\n"
    "from classically_punk.serving.answer import Answerer\n"
    "from classically_punk.serving.described import answer_json\n"
    "loaded = read_bundle(Path(sys.argv[1]))\n"
    "clip = decode(Path(sys.argv[2]).read_bytes(), sys.argv[2], DecodingLimits(0.5, 600.0))\n"
    "answer_json(Answerer(loaded).answer(clip.samples, clip), loaded)\n"
)
"""What a fresh process does for its first answer, decoding in a process of its own."""

PROCESSES = 2  # under load
AIM_RATE, AIM_P95 = 25, 500  # clips of 30 s a second; ms


@dataclass(frozen=True)
class Spent:
    """Of one clip, in ms: median and 95th percentile of waiting; processor time of the service and its processes."""

    median: float
    p95: float
    own: float
    children: float
    rate: float = 0.0

    @property
    def processor(self) -> str:
        return f"{self.own + self.children:.1f} ({self.own:.1f} + {self.children:.1f})"


def clips(source: Path | None) -> dict[str, bytes]:
    """Files of 30 s and 3 s: of a clip that is given, or of noise with a beat."""
    if source is not None:
        samples = decode(source.read_bytes(), source.name, DecodingLimits(30.0, 600.0)).samples[: 30 * SAMPLE_RATE]
    else:
        rng = np.random.default_rng(1)
        beat = np.sin(2 * np.pi * 2 * np.arange(30 * SAMPLE_RATE) / SAMPLE_RATE) ** 8
        samples = (rng.standard_normal(30 * SAMPLE_RATE) * beat * 4000).astype(np.int16)
    mp3 = io.BytesIO()
    wide = np.repeat(np.repeat(samples, 2)[:, None], 2, axis=1)  # 44.1 kHz, two channels
    soundfile.write(mp3, wide, 2 * SAMPLE_RATE, "MPEG_LAYER_III", format="MP3")
    return {
        "30 s, WAV": canonical_bytes(samples),
        "3 s, WAV": canonical_bytes(samples[: 3 * SAMPLE_RATE]),
        "30 s, MP3, 44.1 kHz stereo": mp3.getvalue(),
    }


async def asked(port: int, content: bytes, number: int, at_once: int) -> list[float]:
    """Asks `number` times over `at_once` connections. Returns what each waited, in s. Raises on any other answer."""
    waited: list[float] = []
    left = number

    async def some() -> None:
        nonlocal left
        client = Client(port)
        while left > 0:
            left -= 1
            answer = await client.classify(content)
            if answer.status != 200:
                raise RuntimeError(f"status {answer.status}: {answer.content}")
            waited.append(answer.seconds)
        client.close()

    await asyncio.gather(*(some() for _ in range(at_once)))
    return waited


def measured(service: Running, content: bytes, number: int, at_once: int = 1) -> Spent:
    """Asks from a process of its own, after a few requests that do not count."""
    asyncio.run(asked(service.port, content, 5, at_once))
    program = [sys.executable, __file__, "--client", str(service.port), str(number), str(at_once)]
    before, began = service.processor_seconds(), time.perf_counter()
    done = subprocess.run(program, input=content, capture_output=True, check=True)
    seconds, after = time.perf_counter() - began, service.processor_seconds()
    told = json.loads(done.stdout)
    waited = sorted(told["waited"])
    own, children = (1000 * (last - first) / number for first, last in zip(before, after, strict=True))
    p95 = waited[min(len(waited) - 1, int(0.95 * len(waited)))]
    return Spent(1000 * statistics.median(waited), 1000 * p95, own, children, number / min(told["seconds"], seconds))


def first_answer(bundle: Path, clip: Path) -> tuple[float, float]:
    """s by the clock and of processors until a fresh process has answered; the best of three."""
    found = []
    for _ in range(3):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, "-c", FIRST_ANSWER, str(bundle), str(clip)], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found.append((time.perf_counter() - began, spent))
    return min(found)


def table(bundle: Path, source: Path | None, number: int) -> str:
    contents = clips(source)
    rows = []
    with running(bundle, workers=1) as service:
        for (name, content), aim in zip(contents.items(), (60, 15, 150), strict=True):
            spent = measured(service, content, number)
            rows.append(
                f"| {name}, one process | {aim} ms | {spent.median:.1f} ({spent.p95:.1f}) | {spent.processor} |"
            )
    with running(bundle, workers=PROCESSES, queue=64) as service:
        spent = measured(service, contents["30 s, WAV"], 4 * number, at_once=4 * PROCESSES)
    rows.append(
        f"| 30 s, WAV, {PROCESSES} processes, {4 * PROCESSES} clients at once | {AIM_RATE} a second, p95 {AIM_P95} ms "
        f"| {spent.median:.0f} ({spent.p95:.0f}); {spent.rate:.1f} a second | {spent.processor} |"
    )
    path = Path(".punk_cache/serving.wav")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(contents["30 s, WAV"])
    waited, used = first_answer(bundle, path)
    path.unlink()
    rows.append(f"| first answer of a fresh process | 2500 ms | {1000 * waited:.0f} | {1000 * used:.0f} |")
    load = f"{os.getloadavg()[0]:.1f} processes wanted {os.cpu_count()} processors"
    head = "| clip | aim | waited, ms: median (p95) | processor time, ms: in all (service + its processes) |"
    return "\n".join([load, "", head, "|---|---|---|---|", *rows])


def main() -> None:
    if sys.argv[1:2] == ["--client"]:
        _client([int(word) for word in sys.argv[2:]])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", type=Path, nargs="?", help="a file of 30 s or more; by default one that is made here")
    parser.add_argument("--bundle", type=Path, default=Path("models/gtzan_mini/bundle.json"))
    parser.add_argument("--number", type=int, default=60, help="requests for each row")
    options = parser.parse_args()
    print(table(options.bundle, options.clip, options.number))


def _client(words: Sequence[int]) -> None:
    """What the process of its own does: the file comes on its standard input, what was waited goes out."""
    port, number, at_once = words
    content = sys.stdin.buffer.read()
    began = time.perf_counter()
    waited = asyncio.run(asked(port, content, number, at_once))
    print(json.dumps({"waited": waited, "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
