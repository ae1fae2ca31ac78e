"""One process that works on strangers' audio (`serving.worker`), as the service sees it.

Here no audio is looked into: bytes go there, JSON comes back, and both are counted. Whatever else happens, the process
is killed.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import classically_punk
from classically_punk.audio.confined import CRASHES, OUT_OF_MEMORY, OUT_OF_SPACE
from classically_punk.contracts.faults import Fault
from classically_punk.foundation.errors import PunkError
from classically_punk.serving.http.refusals import Refused, of_fault

PROGRAM = "classically_punk.serving.worker"
"""The module that a process runs."""

LONGEST_HEAD = 2**20
LARGEST_ANSWER = 16 * 2**20
"""Bytes of an answer: 600 s with all columns take less than 1 MiB."""

START_TIME = 300.0
"""s: kernels that are not on disk are compiled first, in 15 s of processor time."""

_PIECE = 2**20
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_INHERITED_STARTS = ("PUNK_CACHE", "NUMBA_", "OMP_", "OPENBLAS_", "MKL_", "VECLIB_", "NPY_", "COVERAGE_")


class Died(Exception):  # noqa: N818 - the process did
    """The process ended without an answer. reason : in a word, for metrics"""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True)
class Done:
    """What came back. content : JSON; steps : s that each took there; best, sure : of the clip; columns : if asked"""

    content: dict[str, Any]
    steps: dict[str, float]
    best: str | None = None
    sure: bool = False
    columns: dict[str, float] | None = None


class Child:
    """A process that is ready. Start one with `start`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.runs = True
        self.card: dict[str, Any] = {}
        self.held: list[str] = []
        self.memory_at_first = 0
        self.memory = 0
        assert process.stdin is not None
        assert process.stdout is not None
        self._to, self._from = process.stdin, process.stdout

    @classmethod
    async def start(cls, bundle: bytes, name: str) -> "Child":
        """Raises PunkError when the bundle cannot be used, or no process can be started."""
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", PROGRAM, str(os.getpid())),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=_environment(),
                limit=_PIECE,
                start_new_session=True,  # Ctrl-C in a terminal is for the service, which ends its processes
            )
        except OSError as error:
            raise PunkError(f"no process to answer in can be started: {error.strerror}") from error
        self = cls(process)
        try:
            async with asyncio.timeout(START_TIME):
                await self._say({"name": name}, bundle)
                head, content = await self._hear()
        except (TimeoutError, Died) as error:
            await self.end()
            raise PunkError(f"the process to answer in does not start: {error or 'it took too long'}") from error
        except BaseException:
            await self.end()
            raise
        if "unusable" in head:
            await self.end()
            raise PunkError(str(head["unusable"]))
        self.card = json.loads(content)
        self.held = [str(each) for each in head["held"]]
        self.memory = self.memory_at_first = int(head["memory"])
        return self

    @property
    def number(self) -> int:
        return self._process.pid

    async def ask(self, head: Mapping[str, Any], data: bytes | bytearray, decode: float, answer: float) -> Done:
        """Raises Refused for a file about which nothing can be said or that takes longer than `decode` and `answer` s,
        and Died when the process is no more."""
        step = "decode"
        try:
            async with asyncio.timeout(decode) as clock:
                await self._say({**head, "seconds": decode + answer}, data)
                found, content = await self._hear()
                if found.get("step") == "decoded":
                    step = "answer"
                    clock.reschedule(asyncio.get_running_loop().time() + answer)
                    found, content = await self._hear()
            return self._done(found, content)
        except Refused:
            raise
        except TimeoutError:
            await self.end()
            raise _too_slow(step, decode if step == "decode" else answer) from None
        except BaseException:  # an answer that comes later must not be taken for that of the next request
            await self.end()
            raise

    async def ended(self) -> None:
        """Returns when it has ended, whyever."""
        await self._process.wait()
        self.runs = False

    async def end(self) -> None:
        """Kills it and waits until it is gone."""
        self.runs = False
        with suppress(ProcessLookupError):
            self._process.kill()
        self._to.close()
        await self._process.wait()

    async def _say(self, head: Mapping[str, Any], data: bytes | bytearray) -> None:
        encoded = json.dumps({**head, "content": len(data)}).encode("ascii")
        try:
            self._to.write(len(encoded).to_bytes(4, "big") + encoded)
            for start in range(0, len(data), _PIECE):
                self._to.write(memoryview(data)[start : start + _PIECE])
                await self._to.drain()
            await self._to.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass  # it ended; why is heard

    async def _hear(self) -> tuple[dict[str, Any], bytes]:
        try:
            length = int.from_bytes(await self._from.readexactly(4), "big")
            if length > LONGEST_HEAD:
                raise ValueError("a head without end")
            head = json.loads(await self._from.readexactly(length))
            size = head.pop("content")
            if not isinstance(size, int) or not 0 <= size <= LARGEST_ANSWER:
                raise ValueError("an answer without end")
            return head, await self._from.readexactly(size)
        except asyncio.IncompleteReadError:
            raise await self._ended() from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Died("nonsense", "it gave no answer that makes sense") from error

    async def _ended(self) -> Exception:
        """Why the process is gone."""
        self.runs = False
        status = await self._process.wait()
        if status == -signal.SIGXCPU:
            return of_fault(Fault.TOO_SLOW, "It takes more processor time than any clip needs.")
        if status in (OUT_OF_MEMORY, OUT_OF_SPACE):
            return Died("memory", "it asked for more memory than a clip can need")
        if -status in CRASHES:
            return Died("crashed", f"it crashed ({signal.Signals(-status).name})")
        return Died("killed" if status < 0 else "ended", f"it ended with status {status}")

    def _done(self, head: dict[str, Any], content: bytes) -> Done:
        """What an answer says, and nothing but what may be in one."""
        if "mistake" in head:
            raise RuntimeError(f"in the process that answers:\n{str(head['mistake'])[:10_000]}")
        try:
            self.memory = int(head["memory"])
            if "fault" in head:
                raise of_fault(Fault(head["fault"]), str(head["detail"])[:1000])
            found = json.loads(content)
            best = head.get("best")
            if not isinstance(found, dict) or (best is not None and best not in self.card["genres"]):
                raise ValueError("no answer")
            steps = {name: min(max(float(head["steps"][name]), 0.0), 1e4) for name in head["steps"] if name in _STEPS}
            columns = head.get("columns")
            if columns is not None:
                columns = {str(name): float(value) for name, value in columns.items()}
            return Done(found, steps, best, head.get("sure") is True, columns)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Died("nonsense", "it gave no answer that makes sense") from error


_STEPS = frozenset({"decode", "describe", "answer"})


def _too_slow(step: str, seconds: float) -> Refused:
    if step == "decode":  # far above what any clip takes: it is the file
        return of_fault(Fault.TOO_SLOW, f"It was not decoded within {seconds:g} s, far above what a clip takes.")
    return Refused(504, "timeout", f"There was no answer within {seconds:g} s; send a shorter clip, or try again.")


def _environment() -> dict[str, str]:
    """What the process is told: nothing that a stranger's file might carry out of it."""
    paths = [str(Path(classically_punk.__path__[0]).parent), os.environ.get("PYTHONPATH", "")]
    kept = {
        name: value for name, value in os.environ.items() if name in _INHERITED or name.startswith(_INHERITED_STARTS)
    }
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
