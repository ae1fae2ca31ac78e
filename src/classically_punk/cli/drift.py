"""`punk drift`: is what comes in still the music that the model was trained on?"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from classically_punk.foundation.errors import PunkError, first_few, shortened

STABLE, DRIFTED, CANNOT_TELL = 0, 1, 2
"""Exit status."""


def drift(
    bundle: Annotated[Path, typer.Argument(help="a model bundle, models/CORPUS/bundle.json", metavar="BUNDLE")],
    source: Annotated[
        Path,
        typer.Argument(
            help="a folder of audio, or the service's log of columns: one JSON object a line", metavar="FOLDER|LOG"
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Compare a batch of clips with the music that a model was trained on.

    Four statistics, each with a line that 1 in 100 batches of unchanged music crosses, all four together: every column
    (Kolmogorov-Smirnov, Holm), all columns together (a kernel two-sample test on principal components), the shares of
    predicted genres, and of "not sure". The lines come from whole artists of the training music, since clips of one
    artist are alike: a batch should hold about as many of each. At least 200 clips are needed, as long as those of the
    training music. Files that cannot be used are named with their reason.

    Exit status: 0 stable, 1 drift, 2 when that cannot be told.
    """
    from classically_punk.bundle.reading import read_bundle
    from classically_punk.drift.comparison import CannotTell, Reference, compare, require_enough
    from classically_punk.drift.described import comparison_json
    from classically_punk.drift.folder import read_folder
    from classically_punk.drift.log import read_log

    try:
        loaded = read_bundle(bundle)
        reference = Reference.of(loaded)
        batch = read_folder(loaded, bundle, source) if source.is_dir() else read_log(loaded, source)
        try:
            require_enough(len(batch.clips))
        except CannotTell as error:
            reasons = first_few([shortened(f"{each.name}: {each.reason}", 200) for each in batch.left_out])
            left = f"; {len(batch.left_out)} cannot be used:{reasons}" if batch.left_out else ""
            raise CannotTell(f"{source}: {error}{left}") from error
        found = compare(reference, batch.values, batch.predicted, batch.sure)
    except PunkError as error:
        if as_json:
            print(json.dumps({"verdict": "cannot tell", "sentence": str(error)}))
        else:
            Console(stderr=True, soft_wrap=True, markup=False, highlight=False).print(f"error: {error}")
        raise typer.Exit(CANNOT_TELL) from error
    described = comparison_json(found, batch, loaded)
    if as_json:
        print(json.dumps(described, ensure_ascii=False, allow_nan=False))
    else:
        _print(described)
    raise typer.Exit(DRIFTED if found.drifted else STABLE)


def _print(found: dict[str, Any]) -> None:
    console = Console(soft_wrap=True, markup=False, highlight=False)
    console.print(found["sentence"], style="bold")
    console.print(f"{found['clips']} clips beside {found['training_clips']} of {found['model']['title']}")
    tests = Table("", "statistic", "line", "")
    for test in found["tests"]:
        tests.add_row(
            test["title"], f"{test['statistic']:.3g}", f"{test['critical']:.3g}", "moved" if test["moved"] else ""
        )
    console.print(tests)
    shares = Table("predicted", "training", "now")
    for each in [*found["genres"], {"genre": "not sure", **found["unsure"]}]:
        shares.add_row(Text(each["genre"]), f"{each['training_share']:.1%}", f"{each['share']:.1%}")
    console.print(shares)
    if found["verdict"] == "drift":
        console.print(f"{found['columns_moved']} columns moved beyond doubt; what moved most:")
        for each in found["columns"]:
            console.print(f"  {shortened(each['words'], 200)}")
    for note in found["notes"]:
        console.print(f"note: {note}")
    lines = [shortened(f"{each['name']}: {each['reason']}", 200) for each in found["left_out"]]
    if lines:
        console.print(f"{len(lines)} cannot be used:{first_few(lines)}")
