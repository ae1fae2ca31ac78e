"""Who bears the errors: tables counted by hand, and groups too few to compare."""

import numpy as np
import pandas as pd
import pytest

from classically_punk.decisions.error_concentration import (
    concentration_table,
    confusion_concentration,
    group_recall_table,
)
from classically_punk.scoring.bootstrap import group_weights, units_of

ROWS = [
    # clip, label, predicted, support of the prediction, artist
    ("reggae.1", "reggae", "reggae", 2.0, "marley"),
    ("reggae.2", "reggae", "reggae", 2.0, "marley"),
    ("reggae.3", "reggae", "pop", 1.0, "marley"),
    ("reggae.4", "reggae", "pop", 3.0, "burning spear"),
    ("reggae.5", "reggae", "pop", 1.0, "tosh"),
    ("reggae.6", "reggae", "pop", 1.0, "tosh"),
    ("reggae.7", "reggae", "rock", 2.0, "tosh"),
    ("reggae.8", "reggae", "reggae", 2.0, "wailer"),
    ("pop.1", "pop", "pop", 2.0, "spears"),
    ("pop.2", "pop", "reggae", 2.0, "spears"),
    ("rock.1", "rock", "rock", 2.0, "queen"),
    ("rock.2", "rock", "reggae", 2.0, "marley"),
]


@pytest.fixture
def predictions() -> pd.DataFrame:
    table = pd.DataFrame(ROWS, columns=["clip", "label", "predicted", "support", "group"])
    for genre in ("pop", "reggae", "rock"):
        table[f"fitted.{genre}"] = np.where(table["predicted"] == genre, table["support"], 0.0)
    return table.assign(protocol="artist", fold=1, window=-1, inverse_temperature=1.0)


def draws(predictions: pd.DataFrame, groups: pd.Series, resamples: int = 1000) -> np.ndarray:
    return group_weights(units_of(predictions["label"], groups), resamples, np.random.default_rng(0))


def concentration(predictions: pd.DataFrame, groups: pd.Series, resamples: int = 1000) -> pd.DataFrame:
    return concentration_table(predictions, groups, draws(predictions, groups, resamples), 0.95)


def test_recall_of_every_group_of_every_genre(predictions: pd.DataFrame) -> None:
    table = group_recall_table(predictions, predictions["group"])
    reggae = table[table["genre"] == "reggae"]
    assert reggae["group"].tolist() == ["marley", "tosh", "burning spear", "wailer"]
    assert reggae["n"].tolist() == [3, 3, 1, 1]
    assert reggae["right"].tolist() == [2, 0, 0, 1]
    assert reggae["recall"].tolist() == pytest.approx([2 / 3, 0, 0, 1])
    assert reggae["share"].tolist() == pytest.approx([3 / 8, 3 / 8, 1 / 8, 1 / 8])
    assert table["n"].sum() == len(predictions)
    np.testing.assert_allclose(table.groupby("genre")["share"].sum(), 1.0)


def test_concentration_by_hand(predictions: pd.DataFrame) -> None:
    """Reggae: shares 3/8, 3/8, 1/8, 1/8: 64 / (9 + 9 + 1 + 1) = 3.2 effective groups; marley comes before tosh."""
    table = concentration(predictions, predictions["group"]).set_index("genre")
    reggae = table.loc["reggae"]
    assert reggae[["n", "n_groups", "largest_group"]].tolist() == [8, 4, "marley"]
    assert reggae[["largest_share", "effective_groups"]].tolist() == pytest.approx([3 / 8, 3.2])
    assert reggae[["recall_largest", "recall_rest"]].tolist() == pytest.approx([2 / 3, 1 / 5])
    assert 0 <= reggae["low"] < 0.2 < reggae["high"] <= 1
    assert reggae["reason"] == ""


def test_too_few_groups_have_a_reason(predictions: pd.DataFrame) -> None:
    table = concentration(predictions, predictions["group"]).set_index("genre")
    assert table.loc["pop", "reason"] == "all clips are of one group"
    assert table.loc["pop", ["largest_share", "effective_groups", "recall_largest"]].tolist() == [1.0, 1.0, 0.5]
    assert np.isnan(table.loc["pop", "recall_rest"])
    assert table.loc["rock", "reason"] == "no interval: fewer than 2 groups"
    assert table.loc["rock", ["largest_group", "recall_largest", "recall_rest"]].tolist() == ["marley", 0.0, 1.0]
    missing = table.isna().any(axis=1)
    assert (table.loc[missing, "reason"] != "").all()


def test_as_many_effective_groups_as_equal_ones(predictions: pd.DataFrame) -> None:
    table = concentration(predictions, predictions["clip"])
    np.testing.assert_allclose(table["effective_groups"], table["n_groups"])
    np.testing.assert_allclose(table["largest_share"], 1 / table["n"])


def test_interval_of_the_rest_does_not_hang_on_the_largest(predictions: pd.DataFrame) -> None:
    flipped = predictions.copy()
    of_marley = (flipped["group"] == "marley") & (flipped["label"] == "reggae")
    flipped.loc[of_marley, "predicted"] = "rock"
    one, other = (
        concentration(each, each["group"]).set_index("genre").loc["reggae"] for each in (predictions, flipped)
    )
    assert other["recall_largest"] == 0.0
    assert one[["recall_rest", "low", "high"]].tolist() == other[["recall_rest", "low", "high"]].tolist()


def test_interval_of_many_groups_is_the_binomial_one() -> None:
    """201 groups of one clip; of the 200 that are not the largest half are right: .5 +- 1.96 * sqrt(.25 / 200)."""
    n = 202
    predicted = ["jazz", "jazz"] + ["jazz", "pop"] * 100
    table = pd.DataFrame({"label": "jazz", "predicted": predicted})
    groups = pd.Series(["a0", "a0"] + [f"g{k:03d}" for k in range(n - 2)])
    row = concentration(table, groups, 4000).iloc[0]
    assert row["largest_group"] == "a0"
    assert row[["low", "high"]].tolist() == pytest.approx([0.431, 0.569], abs=0.012)


def test_draws_must_be_of_these_groups(predictions: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="for 6 groups"):
        concentration_table(predictions, predictions["group"], np.ones((9, 5)), 0.95)


def test_worst_confusions_by_hand(predictions: pd.DataFrame) -> None:
    """Reggae for pop: clip 4 is the most confident; 3, 5 and 6 are equal, and 6 is the one that is cut."""
    table = confusion_concentration(predictions, predictions["group"])
    first = table.iloc[0]
    assert first[["actual", "predicted", "n", "n_groups"]].tolist() == ["reggae", "pop", 4, 3]
    assert first["share"] == pytest.approx(0.5)
    assert first["examples"] == "reggae.4; reggae.3; reggae.5"
    pairs = list(zip(table["actual"], table["predicted"], strict=True))
    assert pairs[1:] == [("pop", "reggae"), ("rock", "reggae"), ("reggae", "rock")]  # equal n: by share, then by name
    assert table["n"].sum() == (predictions["label"] != predictions["predicted"]).sum()


def test_order_of_the_rows_changes_nothing(predictions: pd.DataFrame) -> None:
    turned = predictions.iloc[::-1]
    pd.testing.assert_frame_equal(
        confusion_concentration(turned, turned["group"]), confusion_concentration(predictions, predictions["group"])
    )
    pd.testing.assert_frame_equal(
        concentration(turned, turned["group"]),
        concentration(predictions, predictions["group"]),
    )


def test_no_error_no_rows(predictions: pd.DataFrame) -> None:
    right = predictions.assign(predicted=predictions["label"])
    table = confusion_concentration(right, right["group"])
    assert table.empty
    assert list(table.columns) == ["actual", "predicted", "n", "share", "n_groups", "examples"]
