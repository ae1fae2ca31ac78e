"""A protocol is one entry of the registry: folds, scores and figures find it."""

from collections.abc import Callable
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts import protocols
from classically_punk.contracts.classifier import alone
from classically_punk.contracts.protocols import Protocol
from classically_punk.foundation.params import Evaluate, Folds, Ols
from classically_punk.models.ols import fit_regression
from classically_punk.reporting.figures.results import accuracy_by_protocol
from classically_punk.scoring.scores import judge, score_table
from classically_punk.validation.held_out import held_out_predictions
from classically_punk.validation.splits import Corpus, FoldPlan, Plan, make_folds

MakeRows = Callable[..., pd.DataFrame]
FEATURES = ["one", "two"]


def even_and_odd(corpus: Corpus, protocol: Protocol) -> Plan:
    """Clips of even numbers are tested in the first fold, the others in the second."""
    units = corpus.clips.assign(role="", reason="")
    return Plan(units, ((units["clip"].str[-5:].astype(int) % 2 + 1).to_numpy(),), [f"{protocol.apart}, as numbered"])


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Protocol:
    entry = Protocol(
        name="toy", title="no number on both sides", apart="no number on both sides", unit="song", keeps="song",
        leaky=False, rank=None, seed_key=1234, splitter=f"{__name__}:even_and_odd",
    )  # fmt: skip
    monkeypatch.setitem(protocols.PROTOCOLS, "toy", entry)
    return entry


@pytest.fixture
def table(make_rows: MakeRows, rng: np.random.Generator) -> pd.DataFrame:
    rows = make_rows({"jazz": 10, "pop": 10, "rock": 10})
    noise = rng.normal(size=(len(rows), 2))
    return rows.assign(one=2.0 * (rows["label"] == "pop") + noise[:, 0], two=2.0 * (rows["label"] == "rock"))


@pytest.fixture
def plan(toy: Protocol, table: pd.DataFrame, fold_settings: Folds) -> FoldPlan:
    return make_folds(table, None, fold_settings)


def test_folds_have_it(plan: FoldPlan, table: pd.DataFrame) -> None:
    facts = plan.protocols.set_index("protocol").loc["toy"]
    assert (facts["possible"], facts["reason"]) == ("yes", "no number on both sides, as numbered")
    assert facts[["folds", "partitions", "n_clips", "n_groups", "crossing_songs"]].tolist() == [2, 1, 30, 30, 0]
    tested = plan.folds[(plan.folds["protocol"] == "toy") & (plan.folds["role"] == "test")]
    assert sorted(tested["clip"]) == sorted(table["clip"].unique())
    assert (tested["clip"].str[-1].astype(int) % 2 + 1 == tested["fold"]).all()


def test_scores_and_figures_have_it(
    plan: FoldPlan, table: pd.DataFrame, evaluate_settings: Callable[..., Evaluate]
) -> None:
    settings = Ols(transform="none", winsorise=None, columns="all", rows_per_column=4.0, vif_limit=10.0)
    fit = partial(fit_regression, columns=FEATURES, families=dict.fromkeys(FEATURES, "timbre"), settings=settings)
    predictions = held_out_predictions(table, plan.folds, alone("ols", fit), FEATURES, jobs=1).predictions
    judged = judge(predictions, table, evaluate_settings(resamples=100))
    assert list(judged) == ["segment_random", "clip", "toy"]
    of_toy = predictions[predictions["protocol"] == "toy"]
    assert judged["toy"].values["accuracy"] == pytest.approx((of_toy["predicted"] == of_toy["label"]).mean())
    assert (judged["toy"].n_clips, judged["toy"].counts.n_groups, judged["toy"].spread) == (30, 30, None)
    figure = accuracy_by_protocol(score_table({"ols": judged}, plan.protocols), "made up")
    labels = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    plt.close(figure)
    assert "toy: no number on both sides" in labels
    assert len(labels) == 3
