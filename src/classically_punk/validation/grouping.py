"""Splits that keep groups whole: what belongs together, and folds in which every tested genre was trained on."""

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

ATTEMPTS = 20  # seeds tried for a split that leaves every tested genre in training


def grouped_folds(labels: pd.Series, groups: pd.Series, folds: int, seed: int) -> NDArray[np.int64] | None:
    """Test fold (1..folds) of each row: groups whole, genres spread as evenly as the groups allow.

    labels, groups : same index. Returns shape (n,), or None when no seed from `seed` on gave a split in which every
    tested genre is also trained on and every fold tests something.
    """
    names = labels.to_numpy(dtype=str)
    units = groups.to_numpy(dtype=str)
    if folds < 2 or len(set(units)) < folds or pd.Series(names).value_counts().max() < folds:
        return None
    for attempt in range(ATTEMPTS):
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed + attempt)
        found = np.zeros(len(names), dtype=np.int64)
        with warnings.catch_warnings():
            # a genre with fewer groups than folds is no fault here: it is then tested in fewer folds
            warnings.filterwarnings("ignore", message="The least populated class", category=UserWarning)
            for number, (_, tested) in enumerate(splitter.split(names, names, units), start=1):
                found[tested] = number
        complete = set(found) == set(range(1, folds + 1))
        if complete and first_lacking(labels, pd.Series(found, index=labels.index)) is None:
            return found
    return None


def first_lacking(labels: pd.Series, test_fold: pd.Series) -> str | None:
    """A genre that some fold tests without having trained on it: all its rows stand in one fold. Else None."""
    spread = test_fold.groupby(labels).nunique()
    lacking = spread.index[spread < 2]
    return str(lacking[0]) if len(lacking) else None
