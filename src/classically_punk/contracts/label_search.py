"""The search for wrong labels: where the wrong ones come from that it is judged by, and the ways of looking."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """Where wrong labels come from. name : as in tables; title : what a reader calls it"""

    name: str
    title: str


@dataclass(frozen=True)
class Method:
    """A way of ordering clips by how much their label is doubted. name : as in tables; title : what a reader calls it;
    meaning : what clips are ordered by"""

    name: str
    title: str
    meaning: str


RANDOM, NEAREST, LISTED = "random", "nearest", "listed"
MARGIN, NORMALISED, SELF, CONFIDENT, NEIGHBOURS, CHANCE = (
    "margin",
    "normalised_margin",
    "self_confidence",
    "confident_learning",
    "neighbours",
    "chance",
)

WRONG_LABEL = "wrong_label"
"""What `known_fault` of annotations.csv says of a clip whose label is known to be wrong."""

SOURCES: dict[str, Source] = {
    entry.name: entry
    for entry in (
        Source(RANDOM, "made wrong at random"),
        Source(NEAREST, "made wrong towards the nearest genre"),
        Source(LISTED, "known to be wrong"),
    )
}
"""By name, in the order in which tables and pages list them."""

METHODS: dict[str, Method] = {
    entry.name: entry
    for entry in (
        Method(MARGIN, "held-out margin", "the fitted value of the best other genre less that of the label"),
        Method(
            NORMALISED,
            "normalised margin",
            "the probability of the best other genre less that of the label, an order of cleanlab",
        ),
        Method(
            SELF, "self-confidence", "the probability of the label, the smallest first, the usual order of cleanlab"
        ),
        Method(
            CONFIDENT,
            "confident learning",
            "the same less each genre's mean self-confidence, cleanlab's order by adjusted probabilities",
        ),
        Method(NEIGHBOURS, "k-nearest neighbours", "the share of the nearest clips that have another label"),
        Method(CHANCE, "chance", "nothing: what a random order is expected to find"),
    )
}
"""By name, in the order in which tables and pages list them; the first orders label_issues.csv."""
