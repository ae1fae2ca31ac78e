"""A stage reads the parameters that dvc.yaml declares for it, and no others; what it reads is known."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Params, read_params
from classically_punk.foundation.reads import Reader, readable

SHIPPED = read_params(Path(__file__).resolve().parents[2] / "params.yaml")


def given(*declared: str, log: Path | None = None) -> Params:
    return readable(SHIPPED, Reader("toy", declared, log))


def read_by(log: Path, *declared: str) -> Callable[[Callable[[Params], object]], list[str]]:
    """The addresses that a stage reads, in their order."""

    def reading(stage: Callable[[Params], object]) -> list[str]:
        log.unlink(missing_ok=True)
        stage(given(*declared, log=log))
        return [line.removeprefix("toy ") for line in log.read_text(encoding="utf-8").splitlines()]

    return reading


def test_what_is_declared_has_its_values() -> None:
    params = given("ols", "corpus.demo", "corpora.all", "costs")
    assert params.ols.vif_limit == SHIPPED.ols.vif_limit
    assert params.corpus["demo"].title == SHIPPED.corpus["demo"].title
    assert params.corpora.all == SHIPPED.corpora.all
    assert [pair.cost for pair in params.costs.pairs] == [pair.cost for pair in SHIPPED.costs.pairs]


@pytest.mark.parametrize(
    ("stage", "address"),
    [
        (lambda params: params.folds.strict, "folds.strict"),
        (lambda params: params.corpus["gtzan"].title, "corpus.gtzan.title"),
        (lambda params: params.corpora.synthesised, "corpora.synthesised"),
        (lambda params: params.ols.transform, "ols.transform"),
        (lambda params: params.ols.model_copy(update={"columns": "all"}).transform, "ols.transform"),
        (lambda params: params.comparators.ridge.alpha, "comparators.ridge.alpha"),
        (lambda params: params.costs.pairs, "costs.pairs"),
        (lambda params: params.ols.model_dump(), "ols.*"),
        (lambda params: params.folds.model_dump_json(), "folds.*"),
        (lambda params: dict(params.folds), "folds.*"),
        (lambda params: params.model_dump(), "*"),
    ],
)
def test_another_one_is_refused_and_named(stage: Callable[[Params], object], address: str) -> None:
    params = given("ols.vif_limit", "corpus.demo", "olsen", "fold")
    with pytest.raises(PunkError) as caught:
        stage(params)
    assert f"stage toy reads {address} of params.yaml, which dvc.yaml does not declare" in str(caught.value)
    assert "stages.toy.params" in str(caught.value)


def test_a_section_that_was_passed_on_is_refused_when_its_key_is_read() -> None:
    """Passing it reads nothing: which of its keys are used is seen where they are used."""
    ols = given("ols.columns").ols
    assert ols.columns == SHIPPED.ols.columns
    with pytest.raises(PunkError, match=r"ols\.winsorise"):
        _ = ols.winsorise


def test_a_worker_is_refused_as_well() -> None:
    there = pickle.loads(pickle.dumps(given("inner").ols))
    with pytest.raises(PunkError, match=r"ols\.columns"):
        _ = there.columns


def test_every_read_is_known_by_its_address_once(tmp_path: Path) -> None:
    reading = read_by(tmp_path / "reads", "corpora", "corpus", "costs", "comparators", "inner", "ols")
    assert reading(lambda params: (params.inner.seed, params.inner.seed)) == ["inner.seed"]
    assert reading(lambda params: params.comparators.forest.trees) == ["comparators.forest.trees"]
    assert reading(lambda params: [pair.why for pair in params.costs.pairs]) == ["costs.pairs", "costs.pairs.why"]
    assert reading(lambda params: params.corpus["demo"].archives) == ["corpus.demo.archives"]
    assert reading(lambda params: params.ols.model_copy(update={"columns": "all"}).columns) == ["ols.columns"]
    there = reading(lambda params: pickle.loads(pickle.dumps(params.ols)).columns)
    assert there == ["ols.columns"]


def test_a_dump_reads_no_key(tmp_path: Path) -> None:
    """A page that prints a section uses none of its values: the proof that each has a reader does not count it."""
    reading = read_by(tmp_path / "reads", "ols", "comparators")
    assert reading(lambda params: params.ols.model_dump()) == ["ols.*"]
    assert reading(lambda params: params.comparators.model_dump()) == ["comparators.*"]


def test_a_section_without_a_reader_tells_nobody(tmp_path: Path) -> None:
    """The parameters that a stage is given are a copy."""
    given("inner", log=tmp_path / "reads")
    assert SHIPPED.ols.columns == SHIPPED.ols.model_dump()["columns"]
    assert not (tmp_path / "reads").exists()
