"""`punk bundle`: look at a bundle, check it, and export it with the commit that it was made from."""

import subprocess
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from classically_punk.foundation.errors import PunkError

app = typer.Typer(no_args_is_help=True, help="Look at a model bundle, check it, or export it.")

BundleFile = Annotated[Path, typer.Argument(help="a bundle, models/CORPUS/bundle.json")]


@app.command()
def show(file: BundleFile) -> None:
    """Say what answers, at which length, what that is worth, and what it was made from."""
    from rich.table import Table

    from classically_punk.bundle.form import Measured
    from classically_punk.bundle.reading import read_bundle
    from classically_punk.contracts.models import title

    def share(measured: Measured | None) -> str:
        if measured is None:
            return ""
        ends = "" if measured.low is None else f" ({measured.low:.3f} to {measured.high:.3f})"
        return f"{measured.value:.3f}{ends}"

    loaded = read_bundle(file)
    content, stamp = loaded.content, loaded.bundle.stamp
    console = Console(soft_wrap=True, markup=False, highlight=False)
    console.print(f"{content.title} ({content.name}), {len(content.genres)} genres, {len(content.columns)} columns")
    console.print(f"learned from {sum(content.training.clips.values())} clips; {content.licence}")
    for warning in content.warnings:
        console.print(warning)
    table = Table(box=None, pad_edge=False)
    for heading in ("length, s", "answers", "fitted to", "accuracy", "answered", "accuracy of these"):
        table.add_column(heading)
    for at in content.lengths:
        cells = (f"{at.length:g}", title(at.rule), at.fitted_to, share(at.accuracy), f"{at.coverage:.0%}")
        table.add_row(*cells, share(at.answered))
    Console().print(table)
    for each in (*content.scores, *content.elsewhere):
        console.print(f"{each.name}: {share(each.accuracy)}, {each.accuracy.n} clips. {each.sentence}")
    console.print(f"sha256 {loaded.bundle.sha256}")
    if stamp is not None:
        console.print(f"commit {stamp.git_commit}{', with changes that no commit holds' if stamp.dirty else ''}")


@app.command()
def check(file: BundleFile) -> None:
    """Read a bundle as the service does: form, checksum, and whether this release computes its columns."""
    from classically_punk.bundle.reading import read_bundle

    loaded = read_bundle(file)
    Console(soft_wrap=True).print(f"{file}: fine, sha256 {loaded.bundle.sha256}", highlight=False)


@app.command()
def export(
    file: BundleFile,
    to: Annotated[Path, typer.Argument(help="where the copy goes")],
) -> None:
    """Copy a bundle, with the commit of this checkout beside its hash."""
    import json

    from classically_punk.bundle.form import Stamp
    from classically_punk.bundle.reading import read_bundle, write_bundle

    read_bundle(file)
    stamp = Stamp(git_commit=_git("rev-parse", "HEAD"), dirty=bool(_git("status", "--porcelain")))
    write_bundle(json.loads(file.read_text(encoding="utf-8"))["content"], to, stamp)
    Console(soft_wrap=True).print(f"{to}: written, commit {stamp.git_commit[:12]}", highlight=False)


def _git(*arguments: str) -> str:
    try:
        run = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise PunkError("git does not answer here; export from a checkout of the repository") from error
    return run.stdout.strip()
