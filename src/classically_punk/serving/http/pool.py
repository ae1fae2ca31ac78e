"""The processes that answer: warm, as many as `workers`, replaced when one ends or grows."""

import asyncio
import json
import logging
import struct
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Literal

from classically_punk.contracts.faults import Fault
from classically_punk.foundation.errors import PunkError
from classically_punk.serving.http.child import Child, Died, Done
from classically_punk.serving.http.refusals import Refused, busy, of_fault
from classically_punk.serving.http.settings import Settings

Detail = Literal["brief", "top", "all"]

LARGEST_BUNDLE = 64 * 2**20
RATE, BYTES_PER_SAMPLE = 22050, 2  # of decoded samples

_LONGEST_PAUSE = 30.0  # s between attempts to start a process
_log = logging.getLogger(__name__)


class Watch:
    """What may be counted; `metrics.Metrics` does."""

    def step(self, name: str, seconds: float) -> None: ...
    def fault(self, fault: Fault) -> None: ...
    def answered(self, best: str, sure: bool) -> None: ...
    def replaced(self, reason: str) -> None: ...
    def columns(self, columns: dict[str, float], best: str, sure: bool) -> None: ...


class Pool:
    """Call `start` first and `close` last.

    watch : counts; with_columns : whether the columns of every answer are told to it
    """

    def __init__(self, settings: Settings, watch: Watch | None = None, *, with_columns: bool = False) -> None:
        self._settings = settings
        self._watch = watch or Watch()
        self._with_columns = with_columns
        self._idle: asyncio.LifoQueue[Child] = asyncio.LifoQueue()
        self._children: set[Child] = set()
        self._resting: set[Child] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._bundle = b""
        self.card: dict[str, Any] = {}
        self.waiting = 0

    async def start(self) -> None:
        """All processes, warm; nothing if they are. Raises PunkError when the bundle cannot be used.

        The first one alone: should kernels have to be compiled, the others find them on disk.
        """
        if self.card:
            return
        path = self._settings.bundle
        try:
            with path.open("rb") as file:
                self._bundle = file.read(LARGEST_BUNDLE + 1)
        except OSError as error:
            raise PunkError(
                f"{path}: cannot be read ({error.strerror}); name a bundle, --bundle FILE, or make one in a checkout: "
                "dvc repro bundle@CORPUS"
            ) from error
        first = await self._started()
        self.card = first.card
        self._rest(first)
        for _ in range(self._settings.workers - 1):
            self._rest(await self._started())

    async def close(self) -> None:
        """Ends all processes, also those that are at work."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(child.end() for child in self._children))
        self._children.clear()

    @property
    def ready(self) -> int:
        """Processes that run."""
        return sum(child.runs for child in self._children)

    @property
    def processes(self) -> list[int]:
        return [child.number for child in self._children]

    async def classify(
        self,
        data: bytes | bytearray,
        name: str,
        detail: Detail = "top",
        *,
        gone: Callable[[], Awaitable[bool]] | None = None,
    ) -> dict[str, Any]:
        """The answer about an audio file. name : serves messages only; gone : whether nobody waits for it any more.

        Raises Refused.
        """
        head = {"kind": "file", "name": name[:200], "detail": detail, "with_columns": self._with_columns}
        done = await self._asked(head, data, gone)
        assert done.best is not None
        self._watch.answered(done.best, done.sure)
        if done.columns is not None:
            self._watch.columns(done.columns, done.best, done.sure)
        return done.content

    async def classify_samples(self, samples: bytes, rate: int, detail: Detail = "top") -> dict[str, Any]:
        """The answer about mono samples, full scale 1, as little-endian 32-bit floats at `rate` Hz. Raises Refused."""
        return await self.classify(wav_of_floats(samples, rate), "samples", detail)

    async def answer_columns(
        self, rows: Sequence[Sequence[float]], duration: float = 30.0, detail: Detail = "brief"
    ) -> list[dict[str, Any]]:
        """Of each row {genre, sure, best, probabilities}, and its explanation unless `detail` is brief.

        rows     : values of the columns, in the order of `card["columns"]`
        duration : of the clips they describe, in s
        Raises Refused.
        """
        width = len(self.card["columns"])
        if any(len(row) != width for row in rows):
            raise Refused(400, "bad_request", f"Expected {width} columns in each row.")
        try:
            data = json.dumps(rows, allow_nan=False).encode("ascii")
        except ValueError:
            raise Refused(400, "bad_request", "A value is NaN or infinite.") from None
        done = await self._asked(
            {"kind": "columns", "duration": duration, "name": "columns", "detail": detail}, data, None
        )
        found: list[dict[str, Any]] = done.content["rows"]
        for row in found:
            self._watch.answered(row["best"], row["sure"])
        return found

    async def _asked(
        self, head: dict[str, Any], data: bytes | bytearray, gone: Callable[[], Awaitable[bool]] | None
    ) -> Done:
        settings = self._settings
        most = int((settings.duration + 1) * RATE) * BYTES_PER_SAMPLE
        whole = {**head, "longest": settings.duration, "most": most}
        for last in (False, True):
            began = time.perf_counter()
            child = await self._taken(patient=last)
            self._watch.step("queue", time.perf_counter() - began)
            try:
                if gone is not None and await gone():
                    raise Refused(499, "gone", "Nobody waits for the answer any more.")
                done = await child.ask(whole, data, settings.decode_time, settings.answer_time)
            except Died as death:  # maybe of what an earlier file did to it: once more, in another process
                _log.warning("a process died", extra={"reason": death.reason, "detail": str(death)})
                if last:
                    raise _of_death(death) from None
            except Refused as refused:
                if refused.fault is not None:
                    self._watch.fault(refused.fault)
                raise
            else:
                for name, seconds in done.steps.items():
                    self._watch.step(name, seconds)
                return done
            finally:
                self._returned(child)
        raise AssertionError

    async def _taken(self, *, patient: bool) -> Child:
        """A process that is free. patient : though others wait. Raises Refused when too many do, or for too long."""
        if self._idle.empty() and self.waiting >= self._settings.queue and not patient:
            raise busy("All processes are at work, and as many requests as may wait for one do; try again soon.")
        self.waiting += 1
        try:
            async with asyncio.timeout(self._settings.queue_time):
                while (child := await self._idle.get()) not in self._resting:
                    pass  # it ended while it had nothing to do
            self._resting.discard(child)
            return child
        except TimeoutError:
            raise busy(f"No process was free for {self._settings.queue_time:g} s; try again soon.", after=5) from None
        finally:
            self.waiting -= 1

    def _returned(self, child: Child) -> None:
        grown = child.memory - child.memory_at_first > self._settings.growth
        if child.runs and not grown:
            self._rest(child)
            return
        self._watch.replaced("grown" if child.runs else "ended")
        self._do(self._replaced(child))

    def _rest(self, child: Child) -> None:
        self._resting.add(child)
        self._idle.put_nowait(child)

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, child: Child) -> None:
        """Whatever ends a process that has nothing to do, there is soon another one."""
        await child.ended()
        if child in self._resting:
            self._resting.discard(child)
            self._watch.replaced("ended")
            await self._replaced(child)

    async def _replaced(self, child: Child) -> None:
        """Another one in its place, as soon as one starts."""
        await child.end()
        self._children.discard(child)
        pause = 0.5
        while True:
            try:
                self._rest(await self._started())
            except PunkError as error:
                _log.error("a process does not start", extra={"detail": str(error)})
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                return

    async def _started(self) -> Child:
        child = await Child.start(self._bundle, str(self._settings.bundle))
        self._children.add(child)
        self._do(self._guarded(child))
        return child


def wav_of_floats(samples: bytes, rate: int) -> bytes:
    """A WAV file of mono samples as little-endian 32-bit floats, so that samples pass the same checks as files."""
    form = struct.pack("<HHIIHH", 3, 1, rate, 4 * rate, 4, 32)
    size = 4 + 8 + len(form) + 8 + len(samples)
    head = struct.pack("<4sI8sI", b"RIFF", size, b"WAVEfmt ", len(form)) + form
    return b"".join((head, struct.pack("<4sI", b"data", len(samples)), samples))


def _of_death(death: Died) -> Refused:
    if death.reason == "killed":
        return busy("The process that answered was ended from outside; try again soon.")
    return of_fault(Fault.DECODER_CRASHED, f"Twice the process that worked on this file ended: {death}.")
