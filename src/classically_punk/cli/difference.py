"""`punk diff`: which revisions, and of what; how it is printed, and what it exits with."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from classically_punk.foundation.errors import PunkError
from classically_punk.foundation.params import read_params

WORSE = 3
"""Exit status where a verdict is what --fail-on names; errors exit with 1."""

WIDTH = 150
"""Columns where it is not printed on a terminal."""


def diff(
    revision: Annotated[
        str | None,
        typer.Argument(help="what is judged: a commit, branch, tag or DVC experiment; else the working tree"),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            help="what it is compared with; else HEAD for the working tree, the first parent for a REVISION, and with "
            "--with the same revision"
        ),
    ] = None,
    corpus: Annotated[str | None, typer.Option(help="one corpus only")] = None,
    model: Annotated[str | None, typer.Option(help="a model, in place of the corpus' own")] = None,
    columns: Annotated[
        str | None, typer.Option(help="the regression with a choice of columns, FEATURE_SET/CHOICE")
    ] = None,
    other: Annotated[
        str | None, typer.Option("--with", help="another model, choice of columns or corpus, compared with the named")
    ] = None,
    md: Annotated[bool, typer.Option("--md", help="Markdown, no longer than a comment may be")] = False,
    json: Annotated[bool, typer.Option("--json", help="every number, for programs")] = False,
    fail_on: Annotated[
        Literal["worse"] | None, typer.Option(help=f"exit with {WORSE} where a corpus has this verdict")
    ] = None,
) -> None:
    """Say what moved between two revisions, and whether it is noise: worse, better, equivalent or cannot tell.

    From what git holds (tables, metrics, params.yaml, dvc.lock); nothing is run or checked out.
    """
    from classically_punk.verification.difference.as_json import as_json
    from classically_punk.verification.difference.corpora import Wanted
    from classically_punk.verification.difference.markdown import markdown
    from classically_punk.verification.difference.page import page_of
    from classically_punk.verification.difference.report import difference
    from classically_punk.verification.difference.revision import at, parent_of, working_tree
    from classically_punk.verification.difference.terminal import print_blocks

    if md and json:
        raise PunkError("--md and --json: one of them")
    if model and columns:
        raise PunkError("--model and --columns: one of them; choices of columns are of the regression")
    if other and not (model or columns or corpus):
        raise PunkError(
            "--with names the other model, choice of columns or corpus: name the one with --model, "
            "--columns or --corpus"
        )
    params = read_params()
    root = Path()
    after = working_tree(root) if revision is None else at(revision, root)
    if against is not None:
        before = at(against, root)
    elif other:
        before = after
    else:
        before = at("HEAD" if revision is None else parent_of(revision, root), root)
    wanted = (
        Wanted(model or "", other or model or "") if model else Wanted("", "", columns or "", other or columns or "")
    )
    two_corpora = other if other and not model and not columns else ""
    found = difference(before, after, params, wanted if model or columns else Wanted(), corpus or "", two_corpora or "")
    if json:
        typer.echo(as_json(found), nl=False)
    elif md:
        typer.echo(markdown(page_of(found)), nl=False)
    else:
        console = Console()
        print_blocks(page_of(found), console if console.is_terminal else Console(width=WIDTH))
    if fail_on is not None and found.has(fail_on):
        raise typer.Exit(WORSE)
