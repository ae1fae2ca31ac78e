"""Clips of several lengths, `lengths`: which regression answers at which, and what its answers are worth."""

from dataclasses import replace

from classically_punk.contracts.tables import fits
from classically_punk.contracts.tables.common import MODEL, N_GROUPS, PROTOCOL, REASON, YES_NO, N
from classically_punk.contracts.tables.external import FITTED_TO
from classically_punk.contracts.tables.schema import Table, interval, number, text

LENGTH = number("length", "s", "Length of the cuts, out of the middle of held-out clips.")
ACCURACY = (
    number("accuracy", "share", "Accuracy on these cuts."),
    *interval("accuracy", "share"),
    number("log_loss", "own", "Log loss, calibrated at this length on the other folds."),
    number("calibration_error", "probability", "Calibration error of the same; blank for a single group.", blank=True),
    *interval("calibration error", "probability", "calibration_error_low", "calibration_error_high"),
)

LENGTHS = Table(
    "lengths.csv",
    "A regression asked about cuts of one length of clips that were held out.",
    (
        PROTOCOL,
        LENGTH,
        MODEL,
        text("fitted_to", "Rows that it was fitted to.", among=FITTED_TO),
        text("asked", "What is asked: the cut as one, or the mean answer to its windows.", among=("whole", "windows")),
        text("chosen", "Whether it has the lowest log loss, of all at this length.", among=YES_NO),
        *ACCURACY,
        N,
        N_GROUPS,
        REASON,
    ),
    key=("protocol", "length", "model", "fitted_to", "asked"),
)

SERVED = Table(
    "served.csv",
    "What answers at one length, chosen for every fold on the other folds, and what it is worth.",
    (
        PROTOCOL,
        LENGTH,
        MODEL,
        text("fitted_to", "Rows that the regression chosen on all folds was fitted to.", among=FITTED_TO),
        text("asked", "What it is asked.", among=("whole", "windows")),
        number("agreement", "share", "Cuts in folds for which the other folds chose the same."),
        *ACCURACY,
        number("difference", "difference of shares", "This accuracy less that of OLS fitted to clips, asked as one."),
        *interval("difference", "difference of shares", "difference_low", "difference_high"),
        number("coverage", "share", "Cuts that are answered where the least expected cost decides."),
        number("answered", "share", "Accuracy of these; blank where none is answered.", blank=True),
        *interval("accuracy of what is answered", "share", "answered_low", "answered_high"),
        N,
        N_GROUPS,
        REASON,
    ),
    key=("protocol", "length"),
)

SERVED_HELD_OUT = replace(
    fits.OLS_HELD_OUT,
    file="served_held_out.parquet",
    sentence="What the regression that the other folds choose says of a cut of a held-out clip.",
    columns=(*fits.OLS_HELD_OUT.columns, LENGTH),
    key=("protocol", "length", "fold", "clip"),
)
