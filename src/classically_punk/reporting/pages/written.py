"""The pages of a corpus as files: report, slides in two formats, model card in two formats."""

from collections.abc import Callable, Iterator
from pathlib import Path

from classically_punk.foundation.parallel import ordered_map
from classically_punk.foundation.writing import atomic_path
from classically_punk.reporting.card.page import build_card
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.report.page import build_report
from classically_punk.reporting.slides.deck import build_deck
from classically_punk.reporting.slides.html import deck_html
from classically_punk.reporting.slides.pptx import deck_pptx

Files = Iterator[tuple[str, bytes]]


def write_pages(results: Results, folder: Path) -> None:
    """Writes every page into `folder`. Raises PunkError when a metric or table that a page needs is not there."""
    jobs = [(builder, results) for builder in BUILDERS]
    for files in ordered_map(_built, jobs, expected=len(jobs), label="pages", unit="page"):
        for name, content in files:
            with atomic_path(folder / name) as temporary:
                temporary.write_bytes(content)


def _built(job: tuple[Callable[[Results], Files], Results]) -> list[tuple[str, bytes]]:
    builder, results = job
    return list(builder(results))


def _report(results: Results) -> Files:
    yield "report.html", build_report(results).encode()


def _slides(results: Results) -> Files:
    deck = build_deck(results)
    yield "slides.html", deck_html(deck).encode()
    yield "slides.pptx", deck_pptx(deck)


def _card(results: Results) -> Files:
    card = build_card(results)
    yield "model_card.md", card.markdown.encode()
    yield "model_card.html", card.html.encode()


BUILDERS = (_report, _slides, _card)
