"""A comparator is one entry of the registry: the stage fits it, and scores and figures find it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import NearestCentroid

from classically_punk.contracts import models
from classically_punk.contracts.models import Model
from classically_punk.foundation.params import Comparators, Evaluate, Inner, Ols, read_params
from classically_punk.models.comparators import comparator_suite
from classically_punk.models.methods import Method
from classically_punk.scoring.scores import judge_all
from classically_punk.validation.held_out import held_out_predictions

REPOSITORY = Path(__file__).resolve().parents[2]


def nearest_centroid(settings: Comparators) -> Method:
    """The genre whose mean is nearest."""
    return Method(
        lambda choice, size: NearestCentroid(),
        lambda estimator, values: -np.square(values[:, None] - estimator.centroids_[None]).sum(axis=2),
        ({},),
    )


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Model:
    entry = Model("toy", "nearest centroid", "distance", f"{__name__}:nearest_centroid")
    monkeypatch.setitem(models.MODELS, "toy", entry)
    return entry


def test_the_entry_alone_makes_it_a_comparator(
    toy: Model,
    make_rows: Callable[..., pd.DataFrame],
    ols_settings: Callable[..., Ols],
    evaluate_settings: Callable[..., Evaluate],
    rng: np.random.Generator,
) -> None:
    table = make_rows({"jazz": 12, "rock": 12}, windows=0)
    table = table.assign(one=4.0 * (table["label"] == "rock") + rng.normal(size=len(table)))
    numbered = table["clip"].str[-1].astype(int) % 2
    folds = pd.concat(
        table[["clip", "window"]].assign(
            protocol="clip", partition=1, fold=fold, role=np.where(numbered == fold - 1, "test", "train")
        )
        for fold in (1, 2)
    )
    settings = read_params(REPOSITORY / "params.yaml").comparators
    suite = comparator_suite(settings, ols_settings(), Inner(folds=2, seed=1), only="toy")
    held = held_out_predictions(table, folds, suite, ["one"], jobs=1)
    assert set(held.predictions["model"]) == {"toy"}
    judged = judge_all(held.predictions, table, evaluate_settings(resamples=100))
    assert judged["toy"]["clip"].values["accuracy"] > 0.85
    assert models.titles()["toy"] == "nearest centroid"
    assert "toy" in models.comparators()
