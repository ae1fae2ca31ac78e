"""A bundle as a model of the Open Inference Protocol v2: its name and version, what it takes, what it gives.

Takes one of three inputs, alone or as a batch:

- `samples`, FP32, [n] or [batch, n]: mono, full scale 1, at the rate of the parameter `sample_rate` (22050 Hz)
- `audio`, BYTES, [batch] or [batch, 1]: whole files; in JSON in base64, binary as they are unless the parameter
  `content_type` is base64
- `columns`, FP64 or FP32, [batch, p]: the bundle's columns in their order, of clips of `duration` s (the longest
  measured length)

Gives `genre`, `probabilities` and `sure` for each clip, and `explanation` as JSON when it is asked for.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE
from classically_punk.audio.decode import HIGHEST_RATE, LOWEST_RATE
from classically_punk.contracts.classifier import FloatArray
from classically_punk.foundation.errors import shortened
from classically_punk.serving.http.tensors import (
    InferenceRequest,
    Output,
    Received,
    RequestError,
    RequestInput,
    byte_strings,
    numbers,
    parameter,
    wants_binary,
)

SHORT_HASH = 12
"""Hexadecimal digits of the version."""

DEFAULT_OUTPUTS = ("genre", "probabilities", "sure")
ON_REQUEST = ("explanation",)
"""Left out unless asked for by name: larger than all the others together."""


@dataclass(frozen=True)
class Limits:
    """What one request may bring. batch : audio files or rows of samples; rows : rows of columns; values : numbers"""

    batch: int
    rows: int
    values: int


@dataclass(frozen=True)
class Files:
    """Audio files to decode, describe and answer."""

    files: tuple[bytes, ...]


@dataclass(frozen=True)
class Samples:
    """Mono clips to describe and answer. values : shape (batch, n), full scale 1; rate : Hz"""

    values: NDArray[np.floating[Any]]
    rate: int


@dataclass(frozen=True)
class Columns:
    """Rows that are described already. values : shape (n, p); duration : s"""

    values: FloatArray
    duration: float


@dataclass(frozen=True)
class Row:
    """What is said of one clip. probabilities : in the order of the genres; explanation : as the other doors give it"""

    genre: str
    probabilities: Sequence[float]
    sure: bool
    explanation: Mapping[str, Any]


class TensorModel:
    """One bundle, as a client meets it.

    Its version is the beginning of its hash: who pins it gets these numbers and no others, on every replica and after
    a roll-back, and a changed bundle cannot keep an old version's number, as a counter could.
    """

    def __init__(self, card: Mapping[str, Any]) -> None:
        """card : what `serving.card` says of the bundle"""
        self.name: str = card["name"]
        self.version: str = card["sha256"][:SHORT_HASH]
        self.genres: tuple[str, ...] = tuple(card["genres"])
        self.n_columns = len(card["columns"])
        self.longest: float = card["lengths"][-1]["length"]

    def metadata(self) -> dict[str, Any]:
        """`$metadata_model_response`. What is more than the protocol's fields stands under `parameters`."""
        return {
            "name": self.name,
            "versions": [self.version],
            "platform": "classically-punk",
            "inputs": [
                {"name": "samples", "datatype": "FP32", "shape": [-1, -1]},
                {"name": "audio", "datatype": "BYTES", "shape": [-1]},
                {"name": "columns", "datatype": "FP64", "shape": [-1, self.n_columns]},
            ],
            "outputs": [
                {"name": "genre", "datatype": "BYTES", "shape": [-1]},
                {"name": "probabilities", "datatype": "FP64", "shape": [-1, len(self.genres)]},
                {"name": "sure", "datatype": "BOOL", "shape": [-1]},
            ],
            "parameters": {
                "inputs": "one of them",
                "genres": list(self.genres),
                "on_request": [{"name": "explanation", "datatype": "BYTES", "shape": [-1]}],
            },
        }

    def asked(self, received: Received, limits: Limits) -> Samples | Files | Columns:
        """What a request brings. Raises RequestError."""
        request = received.request
        if len(request.inputs) != 1:
            names = shortened(", ".join(each.name for each in request.inputs))
            raise RequestError(f"one input is taken, `samples`, `audio` or `columns`; found: {names}")
        tensor, binary = request.inputs[0], received.binary[0]
        if tensor.name == "samples":
            return self._samples(request, tensor, binary, limits)
        if tensor.name == "audio":
            return self._audio(request, tensor, binary, limits)
        if tensor.name == "columns":
            return self._columns(request, tensor, binary, limits)
        raise RequestError(f"no input `{shortened(tensor.name)}`: `samples`, `audio` and `columns` are known")

    def wanted(self, request: InferenceRequest) -> list[tuple[str, bool]]:
        """Names of the outputs to give, in the order asked for, each with whether it goes after the JSON.

        Raises RequestError for a name that is unknown, or asked for twice.
        """
        if not request.outputs:
            return [(name, wants_binary(request, None)) for name in DEFAULT_OUTPUTS]
        names = [each.name for each in request.outputs]
        known = (*DEFAULT_OUTPUTS, *ON_REQUEST)
        for name in names:
            if name not in known:
                raise RequestError(f"no output `{shortened(name)}`: {', '.join(known)} are known")
            if names.count(name) > 1:
                raise RequestError(f"output `{name}` is asked for twice")
        return [(each.name, wants_binary(request, each)) for each in request.outputs]

    def outputs(self, rows: Sequence[Row], wanted: Sequence[tuple[str, bool]]) -> list[tuple[Output, bool]]:
        """The answers as tensors, each with whether it goes after the JSON."""
        return [(self._output(name, rows), binary) for name, binary in wanted]

    def _output(self, name: str, rows: Sequence[Row]) -> Output:
        n = len(rows)
        if name == "genre":
            return Output(name, "BYTES", (n,), [row.genre.encode("utf-8") for row in rows])
        if name == "probabilities":
            table: NDArray[np.float64] = np.array([row.probabilities for row in rows], dtype=np.float64)
            return Output(name, "FP64", table.shape, table)
        if name == "sure":
            return Output(name, "BOOL", (n,), np.array([row.sure for row in rows], dtype=np.bool_))
        texts = [json.dumps(row.explanation, allow_nan=False, ensure_ascii=False).encode("utf-8") for row in rows]
        return Output(name, "BYTES", (n,), texts)

    def _samples(
        self, request: InferenceRequest, tensor: RequestInput, binary: memoryview | None, limits: Limits
    ) -> Samples:
        _require(tensor, ("FP32",), "[n] or [batch, n]", len(tensor.shape) in (1, 2))
        _require_batch(tensor, tensor.shape[0] if len(tensor.shape) == 2 else 1, limits.batch)
        rate = _number(request, tensor, "sample_rate", SAMPLE_RATE)
        if rate != round(rate) or not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise RequestError(
                f"input `samples`: sample_rate is {rate:g}; whole numbers from {LOWEST_RATE} to {HIGHEST_RATE} Hz"
            )
        return Samples(np.atleast_2d(numbers(tensor, binary, limits.values)), int(rate))

    def _audio(
        self, request: InferenceRequest, tensor: RequestInput, binary: memoryview | None, limits: Limits
    ) -> Files:
        flat = len(tensor.shape) == 1 or (len(tensor.shape) == 2 and tensor.shape[1] == 1)
        _require(tensor, ("BYTES",), "[batch] or [batch, 1]", flat)
        _require_batch(tensor, tensor.shape[0], limits.batch)
        kind = parameter(request, tensor, "content_type")
        if kind not in (None, "base64"):
            raise RequestError(f"input `audio`: content_type is {shortened(str(kind))}; base64 is known")
        return Files(tuple(byte_strings(tensor, binary, limits.batch, coded=kind == "base64")))

    def _columns(
        self, request: InferenceRequest, tensor: RequestInput, binary: memoryview | None, limits: Limits
    ) -> Columns:
        fits = len(tensor.shape) == 2 and tensor.shape[1] == self.n_columns
        _require(tensor, ("FP64", "FP32"), f"[batch, {self.n_columns}]", fits)
        _require_batch(tensor, tensor.shape[0], limits.rows)
        duration = _number(request, tensor, "duration", self.longest)
        if not 0 < duration <= 86_400:
            raise RequestError(f"input `columns`: duration is {duration:g} s; more than 0 and at most a day")
        values = numbers(tensor, binary, limits.values).astype(np.float64)
        return Columns(values, duration)


def _require(tensor: RequestInput, datatypes: tuple[str, ...], shape: str, fits: bool) -> None:
    if tensor.datatype not in datatypes:
        raise RequestError(
            f"input `{tensor.name}`: datatype {shortened(tensor.datatype)} found, {' or '.join(datatypes)} expected"
        )
    if not fits:
        raise RequestError(f"input `{tensor.name}`: shape {tensor.shape} found, {shape} expected")


def _require_batch(tensor: RequestInput, size: int, most: int) -> None:
    if not 1 <= size <= most:
        raise RequestError(f"input `{tensor.name}`: a batch of {size} found; 1 to {most} are taken")


def _number(request: InferenceRequest, tensor: RequestInput, name: str, default: float) -> float:
    found = parameter(request, tensor, name)
    if found is None:
        return default
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not abs(found) < 1e9:
        raise RequestError(f"input `{tensor.name}`: the parameter {name} must be a number, not {shortened(str(found))}")
    return float(found)
