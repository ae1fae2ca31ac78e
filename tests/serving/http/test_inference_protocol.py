"""The Open Inference Protocol v2, by its text and by a client that others wrote, against a server on the loopback."""

import base64
import gzip
import http.client
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import tritonclient.http as triton
from numpy.typing import NDArray
from tritonclient.utils import InferenceServerException

from classically_punk.audio.canonical import canonical_bytes
from classically_punk.bundle.reading import Loaded
from classically_punk.serving.answer import Answerer
from classically_punk.serving.http.server import server
from classically_punk.serving.http.settings import Settings

SECONDS = 3.0
BATCH = 4
Sound = Callable[..., NDArray[np.int16]]


@dataclass(frozen=True)
class Served:
    """A service that runs. version : of its model"""

    port: int
    version: str

    def asked(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
                connection.request(method, path, body or None, {k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def infer(self, **fields: Any) -> tuple[int, dict[str, Any]]:
        return self.asked("POST", "/v2/models/small/infer", json.dumps(fields).encode())


@pytest.fixture(scope="module")
def served(small_bundle: Path, small_model: Loaded) -> Iterator[Served]:
    """uvicorn in a thread, with one process that answers."""
    settings = Settings(bundle=small_bundle, port=0, workers=1, batch=BATCH, body=2 * 2**20, duration=20.0)
    running = server(settings)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive()
        time.sleep(0.02)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield Served(port, small_model.bundle.sha256[:12])
    running.should_exit = True
    thread.join(30)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[triton.InferenceServerClient]:
    found = triton.InferenceServerClient(f"127.0.0.1:{served.port}", network_timeout=60.0)
    yield found
    found.close()


def given(name: str, values: NDArray[Any], datatype: str, binary: bool = True) -> triton.InferInput:
    found = triton.InferInput(name, list(values.shape), datatype)
    found.set_data_from_numpy(values, binary_data=binary)
    return found


def as_floats(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    return (samples / 32768).astype(np.float32)


def words(found: triton.InferResult, name: str) -> list[str]:
    return [each.decode() for each in found.as_numpy(name)]


# what the protocol's text says


@pytest.mark.parametrize("place", ["live", "ready"])
def test_health_says_both_words(served: Served, place: str) -> None:
    """The text has `live` in both answers; its readers look for `ready` in one."""
    assert served.asked("GET", f"/v2/health/{place}") == (200, {"live": True, "ready": True})


def test_server_metadata(served: Served) -> None:
    status, found = served.asked("GET", "/v2")
    assert status == 200
    assert set(found) == {"name", "version", "extensions"}
    assert found["extensions"] == ["binary_tensor_data"]


def test_model_metadata(served: Served, small_model: Loaded) -> None:
    status, found = served.asked("GET", "/v2/models/small")
    assert status == 200
    assert (found["name"], found["versions"]) == ("small", [served.version])
    assert isinstance(found["platform"], str)
    for tensor in (*found["inputs"], *found["outputs"]):
        assert set(tensor) == {"name", "datatype", "shape"}
    assert [each["shape"] for each in found["inputs"]][2] == [-1, len(small_model.content.columns)]
    assert served.asked("GET", f"/v2/models/small/versions/{served.version}") == (200, found)


def test_model_ready(served: Served) -> None:
    for path in ("small", f"small/versions/{served.version}"):
        status, found = served.asked("GET", f"/v2/models/{path}/ready")
        assert (status, found["name"], found["ready"]) == (200, "small", True)


@pytest.mark.parametrize("model", ["large", "small/versions/1", "small/versions/0123456789ab"])
@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/ready"), ("POST", "/infer")])
def test_other_models_and_versions_are_not_found(served: Served, model: str, method: str, path: str) -> None:
    status, found = served.asked(method, f"/v2/models/{model}{path}", b"{}" if method == "POST" else b"")
    assert status == 404
    assert isinstance(found["error"], str)


def test_a_plain_request_gets_all_outputs_that_the_metadata_names(
    served: Served, small_model: Loaded, make_sound: Sound
) -> None:
    """In JSON, flat, each as long as its shape says, with the request's id and the model's version."""
    values = as_floats(make_sound("noise", 100, 1.0))
    tensor = {"name": "samples", "shape": [values.size], "datatype": "FP32", "data": values.tolist()}
    status, found = served.infer(id="42", inputs=[tensor])
    assert status == 200
    assert (found["id"], found["model_name"], found["model_version"]) == ("42", "small", served.version)
    outputs = {each["name"]: each for each in found["outputs"]}
    described = served.asked("GET", "/v2/models/small")[1]["outputs"]
    assert [each["name"] for each in found["outputs"]] == [each["name"] for each in described]
    for each in found["outputs"]:
        assert len(each["data"]) == np.prod(each["shape"])
    assert outputs["genre"]["data"] == ["noise"]
    assert outputs["probabilities"]["shape"] == [1, len(small_model.content.genres)]
    assert sum(outputs["probabilities"]["data"]) == pytest.approx(1, abs=1e-5)
    assert outputs["sure"]["datatype"] == "BOOL"
    assert outputs["sure"]["data"] in ([True], [False])


def test_a_request_without_an_id_gets_none_back(served: Served, small_model: Loaded) -> None:
    row = [0.0] * len(small_model.content.columns)
    tensor = {"name": "columns", "shape": [1, len(row)], "datatype": "FP64", "data": [row], "parameters": None}
    status, found = served.infer(inputs=[tensor], outputs=None, parameters=None, id=None)  # as MLServer's types write
    assert status == 200
    assert "id" not in found


# a client that others wrote


def test_triton_finds_the_service_well(client: triton.InferenceServerClient, served: Served) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("small")
    assert client.is_model_ready("small", served.version)
    assert not client.is_model_ready("large")
    assert client.get_server_metadata()["name"] == "classically-punk"
    assert client.get_model_metadata("small")["versions"] == [served.version]


def test_triton_sends_samples_and_gets_what_a_file_would(
    client: triton.InferenceServerClient, served: Served, make_sound: Sound
) -> None:
    """16-bit samples as floats are the same samples: the batch's answers are those to the WAV files."""
    kinds = ["hum", "pulses", "noise"]
    clips = [make_sound(kind, 100, SECONDS) for kind in kinds]
    found = client.infer("small", [given("samples", np.stack([as_floats(each) for each in clips]), "FP32")])
    assert words(found, "genre") == kinds
    assert found.as_numpy("sure").dtype == np.bool_
    for clip, probabilities in zip(clips, found.as_numpy("probabilities"), strict=True):
        answer = served.asked("POST", "/v1/classify", canonical_bytes(clip))[1]
        assert list(answer["probabilities"].values()) == probabilities.tolist()


def test_triton_says_another_rate_for_the_whole_request(
    client: triton.InferenceServerClient, served: Served, make_sound: Sound
) -> None:
    """It has no way to give an input parameters of its own. The answer is that to a file at that rate."""
    values = as_floats(make_sound("hum", 101, SECONDS))
    found = client.infer("small", [given("samples", values, "FP32")], parameters={"sample_rate": 16000})
    file = io.BytesIO()
    soundfile.write(file, values, 16000, format="WAV", subtype="FLOAT")
    answer = served.asked("POST", "/v1/classify", file.getvalue())[1]
    assert list(answer["probabilities"].values()) == found.as_numpy("probabilities")[0].tolist()
    assert answer["clip"]["source_rate"] == 16000


def test_triton_sends_files_binary_and_in_base64(client: triton.InferenceServerClient, make_sound: Sound) -> None:
    files = [canonical_bytes(make_sound(kind, 102, SECONDS)) for kind in ("pulses", "hum")]
    binary = client.infer("small", [given("audio", np.array(files, dtype=object), "BYTES")])
    coded = np.array([[base64.b64encode(each)] for each in files], dtype=object)
    plain = client.infer("small", [given("audio", coded, "BYTES", binary=False)])
    told = client.infer("small", [given("audio", coded, "BYTES")], parameters={"content_type": "base64"})
    assert words(binary, "genre") == ["pulses", "hum"]
    for found in (plain, told):
        assert np.array_equal(found.as_numpy("probabilities"), binary.as_numpy("probabilities"))


@pytest.mark.parametrize("binary", [True, False])
def test_triton_sends_columns_and_gets_what_the_clip_would(
    client: triton.InferenceServerClient, small_model: Loaded, make_sound: Sound, binary: bool
) -> None:
    answers = [Answerer(small_model).answer(make_sound(kind, 103, SECONDS)) for kind in ("hum", "noise")]
    rows = np.stack([each.columns for each in answers])
    found = client.infer("small", [given("columns", rows, "FP64", binary)])
    assert words(found, "genre") == ["hum", "noise"]
    expected = np.stack([each.whole.probabilities for each in answers])
    assert np.abs(found.as_numpy("probabilities") - expected).max() < 1e-9


def test_columns_of_shorter_clips_are_answered_as_at_their_length(
    client: triton.InferenceServerClient, small_model: Loaded, make_sound: Sound
) -> None:
    answer = Answerer(small_model).answer(make_sound("hum", 104, 1.0))
    tensor = given("columns", answer.columns[None, :].astype(np.float32), "FP32")
    found = client.infer("small", [tensor], parameters={"duration": 1.0})
    assert np.abs(found.as_numpy("probabilities")[0] - answer.whole.probabilities).max() < 1e-4


@pytest.mark.parametrize("kind", ["samples", "columns"])
def test_triton_asks_for_some_outputs_in_its_own_order(
    client: triton.InferenceServerClient, small_model: Loaded, make_sound: Sound, kind: str
) -> None:
    """One binary, one not; the explanation's terms add up to its margin."""
    clip = make_sound("pulses", 105, SECONDS)
    rows = Answerer(small_model).answer(clip).columns[None, :]
    sent = {"samples": (as_floats(clip), "FP32"), "columns": (rows, "FP64")}[kind]
    wanted = [triton.InferRequestedOutput("explanation"), triton.InferRequestedOutput("genre", binary_data=False)]
    found = client.infer("small", [given(kind, *sent)], outputs=wanted, request_id="a-1")
    response = found.get_response()
    assert response["id"] == "a-1"
    assert [each["name"] for each in response["outputs"]] == ["explanation", "genre"]
    assert response["outputs"][1]["data"] == ["pulses"]
    why = json.loads(found.as_numpy("explanation")[0])
    assert why["winner"] == "pulses"
    total = why["intercept"] + sum(each["contribution"] for each in why["columns"])
    assert total == pytest.approx(why["margin"], abs=1e-9)
    assert found.as_numpy("sure") is None


def test_triton_is_told_what_is_wrong(client: triton.InferenceServerClient) -> None:
    with pytest.raises(InferenceServerException, match=r"`columns`: shape \[1, 3\] found") as error:
        client.infer("small", [given("columns", np.zeros((1, 3)), "FP64")])
    assert error.value.status() == "400"


# what is refused


def tensor(name: str, shape: list[int], datatype: str, data: list[Any], **parameters: Any) -> dict[str, Any]:
    return {"name": name, "shape": shape, "datatype": datatype, "data": data, "parameters": parameters}


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ([tensor("songs", [1], "FP32", [0])], "no input `songs`"),
        ([tensor("samples", [1], "FP32", [0])] * 2, "one input is taken"),
        ([tensor("samples", [1], "FP64", [0])], "datatype FP64 found, FP32 expected"),
        ([tensor("samples", [1, 1, 1], "FP32", [0])], "[n] or [batch, n] expected"),
        ([tensor("samples", [BATCH + 1, 1], "FP32", [0] * (BATCH + 1))], f"a batch of {BATCH + 1} found; 1 to {BATCH}"),
        ([tensor("samples", [0, 9], "FP32", [])], "a batch of 0"),
        ([tensor("samples", [2**40], "FP32", [0])], f"holds {2**40} values"),
        ([tensor("samples", [1], "FP32", [0], sample_rate=0)], "sample_rate is 0"),
        ([tensor("samples", [1], "FP32", [0], sample_rate=22050.5)], "whole numbers from"),
        ([tensor("samples", [1], "FP32", [0], sample_rate="22050")], "must be a number"),
        ([tensor("audio", [1, 2], "BYTES", ["", ""])], "[batch] or [batch, 1] expected"),
        ([tensor("audio", [1], "BYTES", ["?"])], "no base64"),
        ([tensor("audio", [1], "BYTES", [""], content_type="str")], "content_type is str"),
        ([tensor("columns", [1, 3], "FP64", [0, 0, 0])], "[batch, 8] expected"),
        ([tensor("columns", [1, 8], "INT64", [0] * 8)], "FP64 or FP32 expected"),
        ([tensor("columns", [1, 8], "FP64", [0] * 8, duration=-1)], "duration is -1 s"),
        ([tensor("columns", [1001, 8], "FP64", [])], "a batch of 1001"),
    ],
)
def test_inputs_that_the_model_does_not_take(served: Served, inputs: list[dict[str, Any]], words: str) -> None:
    status, found = served.infer(inputs=inputs)
    assert status == 400
    assert words in found["error"]


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ([{"name": "artist"}], "no output `artist`"),
        ([{"name": "genre"}, {"name": "genre"}], "asked for twice"),
        ([{"name": "genre", "parameters": {"binary_data": 1}}], "true or false"),
    ],
)
def test_outputs_that_the_model_does_not_give(served: Served, outputs: list[dict[str, Any]], words: str) -> None:
    status, found = served.infer(inputs=[tensor("columns", [1, 8], "FP64", [0] * 8)], outputs=outputs)
    assert status == 400
    assert words in found["error"]


def test_one_clip_without_music_refuses_the_batch_by_its_place(served: Served, make_sound: Sound) -> None:
    clips = np.stack([as_floats(make_sound("hum", 106, 1.0)), np.zeros(22050, np.float32)])
    status, found = served.infer(inputs=[tensor("samples", [2, 22050], "FP32", clips.ravel().tolist())])
    assert status == 422
    assert found["error"].startswith("clip 1 of the batch: ")


def test_what_is_no_audio_is_415_as_everywhere(served: Served) -> None:
    data = [base64.b64encode(b"no music at all").decode()]
    assert served.infer(inputs=[tensor("audio", [1], "BYTES", data)])[0] == 415


def test_columns_that_no_clip_has_are_refused_by_their_row(served: Served) -> None:
    rows = [0.0] * 8 + [1e308] * 8
    status, found = served.infer(inputs=[tensor("columns", [2, 8], "FP64", rows)])
    assert status == 422
    assert "Row 1" in found["error"]


def test_a_body_that_is_too_large_or_packed_is_refused(served: Served) -> None:
    path = "/v2/models/small/infer"
    assert served.asked("POST", path, gzip.compress(b"{}"), Content_Encoding="gzip")[0] == 415
    status, found = served.asked("POST", path, b" " * (2 * 2**20 + 1))
    assert (status, found["code"]) == (413, "too_large")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"inputs": 1}', b"\xff", b"[" * 5000])
def test_what_is_no_request_is_400(served: Served, body: bytes) -> None:
    status, found = served.asked("POST", "/v2/models/small/infer", body)
    assert status == 400
    assert isinstance(found["error"], str)
