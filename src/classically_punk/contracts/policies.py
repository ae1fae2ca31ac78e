"""The ways of deciding which clips to answer and which to leave to a person, one entry each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """name : as in cost_policies.csv; title : what a reader calls it; sentence : how it decides."""

    name: str
    title: str
    sentence: str


ANSWER_ALL = "answer all"
LEAVE_ALL = "leave all"
EXPECTED_COST = "expected cost"

DEFAULT_POLICY = EXPECTED_COST
"""The one whose cost stands in metrics and on pages. It needs no label, no other fold and no threshold of its own."""

POLICIES: dict[str, Policy] = {
    entry.name: entry
    for entry in (
        Policy(ANSWER_ALL, "answer all", "Every clip is answered."),
        Policy(LEAVE_ALL, "leave all to a person", "No clip is answered."),
        Policy("theory", "threshold from theory", "Answered from 1 - cost of leaving / wrong upwards."),
        Policy("chosen", "threshold chosen on other folds", "Each fold's threshold is the cheapest one of the others."),
        Policy("hindsight", "best threshold in hindsight", "The cheapest threshold of the very clips, which flatters."),
        Policy(
            EXPECTED_COST,
            "least expected cost",
            "The answer with the least expected cost under the probabilities and the whole matrix, which may not be "
            "the most probable genre; left to a person where even that costs more than asking one.",
        ),
    )
}
"""By name, in the order in which they are listed."""
