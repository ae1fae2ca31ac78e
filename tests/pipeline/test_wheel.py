"""What `pip install` of the wheel gives, in an environment that has the dependencies and no checkout."""

import email
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import soundfile

from classically_punk.audio.canonical import SAMPLE_RATE

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "src" / "classically_punk"


@dataclass(frozen=True)
class Installed:
    """wheel : the file; programs : where `punk` and `python` stand; folder : one without params.yaml, to run in"""

    wheel: Path
    programs: Path
    folder: Path

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | variables
        first, *rest = command
        return subprocess.run(
            [str(self.programs / first), *rest],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, built from a copy without the network, in an environment of its own. The dependencies are those of the
    environment that runs the tests, by a path file, which brings no editable installation along."""
    root = tmp_path_factory.mktemp("wheel")
    source = root / "source"
    shutil.copytree(REPOSITORY / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, source)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-deps", "--no-index"]
    subprocess.run([*pip, "wheel", *offline, "--no-build-isolation", "-w", str(root), str(source)], check=True)
    (wheel,) = root.glob("*.whl")
    environment = root / "environment"
    venv.create(environment, symlinks=True)
    programs = environment / "bin"
    subprocess.run([*pip, "--python", str(programs / "python"), "install", *offline, str(wheel)], check=True)
    (site,) = environment.glob("lib/python*/site-packages")
    others = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "dependencies.pth").write_text("\n".join(sorted(others)), encoding="utf-8")
    folder = root / "elsewhere"
    folder.mkdir()
    return Installed(wheel, programs, folder)


@pytest.fixture(scope="module")
def clip(installed: Installed, stable: Any) -> Path:
    path = installed.folder / "clip.wav"
    soundfile.write(path, stable.samples[0], SAMPLE_RATE)
    return path


def test_every_file_of_the_package_is_in_the_wheel(installed: Installed) -> None:
    """Templates, styles and whatever else is no code, too."""
    files = {path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    with zipfile.ZipFile(installed.wheel) as wheel:
        packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert {path.relative_to(PACKAGE.parent).as_posix() for path in files} == packed


def test_the_wheel_offers_every_extra(installed: Installed) -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with zipfile.ZipFile(installed.wheel) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(wheel.read(name))
    assert set(metadata.get_all("Provides-Extra", [])) == set(project["optional-dependencies"])


def test_the_installed_package_is_what_runs(installed: Installed) -> None:
    run = installed.run("python", "-c", "import classically_punk; print(classically_punk.__file__)")
    assert Path(run.stdout.strip()).is_relative_to(installed.programs.parent), run.stderr


@pytest.mark.parametrize("command", [("punk",), ("python", "-m", "classically_punk")])
def test_the_command_is_there_under_both_names(installed: Installed, command: tuple[str, ...]) -> None:
    run = installed.run(*command, "drift", "--help")
    assert run.returncode == 0, run.stderr
    assert "FOLDER|LOG" in run.stdout


def test_a_shell_completes_commands(installed: Installed) -> None:
    run = installed.run("punk", _PUNK_COMPLETE="complete_bash", COMP_WORDS="punk dri", COMP_CWORD="1")
    assert run.stdout.split() == ["drift"], run.stderr


def test_what_needs_a_checkout_says_so(installed: Installed) -> None:
    run = installed.run("punk", "check")
    assert run.returncode == 1
    assert "params.yaml: no such file" in run.stderr
    assert "Traceback" not in run.stderr


def test_drift_needs_no_checkout(installed: Installed, bundle: Path, clip: Path) -> None:
    """One clip is too few, which is said after it was decoded, described and answered."""
    run = installed.run("punk", "drift", str(bundle), str(clip.parent), "--json", PUNK_JOBS="1")
    assert run.returncode == 2, run.stderr
    assert "1 clip can be compared" in json.loads(run.stdout)["sentence"]


def test_a_clip_is_classified(installed: Installed, bundle: Path, clip: Path) -> None:
    run = installed.run("punk", "classify", str(clip), "--model", str(bundle), "--json", PUNK_JOBS="1")
    assert run.returncode in (0, 3), run.stderr  # answered, or left unsure
    assert '"candidates"' in run.stdout
