"""Whose clips are strangers to another collection: every kind of link, planted, and GTZAN's own names."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from classically_punk.audio.fingerprint import Fingerprint, fingerprint
from classically_punk.corpora.overlap import Side, strangers
from classically_punk.foundation.params import Ingest

EMPTY: Fingerprint = np.zeros(0, np.uint32)


def side(name: str, annotator: str, **clips: tuple[str, str, str]) -> Side:
    """clips : of each artist, artist id and title; md5s are their own, fingerprints empty."""
    rows = [dict(zip(("clip", "artist", "artist_id", "title"), (clip, *of), strict=True)) for clip, of in clips.items()]
    md5s = {clip: f"{name} {clip}" for clip in clips}
    return Side(name, annotator, md5s, dict.fromkeys(clips, EMPTY), pd.DataFrame(rows))


def links(found: pd.DataFrame) -> dict[str, tuple[str, str]]:
    rows = zip(found["clip"], found["link"], found["partner"], strict=True)
    return {clip: (link, partner) for clip, link, partner in rows}


def test_names_songs_and_what_leads_over_a_third_clip(settings: Ingest) -> None:
    known = side("here", "list", a=("Queen", "", "Fire"), b=("Prince (3)", "", ""))
    asked = side(
        "there",
        "list",
        a=("Cher", "", "Fire"),  # the same file name and the same title by another artist say nothing
        b=("queen", "", "Fire [live]"),
        c=("The Queen", "", "Water"),
        d=("Prince & Cher", "", ""),  # and so Cher, of clip a, is reached through this duet
        e=("Prince Buster", "", ""),
        f=("", "", ""),
    )
    found = strangers(known, asked, settings)
    assert links(found) == {
        "a": ("artist", "b"),
        "b": ("song", "a"),
        "c": ("artist", "a"),
        "d": ("artist", "b"),
        "e": ("", ""),
        "f": ("", ""),
    }
    assert list(found["artist_known"]) == [True] * 5 + [False]


def test_equal_ids_are_one_artist_only_where_one_list_gave_them(settings: Ingest) -> None:
    asked = side("there", "list", x=("", "7", ""))
    assert links(strangers(side("here", "list", a=("", "7", "")), asked, settings)) == {"x": ("artist", "a")}
    assert links(strangers(side("here", "other", a=("", "7", "")), asked, settings)) == {"x": ("", "")}


def test_a_recording_is_found_by_its_samples_and_at_another_gain_and_offset(
    settings: Ingest, clip_bytes: Callable[..., bytes]
) -> None:
    first, second = (np.frombuffer(clip_bytes(seed, seconds=12.0)[44:], "<i2") for seed in (11, 12))
    cut = (first[22050:] // 2).astype(np.int16)
    blank = pd.DataFrame({"clip": list("abxyz"), "artist": "", "artist_id": "", "title": ""})
    known = Side("here", "", {"a": "1", "b": "2"}, {"a": fingerprint(first), "b": EMPTY}, blank)
    prints = {"x": fingerprint(cut), "y": fingerprint(second), "z": EMPTY}
    found = strangers(known, Side("there", "", {"x": "8", "y": "9", "z": "2"}, prints, blank), settings)
    assert links(found) == {"x": ("recording", "a"), "y": ("", ""), "z": ("recording", "b")}


def test_a_clip_without_a_row_of_annotations_is_named(settings: Ingest) -> None:
    known = side("here", "list", a=("Queen", "", ""))
    lacking = Side("there", "list", {"x": "1"}, {"x": EMPTY}, known.annotations)
    with pytest.raises(ValueError, match=r"there: clip x .*annotations\.csv"):
        strangers(known, lacking, settings)


def test_nobody_is_a_stranger_to_himself(settings: Ingest) -> None:
    both = side("here", "list", a=("Queen", "1", "Fire"), b=("", "", ""))
    found = strangers(both, both, settings)
    assert links(found) == {"a": ("recording", "a"), "b": ("recording", "b")}
