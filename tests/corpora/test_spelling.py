"""Names that are no UTF-8, spelt and read back."""

import itertools
import os

import pytest

from classically_punk.corpora.spelling import spelt, unspelt


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        (b"caf\xe9.wav", "caf%E9.wav"),
        (b"\xff\xfe", "%FF%FE"),
        ("café.wav".encode(), "café.wav"),
        (b"100% pure %20.wav", "100% pure %20.wav"),
        (b"caf%E9.wav", "caf%25E9.wav"),
        (b"caf%e9.wav", "caf%e9.wav"),
        (b"caf%25E9.wav", "caf%2525E9.wav"),
        (b"%\xe9", "%%E9"),
        (b"\xed\xa0\x80", "%ED%A0%80"),
        (b"a\nb", "a\nb"),
    ],
)
def test_only_what_is_no_utf8_or_would_read_as_such_is_spelt(name: bytes, spelling: str) -> None:
    assert spelt(os.fsdecode(name)) == spelling
    assert os.fsencode(unspelt(spelling)) == name


def test_every_short_name_has_a_spelling_of_its_own_that_reads_back() -> None:
    """All names of up to five of the letters that could be mistaken for one another: no two are spelt alike."""
    letters = [b"%", b"2", b"5", b"E", b"9", b"\xe9", "é".encode()]
    names = [b"".join(letter) for n in range(6) for letter in itertools.product(letters, repeat=n)]
    spellings = [spelt(os.fsdecode(name)) for name in names]
    assert len(set(spellings)) == len(set(names))
    for name, spelling in zip(names, spellings, strict=True):
        assert os.fsencode(unspelt(spelling)) == name
        spelling.encode("utf-8")
