"""Tensors on the wire: the protocol's own examples, and what claims more than it brings."""

import base64
import json
import math
from typing import Any

import numpy as np
import pytest

from classically_punk.serving.http.tensors import (
    MOST_BRACKETS,
    MOST_VALUES,
    Output,
    RequestError,
    RequestInput,
    byte_strings,
    numbers,
    receive,
    respond,
    wants_binary,
)


def body(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def tensor(shape: list[int], datatype: str, data: Any = None, name: str = "t") -> RequestInput:
    return RequestInput(name=name, shape=shape, datatype=datatype, data=data, parameters=None)


EXAMPLE = {
    "id": "42",
    "inputs": [
        {"name": "input0", "shape": [2, 2], "datatype": "UINT32", "data": [1, 2, 3, 4]},
        {"name": "input1", "shape": [3], "datatype": "BOOL", "data": [True]},
    ],
    "outputs": [{"name": "output0"}],
}
"""From the protocol's text."""


def test_the_protocols_example_is_read() -> None:
    request = receive(body(**EXAMPLE), None).request
    assert request.id == "42"
    assert [each.name for each in request.inputs] == ["input0", "input1"]
    assert request.outputs is not None
    assert request.outputs[0].name == "output0"


def test_the_extensions_example_is_read_and_answered() -> None:
    """19 bytes after the JSON, 16 of the first input and 3 of the second; 24 bytes of 3 x 2 FP32 come back."""
    inputs = [
        {"name": "input0", "shape": [2, 2], "datatype": "UINT32", "parameters": {"binary_data_size": 16}},
        {"name": "input1", "shape": [3], "datatype": "BOOL", "parameters": {"binary_data_size": 3}},
    ]
    outputs = [{"name": "output0", "parameters": {"binary_data": True}}]
    head = body(model_name="mymodel", inputs=inputs, outputs=outputs)
    received = receive(head + bytes(range(19)), str(len(head)))
    first, second = received.binary
    assert first is not None
    assert second is not None
    assert bytes(first) == bytes(range(16))
    assert bytes(second) == bytes(range(16, 19))
    assert received.request.outputs is not None
    assert wants_binary(received.request, received.request.outputs[0])
    found = Output("output0", "FP32", (3, 2), np.array([[1.0, 1.1], [2.0, 2.1], [3.0, 3.1]]))
    answer, length = respond({}, [(found, True)])
    assert length is not None
    assert json.loads(answer[:length])["outputs"] == [
        {"name": "output0", "datatype": "FP32", "shape": [3, 2], "parameters": {"binary_data_size": 24}}
    ]
    assert np.frombuffer(answer[length:], "<f4") == pytest.approx([1.0, 1.1, 2.0, 2.1, 3.0, 3.1])


@pytest.mark.parametrize(
    ("of_all", "own", "binary"),
    [(None, None, False), (True, None, True), (True, False, False), (False, True, True), (None, True, True)],
)
def test_an_outputs_own_word_on_its_form_goes_before_the_requests(
    of_all: bool | None, own: bool | None, binary: bool
) -> None:
    parameters = {} if of_all is None else {"binary_data_output": of_all}
    asked = {"name": "y"} if own is None else {"name": "y", "parameters": {"binary_data": own}}
    inputs = [{"name": "t", "shape": [1], "datatype": "FP32", "data": [0]}]
    request = receive(body(inputs=inputs, outputs=[asked], parameters=parameters), None).request
    assert request.outputs is not None
    assert wants_binary(request, request.outputs[0]) is binary


def test_flat_nested_and_binary_data_are_the_same_tensor(rng: np.random.Generator) -> None:
    values = rng.standard_normal((3, 4)).astype(np.float32)
    forms = [
        numbers(tensor([3, 4], "FP32", values.ravel().tolist()), None, 12),
        numbers(tensor([3, 4], "FP32", values.tolist()), None, 12),
        numbers(tensor([3, 4], "FP32"), memoryview(values.astype("<f4").tobytes()), 12),
    ]
    for found in forms:
        assert found.dtype == np.float32
        assert np.array_equal(found, values)


def test_byte_strings_in_base64_and_binary_are_the_same() -> None:
    elements = [b"", b"\x00\xff", "gänsehaut".encode()]
    coded = [base64.b64encode(each).decode() for each in elements]
    raw = b"".join(len(each).to_bytes(4, "little") + each for each in elements)
    assert byte_strings(tensor([3], "BYTES", coded), None, 3, coded=False) == elements
    assert byte_strings(tensor([3, 1], "BYTES", [[each] for each in coded]), None, 3, coded=True) == elements
    assert byte_strings(tensor([3], "BYTES"), memoryview(raw), 3, coded=False) == elements


def test_a_byte_output_is_utf8_in_json_and_has_its_lengths_in_binary() -> None:
    output = Output("genre", "BYTES", (2,), [b"pop", "é".encode()])
    assert output.plain() == ["pop", "é"]
    assert output.binary() == b"\x03\x00\x00\x00pop\x02\x00\x00\x00\xc3\xa9"
    assert Output("sure", "BOOL", (2,), np.array([True, False])).binary() == b"\x01\x00"


@pytest.mark.parametrize(
    ("shape", "datatype", "data", "words"),
    [
        ([3], "FP32", [1.0, 2.0], "shape [3] holds 3 values, 2 found"),
        ([2, 2], "FP32", [[1, 2], [3]], "nested otherwise"),
        ([4], "FP32", [[1, 2], [3, 4]], "nested otherwise"),
        ([2], "FP32", [1, [2]], "numbers only"),
        ([2], "FP32", [1, True], "numbers only"),
        ([2], "FP32", [1, "2"], "numbers only"),
        ([2], "FP32", [1, None], "numbers only"),
        ([1], "FP32", [1e39], "cannot hold"),
        ([1], "FP64", [10**400], "too large"),
        ([1], "FP32", None, "missing"),
        ([1], "FP32", {"0": 1}, "no array"),
        ([0], "FP32", [], "holds 0 values"),
        ([2**62, 2**62], "FP32", [], "1 to 100"),
        ([101], "FP32", [0] * 101, "1 to 100"),
    ],
)
def test_numbers_that_are_not_what_they_claim(shape: list[int], datatype: str, data: Any, words: str) -> None:
    with pytest.raises(RequestError) as error:
        numbers(tensor(shape, datatype, data), None, 100)
    assert words in str(error.value)


@pytest.mark.parametrize("planted", [math.nan, math.inf, -math.inf])
def test_binary_numbers_are_finite(planted: float) -> None:
    with pytest.raises(RequestError, match="NaN"):
        numbers(tensor([1], "FP32"), memoryview(np.array([planted], "<f4").tobytes()), 1)


def test_binary_numbers_fill_their_shape() -> None:
    with pytest.raises(RequestError, match="takes 8 bytes, 7 found"):
        numbers(tensor([2], "FP32"), memoryview(bytes(7)), 2)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\x01\x00\x00", "end within an element"),
        (b"\xff\xff\xff\xffab", "end within an element"),
        (b"\x01\x00\x00\x00ab", "1 bytes follow its 1 elements"),
    ],
)
def test_binary_byte_strings_that_lie_about_their_length(raw: bytes, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        byte_strings(tensor([1], "BYTES"), memoryview(raw), 1, coded=False)


@pytest.mark.parametrize("text", ["%%%", "YQ", "é", 3, None])
def test_what_is_no_base64_is_refused(text: Any) -> None:
    with pytest.raises(RequestError, match="base64"):
        byte_strings(tensor([1], "BYTES", [text]), None, 1, coded=True)


INPUT = {"name": "t", "shape": [1], "datatype": "FP32", "data": [0]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[]", "no inference request"),
        (b'{"inputs": [NaN]}', "NaN is no JSON number"),
        (b'{"inputs": ' + b"[" * 9_000, "no JSON"),
        (b"[" * (MOST_BRACKETS + 1), "arrays and objects"),
        (b"[" + b"," * (MOST_VALUES + 1), "binary tensor data extension"),
        (b'{"inputs": []}', "inputs"),
        (body(inputs=[{**INPUT, "shape": [True]}]), "shape.0"),
        (body(inputs=[{**INPUT, "shape": [1.0]}]), "shape.0"),
        (body(inputs=[{**INPUT, "shape": [-1]}]), "shape.0"),
        (body(inputs=[{**INPUT, "shape": []}]), "shape"),
        (body(inputs=[{**INPUT, "shape": [2**63]}]), "shape.0"),
        (body(inputs=[{**INPUT, "name": "n" * 1000}]), "name"),
        (body(inputs=[INPUT], id=[]), "id"),
        (body(inputs=[INPUT] * 17), "inputs"),
    ],
)
def test_bodies_that_are_no_request(text: bytes, words: str) -> None:
    with pytest.raises(RequestError) as error:
        receive(text, None)
    assert words in str(error.value)
    assert len(str(error.value)) < 600


@pytest.mark.parametrize(
    ("size", "extra", "header", "words"),
    [
        (4, b"abcd", None, "no header"),
        (5, b"abcd", "", "binary_data_size is 5, 4 bytes are left"),
        (-1, b"abcd", "", "binary_data_size is -1"),
        (True, b"abcd", "", "binary_data_size is True"),
        (3, b"abcd", "", "1 bytes after the JSON belong to no input"),
        (4, b"abcd", "+1", "Inference-Header-Content-Length is +1"),
        (4, b"abcd", "100000", "Inference-Header-Content-Length"),
        (4, b"abcd", "9" * 5000, "Inference-Header-Content-Length"),
    ],
)
def test_binary_sizes_that_do_not_add_up(size: Any, extra: bytes, header: str | None, words: str) -> None:
    head = body(inputs=[{**INPUT, "data": None, "parameters": {"binary_data_size": size}}])
    whole = head + extra if header is not None else head
    with pytest.raises(RequestError) as error:
        receive(whole, str(len(head)) if header == "" else header)
    assert words in str(error.value)


def test_data_comes_in_one_form_only() -> None:
    head = body(inputs=[{**INPUT, "parameters": {"binary_data_size": 4}}])
    with pytest.raises(RequestError, match="send one of them"):
        receive(head + bytes(4), str(len(head)))
