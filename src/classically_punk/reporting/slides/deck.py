"""The deck of a corpus: 12 to 18 slides for people who do not program, in the order in which questions come up."""

from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.text import Name, Text
from classically_punk.reporting.slides import content as content
from classically_punk.reporting.slides import decisions as decisions
from classically_punk.reporting.slides import errors as wrong
from classically_punk.reporting.slides import scores as scores
from classically_punk.reporting.slides.slide import Deck, Slide

__all__ = ["Deck", "Slide", "build_deck"]

ORDER = (
    content.question,
    content.data,
    content.hears,
    content.structure,
    content.model,
    scores.headline,
    scores.others,
    scores.leak,
    wrong.errors,
    wrong.error_concentration,
    wrong.robustness,
    decisions.certainty,
    decisions.silence,
    decisions.costs,
    decisions.risks,
    decisions.assumptions,
    decisions.running,
    decisions.next_steps,
)
"""A builder that returns None has nothing to say about the corpus; all others say why when something is missing."""


def build_deck(results: Results) -> Deck:
    """Slides whose every number is looked up. Raises PunkError when the corpus has not been run."""
    slides = (builder(results) for builder in ORDER)
    return Deck(Text((Name(results.title),)), tuple(slide for slide in slides if slide is not None))
