"""A bundle read back, and bundles that were changed, cut or made by strangers."""

import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classically_punk.bundle import reading
from classically_punk.bundle.form import Stamp
from classically_punk.bundle.reading import Loaded, content_hash, parse_bundle, read_bundle, write_bundle
from classically_punk.foundation.errors import PunkError


@pytest.fixture
def content(small_bundle: Path) -> dict[str, Any]:
    return json.loads(small_bundle.read_text(encoding="utf-8"))["content"]


def sealed(content: dict[str, Any], **changed: object) -> bytes:
    """A file whose checksum is right, whatever its content."""
    whole = {"format": 1, "sha256": content_hash(content), "stamp": None, "content": content, **changed}
    return json.dumps(whole).encode()


def test_the_same_content_is_the_same_bytes_and_reads_back_whole(content: dict[str, Any], tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    write_bundle(content, first)
    write_bundle(dict(reversed(content.items())), second)
    assert first.read_bytes() == second.read_bytes()
    assert json.loads(first.read_text(encoding="utf-8"))["content"] == content


def test_the_checksum_is_that_of_the_content_and_the_commit_stands_outside(
    content: dict[str, Any], tmp_path: Path
) -> None:
    plain, stamped = tmp_path / "plain.json", tmp_path / "stamped.json"
    write_bundle(content, plain)
    write_bundle(content, stamped, Stamp(git_commit="a" * 40, dirty=False))
    one, other = read_bundle(plain).bundle, read_bundle(stamped).bundle
    assert one.sha256 == other.sha256
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert one.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert other.stamp is not None
    assert other.stamp.git_commit == "a" * 40


def test_models_come_back_to_the_last_bit(small_model: Loaded, content: dict[str, Any]) -> None:
    fit = small_model.fits["clips"]
    assert fit.regression.intercepts.tolist() == content["fits"][0]["regression"]["intercepts"]
    assert fit.regression.slopes.tolist() == content["fits"][0]["regression"]["slopes"]
    assert fit.optimal_scoring.rule.weights.tolist() == content["fits"][0]["optimal_scoring"]["weights"]
    assert np.isfinite(fit.regression.column_slopes).all()


Change = Callable[[dict[str, Any]], object]

HOSTILE: dict[str, tuple[Change, str]] = {
    "a column that no release knows": (lambda c: c["columns"][0].update(column="x"), "not the bundle's"),
    "a column that calls something else": (lambda c: c["columns"][0].update(function="os:system"), "does not compute"),
    "a function with a path": (lambda c: c["columns"][0].update(function="os.path:join"), "pattern"),
    "another meaning": (lambda c: c["columns"][0].update(version=99), "does not compute it"),
    "a genre too many": (lambda c: c["genres"].append("zouk"), "costs.matrix"),
    "genres in another order": (lambda c: c["genres"].reverse(), "sorted"),
    "no fit for a length": (lambda c: c["lengths"][0].update(fitted_to="altered"), "which `fits` has not"),
    "lengths that fall": (lambda c: c["lengths"].reverse(), "must rise"),
    "something unknown": (lambda c: c.update(surprise=1), "surprise"),
    "something missing": (lambda c: c.pop("licence"), "licence"),
    "slopes of another shape": (lambda c: c["fits"][0]["regression"].update(slopes=[[1.0]]), "fits: clips"),
    "weights that are none": (lambda c: c["fits"][0]["regression"].update(reduction={}), "fits: clips"),
    "a negative share": (lambda c: c["lengths"][0]["accuracy"].update(value=-0.1), "greater than or equal to 0"),
    "text for a number": (lambda c: c["columns"][0]["quantiles"].insert(0, "x"), "quantiles"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_does_not_fit_is_refused_by_name(name: str, content: dict[str, Any]) -> None:
    change, expected = HOSTILE[name]
    changed = copy.deepcopy(content)
    change(changed)
    with pytest.raises(PunkError, match=r"^x\.json: ") as refused:
        parse_bundle(sealed(changed), "x.json")
    assert expected in str(refused.value)
    assert len(str(refused.value)) < 800


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"format": NaN}', "no JSON"),
        (b"[]", "no bundle"),
        (b'{"content": {}}', "format None found, 1 expected"),
        (b'{"content": {}, "format": 99}', "format 99 found, 1 expected"),
        (b"\x80\x04\x95 a pickle", "no JSON"),
    ],
)
def test_what_is_no_bundle_is_refused(data: bytes, expected: str) -> None:
    with pytest.raises(PunkError) as refused:
        parse_bundle(data, "x.json")
    assert expected in str(refused.value)


def test_a_changed_digit_is_seen(small_bundle: Path) -> None:
    data = small_bundle.read_bytes()
    place = data.index(b'"leave":0.4') + len(b'"leave":0.')
    with pytest.raises(PunkError, match="not what its checksum says"):
        parse_bundle(data[:place] + b"5" + data[place + 1 :], "x.json")


def test_infinity_by_overflow_is_refused(content: dict[str, Any]) -> None:
    """1e999 is JSON, and Python reads it as infinity."""
    data = sealed(content).replace(b'"dc_offset": 0.02', b'"dc_offset": 1e999')
    with pytest.raises(PunkError, match="number without end"):
        parse_bundle(data, "x.json")


def test_a_missing_and_an_oversized_file_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PunkError, match=r"none\.json: cannot be read"):
        read_bundle(tmp_path / "none.json")
    monkeypatch.setattr(reading, "LARGEST", 10)
    (tmp_path / "large.json").write_bytes(b"x" * 11)
    with pytest.raises(PunkError, match="larger than"):
        read_bundle(tmp_path / "large.json")
