"""Music from elsewhere, `reports/FIT/tables/external/TEST/`: fitted to one collection, asked about another."""

from classically_punk.contracts.tables.common import GENRE, MODEL, N_GROUPS, NOTE, PROTOCOL, REASON, YES_NO, N
from classically_punk.contracts.tables.schema import Table, interval, number, text, whole

SCORED = ("accuracy", "macro_f1", "top2_accuracy", "log_loss", "calibration_error")
"""Scores that are given of music from elsewhere."""

ASKED = "asked"

KINDS = {
    ASKED: "clips that nothing links with the music that was fitted to",
    "not used": "clips that preprocessing left out",
    "genre": "clips of a genre that the fit has not",
    "recording": "clips that are a recording of the fit, to the bit or nearly",
    "song": "clips of a song of the fit",
    "artist": "clips that share an artist with the fit, themselves or through others",
}
"""What becomes of a clip of the other collection, and what a reader calls such clips."""

FITTED_TO = {
    "clips": "whole clips",
    "windows": "windows",
    "both": "clips and windows",
    "altered": "clips and windows, altered ones too",
    "cuts": "clips, windows and cuts of several lengths",
}
"""Rows that a regression was fitted to, and what a reader calls them."""

EXTERNAL = Table(
    "external.csv",
    "One pair of collections: what was fitted to, and who was asked.",
    (
        text("fit", "Corpus that the models were fitted to, all clips of it."),
        text("test", "Corpus whose clips were asked about."),
        whole("n_training", "count", "Clips that the models were fitted to."),
        whole("n_training_genres", "count", "Genres of these."),
        whole("columns", "count", "Columns that both design tables have."),
        whole("n", "count", "Clips that were asked about."),
        whole("n_groups", "count", "Groups (artists) that these come from."),
        whole("n_genres", "count", "Genres of these."),
        whole("n_unknown", "count", "Clips asked about whose artist nobody knows: they may share one with the fit."),
        PROTOCOL,
        text("fit_table", "SHA-256 of the design table that was fitted to."),
        text("test_table", "SHA-256 of the design table that was asked about."),
        NOTE,
    ),
    key=("fit", "test"),
)

EXTERNAL_CLIPS = Table(
    "external_clips.csv",
    "How many clips of the other collection were asked about, or left out for one reason.",
    (
        text("kind", "What became of them.", among=KINDS),
        whole("n", "count", "Clips."),
        text("example", "The first of them; blank where there is none.", blank=True),
        text("partner", "Clip of the fit that it is linked with; blank without a link.", blank=True),
    ),
    key=("kind",),
)

EXTERNAL_SCORES = Table(
    "external_scores.csv",
    "A score of a model on music from elsewhere, beside the same score inside its own collection.",
    (
        MODEL,
        text("score", "Name of the score.", among=SCORED),
        number("value", "own", "The score; blank where `reason` says why.", blank=True),
        *interval("score", "own"),
        number(
            "inside",
            "own",
            "The same on held-out clips of the fit's own collection, of the genres asked about; blank without one.",
            blank=True,
        ),
        *interval("score inside", "own", "inside_low", "inside_high"),
        number("difference", "own", "Elsewhere less inside; blank where one of them is.", blank=True),
        *interval("difference", "own", "difference_low", "difference_high"),
        N,
        N_GROUPS,
        whole("inside_n", "count", "Clips that the score inside rests on."),
        REASON,
    ),
    key=("model", "score"),
)

EXTERNAL_RECALL = Table(
    "external_recall.csv",
    "Recall of a genre on music from elsewhere, by model.",
    (
        MODEL,
        GENRE,
        number("recall", "share", "Clips of the genre that are predicted as it."),
        *interval("recall", "share"),
        N,
        N_GROUPS,
        REASON,
    ),
    key=("model", "genre"),
)

EXTERNAL_LENGTHS = Table(
    "external_lengths.csv",
    "Music from elsewhere in cuts of one length: a regression, what it was fitted to, and what it is asked.",
    (
        number("length", "s", "Length of the cuts, out of the middle of the clips."),
        MODEL,
        text("fitted_to", "Rows that it was fitted to.", among=FITTED_TO),
        text("asked", "What is asked: the cut as one, or the mean answer to its windows.", among=("whole", "windows")),
        text("chosen", "Whether it has the lowest log loss inside, of all at this length.", among=YES_NO),
        text("wins", "Whether it has the highest accuracy elsewhere, of all at this length.", among=YES_NO),
        number("inside_accuracy", "share", "Accuracy on such cuts of held-out clips of the fit's own collection."),
        number("inside_log_loss", "own", "Log loss on these."),
        number("accuracy", "share", "Accuracy on such cuts from elsewhere."),
        *interval("accuracy", "share"),
        number("difference", "difference of shares", "This accuracy less that of OLS fitted to clips, asked as one."),
        *interval(
            "difference", "difference of shares", "difference_low", "difference_high", why="as for OLS on clips itself"
        ),
        number("log_loss", "own", "Log loss on these."),
        number("calibration_error", "probability", "Calibration error; blank for a single group.", blank=True),
        *interval("calibration error", "probability", "calibration_error_low", "calibration_error_high"),
        N,
        N_GROUPS,
        whole("inside_n", "count", "Clips inside."),
        REASON,
    ),
    key=("length", "model", "fitted_to", "asked"),
)
