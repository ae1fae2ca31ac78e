"""Protocols: nothing that belongs together stands on both sides, and what is impossible says why."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from classically_punk.corpora.groups import groups
from classically_punk.foundation.params import Folds
from classically_punk.validation.splits import PROTOCOLS, FoldPlan, make_folds

MakeRows = Callable[..., pd.DataFrame]
Annotate = Callable[..., pd.DataFrame]


def verdict(plan: FoldPlan, protocol: str) -> tuple[str, str]:
    row = plan.protocols.set_index("protocol").loc[protocol]
    return row["possible"], row["reason"]


def part(plan: FoldPlan, protocol: str) -> pd.DataFrame:
    return plan.folds[plan.folds["protocol"] == protocol]


def sides(plan: FoldPlan, protocol: str, unit: dict[str, str]) -> pd.Series:
    """For each fold and unit: the number of roles it has among train and test."""
    used = part(plan, protocol)
    used = used[used["role"].isin(["train", "test"])]
    return used.groupby(["fold", used["clip"].map(unit)])["role"].nunique()


def assert_whole(plan: FoldPlan, rows: pd.DataFrame) -> None:
    """Every clip (or window) stands once in every fold of a possible protocol, is tested at most once in a partition
    and in the one as in the other, and every tested genre is trained on. A fold belongs to one partition."""
    label = rows.drop_duplicates("clip").set_index("clip")["label"]
    for protocol in plan.protocols.loc[plan.protocols["possible"] == "yes", "protocol"]:
        used = part(plan, protocol)
        expected = rows[rows["window"] >= 0] if protocol == "segment_random" else rows[rows["window"] == -1]
        for fold, of_fold in used.groupby("fold"):
            assert len(of_fold) == len(expected), (protocol, fold)
            assert not of_fold[["clip", "window"]].duplicated().any()
            genres = {role: set(each["clip"].map(label)) for role, each in of_fold.groupby("role")}
            assert genres["test"] <= genres["train"], (protocol, fold)
        tested = used[used["role"] == "test"]
        assert not tested[["partition", "clip", "window"]].duplicated().any()
        assert tested.groupby(["clip", "window"])["partition"].nunique().eq(used["partition"].nunique()).all()
        assert sorted(used["fold"].unique()) == list(range(1, used["fold"].max() + 1))
        assert (used.groupby("fold")["partition"].nunique() == 1).all()
        assert used["role"].isin(["train", "valid", "test", "left_out"]).all()
        assert ((used["reason"] != "") == (used["role"] == "left_out")).all()


def test_plain_corpus_without_annotations(make_rows: MakeRows, fold_settings: Folds) -> None:
    rows = make_rows({"jazz": 20, "pop": 15, "rock": 10})
    plan = make_folds(rows, None, fold_settings)
    assert_whole(plan, rows)
    assert list(plan.protocols["protocol"]) == [name for name in PROTOCOLS if name != "piece_random"]
    assert verdict(plan, "segment_random")[0] == verdict(plan, "clip")[0] == "yes"
    assert verdict(plan, "artist") == ("no", "no artists are known for this corpus")
    assert verdict(plan, "artist_published") == ("no", "no artist folds are published for this corpus")
    assert verdict(plan, "fault_filtered") == ("no", "no fault-filtered lists are known for this corpus")
    tested = part(plan, "clip").query("role == 'test'")
    counts = tested.groupby(["fold", tested["clip"].str.split(".").str[0]]).size().unstack()
    assert counts.to_numpy().tolist() == [[4, 3, 2]] * 10  # five folds of each partition
    facts = plan.protocols.set_index("protocol").loc["clip"]
    columns = ["folds", "partitions", "n_clips", "n_groups", "n_genres", "min_per_genre"]
    assert facts[columns].tolist() == [5, 2, 45, 45, 3, 10]


def test_segment_random_is_leaky_on_purpose(make_rows: MakeRows, fold_settings: Folds) -> None:
    rows = make_rows({"jazz": 8, "rock": 8}, windows=10)
    plan = make_folds(rows, None, fold_settings)
    unit = {clip: clip for clip in rows["clip"]}
    assert (sides(plan, "segment_random", unit) == 2).any()
    assert part(plan, "segment_random")["window"].min() == 0
    assert verdict(plan, "segment_random")[1] == "windows of one clip stand on both sides"
    facts = plan.protocols.set_index("protocol")
    assert facts.loc["segment_random", ["partitions", "n_windows"]].tolist() == [1, 160]
    assert facts.loc["segment_random", "crossing_recordings"] > facts.loc["clip", "crossing_recordings"] == 0


def test_table_corpus_has_no_segment_random(make_rows: MakeRows, fold_settings: Folds) -> None:
    plan = make_folds(make_rows({"jazz": 8, "rock": 8}, windows=0), None, fold_settings)
    assert verdict(plan, "segment_random") == ("no", "the corpus has no windows, only rows for whole clips")


def test_planted_replicas_never_stand_on_both_sides(
    make_rows: MakeRows, fold_settings: Folds, rng: np.random.Generator
) -> None:
    rows = make_rows({"jazz": 20, "pop": 20, "rock": 20})
    clips = rows["clip"].unique()
    first = dict(zip(clips, clips, strict=True))
    for clip in rng.choice(clips, 25, replace=False):  # replicas, some of them under another genre's name
        first[clip] = first[rng.choice(clips)]
    rows[["recording", "song", "group"]] = rows[["clip"] * 3].replace(first).to_numpy()
    plan = make_folds(rows, None, fold_settings)
    assert_whole(plan, rows)
    assert (sides(plan, "clip", first) == 1).all()
    assert plan.protocols.set_index("protocol").loc["clip", "crossing_recordings"] == 0


def test_recordings_of_one_song_never_stand_on_both_sides(make_rows: MakeRows, fold_settings: Folds) -> None:
    """Every song in two recordings, by one artist of four songs: songs are kept whole, artists need not be."""
    rows = make_rows({"jazz": 16, "rock": 16})
    number = rows["clip"].str[-2:].astype(int)
    rows["song"] = rows["label"] + (number // 2).astype(str)
    rows["group"] = rows["label"] + (number // 8).astype(str)
    plan = make_folds(rows, None, fold_settings)
    assert_whole(plan, rows)
    assert (sides(plan, "clip", rows.set_index("clip")["song"].to_dict()) == 1).all()
    facts = plan.protocols.set_index("protocol").loc["clip"]
    assert facts[["n_clips", "n_groups", "crossing_recordings", "crossing_songs"]].tolist() == [32, 16, 0, 0]
    assert facts["crossing_artists"] > 0


def test_artists_never_stand_on_both_sides(
    make_rows: MakeRows, annotate: Annotate, fold_settings: Folds, rng: np.random.Generator
) -> None:
    rows = make_rows({"jazz": 20, "pop": 20, "rock": 20})
    artists = [f"{clip.split('.')[0]} artist {rng.integers(5)}" for clip in rows["clip"].unique()]
    annotations = annotate(rows, artist=artists)
    artist = dict(zip(annotations["clip"], annotations["artist"], strict=True))
    rows["group"] = rows["clip"].map(artist)
    plan = make_folds(rows, annotations, fold_settings)
    assert_whole(plan, rows)
    assert verdict(plan, "artist") == ("yes", "folds made here")
    assert (sides(plan, "artist", artist) == 1).all()
    assert plan.protocols.set_index("protocol").loc["artist", "n_groups"] == len(set(artists))


def test_a_replica_under_another_artists_name_ties_both_artists_together(
    make_rows: MakeRows, annotate: Annotate, fold_settings: Folds
) -> None:
    rows = make_rows({"jazz": 12, "rock": 12})
    artists = [f"{clip.split('.')[0]} artist {int(clip[-2:]) // 2}" for clip in rows["clip"].unique()]
    recordings = ["jazz.00001" if clip == "rock.00003" else clip for clip in rows["clip"].unique()]
    annotations = annotate(rows, artist=artists)
    found = groups(list(annotations["clip"]), recordings, annotations.assign(title=""))
    known = pd.DataFrame({"recording": recordings, "song": found.song, "group": found.group}, annotations["clip"])
    rows = rows[["clip", "window", "label"]].join(known, on="clip")
    plan = make_folds(rows, annotations, fold_settings)
    tied = dict.fromkeys(["jazz.00000", "jazz.00001", "rock.00002", "rock.00003"], "tied")
    assert (sides(plan, "artist", tied) == 1).all()


def test_genre_by_one_artist_makes_the_artist_protocol_impossible(
    make_rows: MakeRows, annotate: Annotate, fold_settings: Folds
) -> None:
    rows = make_rows({"jazz": 10, "reggae": 10, "rock": 10})
    artists = ["Bob Marley" if clip.startswith("reggae") else clip for clip in rows["clip"].unique()]
    rows["group"] = rows["group"].mask(rows["label"] == "reggae", "Bob Marley")
    plan = make_folds(rows, annotate(rows, artist=artists), fold_settings)
    possible, reason = verdict(plan, "artist")
    assert possible == "no"
    assert reason == "all clips of reggae are by one artist: tested, the genre is absent in training"
    assert verdict(plan, "clip")[0] == "yes"


def test_clips_of_unknown_artists_are_left_out(make_rows: MakeRows, annotate: Annotate, fold_settings: Folds) -> None:
    rows = make_rows({"jazz": 10, "rock": 10})
    artists = ["" if clip.endswith(("3", "7")) else clip for clip in rows["clip"].unique()]
    plan = make_folds(rows, annotate(rows, artist=artists), fold_settings)
    assert_whole(plan, rows)
    left = part(plan, "artist").query("role == 'left_out'")
    assert set(left["clip"]) == {"jazz.00003", "jazz.00007", "rock.00003", "rock.00007"}
    assert set(left["reason"]) == {"artist unknown"}
    assert verdict(plan, "artist")[1] == "folds made here; 4 clips left out: artist unknown"
    blank = annotate(rows, artist=["" if clip.startswith("jazz") else clip for clip in rows["clip"].unique()])
    assert verdict(make_folds(rows, blank, fold_settings), "artist") == ("no", "without a known artist: jazz")


def test_an_artist_may_be_known_by_identifier_or_by_another_clip_of_the_group(
    make_rows: MakeRows, annotate: Annotate, fold_settings: Folds
) -> None:
    rows = make_rows({"jazz": 10, "rock": 10})
    clips = rows["clip"].unique()
    tied = {"jazz.00004": "jazz.00003", "rock.00004": "rock.00003"}  # no name of their own, the same song as one with
    rows[["song", "group"]] = rows[["clip"] * 2].replace(tied).to_numpy()
    artists = [clip if clip.endswith("3") else "" for clip in clips]
    numbers = [str(k) if not clip.endswith(("3", "4", "7")) else "" for k, clip in enumerate(clips)]
    plan = make_folds(rows, annotate(rows, artist=artists, artist_id=numbers), fold_settings)
    assert_whole(plan, rows)
    left = part(plan, "artist").query("role == 'left_out'")
    assert set(left["clip"]) == {"jazz.00007", "rock.00007"}


def test_published_artist_folds_are_used_as_they_are(
    make_rows: MakeRows, annotate: Annotate, fold_settings: Folds
) -> None:
    rows = make_rows({"jazz": 9, "rock": 9})
    numbers = [str(int(clip[-1]) % 3 + 1) if not clip.endswith("8") else "" for clip in rows["clip"].unique()]
    annotations = annotate(rows, artist=list(rows["clip"].unique()), artist_fold=numbers)
    plan = make_folds(rows, annotations, fold_settings)
    assert_whole(plan, rows)
    tested = part(plan, "artist_published").query("role == 'test'").set_index("clip")["fold"]
    stated = annotations.set_index("clip")["artist_fold"]
    assert all(str(fold) == stated[clip] for clip, fold in tested.items())
    assert verdict(plan, "artist_published")[1] == "published folds; 2 clips left out: in no published artist fold"
    assert plan.protocols.set_index("protocol").loc["artist_published", ["folds", "partitions"]].tolist() == [3, 1]
    assert verdict(plan, "artist") == ("yes", "folds made here")


def test_published_folds_that_split_an_artist_or_a_recording_are_found_out(
    make_rows: MakeRows, annotate: Annotate, fold_settings: Folds
) -> None:
    rows = make_rows({"jazz": 9, "rock": 9})
    clips = list(rows["clip"].unique())
    annotations = annotate(
        rows,
        artist=["Queen" if clip in ("rock.00001", "rock.00002") else clip for clip in clips],
        artist_fold=[str(int(clip[-1]) % 3 + 1) for clip in clips],
    )
    rows.loc[rows["clip"] == "jazz.00005", ["recording", "song", "group"]] = "jazz.00000"
    rows["group"] = rows["group"].replace(["rock.00001", "rock.00002"], "Queen")
    plan = make_folds(rows, annotations, fold_settings)
    assert_whole(plan, rows)
    assert verdict(plan, "artist_published") == (
        "yes", "published folds; 1 clips left out: same recording as a clip of another fold"
    )  # fmt: skip
    crossing = ["crossing_recordings", "crossing_songs", "crossing_artists"]
    facts = plan.protocols.set_index("protocol")
    assert facts.loc["artist_published", crossing].tolist() == [0, 0, 2]  # Queen's two clips; the replica is left out
    assert facts.loc["artist", crossing].tolist() == [0, 0, 0]


def test_a_genre_with_fewer_recordings_than_folds_is_tested_in_fewer_of_them(
    make_rows: MakeRows, fold_settings: Folds
) -> None:
    rows = make_rows({"jazz": 10, "rock": 10, "polka": 4, "zouk": 1}, windows=4)
    plan = make_folds(rows, None, fold_settings)
    assert_whole(plan, rows)
    assert verdict(plan, "clip")[1] == (
        "folds made here; left out, with fewer than 2 songs: zouk; "
        "tested in some of the folds only, with fewer songs than folds: polka; "
        "1 clips left out: genre too small for this protocol"
    )
    for protocol in ("clip", "segment_random"):  # the same genres: else the leak would compare two tasks
        left = part(plan, protocol).query("role == 'left_out'")
        assert set(left["clip"]) == {"zouk.00000"}
        assert plan.protocols.set_index("protocol").loc[protocol, "n_genres"] == 3
    tested = part(plan, "clip").query("role == 'test'")
    for _, of_partition in tested[tested["clip"].str.startswith("polka")].groupby("partition"):
        assert sorted(of_partition["clip"]) == [f"polka.{k:05d}" for k in range(4)]


@pytest.mark.parametrize(("clips", "folds"), [(2, 2), (3, 3), (7, 5)])
def test_a_small_collection_runs_in_as_many_folds_as_its_largest_genre_fills(
    make_rows: MakeRows, fold_settings: Folds, clips: int, folds: int
) -> None:
    rows = make_rows({"jazz": clips, "rock": clips, "polka": 2}, windows=1)
    plan = make_folds(rows, None, fold_settings)
    assert_whole(plan, rows)
    facts = plan.protocols.set_index("protocol")
    assert facts.loc["clip", ["folds", "n_genres", "n_clips"]].tolist() == [folds, 3, 2 * clips + 2]
    reason = f"{folds} folds instead of the 5 configured: the largest genre has {clips} songs"
    assert (reason in facts.loc["clip", "reason"]) == (folds < 5)
    windows = f"{clips} folds instead of the 4 configured: the largest genre has {clips} windows"
    assert (windows in facts.loc["segment_random", "reason"]) == (clips < 4)


def test_artists_too_few_for_the_folds_configured_give_fewer_folds(make_rows: MakeRows, annotate: Annotate) -> None:
    """Three genres of two clips by two artists: five folds would each test a clip, but no genre has five rows."""
    rows = make_rows({"jazz": 2, "pop": 2, "rock": 2})
    settings = Folds(seed=1, segment_random=2, strict=5, repeats=2)
    plan = make_folds(rows, annotate(rows, artist=list(rows["clip"].unique())), settings)
    assert_whole(plan, rows)
    assert verdict(plan, "artist") == (
        "yes", "folds made here; 2 folds instead of the 5 configured: the largest genre has 2 artists"
    )  # fmt: skip


def test_a_genre_without_windows_is_named(make_rows: MakeRows, fold_settings: Folds) -> None:
    rows = make_rows({"jazz": 10, "pop": 10, "rock": 10})
    rows = rows[(rows["label"] != "pop") | (rows["window"] == -1)]
    assert "left out, without windows: pop" in verdict(make_folds(rows, None, fold_settings), "segment_random")[1]


def test_replicas_do_not_make_a_genre_large_enough(make_rows: MakeRows, fold_settings: Folds) -> None:
    rows = make_rows({"jazz": 10, "rock": 10, "polka": 6})
    rows.loc[rows["label"] == "polka", ["recording", "song", "group"]] = "polka.00000"
    reason = verdict(make_folds(rows, None, fold_settings), "clip")[1]
    assert "left out, with fewer than 2 songs: polka" in reason


def test_fewer_than_two_genres_make_a_protocol_impossible(make_rows: MakeRows, fold_settings: Folds) -> None:
    plan = make_folds(make_rows({"jazz": 10, "rock": 1}, windows=0), None, fold_settings)
    reason = "fewer than two genres have 2 songs or more, which is the least for any folds.strict: add clips"
    assert verdict(plan, "clip") == ("no", reason)
    assert plan.folds.empty
    one = make_folds(make_rows({"jazz": 10}), None, fold_settings)
    assert set(one.protocols["possible"]) == {"no"}


def test_fault_filtered_lists(make_rows: MakeRows, annotate: Annotate, fold_settings: Folds) -> None:
    rows = make_rows({"jazz": 8, "rock": 8})
    parts = ["train", "train", "train", "valid", "test", "test", "left_out", ""] * 2
    plan = make_folds(rows, annotate(rows, fault_filtered=parts), fold_settings)
    assert_whole(plan, rows)
    used = part(plan, "fault_filtered")
    assert used.groupby("role").size().to_dict() == {"left_out": 4, "test": 4, "train": 6, "valid": 2}
    assert set(used["fold"]) == {1}
    rows.loc[rows["clip"] == "rock.00004", "recording"] = "rock.00000"  # a test clip that is a replica of a train clip
    leak = part(make_folds(rows, annotate(rows, fault_filtered=parts), fold_settings), "fault_filtered")
    assert set(leak.loc[leak["clip"] == "rock.00000", "reason"]) == {"same recording as a clip of the test part"}


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        (["train"] * 8 + ["train", "test"] * 4, "without a clip in the test list: jazz"),
        (["test"] * 8 + ["train", "test"] * 4, "without a clip in the train list: jazz"),
    ],
)
def test_lists_without_a_genre_are_impossible(
    make_rows: MakeRows, annotate: Annotate, fold_settings: Folds, parts: list[str], reason: str
) -> None:
    rows = make_rows({"jazz": 8, "rock": 8})
    plan = make_folds(rows, annotate(rows, fault_filtered=parts), fold_settings)
    assert verdict(plan, "fault_filtered") == ("no", reason)


def test_order_of_rows_changes_nothing_and_the_seed_does(make_rows: MakeRows, fold_settings: Folds) -> None:
    rows = make_rows({"jazz": 20, "rock": 20})
    one = make_folds(rows, None, fold_settings)
    shuffled = make_folds(rows.sample(frac=1.0, random_state=3), None, fold_settings)
    pd.testing.assert_frame_equal(one.folds, shuffled.folds)
    other = make_folds(rows, None, fold_settings.model_copy(update={"seed": 9}))
    assert not one.folds.equals(other.folds)


def test_partitions_differ_and_the_first_does_not_depend_on_their_number(
    make_rows: MakeRows, fold_settings: Folds
) -> None:
    rows = make_rows({"jazz": 20, "rock": 20})
    many = part(make_folds(rows, None, fold_settings.model_copy(update={"repeats": 3})), "clip")
    one = part(make_folds(rows, None, fold_settings.model_copy(update={"repeats": 1})), "clip")
    pd.testing.assert_frame_equal(many[many["partition"] == 1].reset_index(drop=True), one.reset_index(drop=True))
    drawn = {
        frozenset(frozenset(fold["clip"]) for _, fold in tested.groupby("fold"))
        for _, tested in many[many["role"] == "test"].groupby("partition")
    }
    assert len(drawn) == 3


def test_gtzan_published(published, fold_settings: Folds) -> None:
    """948 clips by 412 artists in the published folds, no number in two of them; 443 train, 197 valid, 290 test clips
    without faults."""
    rows = published.table()
    plan = make_folds(rows, published.annotations, fold_settings)
    assert_whole(plan, rows)
    facts = plan.protocols.set_index("protocol")
    assert facts["possible"].to_dict() == {
        "segment_random": "no",
        "clip": "yes",
        "artist": "yes",
        "artist_published": "yes",
        "fault_filtered": "yes",
    }
    columns = ["partitions", "n_clips", "n_groups", "n_genres", "crossing_artists"]
    assert facts.loc["artist_published", ["folds", *columns]].tolist() == [3, 1, 948, 412, 10, 0]
    # 13 clips that no list has are replicas of clips that one has
    assert facts.loc["artist", columns].tolist() == [2, 961, 412, 10, 0]
    assert facts.loc["clip", ["n_clips", "n_groups"]].tolist() == [1000, 986]  # 14 bit-equal pairs
    roles = part(plan, "fault_filtered").groupby("role").size().to_dict()
    assert roles == {"left_out": 70, "test": 290, "train": 443, "valid": 197}
    artist = published.annotations.set_index("clip")["artist"].to_dict()
    artist = {clip: name for clip, name in artist.items() if name}
    for protocol in ("artist", "artist_published"):
        assert (sides(plan, protocol, artist) == 1).all()


def test_gtzan_mini_is_by_too_few_artists(published, mini_clips: set[str], fold_settings: Folds) -> None:
    """Its ten clips of blues, classical, reggae and rock are the first ten of GTZAN: one artist each."""
    rows = published.table()
    plan = make_folds(rows[rows["clip"].isin(mini_clips)], published.annotations, fold_settings)
    assert verdict(plan, "clip")[0] == "yes"
    possible, reason = verdict(plan, "artist")
    assert possible == "no"
    assert "blues, classical, reggae, rock" in reason
    assert verdict(plan, "fault_filtered")[0] == "no"


def test_pieces_of_songs_that_nobody_names_are_split_at_random_and_no_other_way(
    make_rows: MakeRows, fold_settings: Folds
) -> None:
    """Only what is the same recording stays whole, and nothing is counted that nobody knows."""
    rows = make_rows({"ann": 20, "bob": 15}).assign(song="")
    rows.loc[rows["clip"] == "ann.00003", "recording"] = "ann.00001"
    plan = make_folds(rows, None, fold_settings)
    assert_whole(plan, rows)
    assert list(plan.protocols.loc[plan.protocols["possible"] == "yes", "protocol"]) == ["piece_random"]
    assert verdict(plan, "clip") == ("no", "the rows are pieces of songs that nobody names")
    assert "by artists that nobody names" in verdict(plan, "artist")[1]
    facts = plan.protocols.set_index("protocol").loc["piece_random"]
    assert "pieces of one song stand on both sides" in facts["reason"]
    assert facts["crossing_recordings"] == 0
    assert facts[["crossing_songs", "crossing_artists"]].isna().all()
    recordings = dict(zip(rows["clip"], rows["recording"], strict=True))
    assert (sides(plan, "piece_random", recordings) == 1).all()


def test_one_piece_is_too_few(make_rows: MakeRows, fold_settings: Folds) -> None:
    rows = make_rows({"ann": 5, "bob": 1}).assign(song="")
    assert verdict(make_folds(rows, None, fold_settings), "piece_random") == (
        "no",
        "fewer than two genres have 2 pieces or more",
    )
