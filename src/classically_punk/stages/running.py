"""How a stage is run: `python -m classically_punk.stages.<stage> <corpus>`, or `<fit>-<test>` for a pair of corpora.

params.yaml is checked as a whole before any work starts. dvc.yaml says for which corpora a stage runs and which
parameters it may read; a stage that reads another one fails, so that dvc.yaml cannot fall behind the code.
"""

import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from classically_punk.foundation import machine, starting
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import Pair, Params, near_name, read_params, require_corpus
from classically_punk.foundation.reads import Reader, readable
from classically_punk.foundation.writing import remove_abandoned

GRAPH_FILE = Path("dvc.yaml")
READS = "PUNK_READS"
"""Environment variable: a file to which stages append which parameters they read. For the tests of the graph."""


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

    def audio_of(self, clips: Iterable[str]) -> dict[str, Path]:
        """clip -> its canonical file."""
        return {clip: self.data / "audio" / f"{clip}.wav" for clip in clips}

    @property
    def models(self) -> Path:
        return Path("models") / self.corpus

    @property
    def metrics(self) -> Path:
        return Path("metrics") / self.corpus

    @property
    def tables(self) -> Path:
        return Path("reports") / self.corpus / "tables"

    def external(self, test: str) -> Path:
        """Tables of what models fitted to this corpus say of the clips of another one."""
        return self.tables / "external" / test

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


@dataclass(frozen=True)
class Declared:
    """What dvc.yaml says of a stage. rows : the list of `corpora` that it runs over, or PAIRS; params : what it may
    read"""

    rows: str
    params: tuple[str, ...]


PAIRS = "external.pairs"
"""Where params.yaml lists the pairs of corpora."""


def declared_for(stage: str, corpus: str, graph: Path = GRAPH_FILE) -> Declared:
    """What dvc.yaml declares for `stage`, in the row of `corpus`. Raises PunkError when it has no such stage."""
    try:
        content: dict[str, Any] = yaml.safe_load(graph.read_text(encoding="utf-8"))
        entry = content["stages"][stage]
        rows = re.fullmatch(r"\$\{corpora\.(\w+)\}", entry["matrix"]["corpus"])
    except FileNotFoundError as error:
        raise PunkError(f"{graph}: no such file; run from the folder that holds it") from error
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise PunkError(f"{graph}: stages.{stage} cannot be read as a stage with a matrix over corpora") from error
    if rows is None:
        raise PunkError(f"{graph}: stages.{stage}.matrix.corpus must be a list of params.yaml, as in ${{corpora.all}}")
    listed = (str(address).replace("${item.corpus}", corpus) for address in entry.get("params", []))
    return Declared(rows[1], tuple(listed))


def declared_for_pair(stage: str, pair: Pair, graph: Path = GRAPH_FILE) -> Declared:
    """The same for a stage over pairs of corpora. Raises PunkError when dvc.yaml has no such stage."""
    try:
        content: dict[str, Any] = yaml.safe_load(graph.read_text(encoding="utf-8"))
        entry = content["stages"][stage]
        rows, addresses = entry["foreach"], entry["do"]["params"]
    except FileNotFoundError as error:
        raise PunkError(f"{graph}: no such file; run from the folder that holds it") from error
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise PunkError(f"{graph}: stages.{stage} cannot be read as a stage for each pair of corpora") from error
    if rows != f"${{{PAIRS}}}":
        raise PunkError(f"{graph}: stages.{stage}.foreach must be ${{{PAIRS}}}")
    names = {"${item.fit}": pair.fit, "${item.test}": pair.test}
    listed = []
    for address in addresses:
        for place, name in names.items():
            address = str(address).replace(place, name)
        listed.append(address)
    return Declared(PAIRS, tuple(listed))


Stage = Callable[[Params, Places], None]
PairStage = Callable[[Params, Places, Places], None]


def main(stage: Stage) -> None:
    """Runs `stage` for the corpus named on the command line; exits with 1 and one message on a PunkError.

    A file that is missing, or cannot be read or written, is such a message too, and so is Ctrl-C, which exits with 130.
    """

    def run(name: str, corpus: str) -> None:
        params = read_params()
        declared = declared_for(name, corpus)
        require_corpus(params, corpus, among=declared.rows)
        places = Places(corpus)
        _clear(places.written)
        stage(_read_by(name, declared, params), places)

    _run("CORPUS", run)


def main_of_pairs(stage: PairStage) -> None:
    """The same for a stage over pairs: it is given the places of the corpus that is fitted to, and of the other."""

    def run(name: str, pair: str) -> None:
        params = read_params()
        known = params.external.pairs
        if pair not in known:
            listed = ", ".join(known) or "none"
            raise PunkError(
                f"pair {pair!r}: {PAIRS} in params.yaml lists {listed}; {near_name(pair, known)}".rstrip("; ")
            )
        declared = declared_for_pair(name, known[pair])
        fit, test = Places(known[pair].fit), Places(known[pair].test)
        _clear((fit.external(test.corpus),))
        stage(_read_by(name, declared, params), fit, test)

    _run("FIT-TEST", run)


def _clear(folders: Iterable[Path]) -> None:
    for folder in folders:
        remove_abandoned(folder)


def _read_by(stage: str, declared: Declared, params: Params) -> Params:
    log = os.environ.get(READS)
    return readable(params, Reader(stage, declared.params, Path(log) if log else None))


def _run(what: str, work: Callable[[str, str], None]) -> None:
    """Runs `work` with the name of the stage and the one argument, `what`; ends with one line when it cannot go on."""
    starting.imported()
    name = Path(sys.argv[0]).stem  # the module that runs is called __main__; its file has the name of the stage
    arguments = sys.argv[1:]
    if len(arguments) != 1:
        sys.exit(f"usage: python -m {__package__}.{name} {what}")
    try:
        work(name, arguments[0])
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
