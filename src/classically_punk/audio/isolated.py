"""Decoding in processes of its own, which can be killed: what `decode` does, for files that nobody vouches for.

A file that keeps a decoder busy without end, makes it crash or eats memory costs that one process, and is called by
that name; the next file finds a new one. The processes stay warm: asking one costs two copies of the clip.

`decode` is bounded by itself, by the audio it decodes and the reads it makes, which are the same on every machine.
Time is the second line, for what a codec does within a read: it is far above what the longest clip takes.
"""

import atexit
import os
import queue
import resource
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

import classically_punk
from classically_punk.audio import confined, decoder
from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.audio.decode import Decoded, DecodingLimits, Undecodable
from classically_punk.contracts.faults import Fault
from classically_punk.foundation import machine
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.orphans import interrupts_held

PROGRAM = decoder.__name__
"""The module that a process runs."""

_PATIENCE = 10  # times
_BYTES_PER_SAMPLE = 2


def processor_seconds(limits: DecodingLimits) -> float:
    """Processor time that a clip may take to decode, in s: 30, and a fifth of the longest duration. The longest MP3
    takes 1 s of 90, the most absurd file that is still a clip (32 channels at 384 kHz) about 20."""
    return 30 + limits.longest / 5


class Decoders:
    """Warm processes that decode, for any number of threads; each waits while all are busy.

    size     : processes, started when they are needed
    seconds  : processor time for each clip; by default `processor_seconds`
    patience : s by the clock for each clip; by default ten times as many, for machines that are busy with others
    """

    def __init__(self, size: int = 1, seconds: float | None = None, patience: float | None = None) -> None:
        self._seconds = seconds
        self._patience = patience
        self._idle: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        for _ in range(size):
            self._idle.put(None)

    def decode(self, data: bytes, name: str, limits: DecodingLimits) -> Decoded:
        """As `decode.decode`. Raises Undecodable with the fault too_slow or decoder_crashed as well, and PunkError when
        no process can be started, or one is killed from outside."""
        seconds = processor_seconds(limits) if self._seconds is None else self._seconds
        patience = _PATIENCE * seconds if self._patience is None else self._patience
        process = self._idle.get()
        try:
            try:
                process = process or _Process()
                return process.decode(data, name, limits, seconds, patience)
            except _Crashed:  # maybe of what an earlier file did to it: once more, in a new process
                process = _Process()
                return process.decode(data, name, limits, seconds, patience)
        except _Crashed as crash:
            raise Undecodable(Fault.DECODER_CRASHED, str(crash)) from None
        finally:
            self._idle.put(process if process and process.runs else None)

    def close(self) -> None:
        """Ends the processes that are idle."""
        for _ in range(self._idle.qsize()):
            process = self._idle.get()
            if process is not None:
                process.end()
            self._idle.put(None)


def decode(data: bytes, name: str, limits: DecodingLimits) -> Decoded:
    """As `decode.decode`, in a process that belongs to this one. Raises as `Decoders.decode` does."""
    return _own_decoders().decode(data, name, limits)


_own: dict[int, Decoders] = {}


def _own_decoders() -> Decoders:
    """One for this process, and not one that it has from the process it was forked from."""
    if os.getpid() not in _own:
        _own[os.getpid()] = Decoders()
        atexit.register(_own[os.getpid()].close)
    return _own[os.getpid()]


class _Crashed(Exception):  # noqa: N818 - the process did, and the file may be to blame
    """A decoder ended without an answer; the message is a sentence for the clip."""


class _Process:
    """One decoder and its pipes."""

    def __init__(self) -> None:
        paths = [str(Path(classically_punk.__path__[0]).parent), os.environ.get("PYTHONPATH", "")]
        try:
            with interrupts_held():
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", PROGRAM, str(os.getpid())],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
                )
        except OSError as error:
            raise PunkError(f"no process to decode in can be started: {error.strerror}") from error
        pipes = self._process.stdin, self._process.stdout, self._process.stderr
        self._to, self._from, said = (cast("IO[bytes]", pipe) for pipe in pipes)
        self.runs = True
        self._fresh = True
        self._late = False
        try:
            if confined.receive(self._from) is None:
                lines = said.read().decode(errors="replace").strip().splitlines()
                reason = lines[-1] if lines else f"it ended with status {self._process.wait()}"
                raise PunkError(f"the process to decode in does not start: {reason}")
        except BaseException:
            self.end()
            raise
        finally:
            said.close()

    def decode(self, data: bytes, name: str, limits: DecodingLimits, seconds: float, patience: float) -> Decoded:
        """Raises Undecodable, _Crashed, and PunkError when something outside killed the process."""
        most = int((limits.longest + 1) * SAMPLE_RATE) * _BYTES_PER_SAMPLE
        head = {"name": name, "shortest": limits.shortest, "longest": limits.longest, "seconds": seconds, "most": most}
        clock = threading.Timer(patience, self._give_up)
        clock.daemon = True
        clock.start()
        try:
            found = self._asked(head, data, most)
            if found is None:
                raise self._ended(seconds, patience)
            return _clip(*found)
        except Undecodable:
            raise
        except BaseException:  # an answer that comes later must not be taken for that of the next clip
            self.end()
            raise
        finally:
            clock.cancel()
            self._fresh = False

    def end(self) -> None:
        """Kills it and waits until it is gone."""
        self.runs = False
        self._process.kill()
        self._from.close()
        with suppress(BrokenPipeError):  # what it was told last and did not hear
            self._to.close()
        self._process.wait()

    def _give_up(self) -> None:
        self._late = True
        self._process.kill()

    def _asked(self, head: dict[str, Any], data: bytes, most: int) -> tuple[dict[str, Any], bytes] | None:
        """Its answer, None when it ended without one."""
        try:
            confined.send(self._to, head, data)
            return confined.receive(self._from, most)
        except BrokenPipeError:
            return None
        except (ValueError, KeyError) as error:
            raise _Crashed("The decoder gave no answer that makes sense.") from error

    def _ended(self, seconds: float, patience: float) -> Exception:
        """Why the process is gone."""
        status = self._process.wait()
        self.runs = False
        if self._late:
            return Undecodable(Fault.TOO_SLOW, f"It was not decoded within {patience:g} s by the clock.")
        if status == -signal.SIGXCPU:
            allowed = machine.allowed(resource.RLIMIT_CPU)
            if allowed is not None and not self._fresh:
                return _Crashed("")  # it may have used up its time on earlier clips
            if allowed is not None and allowed <= seconds:
                return PunkError(machine.used_up(resource.RLIMIT_CPU))
            return Undecodable(
                Fault.TOO_SLOW, f"It was not decoded within {seconds:g} s of processor time, far above any clip's."
            )
        if status == confined.OUT_OF_SPACE:
            return PunkError(machine.used_up(resource.RLIMIT_AS))
        if status == confined.OUT_OF_MEMORY:
            return _Crashed("The decoder asked for more memory than a clip can need.")
        if -status in confined.CRASHES:
            return _Crashed(f"The decoder crashed ({signal.Signals(-status).name}).")
        if status >= 0:
            return _Crashed(f"The decoder ended without an answer, with status {status}.")
        return PunkError(
            f"the process that decodes was killed (status {status}), most likely because the machine ran out of "
            "memory; run again with fewer workers: PUNK_JOBS=1. Nothing half-written was kept"
        )


def _clip(head: dict[str, Any], content: bytes) -> Decoded:
    """What an answer says. Raises Undecodable when it is no clip."""
    if "mistake" in head:
        raise RuntimeError(f"in the process that decodes:\n{head['mistake']}")
    try:
        faults = tuple(Fault(fault) for fault in head["faults"])
        about = (str(head["container"]), str(head["codec"]))
        rate, channels = head["source_rate"], head["source_channels"]
        if not all(isinstance(value, int | None) for value in (rate, channels)) or len(content) % _BYTES_PER_SAMPLE:
            raise ValueError("no clip")
        if "fault" in head:
            raise Undecodable(
                Fault(head["fault"]),
                str(head["detail"]),
                also=faults,
                container=about[0],
                codec=about[1],
                source_rate=rate,
                source_channels=channels,
            )
        samples = np.frombuffer(content, dtype="<i2").astype(np.int16, copy=False)
        return Decoded(samples, *about, rate, channels, faults, str(head["detail"]))
    except (ValueError, KeyError, TypeError) as error:
        raise _Crashed("The decoder gave no answer that makes sense.") from error
