"""Figures are closed after every test: matplotlib keeps those that nobody saved. What is said of columns stands beside
the feature table, which git does not keep: pages of committed tables are told it as the stage `features` would."""

from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from classically_punk.catalogue.sets import SETS, described
from classically_punk.contracts import tables
from classically_punk.contracts.columns import columns_table
from classically_punk.contracts.tables.design import COLUMNS
from classically_punk.reporting.pages.results import Results

WRITTEN_BESIDE = Results._columns_folder


@pytest.fixture(autouse=True)
def no_figure_stays_open() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def columns_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of columns.csv of all sets."""
    folder = tmp_path_factory.mktemp("catalogue")
    tables.write(COLUMNS, columns_table(described(SETS)), folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def columns_are_described(columns_folder: Path) -> Iterator[None]:
    """Where a corpus has no columns.csv, that of all sets stands in."""

    def folder_of(results: Results) -> Path:
        own = WRITTEN_BESIDE(results)
        return own if (own / COLUMNS.file).exists() else columns_folder

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Results, "_columns_folder", folder_of)
        yield
