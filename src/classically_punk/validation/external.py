"""Music from elsewhere: fitted to one whole collection, asked about clips of another that nothing links with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from classically_punk.contracts import tables
from classically_punk.contracts.classifier import Training
from classically_punk.contracts.design import WHOLE
from classically_punk.contracts.protocols import kept_whole
from classically_punk.contracts.tables.external import ASKED, EXTERNAL_CLIPS, KINDS
from classically_punk.foundation.errors import PunkError
from classically_punk.validation.held_out import Fold

NOT_USED, NO_GENRE = "not used", "genre"
LINKS = ("recording", "song", "artist")


@dataclass(frozen=True)
class Asked:
    """Who is asked.

    clips : clip, label, group (of the union of both collections), kind (one of KINDS), partner (the clip that it is
            linked with), artist_known
    """

    clips: pd.DataFrame

    @property
    def rows(self) -> pd.DataFrame:
        """clip, label, group of those who are asked."""
        return self.clips.loc[self.clips["kind"] == ASKED, ["clip", "label", "group"]].reset_index(drop=True)

    @property
    def unknown(self) -> int:
        """How many are asked whose artist nobody knows."""
        return int((~self.clips.loc[self.clips["kind"] == ASKED, "artist_known"].astype(bool)).sum())


def who_is_asked(strangers: pd.DataFrame, labels: Mapping[str, str], genres: Sequence[str]) -> Asked:
    """Every clip of the test collection, asked about or left out.

    strangers : clip, group, link, partner, artist_known of its clips, as `corpora.overlap.strangers` says
    labels    : clip -> genre, of the clips in its design table; genres : of the collection that is fitted to

    A clip is left out for one reason: it is not in the design table (NOT_USED), the fit has no clip of its genre
    (NO_GENRE), or its link.
    Raises PunkError when nobody is left, saying why.
    """
    known = set(genres)
    kinds = [
        NOT_USED if clip not in labels else NO_GENRE if labels[clip] not in known else link or ASKED
        for clip, link in zip(strangers["clip"], strangers["link"], strict=True)
    ]
    names = [labels.get(clip, "") for clip in strangers["clip"]]
    partners = [partner if kind in LINKS else "" for partner, kind in zip(strangers["partner"], kinds, strict=True)]
    asked = Asked(strangers[["clip", "group", "artist_known"]].assign(label=names, kind=kinds, partner=partners))
    if asked.rows.empty:
        why = "; ".join(f"{kinds.count(kind)} {words}" for kind, words in KINDS.items() if kind in kinds)
        raise PunkError(f"none of {len(kinds)} clips can be asked about: {why or 'there is none'}")
    return asked


def counted(asked: Asked) -> pd.DataFrame:
    """EXTERNAL_CLIPS, every kind, in the order of KINDS."""
    rows: list[dict[str, object]] = []
    for kind in KINDS:
        part = asked.clips[asked.clips["kind"] == kind]
        first = {"example": "", "partner": ""}
        if not part.empty:
            first = {"example": part["clip"].iloc[0], "partner": part["partner"].iloc[0]}
        rows.append({"kind": kind, "n": len(part), **first})
    return tables.frame(EXTERNAL_CLIPS, rows)


def shared_columns(fitted: Mapping[str, int], tested: Mapping[str, int], names: tuple[str, str]) -> list[str]:
    """Columns that both design tables have, in the order of the first. fitted, tested : column -> version of what it
    means; names : of the two corpora.

    Raises PunkError when a column means something else in the other table, or none is shared.
    """
    shared = [column for column in fitted if column in tested]
    other = [column for column in shared if fitted[column] != tested[column]]
    if other:
        raise PunkError(
            f"design_recipe.csv: {other[0]} of {names[1]} is version {tested[other[0]]} and of {names[0]} version "
            f"{fitted[other[0]]}; run features and clean of both again"
        )
    if not shared:
        raise PunkError(f"the design tables of {names[0]} and {names[1]} share no column; give both the same set")
    return shared


def fold_of(fit: pd.DataFrame, test: pd.DataFrame, asked: pd.DataFrame, protocol: str, columns: Sequence[str]) -> Fold:
    """All whole clips of `fit` to learn from, the clips of `asked` to be tested on.

    fit, test : design tables; asked : clip, label; protocol : the headline of `fit`, whose units calibration keeps
    whole
    """
    whole = fit[fit["window"] == WHOLE].sort_values("clip")
    keeps = kept_whole(protocol)
    units = whole["clip"] if keeps == "row" else whole[keeps]
    training = Training(
        whole[list(columns)].to_numpy(dtype=float),
        whole["label"].to_numpy(dtype=object),
        units.to_numpy(dtype=object),
        tuple(sorted(whole["label"].unique())),
    )
    wanted = test[(test["window"] == WHOLE) & test["clip"].isin(asked["clip"])].sort_values("clip")
    tested = wanted[["clip", "window", "label"]].reset_index(drop=True)
    tested.insert(0, "protocol", protocol)
    tested.insert(1, "partition", 1)
    tested.insert(2, "fold", 1)
    values = wanted[list(columns)].to_numpy(dtype=float)
    return Fold(protocol, 1, training, tested, values, whole["clip"].to_numpy(dtype=object))
