"""`punk`: what a person asks of this repository beside `dvc`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import read_params, require_corpus

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

WIDTH = 110
"""Columns of a table that is not printed on a terminal."""

CorpusName = Annotated[str, typer.Argument(help="a corpus of params.yaml")]


@app.command()
def check() -> None:
    """Read params.yaml and name everything in it that cannot be used."""
    params = read_params()
    console = Console(soft_wrap=True)
    console.print("params.yaml: fine; corpora:")
    for name in params.corpora.all:
        console.print(f"  {name}: {params.corpus[name].title}", highlight=False)


@app.command()
def data(
    corpus: CorpusName,
    source: Annotated[
        Path | None, typer.Option("--from", help="an archive or folder of yours, linked instead of downloaded")
    ] = None,
) -> None:
    """Fetch a corpus and its annotations into data/raw/CORPUS, or link what you have."""
    from classically_punk.corpora.fetch import fetch_corpus, link

    params = read_params()
    description = require_corpus(params, corpus, among="all")
    raw = Path("data/raw") / corpus
    if source is not None:
        link(source, raw)
    if corpus in params.corpora.synthesised:
        Console().print(f"{corpus} is made here: dvc repro synthesise@{corpus}", highlight=False)
        return
    fetch_corpus(corpus, description, raw)
    Console().print(f"{raw}: ready; next: dvc repro report@{corpus}", highlight=False)


@app.command()
def show(corpus: CorpusName) -> None:
    """Print the headline metrics of a corpus, and where to look."""
    from classically_punk.reporting.headline import print_headline

    require_corpus(read_params(), corpus, among="all")
    console = Console()
    print_headline(corpus, Path(), console if console.is_terminal else Console(width=WIDTH))


@app.command()
def verify(
    against: Annotated[str, typer.Option(help="the git revision that holds the expected numbers")] = "HEAD",
) -> None:
    """Compare every number in metrics/ and reports/*/tables/ with the committed one."""
    from classically_punk.reporting.verification import verify_against

    if not verify_against(against, Path(), Console()):
        raise typer.Exit(1)


@app.command()
def readme() -> None:
    """Write the numbers and the picture of README.md anew, from metrics/ and reports/."""
    from classically_punk.reporting.readme import refresh_readme

    for path in refresh_readme(Path()):
        Console().print(f"{path}: written", highlight=False)


def main() -> None:
    """Entry point: a PunkError is one message and exit status 1."""
    try:
        app()
    except PunkError as error:
        sys.exit(f"error: {error}")
