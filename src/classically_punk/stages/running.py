"""How a stage is run: `python -m classically_punk.stages.<stage> <corpus>`.

params.yaml is checked as a whole before any work starts. A stage then sees only the sections that it declares, so
that dvc.yaml, which must list the same ones, cannot fall behind the code.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from classically_punk.foundation import machine, starting
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import (
    Clean,
    Comparators,
    Corpus,
    Costs,
    Demo,
    Evaluate,
    Explore,
    Features,
    Folds,
    Ingest,
    Inner,
    Ols,
    Params,
    Robustness,
    read_params,
    require_corpus,
)
from classically_punk.foundation.writing import remove_abandoned

Value = TypeVar("Value")


class StageParams:
    """The declared sections of params.yaml; reading another one is a programming error."""

    def __init__(self, params: Params, corpus: Corpus, declared: Sequence[str]) -> None:
        self._params = params
        self._corpus = corpus
        self._declared = frozenset(declared)

    @property
    def declared(self) -> frozenset[str]:
        """Names of the declared sections, for a stage that shows them all."""
        return self._declared

    @property
    def corpus(self) -> Corpus:
        """The description of the corpus that the stage runs for."""
        return self._section("corpus", self._corpus)

    @property
    def demo(self) -> Demo:
        return self._section("demo", self._params.demo)

    @property
    def ingest(self) -> Ingest:
        return self._section("ingest", self._params.ingest)

    @property
    def features(self) -> Features:
        return self._section("features", self._params.features)

    @property
    def clean(self) -> Clean:
        return self._section("clean", self._params.clean)

    @property
    def folds(self) -> Folds:
        return self._section("folds", self._params.folds)

    @property
    def inner(self) -> Inner:
        return self._section("inner", self._params.inner)

    @property
    def ols(self) -> Ols:
        return self._section("ols", self._params.ols)

    @property
    def comparators(self) -> Comparators:
        return self._section("comparators", self._params.comparators)

    @property
    def evaluate(self) -> Evaluate:
        return self._section("evaluate", self._params.evaluate)

    @property
    def costs(self) -> Costs:
        return self._section("costs", self._params.costs)

    @property
    def explore(self) -> Explore:
        return self._section("explore", self._params.explore)

    @property
    def robustness(self) -> Robustness:
        return self._section("robustness", self._params.robustness)

    def _section(self, name: str, value: Value) -> Value:
        if name not in self._declared:
            raise LookupError(f"section {name} of params.yaml is read but not in the stage's PARAMS")
        return value


@dataclass(frozen=True)
class Places:
    """Where the files of one corpus stand, relative to the folder that holds dvc.yaml."""

    corpus: str

    @property
    def raw(self) -> Path:
        """Archives, folders and annotations as they came."""
        return Path("data/raw") / self.corpus

    @property
    def data(self) -> Path:
        return Path("data") / self.corpus

    @property
    def models(self) -> Path:
        return Path("models") / self.corpus

    @property
    def metrics(self) -> Path:
        return Path("metrics") / self.corpus

    @property
    def tables(self) -> Path:
        return Path("reports") / self.corpus / "tables"

    @property
    def pages(self) -> Path:
        return Path("reports") / self.corpus

    @property
    def figures(self) -> Path:
        return self.pages / "figures"

    @property
    def written(self) -> tuple[Path, ...]:
        """Folders that stages write single files to: what DVC does not empty before a stage runs."""
        return (self.data, self.models, self.metrics, self.tables, self.pages)


Stage = Callable[[StageParams, Places], None]


def main(
    stage: Stage, declared: Sequence[str], among: Literal["synthesised", "audio", "tables", "all"] = "all"
) -> None:
    """Runs `stage` for the corpus named on the command line; exits with 1 and one message on a PunkError.

    A file that is missing, or cannot be read or written, is such a message too, and so is Ctrl-C, which exits with 130.
    """
    starting.imported()
    arguments = sys.argv[1:]
    if len(arguments) != 1:
        # the module that runs is called __main__; its file has the name that it is run by
        sys.exit(f"usage: python -m {__package__}.{Path(sys.argv[0]).stem} CORPUS")
    name = arguments[0]
    try:
        params = read_params()
        corpus = require_corpus(params, name, among=among)
        places = Places(name)
        for folder in places.written:
            remove_abandoned(folder)
        stage(StageParams(params, corpus, declared), places)
    except PunkError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        print("interrupted; nothing half-written was kept", file=sys.stderr)
        sys.exit(starting.INTERRUPTED)
    except MemoryError:
        sys.exit(f"error: {machine.out_of_memory()}")
    except FileNotFoundError as error:
        what = f"{error.filename}: no such file" if error.filename else str(error)  # pyarrow gives its own sentence
        sys.exit(f"error: {what}; `dvc repro` runs the stages that make what this one reads")
    except OSError as error:
        if error.errno is None:
            raise
        sys.exit(f"error: {error.filename or 'file system'}: {error.strerror}; nothing half-written was kept")
