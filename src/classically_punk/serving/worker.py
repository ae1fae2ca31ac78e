"""The process in which strangers' audio is decoded, described and answered:
`python -m classically_punk.serving.worker PARENT`.

`audio.confined` says how it is spoken to. Its first message is the bundle, so that a process that starts later answers
from the same one. It reads and loads all that it will need, answers once, and seals itself; then it says that it is
ready, with the model's card, and answers. After decoding it says so, because the two steps have limits of their own.
"""

import io
import json
import sys
import time
import wave
from collections.abc import Callable
from typing import Any

import numpy as np

from classically_punk.audio import confined
from classically_punk.audio.canonical import SAMPLE_RATE, canonical_bytes
from classically_punk.audio.confined import Message
from classically_punk.audio.decode import DecodingLimits, Undecodable, decode
from classically_punk.bundle.reading import LARGEST, parse_bundle
from classically_punk.contracts.faults import Fault
from classically_punk.foundation.errors import PunkError
from classically_punk.serving.answer import PADDING, SHORTEST, Answerer, FromColumns, NoAnswer
from classically_punk.serving.card import card
from classically_punk.serving.described import Detail, answer_json, explanation_json
from classically_punk.serving.sealed import Memory, seal


class Worker:
    """Answers requests from one bundle. tell : says something to the parent while a request is worked on"""

    def __init__(self, answerer: Answerer, tell: Callable[[dict[str, Any]], None]) -> None:
        self.answerer = answerer
        self._tell = tell
        self._columns = [column.column for column in answerer.loaded.content.columns]

    def answer(self, head: dict[str, Any], data: bytes) -> Message:
        """An answer as JSON, or what is wrong with the file: `fault` and `detail`."""
        try:
            return self._of_columns(head, data) if head["kind"] == "columns" else self._of_file(head, data)
        except (Undecodable, NoAnswer) as found:
            return {"fault": found.fault, "detail": found.detail}, b""

    def _of_file(self, head: dict[str, Any], data: bytes) -> Message:
        began = time.perf_counter()
        decoded = decode(data, head["name"], DecodingLimits(SHORTEST, head["longest"] + PADDING))
        at_decoded = time.perf_counter()
        self._tell({"step": "decoded"})
        answer = self.answerer.answer(decoded.samples, decoded)
        at_described = time.perf_counter()
        found = answer_json(answer, self.answerer.loaded, head["detail"])
        content = _encoded(found)
        steps = {
            "decode": at_decoded - began,
            "describe": at_described - at_decoded,
            "answer": time.perf_counter() - at_described,
        }
        columns = dict(zip(self._columns, answer.columns.tolist(), strict=True)) if head["with_columns"] else None
        return {"best": answer.whole.genre, "sure": answer.whole.sure, "steps": steps, "columns": columns}, content

    def _of_columns(self, head: dict[str, Any], data: bytes) -> Message:
        began = time.perf_counter()
        values = np.array(json.loads(data), dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != len(self._columns) or not np.isfinite(values).all():
            raise NoAnswer(Fault.NOT_FINITE, f"Expected rows of {len(self._columns)} finite numbers.")
        answers = self.answerer.answer_columns(values, head["duration"])
        rows = [self._row(each, head["detail"]) for each in answers]
        return {"steps": {"answer": time.perf_counter() - began}}, _encoded({"rows": rows})

    def _row(self, answer: FromColumns, detail: Detail) -> dict[str, Any]:
        found = answer.verdict
        return {
            "genre": found.genre if found.sure else None,
            "sure": found.sure,
            "best": found.genre,
            "probabilities": dict(zip(self.answerer.genres, found.probabilities.tolist(), strict=True)),
            **({} if detail == "brief" else {"explanation": explanation_json(answer.explain(), detail)}),
        }


def _encoded(found: dict[str, Any]) -> bytes:
    return json.dumps(found, separators=(",", ":"), allow_nan=False).encode("ascii")


def _warm_up(worker: Worker) -> None:
    """All that a request can need is loaded now: afterwards no file can be opened. Two kinds of file, because only one
    of them has to be resampled."""
    rng = np.random.default_rng(0)
    samples = (rng.standard_normal(4 * SAMPLE_RATE) * 3000).astype(np.int16)
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(samples.tobytes())
    head = {"kind": "file", "name": "", "longest": 60.0, "detail": "all", "with_columns": True}
    for content in (canonical_bytes(samples), target.getvalue(), b"no music", b""):
        worker.answer(head, content)
    n_columns = len(worker.answerer.loaded.content.columns)
    worker.answer({"kind": "columns", "duration": 30.0, "detail": "all"}, json.dumps([[0.0] * n_columns]).encode())


def main() -> None:
    """Serves the parent process, whose number is the argument, until it asks no more."""
    answers = confined.begin()
    first = confined.receive(sys.stdin.buffer, LARGEST)
    if first is None:
        return
    try:
        answerer = Answerer(parse_bundle(first[1], first[0]["name"]))
        answerer.warm_up()
    except PunkError as error:
        confined.send(answers, {"unusable": str(error)})
        return
    worker = Worker(answerer, lambda head: None)
    _warm_up(worker)
    worker = Worker(answerer, lambda head: confined.send(answers, head))
    memory = Memory()
    confined.silence()
    bounds = confined.Bounds()
    about = {"ready": True, "held": seal(), "memory": memory.now()}
    confined.send(answers, about, _encoded(card(answerer.loaded)))
    confined.serve(answers, bounds, lambda head, data: _measured(worker.answer(head, data), memory))


def _measured(found: Message, memory: Memory) -> Message:
    return {**found[0], "memory": memory.now()}, found[1]


if __name__ == "__main__":
    main()
