"""The Dockerfile: what is copied is there and let through, what it installs is what the service imports, and it runs as
nobody; the parser that performs its steps refuses what it does not know."""

import ast
import fnmatch
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from dockerfile import base_images, copy_of, expanded, parse, stages
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pipeline.imports import PACKAGE, SOURCES, all_imports
from prove import Image

from classically_punk.serving.http.settings import PREFIX, Settings

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
STEPS = parse(TEXT)
BUILD, IMAGE = stages(STEPS).values()
ARGUMENTS = {name: value for step in BUILD if step.name == "ARG" for name, value in step.pairs.items()}
VARIABLES = {name: value for step in IMAGE if step.name == "ENV" for name, value in step.pairs.items()}


def let_through(path: str) -> bool:
    """Whether .dockerignore leaves `path` in the context: the last line that fits decides."""
    through = True
    for line in (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        above = any(fnmatch.fnmatch(str(part), pattern) for part in (Path(path), *Path(path).parents))
        if line and not line.startswith("#") and above:
            through = line.startswith("!")
    return through


def test_what_is_copied_is_there_and_let_through() -> None:
    copies = [copy_of(step, ARGUMENTS) for step in BUILD if step.name == "COPY"]
    sources = [name for copy in copies if copy.stage is None for name in copy.sources]
    assert len(sources) >= 6
    for name in sources:
        assert let_through(name), f".dockerignore keeps {name} out"
        if not name.startswith("models/"):  # an output of the graph
            assert (REPOSITORY / name).exists()


@pytest.mark.parametrize("name", [".git", "data/raw/gtzan/genres.tar.gz", "models/demo/ols.json", "reports/index.html"])
def test_music_results_and_history_stay_out(name: str) -> None:
    assert not let_through(name)


def test_both_stages_have_one_base_by_its_short_name() -> None:
    """A C library that the packages were not installed for would not run them."""
    assert len(set(base_images(STEPS))) == 1
    assert re.fullmatch(r"python:3\.1[123]-slim(@sha256:[0-9a-f]{64})?", base_images(STEPS)[0])


def test_it_runs_as_nobody_by_number() -> None:
    """Kubernetes cannot tell from a name that it is not root."""
    user = next(step.text for step in IMAGE if step.name == "USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)


def test_nothing_is_run_in_the_image_itself() -> None:
    """It gets one folder: what built it, caches and sources, stays behind."""
    assert [step.name for step in IMAGE].count("COPY") == 1
    assert "RUN" not in [step.name for step in IMAGE]


def test_its_settings_are_settings() -> None:
    own = {name.removeprefix(PREFIX).lower(): value for name, value in VARIABLES.items() if name.startswith(PREFIX)}
    assert own.keys() <= Settings.model_fields.keys()
    assert own["port"] == next(step.text for step in IMAGE if step.name == "EXPOSE")
    assert own["host"] == "0.0.0.0"
    assert Settings.model_validate(own)


def test_entry_point_and_health_check_are_copied_in() -> None:
    for name in ("ENTRYPOINT", "HEALTHCHECK"):
        script = next(step for step in IMAGE if step.name == name).command[-1]
        assert any(Path(script).name in step.text for step in BUILD if step.name == "COPY")


def test_it_installs_what_the_service_imports() -> None:
    """Modules from elsewhere that running the service can load; what stands in a function for others is not in them."""
    loaded = all_imports(SOURCES / PACKAGE / "serving" / "http" / "server.py")
    loaded |= all_imports(SOURCES / PACKAGE / "serving" / "worker.py")
    loaded |= {SOURCES / PACKAGE / "cli" / name for name in ("app.py", "serve.py")}
    distributions = packages_distributions()
    needed = set()
    for file in loaded:
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            needed |= {name.partition(".")[0] for name in names}
    needed -= {*sys.stdlib_module_names, PACKAGE, ""}
    named = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["image"]
    installed = {canonicalize_name(Requirement(each).name) for each in named}
    assert {canonicalize_name(distributions[name][0]) for name in needed} <= installed


def test_hadolint_finds_nothing() -> None:
    beside = Path(sys.executable).with_name("hadolint")
    program = str(beside) if beside.is_file() else shutil.which("hadolint")
    if program is None:
        pytest.skip("hadolint is not here: its wheels are for Linux on x86-64")
    found = subprocess.run([program, "Dockerfile"], cwd=REPOSITORY, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (0, "")


# the parser


def test_lines_are_joined_and_comments_left_out() -> None:
    steps = parse("# one\nFROM a:1 AS b\nRUN x \\\n  # two\n  && y\nFROM a:1\nENV A=1 \\\n    B=$A\n")
    assert [(step.name, step.text) for step in steps] == [
        ("FROM", "a:1 AS b"),
        ("RUN", "x && y"),
        ("FROM", "a:1"),
        ("ENV", "A=1 B=$A"),
    ]
    assert list(stages(steps)) == ["b", ""]
    assert steps[3].pairs == {"A": "1", "B": "$A"}


@pytest.mark.parametrize("text", ["ADD a b", "SHELL []", "FROM a\nrun x", "RUN <<EOF\nx\nEOF"])
def test_what_it_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not know"):
        parse(text)


def test_options_of_copy_that_it_does_not_know_are_refused() -> None:
    with pytest.raises(ValueError, match="--chmod"):
        copy_of(parse("COPY --chmod=755 a b")[0], {})
    assert copy_of(parse("COPY --from=x /a /b")[0], {}).stage == "x"


def test_only_the_exec_form_is_a_command() -> None:
    health = parse('HEALTHCHECK --interval=1s CMD ["a", "b"]')[0]
    assert health.command == ["a", "b"]
    with pytest.raises(ValueError, match=r"substring|exec form"):
        _ = parse("ENTRYPOINT a b")[0].command


def test_variables_are_replaced_and_missed() -> None:
    assert expanded("${A}/$B", {"A": "x", "B": "y"}) == "x/y"
    with pytest.raises(KeyError):
        expanded("$C", {})


def test_paths_of_the_image_lie_in_the_folder_that_stands_for_it(tmp_path: Path) -> None:
    image = Image(tmp_path, sys.executable)
    placed = image.placed("/opt/punk/bin/python -m x /tmp, http://host/opt and ./opt/a /optional")
    assert placed == f"{tmp_path}/opt/punk/bin/python -m x {tmp_path}/tmp, http://host/opt and ./opt/a /optional"
