"""Deck and report in a real browser: nothing is loaded from elsewhere, nothing overflows, and every key works."""

import itertools
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from classically_punk.reporting.report.page import build_report
from classically_punk.reporting.slides.deck import build_deck
from classically_punk.reporting.slides.html import deck_html
from tests.reporting.pages.corpora import Drawn

REPOSITORY = Path(__file__).resolve().parents[3]
EXECUTABLE = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
if EXECUTABLE is None:
    pytest.skip("no chromium, google-chrome or chromium-browser on this machine", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

OVERFLOWING = """() => {
  const stage = document.querySelector('.shown .stage'), edge = stage.getBoundingClientRect(), found = [];
  const name = (element) => `${stage.parentElement.id}: ${element.className || element.tagName}`;
  const window_ = {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
  const outside = (a, b) =>
    a.left < b.left - 1 || a.top < b.top - 1 || a.right > b.right + 1 || a.bottom > b.bottom + 1;
  if (outside(edge, window_)) found.push(`${name(stage)} leaves the window`);
  for (const box of stage.querySelectorAll('.box, .foot')) {
    if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)
      found.push(`${name(box)} overflows`);
    if (outside(box.getBoundingClientRect(), edge)) found.push(`${name(box)} leaves the stage`);
  }
  for (const cell of stage.querySelectorAll('li, td, th, h2 span, p span')) {
    if (outside(cell.getBoundingClientRect(), edge)) found.push(`${name(cell)} leaves the stage`);
  }
  return found;
}"""
SHOWN = "() => [...document.querySelectorAll('.slide')].findIndex((slide) => slide.classList.contains('shown'))"


@dataclass
class Heard:
    """What a page asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self, page: Any) -> None:
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._console(message))

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def check(self) -> None:
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith(("file:", "data:"))] == []
        assert sum(url.startswith("file:") for url in self.requests) == 1


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    deck, report = Drawn("demo", REPOSITORY), Drawn("gtzan_published", REPOSITORY)
    (folder / "slides.html").write_text(deck_html(build_deck(deck)), encoding="utf-8")
    (folder / "report.html").write_text(build_report(report), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        yield launched
        launched.close()


@dataclass
class Opened:
    page: Any
    heard: Heard

    @property
    def at(self) -> int:
        return int(self.page.evaluate(SHOWN))


def opened(browser: Any, path: Path, **settings: Any) -> Opened:
    page = browser.new_context(**settings).new_page()
    heard = Heard()
    heard.listen(page)
    page.goto(path.as_uri())
    return Opened(page, heard)


def n_slides(page: Any) -> int:
    return int(page.locator(".slide").count())


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (390, 844)])
def test_no_slide_overflows(browser: Any, files: Path, width: int, height: int) -> None:
    deck = opened(browser, files / "slides.html", viewport={"width": width, "height": height}, reduced_motion="reduce")
    for place in range(n_slides(deck.page)):
        assert deck.at == place
        assert deck.page.evaluate(OVERFLOWING) == []
        deck.page.keyboard.press("ArrowRight")
    deck.heard.check()
    deck.page.context.close()


def test_keys_lead_through_the_deck_and_back(browser: Any, files: Path) -> None:
    deck = opened(browser, files / "slides.html")
    last = n_slides(deck.page) - 1
    for key, step in (("Space", 1), ("PageDown", 1), ("ArrowDown", 1), ("ArrowUp", -1), ("PageUp", -1)):
        before = deck.at
        deck.page.keyboard.press(key)
        assert deck.at == before + step
    deck.page.keyboard.press("End")
    assert deck.at == last
    deck.page.keyboard.press("ArrowRight")
    assert deck.at == last
    for _ in range(last):
        deck.page.keyboard.press("ArrowLeft")
    assert deck.at == 0
    deck.page.keyboard.press("End")
    deck.page.keyboard.press("Home")
    assert deck.at == 0
    deck.heard.check()
    deck.page.context.close()


def test_the_address_names_the_slide(browser: Any, files: Path) -> None:
    deck = opened(browser, files / "slides.html")
    deck.page.keyboard.press("ArrowRight")
    key = deck.page.evaluate("document.querySelector('.shown').id")
    assert deck.page.evaluate("location.hash") == f"#{key}"
    deck.page.reload()
    assert deck.at == 1
    assert deck.page.locator(".place").text_content() == f"2 / {n_slides(deck.page)}"
    deck.page.context.close()


def test_a_click_leads_on_and_back(browser: Any, files: Path) -> None:
    deck = opened(browser, files / "slides.html", viewport={"width": 1280, "height": 720})
    deck.page.mouse.click(1000, 300)
    assert deck.at == 1
    deck.page.mouse.click(100, 300)
    assert deck.at == 0
    deck.page.get_by_role("button", name="Next slide").click()
    assert deck.at == 1
    deck.page.context.close()


def test_a_swipe_leads_on_and_back(browser: Any, files: Path) -> None:
    deck = opened(browser, files / "slides.html", viewport={"width": 390, "height": 844}, has_touch=True)
    deck.page.touchscreen.tap(350, 420)
    assert deck.at == 1
    # the click that may follow the tap is the same tap
    deck.page.wait_for_timeout(400)
    assert deck.at == 1
    touch = deck.page.context.new_cdp_session(deck.page)
    for start, end, place in ((300, 80, 2), (300, 80, 3), (80, 300, 2)):
        for kind, at in (("touchStart", start), ("touchMove", (start + end) / 2), ("touchMove", end)):
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at, "y": 400}]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert deck.at == place
    # Chromium swallows the click of a tap that follows a swipe
    deck.page.touchscreen.tap(350, 420)
    assert deck.at == 3
    deck.page.touchscreen.tap(60, 420)
    assert deck.at == 2
    deck.page.context.close()


def test_notes_and_help_open_and_close(browser: Any, files: Path) -> None:
    deck = opened(browser, files / "slides.html")
    notes, help_ = deck.page.locator(".shown .notes"), deck.page.locator(".help")
    assert not notes.is_visible()
    deck.page.keyboard.press("n")
    assert notes.is_visible()
    stage = deck.page.locator(".shown .stage").bounding_box()
    assert stage["y"] + stage["height"] <= notes.bounding_box()["y"] + 1
    assert deck.page.evaluate(OVERFLOWING) == []
    deck.page.keyboard.press("n")
    assert not notes.is_visible()
    deck.page.keyboard.press("?")
    assert help_.is_visible()
    deck.page.keyboard.press("Escape")
    assert not help_.is_visible()
    deck.heard.check()
    deck.page.context.close()


def test_print_gives_a_page_for_each_slide(browser: Any, files: Path) -> None:
    deck = opened(browser, files / "slides.html")
    printed = deck.page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == n_slides(deck.page)
    deck.page.context.close()


def test_without_scripts_every_slide_stands_in_the_page(browser: Any, files: Path) -> None:
    deck = opened(browser, files / "slides.html", java_script_enabled=False, viewport={"width": 1280, "height": 720})
    slides = deck.page.locator(".slide")
    tops = [slides.nth(place).bounding_box()["y"] for place in range(slides.count())]
    assert all(later - earlier >= 720 for earlier, later in itertools.pairwise(tops))
    assert deck.page.locator(".notes").first.is_visible()
    assert not deck.page.locator(".controls").is_visible()
    deck.page.context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_loads_nothing_and_fits_the_window(browser: Any, files: Path, width: int) -> None:
    report = opened(browser, files / "report.html", viewport={"width": width, "height": 800})
    report.heard.check()
    assert report.page.evaluate("document.documentElement.scrollWidth") <= width
    report.page.context.close()
