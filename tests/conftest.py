"""Fixtures for every room."""

import os
import signal
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# before NumPy: importing the package pins threads and arithmetic
import classically_punk  # noqa: F401  isort: skip
import numpy as np
import pytest
import yaml

pytest_plugins = (
    "fixtures.judging",
    "fixtures.fitting",
    "fixtures.bundles",
    "fixtures.service",
    "fixtures.made_music",
    "fixtures.revisions",
)

REPOSITORY = Path(__file__).resolve().parent.parent

# Numba's cache does not bear two processes that compile the same function into it at once: what one then loads may
# be the other's, and crash. Each process of the tests has its own, and none is that of the graph.
OWN = REPOSITORY / ".punk_cache" / "numba-tests" / os.environ.get("PYTEST_XDIST_WORKER", "alone")
os.environ["NUMBA_CACHE_DIR"] = str(OWN)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job: what it starts would inherit that
    signal.signal(signal.SIGINT, signal.default_int_handler)

REAL_CORPORA = ("gtzan_mini", "gtzan_published", "duel_published", "fma_librosa", "fma_mfcc")
"""Whose files `make testdata` fetches."""


@dataclass(frozen=True)
class RealData:
    """Other people's audio, annotations and tables, in whichever of `folders` holds them."""

    folders: tuple[Path, ...]

    @classmethod
    def located(cls, repository: Path, mirror: Path) -> "RealData":
        """In a mirror, laid out as `PUNK_MIRROR` may be, else where `make testdata` puts it."""
        raw = [repository / "data" / "raw" / corpus for corpus in REAL_CORPORA]
        return cls((mirror, mirror / "raw", mirror / "mirror", *raw, *(folder / "annotations" for folder in raw)))

    def file(self, name: str) -> Path:
        """The file `name`. Without it the test is skipped, and the reason says where to have it from."""
        for folder in self.folders:
            if (folder / name).is_file():
                return folder / name
        if name in self.fetched():
            pytest.skip(f"needs {name}: make testdata fetches it")
        pytest.skip(f"needs {name}, which no corpus fetches: it has to lie in a folder that PUNK_MIRROR names")

    def annotations(self) -> Path:
        """The folder of GTZAN's annotations."""
        return self.file("gtzan_index_sturm2012.txt").parent

    def clip(self, member: str) -> bytes:
        """One file of GTZAN mini, named from its `genres/` folder on, for example `genres/pop/pop.00001.wav`."""
        with zipfile.ZipFile(self.file("gtzan_mini.zip")) as archive:
            return archive.read(f"gtzan_mini-main/{member}")

    @staticmethod
    def fetched() -> set[str]:
        """Names of the files that `make testdata` fetches, as params.yaml describes its corpora."""
        from classically_punk.corpora.loaders import LOADERS  # not above: numba reads the variable set there

        described = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))["corpus"]
        fetched: set[str] = set()
        for corpus in REAL_CORPORA:
            entry = described[corpus]
            fetched |= {*entry["archives"], *filter(None, [entry["clip_index"]])}
            if entry["annotations"] in LOADERS:
                fetched |= set(LOADERS[entry["annotations"]].files)
        return fetched


@pytest.fixture(scope="session")
def real_data() -> RealData:
    """Real GTZAN audio and annotations, from `PUNK_MIRROR`, `../shared/data` or `data/raw/`."""
    stated = os.environ.get("PUNK_MIRROR")
    return RealData.located(REPOSITORY, Path(stated).resolve() if stated else REPOSITORY.parent / "shared" / "data")


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator with a fixed seed."""
    return np.random.default_rng(1234)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The graph's own tests take as long as all others: they come first, so that two processes end together.
    Tests that need real data can be chosen: `-m real_data`."""
    items.sort(key=lambda item: "test_repro.py" not in item.nodeid)
    for item in items:
        if "real_data" in getattr(item, "fixturenames", ()):
            item.add_marker("real_data")


@pytest.fixture
def wait_until_gone() -> Callable[[int], None]:
    """Returns when no such process runs any more; one that stays is an orphan, and an error."""

    def waiting(process: int) -> None:
        for _ in range(600):
            try:
                os.kill(process, 0)
            except ProcessLookupError:
                return
            state = Path(f"/proc/{process}/stat")
            with suppress(FileNotFoundError):
                if ") Z " in state.read_text(encoding="utf-8"):
                    return  # it has ended; it stays in the list until whoever adopted it asks
            time.sleep(0.05)
        raise AssertionError(f"process {process} is still there")

    return waiting
