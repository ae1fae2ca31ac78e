"""Fixtures for every room."""

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

# before NumPy: importing the package pins threads and arithmetic
import classically_punk  # noqa: F401  isort: skip
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
