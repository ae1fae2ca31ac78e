"""Figures are closed after every test: matplotlib keeps those that nobody saved. What is said of columns stands beside
the feature table, which git does not keep: pages of committed tables are told it as the stage `features` would."""

from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from classically_punk.catalogue.sets import SETS, described
from classically_punk.contracts.columns import columns_table
from classically_punk.foundation.writing import write_csv
from classically_punk.reporting.pages.results import Results

WRITTEN_BESIDE = Results._columns_path


@pytest.fixture(autouse=True)
def no_figure_stays_open() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def columns_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """columns.csv of all sets."""
    path = tmp_path_factory.mktemp("catalogue") / "columns.csv"
    write_csv(columns_table(described(SETS)), path)
    return path


@pytest.fixture(scope="session", autouse=True)
def columns_are_described(columns_file: Path) -> Iterator[None]:
    """Where a corpus has no columns.csv, that of all sets stands in."""

    def path_of(results: Results) -> Path:
        own = WRITTEN_BESIDE(results)
        return own if own.exists() else columns_file

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Results, "_columns_path", path_of)
        yield
