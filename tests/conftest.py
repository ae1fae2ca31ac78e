"""Fixtures for every room."""

import os
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

# Numba's cache does not bear two processes that compile the same function into it at once: what one then loads may
# be the other's, and crash. Each process of the tests has its own, and none is that of the graph.
OWN = REPOSITORY / ".punk_cache" / "numba-tests" / os.environ.get("PYTEST_XDIST_WORKER", "alone")
os.environ["NUMBA_CACHE_DIR"] = str(OWN)


@dataclass(frozen=True)
class RealData:
    """Other people's audio and tables: `raw/` holds archives, `mirror/` annotations and tables."""

    folder: Path

    def clip(self, member: str) -> bytes:
        """One file of GTZAN mini, named from its `genres/` folder on, for example `genres/pop/pop.00001.wav`."""
        with zipfile.ZipFile(self.folder / "raw" / "gtzan_mini.zip") as archive:
            return archive.read(f"gtzan_mini-main/{member}")


@pytest.fixture(scope="session")
def real_data() -> RealData:
    """Real GTZAN audio and annotations, from `PUNK_MIRROR` or `../shared/data`; the test is skipped without."""
    stated = os.environ.get("PUNK_MIRROR")
    folder = Path(stated) if stated else REPOSITORY.parent / "shared" / "data"
    if not (folder / "raw").is_dir() or not (folder / "mirror").is_dir():
        pytest.skip(f"needs real data: {folder} has no raw/ and mirror/; set PUNK_MIRROR to a folder that has")
    return RealData(folder.resolve())


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator with a fixed seed."""
    return np.random.default_rng(1234)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The graph's own tests take as long as all others: they come first, so that two processes end together."""
    items.sort(key=lambda item: "test_repro.py" not in item.nodeid)


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
