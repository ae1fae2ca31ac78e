"""What a service bears: `python benchmarks/abuse.py`. Floods, slow clients, giants, bombs, mutated files, killed
processes, ten thousand requests.

It starts a service of its own on this machine, speaks to nothing else, and ends by itself. Exit status 1 when something
is not as it must be: a status that no client understands, a request without an answer, a service that hangs, ends or
grows. Linux only, whose /proc says what processes use.
"""

import argparse
import asyncio
import io
import os
import signal
import struct
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import classically_punk  # noqa: F401  isort: skip  # before NumPy
import numpy as np
import soundfile
from service import Answer, Client, Running, read_answer, running

from classically_punk.audio.canonical import SAMPLE_RATE, canonical_bytes
from classically_punk.bundle.reading import write_bundle

TESTS = Path(__file__).resolve().parent.parent / "tests"

SETTINGS = {
    "workers": 2,
    "queue": 16,
    "concurrency": 64,
    "connections": 200,
    "body": 4 * 2**20,
    "buffered": 32 * 2**20,
    "duration": 30.0,
    "head_time": 2.0,
    "idle_time": 2.0,
    "body_time": 4.0,
    "queue_time": 20.0,
    "decode_time": 20.0,
    "answer_time": 30.0,
}
ACCOUNTED = frozenset({200, 413, 415, 422})
"""What a file may come to."""

REFUSALS = frozenset({408, 413, 503})
LONGEST = 60.0
"""s; no request, whatever it is, may take longer."""

MOST_GROWTH = 8.0
"""MiB by which the service itself may grow over the many requests."""

SEED = 1


@dataclass
class Trial:
    """What an attack did, and what came of it. wrong : what must not be"""

    title: str
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)
    note: str = ""

    def saw(self, answer: Answer, allowed: frozenset[int | None]) -> None:
        self.outcomes["closed" if answer.status is None else str(answer.status)] += 1
        self.slowest = max(self.slowest, answer.seconds)
        if answer.status not in allowed:
            self.wrong.append(f"status {answer.status}: {str(answer.content)[:200]}")
        elif answer.status is not None and not _makes_sense(answer):
            self.wrong.append(f"an answer that says nothing: {str(answer.content)[:200]}")

    def __str__(self) -> str:
        outcomes = ", ".join(f"{count} x {name}" for name, count in sorted(self.outcomes.items()))
        return f"| {self.title} | {outcomes} | {self.slowest:.2f} | {self.note} |"


Attack = Callable[[Running, Trial, argparse.Namespace], Awaitable[None]]


def clip(seconds: float) -> bytes:
    rng = np.random.default_rng(SEED)
    return canonical_bytes((rng.standard_normal(round(seconds * SAMPLE_RATE)) * 3000).astype(np.int16))


async def flood(service: Running, trial: Trial, options: argparse.Namespace) -> None:
    """Far more at once than are answered: some are, the others are told to come back, or are not let in."""
    content = clip(3.0)

    async def one() -> Answer:
        client = Client(service.port)
        try:
            return await client.classify(content)
        finally:
            client.close()

    for answer in await asyncio.gather(*(one() for _ in range(options.flood))):
        trial.saw(answer, frozenset({200, 503, None}))
    if not trial.outcomes["200"]:
        trial.wrong.append("nobody was answered")


async def slow(service: Running, trial: Trial, options: argparse.Namespace) -> None:
    """Heads and bodies that come a byte a second, and connections that say nothing."""

    async def one(begun: bytes) -> Answer:
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        try:
            writer.write(begun)
            reading = asyncio.create_task(read_answer(reader))
            while not reading.done() and time.perf_counter() - began < LONGEST:
                await asyncio.wait([reading], timeout=1.0)
                if begun:
                    writer.write(b"x")
            status, content, _ = await reading
            return Answer(status, content, time.perf_counter() - began)
        except (OSError, asyncio.IncompleteReadError):
            return Answer(None, None, time.perf_counter() - began)
        finally:
            writer.close()

    head = b"POST /v1/classify HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    begun = [b"", b"POST /v1/cl", head + b"X: ", head + b"Content-Length: 1000\r\n\r\n"]
    for answer in await asyncio.gather(*(one(begun[k % len(begun)]) for k in range(options.slow))):
        trial.saw(answer, frozenset({408, None}))
    if not trial.outcomes["408"]:
        trial.wrong.append("nobody was told why")


async def giants(service: Running, trial: Trial, options: argparse.Namespace) -> None:
    """Bodies in chunks without end: refused where they get too large, and read no further."""
    most = 0

    async def one() -> Answer:
        nonlocal most
        began, sent = time.perf_counter(), 0
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        reading = asyncio.create_task(read_answer(reader))
        try:
            writer.write(b"POST /v1/classify HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n")
            while not reading.done() and sent < 2**30:
                writer.write(b"10000\r\n" + bytes(65536) + b"\r\n")
                sent += 65536
                await writer.drain()
                await asyncio.sleep(0)
        except OSError:
            pass  # it hung up
        most = max(most, sent)
        try:
            status, content, _ = await reading
        except (OSError, asyncio.IncompleteReadError):
            status, content = None, None
        finally:
            writer.close()
        return Answer(status, content, time.perf_counter() - began)

    for _ in range(4):
        for answer in await asyncio.gather(*(one() for _ in range(options.giants // 4))):
            trial.saw(answer, frozenset({413, 503, None}))
    if not trial.outcomes["413"]:
        trial.wrong.append("nobody was told why")
    trial.note = f"at most {most / 2**20:.1f} MiB were taken of one"


def _bombs() -> dict[str, bytes]:
    """Small files that unpack to much, or promise to; and such as keep a decoder busy."""

    def written(seconds: float, rate: int, channels: int, container: str, codec: str) -> bytes:
        target = io.BytesIO()
        with soundfile.SoundFile(target, "w", rate, channels, codec, format=container) as file:
            for _ in range(int(seconds)):
                file.write(np.zeros((rate, channels), np.int16))
        return target.getvalue()

    huge = bytearray(clip(1.0))
    huge[4:8] = huge[40:44] = struct.pack("<I", 2**32 - 1)
    return {
        "an hour of silence in FLAC": written(3600, 8000, 1, "FLAC", "PCM_16"),
        "29 s of 8 channels at 192 kHz in FLAC": written(29, 192_000, 8, "FLAC", "PCM_16"),
        "an hour of silence in Vorbis": written(3600, 8000, 1, "OGG", "VORBIS"),
        "an hour of silence in MP3": written(3600, 8000, 1, "MP3", "MPEG_LAYER_III"),
        "a WAV that promises 4 GiB": bytes(huge),
        "empty tags": b"ID3\x04\x00\x00\x00\x00\x00\x00" * 300_000,
        "sync words": b"\xff\xfb\x90\x00" * 900_000,
        "empty pages": (b"OggS" + bytes(23)) * 140_000,
        "empty chunks": b"RIFF\xff\xff\xff\xffWAVE" + b"LIST\0\0\0\0" * 400_000,
        "one rate, another claimed": bytes(huge[:24]) + struct.pack("<I", 1) + bytes(huge[28:]),
    }


async def bombs(service: Running, trial: Trial, options: argparse.Namespace) -> None:
    client = Client(service.port)
    slowest = ""
    for name, content in _bombs().items():
        before = trial.slowest
        trial.saw(await asyncio.wait_for(client.classify(content), LONGEST), ACCOUNTED)
        slowest = name if trial.slowest > before else slowest
    client.close()
    trial.note = f"slowest: {slowest}"


async def mutated(service: Running, trial: Trial, options: argparse.Namespace) -> None:
    """The fuzzer's audio files: each is answered, or refused with a reason."""
    from fuzz.audio import make

    async def some(numbers: range) -> None:
        client = Client(service.port)
        for number in numbers:
            content = make(Random(f"{SEED}/abuse/{number}"), 0.75)
            trial.saw(await asyncio.wait_for(client.classify(content), LONGEST), ACCOUNTED)
        client.close()

    await asyncio.gather(*(some(range(k, options.mutated, 2)) for k in range(2)))


async def killed(service: Running, trial: Trial, options: argparse.Namespace) -> None:
    """Processes are killed while they answer: the request is answered by another one, or told to come back."""
    content = clip(20.0)
    rng = Random(SEED)
    for _ in range(options.killed):
        client = Client(service.port)
        asking = asyncio.create_task(client.classify(content))
        await asyncio.sleep(rng.uniform(0.0, 0.1))
        for number in service.children():
            os.kill(number, signal.SIGKILL)
        trial.saw(await asyncio.wait_for(asking, LONGEST), frozenset({200, 503}))
        client.close()
    began = time.perf_counter()
    client = Client(service.port)
    while (await client.classify(content)).status != 200:
        if time.perf_counter() - began > LONGEST:
            trial.wrong.append("it did not recover")
            break
        await asyncio.sleep(0.1)
    client.close()
    trial.note = f"answered again {time.perf_counter() - began:.1f} s after the last one"


async def many(service: Running, trial: Trial, options: argparse.Namespace) -> None:
    """Memory is flat: the service after the first tenth of the requests, and after all."""
    contents = [clip(0.6), clip(0.6), b"no music", clip(3.0)]
    left = options.requests
    first: tuple[float, float] | None = None
    began = time.perf_counter()

    async def some() -> None:
        nonlocal left, first
        client = Client(service.port)
        while left > 0 and time.perf_counter() - began < options.seconds:
            left -= 1
            trial.saw(await asyncio.wait_for(client.classify(contents[left % 4]), LONGEST), ACCOUNTED)
            if first is None and options.requests - left >= options.requests // 10:
                first = service.memory()
        client.close()

    await asyncio.gather(some(), some())
    assert first is not None
    last = service.memory()
    trial.note = (
        f"service {first[0]:.1f} MiB, then {last[0]:.1f}; its processes {first[1]:.0f}, then {last[1]:.0f}; "
        f"{sum(trial.outcomes.values()) / (time.perf_counter() - began):.0f} requests a second"
    )
    if last[0] - first[0] > MOST_GROWTH:
        trial.wrong.append(f"it grew by {last[0] - first[0]:.1f} MiB")
    if left > 0:
        trial.note += f"; stopped after {options.seconds:g} s, {left} requests early"


ATTACKS: dict[str, tuple[str, Attack]] = {
    "flood": ("requests at once", flood),
    "slow": ("clients that send a byte a second, or nothing", slow),
    "giants": ("bodies in chunks without end", giants),
    "bombs": ("files that unpack to much, or keep a decoder busy", bombs),
    "mutated": ("mutated audio files", mutated),
    "killed": ("processes killed at work", killed),
    "many": ("requests in a row", many),
}


async def _watched(service: Running, name: str, options: argparse.Namespace) -> Trial:
    """An attack, while somebody else asks whether the service is well."""
    title, attack = ATTACKS[name]
    trial = Trial(title)
    attacking = asyncio.create_task(attack(service, trial, options))
    waited = 0.0
    while not attacking.done():
        await asyncio.wait([attacking], timeout=0.5)
        client = Client(service.port)
        answer = await asyncio.wait_for(client.get("/healthz"), LONGEST)
        client.close()
        waited = max(waited, answer.seconds)
    await attacking
    await asyncio.sleep(SETTINGS["head_time"])
    client = Client(service.port)
    answer = await client.classify(clip(1.0))
    client.close()
    if answer.status != 200:
        trial.wrong.append(f"afterwards it does not answer: {answer}")
    health = f"health within {waited:.2f} s"
    trial.note = f"{trial.note}; {health}" if trial.note else health
    return trial


def _makes_sense(answer: Answer) -> bool:
    if not isinstance(answer.content, dict):
        return False
    return "best" in answer.content if answer.status == 200 else {"error", "code"} <= set(answer.content)


def main() -> int:
    options = _options()
    sys.path.append(str(TESTS))  # for its mutated files and its small bundle
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        bundle = options.bundle
        if bundle is None:
            from fuzz.small_bundle import content

            bundle = Path(folder) / "small.json"
            write_bundle(content(), bundle)
        print("| what | came to | slowest, s | |\n|---|---|---|---|", flush=True)
        with running(bundle, **SETTINGS) as service:
            parent = service.parent
            for name in options.only or ATTACKS:
                trial = asyncio.run(_watched(service, name, options))
                print(trial, flush=True)
                for each in trial.wrong[:5]:
                    print(f"\nwrong: {name}: {each}\n", flush=True)
                wrong += len(trial.wrong)
        if Path(f"/proc/{parent}").exists():
            wrong += 1
            print("wrong: it did not end")
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, help="the model that answers; by default a small one that is made here")
    parser.add_argument("--only", action="append", choices=ATTACKS, help="only this; may be given again")
    parser.add_argument("--flood", type=int, default=400, help="requests at once")
    parser.add_argument("--slow", type=int, default=160, help="slow clients")
    parser.add_argument("--giants", type=int, default=40, help="bodies without end")
    parser.add_argument("--mutated", type=int, default=1000, help="mutated files")
    parser.add_argument("--killed", type=int, default=10, help="times that all processes are killed")
    parser.add_argument("--requests", type=int, default=10_000, help="in a row")
    parser.add_argument("--seconds", type=float, default=600.0, help="after which the requests in a row stop")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
