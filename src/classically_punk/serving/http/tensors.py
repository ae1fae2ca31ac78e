"""Tensors of the Open Inference Protocol v2: requests to arrays and byte strings, arrays to responses.

Two forms are read and written: `data` in the JSON, flat or nested, and the binary tensor data extension, in which
tensors follow the JSON and `Inference-Header-Content-Length` says where it ends. What a request claims is compared
with what it brought before anything of that size is made.

Source: the protocol's text, kserve/open-inference-protocol, specification/protocol/inference_rest.md; the extension,
triton-inference-server/server, docs/protocol/extension_binary_data.md.
"""

import base64
import binascii
import json
import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from classically_punk.foundation.errors import SHOWN, shortened

MOST_VALUES = 2_000_000
"""In the JSON of a request: 90 s at 22050 Hz. Parsed, a value takes 32 bytes for 2 sent; the extension takes none."""

MOST_BRACKETS = 10_000
"""Arrays and objects in the JSON of a request: a row of a batch is one, the rest a handful."""

Floats = NDArray[np.floating[Any]]
Datatype = Literal["BOOL", "FP32", "FP64", "BYTES"]

_STORED: dict[str, np.dtype[Any]] = {"FP32": np.dtype("<f4"), "FP64": np.dtype("<f8"), "BOOL": np.dtype("?")}
_LENGTH = struct.Struct("<I")
"""Before each element of a binary BYTES tensor."""


class RequestError(ValueError):
    """A request that is not what the protocol or the model asks for; the message is one sentence for its sender."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)  # senders may say more: extensions are part of the protocol


Parameters = Annotated[dict[str, Any] | None, Field(default=None, max_length=50)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class RequestInput(_Wire):
    """One input tensor. `data` is absent where the tensor follows the JSON."""

    name: Name
    shape: Annotated[list[Annotated[int, Field(strict=True, ge=0, lt=2**63)]], Field(min_length=1, max_length=8)]
    datatype: Annotated[str, Field(max_length=20)]
    parameters: Parameters
    data: Any = None


class RequestOutput(_Wire):
    """One output that is asked for."""

    name: Name
    parameters: Parameters


class InferenceRequest(_Wire):
    """`$inference_request` of the protocol."""

    id: Annotated[str | None, Field(max_length=200)] = None
    parameters: Parameters
    inputs: Annotated[list[RequestInput], Field(min_length=1, max_length=16)]
    outputs: Annotated[list[RequestOutput] | None, Field(max_length=16)] = None


@dataclass(frozen=True)
class Received:
    """A request, and for each of its inputs the bytes that came after the JSON, or None."""

    request: InferenceRequest
    binary: tuple[memoryview | None, ...]


@dataclass(frozen=True)
class Output:
    """One output tensor. values : an array of numbers, or a list of byte strings, in row-major order of `shape`"""

    name: str
    datatype: Datatype
    shape: tuple[int, ...]
    values: Floats | NDArray[np.bool_] | Sequence[bytes]

    def binary(self) -> bytes:
        """Little-endian, row-major; byte strings each with their length before them."""
        if isinstance(self.values, np.ndarray):
            return self.values.astype(_STORED[self.datatype], copy=False).tobytes()
        return b"".join(_LENGTH.pack(len(each)) + each for each in self.values)

    def plain(self) -> list[Any]:
        """Flat, as JSON has it; byte strings must be UTF-8."""
        if isinstance(self.values, np.ndarray):
            found: list[Any] = self.values.ravel().tolist()
            return found
        return [each.decode("utf-8") for each in self.values]


def receive(body: bytes | bytearray, header_length: str | None) -> Received:
    """A request from the body of a POST.

    header_length : the header Inference-Header-Content-Length, with which tensors follow the JSON
    Raises RequestError.
    """
    end = len(body) if header_length is None else _header_length(header_length, len(body))
    request = _parsed(body[:end])
    binary: list[memoryview | None] = []
    for each in request.inputs:
        name = shortened(each.name)
        size = _parameter(each.parameters, "binary_data_size")
        if size is None:
            binary.append(None)
            continue
        if header_length is None:
            raise RequestError(
                f"input `{name}` has the parameter binary_data_size, but the request no header "
                "Inference-Header-Content-Length, which says where its JSON ends"
            )
        if each.data is not None:
            raise RequestError(f"input `{name}` has both `data` and a binary_data_size: send one of them")
        if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size <= len(body) - end:
            raise RequestError(
                f"input `{name}`: binary_data_size is {shortened(str(size))}, "
                f"{len(body) - end} bytes are left of the body"
            )
        binary.append(memoryview(body)[end : end + size])
        end += size
    if end != len(body):
        raise RequestError(f"{len(body) - end} bytes after the JSON belong to no input by its binary_data_size")
    return Received(request, tuple(binary))


def numbers(tensor: RequestInput, binary: memoryview | None, most: int) -> Floats:
    """The values of an FP32 or FP64 tensor, in its shape.

    most : values at most
    Raises RequestError, also for NaN and infinity.
    """
    count = _count(tensor, most)
    kind = _STORED[tensor.datatype]
    if binary is not None:
        if len(binary) != count * kind.itemsize:
            raise RequestError(
                f"input `{tensor.name}`: shape {tensor.shape} of {tensor.datatype} takes {count * kind.itemsize} "
                f"bytes, {len(binary)} found"
            )
        found: Floats = np.frombuffer(binary, dtype=kind)
    else:
        values = _flat(tensor, count)
        if not all(type(value) in (int, float) for value in values):
            raise RequestError(f"input `{tensor.name}`: `data` of {tensor.datatype} holds numbers only")
        try:
            with np.errstate(over="ignore"):
                found = np.array(values, dtype=np.float64).astype(kind)
        except OverflowError:
            raise RequestError(f"input `{tensor.name}`: `data` holds a number that is too large") from None
    if not np.isfinite(found).all():
        raise RequestError(f"input `{tensor.name}`: NaN, infinity, or a number that {tensor.datatype} cannot hold")
    shaped: Floats = found.reshape(tensor.shape)
    return shaped


def byte_strings(tensor: RequestInput, binary: memoryview | None, most: int, coded: bool) -> list[bytes]:
    """The elements of a BYTES tensor.

    most  : elements at most
    coded : they are in base64; in JSON they always are, since it holds text only
    Raises RequestError.
    """
    count = _count(tensor, most)
    if binary is not None:
        found = list(_elements(tensor, binary, count))
        return [_decoded(tensor, each) for each in found] if coded else found
    values = _flat(tensor, count)
    if not all(type(value) is str for value in values):
        raise RequestError(f"input `{tensor.name}`: `data` of BYTES holds strings in base64")
    return [_decoded(tensor, value) for value in values]


def respond(head: dict[str, Any], outputs: Sequence[tuple[Output, bool]]) -> tuple[bytes, int | None]:
    """The body of a response, and the length of its JSON where tensors follow it.

    head : what stands before `outputs`; each output with whether its sender wants it binary
    """
    described, tail = [], []
    for output, wants_binary in outputs:
        entry: dict[str, Any] = {"name": output.name, "datatype": output.datatype, "shape": list(output.shape)}
        if wants_binary:
            tail.append(output.binary())
            entry["parameters"] = {"binary_data_size": len(tail[-1])}
        else:
            entry["data"] = output.plain()
        described.append(entry)
    text = json.dumps({**head, "outputs": described}, allow_nan=False, ensure_ascii=False).encode("utf-8")
    return b"".join([text, *tail]), len(text) if tail else None


def wants_binary(request: InferenceRequest, output: RequestOutput | None) -> bool:
    """Whether an output goes after the JSON: as it says itself, else as the request does, else not."""
    own = None if output is None else _parameter(output.parameters, "binary_data")
    wanted = _parameter(request.parameters, "binary_data_output") if own is None else own
    if wanted is not None and not isinstance(wanted, bool):
        raise RequestError("binary_data and binary_data_output are true or false")
    return bool(wanted)


def parameter(request: InferenceRequest, tensor: RequestInput, name: str) -> Any:
    """A parameter of an input, else of the whole request: some clients can only set the latter. None without it."""
    own = _parameter(tensor.parameters, name)
    return _parameter(request.parameters, name) if own is None else own


def _parameter(parameters: dict[str, Any] | None, name: str) -> Any:
    return None if parameters is None else parameters.get(name)


def _header_length(text: str, size: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= size):
        raise RequestError(f"Inference-Header-Content-Length is {shortened(text)}, the body has {size} bytes")
    return int(text)


def _parsed(text: bytes | bytearray) -> InferenceRequest:
    """Commas and brackets are counted first: a small body can unpack to many objects."""
    if text.count(b",") > MOST_VALUES:
        raise RequestError(
            f"the JSON holds more than {MOST_VALUES} values: send long tensors by the binary tensor data extension"
        )
    if text.count(b"[") + text.count(b"{") > MOST_BRACKETS:
        raise RequestError(f"the JSON holds more than {MOST_BRACKETS} arrays and objects: send flat `data`")
    try:
        found = json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"the body is no JSON: {shortened(str(error), 120)}") from None
    try:
        return InferenceRequest.model_validate(found)
    except ValidationError as error:
        lines = []
        for each in error.errors(include_url=False, include_input=False):
            place = ".".join(str(part) for part in each["loc"]) or "the request"
            lines.append(f"{shortened(place)}: {each['msg']}")
        more = f"; and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
        raise RequestError(f"this is no inference request: {'; '.join(lines[:SHOWN])}{more}") from None


def _refused(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _count(tensor: RequestInput, most: int) -> int:
    """Values that the shape asks for. Raises RequestError for none of them, and for more than `most`."""
    count = math.prod(tensor.shape)
    if not 0 < count <= most:
        raise RequestError(f"input `{tensor.name}`: shape {tensor.shape} holds {count} values; 1 to {most} are taken")
    return count


def _flat(tensor: RequestInput, count: int) -> list[Any]:
    """`data`, unnested. Raises RequestError unless it is flat, or nested as the shape says."""
    data = tensor.data
    if not isinstance(data, list):
        raise RequestError(f"input `{tensor.name}`: `data` is missing, or no array")
    if data and isinstance(data[0], list):
        rows: list[Any] = [data]
        for size in tensor.shape:
            if not all(isinstance(row, list) and len(row) == size for row in rows):
                raise RequestError(f"input `{tensor.name}`: `data` is nested otherwise than shape {tensor.shape} says")
            rows = [each for row in rows for each in row]
        return rows
    if len(data) != count:
        raise RequestError(f"input `{tensor.name}`: shape {tensor.shape} holds {count} values, {len(data)} found")
    return data


def _elements(tensor: RequestInput, binary: memoryview, count: int) -> Iterator[bytes]:
    """The elements of a binary BYTES tensor. Raises RequestError unless `count` of them fill it exactly."""
    place = 0
    for _ in range(count):
        start = place + _LENGTH.size
        end = start + _LENGTH.unpack_from(binary, place)[0] if start <= len(binary) else start
        if end > len(binary):
            raise RequestError(f"input `{tensor.name}`: its {len(binary)} bytes end within an element")
        yield bytes(binary[start:end])
        place = end
    if place != len(binary):
        raise RequestError(f"input `{tensor.name}`: {len(binary) - place} bytes follow its {count} elements")


def _decoded(tensor: RequestInput, text: str | bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RequestError(f"input `{tensor.name}`: an element is no base64 (RFC 4648, with its padding)") from None
