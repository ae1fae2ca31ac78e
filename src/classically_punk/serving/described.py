"""An answer as JSON: what the command line, HTTP and the page all give."""

from typing import Any, Literal

from classically_punk.audio.quality import Quality
from classically_punk.bundle.form import AtLength
from classically_punk.bundle.reading import Loaded
from classically_punk.contracts.faults import DESCRIPTIONS, Fault
from classically_punk.contracts.models import title
from classically_punk.contracts.policies import DEFAULT_POLICY
from classically_punk.serving.answer import Answer, Verdict
from classically_punk.serving.explanation import Explanation

Detail = Literal["brief", "top", "all"]
"""How much of the explanation is given: none of its columns, the first ones, or all."""

TOP = 12
CANDIDATES = 3
DIGITS = 6


def answer_json(answer: Answer, loaded: Loaded, detail: Detail = "top") -> dict[str, Any]:
    """The answer, as data without NaN or infinity. Floats have 6 decimals, but those of the explanation, which add up,
    are exact."""
    content = loaded.content
    genres = content.genres
    ranked = sorted(zip(genres, answer.whole.probabilities, strict=True), key=lambda pair: -pair[1])
    return {
        "genre": answer.whole.genre if answer.whole.sure else None,
        "sure": answer.whole.sure,
        "best": answer.whole.genre,
        "candidates": [{"genre": name, "probability": _short(p)} for name, p in ranked[:CANDIDATES]],
        "probabilities": _by_genre(answer.whole, genres),
        "basis": _basis(answer.basis),
        "clip": {
            "duration": _short(answer.quality.duration),
            "peak_dbfs": _short(answer.quality.peak_dbfs),
            "rms_dbfs": _short(answer.quality.rms_dbfs),
            "clipped_share": _short(answer.quality.clipped_share),
            "silent_share": _short(answer.quality.silent_share),
            "faults": [{"fault": str(each), "sentence": sentence_of(each, answer.quality)} for each in answer.faults],
            **answer.source,
        },
        "parts": [_verdict(each, genres) for each in answer.parts],
        "timeline": {
            "length": answer.timeline_length,
            "windows": [_verdict(each, genres) for each in answer.timeline],
        },
        "explanation": explanation_json(answer.explanation, detail),
        "novelty": {
            "distance": _short(answer.novelty),
            "farther_than": _short(answer.farther_than),
            "unlike": answer.unlike,
        },
        "model": {"name": content.name, "title": content.title, "sha256": loaded.bundle.sha256},
    }


def sentence_of(fault: Fault, quality: Quality) -> str:
    """What a sender is told of a fault of a clip that is answered: measured, where that says more than its kind."""
    if fault is Fault.CLIPPED:
        return f"{quality.clipped_share:.2%} of the samples lie on a flat top: it was driven too hard."
    if fault is Fault.DC_OFFSET:
        return f"The mean of the samples is off zero by {abs(quality.dc_offset):.2%} of full scale."
    return DESCRIPTIONS[fault]


def _basis(at: AtLength) -> dict[str, Any]:
    found = at.model_dump(exclude={"thresholds", "rule"})
    return {**found, "rule": at.rule, "title": title(at.rule), "policy": DEFAULT_POLICY}


def explanation_json(found: Explanation, detail: Detail) -> dict[str, Any]:
    """Why this genre and not the next, as data."""
    shown = {"brief": 0, "top": TOP, "all": len(found.terms)}[detail]
    return {
        "winner": found.winner,
        "runner_up": found.runner_up,
        "margin": found.margin,
        "intercept": found.intercept,
        "families": [{"family": name, "contribution": value} for name, value in found.families.items()],
        "columns": [
            {
                "column": term.column.column,
                "title": term.column.title,
                "family": term.column.family,
                "unit": term.column.unit,
                "value": _short(term.value),
                "farther_than": _short(term.farther_than),
                "standardised": _short(term.standardised),
                "contribution": term.contribution,
                "words": term.words,
            }
            for term in found.terms[:shown]
        ],
        "words": list(found.words),
    }


def _verdict(verdict: Verdict, genres: list[str]) -> dict[str, Any]:
    return {
        "start": _short(verdict.start),
        "duration": _short(verdict.duration),
        "genre": verdict.genre if verdict.sure else None,
        "sure": verdict.sure,
        "best": verdict.genre,
        "probabilities": _by_genre(verdict, genres),
    }


def _by_genre(verdict: Verdict, genres: list[str]) -> dict[str, float | None]:
    return {genre: _short(p) for genre, p in zip(genres, verdict.probabilities, strict=True)}


def _short(value: float | None) -> float | None:
    return None if value is None else round(float(value), DIGITS)
