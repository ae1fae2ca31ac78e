"""What dvc.yaml declares against what the code does: DVC follows neither imports nor reads of params.yaml."""

import ast
import importlib.util
import re
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from imports import PACKAGE, REPOSITORY, SOURCES, all_imports, direct_imports, room
from reads import every_key, keys_read

STAGES = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
STAGE_FOLDER = SOURCES / PACKAGE / "stages"
MODULES = sorted(SOURCES.rglob("*.py"))

# Which rooms each room may import, beside `contracts` and `foundation`: only those to the left of it in the picture of
# the design. Each entry is as small as the code allows, so that a change in a room reruns little.
MAY_IMPORT = {
    "foundation": set(),
    "contracts": set(),
    "audio": set(),
    "catalogue": set(),
    "corpora": {"audio", "catalogue"},
    "features": {"audio"},
    "cleaning": set(),
    "validation": set(),
    "models": {"validation"},
    "scoring": set(),
    "diagnostics": {"models"},
    "decisions": {"scoring"},
    "experiments": {"models", "scoring", "validation"},
    "exploration": {"audio", "features", "models", "scoring"},
    "reporting": set(),
    "verification": set(),
    "cli": {"catalogue", "corpora", "reporting", "verification"},
    "": set(),
}
EVERYWHERE = {"", "contracts", "foundation"}


def stage_file(stage: str) -> Path:
    return STAGE_FOLDER / f"{stage}.py"


def attributes_read_of_params(stage: str) -> set[str]:
    """Names read as `params.<name>` in a stage module."""
    tree = ast.parse(stage_file(stage).read_text(encoding="utf-8"))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "params"
    }


def declared_in_module(stage: str) -> set[str]:
    """The module's PARAMS."""
    tree = ast.parse(stage_file(stage).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "PARAMS" for target in node.targets):
            return set(ast.literal_eval(node.value))
    raise AssertionError(f"{stage}: no PARAMS")


@cache
def all_keys_read() -> frozenset[tuple[str, str]]:
    """(section class, key) read anywhere: which keys are valid is for params.py to say, which is no reading."""
    definitions = SOURCES / PACKAGE / "foundation" / "params.py"
    sources = [path.read_text(encoding="utf-8") for path in MODULES if path != definitions]
    return frozenset(keys_read(sources, definitions.read_text(encoding="utf-8")))


def test_every_stage_has_its_module_and_every_module_its_stage() -> None:
    modules = {path.stem for path in STAGE_FOLDER.glob("*.py")} - {"__init__", "running"}
    assert modules == set(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_deps_are_the_rooms_that_the_stage_imports(stage: str) -> None:
    declared = {REPOSITORY / dep for dep in STAGES[stage]["deps"] if dep.startswith("src/")}
    assert all(path.exists() for path in declared)
    loaded = all_imports(stage_file(stage)) - {STAGE_FOLDER / "__init__.py"}
    uncovered = {file for file in loaded if not any(file == path or path in file.parents for path in declared)}
    assert not uncovered, f"{stage} runs code that its deps do not name"
    idle = {path for path in declared if not any(file == path or path in file.parents for file in loaded)}
    assert not idle, f"{stage} names code that it does not run: it would rerun for nothing"


@pytest.mark.parametrize("stage", STAGES)
def test_pinned_versions_are_a_dep(stage: str) -> None:
    assert "requirements.txt" in STAGES[stage]["deps"]


@pytest.mark.parametrize("stage", STAGES)
def test_declared_params_are_the_params_read(stage: str) -> None:
    declared = {name.split(".")[0] for name in STAGES[stage].get("params", [])}
    read = attributes_read_of_params(stage)
    if "declared" in read:  # a page that shows every section its stage declares
        read = read - {"declared"} | declared_in_module(stage)
    assert declared == declared_in_module(stage) == read


@pytest.mark.parametrize(("address", "section", "key"), list(every_key()), ids=lambda part: str(part))
def test_every_parameter_has_a_reader(address: str, section: str, key: str) -> None:
    in_graph = re.findall(r"\$\{([a-z_.]+)\}", (REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))
    assert (section, key) in all_keys_read() or address in in_graph, f"{address} is in params.yaml and nothing reads it"


def test_a_parameter_is_read_only_where_its_own_section_is() -> None:
    """The names that several sections share: `seed` of one is no reading of another's."""
    sources = [
        "def deal(rows, settings: Folds):\n    return rows, settings.seed, other.artist",
        "class Draw:\n    settings: Explore | None\n    def draw(self):\n        return self.settings.columns",
        "class Fit:\n    def __init__(self, inner: Inner):\n        self.chosen = inner\n"
        "    def folds(self):\n        return self.chosen.folds",
        "def run(params: StageParams, places):\n    limits, n = params.ingest, 1\n    return limits.silence, n.longest",
        "def grids(comparators: Comparators):\n    return [k for k in comparators.ridge.alpha], lambda x: x.trees",
        "def costly(costs: Costs):\n    return [pair.why for pair in costs.pairs], costs.seed",
    ]
    assert keys_read(sources) == {
        *(("Folds", "seed"), ("Explore", "columns"), ("Inner", "folds"), ("StageParams", "ingest")),
        *(("Ingest", "silence"), ("Comparators", "ridge"), ("RidgeGrid", "alpha"), ("Costs", "pairs")),
        ("CostOfPair", "why"),
    }


@pytest.mark.parametrize(
    ("module", "unread"),
    [
        ("stages/robustness.py", ("Robustness", "seed")),
        ("models/inner.py", ("Inner", "seed")),
        ("exploration/maps.py", None),
    ],
)
def test_a_parameter_whose_reader_is_taken_away_is_found(module: str, unread: tuple[str, str] | None) -> None:
    """Though other sections have a `seed` that is read."""
    definitions = SOURCES / PACKAGE / "foundation" / "params.py"
    others = [path for path in MODULES if path not in {definitions, SOURCES / PACKAGE / module}]
    sources = [path.read_text(encoding="utf-8") for path in others]
    lost = all_keys_read() - keys_read(sources, definitions.read_text(encoding="utf-8"))
    assert (unread in lost) if unread else not lost


@pytest.mark.parametrize("file", MODULES, ids=lambda path: path.relative_to(SOURCES / PACKAGE).as_posix())
def test_imports_follow_the_arrows(file: Path) -> None:
    here = room(file)
    if here == "stages":  # a stage calls any room
        return
    allowed = MAY_IMPORT[here] | (EVERYWHERE if here != "foundation" else {""})
    beyond = {room(other) for other in direct_imports(file)} - {here} - allowed
    assert not beyond, f"{file.name} in {here} imports {sorted(beyond)}"


def test_stages_do_not_import_each_other() -> None:
    for stage in STAGES:
        others = {path for path in direct_imports(stage_file(stage)) if path.parent == STAGE_FOLDER}
        assert others <= {STAGE_FOLDER / "running.py", STAGE_FOLDER / "__init__.py"}


def test_the_import_reader_sees_imports_inside_functions(tmp_path: Path) -> None:
    source = tmp_path / "probe.py"
    source.write_text("def late():\n    from classically_punk.audio import canonical\n", encoding="utf-8")
    assert SOURCES / PACKAGE / "audio" / "canonical.py" in all_imports(source)
    assert importlib.util.find_spec(f"{PACKAGE}.audio.canonical") is not None


def test_no_stage_uses_persist_or_always_changed() -> None:
    for stage, content in STAGES.items():
        assert "always_changed" not in content, stage
        outs = [*content.get("outs", []), *content.get("metrics", [])]
        assert not any("persist" in flags for out in outs if isinstance(out, dict) for flags in out.values()), stage
