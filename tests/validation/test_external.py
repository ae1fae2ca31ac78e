"""Who is asked about a model from another collection, and what the model is fitted to."""

import numpy as np
import pandas as pd
import pytest

from classically_punk.contracts.tables.external import KINDS
from classically_punk.foundation.errors import PunkError
from classically_punk.validation.external import counted, fold_of, shared_columns, who_is_asked


def linked(**clips: str) -> pd.DataFrame:
    """clips : of each its link."""
    rows = [(clip, f"group {clip}", link, "partner" if link else "", clip != "e") for clip, link in clips.items()]
    return pd.DataFrame(rows, columns=["clip", "group", "link", "partner", "artist_known"])


def test_every_clip_is_asked_or_left_out_for_one_reason() -> None:
    labels = {"a": "jazz", "b": "jazz", "c": "polka", "e": "jazz", "f": "polka"}
    asked = who_is_asked(linked(a="", b="song", c="", d="artist", e="", f="artist"), labels, ["jazz", "rock"])
    assert list(asked.rows["clip"]) == ["a", "e"]
    assert asked.unknown == 1
    counts = counted(asked).set_index("kind")
    assert counts["n"].to_dict() == {**dict.fromkeys(KINDS, 0), "asked": 2, "not used": 1, "genre": 2, "song": 1}
    assert counts["n"].sum() == 6
    assert (counts.loc["song", "example"], counts.loc["song", "partner"]) == ("b", "partner")
    assert counts.loc["genre", "partner"] == ""  # it is left out whomever it is linked with


def test_nobody_to_ask_is_an_error_that_says_why() -> None:
    with pytest.raises(PunkError, match=r"none of 2 clips can be asked about: 1 clips of a genre .*; 1 clips that are"):
        who_is_asked(linked(a="recording", c=""), {"a": "jazz", "c": "polka"}, ["jazz"])
    with pytest.raises(PunkError, match=r"none of 0 clips .*: there is none"):
        who_is_asked(linked(), {}, ["jazz"])


def test_columns_that_both_have_and_mean_the_same_by() -> None:
    assert shared_columns({"b": 1, "a": 2, "c": 1}, {"a": 2, "b": 1}, ("x", "y")) == ["b", "a"]
    with pytest.raises(PunkError, match="a of y is version 1 and of x version 2; run features and clean of both"):
        shared_columns({"a": 2}, {"a": 1}, ("x", "y"))
    with pytest.raises(PunkError, match="x and y share no column"):
        shared_columns({"a": 2}, {"b": 1}, ("x", "y"))


@pytest.mark.parametrize(("protocol", "unit"), [("clip", "song"), ("artist", "group")])
def test_all_whole_clips_are_learned_from_and_the_headline_says_what_stays_whole(protocol: str, unit: str) -> None:
    fit = pd.DataFrame({"clip": ["b", "a", "a"], "window": [-1, 0, -1], "label": ["rock", "jazz", "jazz"]})
    fit = fit.assign(group=["g", "h", "h"], song=["s", "t", "t"], x=[1.0, 2.0, 3.0], y=0.0)
    test = pd.DataFrame({"clip": ["q", "p", "p", "r"], "window": [-1, -1, 0, -1], "label": "rock", "x": [5, 6, 7, 8.0]})
    asked = pd.DataFrame({"clip": ["p", "q"], "label": "rock", "group": "g"})
    fold = fold_of(fit, test, asked, protocol, ["x"])
    np.testing.assert_array_equal(fold.training.values, [[3.0], [1.0]])
    assert list(fold.training.groups) == [fit[unit][2], fit[unit][0]]
    assert fold.training.genres == ("jazz", "rock")
    assert list(fold.tested["clip"]) == ["p", "q"]
    np.testing.assert_array_equal(fold.values, [[6.0], [5.0]])
