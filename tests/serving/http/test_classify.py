"""Questions and answers over HTTP, in process: the whole service with a real process that answers."""

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from classically_punk.audio.canonical import SAMPLE_RATE, canonical_bytes
from classically_punk.audio.decode import DecodingLimits, decode
from classically_punk.bundle.reading import Loaded
from classically_punk.serving.answer import SHORTEST, Answerer
from classically_punk.serving.described import answer_json
from classically_punk.serving.http.pool import wav_of_floats

Sound = Callable[..., NDArray[np.int16]]

KINDS = ("hum", "noise", "pulses")


def file_of(samples: NDArray[np.int16], container: str, codec: str) -> bytes:
    target = io.BytesIO()
    soundfile.write(target, samples, SAMPLE_RATE, codec, format=container)
    return target.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_is_recognised(service: TestClient, make_sound: Sound, kind: str) -> None:
    found = service.post("/v1/classify", content=canonical_bytes(make_sound(kind, 100))).json()
    assert (found["genre"], found["sure"]) == (kind, True)
    assert sum(found["probabilities"].values()) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("detail", ["brief", "top", "all"])
def test_the_answer_is_that_of_the_command_line(
    service: TestClient, small_model: Loaded, make_sound: Sound, detail: str
) -> None:
    content = file_of(make_sound("hum", 101, 7.0), "FLAC", "PCM_24")
    over_http = service.post(f"/v1/classify?detail={detail}", content=content).json()
    decoded = decode(content, "", DecodingLimits(SHORTEST, 20.0))
    here = answer_json(Answerer(small_model).answer(decoded.samples, decoded), small_model, detail)  # type: ignore[arg-type]
    assert len(over_http.pop("request_id")) == 32
    assert over_http == json.loads(json.dumps(here))


def test_a_clip_of_the_longest_duration_is_taken_as_mp3_as_well(service: TestClient, make_sound: Sound) -> None:
    """An encoder fills up the last frame, so that the frames of 20 s are those of a little more."""
    content = file_of(make_sound("hum", 103, 20.0), "MP3", "MPEG_LAYER_III")
    assert service.post("/v1/classify", content=content).json()["clip"]["duration"] == pytest.approx(20.0, abs=0.2)


def test_terms_of_an_answer_add_up_to_its_margin(service: TestClient, make_sound: Sound) -> None:
    content = canonical_bytes(make_sound("pulses", 102))
    found = service.post("/v1/classify?detail=all", content=content).json()["explanation"]
    terms = sum(column["contribution"] for column in found["columns"])
    assert found["intercept"] + terms == pytest.approx(found["margin"], abs=1e-9)


@pytest.mark.parametrize(("container", "codec"), [("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_16")])
@pytest.mark.parametrize("kind", ["", "audio/mpeg", "application/octet-stream", "application/x-www-form-urlencoded"])
def test_the_content_decides_what_a_file_is_not_what_a_client_says(
    service: TestClient, make_sound: Sound, container: str, codec: str, kind: str
) -> None:
    content = file_of(make_sound("noise", 103, 2.0), container, codec)
    found = service.post("/v1/classify", content=content, headers={"Content-Type": kind} if kind else {})
    assert found.json()["best"] == "noise"
    assert found.json()["clip"]["codec"] == codec


TEXT = b"Twinkle, twinkle, little star\n" * 40


@pytest.mark.parametrize(
    ("content", "kind", "status", "code", "fault"),
    [
        (TEXT, "", 415, "unsupported_media", "not_audio"),
        (TEXT, "text/plain", 415, "unsupported_media", None),
        (TEXT, "multipart/form-data; boundary=x", 415, "unsupported_media", None),
        (b"", "", 422, "no_music", "empty_file"),
        (canonical_bytes(np.zeros(3 * SAMPLE_RATE, np.int16)), "", 422, "no_music", "silent"),
        (canonical_bytes(np.ones(SAMPLE_RATE // 4, np.int16)), "", 422, "no_music", "too_short"),
        (canonical_bytes(np.ones(21 * SAMPLE_RATE, np.int16)), "", 413, "too_long", "too_long"),
        (wav_of_floats(np.full(SAMPLE_RATE, np.nan, "<f4").tobytes(), SAMPLE_RATE), "", 422, "no_music", "not_finite"),
        (wav_of_floats(np.ones(SAMPLE_RATE, "<f4").tobytes(), 10), "", 415, "unsupported_media", "unsupported"),
        (canonical_bytes(np.ones(10, np.int16)) + bytes(2**21), "", 413, "too_large", None),
    ],
)
def test_what_gets_no_answer_gets_a_status_a_code_and_a_sentence(
    service: TestClient, content: bytes, kind: str, status: int, code: str, fault: str | None
) -> None:
    found = service.post("/v1/classify", content=content, headers={"Content-Type": kind} if kind else {})
    said = found.json()
    assert (found.status_code, said["code"], said.get("fault")) == (status, code, fault)
    assert set(said) <= {"error", "code", "fault"}
    assert said["error"].endswith(".")
    assert "ingest." not in said["error"], "parameters of the graph are nothing that a visitor knows"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/static/../app.py", 404, "not_found"),
        ("GET", "/static/%2e%2e/http/app.py", 404, "not_found"),
        ("GET", "/v1/examples/..%2f..%2fanswer.py", 404, "not_found"),
        ("GET", "/docs", 404, "not_found"),
        ("DELETE", "/v1/model", 405, "method_not_allowed"),
        ("GET", "/v1/classify", 405, "method_not_allowed"),
        ("POST", "/v1/classify?detail=everything", 400, "bad_request"),
        ("POST", "/v1/classify/batch", 400, "bad_request"),
    ],
)
def test_every_error_has_one_form(service: TestClient, method: str, path: str, status: int, code: str) -> None:
    found = service.request(method, path)
    assert (found.status_code, found.json()["code"]) == (status, code)
    assert set(found.json()) == {"error", "code"}


@pytest.mark.parametrize("path", ["/", "/v1/model", "/v1/examples", "/healthz", "/metrics", "/openapi.json", "/none"])
def test_every_response_keeps_browsers_safe(service: TestClient, path: str) -> None:
    headers = service.get(path, headers={"Origin": "https://elsewhere.example"}).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"]
    assert not {"set-cookie", "server", "access-control-allow-origin"} & set(headers)


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_pages_of_other_sites_may_not_ask(service: TestClient, make_sound: Sound, origin: str) -> None:
    content = canonical_bytes(make_sound("hum", 104))
    found = service.post("/v1/classify", content=content, headers={"Origin": origin})
    assert (found.status_code, found.json()["code"]) == (403, "foreign_page")
    assert service.post("/v1/classify", content=content, headers={"Origin": "http://127.0.0.1"}).status_code == 200


def test_a_request_may_bring_its_id_but_no_line_of_a_log(service: TestClient) -> None:
    assert service.get("/healthz", headers={"X-Request-ID": "trace-1.2"}).headers["x-request-id"] == "trace-1.2"
    assert service.get("/healthz", headers={"X-Request-ID": "a b\tc"}).headers["x-request-id"] != "a b\tc"


def test_several_files_each_get_their_own_answer_or_error(service: TestClient, make_sound: Sound) -> None:
    clips = [
        {"name": "one", "audio": base64.b64encode(canonical_bytes(make_sound("hum", 105))).decode()},
        {"name": "two", "audio": "no base64!"},
        {"name": "three", "audio": base64.b64encode(TEXT).decode()},
    ]
    found = service.post("/v1/classify/batch", json={"clips": clips}).json()["answers"]
    assert [each["name"] for each in found] == ["one", "two", "three"]
    assert [each.get("genre") or each["code"] for each in found] == ["hum", "bad_request", "unsupported_media"]
    too_many = service.post("/v1/classify/batch", json={"clips": clips + clips})
    assert (too_many.status_code, too_many.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"clips": []}', b"[" * 100_000, b'{"clips": [{"audio": 1}]}'])
def test_what_is_no_batch_is_said(service: TestClient, content: bytes) -> None:
    found = service.post("/v1/classify/batch", content=content)
    assert (found.status_code, found.json()["code"]) == (400, "bad_request")


def test_who_answers(service: TestClient, small_model: Loaded) -> None:
    found = service.get("/v1/model").json()
    assert found["genres"] == list(KINDS)
    assert found["sha256"] == small_model.bundle.sha256
    assert found["limits"] == {"bytes": 2**21, "seconds": 20.0}
    assert found["synthetic"] is True
    assert found["warnings"] == small_model.content.warnings


def test_what_is_documented_is_there(service: TestClient) -> None:
    paths = service.get("/openapi.json").json()["paths"]
    assert set(paths) >= {"/v1/classify", "/v1/classify/batch", "/v1/model", "/v1/examples", "/healthz", "/metrics"}
    asked = paths["/v1/classify"]["post"]
    example = asked["responses"]["200"]["content"]["application/json"]["example"]
    assert "audio/*" in asked["requestBody"]["content"]
    assert {"400", "408", "413", "415", "422", "503", "504"} <= set(asked["responses"])
    assert all("error" in asked["responses"][code]["content"]["application/json"]["example"] for code in ("413", "503"))
    sound = canonical_bytes((3000 * np.sin(np.arange(SAMPLE_RATE) / 10)).astype(np.int16))
    answer = service.post("/v1/classify", content=sound).json()
    assert set(example) == set(answer), "the example has the form of an answer"
    assert set(example["explanation"]) == set(answer["explanation"])


def test_what_happened_is_counted(service: TestClient, make_sound: Sound) -> None:
    def counted(line: str) -> float:
        lines = dict(each.rsplit(" ", 1) for each in service.get("/metrics").text.splitlines() if each[:1] != "#")
        return float(lines.get(line, 0))

    names = (
        'punk_requests_total{route="/v1/classify",status="200"}',
        'punk_requests_total{route="/v1/classify",status="415"}',
        'punk_answers_total{genre="pulses"}',
        'punk_unusable_files_total{fault="not_audio"}',
        'punk_refused_total{code="unsupported_media"}',
        *(f'punk_step_seconds_count{{step="{step}"}}' for step in ("queue", "decode", "describe", "answer")),
    )
    before = [counted(name) for name in names]
    service.post("/v1/classify", content=canonical_bytes(make_sound("pulses", 106)))
    service.post("/v1/classify", content=TEXT)
    assert [counted(name) - was for name, was in zip(names, before, strict=True)] == [1, 1, 1, 1, 1, 2, 1, 1, 1]
    assert counted("punk_workers") == 1
    assert counted("punk_buffered_bytes") == 0


def test_columns_are_logged_without_anything_else(service: TestClient, small_model: Loaded, make_sound: Sound) -> None:
    path: Path = service.app.state.settings.column_log  # type: ignore[attr-defined]
    found = service.post("/v1/classify?detail=all", content=canonical_bytes(make_sound("noise", 107))).json()
    line = json.loads(path.read_text(encoding="utf-8").splitlines()[-1])
    assert set(line) == {"request_id", "columns", "genre", "sure"}
    assert line["request_id"] == found["request_id"]
    assert (line["genre"], line["sure"]) == (found["best"], found["sure"])
    assert list(line["columns"]) == [column.column for column in small_model.content.columns]
    shown = {column["column"]: column["value"] for column in found["explanation"]["columns"]}
    assert line["columns"] == pytest.approx(shown, abs=1e-6)


def test_it_is_healthy(service: TestClient) -> None:
    found = service.get("/healthz")
    assert (found.status_code, found.json()) == (200, {"status": "ok", "workers": 1})
