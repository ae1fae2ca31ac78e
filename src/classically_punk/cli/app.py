"""`punk`: what a person asks of this repository beside `dvc`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from classically_punk.cli import bundles
from classically_punk.cli.difference import diff
from classically_punk.cli.drift import drift
from classically_punk.foundation import machine, starting
from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import read_params, require_corpus

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

app.add_typer(bundles.app, name="bundle")

WIDTH = 110
"""Columns of a table that is not printed on a terminal."""

RAW = Path("data/raw")
"""Where the collections stand as they came, a folder for each corpus."""

CorpusName = Annotated[str, typer.Argument(help="a corpus of params.yaml")]


@app.command()
def check() -> None:
    """Read params.yaml and name everything in it that cannot be used; and what in data/raw DVC would stop at.

    Says whether this machine gives the same bytes as others.
    """
    from classically_punk.catalogue.sets import require_sets
    from classically_punk.corpora.described import require_all_files_known
    from classically_punk.corpora.folders import require_hashable
    from classically_punk.foundation.environment import arithmetic_in_words

    params = read_params()
    require_sets(params.features.sets)
    require_all_files_known(params, RAW)
    for name in params.corpora.all:
        require_hashable(RAW / name)
    console = Console(soft_wrap=True, markup=False, highlight=False)
    console.print("params.yaml: fine; corpora:")
    for name in params.corpora.all:
        console.print(f"  {name}: {params.corpus[name].title}")
    console.print(arithmetic_in_words())


@app.command()
def data(
    corpus: CorpusName,
    source: Annotated[
        Path | None, typer.Option("--from", help="an archive or folder of yours, linked instead of downloaded")
    ] = None,
) -> None:
    """Fetch a corpus and its annotations into data/raw/CORPUS, or link what you have."""
    from classically_punk.corpora import left_out
    from classically_punk.corpora.described import require_files_known
    from classically_punk.corpora.fetch import fetch_corpus, link
    from classically_punk.corpora.folders import require_hashable
    from classically_punk.corpora.naming import counted

    params = read_params()
    description = require_corpus(params, corpus, among="all")
    raw = RAW / corpus
    require_files_known(corpus, description, raw, "tables" if corpus in params.corpora.tables else "audio")
    console = Console(soft_wrap=True, markup=False, highlight=False)
    if source is not None:
        place = link(source, raw)
        missing = counted(left_out.read(place).values())
        if missing:
            what = ", ".join(f"{count} {reason}" for reason, count in missing.items())
            console.print(f"left out, since they are no files: {what}; {left_out.list_of(place)} lists them")
    require_hashable(raw)
    if corpus in params.corpora.synthesised:
        console.print(f"{corpus} is made here: dvc repro synthesise@{corpus}")
        return
    fetch_corpus(corpus, description, raw)
    console.print(f"{raw}: ready; next: dvc repro report@{corpus}")


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
    from classically_punk.verification.committed import verify_against

    read_params()  # says where to run, in a folder that is no checkout
    if not verify_against(against, Path(), Console()):
        raise typer.Exit(1)


app.command()(diff)


@app.command()
def classify(
    paths: Annotated[list[str], typer.Argument(help="audio files, folders of them, or - for standard input")],
    model: Annotated[Path | None, typer.Option(help="the bundle that answers; by default that of GTZAN mini")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="a line of JSON for each file")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="a row for each file")] = False,
    everything: Annotated[bool, typer.Option("--all", help="with --json: what every column adds")] = False,
) -> None:
    """Say which genre a snippet is, how surely, and why.

    Exit status: 0 when every file is answered, 3 when one is left unsure, 4 when one could not be used.
    """
    from classically_punk.cli.ahead import start_decoder

    start_decoder()
    from classically_punk.bundle.reading import DEFAULT
    from classically_punk.cli.classify import Format
    from classically_punk.cli.classify import classify as answered

    if as_json and as_csv:
        raise PunkError("--json and --csv: one of them")
    if model is None and not DEFAULT.exists():
        raise PunkError(f"{DEFAULT}: no such file here; name a bundle, --model FILE, or run in a checkout")
    form: Format = "json" if as_json else "csv" if as_csv else "table"
    console = Console()
    status = answered(
        paths,
        model or DEFAULT,
        form,
        "all" if everything else "top",
        console if console.is_terminal else Console(width=WIDTH),
    )
    if status:
        raise typer.Exit(status)


@app.command()
def stale() -> None:
    """Say which committed results are older than the code, parameters or tables that they were made from."""
    from classically_punk.verification import stale as results

    params = read_params()
    console = Console(soft_wrap=True, markup=False, highlight=False)
    answers = results.stale(Path())
    for answer in answers:
        console.print(str(answer))
    for name in params.corpora.all:
        if name not in {answer.name for answer in answers}:
            console.print(f"{name}: never run, so there is nothing to be old")
    if any(answer.older_than for answer in answers):
        raise typer.Exit(1)


@app.command("merge-lock", hidden=True)
def merge_lock(base: Path, ours: Path, theirs: Path) -> None:
    """Merge dvc.lock entry by entry: git's merge driver, which `make setup` registers."""
    from classically_punk.verification.locks import merge_files

    both = merge_files(base, ours, theirs)
    if both:
        Console(stderr=True, soft_wrap=True, markup=False, highlight=False).print(
            f"dvc.lock: both sides have run {', '.join(both)}; ours is kept: run dvc repro, then git add dvc.lock"
        )
        raise typer.Exit(1)


@app.command()
def index() -> None:
    """Write reports/index.html: all corpora side by side, with links to their pages."""
    from classically_punk.foundation.writing import atomic_path
    from classically_punk.reporting.pages.index import build_index

    read_params()
    path = Path("reports/index.html")
    content = build_index(Path())
    with atomic_path(path) as temporary:
        temporary.write_text(content, encoding="utf-8")
    Console(soft_wrap=True).print(f"{path}: written", highlight=False)


@app.command()
def tables() -> None:
    """Write docs/tables.md: every table and column there is, with type, unit and meaning."""
    from classically_punk.cli.dictionary import PAGE, dictionary
    from classically_punk.foundation.writing import atomic_path

    read_params()
    with atomic_path(PAGE) as temporary:
        temporary.write_text(dictionary(), encoding="utf-8")
    Console(soft_wrap=True).print(f"{PAGE}: written", highlight=False)


@app.command("open")
def open_pages(corpus: CorpusName) -> None:
    """Open report, slides and model card of a corpus in a browser."""
    import webbrowser

    from classically_punk.reporting.headline import PAGES

    require_corpus(read_params(), corpus, among="all")
    pages = [Path("reports") / corpus / name for name in PAGES if name.endswith(".html")]
    missing = [str(path) for path in pages if not path.exists()]
    if missing:
        raise PunkError(f"{missing[0]}: no such file; run make report CORPUS={corpus} first")
    for path in pages:
        if not webbrowser.open(path.absolute().as_uri()):
            raise PunkError(f"no browser was found; open {path} in one")
        Console(soft_wrap=True).print(f"{path}: opened", highlight=False)


@app.command()
def readme() -> None:
    """Write the numbers and the picture of README.md anew, from metrics/ and reports/."""
    from classically_punk.reporting.readme import refresh_readme

    read_params()
    for path in refresh_readme(Path()):
        Console().print(f"{path}: written", highlight=False)


@app.command("serve")
def serve_(
    bundle: Annotated[Path | None, typer.Option(help="the model that answers")] = None,
    host: Annotated[str | None, typer.Option(help="address to listen at (default: 127.0.0.1)")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen at (default: 8000)")] = None,
    workers: Annotated[int | None, typer.Option(help="processes that answer (default: one for each processor)")] = None,
) -> None:
    """Answer over HTTP, with a page; PUNK_SERVE_... in the environment sets limits (docs/operating.md)."""
    from classically_punk.cli.serve import serve

    serve(bundle, host, port, workers)


app.command()(drift)


def main() -> None:
    """Entry point: a PunkError is one message and exit status 1, and so is Ctrl-C, with its own status."""
    starting.imported()
    try:
        app()
    except PunkError as error:
        sys.exit(f"error: {error}")
    except SystemExit as ending:
        if ending.code == starting.INTERRUPTED:
            print("interrupted; nothing half-written was kept", file=sys.stderr)
        raise
    except MemoryError:
        sys.exit(f"error: {machine.out_of_memory()}")
    except OSError as error:
        if error.errno is None:
            raise
        sys.exit(f"error: {error.filename or 'file system'}: {error.strerror}; nothing half-written was kept")
