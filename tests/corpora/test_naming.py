"""Names of clips, genres and files."""

import pytest

from classically_punk.corpora import naming


@pytest.mark.parametrize(
    ("path", "label", "clip"),
    [
        ("genres/hiphop/hiphop.00042.au", "hiphop", "hiphop.00042"),
        ("Data/genres_original/jazz/jazz.00054.wav", "jazz", "jazz.00054"),
        ("a/b/c/d/rock/song 1.mp3", "rock", "rock.song 1"),
        ("Hip-Hop/x.flac", "Hip-Hop", "Hip-Hop.x"),
        ("007/000002.mp3", "007", "007.000002"),
        ('"60s" soul/x.wav', '"60s" soul', '"60s" soul.x'),
        ("\U0001f3b8/x.wav", "\U0001f3b8", "\U0001f3b8.x"),
        ("rockabilly/rock.1.wav", "rockabilly", "rockabilly.rock.1"),
        ("r" * 60 + "/x.wav", "r" * 60, "r" * 60 + ".x"),
    ],
)
def test_label_is_the_folder_and_the_clip_is_called_by_it(path: str, label: str, clip: str) -> None:
    assert naming.label_of(path) == label
    assert naming.clip_id(label, path) == clip


@pytest.mark.parametrize("path", ["x.wav", "./x.wav", "/x.wav", "../x.wav"])
def test_a_clip_in_no_folder_has_no_label(path: str) -> None:
    assert naming.label_of(path) is None


def test_one_spelling_of_an_accent_is_as_good_as_the_other() -> None:
    """macOS stores names decomposed (NFD), Linux as they were typed."""
    assert naming.label_of("musique franc\u0327aise/x.wav") == naming.label_of("musique fran\u00e7aise/x.wav")


@pytest.mark.parametrize(
    "path",
    ["rock/a\nb.wav", "rock/a\x00b.wav", "rock/a\\b.wav", "rock/\udcff.wav", "rock/" + "é" * 200 + ".wav", ".x/.wav"],
)
def test_ids_are_safe_file_names(path: str) -> None:
    clip = naming.clip_id(naming.label_of(path), path)
    assert not set(clip) & set("/\\\n\x00")
    assert 0 < len(clip.encode()) <= naming.LONGEST_ID
    assert clip[0] not in ".-"


def test_long_ids_that_differ_at_the_end_stay_different() -> None:
    assert naming.clip_id("a", "a/" + "x" * 300 + "1.wav") != naming.clip_id("a", "a/" + "x" * 300 + "2.wav")


def test_ids_that_are_one_file_anywhere_are_told_apart() -> None:
    assert naming.distinct(["a", "b", "a", "A", "a~2"]) == ["a", "b", "a~2", "A~3", "a~2~2"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("genres/.DS_Store", "system"),
        ("rock/._rock.00001.wav", "apple_double"),
        ("__MACOSX/rock/x.wav", "apple_double"),
        ("Thumbs.db", "system"),
        ("genres/bl.mf", "mf"),
        ("README", "readme"),
        ("rock/README.md", "readme"),
        ("rock/cover.JPG", "image"),
        ("rock/more.tar.gz", "archive"),
        ("rock/notes.txt", "txt"),
        ("rock/noext", "other"),
        ("rock/x.a very odd suffix", "other"),
    ],
)
def test_files_that_are_no_clips_are_counted_by_kind(path: str, kind: str) -> None:
    assert not naming.claims_audio(path)
    assert naming.kind_of(path) == kind


@pytest.mark.parametrize(
    "suffix", ["au", "wav", "WAV", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "m4a", "wma"]
)
def test_suffixes_that_claim_audio(suffix: str) -> None:
    assert naming.claims_audio(f"rock/x.{suffix}")


@pytest.mark.parametrize(
    "path", ["/etc/x.wav", "../x.wav", "a/../../x.wav", "C:/x.wav", "..\\x.wav", "\\\\host\\x.wav"]
)
def test_unsafe_paths(path: str) -> None:
    assert naming.is_unsafe(path)


def test_dots_inside_names_are_safe() -> None:
    assert not naming.is_unsafe("genres/rock/rock..00001...wav")
