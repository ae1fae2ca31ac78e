"""Corpora whose structure is known because it was planted."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from classically_punk.exploration.clip_matrix import ClipMatrix
from classically_punk.foundation.params import Ols

Design = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def settings() -> Ols:
    """Columns as they are: no change of shape, nothing cut off."""
    return Ols(transform="none", winsorise=None, columns="all", rows_per_column=4.0, vif_limit=10.0)


@pytest.fixture(scope="session")
def design() -> Design:
    """A design table from values, labels and groups."""

    def of(values: np.ndarray, labels: list[str], groups: list[str] | None = None, columns: list[str] | None = None):
        n, p = values.shape
        names = columns or [f"mfcc{number}_mean" for number in range(1, p + 1)]
        clips = [f"clip{number:04d}" for number in range(n)]
        head = {"clip": clips, "window": -1, "label": labels, "group": groups or clips, "song": clips}
        return pd.concat([pd.DataFrame(head).assign(recording=clips), pd.DataFrame(values, columns=names)], axis=1)

    return of


@pytest.fixture(scope="session")
def blobs(design: Design, settings: Ols) -> ClipMatrix:
    """Two genres, 60 clips, 12 artists; they lie 20 deviations apart along the first of four columns."""
    rng = np.random.default_rng(7)
    labels = ["calm"] * 30 + ["loud"] * 30
    values = rng.normal(size=(60, 4))
    values[30:, 0] += 20.0
    groups = [f"artist {number // 5}" for number in range(60)]
    return ClipMatrix.of(design(values, labels, groups), settings)
