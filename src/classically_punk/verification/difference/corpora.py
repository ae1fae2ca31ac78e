"""One corpus, or two, between two revisions: lines, one verdict, and what moved behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from classically_punk.contracts.models import REGRESSION
from classically_punk.contracts.protocols import PROTOCOLS, by_prominence, headline_of
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Params
from classically_punk.verification.difference.answers import (
    Answers,
    default_model,
    models_changed,
    of_columns,
    of_model,
    summary,
)
from classically_punk.verification.difference.changes import Locked
from classically_punk.verification.difference.clips import ClipMoved, GenreMoved, genres_moved, most_telling
from classically_punk.verification.difference.coefficients import Coefficients, coefficients_between
from classically_punk.verification.difference.naming import code
from classically_punk.verification.difference.pairing import Pair, Unpaired, pair
from classically_punk.verification.difference.revision import Revision
from classically_punk.verification.difference.scored import DECIDING, Line, Verdict, judged, lines_of


@dataclass(frozen=True)
class Wanted:
    """What is compared beside revisions: models, choices of columns (FEATURE_SET/CHOICE); "" for the corpus' own."""

    model: str = ""
    other_model: str = ""
    columns: str = ""
    other_columns: str = ""


@dataclass(frozen=True)
class Between:
    """What was found in one corpus.

    name     : of the corpus, or of both, as pages write it
    changed  : files of its results that differ
    before, after : titles of what is compared
    headline : the protocol that decides; "" where nothing could be compared, which `refused` explains
    said     : sentences on how it was compared
    others   : further models whose answers changed
    """

    name: str
    changed: int
    locked: Locked
    verdict: Verdict | None = None
    before: str = ""
    after: str = ""
    headline: str = ""
    refused: str = ""
    lines: tuple[Line, ...] = ()
    said: tuple[str, ...] = ()
    genres: tuple[GenreMoved, ...] = ()
    telling: tuple[ClipMoved, ...] = ()
    coefficients: Coefficients | None = None
    others: tuple[str, ...] = ()

    @property
    def deciding(self) -> Line | None:
        """The line that the verdict is of."""
        named = (line for line in self.lines if (line.protocol, line.score) == (self.headline, DECIDING))
        return next(named, None)


def between(
    before: Revision,
    after: Revision,
    corpora: tuple[str, str],
    wanted: Wanted,
    locked: Locked,
    params: Params,
) -> Between:
    """Both sides of one corpus, or of two, in two revisions or in one.

    The verdict is that of the accuracy of the corpus' own model (its decision rule by default) under the most prominent
    protocol that both sides have; all other lines stand under it.
    Raises PunkError where a table cannot be read, or what was asked for by name is not there.
    """
    name = code(corpora[0]) if corpora[0] == corpora[1] else f"{code(corpora[0])} and {code(corpora[1])}"
    old, new = before.results(corpora[0]), after.results(corpora[1])
    same = corpora[0] == corpora[1]
    changed = sum(old.get(path) != new.get(path) for path in {**old, **new}) if same else 0
    found = Between(name, changed, locked)
    for side, results, corpus in ((before, old, corpora[0]), (after, new, corpora[1])):
        if not results:
            return replace(found, refused=f"{code(side.name)} holds no results of {code(corpus)}")
    if not same:
        _require_one_collection(corpora, params)
    sides = _sides(before, after, corpora, wanted)
    pairs, said = _pairs(*sides)
    found = replace(found, before=sides[0].title, after=sides[1].title, said=tuple(said))
    try:
        headline = headline_of(pairs)
    except PunkError:
        refused = said[0] if said else "no protocol that keeps recordings apart is on both sides"
        return replace(found, refused=refused)
    lines = [line for each in _in_order(pairs) for line in lines_of(pairs[each], params.evaluate)]
    lines += _unpaired(before, after, corpora, sides) if not wanted.columns else []
    level = 1.0 - params.evaluate.confidence
    lines = judged(lines, (headline, DECIDING), params.diff.equivalent, level)
    decided = next(line for line in lines if (line.protocol, line.score) == (headline, DECIDING))
    own = same and not (wanted.model or wanted.columns)
    return replace(
        found,
        verdict=decided.verdict,
        headline=headline,
        lines=tuple(lines),
        said=tuple(dict.fromkeys(said)),
        genres=tuple(genres_moved(pairs[headline])),
        telling=tuple(most_telling(pairs[headline])),
        coefficients=coefficients_between(before, after, corpora) if own else None,
        others=models_changed(before, after, corpora[0], {side.model for side in sides}) if own else (),
    )


def _sides(before: Revision, after: Revision, corpora: tuple[str, str], wanted: Wanted) -> tuple[Answers, Answers]:
    if wanted.columns:
        return of_columns(before, corpora[0], wanted.columns), of_columns(after, corpora[1], wanted.other_columns)
    models = (
        (wanted.model, wanted.other_model)
        if wanted.model
        else (default_model(before, corpora[0]), default_model(after, corpora[1]))
    )
    return of_model(before, corpora[0], models[0]), of_model(after, corpora[1], models[1])


def _pairs(before: Answers, after: Answers) -> tuple[dict[str, Pair], list[str]]:
    """By protocol, and what to say of how they were paired or why not."""
    pairs, said = {}, []
    of_both: dict[str, list[str]] = {}
    if before.model != after.model:
        said.append(f"`{before.model}` answers before and `{after.model}` after")
    for protocol in [name for name in PROTOCOLS if name in before.rows or name in after.rows]:
        if protocol not in before.rows or protocol not in after.rows:
            said.append(f"`{protocol}` stands on one side only, {'after' if protocol in after.rows else 'before'}")
            continue
        try:
            found = pair(protocol, before.rows[protocol], after.rows[protocol])
        except Unpaired as reason:
            said.append(f"`{protocol}`: {reason}")
            continue
        pairs[protocol] = found
        for text in (*found.said, *_left_out(found)):
            of_both.setdefault(text, []).append(f"`{protocol}`")
    return pairs, [*said, *(f"{', '.join(names)}: {text}" for text, names in of_both.items())]


def _left_out(found: Pair) -> list[str]:
    said = []
    if found.only_before or found.only_after:
        said.append(
            f"compared on the {len(found.clips)} clips in both; {found.only_before} are in the one before alone and "
            f"{found.only_after} in the one after, and what was learned from them is part of the difference"
        )
    if found.relabelled:
        said.append(f"{found.relabelled} clips have another label now and are left out")
    return said


def _in_order(names: Mapping[str, object]) -> list[str]:
    return [entry.name for entry in by_prominence() if entry.name in names]


def _unpaired(
    before: Revision, after: Revision, corpora: tuple[str, str], sides: tuple[Answers, Answers]
) -> list[Line]:
    """Accuracy under protocols that test windows: of the plain regression, from the summaries, without an interval."""
    if {side.model for side in sides} != {REGRESSION}:
        return []
    old, new = summary(before, corpora[0]), summary(after, corpora[1])
    found = []
    for protocol in (entry.name for entry in by_prominence() if entry.windows):
        values = [_accuracy(content.get(protocol)) for content in (old, new)]
        if values[0] is not None and values[1] is not None:
            moved = values[1] - values[0]
            why = "no interval: answers to windows are not kept"
            n = new[protocol].get("n_windows", 0)
            n_groups = new[protocol].get("n_groups", 0)
            line = Line(
                protocol, DECIDING, values[0], values[1], moved, None, None, None, None, n, n_groups, "cannot tell", why
            )
            found.append(line)
    return found


def _accuracy(scores: Any) -> float | None:
    value = scores.get("accuracy") if isinstance(scores, dict) else None
    return float(value) if isinstance(value, int | float) else None


def _require_one_collection(corpora: tuple[str, str], params: Params) -> None:
    """Clips of one name are one clip only where both corpora name them as one published collection does."""
    named = [params.corpus[name].annotations if name in params.corpus else None for name in corpora]
    if named[0] is None or named[0] != named[1] or "." in str(named[0]):
        raise PunkError(
            f"{corpora[0]} and {corpora[1]} cannot be compared: clips of one name need not be one clip, since "
            "corpus.C.annotations of params.yaml does not name one published collection for both"
        )
