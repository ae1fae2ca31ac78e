"""Pages read what dvc.yaml declares for the stage `report`, and nothing else: else they would be stale."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.written import BUILDERS

REPOSITORY = Path(__file__).resolve().parents[3]
REPORT = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))["stages"]["report"]
SECTIONS = frozenset(name.split(".")[0] for name in REPORT["params"])


@dataclass(frozen=True)
class Watched(Results):
    """Remembers which files were asked for, those that are not there included."""

    asked: set[str] = field(default_factory=set)

    @property
    def figures(self) -> Path:
        """None: what pages read is the same without them, and quicker."""
        return self.root / "no figures"

    def frame(self, table: str) -> pd.DataFrame:
        self.asked.add(f"reports/{self.corpus}/tables/{table}.csv")
        return super().frame(table)

    def has_table(self, table: str) -> bool:
        self.asked.add(f"reports/{self.corpus}/tables/{table}.csv")
        return super().has_table(table)

    def _columns_path(self) -> Path:
        self.asked.add(f"data/{self.corpus}/columns.csv")
        return super()._columns_path()

    def _metrics(self, file: str) -> Mapping[str, Any]:
        self.asked.add(f"metrics/{self.corpus}/{file}.json")
        return super()._metrics(file)


@pytest.mark.parametrize("corpus", ["demo", "gtzan_mini", "gtzan_published"])
def test_pages_read_what_their_stage_declares(corpus: str) -> None:
    results = Watched(corpus, REPOSITORY, SECTIONS)
    for builder in BUILDERS:
        list(builder(results))
    declared = {dep.replace("${item.corpus}", corpus) for dep in REPORT["deps"]}
    assert len(results.asked) > 20
    assert results.asked <= declared


def test_a_section_that_is_not_declared_is_not_shown() -> None:
    shown = Results("demo", REPOSITORY, SECTIONS).params
    assert "demo" not in shown
    assert set(shown["corpus"]) == {"demo"}
