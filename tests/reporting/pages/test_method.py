"""Which columns are scored and which are shown is said as the fits have it, not as the parameters ask for it."""

from pathlib import Path

import pandas as pd
import pytest

from classically_punk.reporting.pages.method import on_columns, scored_is_shown
from classically_punk.reporting.pages.results import Results
from tests.reporting.pages.corpora import altered

REPOSITORY = Path(__file__).resolve().parents[3]


def all_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Of fits that were given every one of the 196 columns."""
    return table.assign(**{name: "196" for name in ("columns", "regression_columns") if name in table})


@pytest.mark.parametrize("corpus", ["demo", "gtzan_mini"])
def test_components_are_scored_and_columns_shown(corpus: str) -> None:
    results = Results(corpus, REPOSITORY)
    assert not scored_is_shown(results)
    assert "another regression" in str(on_columns(results))


def test_where_all_columns_are_carried_nothing_is_said_of_another_regression(tmp_path: Path) -> None:
    results = altered(tmp_path, all_columns)
    assert scored_is_shown(results)
    said = str(on_columns(results))
    assert said.startswith("The scored regression is given all 196 columns as they are (principal components are ")
    assert said.endswith("Its coefficients are the ones shown.")
