"""The graph itself, run by DVC on a small corpus in a copy of this checkout: what is redone, and what it gives."""

import hashlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from imports import PACKAGE, REPOSITORY

from classically_punk.foundation.params import Params, Section, read_params
from classically_punk.foundation.reads import covers
from classically_punk.stages.running import READS, declared_for, declared_for_pair

SOMETIMES = {"diagnose": {"inner"}, "lengths": {"inner"}}
"""Sections that a stage reads with some parameters only: `ols.columns: forward` chooses in inner folds."""

ELSEWHERE = {"diff.equivalent", "corpus.demo.fewest_artists"}
"""Parameters that no stage of the demo's row reads, but `punk diff`, or `import_table`."""

COPIED = ("dvc.yaml", "params.yaml", "requirements.txt", "pyproject.toml", ".dvcignore", ".gitignore")
SMALL = {
    "demo": {"clips_per_genre": 4, "artists_per_genre": 2, "shortest": 3.0, "longest": 4.0},
    "folds": {"segment_random": 2, "strict": 2, "repeats": 2},
    "evaluate": {"resamples": 100},
    "features": {"sets": ["standard"], "window": 1.0, "window_hop": 1.0},
    "comparators": {
        "ridge": {"alpha": [100.0]},
        "lda": {"shrinkage": [0.5]},
        "logistic": {"c": [0.01]},
        "knn": {"neighbours": [3]},
        "svm": {"c": [1.0], "gamma": [1.0]},
        "forest": {"trees": 5, "smallest_leaf": [1]},
        "boosting": {"learning_rate": 0.1, "rounds": [3], "leaves": 4, "bins": 15, "column_share": 0.1},
    },
    "robustness": {"clips_per_genre": 1},
    "lengths": {"seconds": [1.0, 3.0], "clips_per_genre": 2, "altered": ["gain_-10"], "altered_per_genre": 2},
    "explore": {"resamples": 20},
    "label_issues": {"repeats": 2},
}


def set_params(checkout: Path, changes: dict[str, dict[str, Any]]) -> None:
    path = checkout / "params.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for section, values in changes.items():
        content[section].update(values)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def make_checkout(folder: Path) -> Path:
    """The files of this checkout that the graph needs, under git and DVC, with a small demo corpus."""
    folder.mkdir()
    for name in COPIED:
        shutil.copy2(REPOSITORY / name, folder / name)
    for name in ("src", ".dvc/plots"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    shutil.copy2(REPOSITORY / ".dvc" / "config", folder / ".dvc" / "config")
    shutil.copy2(REPOSITORY / ".dvc" / ".gitignore", folder / ".dvc" / ".gitignore")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    set_params(folder, SMALL)
    return folder


def environment(checkout: Path, jobs: int = 2) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PUNK_")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(checkout / "src"),
        "PUNK_JOBS": str(jobs),
        "PUNK_CACHE": str(checkout / ".punk_cache"),
        "NUMBA_CACHE_DIR": os.environ["NUMBA_CACHE_DIR"],
        READS: str(checkout / "reads.log"),
    }


def repro(checkout: Path, *arguments: str, jobs: int = 2, check: bool = True) -> subprocess.CompletedProcess[str]:
    run = subprocess.run(
        ["dvc", "repro", *arguments], cwd=checkout, env=environment(checkout, jobs), capture_output=True, text=True
    )
    assert not check or run.returncode == 0, run.stdout + run.stderr
    return run


def ran(run: subprocess.CompletedProcess[str]) -> list[str]:
    """The stages that were run, not those restored or found unchanged."""
    lines = run.stdout.splitlines()
    return [line.split("'")[1].split("@")[0] for line in lines if line.startswith("Running stage")]


def outdated(checkout: Path) -> set[str]:
    """The stages of the demo corpus that DVC would run again."""
    run = subprocess.run(
        ["dvc", "status", "--json", "report@demo", "--with-deps"],
        cwd=checkout,
        env=environment(checkout),
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split("@")[0] for name in json.loads(run.stdout)}


def content(checkout: Path) -> dict[str, str]:
    """md5 of everything the graph made, dvc.lock included."""
    made = [checkout / "dvc.lock"]
    for folder in ("data", "metrics", "models", "reports"):
        made += [path for path in (checkout / folder).rglob("*") if path.is_file()]
    return {path.relative_to(checkout).as_posix(): hashlib.md5(path.read_bytes()).hexdigest() for path in made}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which the whole graph has run once, with 2 workers."""
    folder = make_checkout(tmp_path_factory.mktemp("graph") / "checkout")
    run = repro(folder, "report@demo")
    (folder / ".punk_cache" / "said").write_text(run.stdout + run.stderr, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def reads(checkout: Path) -> dict[str, set[str]]:
    """Stage -> addresses of the parameters that it read, in that run."""
    found: dict[str, set[str]] = {}
    for line in (checkout / "reads.log").read_text(encoding="utf-8").splitlines():
        stage, address = line.split(" ")
        found.setdefault(stage, set()).add(address)
    return found


def every_address(section: Section, place: str = "") -> Iterator[str]:
    """Of every parameter of the demo's row, as a `Reader` is told it."""
    for name in type(section).model_fields:
        held = getattr(section, name)
        of = ("demo" if "demo" in held else next(iter(held))) if isinstance(held, dict) else ""
        for each in held if isinstance(held, list) else [held[of] if isinstance(held, dict) else held]:
            address = f"{place}{name}.{of}" if isinstance(held, dict) else f"{place}{name}"
            if isinstance(each, Section):
                yield from every_address(each, f"{address}.")
            else:
                yield address


def test_every_parameter_has_a_reader(checkout: Path, reads: dict[str, set[str]]) -> None:
    """Dumps, which print a section or hash it, are no reading; the lists of corpora and pairs are dvc.yaml's. The stage
    over pairs is run by `test_external.py`, which sees what it reads."""
    pair = next(iter(read_params(checkout / "params.yaml").external.pairs.values()))
    in_graph = {*declared_for_pair("external", pair, checkout / "dvc.yaml").params}
    in_graph |= set(re.findall(r"\$\{([a-z_.]+)\}", (checkout / "dvc.yaml").read_text(encoding="utf-8")))
    addresses = set(every_address(read_params(checkout / "params.yaml")))
    assert len(addresses) > 60
    assert {address.split(".")[0] for address in addresses} == set(Params.model_fields)
    unread = {
        address
        for address in addresses - ELSEWHERE - set().union(*reads.values())
        if not any(covers(each, address) for each in in_graph)
    }
    assert unread == set(), "in params.yaml, and nothing reads it"


def test_stages_read_what_is_declared_for_them(checkout: Path, reads: dict[str, set[str]]) -> None:
    """That they read nothing else, they see to themselves."""
    for stage, addresses in reads.items():
        declared = declared_for(stage, "demo", checkout / "dvc.yaml").params
        idle = {each for each in declared if not any(covers(each, address) for address in addresses)}
        assert idle <= SOMETIMES.get(stage, set()), (
            f"{stage} reads nothing of what dvc.yaml declares for it: it would rerun for nothing"
        )
    assert {"synthesise", "ingest", "features", "ols", "comparators", "robustness", "report"} <= set(reads)


def test_a_second_repro_does_nothing(checkout: Path) -> None:
    before = content(checkout)
    assert ran(repro(checkout, "report@demo")) == []
    assert content(checkout) == before


def test_no_library_speaks_to_the_screen(checkout: Path) -> None:
    """What a small corpus makes one warn of stands in a table, or is no fault of anybody's."""
    assert "Warning" not in (checkout / ".punk_cache" / "said").read_text(encoding="utf-8")


def test_every_output_is_there_and_no_cell_says_nan(checkout: Path) -> None:
    stages = yaml.safe_load((checkout / "dvc.lock").read_text(encoding="utf-8"))["stages"]
    outs = [checkout / out["path"] for stage in stages.values() for out in stage["outs"]]
    assert len(outs) >= 20
    assert all(path.exists() for path in outs)
    text = [path for path in content(checkout) if path.endswith((".csv", ".json")) and not path.startswith("data/raw")]
    assert text
    for name in text:
        cells = (checkout / name).read_text(encoding="utf-8").lower().replace(",", "\n").splitlines()
        assert not {"nan", "inf", "-inf"} & {cell.strip() for cell in cells}, name


def test_an_incomplete_collection_says_so_in_every_row(checkout: Path, tmp_path: Path) -> None:
    """Of a corpus whose size is stated; the demo's is a parameter of its own, so nothing is said there."""
    assert set(pd.read_csv(checkout / "data" / "demo" / "clips.csv", keep_default_na=False)["collection"]) == {""}
    (tmp_path / "data" / "raw").mkdir(parents=True)
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy2(checkout / name, tmp_path)
    shutil.copytree(checkout / "data" / "raw" / "demo", tmp_path / "data" / "raw" / "demo")
    described = yaml.safe_load((checkout / "params.yaml").read_text(encoding="utf-8"))["corpus"]["demo"]
    set_params(tmp_path, {"corpus": {"demo": {**described, "expected_clips": 1000}}})
    command = [sys.executable, "-m", "classically_punk.stages.ingest", "demo"]
    subprocess.run(command, cwd=tmp_path, env=environment(checkout), check=True)
    clips = pd.read_csv(tmp_path / "data" / "demo" / "clips.csv")
    assert set(clips["collection"]) == {f"{len(clips)} of 1000"}


def test_outputs_name_no_machine_and_no_time(checkout: Path) -> None:
    secrets = [os.fsencode(str(checkout)), os.fsencode(os.uname().nodename), time.strftime("%Y-%m-%d").encode()]
    for name in content(checkout):
        if not name.startswith("data/raw"):
            data = (checkout / name).read_bytes()
            assert not [secret for secret in secrets if len(secret) > 4 and secret in data], name


def test_one_more_clip_costs_one_more_clip(checkout: Path, tmp_path: Path) -> None:
    folder = tmp_path / "grown"
    shutil.copytree(checkout, folder, symlinks=True)
    extra = folder / "data" / "raw" / "demo" / "more" / "jazz"
    extra.mkdir(parents=True)
    clip = next((folder / "data" / "demo" / "audio").glob("rock.*.wav")).read_bytes()
    (extra / "jazz.77777.wav").write_bytes(clip[:44] + clip[44:][::-1])
    entries = len(list((folder / ".punk_cache" / "features").rglob("*.npz")))
    assert ran(repro(folder, "--single-item", "ingest@demo")) == ["ingest"]
    assert ran(repro(folder, "--single-item", "features@demo")) == ["features"]
    assert len(list((folder / ".punk_cache" / "features").rglob("*.npz"))) == entries + 1
    assert "jazz.77777" in set(pd.read_parquet(folder / "data" / "demo" / "features.parquet")["clip"])


def test_a_changed_parameter_reruns_what_depends_on_it_and_nothing_else(checkout: Path) -> None:
    set_params(checkout, {"costs": {"abstain": 0.2}})
    try:
        assert outdated(checkout) == {"decide", "lengths", "bundle", "report"}
    finally:
        set_params(checkout, {"costs": {"abstain": 0.3}})
    entries = len(list((checkout / ".punk_cache" / "features").rglob("*.npz")))
    set_params(checkout, {"features": {"window": 1.5}})
    try:
        assert ran(repro(checkout, "--single-item", "features@demo")) == ["features"]
        assert len(list((checkout / ".punk_cache" / "features").rglob("*.npz"))) == 2 * entries
    finally:
        set_params(checkout, {"features": {"window": 1.0}})
    repro(checkout, "report@demo")


def test_an_edited_title_computes_no_clip_and_fits_no_model(checkout: Path) -> None:
    """Only what readers see is made anew: words travel in columns.csv, past everything that is fitted."""
    entries = checkout / "src" / PACKAGE / "catalogue" / "dynamics.py"
    shipped = entries.read_text(encoding="utf-8")
    kept = sorted((checkout / ".punk_cache" / "features").rglob("*.npz"))
    assert 'title="Crest factor"' in shipped
    entries.write_text(shipped.replace('title="Crest factor"', 'title="Peakiness"'), encoding="utf-8")
    try:
        assert ran(repro(checkout, "--single-item", "features@demo")) == ["features"]
        assert sorted((checkout / ".punk_cache" / "features").rglob("*.npz")) == kept
        assert "Peakiness" in (checkout / "data" / "demo" / "columns.csv").read_text(encoding="utf-8")
        assert outdated(checkout) == {"bundle", "explore", "report"}
    finally:
        entries.write_text(shipped, encoding="utf-8")
        repro(checkout, "report@demo")


def clips_in(folder: Path) -> Iterator[str]:
    """Names of the clips that stand there, while folders come and go."""
    return (name for _, _, names in os.walk(folder / "data" / "demo") for name in names if name.endswith(".wav"))


def interrupted(folder: Path, how: signal.Signals) -> "subprocess.Popen[bytes]":
    """A run from the archive on, that is sent a signal as soon as it writes clips, and has ended."""
    shutil.rmtree(folder / "data" / "demo", ignore_errors=True)
    process = subprocess.Popen(
        ["dvc", "repro", "--no-run-cache", "ingest@demo"],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not any(clips_in(folder)) and time.monotonic() < deadline:
        assert process.poll() is None, "the run ended before it could be interrupted"
        time.sleep(0.01)
    os.killpg(process.pid, how)
    process.wait(timeout=120)
    return process


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_goes_on_and_makes_the_same(checkout: Path, tmp_path: Path, how: signal.Signals) -> None:
    folder = tmp_path / "interrupted"
    shutil.copytree(checkout, folder, symlinks=True, ignore=shutil.ignore_patterns(".punk_cache", "cache"))
    for _ in range(5):
        process = interrupted(folder, how)
        if process.returncode != 0:
            break  # else it came between two stages, where DVC does not listen, and the run went on to its end
    assert process.returncode != 0
    assert not (folder / "data" / "demo" / "clips.csv").exists()
    # what a kill leaves when it comes in the middle of a file, which it seldom does
    (folder / "data" / "demo" / f".clips.csv.{process.pid}.partial").write_text("clip,la", encoding="utf-8")
    repro(folder, "ingest@demo")
    made = {name: md5 for name, md5 in content(folder).items() if name.startswith("data/demo/")}
    expected = {name: md5 for name, md5 in content(checkout).items() if name in made}
    assert made == expected
    assert "data/demo/clips.csv" in made


def test_a_file_system_that_takes_no_more_is_an_error_and_nothing_is_kept(checkout: Path, tmp_path: Path) -> None:
    folder = tmp_path / "full"
    shutil.copytree(checkout, folder, symlinks=True)
    (folder / "data" / "demo" / "table.parquet").unlink()

    def limit_file_size() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    command = [sys.executable, "-m", "classically_punk.stages.clean", "demo"]
    run = subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, preexec_fn=limit_file_size
    )
    assert run.returncode == 1
    assert "File too large" in run.stderr
    assert "Traceback" not in run.stderr
    assert not list((folder / "data" / "demo").glob("*table.parquet*"))


@pytest.mark.parametrize(
    ("stage", "corpus", "named"),
    [
        ("ingest", "demmo", "did you mean demo?"),
        ("ingest", "gtzan_published", "corpora.audio in params.yaml lists"),
        ("clean", "", "corpora.all in params.yaml lists"),
    ],
)
def test_a_corpus_that_is_not_defined_is_named(checkout: Path, stage: str, corpus: str, named: str) -> None:
    command = [sys.executable, "-m", f"classically_punk.stages.{stage}", corpus]
    run = subprocess.run(command, cwd=checkout, env=environment(checkout), capture_output=True, text=True)
    assert run.returncode == 1
    assert named in run.stderr
    assert "Traceback" not in run.stderr


def test_a_wrong_parameter_stops_the_first_stage_before_any_work(checkout: Path) -> None:
    shipped = (checkout / "params.yaml").read_text(encoding="utf-8")
    before = content(checkout)
    set_params(checkout, {"folds": {"strict": 0}, "demo": {"seed": 5}})
    try:
        run = repro(checkout, "report@demo", check=False)
    finally:
        (checkout / "params.yaml").write_text(shipped, encoding="utf-8")
    assert run.returncode != 0
    assert "folds.strict: Input should be greater than or equal to 2, found 0" in run.stdout + run.stderr
    after = content(checkout)
    kept = {name for name in before if not name.startswith(("data/raw", "reports/demo/tables/planted"))}
    assert {name: after.get(name) for name in kept} == {name: before[name] for name in kept}
    repro(checkout, "report@demo")


def test_no_archive_and_no_network_says_what_to_do(checkout: Path) -> None:
    folder = checkout / "data" / "raw" / "gtzan_mini"
    folder.mkdir(parents=True)
    offline = {**environment(checkout), **dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")}
    command = [sys.executable, "-m", "classically_punk.stages.ingest", "gtzan_mini"]
    run = subprocess.run(command, cwd=checkout, env=offline, capture_output=True, text=True)
    shutil.rmtree(folder)
    assert run.returncode == 1
    for words in ("gtzan_mini", "https://", "data/raw/gtzan_mini", "make demo"):
        assert words in run.stderr
    assert "Traceback" not in run.stderr
