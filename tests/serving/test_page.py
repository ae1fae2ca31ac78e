"""The page in a real browser, with a real service behind it: files, links, the microphone, and what goes wrong."""

import base64
import contextlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

EXECUTABLE = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
if EXECUTABLE is None:
    pytest.skip("no chromium, google-chrome or chromium-browser on this machine", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("uvicorn", reason="the extra [serve] is not installed")

REPOSITORY = Path(__file__).resolve().parents[2]
WIDTHS = {1280: 800, 768: 1024, 390: 844}
RATE = 22050
PAGE_EXAMPLES = REPOSITORY / "src/classically_punk/serving/page/examples"
QUIET = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
DEVICE = "--use-fake-device-for-media-stream"
STARTING, ANSWERING = 60_000, 20_000  # ms; how long is waited, not how long it takes
AWAY = ("net::ERR_CONNECTION_REFUSED", "net::ERR_CONNECTION_RESET", "net::ERR_INTERNET_DISCONNECTED")

KEEP_REQUESTS = """(() => {
  const asked = window.fetch;
  window.sounds = []; window.most = 0;
  let now = 0;
  window.fetch = async (address, options = {}) => {
    if (!(options.body instanceof Blob)) return asked(address, options);
    window.sounds.push(options.body);
    window.most = Math.max(window.most, ++now);
    try { return await asked(address, options); } finally { now--; }
  };
})()"""
LAST_SOUND = """async () => {
  const bytes = new Uint8Array(await window.sounds.at(-1).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}"""

Sound = NDArray[np.int16]


@dataclass
class Service:
    """`punk serve`, in a process that tests may end and start again at the same address."""

    bundle: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        code = "from classically_punk.cli.app import main; main()"
        command = ["serve", "--bundle", str(self.bundle), "--port", str(self.port), "--workers", "1"]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
        self.process = subprocess.Popen([sys.executable, "-c", code, *command], env=environment, stderr=subprocess.PIPE)
        for _ in range(STARTING // 50):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}healthz") as response:
                assert response.status == 200
                return
            assert self.process.poll() is None, self.process.communicate()[1].decode()
            time.sleep(0.05)
        raise AssertionError("the service does not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.communicate(timeout=30)
            self.process = None


@dataclass
class Opened:
    """A page, and what it asked for and complained about."""

    page: Any
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self._console(message))

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def upload(self, samples: Sound, name: str = "sound.wav") -> None:
        self.page.set_input_files("#file", {"name": name, "mimeType": "audio/wav", "buffer": wav(samples)})

    def shows(self, selector: str, text: str) -> None:
        sync_api.expect(self.page.locator(selector)).to_contain_text(text, timeout=ANSWERING)

    def asks(self, count: int) -> None:
        """Waits until so many sounds went to the service. The page's policy lets playwright wait for no expression."""
        for _ in range(ANSWERING // 50):
            if self.page.evaluate("window.sounds.length") >= count:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{count} requests were expected")

    def check(self, *expected: str) -> None:
        """Nothing from elsewhere, and no complaint but those that are part of what was tried."""
        assert [url for url in self.requests if not url.startswith((self.url, "blob:"))] == []
        assert [text for text in self.complaints if not any(each in text for each in expected)] == []
        self.page.context.close()


def wav(samples: Sound, rate: int = RATE) -> bytes:
    target = io.BytesIO()
    soundfile.write(target, samples, rate, format="WAV", subtype="PCM_16")
    return target.getvalue()


@pytest.fixture(scope="module")
def running(small_bundle: Path) -> Iterator[Service]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = Service(small_bundle, port)
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Any]:
    with sync_api.sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Any) -> Iterator[Any]:
    launched = playwright.chromium.launch(executable_path=EXECUTABLE, args=[*QUIET, DEVICE])
    yield launched
    launched.close()


@pytest.fixture
def opened(browser: Any, running: Service) -> Callable[..., Opened]:
    def open_page(at: str = "", within: Any = None, **settings: Any) -> Opened:
        context = (within or browser).new_context(**settings)
        context.add_init_script(KEEP_REQUESTS)
        found = Opened(context.new_page(), running.url)
        found.page.goto(running.url + at)
        found.page.wait_for_selector("#examples:not([hidden])")
        return found

    return open_page


@contextlib.contextmanager
def hearing(playwright: Any, folder: Path, samples: Sound, rate: int = RATE) -> Iterator[Any]:
    """A browser whose microphone hears `samples`, over and over. Playwright's own shell has no microphone, and would
    mute this one."""
    path = folder / "heard.wav"
    path.write_bytes(wav(samples, rate))
    heard = ["--headless=new", DEVICE, "--use-fake-ui-for-media-stream"]
    launched = playwright.chromium.launch(
        executable_path=EXECUTABLE,
        ignore_default_args=["--headless", "--mute-audio"],
        args=[*QUIET, *heard, f"--use-file-for-fake-audio-capture={path}"],
    )
    yield launched
    launched.close()


def test_a_file_is_answered_with_terms_that_add_up(
    opened: Callable[..., Opened], make_sound: Callable[..., Sound]
) -> None:
    found = opened()
    found.upload(make_sound("hum", 50), "hum.wav")
    found.shows("#genre", "hum")
    found.shows("#asked", "hum.wav · 3 s")
    assert found.page.title().startswith("Hum")
    found.shows("#said", "hum.wav: hum")
    for table in ("#families", "#columns"):
        amounts = found.page.locator(f"{table} td.amount").all_text_contents()
        *terms, lead = (float(text.replace("−", "-")) for text in amounts)
        assert abs(sum(terms) - lead) <= 0.0005 * (len(terms) + 1), table
    sizes = "cells => cells.map(cell => Number(cell.style.getPropertyValue('--size')))"
    assert max(found.page.locator(".scale i").evaluate_all(sizes)) == 1
    shares = found.page.locator("#bars li").all_text_contents()
    assert [text for text in shares if text.startswith("hum")]
    assert found.page.locator("#history li").count() == 1
    found.shows("#verdict", "Demonstration model")
    found.shows("#model-words", "It knows three kinds of sound and no music.")
    found.check()


def test_arrow_keys_lead_along_the_timeline(opened: Callable[..., Opened], make_sound: Callable[..., Sound]) -> None:
    found = opened()
    found.upload(np.concatenate([make_sound("hum", 51), make_sound("noise", 51)]))
    found.page.wait_for_selector("#timeline input")
    found.page.locator("#timeline input").first.focus()
    # its parts, which are as long as the longest measured length, then its windows
    for start, end, sounds in ((0, 3, "hum"), (3, 6, "noise"), (0, 1, "hum")):
        found.page.keyboard.press("ArrowDown")
        found.shows("#shares-title", f"from {start} s to {end} s")
        found.shows("#bars li.first", sounds)
    found.check()


def test_not_sure_names_the_candidates(opened: Callable[..., Opened], make_sound: Callable[..., Sound]) -> None:
    """The service's answer, turned into one that is not sure."""
    found = opened()

    def doubt(route: Any) -> None:
        response = route.fetch()
        unsure = {"genre": None, "sure": False, "probabilities": {"hum": 0.42, "noise": 0.36, "pulses": 0.22}}
        route.fulfill(response=response, json={**response.json(), **unsure})

    found.page.route("**/v1/classify*", doubt)
    found.upload(make_sound("hum", 52))
    found.shows("#genre", "Not sure")
    assert found.page.locator(".candidates li").all_text_contents() == ["hum42%", "noise36%", "pulses22%"]
    found.check()


def test_examples_links_and_addresses_are_followed_here_and_nowhere_else(opened: Callable[..., Opened]) -> None:
    found = opened()
    found.page.click("text=jazz")
    found.shows("#asked", "Synthesised jazz")
    found.shows("#verdict", "It was made as jazz.")
    assert found.page.url.endswith("#example=jazz.ogg")
    for link in ("/v1/examples/rock.ogg", f"{found.url}v1/examples/pop.ogg", "blues.ogg"):
        found.page.fill("#link", link)
        found.page.press("#link", "Enter")
        found.shows("#asked", f"Synthesised {link.rpartition('/')[2].removesuffix('.ogg')}")
    found.page.fill("#link", "https://example.org/song.mp3")
    found.page.click("#link-form button")
    found.shows("#problem", "Links to example.org are not followed.")
    found.page.fill("#link", "/v1/examples/none.ogg")
    found.page.press("#link", "Enter")
    found.shows("#problem", "There is no clip at /v1/examples/none.ogg.")
    found.check("404")
    again = opened("#example=metal.ogg")
    again.shows("#asked", "Synthesised metal")
    again.check()


def test_a_model_of_recordings_says_that_the_examples_are_none(opened: Callable[..., Opened]) -> None:
    found = opened()
    found.shows("#examples-words", "by bands that no model has heard")

    def recorded(route: Any) -> None:
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), "synthetic": False})

    found.page.route("**/v1/model", recorded)
    found.page.reload()
    found.shows("#examples-words", "the model that speaks learned from recordings")
    found.page.click("text=jazz")
    found.shows("#verdict", "It was made as jazz, by a recipe")
    found.check()


def test_a_dropped_file_is_answered(opened: Callable[..., Opened], make_sound: Callable[..., Sound]) -> None:
    found = opened()
    content = base64.b64encode(wav(make_sound("pulses", 53))).decode()
    found.page.evaluate(
        """(content) => {
          const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([bytes], 'dropped.wav'));
          for (const kind of ['dragover', 'drop'])
            document.body.dispatchEvent(new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true}));
        }""",
        content,
    )
    found.shows("#genre", "pulses")
    found.shows("#asked", "dropped.wav")
    found.check()


def test_what_is_no_music_is_told_and_the_last_answer_goes(
    opened: Callable[..., Opened], make_sound: Callable[..., Sound]
) -> None:
    found = opened()
    found.upload(make_sound("hum", 54))
    found.shows("#genre", "hum")
    letter = {"name": "letter.mp3", "mimeType": "audio/mpeg", "buffer": b"Dear friend, " * 99}
    found.page.set_input_files("#file", letter)
    found.shows("#problem", "letter.mp3: Holds text.")
    found.shows("#genre", "No answer")
    assert not found.page.locator("#why-part").is_visible()
    found.upload(np.zeros(3 * RATE, np.int16), "silence.wav")
    found.shows("#problem", "silence.wav: 100% of it is silence.")
    assert found.page.locator("#problem").get_attribute("role") == "alert"
    found.upload(make_sound("noise", 54))
    found.shows("#genre", "noise")
    assert not found.page.locator("#problem").is_visible()
    found.check("415", "422")


def test_the_last_answers_are_copied_saved_and_forgotten(
    opened: Callable[..., Opened], make_sound: Callable[..., Sound], tmp_path: Path
) -> None:
    found = opened(permissions=["clipboard-read", "clipboard-write"])
    for kind in ("hum", "noise"):
        found.upload(make_sound(kind, 55), f"{kind}.wav")
        found.shows("#asked", f"{kind}.wav · ")
    found.page.click("#copy")
    found.shows("#history-words", "Copied.")
    copied = json.loads(found.page.evaluate("navigator.clipboard.readText()"))
    assert [each["source"] for each in copied["answers"]] == ["noise.wav", "hum.wav"]
    assert [each["answer"]["genre"] for each in copied["answers"]] == ["noise", "hum"]
    with found.page.expect_download() as download:
        found.page.click("#download")
    download.value.save_as(tmp_path / "answers.json")
    assert json.loads((tmp_path / "answers.json").read_text(encoding="utf-8")) == copied
    found.page.click("#history li:last-child button")
    found.shows("#asked", "hum.wav")
    found.page.click("#forget")
    assert not found.page.locator("#history-part").is_visible()
    stores = "[localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, document.cookie]"
    assert found.page.evaluate(f"async () => {stores}") == [0, 0, 0, ""]
    assert found.page.context.cookies() == []
    found.check()


def test_the_microphone_hears_pitch_and_level_and_is_answered(
    playwright: Any, opened: Callable[..., Opened], make_sound: Callable[..., Sound], tmp_path: Path
) -> None:
    played = np.concatenate([make_sound("hum", 56)] * 4)
    with hearing(playwright, tmp_path, played) as browser:
        found = opened(within=browser)
        found.page.click("#listen")
        found.shows("#genre", "hum")
        found.asks(3)
        found.shows("#live-words", "Steadied")
        sound, rate = soundfile.read(io.BytesIO(base64.b64decode(found.page.evaluate(LAST_SOUND))))
        # Chromium's pretended microphone runs up to two in a hundred off
        assert abs(lowest_tone(sound, rate) / lowest_tone(played / 32768, RATE) - 1) < 0.03
        assert abs(decibels(sound) - decibels(played / 32768)) < 1.0
        assert len(sound) >= rate
        assert found.page.evaluate("window.most") == 1
        assert float(found.page.locator("#meter").get_attribute("aria-valuenow")) > -30
        assert "changing the sound" not in found.page.locator("#live-words").text_content()
        picture = "() => new Set(document.getElementById('mel').getContext('2d').getImageData(0, 0, 250, 72).data).size"
        assert found.page.evaluate(picture) > 10
        found.page.click("#listen")
        found.shows("#asked", "stopped")
        found.shows("#history li", "Microphone")
        found.check()


def test_the_microphone_says_of_music_what_the_file_says_and_outlives_the_service(
    playwright: Any, opened: Callable[..., Opened], tmp_path: Path
) -> None:
    music, rate = soundfile.read(io.BytesIO((PAGE_EXAMPLES / "metal.ogg").read_bytes()), dtype="int16")
    with hearing(playwright, tmp_path, np.concatenate([music] * 3), rate) as browser:
        found = opened("#example=metal.ogg", within=browser, viewport={"width": 390, "height": 844})
        found.page.wait_for_selector("#history li")
        said = found.page.locator("#bars li.first .name").text_content()
        found.page.click("#listen")
        found.asks(4)
        found.shows("#bars li.first", said)
        assert violations(found.page) == []
        found.page.context.set_offline(True)
        found.shows("#away", "The service does not answer. The microphone goes on.")
        heard = found.page.evaluate("window.sounds.length")
        found.page.context.set_offline(False)
        sync_api.expect(found.page.locator("#away")).to_be_hidden(timeout=ANSWERING)
        found.asks(heard + 1)
        found.check(*AWAY)


def test_a_refused_microphone_is_told(browser: Any, opened: Callable[..., Opened]) -> None:
    found = opened()
    found.page.click("#listen")
    found.shows("#problem", "The microphone was refused.")
    assert found.page.locator("#listen").get_attribute("aria-pressed") == "false"
    assert found.page.locator("#listen").is_enabled()
    found.check()


def test_the_service_goes_and_what_was_asked_is_answered_when_it_is_back(
    opened: Callable[..., Opened], running: Service, make_sound: Callable[..., Sound]
) -> None:
    found = opened()
    running.stop()
    found.upload(make_sound("pulses", 57))
    found.shows("#away", "The service does not answer. What you asked is kept.")
    running.start()
    found.shows("#genre", "pulses")
    sync_api.expect(found.page.locator("#away")).to_be_hidden()
    found.check(*AWAY)


@pytest.mark.parametrize("width", list(WIDTHS))
def test_axe_finds_nothing_and_nothing_overflows(
    opened: Callable[..., Opened], make_sound: Callable[..., Sound], width: int
) -> None:
    """Empty, then with an answer, a refusal and the last answers, each in light and in dark."""
    found = opened(viewport={"width": width, "height": WIDTHS[width]}, reduced_motion="reduce")
    assert violations_in_both_schemes(found.page) == []
    found.upload(np.concatenate([make_sound("hum", 58), make_sound("noise", 58)]))
    found.page.wait_for_selector("#history li")
    assert found.page.locator(".bar").first.evaluate("bar => getComputedStyle(bar).transitionDuration") == "0s"
    found.page.evaluate("document.getElementById('problem').hidden = false")
    found.page.evaluate("document.getElementById('problem').textContent = 'long'.repeat(60)")
    assert violations_in_both_schemes(found.page) == []
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    found.check()


def test_every_control_is_reached_by_the_keyboard(
    opened: Callable[..., Opened], make_sound: Callable[..., Sound]
) -> None:
    found = opened()
    found.upload(make_sound("hum", 59))
    found.page.wait_for_selector("#history li")
    found.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    reached = set()
    for _ in range(60):
        found.page.keyboard.press("Tab")
        reached.add(found.page.evaluate("document.activeElement.id || document.activeElement.name || ''"))
    assert reached >= {"listen", "file", "link", "stretch", "play", "copy", "download", "forget", "speaks"}
    found.check()


def violations_in_both_schemes(page: Any) -> list[str]:
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += violations(page)
    return found


def violations(page: Any) -> list[str]:
    """What axe finds: rule, and the first place."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    found = axe.Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]} {each['nodes'][0]['failureSummary']}" for each in found]


def decibels(signal: NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(np.square(signal))))


def lowest_tone(signal: NDArray[np.float64], rate: int) -> float:
    """Hz, of the lowest tone that is half as loud as the loudest, to 1 Hz."""
    spectrum = np.abs(np.fft.rfft(signal[-rate:] * np.hanning(rate)))
    return float(np.argmax(spectrum > spectrum.max() / 2) * 1.0)
