"""params.yaml: what is shipped is valid, and whatever is wrong is named."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import read_params, require_corpus

SHIPPED = Path(__file__).resolve().parents[2] / "params.yaml"
CORPORA = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["corpora"]
SHIPPED_CORPORA = ["demo", "gtzan_mini", "gtzan", "gtzan_published", "duel_published", "fma_librosa", "fma_mfcc"]
DEMO = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["corpus"]["demo"]


def changed(tmp_path: Path, *keys: str, value: Any) -> Path:
    """A copy of the shipped file with one value set."""
    content = copy.deepcopy(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))
    place = content
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_the_shipped_file_is_valid() -> None:
    assert read_params(SHIPPED).corpora.all == SHIPPED_CORPORA


@pytest.mark.parametrize(
    ("keys", "value", "named"),
    [
        (("folds", "strickt"), 3, "folds.strickt: unknown parameter; did you mean strict?"),
        (("corpus", "demo", "tilte"), "x", "corpus.demo.tilte: unknown parameter; did you mean title?"),
        (("olz",), {}, "olz: unknown parameter; did you mean ols?"),
        (("ols", "columns"), "al", "ols.columns: Input should be 'all'"),
        (("ingest", "shortest"), "one", "ingest.shortest: Input should be a valid number, found 'one'"),
        (("ingest", "silence"), 3.0, "ingest.silence: Input should be less than 0, found 3.0"),
        (("ingest", "longest"), 0.5, "ingest: `longest` must be above `shortest`"),
        (("ingest", "shortest"), float("nan"), "ingest.shortest"),
        (("features", "n_fft"), 2000, "features.n_fft: Input should be 1024, 2048 or 4096"),
        (("features", "sets"), ["Standard"], "features.sets.0: String should match pattern"),
        (("features", "sets"), ["kaggle57"], "clean.feature_set is standard, which features.sets"),
        (("folds", "strict"), 1, "folds.strict: Input should be greater than or equal to 2"),
        (("folds", "seed"), True, "folds.seed"),
        (("evaluate", "resamples"), 10, "evaluate.resamples"),
        (("corpora", "all"), [*SHIPPED_CORPORA, "jazzers"], "corpora"),
        (("corpus", "gtzan", "fewest_artists"), 2, "corpus.gtzan.fewest_artists is for corpora that are tables"),
        (("corpus", "fma_librosa", "fewest_artists"), 0, "corpus.fma_librosa.fewest_artists"),
        (("corpus",), {}, "which `corpus` does not define"),
        (
            ("corpora", "all"),
            [*SHIPPED_CORPORA, "demo"],
            "corpora.all: lists demo twice",
        ),
        (("corpora", "reference"), ["mine"], "corpora: a corpus of `reference` must be listed under `all` too"),
        (("corpora", "audio"), ["demo", "demo", "gtzan_mini", "gtzan"], "corpora.audio: lists demo twice"),
        (("corpus", "gtzan", "archives"), ["a.zip", "a.zip"], "corpus.gtzan.archives: lists a.zip twice"),
        (("features", "sets"), ["standard", "standard"], "features.sets: lists standard twice"),
        (("comparators", "ridge", "alpha"), [10.0, 1.0, 10.0], "comparators.ridge.alpha: lists 10.0 twice"),
        (
            ("corpora",),
            CORPORA | {"audio": ["demo", "gtzan_mni", "gtzan"], "all": ["demo", "gtzan_mni", *SHIPPED_CORPORA[2:]]},
            "did you mean gtzan_mini?",
        ),
        (("corpus", "raw"), DEMO, "corpus.raw: data/raw holds the collections of all corpora"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, keys: tuple[str, ...], value: Any, named: str) -> None:
    with pytest.raises(PunkError) as caught:
        read_params(changed(tmp_path, *keys, value=value))
    assert named in str(caught.value)


def test_a_fault_is_named_with_its_line_and_a_long_value_cut_short(tmp_path: Path) -> None:
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line.startswith("  abstain:"))
    lines[number - 1] = f"  abstain: {'x' * 900}"
    (tmp_path / "params.yaml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(PunkError, match=f"line {number}: costs.abstain: Input should be a valid number") as caught:
        read_params(tmp_path / "params.yaml")
    assert len(str(caught.value)) < 400


def test_of_many_faults_the_first_are_named_and_the_others_counted(tmp_path: Path) -> None:
    path = changed(tmp_path, "folds", value={f"unknown_{number}": 1 for number in range(1000)})
    with pytest.raises(PunkError, match=r"(?s)1004 value.s.*folds\.seed: missing.*and 999 more") as caught:
        read_params(path)
    assert len(str(caught.value)) < 800


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    path = changed(tmp_path, "folds", value={"seed": -1, "strict": 5, "repeats": 1})
    with pytest.raises(PunkError) as caught:
        read_params(path)
    assert "folds.seed" in str(caught.value)
    assert "folds.segment_random: missing" in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: [1", "\x00"])
def test_a_file_that_is_no_mapping_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PunkError, match=r"params\.yaml"):
        read_params(path)


@pytest.mark.parametrize(
    ("once", "twice", "key"),
    [
        ("  seed: 1\n", "  seed: 1\n  seed: 2\n", "folds.seed"),
        ("  demo:\n    title", "  demo: null\n  demo:\n    title", "corpus.demo"),
        ("\nfolds:\n", "\nfolds: null\nfolds:\n", "folds"),
    ],
)
def test_a_key_given_twice_is_named_with_both_lines(tmp_path: Path, once: str, twice: str, key: str) -> None:
    """YAML demands unique keys (1.2.2, section 3.2.1.1); PyYAML takes the last one and says nothing."""
    before, _, after = SHIPPED.read_text(encoding="utf-8").partition(once)
    path = tmp_path / "params.yaml"
    path.write_text(before + twice + after, encoding="utf-8")
    line = before.count("\n") + 1 + once.startswith("\n")
    with pytest.raises(PunkError) as caught:
        read_params(path)
    assert f"{key}: given in line {line} and again in line {line + 1}" in str(caught.value)


def test_a_missing_file_says_where_to_run(tmp_path: Path) -> None:
    with pytest.raises(PunkError, match=r"dvc\.yaml"):
        read_params(tmp_path / "params.yaml")


def test_a_corpus_that_the_graph_lacks_is_named_with_its_neighbour() -> None:
    params = read_params(SHIPPED)
    with pytest.raises(PunkError, match="did you mean gtzan_mini"):
        require_corpus(params, "gtzan_min", among="all")
    with pytest.raises(PunkError, match="tables"):
        require_corpus(params, "demo", among="tables")
