"""A pickled table is read as data: nothing that it names is run, and what is no table of numbers and text is named."""

import io
import os
import pickle
import pickletools
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from classically_punk.contracts.faults import Fault
from classically_punk.corpora import inert_pickle
from classically_punk.corpora.inert_pickle import read_table
from classically_punk.corpora.published import import_table
from classically_punk.corpora.published_tables import duel
from classically_punk.foundation.errors import PunkError


def _name(dotted: str) -> bytes:
    module, _, name = dotted.rpartition(".")
    return b"c" + f"{module}\n{name}\n".encode()


def _dumped(value: object) -> bytes:
    """`value`, plain objects alone, as instructions without a beginning or an end."""
    return pickletools.optimize(pickle.dumps(value, protocol=2))[2:-1]


def _array(shape: tuple[int, ...], code: str, content: object, *, columns_first: bool = False) -> bytes:
    order = "|" if code == "O8" else "<"
    dtype = (
        _name("numpy.dtype") + _dumped((code, 0, 1)) + b"R" + _dumped((3, order, None, None, None, -1, -1, 0)) + b"b"
    )
    made = _name("numpy.core.multiarray._reconstruct") + b"(" + _name("numpy.ndarray") + _dumped((0,)) + b"C\x01btR"
    held = b"C" + bytes([len(content)]) + content if isinstance(content, bytes) else _dumped(content)
    return made + b"(K\x01" + _dumped(shape) + dtype + _dumped(columns_first) + held + b"tb"


def _index(of: str, content: bytes) -> bytes:
    return _name("pandas.core.indexes.base._new_Index") + _name(of) + b"}(" + content + b"u\x86R"


def table_bytes(
    names: tuple[str, ...] = ("Artist", "Tempo"),
    text: tuple[str, ...] = ("Ann", "Bob", "Ann"),
    numbers: tuple[float, ...] = (120.0, 90.5, 60.0),
    rows: int = 3,
    **changes: bytes,
) -> bytes:
    """A table of one column of text and one of numbers, as pandas 0.2x pickled it, put together by hand."""
    columns = _index("pandas.core.indexes.base.Index", _dumped("data") + _array((len(names),), "O8", list(names)))
    spans = b"".join(_dumped(name) + _dumped(value) for name, value in (("start", 0), ("stop", rows), ("step", 1)))
    blocks = [
        (_array((1, len(text)), "O8", list(text)), 0),
        (_array((1, len(numbers)), "f8", struct.pack(f"<{len(numbers)}d", *numbers)), 1),
    ]
    held = b"".join(
        b"}("
        + _dumped("values")
        + values
        + _dumped("mgr_locs")
        + _name("builtins.slice")
        + _dumped((at, at + 1, 1))
        + b"Ru"
        for values, at in blocks
    )
    axes = b"](" + columns + _index("pandas.core.indexes.range.RangeIndex", spans) + b"e"
    state = b"}" + _dumped("0.14.1") + b"}(" + _dumped("axes") + axes + _dumped("blocks") + b"](" + held + b"eus"
    manager = _name("pandas.core.internals.BlockManager") + b")\x81(]]]" + state + b"tb"
    whole = b"\x80\x03" + _name("pandas.core.frame.DataFrame") + b")\x81}" + _dumped("_data") + manager + b"sb."
    for old, new in changes.items():
        assert old.encode() in whole
        whole = whole.replace(old.encode(), new)
    return whole


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        (tmp_path / "table.pkl").write_bytes(content)
        return tmp_path / "table.pkl"

    return write


def test_a_table_comes_out_as_it_went_in(written: Callable[[bytes], Path]) -> None:
    table = read_table(written(table_bytes()))
    assert list(table.columns) == ["Artist", "Tempo"]
    assert list(table["Artist"]) == ["Ann", "Bob", "Ann"]
    assert list(table["Tempo"]) == [120.0, 90.5, 60.0]


class Planted:
    """Unpickled by Python's own means, it leaves a file."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch {self.place}",)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_planted_command_is_not_run(tmp_path: Path, written: Callable[[bytes], Path], protocol: int) -> None:
    place = tmp_path / "planted"
    content = pickle.dumps(Planted(place), protocol=protocol)
    with pytest.raises(PunkError, match=r"table\.pkl: no pickled table .* Nothing of it was run"):
        read_table(written(content))
    assert not place.exists()
    pickle.loads(content)
    assert place.exists(), "the plant works where it is let"


@pytest.mark.parametrize(
    "name",
    ["os.system", "builtins.eval", "builtins.getattr", "pandas.eval", "numpy.load", "pandas.core.frame.os.system"],
)
def test_no_other_name_is_looked_up(written: Callable[[bytes], Path], name: str) -> None:
    with pytest.raises(PunkError, match=f"it asks for {name.rpartition('.')[0]}"):
        read_table(written(b"\x80\x03" + _name(name) + b"."))


def test_a_command_inside_a_table_is_not_run(tmp_path: Path, written: Callable[[bytes], Path]) -> None:
    whole = table_bytes()
    planted = whole.replace(_name("numpy.dtype"), _name("posix.system"), 1)
    with pytest.raises(PunkError, match=r"it asks for posix\.system"):
        read_table(written(planted))


def test_every_truncation_is_an_error(written: Callable[[bytes], Path]) -> None:
    whole = table_bytes()
    for length in range(len(whole)):
        with pytest.raises(PunkError, match="no pickled table"):
            read_table(written(whole[:length]))


def test_every_changed_byte_gives_a_table_or_an_error(written: Callable[[bytes], Path]) -> None:
    whole = table_bytes()
    generator = np.random.default_rng(5)
    for place in generator.permutation(len(whole))[:400]:
        changed = bytearray(whole)
        changed[place] ^= int(generator.integers(1, 256))
        try:
            table = read_table(written(bytes(changed)))
        except PunkError:
            continue
        assert len(table) == 3


def test_a_huge_file_is_not_read(written: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inert_pickle, "LARGEST", 100)
    with pytest.raises(PunkError, match="larger than 100 bytes"):
        read_table(written(table_bytes()))


@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x05\x96" + struct.pack("<Q", 2**40) + b".",  # a byte array of a tebibyte
        b"\x80\x04\x8e" + struct.pack("<Q", 2**40) + b"x.",
        b"\x80\x03r" + struct.pack("<I", 2**31 - 1) + b".",  # a place in the memo
        b"\x80\x03Nr" + struct.pack("<I", 2**31 - 1) + b".",
        b"\x80\x03" + b"(" * 100_000 + b"t" * 100_000 + b".",
        b"\x80\x03" + b"]" * 1000 + b"a" * 999 + b".",
        b"", b".", b"\x80\x03N.", b"\x80\x03}.", b"no pickle", b"\x80\x03cos\n",
    ],
)  # fmt: skip
def test_bombs_and_rubbish(written: Callable[[bytes], Path], content: bytes) -> None:
    with pytest.raises(PunkError, match="no pickled table"):
        read_table(written(content))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rows": 4}, "not as many rows"),
        ({"numbers": (1.0, 2.0)}, "not as many rows"),
        ({"names": ("Artist", "Artist")}, "there twice"),
        ({"names": ("Artist", "Tempo", "More")}, "not those that it names"),
        ({"names": ("Artist",)}, "outside the table"),
    ],
)
def test_a_table_that_does_not_fit_together(
    written: Callable[[bytes], Path], changes: dict[str, object], said: str
) -> None:
    with pytest.raises(PunkError, match=said):
        read_table(written(table_bytes(**changes)))  # type: ignore[arg-type]


def test_a_shape_that_its_content_does_not_fill(written: Callable[[bytes], Path]) -> None:
    filled = _array((1, 3), "f8", struct.pack("<3d", 120.0, 90.5, 60.0))
    for shape, said in (((1, 10**9), "bytes of numbers were expected"), ((2**30, 0), "found the shape")):
        hollow = _array(shape, "f8", struct.pack("<3d", 120.0, 90.5, 60.0))
        with pytest.raises(PunkError, match=said):
            read_table(written(table_bytes().replace(filled, hollow)))


def test_a_missing_file_says_how_to_have_it(tmp_path: Path) -> None:
    with pytest.raises(PunkError, match=r"absent\.pkl: cannot be read.*make data"):
        read_table(tmp_path / "absent.pkl")


def test_the_published_windows(real_data) -> None:  # type: ignore[no-untyped-def]
    """846 and 928 windows; the deviation of the roll-off repeats its mean; no song is named, and none made up."""
    listed = duel.read(real_data.file("duel_windows.pkl"))
    assert {name: listed.labels.count(name) for name in set(listed.labels)} == {"Nickelback": 846, "Pitbull": 928}
    assert (listed.values["Rolloff Std"] == listed.values["Rolloff Mean"]).all()
    assert listed.values.iloc[0]["Tempo"] == pytest.approx(143.554688)
    table = import_table(listed)
    assert (table.clips["song"] == "").all()
    assert set(table.clips["duration"]) == {2.0}
    repeated = table.clips[table.clips["reasons"] == Fault.REPLICA.value]
    assert repeated["detail"].str.startswith("The same numbers in every column as").all()


def test_another_table_is_named(written: Callable[[bytes], Path]) -> None:
    with pytest.raises(PunkError, match="lacks the columns Cent Mean"):
        duel.read(written(table_bytes()))


def test_the_stand_ins_are_all_that_a_file_can_reach() -> None:
    for module, name in inert_pickle._STAND_INS:
        made = inert_pickle._Unpickler(io.BytesIO()).find_class(module, name)
        assert made.__module__ == inert_pickle.__name__
