"""The stage over pairs of collections, run as DVC runs it, on two small ones whose links are known."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from classically_punk.audio.canonical import file_md5, write_canonical
from classically_punk.catalogue.sets import recipe
from classically_punk.contracts import tables
from classically_punk.contracts.recipe import Recipe
from classically_punk.contracts.tables.corpora import ANNOTATIONS, CLIPS
from classically_punk.contracts.tables.design import DESIGN, DESIGN_RECIPE
from classically_punk.contracts.tables.external import EXTERNAL, EXTERNAL_CLIPS, EXTERNAL_LENGTHS, EXTERNAL_SCORES
from classically_punk.contracts.tables.fits import COMPARATORS_HELD_OUT, OLS_HELD_OUT
from classically_punk.foundation.params import Pair, Params
from classically_punk.foundation.reads import covers
from classically_punk.stages.running import READS, declared_for_pair

REPOSITORY = Path(__file__).resolve().parents[2]
STEPS = tuple(step for step in recipe(["kaggle57"]).steps if step.over == "frames")[:3]
COLUMNS = tuple(step.column for step in STEPS)
QUICK = {
    "ridge": {"alpha": [100.0]},
    "lda": {"shrinkage": [0.5]},
    "logistic": {"c": [0.01]},
    "knn": {"neighbours": [3]},
    "svm": {"c": [1.0], "gamma": [1.0]},
    "forest": {"trees": 5, "smallest_leaf": [1]},
    "boosting": {"learning_rate": 0.1, "rounds": [3], "leaves": 4, "bins": 15, "column_share": 1.0},
}


def stage(folder: Path, name: str, row: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"classically_punk.stages.{name}", row]
    known = {**os.environ, READS: str(folder / "reads.log"), "PUNK_CACHE": str(folder / ".punk_cache")}
    return subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=False)


def write_corpus(folder: Path, corpus: str, clips: dict[str, tuple[str, str]], seed: int, level: int = 1000) -> None:
    """What ingest, features and clean leave. clips : name -> genre, artist. A genre is a place of all columns; the
    samples of a clip follow from its seed and place."""
    data = folder / "data" / corpus
    rng = np.random.default_rng(seed)
    rows, annotations, values = [], [], []
    for place, (clip, (genre, artist)) in enumerate(clips.items()):
        samples = np.random.default_rng([seed, place]).integers(-level, level, 22050).astype(np.int16)
        write_canonical(samples, data / "audio" / f"{clip}.wav")
        same = {"clip": clip, "label": genre, "group": artist, "song": clip, "recording": clip}
        rows.append({**same, "member": clip, "md5": file_md5(samples), "status": "ok"})
        annotations.append({"clip": clip, "artist": artist})
        centre = 5.0 * ("jazz", "polka", "rock").index(genre)
        values.append({**same, "window": -1, **{column: centre + rng.normal() for column in COLUMNS}})
    tables.write(CLIPS, tables.frame(CLIPS, rows), data)
    tables.write(ANNOTATIONS, tables.frame(ANNOTATIONS, annotations), data)
    tables.write(DESIGN, pd.DataFrame(values)[[*DESIGN.names, *COLUMNS]], data)
    tables.write(DESIGN_RECIPE, Recipe({"design": STEPS}).table(), data)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`demo` is fitted to: jazz and rock, six artists each. Of `gtzan_mini` two clips are asked about, whose genre is
    as plain; one has an artist of `demo`, one is a clip of `demo` to the bit, and one is of a genre it has not."""
    root = tmp_path_factory.mktemp("pair")
    for name in ("dvc.yaml", "requirements.txt"):
        shutil.copy(REPOSITORY / name, root)
    content = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    content["external"]["pairs"] = {"demo-gtzan_mini": {"fit": "demo", "test": "gtzan_mini"}}
    content["comparators"].update(QUICK)
    content["evaluate"]["resamples"] = 200
    content["lengths"] |= {"seconds": [0.5, 1.0, 2.0], "altered": ["gain_-10"]}
    (root / "params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    ours = {f"{genre}{k:02d}": (genre, f"{genre} artist {k // 2}") for genre in ("jazz", "rock") for k in range(12)}
    write_corpus(root, "demo", ours, seed=1)
    theirs = {"jazz00": ("jazz", "a stranger"), "jazz01": ("jazz", "Rock Artist 3"), "polka00": ("polka", "another")}
    theirs |= {"rock00": ("rock", "a third"), "rock01": ("rock", "a fourth")}
    write_corpus(root, "gtzan_mini", theirs, seed=2)
    clips = tables.read(CLIPS, root / "data" / "gtzan_mini")
    shutil.copy(root / "data" / "demo" / "audio" / "jazz05.wav", root / "data" / "gtzan_mini" / "audio" / "rock01.wav")
    known = tables.read(CLIPS, root / "data" / "demo").set_index("clip")["md5"]
    clips.loc[clips["clip"] == "rock01", "md5"] = known["jazz05"]
    tables.write(CLIPS, clips, root / "data" / "gtzan_mini")
    for name in ("folds", "ols"):
        run = stage(root, name, "demo")
        assert run.returncode == 0, run.stderr
    regressions = tables.read(OLS_HELD_OUT, root / "models" / "demo")
    tables.write(COMPARATORS_HELD_OUT, regressions.iloc[:0], root / "models" / "demo")
    run = stage(root, "external", "demo-gtzan_mini")
    assert run.returncode == 0, run.stderr
    return root


def test_a_pair_is_fitted_asked_and_counted(folder: Path) -> None:
    found = folder / "reports" / "demo" / "tables" / "external" / "gtzan_mini"
    counts = tables.read(EXTERNAL_CLIPS, found).set_index("kind")
    expected = {"asked": 2, "not used": 0, "genre": 1, "recording": 1, "song": 0, "artist": 1}
    assert counts["n"].to_dict() == expected
    assert (counts.loc["recording", "example"], counts.loc["recording", "partner"]) == ("rock01", "jazz05")
    assert (counts.loc["artist", "example"], counts.loc["artist", "partner"]) == ("jazz01", "rock06")
    pair = tables.read(EXTERNAL, found).iloc[0]
    assert (pair["n_training"], pair["n"], pair["n_groups"], pair["protocol"]) == (24, 2, 2, "artist")
    scores = tables.read(EXTERNAL_SCORES, found)
    accuracy = scores[scores["score"] == "accuracy"].set_index("model")
    assert (accuracy.loc[["ols", "lda", "logistic"], "value"] == 1.0).all()
    assert accuracy.loc["ols", "inside"] == 1.0
    assert np.isnan(accuracy.loc["lda", "inside"])  # no comparator was asked inside
    lengths = tables.read(EXTERNAL_LENGTHS, found)
    assert set(lengths["length"]) == {0.5, 1.0}  # the clips are of 1 s
    assert set(lengths["fitted_to"]) == {"clips", "altered", "cuts"}  # the design table has no windows
    before = {path.name: path.read_bytes() for path in found.iterdir()}
    assert stage(folder, "external", "demo-gtzan_mini").returncode == 0
    assert {path.name: path.read_bytes() for path in found.iterdir()} == before


def test_the_stage_reads_what_is_declared_for_it(folder: Path) -> None:
    """That it reads nothing else, it sees to itself."""
    lines = (folder / "reads.log").read_text(encoding="utf-8").splitlines()
    addresses = {line.split()[1] for line in lines if line.startswith("external ")}
    declared = declared_for_pair("external", Pair(fit="demo", test="gtzan_mini"), folder / "dvc.yaml").params
    assert {each for each in declared if not any(covers(each, address) for address in addresses)} == set()


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("demo-gtzan_mimi", "external.pairs in params.yaml lists demo-gtzan_mini; did you mean demo-gtzan_mini?"),
        ("demo", "external.pairs in params.yaml lists demo-gtzan_mini"),
    ],
)
def test_a_pair_that_is_not_listed_is_named_with_those_that_are(folder: Path, pair: str, words: str) -> None:
    run = stage(folder, "external", pair)
    assert run.returncode == 1
    assert run.stderr.startswith(f"error: pair '{pair}'")
    assert words in run.stderr


def test_an_alteration_that_is_none_is_named(folder: Path) -> None:
    path = folder / "params.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("gain_-10", "gain_-11"), encoding="utf-8")
    run = stage(folder, "external", "demo-gtzan_mini")
    path.write_text(text, encoding="utf-8")
    assert run.returncode == 1
    assert "lengths.altered: gain_-11 is no alteration; did you mean gain_" in run.stderr


def test_pairs_that_cannot_be_are_refused() -> None:
    content = yaml.safe_load((REPOSITORY / "params.yaml").read_text(encoding="utf-8"))
    for pairs, words in (
        ({"a": {"fit": "demo", "test": "gtzan"}}, "call the pair demo-gtzan"),
        ({"demo-demo": {"fit": "demo", "test": "demo"}}, "asks demo about itself"),
        ({"demo-gtzan_published": {"fit": "demo", "test": "gtzan_published"}}, "gtzan_published is no corpus of"),
    ):
        with pytest.raises(ValueError, match=words):
            Params.model_validate({**content, "external": {**content["external"], "pairs": pairs}})
