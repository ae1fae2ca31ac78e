"""One plan of columns for all fits of a corpus, by its smallest training part."""

import pandas as pd
import pytest

from classically_punk.foundation.errors import PunkError
from classically_punk.models.planning import plan_columns, plan_corpus


def folds(**sizes: int) -> pd.DataFrame:
    """Two folds of each protocol; the second has a training row more."""
    rows = [
        (protocol, fold, "train") for protocol, size in sizes.items() for fold in (1, 2) for _ in range(size + fold - 1)
    ]
    return pd.DataFrame(rows, columns=["protocol", "fold", "role"])


def test_the_smallest_strict_training_part_decides_for_all(ols_settings) -> None:
    settings = ols_settings(columns="components", rows_per_column=4.0)
    plans = plan_corpus(57, folds(clip=900, artist=632, fault_filtered=443, segment_random=8000), settings)
    assert (plans.whole.settings.columns, plans.whole.most) == ("all", 110)
    plans = plan_corpus(196, folds(clip=900, artist=632, segment_random=8000), settings)
    assert (plans.whole.settings.columns, plans.whole.most) == ("components", 158)
    assert plans.windows is not None
    assert plans.windows.settings.columns == "all"  # of 8000 windows, 2000 columns


def test_inference_is_on_columns_whatever_wins_the_scores(ols_settings) -> None:
    settings = ols_settings(columns="components", rows_per_column=4.0)
    plain = plan_columns(196, 90, settings).plain
    assert (plain.settings.columns, plain.most) == ("vif_pruned", 22)
    assert plan_columns(57, 443, settings).plain.settings.columns == "all"


def test_each_protocol_follows_one_plan(ols_settings) -> None:
    of_all = folds(clip=100, segment_random=800)
    plans = plan_corpus(50, of_all, ols_settings(columns="components"))
    parts = [set(part["protocol"]) for _, part in plans.by_protocol(of_all)]
    assert parts == [{"clip"}, {"segment_random"}]


def test_windows_alone_are_no_corpus(ols_settings) -> None:
    with pytest.raises(PunkError, match="no protocol tests whole clips"):
        plan_corpus(50, folds(segment_random=800), ols_settings())
