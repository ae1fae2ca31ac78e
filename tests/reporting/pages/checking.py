"""What every page must fulfil, read from the finished HTML by Python's own parser."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from classically_punk.reporting.sources import shown

# Elements whose text may hold digits that are no results: code, publications, terms such as HC3, and names of data.
EXEMPT = {"code", "pre", "cite", "dfn", "script", "style", "title"}
VOID = {"meta", "link", "img", "br", "hr", "input", "col", "source", "wbr"}


@dataclass
class Page(HTMLParser):
    """A page taken apart. numbers: (text, address); stray: text with digits and no source."""

    numbers: list[tuple[str, str]] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    images: list[dict[str, str]] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    _open: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if "id" in known:
            self.ids.append(known["id"])
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        if tag == "img":
            self.images.append(known)
        self.loaded += [known[name] for name in ("src", "srcset", "data", "poster") if name in known]
        if tag == "link" and "href" in known:
            self.loaded.append(known["href"])
        if tag not in VOID:
            self._open.append((tag, known))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1][0] != tag:
            self.unclosed.append(tag)
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        source = next((known["data-source"] for _, known in self._open if "data-source" in known), None)
        if source is not None:
            self.numbers.append((data, source))
            return
        if any(tag in EXEMPT or "data-name" in known for tag, known in self._open):
            return
        self.words.append(data)
        if re.search(r"\d", data):
            self.stray.append(data.strip())

    def finished(self) -> "Page":
        self.close()
        self.unclosed += [tag for tag, _ in self._open]
        return self


def taken_apart(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page.finished()


def faults(html: str, root: Path, folder: Path) -> list[str]:
    """Everything that is wrong with a page of `folder`, whose numbers come from below `root`; [] when nothing is."""
    page = taken_apart(html)
    found = [f"number without a source: {words!r}" for words in page.stray]
    for number, address in page.numbers:
        if shown(address, root) != number:
            found.append(f"{address}: the page says {number!r}, the source {shown(address, root)!r}")
    found += [f"image without alternative text: {known['src'][:40]}" for known in page.images if not known.get("alt")]
    found += [f"loaded from elsewhere: {source[:80]}" for source in page.loaded if not source.startswith("data:")]
    found += [f"id twice: {name}" for name in {name for name in page.ids if page.ids.count(name) > 1}]
    found += [f"broken link: {link}" for link in page.links if not _leads_somewhere(link, page, folder)]
    found += [f"not closed, or closed twice: {tag}" for tag in page.unclosed]
    said = " ".join(page.words)
    undefined = re.findall(r"\b(?:undefined|None|nan|NaN|inf|Undefined)\b|\{\{|\}\}|\{%", said)
    found += [f"undefined value: {word}" for word in undefined]
    found += [f"empty number: {address}" for number, address in page.numbers if not number.strip()]
    return found


def _leads_somewhere(link: str, page: Page, folder: Path) -> bool:
    if link.startswith("#"):
        return link[1:] in page.ids
    if link.startswith("https://"):
        return True
    return (folder / link.split("#")[0]).exists()
