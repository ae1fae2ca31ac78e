"""What dvc.yaml declares against what the code does: DVC does not follow imports.

That a stage reads no parameter but the declared ones is seen when it runs: `foundation/reads.py`, `test_repro.py`.
"""

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from imports import PACKAGE, REPOSITORY, SOURCES, all_imports, direct_imports, room

from classically_punk.experiments.reference import MEASURED_BY_OTHERS
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Pair, read_params
from classically_punk.stages.running import Places, declared_for, declared_for_pair

WRITTEN = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
STAGES = {name: entry.get("do", entry) for name, entry in WRITTEN.items()}
PAIRED = [name for name, entry in WRITTEN.items() if "do" in entry]
"""Stages over pairs of corpora; the others run over the rows of one."""
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
    "bundle": {"catalogue", "models"},
    "serving": {"audio", "bundle", "features"},
    "drift": {"audio", "bundle", "models", "serving"},
    "verification": {"scoring"},
    "cli": {"audio", "bundle", "catalogue", "corpora", "drift", "reporting", "serving", "verification"},
    "": set(),
}
EVERYWHERE = {"", "contracts", "foundation"}


def stage_file(stage: str) -> Path:
    return STAGE_FOLDER / f"{stage}.py"


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


def require_there(addresses: tuple[str, ...], params: object) -> None:
    """Fails where params.yaml has no such value."""
    for address in addresses:
        found = params
        for part in address.split("."):
            found = found[part] if isinstance(found, dict) else getattr(found, part)


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage not in PAIRED])
def test_a_stage_finds_its_own_rows_and_parameters(stage: str) -> None:
    declared = declared_for(stage, "demo", REPOSITORY / "dvc.yaml")
    assert STAGES[stage]["matrix"]["corpus"] == f"${{corpora.{declared.rows}}}"
    require_there(declared.params, read_params(REPOSITORY / "params.yaml"))
    assert ("corpus.demo" in declared.params) == ("corpus.${item.corpus}" in STAGES[stage].get("params", []))


@pytest.mark.parametrize("stage", PAIRED)
def test_a_stage_over_pairs_finds_them_and_its_parameters(stage: str) -> None:
    params = read_params(REPOSITORY / "params.yaml")
    for pair in params.external.pairs.values():
        declared = declared_for_pair(stage, pair, REPOSITORY / "dvc.yaml")
        assert WRITTEN[stage]["foreach"] == f"${{{declared.rows}}}"
        require_there(declared.params, params)
        assert {f"corpus.{pair.fit}.annotations", f"corpus.{pair.test}.annotations"} <= set(declared.params)


@pytest.mark.parametrize(
    ("graph", "named"),
    [
        (None, "no such file"),
        ("stages: {external: {matrix: {corpus: [demo]}}}", "stages.external cannot be read"),
        ("stages: {external: {foreach: '${pairs}', do: {params: []}}}", "foreach must be ${external.pairs}"),
    ],
)
def test_a_graph_without_pairs_is_an_error(tmp_path: Path, graph: str | None, named: str) -> None:
    if graph is not None:
        (tmp_path / "dvc.yaml").write_text(graph, encoding="utf-8")
    with pytest.raises(PunkError, match=re.escape(named)):
        declared_for_pair("external", Pair(fit="demo", test="mine"), tmp_path / "dvc.yaml")


def test_no_report_waits_for_another_collection() -> None:
    """What a pair writes is no output of its stage, so that DVC, asked for the report of one corpus, does not fetch
    the other; it stands where the report reads it all the same."""
    for stage in PAIRED:
        assert not written_by(stage), stage
    assert Places("fit").external("test").is_relative_to(Places("fit").tables)
    assert "reports/${item.corpus}/tables" in STAGES["report"]["deps"]


@pytest.mark.parametrize(
    ("graph", "named"),
    [
        (None, "no such file"),
        ("stages: {fold: {matrix: {corpus: [demo]}}}", "stages.folds cannot be read"),
        ("stages: {folds: {cmd: echo}}", "stages.folds cannot be read"),
        ("stages: [", "stages.folds cannot be read"),
        ("stages: {folds: {matrix: {corpus: '${rows}'}}}", "stages.folds.matrix.corpus must be a list of params.yaml"),
    ],
)
def test_a_graph_that_does_not_say_so_is_an_error(tmp_path: Path, graph: str | None, named: str) -> None:
    if graph is not None:
        (tmp_path / "dvc.yaml").write_text(graph, encoding="utf-8")
    with pytest.raises(PunkError) as caught:
        declared_for("folds", "demo", tmp_path / "dvc.yaml")
    assert named in str(caught.value)


def written_by(stage: str) -> set[str]:
    """Outputs of the stage, metrics and plots included."""
    outs = [*STAGES[stage].get("outs", []), *STAGES[stage].get("metrics", []), *STAGES[stage].get("plots", [])]
    return {next(iter(out)) if isinstance(out, dict) else out for out in outs}


def test_the_report_is_made_of_all_that_the_others_say() -> None:
    """It depends on folders, in which DVC finds the outputs of other stages; its own outputs stand in none of them."""
    folders = [dep for dep in STAGES["report"]["deps"] if "${item.corpus}" in dep]
    assert folders == [
        "data/${item.corpus}/columns.csv",
        "metrics/${item.corpus}",
        "models/${item.corpus}",
        "reports/${item.corpus}/tables",
    ]
    for stage in STAGES:
        inside = {out for out in written_by(stage) if out.startswith(tuple(f"{folder}/" for folder in folders))}
        said = {out for out in written_by(stage) if not out.startswith("data/")}
        assert inside == (set() if stage == "report" else said), stage


def test_no_output_has_two_stages_that_write_it() -> None:
    """But for the two ways in: audio, and a published table."""
    audio = {"ingest": written_by("ingest"), "features": written_by("features")}
    assert written_by("import_table") < audio["ingest"] | audio["features"]
    others = [out for stage in STAGES if stage != "import_table" for out in written_by(stage)]
    assert sorted(others) == sorted(set(others))


def test_reference_figures_are_known_for_the_corpora_that_have_the_stage() -> None:
    assert set(read_params(REPOSITORY / "params.yaml").corpora.reference) == set(MEASURED_BY_OTHERS)


@pytest.mark.parametrize("file", MODULES, ids=lambda path: path.relative_to(SOURCES / PACKAGE).as_posix())
def test_imports_follow_the_arrows(file: Path) -> None:
    here = room(file)
    if here == "stages" or file.name == "__main__.py":  # a stage calls any room, and `python -m` is the command line
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


def test_dvc_reads_the_graph_and_the_report_of_one_corpus_needs_no_other() -> None:
    """As DVC itself resolves it: what `report@gtzan_mini` would run first."""
    from dvc.repo import Repo

    with Repo(str(REPOSITORY)) as repo:
        names = [stage.addressing for stage in repo.index.stages]
        assert "external@gtzan_mini-gtzan" in names
        first = {stage.addressing for stage in repo.stage.collect("report@gtzan_mini", with_deps=True)}
    assert {"report@gtzan_mini", "evaluate@gtzan_mini"} <= first
    assert {name.split("@")[1] for name in first} == {"gtzan_mini"}
    assert not any(name.startswith("external") for name in first)
