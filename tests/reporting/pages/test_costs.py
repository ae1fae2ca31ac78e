"""What is said of costs follows from the paired interval of what the default policy saves."""

from pathlib import Path

import pandas as pd
import pytest

from classically_punk.contracts.policies import DEFAULT_POLICY, POLICIES
from classically_punk.reporting.card.page import build_card
from classically_punk.reporting.pages.costs import cost_words, costs_of
from classically_punk.reporting.pages.index import build_index
from classically_punk.reporting.pages.phrases import saves
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.report.page import build_report
from classically_punk.reporting.slides.deck import build_deck
from tests.reporting.pages.corpora import REPOSITORY, altered

SIDES = [
    ("3", "50", "saves"),
    ("-3", "50", "saves nothing that can be measured"),
    ("-50", "-3", "costs more"),
    ("", "", "saves an amount that has no interval here"),
]


@pytest.mark.parametrize(("low", "high", "said"), SIDES)
def test_the_verdict_follows_the_interval(low: str, high: str, said: str, tmp_path: Path) -> None:
    assert saves(*(float(end) if end else None for end in (low, high))) == said

    def changed(table: pd.DataFrame) -> pd.DataFrame:
        if "net_saving_low" in table:
            rows = table["policy"] == DEFAULT_POLICY
            table.loc[rows, ["net_saving_low", "net_saving_high"]] = [low, high]
        return table

    results = altered(tmp_path, changed)
    found = costs_of(results)
    assert found is not None
    assert f"The policy {said}: " in str(cost_words(found))
    title = next(str(slide.title) for slide in build_deck(results).slides if slide.key == "costs")
    assert f"leaving doubtful clips to people {said}: " in title


@pytest.mark.parametrize(
    ("everything", "nothing", "said"),
    [("250", "300", "answering all of them costs 250"), ("350", "300", "leaving all of them to people costs 300")],
)
def test_the_policy_is_held_against_the_cheaper_way_to_do_without(
    everything: str, nothing: str, said: str, tmp_path: Path
) -> None:

    def changed(table: pd.DataFrame) -> pd.DataFrame:
        if "policy" in table:
            for policy, cost in {"answer all": everything, "leave all": nothing}.items():
                table.loc[table["policy"] == policy, "cost_per_1000"] = cost
        return table

    found = costs_of(altered(tmp_path, changed))
    assert found is not None
    assert said in str(cost_words(found))


def test_every_page_says_what_the_default_policy_does() -> None:
    results = Results("gtzan_published", REPOSITORY)
    found = costs_of(results)
    assert found is not None
    words = f"The policy {found.verdict}: "
    assert words in build_report(results)
    assert words in build_card(results).html
    assert f"the policy {found.verdict}" in build_index(REPOSITORY)
    assert POLICIES[found.taken["policy"]].title == "least expected cost"


def test_without_its_table_nothing_is_said(tmp_path: Path) -> None:
    assert costs_of(altered(tmp_path, without=("cost_policies",))) is None
