"""A clip of any length to an answer: which genre, how surely, why, and how far the clip is from the training music.

A clip that is longer than the longest length at which the bundle was measured is cut into parts of that length, each
of which is answered; the clip's scores are their mean. Scores are linear in the standardised columns, so that every
answer comes apart into what each column adds, exactly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from scipy.special import softmax

from classically_punk.audio import quality
from classically_punk.audio.canonical import SAMPLE_RATE, Samples
from classically_punk.audio.decode import Decoded
from classically_punk.bundle.form import AtLength
from classically_punk.bundle.reading import Loaded
from classically_punk.contracts.classifier import FloatArray
from classically_punk.contracts.faults import Fault, in_order
from classically_punk.features.extract import clip_features, warm_up
from classically_punk.foundation.params import Features
from classically_punk.serving.explanation import Explanation, explain, linear_form, share_below

SHORTEST = 0.5
"""s; below it there is no answer."""

PADDING = 0.5
"""s that a file may last longer than the longest clip that is answered: an encoder of MP3 fills up the last frame, so
that the frames of ten minutes are those of a few hundredths of a second more."""

TAIL = 0.5
"""Of the longest measured length: a rest shorter than this is no part of its own but the end of the one before."""

UNLIKE = 0.99
"""Share of the training music from whose distance on a clip counts as unlike all of it."""


class NoAnswer(Exception):  # noqa: N818 - it describes a clip, not a mistake of ours
    """A clip about which nothing can be said. fault : why; detail : a sentence"""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True)
class Verdict:
    """What is said of one stretch. start, duration : s; genre : with the least expected cost; sure : whether that cost
    is below that of asking a person; probabilities : shape (n_genres,), calibrated"""

    start: float
    duration: float
    genre: str
    sure: bool
    probabilities: FloatArray


@dataclass(frozen=True)
class Answer:
    """What is said of a clip.

    whole    : of all of it; parts : of its parts, empty where it is one; timeline : of its windows
    basis    : what answered, and what that was worth on held-out clips of the nearest measured length
    novelty  : distance from the training music, and the share of the training clips that lie nearer to the others
    columns  : values of the columns, shape (p,): the mean over the parts
    source   : container, codec, source_rate (Hz), source_channels of the file; empty for samples
    """

    whole: Verdict
    parts: tuple[Verdict, ...]
    timeline: tuple[Verdict, ...]
    timeline_length: float
    basis: AtLength
    explanation: Explanation
    novelty: float
    farther_than: float
    quality: quality.Quality
    faults: tuple[Fault, ...]
    columns: FloatArray
    source: Mapping[str, Any] = field(default_factory=dict)

    @property
    def unlike(self) -> bool:
        """Farther from the training music than nearly all of it is from the rest."""
        return self.farther_than >= UNLIKE


@dataclass(frozen=True)
class FromColumns:
    """What is said of a clip of which only the columns are known; `explain()` says why."""

    verdict: Verdict
    explain: Callable[[], Explanation]


@dataclass(frozen=True)
class _Scored:
    """scores : shape (n_genres,); standardised : shape (p,), whose linear form the scores are; novelty : of the row"""

    scores: FloatArray
    standardised: FloatArray
    values: FloatArray
    novelty: float


class Answerer:
    """Answers from one bundle. The first answer of a process compiles kernels, or loads them from disk; `warm_up` does
    so ahead."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        content = loaded.content
        self.genres = tuple(content.genres)
        extraction = content.extraction.model_dump()
        self._settings = Features(sets=["bundle"], **extraction)
        self._costs = np.array(content.costs.matrix)
        self._by_fit = {fit.fitted_to: fit for fit in content.fits}

    def warm_up(self) -> None:
        """Makes the next answer as fast as those after it."""
        warm_up(self.loaded.steps)

    def basis(self, duration: float) -> AtLength:
        """What answers for a clip of `duration` s: the measured length nearest to it, by ratio."""
        return min(self.loaded.content.lengths, key=lambda each: abs(np.log(each.length / max(duration, 1e-3))))

    def answer(self, samples: Samples, decoded: Decoded | None = None) -> Answer:
        """samples : shape (n,), canonical; decoded : what is known of the file they come from.

        Raises NoAnswer for clips that are too short or silent.
        """
        found, faults = self._checked(samples, decoded)
        longest = self.loaded.content.lengths[-1].length
        stretches = cut(len(samples), longest)
        basis = self.basis(stretches[0][1] / SAMPLE_RATE)
        scored, timeline = [], []
        for start, length in stretches:
            one, windows = self._described(samples[start : start + length], basis, start / SAMPLE_RATE)
            scored.append(one)
            timeline += windows
        verdicts = tuple(
            self._verdict(start / SAMPLE_RATE, length / SAMPLE_RATE, one.scores, basis)
            for (start, length), one in zip(stretches, scored, strict=True)
        )
        scores = np.mean([one.scores for one in scored], axis=0)
        whole = self._verdict(0.0, len(samples) / SAMPLE_RATE, scores, basis)
        standardised = np.mean([one.standardised for one in scored], axis=0)
        values = np.mean([one.values for one in scored], axis=0)
        novelty = float(np.mean([one.novelty for one in scored]))
        nearer = self._by_fit[basis.fitted_to].novelty
        return Answer(
            whole=whole,
            parts=verdicts if len(verdicts) > 1 else (),
            timeline=tuple(timeline),
            timeline_length=self.loaded.content.extraction.window,
            basis=basis,
            explanation=explain(
                self.loaded.content,
                linear_form(self.loaded.fits[basis.fitted_to], basis.rule),
                standardised,
                values,
                scores,
            ),
            novelty=novelty,
            farther_than=share_below(nearer, novelty),
            quality=found,
            faults=faults,
            columns=values,
            source={} if decoded is None else _source(decoded),
        )

    def answer_columns(self, values: FloatArray, duration: float) -> list[FromColumns]:
        """What is said of clips of which only the columns are known.

        values   : shape (n, p), in the order of the bundle's columns
        duration : of the clips, in s, which decides what answers
        Raises NoAnswer for a row whose scores are no numbers: it has values that no clip can have.
        """
        basis = self.basis(duration)
        fit = self.loaded.fits[basis.fitted_to]
        form = linear_form(fit, basis.rule)
        with np.errstate(over="ignore", invalid="ignore"):
            standardised = fit.regression.transform.apply(values)
            scores = standardised @ form.slopes + form.intercepts
        found = []
        for row, of_row in enumerate(basis.inverse_temperature * scores):
            if not (np.isfinite(standardised[row]).all() and np.isfinite(of_row).all()):
                raise NoAnswer(Fault.NOT_FINITE, f"Row {row} has values that no clip can have.")
            verdict = self._verdict(0.0, duration, scores[row], basis)
            explaining = partial(explain, self.loaded.content, form, standardised[row], values[row], scores[row])
            found.append(FromColumns(verdict, explaining))
        return found

    def _checked(self, samples: Samples, decoded: Decoded | None) -> tuple[quality.Quality, tuple[Fault, ...]]:
        if len(samples) < SHORTEST * SAMPLE_RATE:
            seconds = len(samples) / SAMPLE_RATE
            raise NoAnswer(Fault.TOO_SHORT, f"It lasts {seconds:.3g} s; at least {SHORTEST:g} s are needed.")
        found = quality.measure(samples, self.loaded.content.quality)
        faults = in_order({*quality.faults(found, self.loaded.content.quality), *(decoded.faults if decoded else ())})
        if Fault.SILENT in faults:
            raise NoAnswer(Fault.SILENT, f"{found.silent_share:.0%} of it is silence.")
        return found, faults

    def _described(self, samples: Samples, basis: AtLength, start: float) -> tuple[_Scored, list[Verdict]]:
        """The scores of one stretch, and the verdicts of its windows."""
        described = clip_features(samples, self._settings, self.loaded.steps)
        values = described.values.astype(np.float64)
        whole, windows = values[described.window < 0], values[described.window >= 0]
        asked = windows if basis.asked == "windows" and len(windows) else whole
        fit = self.loaded.fits[basis.fitted_to]
        standardised = fit.regression.transform.apply(asked).mean(axis=0)
        form = linear_form(fit, basis.rule)
        leverage = float(fit.regression.leverage(asked).mean())
        scored = _Scored(form.scores(standardised), standardised, whole[0], leverage)
        at = self.basis(self._settings.window)
        in_windows = linear_form(self.loaded.fits[at.fitted_to], at.rule)
        rows = self.loaded.fits[at.fitted_to].regression.transform.apply(windows)
        places = np.flatnonzero(described.window >= 0)
        verdicts = [
            self._verdict(
                start + float(described.start[place]),
                float(described.duration[place]),
                in_windows.scores(row),
                at,
            )
            for place, row in zip(places, rows, strict=True)
        ]
        return scored, verdicts

    def _verdict(self, start: float, duration: float, scores: FloatArray, basis: AtLength) -> Verdict:
        probabilities: FloatArray = softmax(basis.inverse_temperature * scores)
        expected = probabilities @ self._costs
        best = int(expected.argmin())
        sure = bool(expected[best] <= self.loaded.content.costs.leave)
        return Verdict(start, duration, self.genres[best], sure, probabilities)


def cut(n_samples: int, longest: float) -> list[tuple[int, int]]:
    """Start and length, in samples, of the stretches of a clip: of `longest` s each, the last up to half as long again.

    >>> [(start / SAMPLE_RATE, length / SAMPLE_RATE) for start, length in cut(70 * SAMPLE_RATE, 30.0)]
    [(0.0, 30.0), (30.0, 40.0)]
    """
    size = round(longest * SAMPLE_RATE)
    count = max(1, int(n_samples / size + 1 - TAIL))
    return [(k * size, size if k < count - 1 else n_samples - k * size) for k in range(count)]


def _source(decoded: Decoded) -> dict[str, Any]:
    return {
        "container": decoded.container,
        "codec": decoded.codec,
        "source_rate": decoded.source_rate,
        "source_channels": decoded.source_channels,
    }
