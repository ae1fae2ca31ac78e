"""Figures of models, diagnostics and decisions: what they draw is what the tables say, for corpora of any shape."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from classically_punk.audio.alterations import ALTERATIONS
from classically_punk.contracts.models import titles
from classically_punk.contracts.policies import DEFAULT_POLICY
from classically_punk.reporting.figures import decisions as figures_decisions
from classically_punk.reporting.figures import diagnostics as figures_diagnostics
from classically_punk.reporting.figures import models as figures_models
from classically_punk.reporting.figures.style import house_style, save

ODD = ['r"n<b>', "$x^2$ & _hop", "🎺 brass", "x" * 60]
FORTY = [f"genre {number}" for number in range(40)]


def scores() -> pd.DataFrame:
    rows = [
        (model, protocol, "accuracy", 0.5 + 0.01 * place, 0.4, 0.6, 100, 10)
        for place, (model, protocol) in enumerate(itertools.product(titles(), ("artist", "clip")))
    ]
    return pd.DataFrame(rows, columns=["model", "protocol", "score", "value", "low", "high", "n", "n_groups"])


def rows(genres: list[str], n: int = 12) -> pd.DataFrame:
    drawn = np.random.default_rng(0)
    clips = [f"clip {number}" for number in range(n)]
    table = pd.DataFrame(list(itertools.product(genres, clips)), columns=["genre", "clip"])
    table["label"] = np.resize(np.array(genres, dtype=object), len(table))
    table["fitted"], table["residual"] = drawn.uniform(-0.2, 1.2, len(table)), drawn.normal(size=len(table))
    table["leverage"] = drawn.uniform(0, 1, len(table))
    table["internal"], table["external"] = drawn.normal(size=len(table)), drawn.normal(size=len(table))
    table["cooks_distance"] = np.where(table["clip"] == "clip 0", np.nan, drawn.uniform(0, 0.3, len(table)))
    return table


def partial(genres: list[str]) -> pd.DataFrame:
    drawn = np.random.default_rng(1)
    table = pd.DataFrame(list(itertools.product(genres, range(9))), columns=["genre", "clip"])
    table["column"], table["t"] = "mfcc1_mean", 2.5
    table["column_rest"], table["response_rest"] = drawn.normal(size=len(table)), drawn.normal(size=len(table))
    return table


def coefficients(genres: list[str]) -> pd.DataFrame:
    pairs = list(itertools.product(genres, ["mfcc1_mean", "a_column_that_nobody_knows"]))
    table = pd.DataFrame(pairs, columns=["genre", "column"])
    return table.assign(coefficient=0.1, low=-0.1, high=0.3, p=[0.01, np.nan] * len(genres), p_holm=0.04)


def robustness(models: list[str]) -> pd.DataFrame:
    known = [(model, a.name, a.kind, a.amount) for model in models for a in ALTERATIONS]
    table = pd.DataFrame(known, columns=["model", "alteration", "kind", "amount"])
    for name in ("accuracy", "agreement"):
        table[name], table[f"{name}_low"], table[f"{name}_high"] = 0.6, 0.5, 0.7
    return table.assign(n=30, accuracy_before=0.7)


def every_figure(genres: list[str]) -> dict[str, Callable[[], Figure]]:
    choices = pd.DataFrame(
        {
            "feature_set": "standard", "choice": list(figures_models.CHOICES), "protocol": "clip", "columns": 9.0,
            "configured": ["yes", *["no"] * 4], "accuracy": 0.5, "low": np.nan, "high": np.nan,
        }
    )  # fmt: skip
    families = pd.DataFrame(list(itertools.product(genres, ["timbre", "rhythm"])), columns=["genre", "family"])
    inflated = pd.DataFrame(
        {"column": ["mfcc1_mean", "other"], "vif": [120.0, np.nan], "vif_after": [np.nan, 1.0], "reason": ""}
    )
    return {
        "models": lambda: figures_models.models_by_protocol(scores(), titles(), "toy"),
        "choices": lambda: figures_models.column_choices(choices, "clip", "toy"),
        "robustness": lambda: figures_models.robustness(robustness(["ols", "svm"]), titles(), "toy"),
        "snippet": lambda: figures_models.snippet_length(robustness(["ols"]), titles(), "toy"),
        "families": lambda: figures_diagnostics.families(families.assign(partial_r2=0.1), "toy"),
        "collinearity": lambda: figures_diagnostics.collinearity(inflated, {}, 10.0, "toy"),
        "residuals": lambda: figures_diagnostics.residuals_against_fitted(rows(genres), "toy"),
        "quantiles": lambda: figures_diagnostics.normal_quantiles(rows(genres), "toy"),
        "scale": lambda: figures_diagnostics.scale_location(rows(genres), "toy"),
        "leverage": lambda: figures_diagnostics.leverage_against_residual(rows(genres), 5, "toy"),
        "partial": lambda: figures_diagnostics.partial_regressions(partial(genres), {}, "toy"),
        "intervals": lambda: figures_diagnostics.coefficient_intervals(coefficients(genres), {}, "toy"),
    }


@pytest.mark.parametrize("name", every_figure(ODD))
def test_names_that_are_no_names_are_drawn_as_they_stand_and_twice_the_same(tmp_path: Path, name: str) -> None:
    for copy in ("one", "two"):
        with house_style():
            save(every_figure(ODD)[name](), tmp_path / copy, formats=("svg",))
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


@pytest.mark.parametrize("genres", [ODD[:2], FORTY], ids=["two", "forty"])
@pytest.mark.parametrize("name", ["families", "residuals", "leverage", "partial", "intervals"])
def test_two_genres_and_forty(genres: list[str], name: str) -> None:
    with house_style():
        figure = every_figure(genres)[name]()
        panels = [axes for axes in figure.axes if axes.axison]
        assert len(panels) >= (1 if name == "families" else len(genres))
        assert max(figure.get_size_inches()) < 60
        figure.clear()


def test_models_stand_in_the_order_of_what_they_score_under_the_strictest_protocol() -> None:
    with house_style():
        axes = figures_models.models_by_protocol(scores(), titles(), "toy").axes[0]
    shown = [label.get_text() for label in axes.get_yticklabels()]
    assert shown == [titles()[model] for model in reversed(titles())]


def test_every_alteration_has_a_title_of_its_own_with_its_unit() -> None:
    titles = [figures_models.alteration_title(a.name, a.kind, a.amount) for a in ALTERATIONS]
    assert len(set(titles)) == len(ALTERATIONS)
    assert not [title for title in titles if "_" in title]
    assert "gain −20 dB" in titles
    assert "MP3, 64 kbit/s" in titles
    assert "pitch −1 semitone" in titles
    assert "tempo +6 %" in titles


def test_the_curve_of_costs_marks_the_policies() -> None:
    curve = pd.DataFrame(
        {"threshold": [0.0, 0.5, 1.0], "cost_per_1000": [480.0, 280.0, 300.0], "low": 200.0, "high": 600.0, "n": 5}
    )
    policies = pd.DataFrame(
        {"policy": ["answer all", DEFAULT_POLICY], "threshold": [0.0, None], "cost_per_1000": [480.0, 250.0]}
    )
    with house_style():
        axes = figures_decisions.cost_against_threshold(curve, policies, "clip", "toy").axes[0]
    assert [480.0, 280.0, 300.0] in [list(line.get_ydata()) for line in axes.lines]
    assert [250.0, 250.0] in [list(line.get_ydata()) for line in axes.lines]  # the default has no threshold: a line
