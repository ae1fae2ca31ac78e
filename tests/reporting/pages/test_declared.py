"""Pages read what dvc.yaml declares for the stage `report`, and nothing else: else they would be stale."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from classically_punk.contracts.tables import ROOMS
from classically_punk.foundation.params import Params, read_params
from classically_punk.foundation.reads import Reader, readable
from classically_punk.reporting.pages.results import Results
from classically_punk.reporting.pages.written import BUILDERS
from classically_punk.stages.running import Places, declared_for

REPOSITORY = Path(__file__).resolve().parents[3]
EXTERNAL_TABLES = ROOMS["Music from elsewhere"]
STAGES = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


def written(corpus: str) -> set[str]:
    """What the stages of any corpus write, as paths of this one."""
    lists = [stage.get(kind, []) for stage in STAGES.values() for kind in ("outs", "metrics", "plots")]
    outs = [next(iter(out)) if isinstance(out, dict) else out for listed in lists for out in listed]
    pairs = [pair for pair in read_params(REPOSITORY / "params.yaml").external.pairs.values() if pair.fit == corpus]
    elsewhere = {Places(corpus).external(pair.test) / table.file for pair in pairs for table in EXTERNAL_TABLES}
    return {out.replace("${item.corpus}", corpus) for out in outs} | {path.as_posix() for path in elsewhere}


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
    """Files that some stage writes into the folders that the report depends on, and parameters listed for it."""
    declared = declared_for("report", corpus, REPOSITORY / "dvc.yaml")
    params = readable(read_params(REPOSITORY / "params.yaml"), Reader("report", declared.params))
    results = Watched(corpus, REPOSITORY, params)
    for builder in BUILDERS:
        list(builder(results))
    deps = [dep.replace("${item.corpus}", corpus) for dep in STAGES["report"]["deps"] if "$" in dep]
    folders = tuple(f"{dep}/" for dep in deps)
    assert len(results.asked) > 20
    assert results.asked <= written(corpus)
    assert all(path.startswith(folders) or path in deps for path in results.asked)


def test_the_parameters_shown_are_this_corpus_own() -> None:
    shown = Results("demo", REPOSITORY).params_shown()
    assert set(shown) == set(Params.model_fields) - {"corpora", "demo"}
    assert set(shown["corpus"]) == {"demo"}
