"""From numbers about music to who is trained on and who is tested: `features`, `import_table`, `clean` and `folds`."""

from dataclasses import replace
from typing import get_args

from classically_punk.contracts.families import Family, Over
from classically_punk.contracts.tables.common import (
    CLIP,
    FOLD,
    GROUP,
    LABEL,
    PARTITION,
    PROTOCOL,
    RECORDING,
    SONG,
    WINDOW,
    YES_NO,
)
from classically_punk.contracts.tables.schema import Table, number, text, whole

FAMILIES, OVER = get_args(Family), get_args(Over)

FEATURES = Table(
    "features.parquet",
    "A clip, or a window of one, in numbers.",
    (
        CLIP,
        WINDOW,
        number("start", "s", "Beginning of the window in the clip; 0 for a whole clip."),
        number("duration", "s", "Length of the window or clip."),
    ),
    key=("clip", "window"),
    sorted_by=("clip", "window"),
    further=number("<feature>", "own", "A feature, as the catalogue of features describes it.", blank=True),
)

COLUMNS = Table(
    "columns.csv",
    "What a reader is told of a column of the feature table.",
    (
        text("column", "The column."),
        text("sets", "Named sets that it belongs to, with semicolons between them."),
        text("family", "What kind of quality it measures.", among=FAMILIES),
        text("unit", "Its unit; 1 for a pure number."),
        text("title", "What a reader calls it."),
        text("sentence", "What it means."),
        text("source", "The publication or function that it comes from."),
    ),
    key=("column",),
)

RECIPE = Table(
    "recipe.csv",
    "How a column of the feature table comes about: all that can change its numbers, and nothing else.",
    (
        text("set", "Named set of columns."),
        text("column", "The column."),
        text("family", "What kind of quality it measures.", among=FAMILIES),
        whole("version", "1", "Raised when a column of the same name comes to mean something else."),
        text("over", "What the function gives: rows of frames, values, or what describes a span.", among=OVER),
        text(
            "function",
            "The function, as `module:name`, of the room `features`; blank where others measured the column.",
            blank=True,
        ),
        whole("output", "1", "Which of the numbers that the function gives, from 0 on."),
        text("statistic", "Of that number over the frames or values; blank where it stands for itself.", blank=True),
    ),
    key=("set", "column"),
)

DESIGN_RECIPE = replace(RECIPE, file="design_recipe.csv", sentence="How a column of the design table comes about.")

DESIGN = Table(
    "table.parquet",
    "A row of the design table: what models are fitted to.",
    (CLIP, WINDOW, LABEL, GROUP, SONG, RECORDING),
    key=("clip", "window"),
    sorted_by=("clip", "window"),
    further=number("<feature>", "own", "A feature that was kept, as the catalogue of features describes it."),
)

CLEANING = Table(
    "cleaning.csv",
    "Something that was chosen, left out, merged or only noted on the way to the design table.",
    (
        text("step", "Step of cleaning, in the order of the rows."),
        text("subject", "What it was done to: a set of columns, a column, a clip, a window or a transform."),
        text("action", "What was done."),
        text("reason", "Why, or what `value` counts."),
        number("value", "own", "The number that `reason` speaks of; blank where it speaks of none.", blank=True),
    ),
    key=("step", "subject"),
)

FOLDS = Table(
    "folds.csv",
    "What a clip, or window, is for in one fold of one protocol.",
    (
        PROTOCOL,
        PARTITION,
        FOLD,
        CLIP,
        WINDOW,
        text("role", "What the row is for in this fold.", among=("train", "test", "valid", "left_out")),
        text("reason", "Why it is left out; blank for all others.", blank=True),
    ),
    key=("protocol", "fold", "clip", "window"),
)

PROTOCOLS = Table(
    "protocols.csv",
    "A protocol, possible for this corpus or not.",
    (
        PROTOCOL,
        text("possible", "Whether the corpus allows it.", among=YES_NO),
        text("reason", "Why not, or what is left out and how the folds came; blank for nothing.", blank=True),
        whole("folds", "count", "Folds of a partition; blank where the protocol is not possible.", blank=True),
        whole("partitions", "count", "Partitions into folds; blank where it is not possible.", blank=True),
        whole("n_clips", "count", "Clips that are tested; blank where it is not possible.", blank=True),
        whole("n_windows", "count", "Windows that are tested; blank where whole clips are.", blank=True),
        whole("n_groups", "count", "Groups that these come from; blank where it is not possible.", blank=True),
        whole("n_genres", "count", "Genres that are tested; blank where it is not possible.", blank=True),
        whole(
            "min_per_genre", "count", "Rows tested of the smallest genre; blank where it is not possible.", blank=True
        ),
        whole(
            "crossing_recordings",
            "count",
            "Tested rows whose recording is trained on as well; blank where the protocol is not possible.",
            blank=True,
        ),
        whole(
            "crossing_songs", "count", "The same of songs, as far as titles are known; blank where none is.", blank=True
        ),
        whole("crossing_artists", "count", "The same of artists, as far as they are known; blank too.", blank=True),
    ),
    key=("protocol",),
)
