"""The default decision rule: on both sides of the interval, and from predictions whose winner is planted."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts.models import MODELS, OPTIMAL_SCORING, REGRESSION, RULES, WITH_WINDOWS
from classically_punk.foundation.params import Evaluate
from classically_punk.scoring.bootstrap import Interval
from classically_punk.scoring.decision_rule import default_rule, rule_summary, windows_summary
from classically_punk.scoring.scores import judge_all
from classically_punk.validation.held_out import FITTED

GENRES = ("blues", "rock")
Settings = Callable[..., Evaluate]


@pytest.mark.parametrize(
    ("low", "high", "default"),
    [
        (0.01, 0.05, OPTIMAL_SCORING),
        (0.0, 0.05, REGRESSION),  # 0 is no lead
        (-0.01, 0.05, REGRESSION),
        (-0.05, -0.01, REGRESSION),
        (None, None, REGRESSION),
    ],
)
def test_a_lead_counts_where_its_interval_lies_above_0(low: float | None, high: float | None, default: str) -> None:
    assert default_rule(Interval(low, high, "")) == default


def test_the_rules_are_entries_of_the_registry() -> None:
    assert set(RULES) == {REGRESSION, OPTIMAL_SCORING}
    assert all(MODELS[name].rule and not MODELS[name].method for name in RULES)


def predictions(wrong: dict[str, np.ndarray]) -> pd.DataFrame:
    """80 clips in two partitions; wrong : rule -> shape (80,), clips that it takes for the other genre."""
    labels = np.array(GENRES)[np.arange(80) % 2]
    parts = []
    for name, flags in wrong.items():
        predicted = np.where(flags, np.array(GENRES)[(np.arange(80) + 1) % 2], labels)
        scores = {f"{FITTED}{genre}": (predicted == genre).astype(float) for genre in GENRES}
        clips = [f"c{k:02d}" for k in range(80)]
        parts += [
            pd.DataFrame({
                "model": name, "protocol": "artist", "partition": partition, "fold": partition, "clip": clips,
                "window": -1, "label": labels, "predicted": predicted, "inverse_temperature": 1.0,
                "leverage": np.nan, **scores,
            })
            for partition in (1, 2)
        ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def clips() -> pd.DataFrame:
    names = [f"c{k:02d}" for k in range(80)]
    groups = [f"artist{k % 2}{k // 4}" for k in range(80)]
    return pd.DataFrame({"clip": names, "group": groups, "song": names, "recording": names})


@pytest.mark.parametrize(
    ("argmax", "nearest", "default"), [(40, 10, OPTIMAL_SCORING), (10, 40, REGRESSION), (20, 19, REGRESSION)]
)
def test_the_planted_winner_becomes_the_default(
    argmax: int, nearest: int, default: str, evaluate_settings: Settings, rng: np.random.Generator
) -> None:
    """So many of 80 clips wrong by the one rule and by the other; a lead of one clip is none."""
    order = rng.permutation(80)
    wrong = {
        REGRESSION: np.isin(np.arange(80), order[:argmax]),
        OPTIMAL_SCORING: np.isin(np.arange(80), order[-nearest:]),
    }
    judged = judge_all(predictions(wrong), clips(), evaluate_settings(resamples=400))
    found = rule_summary(judged, "artist")
    assert found["default"] == default
    assert found["difference"] == pytest.approx((argmax - nearest) / 80)
    assert found["difference_low"] <= found["difference"] <= found["difference_high"]
    turned = rule_summary({name: judged[name] for name in reversed(list(judged))}, "artist")
    assert turned == found


def test_what_windows_add_is_paired_with_the_whole_clip(evaluate_settings: Settings) -> None:
    """Wrong on every fourth clip by itself and on every eighth with windows, which are among the former."""
    places = np.arange(80)
    made = predictions({REGRESSION: places % 4 == 0, WITH_WINDOWS: places % 8 == 0})
    judged = judge_all(made, clips(), evaluate_settings(resamples=200))
    found = windows_summary(judged, "artist")["windows"]
    assert found["difference"] == pytest.approx(1 / 8)
    assert 0 < found["difference_low"] <= found["difference"] <= found["difference_high"]
    assert windows_summary({REGRESSION: judged[REGRESSION]}, "artist") == {}
