"""Small made-up tables for the models."""

from collections.abc import Callable

import numpy as np
import pytest

from classically_punk.foundation.params import Clean, Ols
from classically_punk.models.classifier import Training

GENRES = ("blues", "jazz", "pop", "rock")
COLUMNS = tuple(f"column{j}" for j in range(8))
FAMILIES = {name: ("timbre", "timbre", "harmony", "rhythm")[j % 4] for j, name in enumerate(COLUMNS)}


@pytest.fixture
def families() -> dict[str, str]:
    return FAMILIES


@pytest.fixture
def columns() -> tuple[str, ...]:
    return COLUMNS


@pytest.fixture
def ols_settings() -> Callable[..., Ols]:
    """`Ols` with plain defaults; keywords change single values."""

    def make(**changed: object) -> Ols:
        plain = {"transform": "none", "winsorise": None, "columns": "all", "rows_per_column": 4.0}
        plain["vif_limit"] = 10.0
        return Ols.model_validate({**plain, **changed})

    return make


@pytest.fixture
def clean_settings() -> Callable[..., Clean]:
    """`Clean` with plain defaults; keywords change single values."""

    def make(**changed: object) -> Clean:
        plain = {"feature_set": "standard", "constant": 1e-9, "replicas": "keep", "flagged": "keep"}
        return Clean.model_validate({**plain, **changed})

    return make


@pytest.fixture
def training(rng: np.random.Generator) -> Training:
    """120 rows of 4 genres whose columns differ in mean, skewed and in units far apart; every row its own group."""
    labels = np.array([GENRES[i % 4] for i in range(120)], dtype=object)
    means = rng.normal(size=(4, 8))
    values = means[np.arange(120) % 4] + rng.gamma(2.0, size=(120, 8))
    units = 10.0 ** np.array([-5, -2, 0, 1, 2, 3, 5, 0])
    groups = np.array([f"artist{i}" for i in range(120)], dtype=object)
    return Training(values * units, labels, groups, GENRES)
