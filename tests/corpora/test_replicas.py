"""Clusters of clips that are one recording."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from classically_punk.audio.fingerprint import fingerprint
from classically_punk.corpora.inventory import summary
from classically_punk.corpora.published import PublishedTable
from classically_punk.corpora.replicas import clusters, exact_replicas, replications
from classically_punk.foundation.params import Corpus, Ingest


def test_clusters_reach_as_far_as_pairs_do() -> None:
    pairs = [("d", "c"), ("b", "d"), ("e", "f")]
    expected = {"a": "a", "b": "b", "c": "b", "d": "b", "e": "e", "f": "e"}
    assert clusters("abcdef", pairs) == clusters("fedcba", reversed(pairs)) == expected


def test_exact_replicas_name_the_first() -> None:
    assert exact_replicas({"c": "1", "a": "1", "b": "2", "d": "1"}) == {"c": "a", "d": "a"}


@pytest.mark.parametrize(("first", "second"), [("a", "b"), ("b", "a")])
def test_the_detail_says_which_of_two_starts_later(
    settings: Ingest, clip_bytes: Callable[..., bytes], first: str, second: str
) -> None:
    """`second` is cut out of `first`, 1 s from its beginning, and turned down."""
    samples = np.frombuffer(clip_bytes(11, seconds=12.0)[44:], "<i2")
    prints = {first: fingerprint(samples), second: fingerprint((samples[22050:] // 2).astype(np.int16))}
    found = replications({"a": "1", "b": "2"}, prints, settings)
    assert list(found) == ["b"]
    assert found["b"].recording == "a"
    assert f"The recording of a, starting 1.00 s {'later' if second == 'b' else 'earlier'}" in found["b"].detail


def test_a_summary_leaves_out_what_has_no_value() -> None:
    clips = pd.DataFrame(
        {
            "status": ["ok", "flagged", "flagged", "rejected"],
            "reasons": ["", "clipped;replica", "same_name", "silent"],
            "recording": ["a", "a", "c", "d"],
            "group": ["a", "a", "c", "d"],
            "song": ["a", "a", "c", "d"],
            "label": ["rock", "pop", "rock", "pop"],
        }
    )
    annotations = pd.DataFrame({"artist": [""] * 4})
    collection = PublishedTable(clips, pd.DataFrame(), annotations, {"mf": 2})
    corpus = Corpus(title="x", expected_clips=None, archives=[], clip_index=None, annotations=None)
    counts = summary(collection, corpus)
    assert counts == {
        "clips_found": 4,
        "clips_usable": 3,
        "ok": 1,
        "flagged": 2,
        "rejected": 1,
        "reasons": {"clipped": 1, "replica": 1, "same_name": 1, "silent": 1},
        "other_files": {"mf": 2},
        "recordings": 2,
        "groups": 2,
        "clips_with_artist": 0,
        "grouped_by": "recording",
        "genres": {"pop": 1, "rock": 2},
    }
    assert summary(collection, corpus.model_copy(update={"expected_clips": 4}))["share_held"] == 0.5
