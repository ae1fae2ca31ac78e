"""The cache gives back what was stored under the same key, and nothing else."""

from pathlib import Path

import numpy as np
import pytest

from classically_punk.foundation import content_cache


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUNK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_parts_do_not_run_into_each_other() -> None:
    keys = {content_cache.content_key(*parts) for parts in [("ab", "c"), ("a", "bc"), ("abc",), (b"abc", "")]}
    assert len(keys) == 4
    assert content_cache.content_key("a", b"b") == content_cache.content_key(b"a", "b")


def test_arrays_come_back() -> None:
    arrays = {"x": np.arange(6.0).reshape(2, 3), "names": np.array(["ä", "b"])}
    content_cache.store("room", "k" * 64, arrays)
    back = content_cache.load("room", "k" * 64)
    assert back is not None
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)
    assert content_cache.load("room", "j" * 64) is None


@pytest.mark.parametrize("keep", [0, 10, 100])
def test_a_damaged_entry_counts_as_absent_and_is_removed(own_cache: Path, keep: int) -> None:
    content_cache.store("room", "k" * 64, {"x": np.arange(100)})
    (entry,) = own_cache.rglob("*.npz")
    entry.write_bytes(entry.read_bytes()[:keep])
    assert content_cache.load("room", "k" * 64) is None
    assert not entry.exists()


def test_an_entry_in_anothers_place_and_an_edited_one_count_as_absent(own_cache: Path) -> None:
    for key, value in (("k" * 64, 1.0), ("j" * 64, 2.0)):
        content_cache.store("room", key, {"x": np.full(100, value)})
    mine, other = (next(own_cache.rglob(f"{letter * 64}.npz")) for letter in "kj")
    whole = mine.read_bytes()
    for wrong in (other.read_bytes(), whole.replace(np.float64(1.0).tobytes(), np.float64(np.nan).tobytes()), b""):
        mine.write_bytes(wrong)
        assert content_cache.load("room", "k" * 64) is None
        assert not mine.exists()
    mine.write_bytes(whole)
    assert content_cache.load("room", "k" * 64) is not None


def test_code_key_follows_the_code_and_not_its_folder(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "module.py").write_text("x = 1\n", encoding="utf-8")
    before = content_cache.code_key([tmp_path / "one"], ["numpy"])
    assert content_cache.code_key([tmp_path / "two"], ["numpy"]) == before
    assert content_cache.code_key([tmp_path / "one"], ["numpy", "scipy"]) != before
    (tmp_path / "one" / "module.py").write_text("x = 2\n", encoding="utf-8")
    assert content_cache.code_key([tmp_path / "one"], ["numpy"]) != before
