"""What the default way of deciding costs, and whether that saves anything, in words."""

from dataclasses import dataclass

from classically_punk.contracts.policies import ANSWER_ALL, DEFAULT_POLICY, LEAVE_ALL, POLICIES
from classically_punk.reporting.pages.phrases import saves
from classically_punk.reporting.pages.results import Results, Row
from classically_punk.reporting.pages.text import Number, Text, text

INSTEAD = {ANSWER_ALL: "answering all of them", LEAVE_ALL: "leaving all of them to people"}
"""What one can do without any policy, in words."""


@dataclass(frozen=True)
class Costs:
    """Rows of cost_policies.csv. taken : the default policy; better : ANSWER_ALL or LEAVE_ALL, whichever is cheaper."""

    taken: Row
    better: Row

    @property
    def verdict(self) -> str:
        """What the default policy saves against the better of the two, by the paired interval."""
        return saves(self.taken.value("net_saving_low"), self.taken.value("net_saving_high"))

    @property
    def instead(self) -> str:
        """The better of the two, in words."""
        return INSTEAD[self.better["policy"]]


def costs_of(results: Results) -> Costs | None:
    """None where the table is not there."""
    if not results.has_table("cost_policies"):
        return None
    rows = {row["policy"]: row for row in results.rows("cost_policies", ("policy",))}
    found = [rows[name] for name in INSTEAD if name in rows]
    if DEFAULT_POLICY not in rows or not found:
        return None
    return Costs(rows[DEFAULT_POLICY], min(found, key=lambda row: row.value("cost_per_1000") or 0.0))


def cost_words(found: Costs) -> Text:
    """One sentence on the default policy."""
    return text(
        "By {policy}, a thousand clips cost {taken} wrong genres' worth, {share} of them answered; {instead} costs "
        "{better}. The policy {verdict}: {net}.",
        policy=POLICIES[DEFAULT_POLICY].title, taken=found.taken.interval(",.0f", "cost_per_1000") or "",
        share=found.taken.number("coverage", ".0%") or "", instead=found.instead,
        better=number(found.better, "cost_per_1000"), verdict=found.verdict,
        net=found.taken.interval("+,.0f", "net_saving", "net_saving_low", "net_saving_high") or "",
    )  # fmt: skip


def number(row: Row, column: str) -> Number | str:
    """A cost as it is shown; nothing where there is none."""
    return row.number(column, ",.0f") or ""
