"""The protocols of evaluation, one entry each: who is kept apart, and all that follows from it.

A new protocol is one entry here, with a splitter of its own or one that is there. Folds, scores, figures and pages
walk the registry. The order of the entries is from the loosest protocol to the strictest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from classically_punk.foundation.errors import PunkError


@dataclass(frozen=True)
class Protocol:
    """One way of saying who is trained on and who is tested.

    name     : as in folds.csv and in metrics
    title    : what a figure calls it, beside its name
    apart    : what never stands on both sides, as part of a sentence
    unit     : what intervals resample: the column of the design table that names the group of a row
    keeps    : what it keeps whole, and so what every search and calibration inside a training part keeps whole too:
               rows, songs or groups (artists)
    leaky    : pieces of one recording stand on both sides: shown as a warning, never as a result
    rank     : place in the order of protocols whose scores stand in headlines, 1 first; None: never there. One that
               leaks has a rank only where a corpus allows no other, and the headline then is the warning
    seed_key : tells the protocol's random draws from those of every other; once given, it stays
    splitter : `module:function` that makes its folds, see `validation.splits`
    windows  : tests windows of clips instead of whole clips
    folds    : the parameter of section `folds` that says in how many folds; empty where lists say it
    """

    name: str
    title: str
    apart: str
    unit: Literal["song", "group"]
    keeps: Literal["row", "song", "group"]
    leaky: bool
    rank: int | None
    seed_key: int
    splitter: str
    windows: bool = False
    folds: str = ""

    def load_splitter(self) -> Any:
        """The function that `splitter` names."""
        module, _, function = self.splitter.partition(":")
        return getattr(import_module(module), function)


_SPLITS = "classically_punk.validation.splits"

PROTOCOLS: dict[str, Protocol] = {
    entry.name: entry
    for entry in (
        Protocol(
            name="segment_random",
            title="leaky, pieces of\none song on both sides",
            apart="pieces of one clip on both sides of the split (leaky)",
            unit="song",
            keeps="row",
            leaky=True,
            rank=None,
            seed_key=0,
            splitter=f"{_SPLITS}:random_windows",
            windows=True,
            folds="segment_random",
        ),
        Protocol(
            name="clip",
            title="no song on both sides",
            apart="no song on both sides of the split",
            unit="song",
            keeps="song",
            leaky=False,
            rank=2,
            seed_key=1,
            splitter=f"{_SPLITS}:by_song",
            folds="strict",
        ),
        Protocol(
            name="artist",
            title="no artist on both sides",
            apart="no artist on both sides of the split",
            unit="group",
            keeps="group",
            leaky=False,
            rank=1,
            seed_key=2,
            splitter=f"{_SPLITS}:by_artist",
            folds="strict",
        ),
        Protocol(
            name="artist_published",
            title="published folds, in which\nsome artists cross",
            apart="the published artist folds, in which some artists stand on both sides",
            unit="group",
            keeps="group",
            leaky=False,
            rank=None,
            seed_key=5,
            splitter=f"{_SPLITS}:published_artist_folds",
        ),
        Protocol(
            name="fault_filtered",
            title="replicas and distorted\nclips left out",
            apart="published lists without replicas, repeats and distorted clips",
            unit="group",
            keeps="group",
            leaky=False,
            rank=3,
            seed_key=3,
            splitter=f"{_SPLITS}:fault_filtered_lists",
        ),
        Protocol(
            name="piece_random",
            title="leaky, pieces of\nsongs nobody names",
            apart="pieces of songs that nobody names, split at random, so that a song is on both sides (leaky)",
            unit="group",
            keeps="group",
            leaky=True,
            rank=4,
            seed_key=6,
            splitter=f"{_SPLITS}:random_pieces",
            folds="strict",
        ),
    )
}
"""By name, the loosest first; the last one is possible only where no other is, and compared with none."""

OTHER_DRAWS = {"optimism": 4, "robustness": 100, "external": 101, "difference": 102}
"""Seed keys of random draws that belong to no protocol."""


def kept_whole(name: str) -> str:
    """What a protocol keeps whole, see `Protocol.keeps`; rows only, where no protocol of that name is known."""
    return PROTOCOLS[name].keeps if name in PROTOCOLS else "row"


def by_prominence() -> list[Protocol]:
    """Those that may stand in headlines, by rank, then the others."""
    return sorted(PROTOCOLS.values(), key=lambda entry: (entry.rank is None, entry.rank))


def keeping_apart() -> list[str]:
    """Protocols that keep recordings apart, or may stand in a headline all the same: a corpus needs one of them."""
    return [name for name, entry in PROTOCOLS.items() if entry.rank is not None or not entry.leaky]


def looser_than(strict: str) -> list[str]:
    """Protocols that keep less apart than `strict`, the loosest first."""
    names = list(PROTOCOLS)
    return names[: names.index(strict)]


def headline_of(possible: Iterable[str]) -> str:
    """Of the possible protocols the one whose scores stand in headlines. Raises PunkError when none may."""
    names = set(possible)
    for entry in by_prominence():
        if entry.name in names and entry.rank is not None:
            return entry.name
    raise PunkError(
        "no protocol that keeps recordings apart is possible for this corpus, see its reports/*/tables/protocols.csv; "
        "add clips: two genres of two recordings each are the least"
    )
