"""Columns that many tables have, so that they mean the same in all of them."""

from classically_punk.contracts.models import MODELS
from classically_punk.contracts.protocols import PROTOCOLS
from classically_punk.contracts.tables.schema import text, whole

YES_NO = ("yes", "no")

WHOLE = -1
"""Value of `window` in the row that describes a whole clip."""

FITTED = "fitted."
"""Prefix of the columns of held-out predictions that hold a model's score for each genre."""

CLIP = text("clip", "Name of the clip, as in clips.csv.")
WINDOW = whole("window", "1", f"Number of the window in the clip, from 0 on; {WHOLE} stands for the whole clip.")
LABEL = text("label", "Genre that the collection gives the clip.")
GROUP = text("group", "Who must not stand on both sides of a split: all that share an artist, a song or a recording.")
SONG = text(
    "song",
    "First clip, by name, of those that are the same song; blank for a piece of a song that nobody names.",
    blank=True,
)
RECORDING = text("recording", "First clip, by name, of those that are the same recording.")
GENRE = text("genre", "Genre that the row is about.")
COLUMN = text("column", "Column of the design table.")
TITLE = text("title", "What a reader calls the column.")
FAMILY = text(
    "family", "Family that the column belongs to; blank for a column that is not in the catalogue.", blank=True
)
MODEL = text("model", "Model, as in `contracts.models`.", among=MODELS)
PROTOCOL = text("protocol", "Protocol of evaluation, as in `contracts.protocols`.", among=PROTOCOLS)
PARTITION = whole("partition", "place", "Number of the partition into folds, from 1 on: folds are drawn repeatedly.")
FOLD = whole("fold", "place", "Number of the fold within its protocol, from 1 on, through all partitions.")
N = whole("n", "count", "Rows of the design table that the row rests on.")
N_GROUPS = whole("n_groups", "count", "Groups that these rows come from, which the intervals resample.")
REASON = text("reason", "Why a value is missing or unusual; blank where there is nothing to say.", blank=True)
NOTE = text("note", "What was chosen or left out while fitting; blank where there is nothing to say.", blank=True)
