"""What two collections have in common: whose clips may be asked about a model that was fitted to the other one.

A clip of the second collection is a stranger to the first when nothing links it with a clip there: not the samples, not
a recording at another gain, offset or encoding, not an artist and not a song. All links are drawn on the union of both,
as `groups` and `replicas` draw them within one collection.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from classically_punk.audio.fingerprint import Fingerprint
from classically_punk.corpora.groups import groups
from classically_punk.corpora.replicas import replications
from classically_punk.foundation.params import Ingest

LINKS = ("recording", "song", "artist")
"""What can link two clips, the closest first."""


@dataclass(frozen=True)
class Side:
    """One collection, as far as its clips are used.

    name         : of the corpus
    annotator    : whose artist ids these are: equal ids of one annotator are one artist
    md5s         : clip -> md5 of its canonical file
    fingerprints : clip -> fingerprint, of the same clips
    annotations  : ANNOTATIONS; rows of other clips are not looked at
    """

    name: str
    annotator: str
    md5s: Mapping[str, str]
    fingerprints: Mapping[str, Fingerprint]
    annotations: pd.DataFrame


def strangers(known: Side, asked: Side, settings: Ingest) -> pd.DataFrame:
    """The clips of `asked`, sorted, with the columns clip, group (of the union), link (one of LINKS, "" for a
    stranger), partner (a clip of `known` that it is linked with, "" for a stranger) and artist_known (bool).

    A link may lead over further clips: whoever is linked with a clip that is linked is no stranger either.
    Raises ValueError when a clip has no annotation.
    """
    sides = [(0, known), (1, asked)]
    keys = [(side, clip) for side, each in sides for clip in sorted(each.md5s)]
    names = [_key(*key) for key in keys]
    repeated = replications(
        {_key(side, clip): md5 for side, each in sides for clip, md5 in each.md5s.items()},
        {_key(side, clip): found for side, each in sides for clip, found in each.fingerprints.items()},
        settings,
    )
    recordings = [repeated[name].recording if name in repeated else name for name in names]
    annotations = pd.concat([_annotated(each) for _, each in sides], ignore_index=True)
    found = groups(names, recordings, annotations)
    ours = [place for place, (side, _) in enumerate(keys) if side == 0]
    marks = dict(zip(LINKS, (recordings, found.song, found.group), strict=True))
    first = {link: {mark[place]: keys[place][1] for place in reversed(ours)} for link, mark in marks.items()}
    rows = []
    for place, (side, clip) in enumerate(keys):
        if side == 1:
            link = next((link for link in LINKS if marks[link][place] in first[link]), "")
            of = annotations.iloc[place]
            rows.append(
                {
                    "clip": clip,
                    "group": found.group[place],
                    "link": link,
                    "partner": first[link][marks[link][place]] if link else "",
                    "artist_known": bool(of["artist"] or of["artist_id"]),
                }
            )
    return pd.DataFrame(rows, columns=["clip", "group", "link", "partner", "artist_known"])


def _key(side: int, clip: str) -> str:
    """A name for the clip in the union: the same name on both sides says nothing."""
    return f"{side} {clip}"


def _annotated(side: Side) -> pd.DataFrame:
    """Artist, title and artist id of the clips of `side`, sorted by clip; ids told apart by who gave them."""
    of = side.annotations.set_index("clip")
    missing = sorted(set(side.md5s) - set(of.index))
    if missing:
        raise ValueError(f"{side.name}: clip {missing[0]} ({len(missing)} in all) has no row in annotations.csv")
    of = of.loc[sorted(side.md5s), ["artist", "artist_id", "title"]].fillna("").astype(str).reset_index(drop=True)
    return of.assign(artist_id=[f"{side.annotator} {each}" if each else "" for each in of["artist_id"]])
