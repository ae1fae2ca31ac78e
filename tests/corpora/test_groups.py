"""Who must not be split: what is known to be the same is linked, on GTZAN's real annotations and by hand."""

import pandas as pd
import pytest

from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.corpora import clip_index, loaders
from classically_punk.corpora.annotations import Annotations
from classically_punk.corpora.groups import groups, linked
from classically_punk.corpora.identity import credited, spelled_alike
from classically_punk.corpora.loaders import gtzan
from classically_punk.corpora.loaders.interface import Loader
from classically_punk.corpora.replicas import exact_replicas
from classically_punk.foundation.params import Corpus, Folds
from classically_punk.validation.splits import make_folds


def table(**columns: list[str]) -> pd.DataFrame:
    rows = len(next(iter(columns.values())))
    blank = {name: [""] * rows for name in ("artist", "artist_id", "title")}
    return pd.DataFrame({**blank, **columns})


def test_links_follow_chains() -> None:
    """By artist, by recording, and through a clip that has both."""
    assert linked([["a", 1], ["a", 2], ["b", 2], ["c", 3], ["d", 3]]) == [0, 0, 0, 1, 1]


def test_an_artist_and_a_recording_of_one_name_are_not_confused() -> None:
    found = groups(["x", "y"], ["y", "z"], table(artist=["x", "y"]))
    assert len(set(found.group)) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Earth, Wind & Fire", "Earth Wind and Fire"),
        ("Bob Marley (352)", "Bob Marley"),
        ("The Rolling Stones", "Rolling Stones"),
        ("Motörhead", "Motorhead"),
        ("AC/DC", "ACDC"),
        ("Lauryn Hill feat. Bob Marley", "Bob Marley"),
    ],
)
def test_spellings_suffixes_and_guests_are_the_same_artist(one: str, other: str) -> None:
    found = groups(["a", "b"], ["a", "b"], table(artist=[one, other]))
    assert found.group[0] == found.group[1]


@pytest.mark.parametrize(
    ("one", "other"), [("Prince", "Prince Buster"), ("Peter Tosh", "Peter Brown"), ("2Pac", "3LW")]
)
def test_names_that_share_a_word_are_not(one: str, other: str) -> None:
    found = groups(["a", "b"], ["a", "b"], table(artist=[one, other]))
    assert found.group[0] != found.group[1]


def test_a_song_is_linked_by_artist_and_title_and_not_by_title_alone() -> None:
    known = table(artist=["Queen", "Queen", "Cher"], title=["Fire!", "fire (live)", "Fire"])
    found = groups(["a", "b", "c"], ["a", "b", "c"], known)
    assert found.song == ["a", "a", "c"]


def test_without_annotations_a_group_is_a_recording() -> None:
    found = groups(["a", "b", "c"], ["a", "a", "c"], table(artist=["", "", ""]))
    assert found.group == found.song == ["a", "a", "c"]


def test_names_of_groups_are_distinct() -> None:
    """One id has two names; another artist has the name that most clips of the first have."""
    known = table(artist=["X", "X", ""], artist_id=["1", "1", "2"])
    found = groups(["a", "b", "c"], ["a", "b", "c"], known)
    assert found.group == ["X", "X", "artist 2"]


def test_what_is_spelled_and_credited() -> None:
    assert spelled_alike("(I Can't Get No) Satisfaction") == "icantgetnosatisfaction"
    assert spelled_alike("(untitled)") == "untitled"  # a remark alone is a name
    assert credited("KC and The Sunshine Band") == ("kc", "sunshineband")


@pytest.fixture(scope="module")
def corpus(real_data) -> tuple[pd.DataFrame, pd.DataFrame]:  # type: ignore[no-untyped-def]
    """Keys of the 1000 clips of GTZAN, and its annotations."""
    names = [f"{genre}.{k:05d}" for genre in GENRES for k in range(100)]
    known = gtzan.read(real_data.annotations()).table(names)
    index = clip_index.read_file(real_data.file("gtzan_md5_mirdata.json"))
    repeated = exact_replicas(index)
    recordings = [repeated.get(name, name) for name in names]
    found = groups(names, recordings, known)
    rows = pd.DataFrame({"clip": names, "window": -1, "label": [name.split(".")[0] for name in names]})
    rows = rows.assign(group=found.group, song=found.song, recording=recordings)
    return rows, known


GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")


def test_under_artist_nothing_known_stands_on_two_sides(corpus: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Names, identifiers, songs and replicas of GTZAN's 1000 clips, fold by fold, counted anew from the annotations."""
    rows, known = corpus
    settings = Folds(seed=1, segment_random=5, strict=5, repeats=2)
    plan = make_folds(rows, known.astype(object).where(known.notna(), ""), settings)
    by_clip = known.set_index("clip")
    marks = {
        "name": {clip: set(credited(by_clip.at[clip, "artist"])) for clip in by_clip.index},
        "id": {clip: {by_clip.at[clip, "artist_id"]} - {""} for clip in by_clip.index},
        "recording": {clip: {name} for clip, name in zip(rows["clip"], rows["recording"], strict=True)},
    }
    titled = [(clip, spelled_alike(by_clip.at[clip, "title"])) for clip in by_clip.index]
    marks["song"] = {clip: {(name, title) for name in marks["name"][clip] if title} for clip, title in titled}
    folds = plan.folds[plan.folds["protocol"] == "artist"]
    assert len(folds["fold"].unique()) == 10
    for _, fold in folds.groupby("fold"):
        for kind, of_clip in marks.items():
            trained = set().union(*(of_clip[clip] for clip in fold.loc[fold["role"] == "train", "clip"]))
            tested = set().union(*(of_clip[clip] for clip in fold.loc[fold["role"] == "test", "clip"]))
            assert not trained & tested, kind
    counted = plan.protocols.set_index("protocol")
    crossing = ["crossing_recordings", "crossing_songs", "crossing_artists"]
    assert (counted.loc["artist", crossing] == 0).all()
    assert (counted.loc["clip", crossing[:2]] == 0).all()
    assert counted.loc["clip", "crossing_artists"] > 500


def test_what_crosses_the_published_splits_is_counted(corpus: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """At least the 144 of 948 clips whose artist's name is trained on too, as an audit counted by the index's names."""
    rows, known = corpus
    settings = Folds(seed=1, segment_random=5, strict=5, repeats=1)
    plan = make_folds(rows, known.astype(object).where(known.notna(), ""), settings)
    counted = plan.protocols.set_index("protocol")
    assert counted.loc["artist_published", "n_clips"] == 948
    assert counted.loc["artist_published", "crossing_artists"] >= 144
    assert counted.loc["artist_published", "crossing_songs"] >= 20
    assert counted.loc["fault_filtered", "crossing_artists"] > 0


def test_artists_that_sturm_counts(corpus: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Sturm 2013: 35 reggae clips are by Bob Marley, 24 pop clips by Britney Spears; each is one group."""
    rows, _ = corpus
    for genre, artist, count in (("reggae", "Bob Marley", 35), ("pop", "Britney Spears", 24)):
        assert ((rows["label"] == genre) & (rows["group"] == artist)).sum() >= count


def test_a_loader_in_one_place_is_found(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """A toy collection: one entry of the registry, and params.yaml may name it."""
    toy = Loader("toy", (), lambda raw: Annotations(artist={"jazz.1": raw.name}), "nobody")
    monkeypatch.setitem(loaders.LOADERS, "toy", toy)
    named = Corpus(title="x", expected_clips=None, archives=[], clip_index=None, annotations="toy")
    assert loaders.read(named, tmp_path).artist == {"jazz.1": tmp_path.name}


def test_every_loader_is_described() -> None:
    for name, loader in loaders.LOADERS.items():
        assert loader.name == name
        assert loader.cite
        assert all(file in loaders_assets() for file in loader.files)


def loaders_assets() -> set[str]:
    from classically_punk.corpora import assets

    return set(assets.catalogue())


def test_every_protocol_has_its_own_seed_and_a_splitter() -> None:
    assert len({entry.seed_key for entry in PROTOCOLS.values()}) == len(PROTOCOLS)
    assert all(callable(entry.load_splitter()) for entry in PROTOCOLS.values())
