"""Templates -> pages. A name that a template uses and nobody gave is an error, never an empty space."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from classically_punk.contracts.protocols import by_prominence
from classically_punk.reporting.pages.phrases import amount, compared, in_words
from classically_punk.reporting.pages.text import Name, Term, listed, text


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("classically_punk.reporting"),
        autoescape=select_autoescape(["html", "html.j2"], default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "name": Name, "term": Term, "text": text, "listed": listed, "amount": amount, "compared": compared,
        "in_words": in_words, "protocols": {each.name: each.apart for each in by_prominence()}, "asset": asset,
    }  # fmt: skip
    return environment


def asset(file: str) -> Markup:
    """A style sheet or script of ours, to stand inside a page, so that the page needs no other file."""
    loader = _environment().loader
    assert loader is not None
    return Markup(loader.get_source(_environment(), file)[0])


def render(template: str, values: Mapping[str, Any]) -> str:
    """The page that `template` (a file of reporting/templates/) makes of `values`.

    Raises jinja2.UndefinedError when the template names something that `values` lacks.
    """
    return _environment().get_template(template).render(values)
