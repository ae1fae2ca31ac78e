"""The whole difference of two revisions, as data."""

from collections.abc import Sequence
from dataclasses import dataclass

from classically_punk.foundation.errors import PunkError, shortened
from classically_punk.foundation.params import Params
from classically_punk.verification.difference.changes import Changes, changes_between, locked_of, read_lock
from classically_punk.verification.difference.corpora import Between, Wanted, between
from classically_punk.verification.difference.measured import Measured, measured_between
from classically_punk.verification.difference.naming import code
from classically_punk.verification.difference.revision import Revision


@dataclass(frozen=True)
class Difference:
    """before, after : names of the revisions. margin : differences within it are equivalent. level : of the tests."""

    before: str
    after: str
    changes: Changes
    corpora: tuple[Between, ...]
    measured: tuple[Measured, ...]
    margin: float
    confidence: float
    nothing: bool = False

    def has(self, verdict: str) -> bool:
        """Whether it is the verdict of some corpus."""
        return any(each.verdict == verdict for each in self.corpora)


def difference(
    before: Revision, after: Revision, params: Params, wanted: Wanted, corpus: str = "", other_corpus: str = ""
) -> Difference:
    """What moved. corpus : the only one that is looked at, "" for all; other_corpus : compared with it.

    Raises PunkError where a table cannot be read, or what was asked for by name is not there.
    """
    pairs = [(corpus, other_corpus)] if other_corpus else [(name, name) for name in _chosen(before, after, corpus)]
    old_lock, new_lock = read_lock(before), read_lock(after)
    asked = bool(wanted.model or wanted.columns or other_corpus)
    found = []
    for names in pairs:
        locked = locked_of(old_lock, new_lock, names[1])
        if not asked and before.results(names[0]) == after.results(names[1]):
            found.append(Between(code(names[0]), 0, locked))
        else:
            found.append(between(before, after, names, wanted, locked, params))
    return Difference(
        before.name,
        after.name,
        changes_between(before, after),
        tuple(found),
        tuple(measured_between(before, after)),
        params.diff.equivalent,
        params.evaluate.confidence,
        nothing=not asked and before.files == after.files,
    )


def _chosen(before: Revision, after: Revision, corpus: str) -> Sequence[str]:
    known = sorted({*before.corpora, *after.corpora})
    if not known:
        raise PunkError(
            f"{before.name} and {after.name} hold no results: nothing stands in metrics/ or reports/*/tables/; commit "
            "a run first"
        )
    if corpus and corpus not in known:
        there = ", ".join(known)
        raise PunkError(f"{shortened(corpus)}: neither revision holds results of it; they hold those of {there}")
    return [corpus] if corpus else known
