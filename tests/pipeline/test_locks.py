"""The lock files: what runs, and what checks, benchmarks and the search for vulnerabilities need besides."""

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
RUNS = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKS = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-serve.txt",
    "requirements-image.txt",
    "requirements-bench.txt",
    "requirements-audit.txt",
)

ENVIRONMENTS = [
    {**default_environment(), "python_version": python, "python_full_version": f"{python}.0", **system}
    for python in ("3.11", "3.12", "3.13")
    for system in (
        {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
        {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
    )
]


class Pin(NamedTuple):
    """One entry of a lock: `requirement` with its marker, and the checksums of the files that may be installed."""

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def version(self) -> str:
        (only,) = self.requirement.specifier
        assert only.operator == "=="
        return only.version


def read(lock: str) -> list[Pin]:
    text = re.sub(r"^\s*#.*$", "", (REPOSITORY / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)
    pins = []
    for line in filter(None, map(str.strip, text.replace("\\\n", " ").splitlines())):
        stated, *hashes = line.split(" --hash=sha256:")
        pins.append(Pin(Requirement(stated), frozenset(map(str.strip, hashes))))
    assert len(pins) > 10, f"{lock} was not understood"
    return pins


def pinned(lock: str, environment: dict[str, str]) -> dict[str, Pin]:
    """Name -> the pin that holds in `environment`."""
    found: dict[str, Pin] = {}
    for pin in read(lock):
        if pin.requirement.marker is None or pin.requirement.marker.evaluate(environment):
            name = canonicalize_name(pin.requirement.name)
            assert name not in found, f"{lock} pins {name} twice"
            found[name] = pin
    return found


@pytest.fixture(params=ENVIRONMENTS, ids=lambda of: f"{of['sys_platform']}-{of['python_version']}")
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    return request.param  # type: ignore[no-any-return]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_has_checksums_and_none_an_address(lock: str) -> None:
    """Whoever installs takes the files from where they like; the checksums say that they are the right ones."""
    text = (REPOSITORY / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-[^-]|^--(?!hash)", text, flags=re.MULTILINE)
    for pin in read(lock):
        assert pin.hashes, f"{lock} has no checksum of {pin.requirement}"
        assert all(re.fullmatch("[0-9a-f]{64}", value) for value in pin.hashes)


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.txt", RUNS),
        ("requirements.txt", PROJECT["build-system"]["requires"]),  # `make setup` builds with what is installed
        ("requirements-dev.txt", EXTRAS["dev"]),
        ("requirements-serve.txt", EXTRAS["serve"]),
        ("requirements-image.txt", PROJECT["dependency-groups"]["image"]),
        ("requirements-bench.txt", EXTRAS["bench"]),
        ("requirements-audit.txt", EXTRAS["audit"]),
    ],
    ids=["dependencies", "build", "dev", "serve", "image", "bench", "audit"],
)
def test_the_lock_has_what_pyproject_asks_for(lock: str, wanted: list[str], environment: dict[str, str]) -> None:
    pins = pinned(lock, environment)
    for requirement in map(Requirement, wanted):
        if requirement.marker is not None and not requirement.marker.evaluate(environment):
            continue
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{lock} lacks {requirement}: run make lock"
        assert requirement.specifier.contains(pins[name].version), f"{lock} has {pins[name].version} for {requirement}"


@pytest.mark.parametrize("second", LOCKS[1:])
def test_what_two_locks_share_is_the_same_in_both(second: str, environment: dict[str, str]) -> None:
    """`make test`, `make bench` and `make audit` add to what runs; none may replace any of it."""
    first, other = pinned("requirements.txt", environment), pinned(second, environment)
    shared = sorted(first.keys() & other.keys())
    assert shared
    for name in shared:
        assert (first[name].version, first[name].hashes) == (other[name].version, other[name].hashes)


def test_no_tool_is_among_what_runs(environment: dict[str, str]) -> None:
    """Another version of one would outdate every stage, because each depends on the lock of what runs."""
    tools = {canonicalize_name(Requirement(of).name) for of in (*EXTRAS["dev"], *EXTRAS["audit"])}
    assert not tools & pinned("requirements.txt", environment).keys()


def test_what_runs_is_what_the_dependencies_bring() -> None:
    """The metadata of what is installed here, followed from `dependencies`, leads to every package of the lock."""
    here = {key: str(value) for key, value in default_environment().items()}
    pins = pinned("requirements.txt", here)
    reached: set[tuple[str, str]] = set()
    waiting = [Requirement(of) for of in RUNS]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras} - {of for at, of in reached if at == name}:
            reached.add((name, extra))
            assert name in pins, f"requirements.txt lacks {requirement}: run make lock"
            assert requirement.specifier.contains(pins[name].version)
            brought = map(Requirement, distribution(name).requires or [])
            waiting += [of for of in brought if of.marker is None or of.marker.evaluate({**here, "extra": extra})]
    assert {name for name, _ in reached} == pins.keys()


def test_every_supported_python_is_covered() -> None:
    supported = SpecifierSet(PROJECT["project"]["requires-python"])
    covered = {of["python_version"] for of in ENVIRONMENTS}
    assert {f"3.{minor}" for minor in range(30) if supported.contains(f"3.{minor}")} == covered
